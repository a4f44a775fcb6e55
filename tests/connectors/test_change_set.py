"""Change sets: files a person imports, in the layout that was read, with literal values."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path

import fastexcel
import openpyxl
import polars as pl
import pytest
import xlsxwriter

from mdsync_nb.connectors.change_set import write_change_set
from mdsync_nb.connectors.changes import TableChanges
from mdsync_nb.connectors.dialect import dialect_of
from mdsync_nb.connectors.staging import stage
from mdsync_nb.connectors.written_text import written
from mdsync_nb.errors import CouldNotRun, SourceUnreadable, UnknownName
from mdsync_nb.model import CompanySettings, Field, FieldType, FileFormat, TableFile, TableSchema

SCHEMA = TableSchema(
    table="Customer",
    key=("No.",),
    table_id=18,
    fields=(
        Field(name="No.", type=FieldType.CODE),
        Field(name="Name", type=FieldType.TEXT),
        Field(name="Limit", type=FieldType.DECIMAL),
        Field(name="Since", type=FieldType.DATE),
        Field(
            name="Blocked",
            type=FieldType.OPTION,
            options=("", "Ship", "All"),
            captions=("", "Lieferung", "Alles"),
        ),
        Field(name="Active", type=FieldType.BOOLEAN),
    ),
)
TYPES = {
    "No.": pl.String,
    "Name": pl.String,
    "Limit": pl.Decimal(38, 20),
    "Since": pl.Date,
    "Blocked": pl.String,
    "Active": pl.Boolean,
    "_id": pl.String,
}
COLUMNS = {"Nr": "No.", "Navn": "Name", "Kredit": "Limit"}


def frame(*records: dict[str, object]) -> pl.DataFrame:
    names = list(dict.fromkeys(name for record in records for name in record))
    types = {name: TYPES[name.removeprefix("_key.")] for name in names}
    return pl.DataFrame(list(records), schema=types)


def changes(
    table: str = "Customer",
    *,
    modify: list[dict[str, object]] | None = None,
    insert: list[dict[str, object]] | None = None,
    delete: list[str] | None = None,
) -> TableChanges:
    """Changes of a table; a modified record has the key it had unless `_key.No.` says another."""
    records = [{"_key.No.": record["No."], **record} for record in modify or []]
    cells = [
        {"record": number, "field": name}
        for number, record in enumerate(records)
        for name in record
        if name not in ("No.", "_key.No.")
    ]
    return TableChanges(
        table=table,
        schema=SCHEMA,
        inserted=frame(*(insert or [])),
        modified=frame(*records),
        cells=pl.DataFrame(cells, schema={"record": pl.Int64, "field": pl.String}),
        deleted=frame(*({"No.": key} for key in delete or [])),
    )


class Company:
    """A company of files under `nordic`, and the change sets written for it."""

    def __init__(self, root: Path, files: dict[str, bytes], format: FileFormat = FileFormat()):  # noqa: B008
        self.root, self.out = root, root / "out" / "job-1"
        (root / "nordic").mkdir()
        tables: dict[str, object] = {}
        for file, content in files.items():
            (root / "nordic" / file).write_bytes(content)
            tables[file.rpartition(".")[0].replace("_", "/").title()] = file
        self.settings = CompanySettings(
            name="Nordic A/S", folder="nordic", format=format, columns=COLUMNS, tables=tables
        )

    def write(
        self, *tables: TableChanges, folder: Path | None = None, undoes: str = ""
    ) -> list[str]:
        found = write_change_set(
            "Nordic",
            self.settings,
            tables,
            root=self.root,
            snapshot=None,
            folder=folder or self.out,
            undoes=undoes,
        )
        return [path.name for path in found]

    def read(self, name: str) -> bytes:
        return (self.out / name).read_bytes()


ONE = b"Nr,Navn,Kredit,Since,Blocked,Active\r\n00010,Anna,1.50,2020-01-02,Ship,true\r\n"


def sheet(*, package: bool) -> bytes:
    """A workbook of a company, plain or as a configuration package exports it."""
    stream, head = io.BytesIO(), 2 if package else 0
    book = xlsxwriter.Workbook(stream)
    page = book.add_worksheet("Debitor")
    if package:
        for column, text in enumerate(("PACK", "Debitor", "18")):
            page.write_string(0, column, text)
    for column, text in enumerate(("Nr", "Navn", "Kredit", "Since", "Blocked", "Active")):
        page.write_string(head, column, text)
    page.write_string(head + 1, 0, "1")
    book.close()
    return stream.getvalue()


INSERT: list[dict[str, object]] = [
    {"No.": "00010", "Name": "=1+1", "Limit": Decimal("2.50"), "Since": date(2024, 1, 2),
     "Blocked": "Ship", "Active": True},
    {"No.": "20", "Name": None, "Limit": None, "Since": None, "Blocked": None, "Active": False},
]  # fmt: skip


def test_every_table_and_action_has_a_file_in_the_order_of_dependencies(tmp_path):
    company = Company(tmp_path, {"customer.csv": ONE, "country_region.csv": b"Nr;Navn\n1;a\n"})
    names = company.write(
        changes("Country/Region", insert=[{"No.": "DK", "Name": "x"}], delete=["SE"]),
        changes("Item"),
        changes(modify=[{"No.": "1", "Name": "x"}], insert=[{"No.": "2"}], delete=["3"]),
    )
    assert names == [
        "01_Country_Region_insert.csv",
        "02_Customer_insert.csv",
        "02_Customer_modify.csv",
        "02_Customer_delete.csv",
        "01_Country_Region_delete.csv",
        "README.txt",
    ]
    assert sorted(names) == sorted(path.name for path in company.out.iterdir())


def test_a_modify_file_has_the_key_and_the_changed_columns_in_the_order_of_the_file(tmp_path):
    company = Company(tmp_path, {"customer.csv": ONE})
    company.write(
        changes(
            modify=[
                {"No.": "00010", "Limit": Decimal("12.50"), "Name": "Anna"},
                {"No.": "00020", "Limit": None, "Name": 'B, "b"\nb'},
            ]
        )
    )
    assert company.read("01_Customer_modify.csv") == (
        b'Nr,Navn,Kredit\r\n00010,Anna,12.5\r\n00020,"B, ""b""\nb",\r\n'
    )


def test_a_delete_file_has_the_keys(tmp_path):
    company = Company(tmp_path, {"customer.csv": ONE})
    company.write(changes(delete=["00010", "20"]))
    assert company.read("01_Customer_delete.csv") == b"Nr\r\n00010\r\n20\r\n"


def test_renamed_records_show_the_key_they_have_now(tmp_path):
    company = Company(tmp_path, {"customer.csv": ONE})
    renamed = {"_key.No.": "00010", "No.": "00011", "Name": "x"}
    names = company.write(changes(modify=[renamed], insert=[{"No.": "00010", "Name": "y"}]))
    assert company.read("01_Customer_modify.csv") == b"Nr (before),Nr,Navn\r\n00010,00011,x\r\n"
    assert names[:2] == ["01_Customer_modify.csv", "01_Customer_insert.csv"]
    assert '"... (before)"' in company.read("README.txt").decode()


@pytest.mark.parametrize(
    ("encoding", "bom"),
    [("utf-8", b"\xef\xbb\xbf"), ("utf-16-le", b"\xff\xfe"), ("windows-1252", b"")],
)
def test_files_keep_the_dialect_that_was_read(tmp_path, encoding, bom):
    start = "Nr;Navn;Kredit;Since;Active\r\nÅ;Sørén;1,5;31.12.2020;Ja\r\n"
    company = Company(
        tmp_path,
        {"customer.csv": bom + start.encode(encoding)},
        FileFormat(decimal=",", date_order="dmy"),
    )
    record = {"No.": "Ö", "Name": "a;b", "Limit": Decimal("1234.5"), "Since": date(2024, 2, 1)}
    company.write(changes(insert=[{**record, "Active": False}]))
    text = 'Nr;Navn;Kredit;Since;Active\r\nÖ;"a;b";1234,5;01.02.2024;Nein\r\n'
    assert company.read("01_Customer_insert.csv") == bom + text.encode(encoding)
    path = company.out / "01_Customer_insert.csv"
    source = tmp_path / "nordic" / "customer.csv"
    assert dialect_of(path, FileFormat()) == dialect_of(source, FileFormat())


def test_values_stand_in_quotes_where_the_file_has_them(tmp_path):
    start = b'"Nr","Navn","Kredit"\n"1","a",5\n"2","",6\n'
    company = Company(tmp_path, {"customer.csv": start}, FileFormat(escape="backslash"))
    company.write(
        changes(
            insert=[
                {"No.": "3", "Name": None, "Limit": None},
                {"No.": "4", "Name": 'q"\\', "Limit": Decimal(7)},
            ]
        )
    )
    assert company.read("01_Customer_insert.csv") == (
        b'"Nr","Navn","Kredit"\n"3","",\n"4","q\\"\\\\",7\n'
    )


def test_values_are_literal_whatever_a_spreadsheet_would_make_of_them(tmp_path):
    company = Company(tmp_path, {"customer.csv": ONE})
    texts = ["=1+1", "+45 1", "-1", "@x", "00010", " x ", "\t", "a\rb", 'x"y', "'1"]
    records: list[dict[str, object]] = [
        {"No.": str(number), "Name": text} for number, text in enumerate(texts)
    ]
    company.write(changes(insert=records))
    text = company.read("01_Customer_insert.csv").decode()
    assert [row[1] for row in csv.reader(io.StringIO(text, newline=""))][1:] == texts
    assert "takes a text that begins with = + - or @ for a formula" in company.read(
        "README.txt"
    ).decode().replace("\n", " ")


def test_records_of_a_file_of_several_companies_say_whose_they_are(tmp_path):
    company = Company(tmp_path, {"customer.csv": b"Firma,Nr,Navn\nFR,1,a\nDE,1,b\n"})
    file = TableFile(file="customer.csv", where={"Firma": "FR"})
    company.settings = company.settings.model_copy(update={"tables": {"Customer": file}})
    renamed = {"_key.No.": "1", "No.": "2", "Name": "x"}
    company.write(changes(modify=[renamed], delete=["7"], insert=[{"No.": "8", "Name": "y"}]))
    assert company.read("01_Customer_modify.csv") == b"Nr (before),Firma,Nr,Navn\n1,FR,2,x\n"
    assert company.read("01_Customer_insert.csv") == b"Firma,Nr,Navn\nFR,8,y\n"
    assert company.read("01_Customer_delete.csv") == b"Firma,Nr\nFR,7\n"


def test_our_own_id_is_written_where_the_file_has_a_column_for_it(tmp_path):
    company = Company(
        tmp_path,
        {"customer.csv": b"SystemId,Nr,Navn\nx,1,a\n", "vendor.csv": b"Nr,Navn\n1,a\n"},
    )
    record: dict[str, object] = {"_id": "aaaa", "No.": "2", "Name": "y"}
    company.write(changes(insert=[record]), changes("Vendor", insert=[record]))
    assert company.read("01_Customer_insert.csv") == b"SystemId,Nr,Navn\naaaa,2,y\n"
    assert company.read("02_Vendor_insert.csv") == b"Nr,Navn\n2,y\n"


def test_options_are_written_as_their_column_writes_them(tmp_path):
    company = Company(tmp_path, {"customer.csv": ONE, "vendor.csv": ONE.replace(b"Ship", b"1")})
    records: list[dict[str, object]] = [{"No.": "1", "Blocked": "All"}, {"No.": "2"}]
    company.write(changes(modify=records), changes("Vendor", modify=records))
    assert company.read("01_Customer_modify.csv") == b"Nr,Blocked\r\n1,All\r\n2,\r\n"
    assert company.read("02_Vendor_modify.csv") == b"Nr,Blocked\r\n1,2\r\n2,0\r\n"


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("customer.csv", ONE),
        ("customer.csv", "Nr;Navn;Kredit;Since;Blocked;Active\n".encode("utf-16")),
        ("customer.csv", b'"Nr"\t"Navn"\t"Kredit"\t"Since"\t"Blocked"\t"Active"\n'),
        ("customer.xlsx", "package"),
        ("customer.xlsx", "plain"),
    ],
    ids=["comma", "utf-16", "tab", "package", "sheet"],
)
@pytest.mark.parametrize(("decimal", "order"), [(".", "ymd"), (",", "dmy"), (".", "mdy")])
def test_a_load_reads_a_change_set_as_it_was_decided(tmp_path, file, content, decimal, order):
    if isinstance(content, str):
        content = sheet(package=content == "package")
    company = Company(tmp_path, {file: content}, FileFormat(decimal=decimal, date_order=order))
    decided = [
        *INSERT,
        {"No.": "3", "Name": "a;b,c\t\"d\"\ne", "Limit": Decimal("-1234567.89"),
         "Since": date(1999, 12, 1), "Blocked": "All", "Active": True},
    ]  # fmt: skip
    names = company.write(changes(insert=decided))
    (tmp_path / "nordic" / file).write_bytes(company.read(names[0]))
    found = stage(
        "Nordic",
        company.settings,
        "Customer",
        SCHEMA,
        root=tmp_path,
        snapshot=None,
        clock=lambda: datetime(2030, 1, 1, tzinfo=UTC),
        into=tmp_path / "staged.parquet",
    )
    assert found.set_aside.is_empty()
    read = pl.read_parquet(found.path).select(list(SCHEMA.by_name))
    expected = frame(*decided)
    assert read.sort("No.").to_dicts() == expected.sort("No.").to_dicts()


@pytest.mark.parametrize("name", ["customer.json", "customer.parquet"])
def test_a_company_of_json_or_parquet_gets_csv_in_utf_8(tmp_path, name):
    company = Company(tmp_path, {name: json.dumps({"value": []}).encode()})
    company.write(changes(insert=[{"No.": "1", "Name": "æ, ø", "Limit": Decimal("1.50")}]))
    assert company.read("01_Customer_insert.csv") == 'Nr,Navn,Kredit\n1,"æ, ø",1.5\n'.encode()


def test_a_package_gets_a_package_with_captions_and_every_cell_as_text(tmp_path):
    company = Company(tmp_path, {"customer.xlsx": sheet(package=True)})
    names = company.write(changes(insert=INSERT, delete=["30"]))
    assert names == ["01_Customer_insert.xlsx", "01_Customer_delete.xlsx", "README.txt"]
    book = openpyxl.load_workbook(company.out / names[0])
    rows = list(book["Debitor"].iter_rows(values_only=True))
    assert rows[0][:3] == ("PACK", "Debitor", "18")
    assert rows[1] == (None,) * 6
    assert rows[2] == ("Nr", "Navn", "Kredit", "Since", "Blocked", "Active")
    assert rows[3] == ("00010", "=1+1", "2.5", "2024-01-02", "Lieferung", "true")
    assert rows[4] == ("20", None, None, None, None, "false")
    assert {cell.data_type for row in book["Debitor"] for cell in row} == {"s", "n"}
    assert all(
        cell.value is None for row in book["Debitor"] for cell in row if cell.data_type == "n"
    )
    assert "Configuration Packages" in company.read("README.txt").decode()


def test_a_plain_sheet_gets_a_sheet_with_its_header_in_row_1(tmp_path):
    company = Company(tmp_path, {"customer.xlsx": sheet(package=False)})
    company.write(changes(insert=INSERT))
    read = fastexcel.read_excel(company.out / "01_Customer_insert.xlsx").load_sheet(
        "Debitor", dtypes="string"
    )
    assert read.to_polars().row(0) == ("00010", "=1+1", "2.5", "2024-01-02", "Ship", "true")


@pytest.mark.parametrize("file", ["customer.csv", "customer.xlsx"])
def test_the_same_changes_give_the_same_bytes(tmp_path, file):
    content = ONE if file.endswith("csv") else sheet(package=True)
    company = Company(tmp_path, {file: content})
    other = tmp_path / "again"
    names = company.write(changes(insert=INSERT, delete=["1"]))
    assert company.write(changes(insert=INSERT, delete=["1"]), folder=other) == names
    assert [company.read(name) for name in names] == [(other / n).read_bytes() for n in names]


def test_the_readme_says_what_to_import_in_which_order(tmp_path):
    company = Company(tmp_path, {"customer.csv": ONE})
    company.write(changes(modify=[{"No.": "1", "Name": "x"}], insert=INSERT, delete=["3"]))
    text = company.read("README.txt").decode()
    assert text.startswith("Changes for Nordic A/S\n======================\n")
    assert "  1. 01_Customer_insert.csv  2 records of Customer to create\n" in text
    assert "  2. 01_Customer_modify.csv  1 record of Customer to change\n" in text
    assert "  3. 01_Customer_delete.csv  1 record of Customer to delete\n" in text
    assert "`mdsync load Nordic`" in text
    assert str(tmp_path) not in text


def test_without_changes_nothing_is_written(tmp_path):
    company = Company(tmp_path, {"customer.csv": ONE})
    assert company.write() == []
    assert company.write(changes()) == []
    assert not company.out.exists()


def test_nothing_is_written_when_one_value_cannot_be(tmp_path):
    company = Company(
        tmp_path, {"customer.csv": ONE, "vendor.csv": "Nr,Navn\n1,å\n".encode("cp1252")}
    )
    with pytest.raises(CouldNotRun, match="cannot be written in windows-1252"):
        company.write(changes(delete=["1"]), changes("Vendor", insert=[{"No.": "1", "Name": "Ł"}]))
    assert not company.out.exists()


def test_a_text_longer_than_excel_takes_is_refused(tmp_path):
    company = Company(tmp_path, {"customer.xlsx": sheet(package=True)})
    with pytest.raises(CouldNotRun, match="longer than the 32,767 characters"):
        company.write(changes(insert=[{"No.": "1", "Name": "x" * 32_768}]))


def test_a_table_the_company_does_not_deliver_is_refused(tmp_path):
    company = Company(tmp_path, {"customer.csv": ONE})
    with pytest.raises(UnknownName):
        company.write(changes("Item", delete=["1"]))
    (tmp_path / "nordic" / "customer.csv").unlink()
    with pytest.raises(SourceUnreadable):
        company.write(changes(delete=["1"]))


@pytest.mark.parametrize(
    ("values", "format", "texts"),
    [
        (pl.Series([Decimal("12.5000"), Decimal("-0.10"), Decimal(100), Decimal(0), None],
                   dtype=pl.Decimal(38, 20)), FileFormat(), ["12.5", "-0.1", "100", "0", ""]),
        (pl.Series([Decimal("1234.5")]), FileFormat(decimal=","), ["1234,5"]),
        (pl.Series([Decimal(1200)], dtype=pl.Decimal(38, 0)), FileFormat(), ["1200"]),
        (pl.Series([-7, 0, None]), FileFormat(), ["-7", "0", ""]),
        (pl.Series([date(2024, 2, 1), None]), FileFormat(), ["2024-02-01", ""]),
        (pl.Series([date(2024, 2, 1)]), FileFormat(date_order="dmy"), ["01-02-2024"]),
        (pl.Series([date(2024, 2, 1)]), FileFormat(date_order="mdy"), ["02-01-2024"]),
        (pl.Series([datetime(2024, 2, 1, 3, 4, 5), datetime(2024, 2, 1, 3, 4, 5, 6000)]),
         FileFormat(), ["2024-02-01T03:04:05Z", "2024-02-01T03:04:05.006Z"]),
        (pl.Series([time(7, 5)]), FileFormat(), ["07:05:00"]),
        (pl.Series([True, False, None]), FileFormat(), ["true", "false", ""]),
        (pl.Series([" =x ", "", None]), FileFormat(), [" =x ", "", ""]),
    ],
)  # fmt: skip
def test_values_are_written_in_the_way_of_their_company(values, format, texts):
    assert written(values, Field(name="x"), format).to_list() == texts


def test_what_takes_a_job_back_names_it_and_its_files(tmp_path):
    company = Company(tmp_path, {"customer.csv": ONE})
    company.write(changes(delete=["3"]), undoes="job 16 (out/a1/NORDIC)")
    text = company.read("README.txt").decode()
    assert "They take back job 16 (out/a1/NORDIC).\n" in text
    assert "import neither" in text
