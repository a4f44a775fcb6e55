"""Which column is which field: what the settings say, the names exports use, and what is refused."""

import json
from datetime import datetime

import pytest

from mdsync_nb.errors import ColumnMissing, UsageError

GUID = "11bd5a05-0a0b-4c0d-8e0f-0123456789ab"


def test_a_column_is_the_field_of_its_name_but_for_case_and_spaces(company):
    company.write(" no. ,NAME,Credit Limit\n1,a,2\n")
    staged = company.stage()
    assert company.rows(staged, "No.", "Name") == [("1", "a")]
    assert (staged.absent, staged.unknown) == ((), ())


def test_columns_get_the_fields_the_settings_give_them(company):
    company.write("Kundennr.,Firma,GUID\n1,a," + GUID + "\n")
    staged = company.stage(
        columns={"Kundennr.": "No.", "GUID": "SystemId"},
        file={"file": "customer.csv", "columns": {"Firma": "name"}},
    )
    assert company.rows(staged, "_id", "No.", "Name") == [(GUID, "1", "a")]


def test_the_word_of_a_file_goes_before_that_of_its_company(company):
    company.write("No.,A,B\n1,a,b\n")
    staged = company.stage(
        columns={"A": "Name"},
        file={"file": "customer.csv", "columns": {"A": "", "B": "Name"}},
    )
    assert company.column(staged, "Name") == ["b"]


def test_what_the_company_says_of_columns_need_not_fit_every_table(company):
    company.write("No.,Name,Firma\n1,a,b\n")
    staged = company.stage(columns={"Vendor No.": "No.", "Firma": "Search Name"})
    assert company.column(staged, "Name") == ["a"]
    assert staged.unknown == ("Firma",)


def test_a_declared_column_that_is_not_there_is_missed_with_those_that_are(company):
    company.write("No.,Nmae\n1,a\n")
    with pytest.raises(ColumnMissing) as raised:
        company.stage(file={"file": "customer.csv", "columns": {"Name": "Name"}})
    assert (raised.value.column, raised.value.found) == ("Name", ("No.", "Nmae"))
    assert "Nmae" in raised.value.hint


def test_a_declared_field_that_the_table_does_not_have_is_refused(company):
    company.write("No.,X\n1,a\n")
    with pytest.raises(UsageError, match="'Nonsense'"):
        company.stage(file={"file": "customer.csv", "columns": {"X": "Nonsense"}})


def test_a_key_that_is_not_there_is_missed(company):
    company.write("Number,Name\n1,a\n")
    with pytest.raises(ColumnMissing, match=r"no column 'No\.'"):
        company.stage()


@pytest.mark.parametrize("header", ["No.,Name,Name", "No.,Name,NAME", "No.,Name,Firma"])
def test_two_columns_of_one_field_are_nobody_s_to_guess(company, header):
    company.write(f"{header}\n1,a,b\n")
    with pytest.raises(UsageError, match="two columns for 'Name'"):
        company.stage(columns={"Firma": "Name"})


def test_one_of_two_columns_can_be_left_out(company):
    company.write("No.,Name,Firma\n1,a,b\n")
    words = {"file": "customer.csv", "columns": {"Firma": "Name", "Name": ""}}
    staged = company.stage(file=words)
    assert company.column(staged, "Name") == ["b"]
    assert staged.unknown == ("Name",)


def test_fields_that_are_not_there_are_absent_and_columns_that_are_no_field_unknown(company):
    company.write("No.,Extra,Name,\n1,x,a,\n")
    staged = company.stage({"Name": "text", "No.": "code", "City": "text"}, key=("No.",))
    assert (staged.absent, staged.unknown) == (("City",), ("Extra",))
    assert list(staged.schema.by_name) == ["Name", "No."]


def test_a_field_that_only_some_files_have_is_not_read_as_blank_from_the_others(company):
    company.write("No.,Name\n1,a\n", "p1.csv")
    company.write("No.\n2\n", "p2.csv")
    staged = company.stage(file="p*.csv")
    assert "Name" in staged.absent
    assert "Name: p2.csv does not have it, so it is not read from the others either" in staged.notes


@pytest.mark.parametrize(
    ("name", "modified", "created", "by"),
    [
        ("SystemId", "SystemModifiedAt", "SystemCreatedAt", "SystemModifiedBy"),
        ("$systemId", "$systemModifiedAt", "$systemCreatedAt", "$systemModifiedBy"),
        (
            "systemId-2000000000",
            "SystemModifiedAt-2000000003",
            "SystemCreatedAt-2000000001",
            "SystemModifiedBy-2000000004",
        ),
    ],
)
def test_system_fields_are_known_by_the_names_exports_give_them(
    company, name, modified, created, by
):
    company.write(
        f"No.,{name},{modified},{created},{by}\n"
        f"1,{{{GUID.upper()}}},2026-01-02T00:00:00.123Z,2026-01-01T00:00:00Z,{{{GUID.upper()}}}\n"
    )
    staged = company.stage()
    moment = datetime(2026, 1, 2, 0, 0, 0, 123000)
    found = company.rows(staged, "_id", "_modified_at", "_created_at", "_modified_by")
    assert found == [(GUID, moment, datetime(2026, 1, 1), GUID)]
    assert (staged.has_ids, staged.has_times, staged.unknown, staged.notes) == (True, True, (), ())


def test_id_and_last_modified_are_system_fields_only_in_pages_of_a_service(company):
    record = {"No.": "1", "id": GUID, "lastModifiedDateTime": "2026-01-02T00:00:00Z"}
    company.write(json.dumps({"value": [record]}), "customer.json")
    company.write(f"No.,id,lastModifiedDateTime\n1,{GUID},2026-01-02T00:00:00Z\n")
    page, text = company.stage(file="customer.json"), company.stage()
    assert (page.has_ids, page.has_times, page.unknown) == (True, True, ())
    assert (text.has_ids, text.has_times, text.unknown) == (
        False,
        False,
        ("id", "lastModifiedDateTime"),
    )


def test_without_system_fields_the_notes_say_what_that_means(company):
    company.write("No.,Name,Credit Limit\n1,a,2\n")
    assert company.stage().notes == (
        "no SystemId: records are identified by their primary key",
        "no modified times: changes are found by comparing with the previous load",
    )


SEVERAL = "Company,Set,No.,Name,Credit Limit\nDE,a,1,x,1\nFR,a,1,y,bad\nDE,b,1,z,2\nDE,a,2,v,bad\n"


def test_only_the_rows_that_hold_the_texts_of_where_are_read(company):
    company.write(SEVERAL)
    staged = company.stage(file={"file": "customer.csv", "where": {"company": "DE", "Set": "a"}})
    assert (staged.rows, staged.kept) == (2, 1)
    assert company.rows(staged, "No.", "Name") == [("1", "x")]
    assert company.aside(staged) == [(5, "Credit Limit", "bad")]


def test_where_can_ask_for_nothing_and_for_any_text(company):
    company.write("No.,Name,Credit Limit\n1,,1\n2,it's,1\n3,b,1\n")
    for text, number in (("", "1"), ("it's", "2")):
        staged = company.stage(file={"file": "customer.csv", "where": {"Name": text}})
        assert company.column(staged, "No.") == [number]


def test_a_column_of_where_that_is_not_there_is_missed(company):
    company.write("No.,Name\n1,a\n")
    with pytest.raises(ColumnMissing, match="no column 'Company'"):
        company.stage(file={"file": "customer.csv", "where": {"Company": "DE"}})
