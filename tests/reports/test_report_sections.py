"""Page one says what the comparison found: every number in it can be counted again."""

import re
from collections.abc import Callable
from dataclasses import replace

import polars as pl
import pytest

from mdsync_nb import frames
from mdsync_nb.engine.comparison import Comparison, Written
from mdsync_nb.reports import (
    band,
    causes,
    fields,
    figures,
    footer,
    front,
    heading,
    kinds,
    matrix,
    reconciliation,
    sections,
    stopped,
    worklist,
)
from mdsync_nb.reports.by_table import ground
from mdsync_nb.reports.markup import Html

WithRows = Callable[..., Comparison]


def words(shown: Html) -> str:
    """What a reader sees, without the markup."""
    bare = re.sub(r"<[^>]+>", " ", shown.markup)
    for entity, sign in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
        bare = bare.replace(entity, sign)
    return re.sub(r"\s+", " ", bare)


def test_the_band_says_that_nothing_was_written_and_what_agrees(group: Comparison):
    told = words(band(group))
    assert "Compared, nothing written." in told
    assert "90.0 % of 3,474 pairs agree." in told
    assert "One true conflict needs a decision: Credit Limit (LCY) of Havblik Marine" in told
    assert "6 Mar 2026, 17:45 3 days older" in told
    assert "28 Feb 2026, 09:12 9 days older" in told
    assert "2 of 1,416, bad dates in Item" in told


def test_the_band_says_what_was_written_and_how_to_reverse_it(group: Comparison):
    written = Written(
        "p7", "Nordic, timestamp only", jobs=(118,), records=142, values=230, failed=2
    )
    told = band(replace(group, written=written)).markup
    assert "Plan “Nordic, timestamp only” wrote 230 values to 142 records." in told
    assert "2 records failed. To reverse it: <code>mdsync undo 118</code>" in told
    assert "nothing written" not in told


def test_the_sources_of_many_companies_stand_below_each_other(group: Comparison):
    nordic = group.companies.filter(company="NORDIC")
    more = [
        nordic.with_columns(company=pl.lit(f"S{n}"), name=pl.lit(f"Firm {n}")) for n in range(5)
    ]
    told = band(replace(group, companies=pl.concat([group.companies.head(1), *more]))).markup
    assert '<th scope="row"><b>Firm 4</b> <span>GBP</span></th>' in told


def test_the_figures_count_what_agrees_differs_waits_and_is_alone(group: Comparison):
    told = words(figures(group))
    for said in (
        "Nordic 92.3 %",
        "Deutschland 88.8 %",
        "Lumière 80.8 %",
        "money fields 63 Nordic 37 · Deutschland 20 · Lumière 6",
        "only blank: 25 in Vendor, Deutschland",
        "25 1 true conflict",
        "24 timestamp only",
        "one side only 699 292 missing in a subsidiary, 407 only there.",
        "Besides: 20 look like existing ones, 1 number is two firms",
        "Not checked 1 table 512 records in tables without a file, 4 rows set aside",
    ):
        assert said in told


def test_a_cell_of_the_matrix_has_the_number_first_and_the_share_as_colour(group: Comparison):
    shown = matrix(group).markup
    cells = re.findall(r'class="cell ([\w-]+)"><b>([\d,]+)</b><span class="of">of ([\d,]+)', shown)
    assert len(cells) == 23 + 3
    body = [cell for cell in cells if cell[0] != "total"]
    assert all(name == ground(int(n), int(of)) for name, n, of in body)
    assert ("share-3", "56", "408") in body
    assert ("share-4", "16", "47") in body
    assert ("share-0", "0", "62") in body
    assert [cell[1:] for cell in cells[-3:]] == [("142", "1,839"), ("154", "1,370"), ("51", "265")]
    assert "not in the package" in shown


@pytest.mark.parametrize(
    ("differ", "pairs", "name"),
    [
        (0, 100, "share-0"),
        (0, 0, "share-0"),
        (49, 1000, "share-1"),
        (5, 100, "share-2"),
        (99, 1000, "share-2"),
        (10, 100, "share-3"),
        (199, 1000, "share-3"),
        (20, 100, "share-4"),
        (1, 1, "share-4"),
    ],
)
def test_a_share_has_one_ground(differ: int, pairs: int, name: str):
    assert ground(differ, pairs) == name


def test_the_causes_are_sorted_and_their_bars_are_in_proportion(group: Comparison):
    shown = causes(replace(group, causes=group.causes.reverse())).markup
    assert re.findall(r"<b>(\d+)</b><i", shown) == ["154", "72", "24", "14", "2", "1"]
    widths = [float(width) for width in re.findall(r"width:([\d.]+)px", shown)]
    assert widths[:2] == [62.0, 29.0]
    assert widths == sorted(widths, reverse=True)


def test_the_same_length_is_the_same_number_in_every_bar(group: Comparison):
    shown = kinds(group).markup
    widths = re.findall(r'width="([\d.]+)" height="[\d.]+" class="([\w-]+)"', shown)
    insets = {"only-subsidiary": 2.0}
    wide = [float(width) + insets.get(fill, 1.0) for width, fill in widths]
    records = [25, 94, 23, 31, 25, 154, 82, 44, 51, 21, 179, 338]
    units = [width / many for width, many in zip(wide, records, strict=True)]
    assert max(units) - min(units) < 0.02
    assert "Lumière: differs, origin unknown 51, undecided: may be the same 21" in shown


def test_the_key_of_the_kinds_has_only_what_is_drawn(group: Comparison):
    no_conflict = group.classes.filter(pl.col("class") != "changed_both")
    assert "changed in both" in kinds(group).markup
    assert "changed in both" not in kinds(replace(group, classes=no_conflict)).markup


def test_the_fields_show_ten_and_say_what_cannot_be_compared(group: Comparison):
    told = words(fields(group))
    assert "Cells, first ten of 12 fields. £ / €: amounts in local currency" in told
    assert "Description Item 14 36 8 58" in told
    assert "E-Mail Contact 14 n/a 5 19" in told
    assert "Unit Price Item 12 £ / € £ / € 12" in told
    assert "Currency Code Vendor · 5 2 7" in told
    assert "Blocked" not in told


def test_the_worklist_shows_both_values_who_and_why(group: Comparison):
    shown = worklist(group)
    told = words(shown)
    assert "1 Havblik Marine Supply A/S Customer 10250 · Nordic Credit Limit (LCY)" in told
    assert "250,000.00 A. Whitcombe, 6 Mar, 10:14 50,000.00 K. Lindqvist, 6 Mar, 13:51" in told
    assert "100,000.00 2 Mar, 02:00 true conflict Both changed it, to different values." in told
    assert "blank , means EUR not known" in told
    assert "saved by E. Salo, 6 Mar, 15:02" in told
    assert shown.markup.count('class="flag"') == 1
    assert shown.markup.count('class="tag"') == 2


def test_the_worklist_shows_its_best_rows_whatever_their_order(group: Comparison):
    few = replace(group, worklist=group.worklist.reverse(), worklist_rows=3)
    told = words(worklist(few))
    assert "10 records wait. This page lists the first 3 by impact" in told
    assert "All are in worklist.xlsx" in told
    assert "Marchand" in told
    assert "Kessler" not in told
    assert "xlsx" not in words(worklist(few, file=""))


def test_records_are_counted_once_however_many_fields_wait(with_rows: WithRows):
    two = with_rows({"field": "Phone No."}, {"field": "Address"})
    assert "1 record waits in 2 rows." in words(worklist(two))


def test_every_line_of_the_reconciliation_adds_up(group: Comparison):
    shown = reconciliation(group)
    assert "5,977 rows of 31 tables were read; 24 of 24 lines add up." in words(shown)
    assert shown.markup.count(">adds up<") == 24 + 3
    assert "off by" not in shown.markup


def test_a_line_that_does_not_add_up_says_by_how_much(group: Comparison):
    first = pl.int_range(pl.len()) == 0
    last = pl.int_range(pl.len()) == 3
    wrong = group.reconciliation.with_columns(
        source_rows=pl.col("source_rows") + pl.when(first).then(3).when(last).then(-3).otherwise(0)
    )
    shown = reconciliation(replace(group, reconciliation=wrong))
    assert shown.markup.count('class="check off"') == 3, "two lines, and their total: no netting"
    assert "off by 6" in shown.markup
    assert "22 of 24 lines add up." in words(shown)


def test_two_sides_that_are_undecided_about_different_numbers_show_both(group: Comparison):
    more = group.reconciliation.with_columns(
        undecided_destination=pl.col("undecided_source") * 2,
        destination_rows=pl.col("destination_rows") + pl.col("undecided_source"),
    )
    shown = reconciliation(replace(group, reconciliation=more))
    assert ">10 / 20<" in shown.markup
    assert "off by" not in shown.markup


def test_markup_in_a_name_is_shown_as_text_everywhere(group: Comparison, with_rows: WithRows):
    nasty = "<script>alert('x')</script>"
    rows = with_rows(
        {"name": nasty, "source": nasty, "destination": nasty, "base": nasty, "why": nasty},
        {"table": nasty, "key": nasty, "field": nasty, "state": nasty, "source_by": nasty},
    ).worklist.with_columns(source_changed=True)
    text = [pl.col(pl.String).replace({None: nasty})]
    evil = replace(
        group,
        title=nasty,
        companies=group.companies.with_columns(name=pl.lit(nasty), remark=pl.lit(nasty)),
        reconciliation=group.reconciliation.with_columns(table=pl.lit(nasty)),
        fields=group.fields.with_columns(field=pl.lit(nasty), table=pl.lit(nasty)),
        causes=group.causes.with_columns(cause=pl.lit(nasty), step=pl.lit(nasty)),
        remarks=group.remarks.with_columns(text=pl.lit(nasty)).with_columns(text),
        worklist=rows,
        masked=(nasty,),
        written=Written(nasty, nasty, (1,), 1, 1),
    )
    shown = front(evil).markup
    assert "<script" not in shown
    assert shown.count("&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;") > 20


def test_a_holding_without_subsidiaries_is_said_in_words(alone: Comparison):
    told = words(front(alone))
    for said in (
        "No subsidiary was compared. Nothing waits for a person.",
        "No table of any subsidiary was compared.",
        "Nothing waits.",
        "No record was compared.",
        "No field was compared.",
        "No file was read, so there is no row to place.",
        "Nothing was left out.",
    ):
        assert said in told


def test_companies_that_agree_are_said_in_words(group: Comparison):
    agree = replace(
        group,
        reconciliation=group.reconciliation.with_columns(
            agree=pl.col("agree") + pl.col("differ"), differ=pl.lit(0)
        ),
        classes=group.classes.filter(pl.col("class") == "agrees"),
        fields=group.fields.with_columns(records=pl.lit(0)),
        worklist=frames.empty(frames.WORKLIST),
        causes=frames.empty(frames.CAUSES),
        true_conflicts=0,
        timestamp_only=0,
    )
    told = words(front(agree))
    assert "All 3,474 pairs agree. Nothing waits for a person." in told
    assert "Every record agrees." in told
    assert "No field of any pair differs." in told
    assert "No record was changed in both." in told


def test_a_run_that_stopped_says_what_holds_and_what_to_do():
    shown = stopped("Stopped: <DE>.", "Nothing was written.", "Run `mdsync load DE`").markup
    assert 'class="band stopped"' in shown
    assert "Stopped: &lt;DE&gt;." in shown
    assert "Nothing was written. Run <code>mdsync load DE</code>" in shown


def test_the_front_has_all_sections_in_order(group: Comparison):
    shown = front(group).markup
    parts = [
        heading(group),
        band(group),
        figures(group),
        matrix(group),
        causes(group),
        kinds(group),
        fields(group),
        worklist(group),
        reconciliation(group),
        footer(group),
    ]
    places = [shown.index(part.markup) for part in parts]
    assert places == sorted(places)
    assert sections(group).markup in shown


def test_the_front_of_many_subsidiaries_stacks_its_sections(group: Comparison):
    nordic = group.companies.filter(company="NORDIC")
    more = [nordic.with_columns(company=pl.lit(f"S{n}")) for n in range(8)]
    shown = front(replace(group, companies=pl.concat([group.companies, *more]))).markup
    assert 'class="two stacked"' in shown
    assert 'class="matrix narrow"' in shown
    assert "not mapped" in shown


def test_the_same_comparison_gives_the_same_page(group: Comparison):
    assert front(group) == front(group)
