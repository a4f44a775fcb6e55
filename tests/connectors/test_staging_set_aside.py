"""Rows that cannot be read safely are set aside with file, row, column, value and a reason."""

import pytest

GUID = "11bd5a05-0a0b-4c0d-8e0f-01234567890{}"
LINE = {"Customer No.": "code", "Line No.": "integer", "Amount": "decimal", "Posted": "date"}


def test_a_value_that_does_not_cast_is_named_and_the_rest_loads(company):
    company.write("No.,Name,Credit Limit\n1,a,1\n2,b,x\n3,c,3\n")
    staged = company.stage()
    assert staged.set_aside.rows() == [
        ("customer.csv", 3, "Credit Limit", "x", "not a number (with a decimal point)", "2")
    ]
    assert (staged.rows, staged.kept, company.column(staged, "No.")) == (3, 2, ["1", "3"])


def test_a_row_with_two_reasons_has_two_lines_and_counts_once(company):
    company.write("Customer No.,Line No.,Amount,Posted\nA,1,x,31.02.2026\nA,2,1,\n")
    staged = company.stage(LINE, key=("Customer No.", "Line No."), format={"date_order": "dmy"})
    assert company.aside(staged, "row", "column", "value", "key") == [
        (2, "Amount", "x", "A,1"),
        (2, "Posted", "31.02.2026", "A,1"),
    ]
    assert (staged.rows, staged.kept) == (2, 1)


def test_the_column_is_named_as_the_file_names_it(company):
    company.write("Nr,Limit\n1,x\n")
    words = {"file": "customer.csv", "columns": {"Nr": "No.", "Limit": "Credit Limit"}}
    assert company.aside(company.stage(file=words)) == [(2, "Limit", "x")]


def test_a_row_counts_as_a_spreadsheet_shows_it_even_after_a_line_break_in_a_value(company):
    company.write('No.,Name,Credit Limit\n1,"a\nb\nc",1\n2,b,x\n')
    assert company.aside(company.stage()) == [(3, "Credit Limit", "x")]


def test_rows_are_counted_right_in_a_file_that_is_read_in_many_pieces(company):
    bad = {7, 70_001, 399_998}
    lines = (f"{n},{'x' * 80},{'bad' if n in bad else n}" for n in range(400_000))
    company.write("No.,Name,Credit Limit\n" + "\n".join(lines) + "\n")
    staged = company.stage()
    assert company.aside(staged, "row", "key") == [(n + 2, str(n)) for n in sorted(bad)]
    assert staged.kept == 400_000 - len(bad)


def test_a_blank_key_is_set_aside(company):
    company.write("No.,Name,Credit Limit\n1,a,1\n  ,b,2\n")
    staged = company.stage()
    assert company.aside(staged, "row", "column", "reason", "key") == [
        (3, "No.", "the primary key is blank", None)
    ]


def test_a_key_is_blank_only_when_all_its_parts_are(company):
    company.write("Customer No.,Line No.,Amount\n,1,1\n,,1\nA,,1\n")
    staged = company.stage(LINE, key=("Customer No.", "Line No."))
    assert company.column(staged, "_id") == [",1", "A,0"]
    assert company.aside(staged, "row", "column") == [(3, "Customer No., Line No.")]


def test_the_one_record_of_a_set_up_table_has_a_blank_key(company):
    company.write("Primary Key,Name\n,CRONUS\n")
    staged = company.stage({"Primary Key": "code", "Name": "text"}, single=True)
    assert company.rows(staged, "_id", "Name") == [("", "CRONUS")]


def test_a_second_record_of_a_set_up_table_sets_both_aside(company):
    company.write("Primary Key,Name\n,CRONUS\n,Other\n")
    staged = company.stage({"Primary Key": "code", "Name": "text"}, single=True)
    assert (staged.kept, company.aside(staged, "row")) == (0, [(2,), (3,)])


def test_all_rows_that_share_a_primary_key_are_set_aside(company):
    company.write("No.,Name,Credit Limit\n1,a,1\n2,b,1\n 1 ,c,1\n1,d,1\n")
    staged = company.stage()
    assert company.aside(staged, "row", "value", "reason") == [
        (row, "1", "3 rows have this primary key") for row in (2, 4, 5)
    ]
    assert company.column(staged, "No.") == ["2"]


def test_a_row_that_is_set_aside_anyway_still_makes_its_key_shared(company):
    company.write("No.,Name,Credit Limit\n1,a,1\n1,b,x\n2,c,1\n")
    staged = company.stage()
    assert [row for (row,) in company.aside(staged, "row")] == [2, 3, 3]
    assert (staged.rows - staged.kept, company.column(staged, "No.")) == (2, ["2"])


def test_all_rows_that_share_a_system_id_are_set_aside_however_it_is_spelled(company):
    one, two = GUID.format(1), GUID.format(2)
    company.write(f"SystemId,No.,Name\n{one},1,a\n{two},2,b\n{{{one.upper()}}},3,c\n")
    staged = company.stage()
    assert company.aside(staged, "row", "column", "value", "reason", "key") == [
        (2, "SystemId", one, "2 rows have this SystemId", "1"),
        (4, "SystemId", one, "2 rows have this SystemId", "3"),
    ]


def test_rows_with_different_system_ids_may_not_share_a_primary_key(company):
    one, two = GUID.format(1), GUID.format(2)
    company.write(f"SystemId,No.,Name\n{one},1,a\n{two},1,b\n")
    staged = company.stage()
    assert company.aside(staged, "row", "column", "value", "reason") == [
        (row, "No.", "1", "2 rows have this primary key") for row in (2, 3)
    ]
    assert staged.kept == 0


@pytest.mark.parametrize("nothing", ["", " ", "{00000000-0000-0000-0000-000000000000}"])
def test_a_row_without_its_system_id_is_set_aside(company, nothing):
    company.write(f"SystemId,No.,Name\n{GUID.format(1)},1,a\n{nothing},2,b\n")
    staged = company.stage()
    assert company.aside(staged, "row", "column", "reason") == [
        (3, "SystemId", "the SystemId is blank")
    ]


def test_a_system_id_that_is_no_guid_is_taken_as_text(company):
    company.write("SystemId,No.,Name\n rec-7 ,1,a\n")
    assert company.column(company.stage(), "_id") == ["rec-7"]


def test_a_modified_time_that_is_none_is_set_aside(company):
    company.write("No.,Name,SystemModifiedAt\n1,a,2026-13-01\n2,b,\n")
    staged = company.stage()
    assert company.aside(staged) == [(2, "SystemModifiedAt", "2026-13-01")]
    assert company.rows(staged, "_id", "_modified_at") == [("2", None)]


def test_a_key_of_several_parts_is_one_text_that_can_be_taken_apart(company):
    company.write(
        'Customer No.,Line No.,Amount,Posted\n"a,b",1,1.50,2026-01-31\n"c\\d",2,100.00,\n'
    )
    staged = company.stage(LINE, key=("Customer No.", "Line No.", "Amount", "Posted"))
    assert company.column(staged, "_id") == ["A\\,B,1,1.5,2026-01-31", "C\\\\D,2,100,"]


def test_a_key_of_one_part_is_its_text(company):
    company.write('No.,Name,Credit Limit\n"a,b",x,1\n')
    assert company.column(company.stage(), "_id") == ["A,B"]


def test_a_key_that_cannot_be_read_is_not_shown(company):
    company.write("Line No.,Amount\nx,1\n")
    staged = company.stage({"Line No.": "integer", "Amount": "decimal"})
    assert company.aside(staged, "row", "column", "key") == [(2, "Line No.", None)]


def test_a_file_of_nothing_but_bad_rows_is_an_empty_table(company):
    company.write("No.,Name,Credit Limit\n1,a,x\n2,b,y\n")
    staged = company.stage()
    assert (staged.rows, staged.kept, company.rows(staged)) == (2, 0, [])
