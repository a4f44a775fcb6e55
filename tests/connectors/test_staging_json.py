"""Pages of a service: read together, numbers exact, and never complete when a page is missing."""

import json
from datetime import datetime
from decimal import Decimal

import pytest

from mdsync_nb.errors import SourceUnreadable
from mdsync_nb.model import Completeness

GUID = "11bd5a05-0a0b-4c0d-8e0f-01234567890{}"


def page(company, name, *records, more=False):
    link = ', "@odata.nextLink": "https://x/next?$skiptoken=1"' if more else ""
    company.write(f'{{"@odata.context": "x", "value": [{", ".join(records)}]{link}}}', name)


def record(number, **values):
    facts = {"@odata.etag": "W/1", "id": GUID.format(number), "No.": str(number)}
    return json.dumps(facts | values)


def test_pages_are_read_together_in_the_order_of_their_names(company):
    page(company, "p1.json", record(1, Name="a"), record(2, Name="b"), more=True)
    page(company, "p2.json", record(3, Name="c"))
    staged = company.stage(file="p*.json", complete="yes")
    assert company.rows(staged, "_id", "No.", "Name") == [
        (GUID.format(1), "1", "a"),
        (GUID.format(2), "2", "b"),
        (GUID.format(3), "3", "c"),
    ]
    assert (staged.complete, staged.unknown, staged.has_ids) == (Completeness.YES, (), True)


def test_a_last_page_that_names_a_next_one_is_not_complete(company):
    page(company, "p1.json", record(1), more=True)
    page(company, "p2.json", record(2), more=True)
    staged = company.stage(file="p*.json", complete="yes")
    assert staged.complete is Completeness.NO
    assert any("more pages than there are files" in note for note in staged.notes)


def test_numbers_keep_every_digit_whatever_the_company_writes_in_text(company):
    text = (
        '{"id": "%s", "No.": "1", "Credit Limit": 12345678901234.1234567890, "N": 9007199254740993}'
    )
    page(company, "p.json", text % GUID.format(1))
    fields = {"No.": "code", "Credit Limit": "decimal", "N": "big_integer"}
    staged = company.stage(fields, file="p.json", format={"decimal": ","})
    assert company.rows(staged) == [("1", Decimal("12345678901234.1234567890"), 9007199254740993)]


def test_null_true_and_what_a_record_leaves_out_are_read(company):
    fields = {"No.": "code", "Name": "text", "Blocked": "boolean", "lastModifiedDateTime": "text"}
    page(
        company,
        "p.json",
        record(1, Name=None, Blocked=True, lastModifiedDateTime="2026-01-02T03:04:05.678Z"),
        record(2, Blocked=False, nested={"a": 1}, many=[1, 2]),
    )
    staged = company.stage(fields, file="p.json")
    assert company.rows(staged, "No.", "Name", "Blocked", "_modified_at") == [
        ("1", None, True, datetime(2026, 1, 2, 3, 4, 5, 678000)),
        ("2", None, False, None),
    ]


def test_a_bare_list_is_read_as_well_with_or_without_a_mark(company):
    company.write(f"[{record(1)}]", "p.json", encoding="utf-8-sig")
    assert company.column(company.stage(file="p.json"), "No.") == ["1"]


def test_bad_records_are_named_by_page_and_place(company):
    page(company, "p1.json", record(1, **{"Credit Limit": "1"}))
    page(company, "p2.json", record(2, **{"Credit Limit": "2"}), record(3, **{"Credit Limit": "x"}))
    staged = company.stage(file="p*.json")
    assert staged.set_aside.select("file", "row", "value").rows() == [("p2.json", 3, "x")]


def test_an_empty_answer_is_an_empty_table_of_all_fields(company):
    page(company, "p.json")
    staged = company.stage(file="p.json")
    assert (staged.rows, staged.absent, staged.has_ids, staged.has_times) == (0, (), True, True)


def test_a_page_without_records_takes_nothing_from_the_others(company):
    page(company, "p1.json", record(1, Name="a"), more=True)
    page(company, "p2.json")
    staged = company.stage(file="p*.json")
    assert (company.rows(staged, "No.", "Name"), staged.complete) == (
        [("1", "a")],
        Completeness.UNKNOWN,
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('{"value": [{"No.": "1"}, {"No.', "not JSON, or it was cut off"),
        ("", "not JSON, or it was cut off"),
        ('{"error": "x"}', "no list of records"),
        ('{"value": [1, {"No.": "1"}]}', "not a record"),
        ("12", "no list of records"),
    ],
)
def test_a_broken_page_gives_nothing(company, content, reason):
    company.write(content, "p.json")
    with pytest.raises(SourceUnreadable, match=reason):
        company.stage(file="p.json")
