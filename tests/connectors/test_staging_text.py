"""Text files: every way they are written gives the same rows, and a broken one gives none."""

import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mdsync_nb.errors import SourceUnreadable, UsageError

NAMES = {"No.": "code", "Name": "text"}
TEXT = 'No.,Name\r\n00010,"Müller & Söhne"\r\n00020,Ærø\r\n'
READ = [("00010", "Müller & Söhne"), ("00020", "Ærø")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1252"])
def test_the_encoding_of_a_file_does_not_show_in_its_rows(company, encoding):
    company.write(TEXT, encoding=encoding)
    assert company.rows(company.stage(NAMES)) == READ


def test_utf_16_without_a_mark_is_read_when_the_format_names_it(company):
    company.write(TEXT, encoding="utf-16-le")
    assert company.rows(company.stage(NAMES, format={"encoding": "utf-16"})) == READ


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_in_the_header(company, delimiter):
    company.write(f"No.{delimiter}Name\n00010{delimiter}x\n")
    assert company.rows(company.stage(NAMES)) == [("00010", "x")]


def test_quotes_escaped_by_a_backslash_are_read(company):
    company.write('No.,Name\n"1","say \\"hi\\", c:\\\\x"\n2,"a,b"\n')
    staged = company.stage(NAMES, format={"escape": "backslash"})
    assert company.rows(staged) == [("1", 'say "hi", c:\\x'), ("2", "a,b")]


def test_line_breaks_within_quotes_are_part_of_the_text(company):
    company.write('No.,Name\r\n1,"a\nb"\r\n2,"c\r\nd"\r\n')
    assert company.rows(company.stage(NAMES)) == [("1", "a\nb"), ("2", "c\r\nd")]


def test_a_header_with_a_line_break_in_it_loses_no_row(company):
    company.write('No.,"Name\nof the customer"\r\n1,a\r\n2,b\r\n')
    staged = company.stage(
        NAMES, file={"file": "customer.csv", "columns": {"Name of the customer": "Name"}}
    )
    assert company.rows(staged) == [("1", "a"), ("2", "b")]


def test_a_file_without_quotes_is_read_as_it_stands(company):
    company.write('No.\tName\n1\t5" pipe\n')
    assert company.rows(company.stage(NAMES, format={"quote": ""})) == [("1", '5" pipe')]


def test_semicolons_and_a_decimal_comma_go_together(company):
    company.write("No.;Name;Credit Limit\n00010;x;1.234,50\n00020;y;-7,5\n00030;z;1 000\n")
    staged = company.stage(format={"decimal": ","})
    assert [float(value) for value in company.column(staged, "Credit Limit")] == [
        1234.5,
        -7.5,
        1000.0,
    ]


def test_the_format_of_a_file_goes_before_that_of_its_company(company):
    company.write("No.;Name;Credit Limit\n1;x;2,5\n")
    staged = company.stage(file={"file": "customer.csv", "format": {"decimal": ","}})
    assert [float(value) for value in company.column(staged, "Credit Limit")] == [2.5]


def test_a_header_alone_is_an_empty_table(company):
    company.write("No.,Name,Credit Limit")
    staged = company.stage()
    assert (staged.rows, staged.kept, company.rows(staged)) == (0, 0, [])


def test_several_files_of_a_table_are_read_together_whatever_the_order_of_their_columns(company):
    company.write("No.,Name\n1,a\n", "page1.csv")
    company.write("Name;No.\nb;2\n", "page2.csv")
    company.write("No.,Name\n3,c\n", "page3.csv")
    staged = company.stage(NAMES, file="page*.csv")
    assert company.rows(staged) == [("1", "a"), ("2", "b"), ("3", "c")]
    assert [file.path for file in staged.files] == ["page1.csv", "page2.csv", "page3.csv"]


def test_rows_of_several_files_are_named_by_file_and_row(company):
    company.write("No.,Name,Credit Limit\n1,a,1\n2,b,x\n", "page1.csv")
    company.write("No.,Name,Credit Limit\n3,c,y\n1,d,4\n", "page2.csv")
    staged = company.stage(file="page*.csv")
    assert staged.set_aside.select("file", "row", "value").rows() == [
        ("page1.csv", 2, "1"),
        ("page1.csv", 3, "x"),
        ("page2.csv", 2, "y"),
        ("page2.csv", 3, "1"),
    ]


BROKEN = [
    ("a row is short", "No.,Name\n1,a\n2\n", 3, "1 values where the header has 2"),
    ("a row is long", "No.,Name\n1,a\n2,b,c\n", 3, "3 values where the header has 2"),
    ("a quote stays open", 'No.,Name\n1,a\n2,"b\n', 3, "quote"),
    ("a quote is not doubled", 'No.,Name\n1,"a"b"\n', 2, "quote"),
    ("lines end in two ways", "No.,Name\r\n1,a\n2,b\r\n", None, "end in the same way"),
    ("nothing is in it", "", None, "it is empty"),
    ("only a blank line is in it", "\n", None, "it is empty"),
]


@pytest.mark.parametrize(("what", "content", "row", "reason"), BROKEN)
def test_a_broken_file_gives_nothing_and_says_where_it_breaks(company, what, content, row, reason):
    company.write(content)
    with pytest.raises(SourceUnreadable, match=reason) as raised:
        company.stage(NAMES)
    assert (raised.value.file, raised.value.row) == ("customer.csv", row)
    assert not (company.root / "staged" / "customer.parquet").exists()


def test_a_file_cut_off_within_a_row_is_not_taken(company):
    whole = "No.,Name,Credit Limit\n" + "".join(f"{n},name,1.5\n" for n in range(5000))
    company.write(whole[: whole.index("4321,name") + 7])
    with pytest.raises(SourceUnreadable, match="row 4323"):
        company.stage()


def test_a_file_that_may_be_cut_off_within_its_last_value_says_so(company):
    company.write("No.,Name\n1,abc\n2,de")
    staged = company.stage(NAMES)
    assert "customer.csv: the last line has no line end; the file may be cut off" in staged.notes


def test_bytes_that_are_not_of_the_declared_encoding_are_not_guessed(company):
    company.write("No.,Name\n1,caf\u00e9\n", encoding="windows-1252")
    with pytest.raises(SourceUnreadable, match="not utf-8"):
        company.stage(NAMES, format={"encoding": "utf-8"})


def test_bytes_that_no_encoding_explains_are_not_taken(company):
    company.write(b"No.,Name\n1,caf\xe9\n2,\x81\n")
    with pytest.raises(SourceUnreadable, match="not windows-1252"):
        company.stage(NAMES)


def test_a_file_that_is_not_there_is_named(company):
    with pytest.raises(
        SourceUnreadable, match=r"customer\.csv cannot be read: there is no such file"
    ):
        company.stage()


def test_a_kind_of_file_nobody_reads_is_a_question_to_the_settings(company):
    company.write("x", "customer.pdf")
    with pytest.raises(UsageError, match=r"'\.pdf'"):
        company.stage(file="customer.pdf")


def test_characters_that_mean_wildcards_elsewhere_stand_for_themselves_in_folders(company):
    company.write("No.,Name\n1,a\n", "out [1]/k=v/customer.csv")
    staged = company.stage(NAMES, folder="out [1]/k=v")
    assert company.rows(staged) == [("1", "a")]


def test_a_quote_in_a_column_name_breaks_nothing(company):
    odd = {"No.": "code", 'It\'s "x"': "text"}
    company.write('No.,"It\'s ""x"""\n1,a\n2,b\n2,c\n')
    staged = company.stage(odd)
    assert company.rows(staged) == [("1", "a")]
    assert [row for row, *_ in company.aside(staged)] == [3, 4]


PIECES = st.sampled_from(
    ["", "a", "00010", " ", "\n", "\r\n", '"', ",", ";", "é", "\\", "null", "NULL"]
)
VALUE = st.lists(PIECES, max_size=5).map("".join)


@settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(
    values=st.lists(VALUE, min_size=1, max_size=12),
    newline=st.sampled_from(["\n", "\r\n"]),
    delimiter=st.sampled_from([",", ";", "\t"]),
    escape=st.sampled_from(["double", "backslash"]),
)
def test_what_is_written_is_what_is_read(company, values, newline, delimiter, escape):
    text = io.StringIO(newline="")
    backslash = {"escapechar": "\\", "doublequote": False} if escape == "backslash" else {}
    written = csv.writer(
        text, delimiter=delimiter, lineterminator=newline, quoting=csv.QUOTE_ALL, **backslash
    )
    written.writerows([("No.", "Name"), *((f"{n:05}", value) for n, value in enumerate(values))])
    company.write(text.getvalue())
    staged = company.stage(NAMES, format={"escape": escape})
    assert company.column(staged, "Name") == [value or None for value in values]
