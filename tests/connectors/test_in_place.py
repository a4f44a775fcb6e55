"""Patching the files that were read: what the plan names changes, and nothing else."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import tempfile
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import fastexcel
import openpyxl
import openpyxl.styles
import polars as pl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mdsync_nb.connectors.changes import TableChanges
from mdsync_nb.connectors.in_place import patch_in_place
from mdsync_nb.connectors.staging import stage
from mdsync_nb.errors import ColumnMissing, CouldNotRun, PlanStale, SourceUnreadable
from mdsync_nb.model import CompanySettings, Field, FieldType, FileFormat, TableFile, TableSchema

SCHEMA = TableSchema(
    table="Customer",
    key=("No.",),
    fields=(
        Field(name="No.", type=FieldType.CODE),
        Field(name="Name", type=FieldType.TEXT),
        Field(name="Limit", type=FieldType.DECIMAL),
        Field(name="Since", type=FieldType.DATE),
        Field(name="Blocked", type=FieldType.OPTION, options=("", "Ship", "All")),
        Field(name="Active", type=FieldType.BOOLEAN, blank_is_zero=True),
    ),
)
TYPES = {
    "No.": pl.String,
    "Name": pl.String,
    "Limit": pl.Decimal(38, 20),
    "Since": pl.Date,
    "Blocked": pl.String,
    "Active": pl.Boolean,
}
COLUMNS = {"Nr": "No.", "Navn": "Name", "Kredit": "Limit", "Dato": "Since", "Aktiv": "Active"}
HEAD = "Nr,Navn,Kredit,Dato,Blocked,Aktiv"


def frame(*records: dict[str, object]) -> pl.DataFrame:
    """Records as the store holds them."""
    names = list(dict.fromkeys(name for record in records for name in record))
    types = {name: TYPES[name.removeprefix("_key.")] for name in names}
    return pl.DataFrame(list(records), schema=types)


def modified(*records: dict[str, object], schema: TableSchema = SCHEMA) -> TableChanges:
    """Changes of records: every field given but the key changes; `_key.No.` renames."""
    cells = [
        {"record": number, "field": name}
        for number, record in enumerate(records)
        for name in record
        if name not in schema.key and not name.startswith("_key.")
    ]
    with_keys = [{"_key.No.": record["No."], **record} for record in records]
    return TableChanges(
        table="Customer",
        schema=schema,
        modified=frame(*with_keys),
        cells=pl.DataFrame(cells, schema={"record": pl.Int64, "field": pl.String}),
    )


def inserted(*records: dict[str, object]) -> TableChanges:
    return TableChanges(table="Customer", schema=SCHEMA, inserted=frame(*records))


def deleted(*keys: str) -> TableChanges:
    return TableChanges(
        table="Customer", schema=SCHEMA, deleted=frame(*({"No.": key} for key in keys))
    )


class Company:
    """A company with one file, and how it is patched."""

    def __init__(self, root: Path, content: bytes, name: str = "customer.csv", **file: object):
        self.root, self.name = root, name
        self.path = root / "nordic" / name
        self.path.parent.mkdir(exist_ok=True)
        self.path.write_bytes(content)
        table = TableFile(file=name, **file)  # type: ignore[arg-type]
        self.settings = CompanySettings(
            folder="nordic", columns=COLUMNS, tables={"Customer": table}
        )
        self.load()

    def patch(self, *changes: TableChanges) -> list[Path]:
        return patch_in_place(
            "Nordic",
            self.settings,
            changes,
            root=self.root,
            snapshot=None,
            expected={self.name: self.loaded},
        )

    def load(self) -> None:
        """Take the file as it is now for the one that was loaded."""
        self.loaded = hashlib.sha256(self.path.read_bytes()).hexdigest()

    @property
    def text(self) -> str:
        return self.path.read_bytes().decode()


def csv(*lines: str, end: str = "\r\n") -> bytes:
    return "".join(line + end for line in (HEAD, *lines)).encode()


LINES = (
    "10000,Anna,1.50,2020-01-02,,true",
    '20000,"Bo, Ltd",0,2021-03-04,Ship,false',
    "30000,Cem,,,,true",
)


# --- text files: what changes


def test_only_the_cells_of_the_plan_change(tmp_path):
    company = Company(tmp_path, csv(*LINES))
    changes = modified(
        {"No.": "20000", "Limit": Decimal("12.500"), "Since": None},
        {"No.": "30000", "Limit": None, "Since": date(2024, 5, 6)},
    )
    assert company.patch(changes) == [company.path]
    assert company.path.read_bytes() == csv(
        LINES[0], '20000,"Bo, Ltd",12.5,,Ship,false', "30000,Cem,,2024-05-06,,true"
    )


def test_only_cells_listed_as_changing_are_written(tmp_path):
    company = Company(tmp_path, csv(*LINES))
    changes = TableChanges(
        table="Customer",
        schema=SCHEMA,
        modified=frame(
            {"_key.No.": "10000", "No.": "10000", "Name": "Ann", "Limit": Decimal("1.5")}
        ),
        cells=pl.DataFrame({"record": [0], "field": ["Name"]}),
    )
    company.patch(changes)
    assert company.path.read_bytes() == csv("10000,Ann,1.50,2020-01-02,,true", *LINES[1:])


def test_a_value_is_quoted_when_it_needs_it_or_was_quoted_before(tmp_path):
    company = Company(tmp_path, csv(*LINES))
    company.patch(
        modified({"No.": "10000", "Name": 'A "big", one'}, {"No.": "20000", "Name": "Bo"})
    )
    assert company.path.read_bytes() == csv(
        '10000,"A ""big"", one",1.50,2020-01-02,,true',
        '20000,"Bo",0,2021-03-04,Ship,false',
        LINES[2],
    )


def test_a_backslash_escapes_in_files_written_that_way(tmp_path):
    before = b'Nr,Navn,Kredit\n"1","A \\"x\\", \\\\ y",1.00000\n"2","",2.00000\n"3","C",3.00000\n'
    company = Company(tmp_path, before, format=FileFormat(escape="backslash"))
    company.patch(
        modified({"No.": "2", "Name": 'q " b \\ n'}, {"No.": "1", "Limit": Decimal("4")}),
        inserted({"No.": "4", "Name": None, "Limit": Decimal("0")}),
    )
    assert company.text == (
        'Nr,Navn,Kredit\n"1","A \\"x\\", \\\\ y",4\n"2","q \\" b \\\\ n",2.00000\n'
        '"3","C",3.00000\n"4","",0\n'
    )


@pytest.mark.parametrize(
    ("encoding", "bom"),
    [
        ("utf-8", b"\xef\xbb\xbf"),
        ("utf-16-le", b"\xff\xfe"),
        ("utf-16-be", b"\xfe\xff"),
        ("windows-1252", b""),
    ],
)
def test_the_encoding_and_its_mark_stay(tmp_path, encoding, bom):
    lines = "Nr;Navn\r\nÅ1;Søren – 5 €\r\nÅ2;Žižka\r\n"
    company = Company(tmp_path, bom + lines.encode(encoding))
    company.patch(modified({"No.": "å2", "Name": "Jürgen ß"}))
    assert company.path.read_bytes() == bom + lines.replace("Žižka", "Jürgen ß").encode(encoding)


def test_numbers_and_dates_are_written_as_their_company_writes_them(tmp_path):
    before = (
        b"Nr;Kredit;Dato;Aktiv\r\nA;1.234,50;31.12.2020;Ja\r\nB;2;01.02.2021;Nein\r\nC;;;Nein\r\n"
    )
    company = Company(tmp_path, before, format=FileFormat(decimal=",", date_order="dmy"))
    company.patch(
        modified({"No.": "C", "Limit": Decimal("0.25"), "Since": date(2022, 3, 4), "Active": True})
    )
    assert company.path.read_bytes() == before.replace(b"C;;;Nein", b"C;0,25;04.03.2022;Ja")


def test_a_tab_separates_as_well(tmp_path):
    before = b"Nr\tNavn\n1\tA, B\n2\tC\n"
    company = Company(tmp_path, before, name="customer.txt")
    company.patch(modified({"No.": "2", "Name": "x\ty"}))
    assert company.path.read_bytes() == b'Nr\tNavn\n1\tA, B\n2\t"x\ty"\n'


def test_line_breaks_within_quotes_do_not_end_a_record(tmp_path):
    before = 'Nr,Navn,Kredit\n1,"Main\r\nStreet ""5""\n",1\n2,"\n",2\n3,x,3\n'
    company = Company(tmp_path, before.encode())
    company.patch(
        modified({"No.": "2", "Limit": Decimal("9")}, {"No.": "3", "Name": "a\nb"}), deleted("1")
    )
    assert company.text == 'Nr,Navn,Kredit\n2,"\n",9\n3,"a\nb",3\n'


def test_a_quote_within_a_value_without_quotes_is_a_character(tmp_path):
    before = 'Nr,Navn,Kredit\n1,5" pipe,1\n2,"a\n""b"" 7"", c",2\n3,x",3\n4,"\n",4\n5,a"b"c,5\n'
    company = Company(tmp_path, before.encode())
    company.patch(
        modified(
            {"No.": "1", "Limit": Decimal(10)},
            {"No.": "2", "Limit": Decimal(20)},
            {"No.": "3", "Limit": Decimal(30)},
            {"No.": "4", "Limit": Decimal(40)},
            {"No.": "5", "Limit": Decimal(50)},
        )
    )
    after = before
    for number in "12345":
        after = after.replace(f",{number}\n", f",{number}0\n")
    assert company.text == after


def test_every_line_keeps_its_own_end(tmp_path):
    company = Company(tmp_path, b"Nr,Navn\r\n1,a\n2,b\r\n3,c\n\n4,d")
    company.patch(modified({"No.": "2", "Name": "B"}, {"No.": "4", "Name": "D"}))
    assert company.path.read_bytes() == b"Nr,Navn\r\n1,a\n2,B\r\n3,c\n\n4,D"


def test_a_code_is_found_however_it_is_written(tmp_path):
    company = Company(tmp_path, b'Nr,Navn\n" ab1 ",x\nAB2,y\n')
    company.patch(modified({"No.": "AB1", "Name": "z"}))
    assert company.path.read_bytes() == b'Nr,Navn\n" ab1 ",z\nAB2,y\n'


@pytest.mark.parametrize(
    ("type", "text", "value"),
    [
        (FieldType.INTEGER, "0010", pl.Series([10])),
        (FieldType.DECIMAL, "1,50", pl.Series([Decimal("1.5")], dtype=pl.Decimal(38, 20))),
        (FieldType.DATE, "1.2.2024", pl.Series([date(2024, 2, 1)])),
        (FieldType.DATE, "2024-02-01", pl.Series([date(2024, 2, 1)])),
        (FieldType.DATE, "", pl.Series([None], dtype=pl.Date)),
        (FieldType.BOOLEAN, "Ja", pl.Series([True])),
        (FieldType.OPTION, "2", pl.Series(["All"])),
        (FieldType.OPTION, "Alles", pl.Series(["All"])),
        (FieldType.GUID, "{0A000000-0000-0000-0000-00000000000B}",
         pl.Series(["0a000000-0000-0000-0000-00000000000b"])),
    ],
)  # fmt: skip
def test_a_key_of_any_type_is_found_however_it_is_written(tmp_path, type, text, value):
    key = Field(
        name="No.", type=type, options=("", "Ship", "All"), captions=("", "Versand", "Alles")
    )
    schema = TableSchema(table="Customer", key=("No.",), fields=(key, Field(name="Name")))
    before = f"Nr;Navn\n{text};x\n77;y\n"
    company = Company(
        tmp_path, before.encode(), format=FileFormat(decimal=",", date_order="dmy", delimiter=";")
    )
    company.patch(
        TableChanges(
            table="Customer",
            schema=schema,
            modified=pl.DataFrame({"_key.No.": value, "No.": value, "Name": ["new"]}),
            cells=pl.DataFrame({"record": [0], "field": ["Name"]}),
        )
    )
    assert company.text == before.replace("x", "new")


def test_a_renamed_record_gets_its_new_key(tmp_path):
    company = Company(tmp_path, csv(*LINES))
    company.patch(modified({"_key.No.": "20000", "No.": "25000", "Name": "Bo & Co"}))
    assert company.path.read_bytes() == csv(
        LINES[0], '25000,"Bo & Co",0,2021-03-04,Ship,false', LINES[2]
    )


def test_two_records_may_swap_their_keys(tmp_path):
    company = Company(tmp_path, b"Nr,Navn\n1,a\n2,b\n")
    company.patch(modified({"_key.No.": "1", "No.": "2"}, {"_key.No.": "2", "No.": "1"}))
    assert company.path.read_bytes() == b"Nr,Navn\n2,a\n1,b\n"


def test_inserted_records_follow_at_the_end_in_the_order_of_the_columns(tmp_path):
    company = Company(tmp_path, csv(*LINES))
    company.patch(
        inserted(
            {"Active": True, "Name": "Dora, inc", "No.": "40000"},
            {"Active": False, "Name": None, "No.": "50000"},
        )
    )
    assert company.path.read_bytes() == csv(*LINES, '40000,"Dora, inc",,,,true', "50000,,,,,false")


def test_inserted_values_stand_in_quotes_where_their_column_has_them(tmp_path):
    before = '"Nr";"Navn";"Kredit"\n"1";"a";5\n"2";"";6\n'
    company = Company(tmp_path, before.encode())
    company.patch(
        inserted(
            {"No.": "3", "Name": None, "Limit": Decimal(7)},
            {"No.": "4", "Name": "d", "Limit": None},
        )
    )
    assert company.text == before + '"3";"";7\n"4";"d";\n'


def test_a_file_without_a_final_line_end_keeps_being_one(tmp_path):
    company = Company(tmp_path, b"Nr,Navn\r\n1,a\r\n2,b")
    company.patch(modified({"No.": "2", "Name": "B"}), inserted({"No.": "3", "Name": "c"}))
    assert company.path.read_bytes() == b"Nr,Navn\r\n1,a\r\n2,B\r\n3,c"


def test_a_deleted_record_takes_its_own_bytes_with_it(tmp_path):
    company = Company(tmp_path, csv(*LINES))
    company.patch(deleted("10000", "30000"))
    assert company.path.read_bytes() == csv(LINES[1])


def test_records_of_other_companies_in_the_same_file_stay(tmp_path):
    before = b"Firma,Nr,Navn\nDE,1,a\nFR,1,b\nDE,2,c\nFR,2,d\n"
    company = Company(tmp_path, before, where={"Firma": "FR"})
    company.patch(
        modified({"No.": "1", "Name": "B"}), deleted("2"), inserted({"No.": "3", "Name": "e"})
    )
    assert company.path.read_bytes() == b"Firma,Nr,Navn\nDE,1,a\nFR,1,B\nDE,2,c\nFR,3,e\n"


def test_the_only_record_of_a_set_up_table_needs_no_key_in_the_file(tmp_path):
    schema = SCHEMA.model_copy(update={"single": True})
    company = Company(tmp_path, b"Navn,Kredit\nx,1\n")
    changes = TableChanges(
        table="Customer",
        schema=schema,
        modified=frame({"_key.No.": None, "No.": None, "Name": "y"}),
        cells=pl.DataFrame({"record": [0], "field": ["Name"]}),
    )
    company.patch(changes)
    assert company.path.read_bytes() == b"Navn,Kredit\ny,1\n"


def test_two_tables_of_one_file_are_written_together(tmp_path):
    company = Company(tmp_path, b"Firma,Nr,Navn\nDE,1,a\nFR,1,b\n", where={"Firma": "FR"})
    other = TableFile(file=company.name, where={"Firma": "DE"})
    tables = {**company.settings.tables, "Vendor": other}
    company.settings = company.settings.model_copy(update={"tables": tables})
    one, two = modified({"No.": "1", "Name": "A"}), modified({"No.": "1", "Name": "B"})
    vendor = TableChanges("Vendor", SCHEMA, modified=one.modified, cells=one.cells)
    assert company.patch(vendor, two) == [company.path]
    assert company.path.read_bytes() == b"Firma,Nr,Navn\nDE,1,A\nFR,1,B\n"


def test_many_records_are_patched_without_reading_them_one_by_one(tmp_path):
    lines = [f'{number},"Name, {number}",{number}.5,,,true' for number in range(50_000)]
    company = Company(tmp_path, csv(*lines))
    company.patch(modified({"No.": "49999", "Name": "last"}, {"No.": "0", "Name": "first"}))
    lines[0], lines[-1] = '0,"first",0.5,,,true', '49999,"last",49999.5,,,true'
    assert company.path.read_bytes() == csv(*lines)


def staged(company: Company, into: Path) -> list[tuple[object, ...]]:
    """The records as a load reads them."""
    found = stage(
        "Nordic",
        company.settings,
        "Customer",
        SCHEMA,
        root=company.root,
        snapshot=None,
        clock=lambda: datetime(2030, 1, 1, tzinfo=UTC),
        into=into,
    )
    assert found.set_aside.is_empty()
    return pl.read_parquet(found.path).sort("No.").select("No.", "Name", "Limit").rows()


names = st.text(
    st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=["Cs"])
    | st.sampled_from('",;\\\n= '),
    max_size=12,
)


@pytest.mark.parametrize("escape", ["double", "backslash"])
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(before=st.lists(names, min_size=1, max_size=5), after=names, new=names, at=st.integers(0, 4))
def test_what_is_written_is_what_is_read_back(tmp_path, escape, *, before, after, new, at):
    at = min(at, len(before) - 1)
    with tempfile.TemporaryDirectory(dir=tmp_path) as folder:
        format = FileFormat(escape=escape, delimiter=",", encoding="utf-8")
        company = Company(Path(folder), b"Nr,Navn,Kredit\n", format=format)
        everybody = [
            {"No.": f"{n}", "Name": name or None, "Limit": None} for n, name in enumerate(before)
        ]
        company.patch(inserted(*everybody))
        company.load()
        company.patch(modified({"No.": f"{at}", "Name": after or None, "Limit": Decimal("1.5")}))
        company.load()
        company.patch(inserted({"No.": "N", "Name": new or None, "Limit": None}))
        expected = [(one["No."], one["Name"], None) for one in everybody]
        expected[at] = (f"{at}", after or None, Decimal("1.5"))
        expected.append(("N", new or None, None))
        assert staged(company, Path(folder) / "staged.parquet") == expected
        company.load()
        company.patch(deleted("N", *(one["No."] for one in everybody)))  # type: ignore[misc]
        assert company.path.read_bytes() == b"Nr,Navn,Kredit\n"


# --- nothing to do, and what is refused


def test_without_changes_the_file_is_not_touched(tmp_path):
    company = Company(tmp_path, csv(*LINES))
    before = company.path.stat()
    same = modified({"No.": "10000", "Name": "Anna"})
    assert company.patch() == []
    assert company.patch(TableChanges("Customer", SCHEMA)) == []
    assert company.patch(same) == []
    after = company.path.stat()
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)
    assert company.path.read_bytes() == csv(*LINES)


def refused(company: Company, kind: type[Exception], *changes: TableChanges) -> str:
    """Assert that the changes are refused and nothing at all was written; give the message."""
    before = company.path.read_bytes()
    with pytest.raises(kind) as caught:
        company.patch(*changes)
    assert company.path.read_bytes() == before
    assert os.listdir(company.path.parent) == [company.name]
    return str(caught.value)


def test_a_file_that_moved_since_it_was_loaded_is_refused(tmp_path):
    company = Company(tmp_path, csv(*LINES))
    company.path.write_bytes(csv(*LINES[:2]))
    message = refused(company, PlanStale, modified({"No.": "10000", "Name": "x"}))
    assert "is not the file that was loaded" in message
    company.loaded = ""
    refused(company, PlanStale, modified({"No.": "10000", "Name": "x"}))


def test_a_record_that_is_not_in_the_file_is_refused(tmp_path):
    company = Company(tmp_path, csv(*LINES))
    good = modified({"No.": "10000", "Name": "x"})
    message = refused(company, PlanStale, good, modified({"No.": "99", "Name": "x"}))
    assert "does not hold the record '99'" in message
    refused(company, PlanStale, deleted("99"))


def test_a_record_that_is_there_twice_is_refused(tmp_path):
    company = Company(tmp_path, b"Nr,Navn\na,1\nA,2\n")
    message = refused(company, SourceUnreadable, modified({"No.": "A", "Name": "x"}))
    assert "the record 'A' is in it 2 times" in message


def test_a_key_another_record_has_is_refused(tmp_path):
    company = Company(tmp_path, csv(*LINES))
    refused(company, PlanStale, inserted({"No.": "10000", "Name": "x"}))
    refused(company, PlanStale, modified({"_key.No.": "20000", "No.": "10000"}))


def test_a_field_without_a_column_is_refused(tmp_path):
    company = Company(tmp_path, b"Nr,Navn\n1,a\n")
    refused(company, ColumnMissing, modified({"No.": "1", "Limit": Decimal(1)}))
    refused(company, ColumnMissing, inserted({"No.": "2", "Limit": Decimal(1)}))


def test_a_character_the_encoding_does_not_have_is_refused(tmp_path):
    company = Company(tmp_path, "Nr,Navn\n1,å\n".encode("windows-1252"))
    message = refused(company, CouldNotRun, modified({"No.": "1", "Name": "Łódź"}))
    assert "cannot be written in windows-1252" in message


def test_a_record_with_too_few_or_too_many_values_is_refused(tmp_path):
    company = Company(tmp_path, b"Nr,Navn,Kredit\n1,a\n2,b,2,2\n")
    refused(company, SourceUnreadable, modified({"No.": "1", "Name": "x"}))
    refused(company, SourceUnreadable, modified({"No.": "2", "Name": "x"}))


def test_a_value_that_needs_quotes_is_refused_where_the_file_has_none(tmp_path):
    company = Company(tmp_path, b"Nr;Navn\n1;a\n", format=FileFormat(quote=""))
    message = refused(company, CouldNotRun, modified({"No.": "1", "Name": "a;b"}))
    assert "'a;b' needs quotes" in message


@pytest.mark.parametrize("name", ["customer.json", "customer.parquet"])
def test_json_and_parquet_are_left_to_change_sets(tmp_path, name):
    company = Company(tmp_path, b"[]", name=name)
    message = refused(company, CouldNotRun, modified({"No.": "1", "Name": "x"}))
    assert "that is for CSV and Excel files" in message


def test_a_pattern_of_several_files_is_refused(tmp_path):
    company = Company(tmp_path, b"Nr,Navn\n1,a\n")
    (company.path.parent / "customer2.csv").write_bytes(b"Nr,Navn\n2,a\n")
    several = TableFile(file="customer*.csv")
    company.settings = company.settings.model_copy(update={"tables": {"Customer": several}})
    with pytest.raises(CouldNotRun, match="stands for several files"):
        company.patch(modified({"No.": "1", "Name": "x"}))


@pytest.mark.parametrize(
    "manifest",
    [{"sha256": {"customer.csv": "x"}}, {"sha256": {"Customer": "x"}}, {"rows": {"Customer": 3}}],
)
def test_a_file_a_manifest_vouches_for_is_left_to_change_sets(tmp_path, manifest):
    company = Company(tmp_path, csv(*LINES))
    (company.path.parent / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(CouldNotRun, match=r"vouches for nordic/customer\.csv"):
        company.patch(deleted("10000"))
    assert company.path.read_bytes() == csv(*LINES)


def test_no_file_changes_when_one_of_them_cannot(tmp_path):
    company = Company(tmp_path, b"Nr,Navn\n1,a\n")
    (company.path.parent / "vendor.csv").write_bytes(b"Nr,Navn\n9,a\n")
    tables = {**company.settings.tables, "Vendor": TableFile(file="vendor.csv")}
    company.settings = company.settings.model_copy(update={"tables": tables})
    change = modified({"No.": "1", "Name": "x"})
    vendor = TableChanges("Vendor", SCHEMA, modified=change.modified, cells=change.cells)
    expected = {
        name: hashlib.sha256((company.path.parent / name).read_bytes()).hexdigest()
        for name in ("customer.csv", "vendor.csv")
    }
    with pytest.raises(PlanStale):
        patch_in_place(
            "Nordic",
            company.settings,
            [change, vendor],
            root=tmp_path,
            snapshot=None,
            expected=expected,
        )
    assert company.path.read_bytes() == b"Nr,Navn\n1,a\n"


def test_files_already_replaced_get_their_old_bytes_back_when_one_cannot_be(tmp_path, monkeypatch):
    company = Company(tmp_path, b"Nr,Navn\n1,a\n")
    other = company.path.parent / "vendor.csv"
    other.write_bytes(b"Nr,Navn\n1,b\n")
    tables = {**company.settings.tables, "Vendor": "vendor.csv"}
    company.settings = company.settings.model_copy(update={"tables": tables})
    change = modified({"No.": "1", "Name": "x"})
    vendor = TableChanges("Vendor", SCHEMA, modified=change.modified, cells=change.cells)
    expected = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (company.path, other)
    }
    really = os.replace

    def held_open(new: Path, old: Path) -> None:
        if Path(old).name == "vendor.csv":
            raise PermissionError(13, "Permission denied", str(old))
        really(new, old)

    monkeypatch.setattr(os, "replace", held_open)
    with pytest.raises(CouldNotRun, match=r"vendor\.csv cannot be replaced: Permission denied"):
        patch_in_place(
            "Nordic",
            company.settings,
            [change, vendor],
            root=tmp_path,
            snapshot=None,
            expected=expected,
        )
    assert company.path.read_bytes() == b"Nr,Navn\n1,a\n"
    assert sorted(os.listdir(company.path.parent)) == ["customer.csv", "vendor.csv"]


# --- Excel


def workbook(*, package: bool = False, table: bool = True) -> bytes:
    """A workbook with a sheet to patch, an Excel table over it, and another sheet."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    sheet = book.add_worksheet("Customer")
    book.add_worksheet("Notes").write_string(0, 0, "keep me")
    day = book.add_format({"num_format": "dd-mm-yyyy"})
    bold = book.add_format({"bold": True})
    head = 2 if package else 0
    if package:
        for column, text in enumerate(("PACK", "Debitor", "18")):
            sheet.write_string(0, column, text)
    names = ["Nr", "Navn", "Kredit", "Dato", "Blocked", "Aktiv"]
    for column, name in enumerate(names):
        sheet.write_string(head, column, name)
    rows = [
        ("00010", "Anna & <Co>", 1.5, date(2020, 1, 2)),
        ("20", "Bo", 2, None),
        ("30", "", 3, None),
    ]
    for number, (no, name, limit, since) in enumerate(rows, start=head + 1):
        sheet.write_string(number, 0, no, bold)
        if name:
            sheet.write_string(number, 1, name)
        sheet.write_number(number, 2, limit)
        if since:
            sheet.write_datetime(number, 3, since, day)
        sheet.write_boolean(number, 5, True)
    if table:
        columns = [{"header": name} for name in names]
        sheet.add_table(head, 0, head + len(rows), 5, {"columns": columns})
    book.close()
    return stream.getvalue()


def values(content: bytes, sheet: str = "Customer") -> list[tuple[object, ...]]:
    """The cells of a sheet, as another program reads them."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    return list(book[sheet].iter_rows(values_only=True))


def members(content: bytes) -> list[tuple[str, tuple[int, ...], bytes]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [(one.filename, one.date_time, archive.read(one)) for one in archive.infolist()]


def test_cells_of_a_sheet_change_and_keep_their_kind_and_style(tmp_path):
    company = Company(tmp_path, workbook(), name="customer.xlsx")
    changes = modified(
        {"No.": "00010", "Name": "A <b> & ", "Limit": Decimal("2.25"), "Since": date(2021, 2, 3),
         "Active": False},
        {"No.": "20", "Name": None, "Limit": None, "Since": date(2022, 1, 1), "Active": True},
        {"No.": "30", "Name": "=1+1\nx", "Limit": Decimal(3), "Since": None, "Active": True},
    )  # fmt: skip
    assert company.patch(changes) == [company.path]
    rows = values(company.path.read_bytes())
    assert rows[1][:4] == ("00010", "A <b> & ", 2.25, rows[1][3])
    assert rows[1][3].date() == date(2021, 2, 3)  # type: ignore[union-attr]
    assert rows[1][5] is False
    assert rows[2][:3] == ("20", None, None)
    assert rows[2][3].date() == date(2022, 1, 1)  # type: ignore[union-attr]
    assert rows[3][:4] == ("30", "=1+1\nx", 3, None)
    sheet = openpyxl.load_workbook(company.path)["Customer"]
    assert sheet["D2"].number_format == sheet["D3"].number_format == "dd-mm-yyyy"
    assert sheet["B4"].data_type != "f"
    assert sheet["A2"].font.bold


def test_a_patched_sheet_is_read_back_as_planned(tmp_path):
    company = Company(
        tmp_path,
        workbook(package=True),
        name="customer.xlsx",
        format=FileFormat(decimal=",", date_order="dmy"),
    )
    company.patch(
        modified({"No.": "20", "Name": "=x\n_x0041_", "Limit": Decimal("2.75")}),
        inserted({"No.": "00040", "Name": "ø", "Limit": Decimal("1234.5")}),
        deleted("30"),
    )
    assert staged(company, tmp_path / "staged.parquet") == [
        ("00010", "Anna & <Co>", Decimal("1.5")),
        ("00040", "ø", Decimal("1234.5")),
        ("20", "=x\n_x0041_", Decimal("2.75")),
    ]


def test_every_other_part_of_an_excel_file_keeps_its_bytes_and_order(tmp_path):
    before = workbook()
    company = Company(tmp_path, before, name="customer.xlsx")
    company.patch(modified({"No.": "20", "Name": "x"}))
    after = members(company.path.read_bytes())
    pairs = list(zip(members(before), after, strict=True))
    assert [old[:2] for old, _ in pairs] == [new[:2] for _, new in pairs]
    assert [old[0] for old, new in pairs if old != new] == ["xl/worksheets/sheet1.xml"]


def test_an_excel_file_without_changes_is_not_touched(tmp_path):
    before = workbook()
    company = Company(tmp_path, before, name="customer.xlsx")
    same = modified({"No.": "00010", "Name": "Anna & <Co>", "Limit": Decimal("1.5"),
                     "Since": date(2020, 1, 2), "Active": True})  # fmt: skip
    assert company.patch(same) == []
    assert company.path.read_bytes() == before


@pytest.mark.parametrize("package", [False, True])
def test_records_inserted_into_a_sheet_lengthen_its_table(tmp_path, package):
    company = Company(tmp_path, workbook(package=package), name="customer.xlsx")
    company.patch(
        deleted("20"),
        inserted(
            {"No.": "00040", "Name": " D ", "Limit": Decimal("0.1"), "Since": date(2023, 1, 1)},
            {"No.": "50", "Name": None, "Limit": None, "Since": None},
        ),
    )
    content = company.path.read_bytes()
    rows, head = values(content), 3 if package else 1
    assert rows[head + 1] == (None,) * 6
    assert rows[head + 3][:3] == ("00040", " D ", 0.1)
    assert rows[head + 3][3].date() == date(2023, 1, 1)  # type: ignore[union-attr]
    assert rows[head + 4] == ("50", None, None, None, None, None)
    sheet = openpyxl.load_workbook(io.BytesIO(content))["Customer"]
    table = next(iter(sheet.tables.values()))
    assert table.ref == table.autoFilter.ref == f"A{head}:F{head + 5}"
    assert sheet.dimensions == f"A1:F{head + 5}"
    read = fastexcel.read_excel(content).load_sheet("Customer", header_row=head - 1).to_polars()
    assert read["Nr"].to_list() == ["00010", None, "30", "00040", "50"]


def test_a_renamed_record_of_a_package_gets_its_new_key(tmp_path):
    company = Company(tmp_path, workbook(package=True), name="customer.xlsx")
    company.patch(modified({"_key.No.": "20", "No.": "25", "Name": "new"}))
    rows = values(company.path.read_bytes())
    assert rows[0][:3] == ("PACK", "Debitor", "18")
    assert [row[:2] for row in rows[3:]] == [
        ("00010", "Anna & <Co>"), ("25", "new"), ("30", None)
    ]  # fmt: skip


def test_sheets_of_writers_that_prefix_every_element_are_patched(tmp_path):
    before, packed = members(workbook(table=False)), io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, _, content in before:
            text = content.decode()
            if name == "xl/worksheets/sheet1.xml":
                text = text.replace("<", "<x:").replace("<x:/", "</x:")
                text = text.replace("<x:?xml", "<?xml").replace("xmlns=", "xmlns:x=")
            archive.writestr(name, text)
    company = Company(tmp_path, packed.getvalue(), name="customer.xlsx")
    company.patch(modified({"No.": "30", "Name": "C"}), inserted({"No.": "40", "Name": "D"}))
    rows = values(company.path.read_bytes())
    assert [row[:2] for row in rows[1:]] == [
        ("00010", "Anna & <Co>"), ("20", "Bo"), ("30", "C"), ("40", "D")
    ]  # fmt: skip


def test_texts_xml_cannot_hold_come_back_as_they_were(tmp_path):
    company = Company(tmp_path, workbook(), name="customer.xlsx")
    odd = "a\rb\x0b _x0020_ _x0041_x0042_ &amp; ]]> é"
    company.patch(modified({"No.": "20", "Name": odd}))
    read = fastexcel.read_excel(company.path).load_sheet("Customer", dtypes="string").to_polars()
    assert read["Navn"][1] == odd
    company.load()
    assert company.patch(modified({"No.": "20", "Name": odd})) == []


def test_a_formula_is_not_replaced_by_a_value(tmp_path):
    book = openpyxl.load_workbook(io.BytesIO(workbook()))
    book["Customer"]["B3"] = "=A3"
    stream = io.BytesIO()
    book.save(stream)
    company = Company(tmp_path, stream.getvalue(), name="customer.xlsx")
    message = refused(company, CouldNotRun, modified({"No.": "20", "Name": "x"}))
    assert "cell B3" in message
    refused(company, CouldNotRun, deleted("20"))


def test_a_file_written_by_another_program_is_patched(tmp_path):
    book = openpyxl.load_workbook(io.BytesIO(workbook()))
    book["Customer"].append(["60", "late"])
    stream = io.BytesIO()
    book.save(stream)
    company = Company(tmp_path, stream.getvalue(), name="customer.xlsx")
    company.patch(modified({"No.": "60", "Name": "later", "Limit": Decimal("1")}))
    assert values(company.path.read_bytes())[4][:3] == ("60", "later", 1)


def test_records_follow_the_last_one_even_where_empty_rows_are_formatted(tmp_path):
    book = openpyxl.load_workbook(io.BytesIO(workbook(table=False)))
    for row in (5, 6, 8):
        book["Customer"].cell(row, 2).font = openpyxl.styles.Font(bold=True)
    stream = io.BytesIO()
    book.save(stream)
    company = Company(tmp_path, stream.getvalue(), name="customer.xlsx")
    company.patch(inserted(*({"No.": f"4{n}", "Name": f"n{n}"} for n in range(5))))
    rows = values(company.path.read_bytes())
    assert [row[:2] for row in rows[4:]] == [(f"4{n}", f"n{n}") for n in range(5)]
    sheet = openpyxl.load_workbook(company.path)["Customer"]
    assert [row for row in range(5, 10) if sheet.cell(row, 2).font.bold] == [5, 6, 8]


def test_no_record_is_added_below_a_totals_row(tmp_path):
    book = openpyxl.load_workbook(io.BytesIO(workbook()))
    next(iter(book["Customer"].tables.values())).totalsRowCount = 1
    stream = io.BytesIO()
    book.save(stream)
    company = Company(tmp_path, stream.getvalue(), name="customer.xlsx")
    message = refused(company, CouldNotRun, inserted({"No.": "40", "Name": "x"}))
    assert "totals row" in message


def test_an_empty_shared_text_counts_as_one(tmp_path):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, _, content in members(workbook()):
            text = content.decode()
            if name == "xl/sharedStrings.xml":
                text = text.replace("<si><t>20</t></si>", "<si/><si><t>20</t></si>")
            if name == "xl/worksheets/sheet1.xml":
                first = shared_number(text, "A3")
                text = re.sub(
                    r't="s"><v>(\d+)</v>',
                    lambda v, first=first: f't="s"><v>{int(v[1]) + (int(v[1]) >= first)}</v>',
                    text,
                )
            archive.writestr(name, text)
    company = Company(tmp_path, packed.getvalue(), name="customer.xlsx")
    company.patch(modified({"No.": "20", "Name": "x"}))
    assert [row[1] for row in values(company.path.read_bytes())[1:3]] == ["Anna & <Co>", "x"]


def shared_number(xml: str, cell: str) -> int:
    """The number of the shared text a cell holds."""
    found = re.search(rf'<c r="{cell}"[^>]*><v>(\d+)</v>', xml)
    assert found
    return int(found[1])


def test_what_is_no_excel_file_is_refused(tmp_path):
    company = Company(tmp_path, b"not a zip", name="customer.xlsx")
    refused(company, SourceUnreadable, modified({"No.": "20", "Name": "x"}))


def test_a_text_too_long_for_a_cell_is_refused(tmp_path):
    company = Company(tmp_path, workbook(), name="customer.xlsx")
    refused(company, CouldNotRun, modified({"No.": "20", "Name": "x" * 32_768}))
