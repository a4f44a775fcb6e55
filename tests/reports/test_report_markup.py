"""Text is always shown as text, and numbers, shares and times are said in one way."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from mdsync_nb.model import ReportSettings
from mdsync_nb.model.reader import read_by, reader
from mdsync_nb.reports import wording
from mdsync_nb.reports.markup import Html, joined, tag


@pytest.fixture(autouse=True)
def in_utc() -> Iterator[None]:
    """Readers whose clock is that of the times, wherever the tests run."""
    read_by(ReportSettings(time_zone="UTC"))
    yield
    read_by(ReportSettings())


def test_a_text_is_never_markup():
    shown = tag("td", "<script>alert(1)</script>", title='"><b>', onclick=None, hidden=True)
    assert shown.markup == (
        '<td title="&quot;&gt;&lt;b&gt;" hidden>&lt;script&gt;alert(1)&lt;/script&gt;</td>'
    )


def test_pieces_and_texts_can_be_added_in_any_order():
    piece = tag("b", "x")
    assert (piece + "<").markup == "<b>x</b>&lt;"
    assert ("<" + piece).markup == "&lt;<b>x</b>"
    assert (piece + piece).markup == "<b>x</b><b>x</b>"
    assert joined(["a", piece], " & ").markup == "a &amp; <b>x</b>"


def test_a_piece_put_into_a_text_by_accident_is_not_markup_either():
    assert "<b>" not in Html(f"{tag('b', 'x')}").markup


def test_a_piece_shows_itself_in_a_notebook_with_its_look():
    shown = tag("b", "x")._repr_html_()
    assert shown.startswith('<style data-mdsync="look">')
    assert shown.endswith('<div class="mdsync"><b>x</b></div>')


@pytest.mark.parametrize(
    ("part", "of", "said"),
    [
        (1697, 1839, "92.3 %"),
        (1, 4, "25 %"),
        (99, 99, "100 %"),
        (0, 500, "0.0 %"),
        (9999, 10000, "99.9 %"),
        (1, 100_000, "0.1 %"),
        (0, 0, "no pairs"),
    ],
)
def test_a_share_is_said_with_one_decimal_from_100_records_on(part: int, of: int, said: str):
    assert wording.percent(part, of) == said


def test_numbers_have_thousands_apart_and_a_true_minus():
    assert [wording.number(n) for n in (0, 1839, -12)] == ["0", "1,839", "−12"]
    assert [wording.count(n, "record") for n in (1, 2)] == ["1 record", "2 records"]
    assert (
        wording.listing(["Nordic", "Deutschland", "Lumière"]) == "Nordic, Deutschland and Lumière"
    )


def test_the_year_of_a_time_drops_where_the_page_has_said_it():
    at, page = datetime(2026, 3, 6, 10, 14, 5), datetime(2026, 3, 10)
    assert ">6 Mar, 10:14<" in wording.moment(at, said=page).markup
    assert ">6 Mar 2026, 10:14<" in wording.moment(at).markup
    assert 'title="6 Mar 2026, 10:14:05 UTC"' in wording.moment(at).markup
    assert wording.long_moment(at) == "Friday 6 March 2026, 10:14 UTC"


@pytest.mark.parametrize(
    ("culture", "numbers", "date", "long"),
    [
        ("en-GB", ("1,839", "92.3 %", "1,234.50"), "6 Mar 2026", "Friday 6 March 2026"),
        ("en-US", ("1,839", "92.3 %", "1,234.50"), "Mar 6, 2026", "Friday March 6, 2026"),
        ("da-DK", ("1.839", "92,3 %", "1.234,50"), "6 Mar 2026", "Friday 6 March 2026"),
        (
            "sv-SE",
            ("1\N{NO-BREAK SPACE}839", "92,3 %", "1\N{NO-BREAK SPACE}234,50"),
            "2026-03-06",
            "Friday 2026-03-06",
        ),
    ],
)
def test_numbers_and_dates_are_written_as_their_readers_do(
    culture: str, numbers: tuple[str, ...], date: str, long: str
):
    read_by(ReportSettings(culture=culture))
    at = datetime(2026, 3, 6, 10, 14)
    said = (wording.number(1839), wording.percent(1697, 1839))
    assert (*said, wording.amount("1234.5", "decimal money")) == numbers
    assert wording.day(at) == date
    assert wording.long_moment(at) == f"{long}, 10:14 UTC"


@pytest.mark.parametrize(
    ("zone", "at", "said"),
    [
        ("Europe/Copenhagen", (2026, 3, 6, 6, 30, 5), "07:30:05 in Europe/Copenhagen (UTC+01:00)"),
        ("Europe/Copenhagen", (2026, 7, 6, 6, 30), "08:30:00 in Europe/Copenhagen (UTC+02:00)"),
        ("Asia/Kolkata", (2026, 3, 6, 22, 0), "7 Mar 2026, 03:30:00 in Asia/Kolkata (UTC+05:30)"),
        ("Europe/London", (2026, 3, 6, 6, 30), "the same in Europe/London"),
        ("America/New_York", (1, 1, 1, 0, 0), ""),
    ],
)
def test_a_time_says_what_it_is_by_the_clock_of_its_readers(
    zone: str, at: tuple[int, ...], said: str
):
    read_by(ReportSettings(time_zone=zone))
    utc, _, local = wording.both_clocks(datetime(*at)).partition(" UTC")
    assert local.removeprefix(", ") == said
    assert f'title="{utc} UTC{local}"' in wording.moment(datetime(*at)).markup


def test_where_no_zone_is_named_the_clock_of_the_computer_is_said_to_be_that():
    read_by(ReportSettings())
    assert reader().zone is None
    assert reader().where == "where this was made"


def test_a_time_in_a_sentence_is_a_time_to_point_at():
    told = wording.prose("It has read up to 2026-03-06 10:14 UTC, not 2026-99-06 10:14 UTC.")
    assert 'datetime="2026-03-06T10:14:00Z"' in told.markup
    assert told.markup.endswith("</time> UTC, not 2026-99-06 10:14 UTC.")


def test_a_blank_is_said_with_its_meaning():
    assert wording.value("", means="EUR").markup == "<i>blank</i>, means EUR"
    assert wording.value(None).markup == "<i>blank</i>"
    assert wording.value("00010").markup == "00010"


@pytest.mark.parametrize(
    ("state", "form", "fill"),
    [
        ("true conflict", "flag", ""),
        ("timestamp only", "swatch", "timestamp"),
        ("changed at the holding", "swatch", "holding"),
        ("changed in Nordic", "swatch", "subsidiary"),
        ("changed in both", "swatch", "both"),
        ("only in DE", "swatch", "only-subsidiary"),
        ("orphan", "tag", ""),
        ("a state of tomorrow", "tag", ""),
    ],
)
def test_a_state_has_one_mark(state: str, form: str, fill: str):
    assert wording.mark(state) == (form, fill)


def test_the_word_of_a_state_is_there_once():
    told = wording.state("undecided", "One number, two firms.").markup
    assert told.endswith("</span>Undecided. One number, two firms.")
    told = wording.state("differs, origin unknown", "Differs, origin unknown.").markup
    assert told.count("iffers, origin unknown") == 1


def test_a_command_in_a_sentence_is_set_as_one():
    assert wording.prose("Run `mdsync load <DE>`.").markup == (
        "Run <code>mdsync load &lt;DE&gt;</code>."
    )


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ([7], "job 7"),
        ([7, 8], "jobs 7 and 8"),
        ([9, 8, 7], "jobs 7 to 9"),
        ([1, 2, 4], "jobs 1, 2 and 4"),
    ],
)
def test_jobs_in_a_row_are_named_by_their_ends(numbers: list[int], said: str):
    assert wording.jobs(numbers) == said


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("10250", "10250"),
        ("00100,Helsinki", "00100,Helsinki"),
        ("4000,Brisbane\\, QLD", "4000,Brisbane, QLD"),
        ("a\\\\,b", "a\\,b"),
        (None, ""),
    ],
)
def test_a_key_is_read_without_its_signs(key: str | None, said: str):
    assert wording.key(key) == said
