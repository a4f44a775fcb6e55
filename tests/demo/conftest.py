"""The exports of the demo companies as tests read them: without the generator's own code."""

import csv
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import duckdb
import openpyxl
import pytest

FOLDER = Path(__file__).parents[2] / "data"
DEMO = FOLDER / "demo"
SYSTEM = ("SystemId", "SystemCreatedAt", "SystemModifiedAt", "SystemModifiedBy")
SHEETS = {
    "country_region": "Country_Region",
    "currency": "Currency",
    "currency_exchange_rate": "Currency Exchange Rate",
    "payment_terms": "Payment Terms",
    "salesperson": "Salesperson_Purchaser",
    "customer": "Customer",
    "vendor": "Vendor",
    "item": "Item",
}
KEYS = {
    **dict.fromkeys(("customer", "vendor", "contact", "item"), ("No.",)),
    **dict.fromkeys(("country_region", "currency", "payment_terms", "salesperson"), ("Code",)),
    "currency_exchange_rate": ("Currency Code", "Starting Date"),
}
LATEST = {
    "holding": "2026-03-10",
    "nordic": "2026-03-10",
    "deutschland": "2026-03-06",
    "lumiere": "2026-02-28",
}
Row = dict[str, str]
Table = dict[tuple[str, ...], Row]


class Exports:
    """The tables of every snapshot, values as text, blanks as empty text."""

    folder = FOLDER
    latest = LATEST
    keys = KEYS

    def snapshots(self) -> Iterator[tuple[str, str]]:
        """Company and day of all snapshots."""
        return ((path.parent.name, path.name) for path in sorted(DEMO.glob("*/*")))

    def files(self, company: str, day: str) -> list[str]:
        """The tables of a snapshot, by file name."""
        if company != "deutschland":
            return sorted(path.stem for path in (DEMO / company / day).glob("*.csv"))
        return [file for file, name in SHEETS.items() if name in package(day).sheetnames]

    def rows(self, company: str, file: str, day: str = "") -> list[Row]:
        """All rows of one table, as of the last snapshot unless a day is given."""
        return read(company, day or LATEST[company], file)

    def table(self, company: str, file: str, day: str = "") -> Table:
        """The rows of a table under their keys."""
        found = self.rows(company, file, day)
        return {tuple(self.business(row)[name] for name in KEYS[file]): row for row in found}

    def one(self, company: str, file: str, key: str, day: str = "") -> Row:
        """One record by its number or code."""
        return self.table(company, file, day)[(key,)]

    def changes(self, company: str, file: str) -> dict[str, dict[str, tuple[str, str]]]:
        """Per key of 2 March: the fields that have another value on 10 March, before and after."""
        now = {r["SystemId"]: self.business(r) for r in self.rows(company, file)}
        found: dict[str, dict[str, tuple[str, str]]] = {}
        for key, row in self.table(company, file, "2026-03-02").items():
            then, later = self.business(row), now.get(row["SystemId"])
            moved = {n: (then[n], later[n]) for n in then if then[n] != later[n]} if later else {}
            if moved:
                found[" ".join(key)] = moved
        return found

    def business(self, row: Row) -> Row:
        """A row without system columns, numbers and dates of Nordic as the holding writes them."""
        plain = {n: as_number(value) for n, value in row.items() if n not in SYSTEM}
        date = plain.get("Starting Date", "").split("-")
        if len(date) == 3 and len(date[0]) == 2:
            plain["Starting Date"] = "-".join(reversed(date))
        return plain

    def differing(self, there: Row, here: Row) -> set[str]:
        """Fields in which a pound and a euro company differ; amounts and numbers are left out."""
        left_out = {"Credit Limit (LCY)", "Unit Price", "Unit Cost", "Currency Code", "No."}
        fields = (there.keys() & here.keys()) - left_out - set(SYSTEM)
        differ = {name for name in fields if as_number(there[name]) != as_number(here[name])}
        if "Currency Code" in here:
            same = (there["Currency Code"] or "GBP") == (here["Currency Code"] or "EUR")
            differ |= set() if same else {"Currency Code"}
        return differ


@cache
def read(company: str, day: str, file: str) -> list[Row]:
    """One table: an Excel sheet, a file in Windows-1252, or what DuckDB reads."""
    if company == "deutschland":
        return sheet(day, SHEETS[file])
    path = DEMO / company / day / f"{file}.csv"
    if company == "lumiere":
        return [*csv.DictReader(path.read_text("cp1252").splitlines(), delimiter=";")]
    delimiter = "," if company == "holding" else ";"
    options = f"""delim = '{delimiter}', all_varchar = true, header = true, quote = '"'"""
    found = duckdb.sql(f"select * from read_csv('{path.as_posix()}', {options})")
    return [dict(zip(found.columns, map(text, r), strict=True)) for r in found.fetchall()]


@cache
def package(day: str) -> openpyxl.Workbook:
    """The configuration package of one day."""
    return openpyxl.load_workbook(DEMO / "deutschland" / day / "Deutschland.xlsx")


def sheet(day: str, name: str) -> list[Row]:
    """The rows of one sheet of a configuration package: captions in row 3, records below."""
    lines = [tuple(map(text, r)) for r in package(day)[name].iter_rows(values_only=True)]
    return [dict(zip(lines[2], line, strict=True)) for line in lines[3:]]


def text(value: object) -> str:
    """A cell as text; nothing is an empty text, and a cell that is no text is an error."""
    assert value is None or isinstance(value, str)
    return value or ""


def as_number(value: str) -> str:
    """`100000,00` as `100000.00`; everything else stays."""
    head, comma, tail = value.partition(",")
    return f"{head}.{tail}" if comma and head.isdigit() and tail.isdigit() else value


@pytest.fixture(scope="session")
def exports() -> Exports:
    """What the four companies exported."""
    return Exports()


@pytest.fixture(scope="session")
def expected() -> dict[str, int]:
    """EXPECTED.csv: count per id."""
    with (FOLDER / "EXPECTED.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: int(row["count"]) for row in csv.DictReader(file)}
