"""Excel workbooks: plain sheets and configuration packages, every cell as a person sees it."""

from datetime import date, datetime, time
from decimal import Decimal

import pytest
import xlsxwriter

from mdsync_nb.errors import SourceUnreadable

FILE = "customer.xlsx"
DAY = {"num_format": "dd.mm.yyyy"}


def workbook(company, sheets, name=FILE):
    """Write sheets of rows; a date is written as Excel writes dates."""
    book = xlsxwriter.Workbook(company.root / name)
    formats = {
        kind: book.add_format({"num_format": text})
        for kind, text in (("d", "dd.mm.yyyy"), ("t", "hh:mm"))
    }
    for title, lines in sheets.items():
        sheet = book.add_worksheet(title)
        for r, line in enumerate(lines):
            for c, value in enumerate(line):
                if isinstance(value, (date, time)):
                    sheet.write_datetime(
                        r, c, value, formats["t" if isinstance(value, time) else "d"]
                    )
                elif isinstance(value, str) and value.startswith("="):
                    sheet.write_formula(r, c, value, None, "#N/A")
                elif isinstance(value, str):
                    sheet.write_string(r, c, value)
                elif value is not None:
                    sheet.write(r, c, value)
    book.close()


def test_cells_are_read_as_a_person_sees_them(company):
    fields = {
        "No.": "code",
        "Name": "text",
        "D": "decimal",
        "N": "integer",
        "B": "boolean",
        "On": "date",
        "At": "datetime",
        "T": "time",
    }
    lines = [
        list(fields),
        [
            "00010",
            ' a\n"b"',
            1234.5,
            10,
            True,
            date(2026, 1, 31),
            datetime(2026, 1, 31, 10, 20),
            time(7, 5),
        ],
        [10, "x", 0.1 + 0.2, 7, False, "31.01.2026", "2026-01-31T10:20:00Z", "07:05"],
        ["20", None, None, None, None, None, None, None],
    ]
    workbook(company, {"Customer": lines})
    staged = company.stage(fields, file=FILE, format={"date_order": "dmy"})
    day, moment = date(2026, 1, 31), datetime(2026, 1, 31, 10, 20)
    assert company.rows(staged) == [
        ("00010", ' a\n"b"', Decimal("1234.5"), 10, True, day, moment, time(7, 5)),
        ("10", "x", Decimal("0.3"), 7, False, day, moment, time(7, 5)),
        ("20", None, Decimal(0), 0, False, None, None, None),
    ]


def test_a_cell_that_is_a_number_has_no_decimal_mark_of_its_own(company):
    lines = [
        ["No.", "Credit Limit"],
        ["1", 1.234],
        ["2", "1.234"],
        ["3", "1.234,5"],
        ["4", 1234567.25],
        ["5", 10],
    ]
    workbook(company, {"Customer": lines})
    staged = company.stage(file=FILE, format={"decimal": ","})
    assert company.column(staged, "Credit Limit") == [
        Decimal("1.234"),
        Decimal(1234),
        Decimal("1234.5"),
        Decimal("1234567.25"),
        Decimal(10),
    ]


def test_a_sheet_of_a_configuration_package_is_recognised(company):
    lines = [
        ["MASTER", "Customer", 18],
        [],
        ["No.", "Name", "Credit Limit"],
        ["00010", "a", "1.5"],
        ["00020", "b", "x"],
    ]
    workbook(company, {"Customer": lines})
    staged = company.stage(file=FILE)
    assert company.rows(staged) == [("00010", "a", Decimal("1.5"))]
    assert company.aside(staged) == [(5, "Credit Limit", "x")]


def test_a_layout_that_is_named_is_not_guessed(company):
    package = [["P", "C", 18], [], ["No.", "Name"], ["1", "a"]]
    plain = [["No.", "Name"], ["1", "a"]]
    workbook(company, {"Customer": package}, "p.xlsx")
    workbook(company, {"Customer": plain}, "q.xlsx")
    for name, layout in (("p.xlsx", "package"), ("q.xlsx", "plain")):
        staged = company.stage(file={"file": name, "layout": layout})
        assert company.rows(staged, "No.", "Name") == [("1", "a")]
    with pytest.raises(SourceUnreadable, match="no header in row 3"):
        company.stage(file={"file": "q.xlsx", "layout": "package"})


def test_rows_without_a_value_are_left_out_and_the_others_keep_their_number(company):
    workbook(company, {"Customer": [["No.", "Credit Limit"], ["1", 1], [], ["2", "x"], []]})
    staged = company.stage(file=FILE)
    assert (staged.rows, company.aside(staged)) == (2, [(4, "Credit Limit", "x")])


def test_the_sheet_is_the_one_named_or_that_of_the_table_or_the_only_one(company):
    lines = [["No.", "Name"], ["1", "a"]]
    workbook(company, {"Other": [["X"]], "customer": lines}, "two.xlsx")
    workbook(company, {"Tabelle1": lines}, "one.xlsx")
    for file in ("two.xlsx", "one.xlsx", {"file": "one.xlsx", "sheet": "Tabelle1"}):
        assert company.rows(company.stage(file=file), "No.") == [("1",)]
    with pytest.raises(SourceUnreadable, match="no sheet 'Kunden'"):
        company.stage(file={"file": "two.xlsx", "sheet": "Kunden"})


def test_a_cell_that_shows_an_error_is_set_aside_and_not_read_as_blank(company):
    workbook(company, {"Customer": [["No.", "Name"], ["1", "=VLOOKUP(1,A:B,2)"], ["2", "b"]]})
    staged = company.stage(file=FILE)
    assert company.rows(staged, "No.", "Name") == [("2", "b")]
    assert company.aside(staged, "row", "column", "value", "reason") == [
        (2, "Name", "#N/A", "the sheet shows an error instead of a value")
    ]


def test_a_sheet_may_begin_to_the_right_and_below(company):
    lines = [[None, "No.", "Credit Limit"], [None, "1", 1.5], [None, "2", "=1/0"]]
    workbook(company, {"Customer": lines})
    staged = company.stage(file=FILE, format={"decimal": ","})
    assert company.rows(staged, "No.", "Credit Limit") == [("1", Decimal("1.5"))]
    assert company.aside(staged, "row", "column") == [(3, "Credit Limit")]


def test_option_captions_and_true_and_false_of_a_package_are_read(company):
    option = {"type": "option", "options": ("", "Ship"), "captions": ("", "Liefern")}
    workbook(
        company, {"Customer": [["No.", "Blocked", "VAT"], ["1", "Liefern", True], ["2", " ", "Ja"]]}
    )
    staged = company.stage({"No.": "code", "Blocked": option, "VAT": "boolean"}, file=FILE)
    assert company.rows(staged) == [("1", "Ship", True), ("2", None, True)]


@pytest.mark.parametrize("share", [0.0, 0.5, 0.95])
def test_a_workbook_that_was_cut_off_is_not_taken(company, share):
    workbook(company, {"Customer": [["No."], *([str(n)] for n in range(500))]})
    content = (company.root / FILE).read_bytes()
    company.write(content[: int(len(content) * share)], FILE)
    with pytest.raises(SourceUnreadable, match="not an Excel workbook, or it was cut off"):
        company.stage(file=FILE)


def test_a_sheet_without_anything_is_not_taken(company):
    workbook(company, {"Customer": []})
    with pytest.raises(SourceUnreadable, match="no header in row 1"):
        company.stage(file=FILE)


def test_a_column_of_nothing_but_errors_is_set_aside_row_by_row(company):
    lines = [["No.", "Name"], *([str(n), "=1/0"] for n in range(3000))]
    workbook(company, {"Customer": lines})
    staged = company.stage(file=FILE)
    assert (staged.rows, staged.kept, staged.set_aside.height) == (3000, 0, 3000)
