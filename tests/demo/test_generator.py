"""The generator writes the same files every time, and the files hold together."""

import hashlib
import json
import subprocess
import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

REFERENCES = (
    ("customer", "Payment Terms Code", "payment_terms"),
    ("customer", "Salesperson Code", "salesperson"),
    ("customer", "Currency Code", "currency"),
    ("customer", "Country/Region Code", "country_region"),
    ("vendor", "Payment Terms Code", "payment_terms"),
    ("vendor", "Purchaser Code", "salesperson"),
    ("vendor", "Currency Code", "currency"),
    ("vendor", "Country/Region Code", "country_region"),
    ("contact", "Company No.", "contact"),
    ("contact", "Country/Region Code", "country_region"),
    ("item", "Vendor No.", "vendor"),
    ("currency_exchange_rate", "Currency Code", "currency"),
)
LENGTHS = {
    "Name": 100,
    "Address": 100,
    "Address 2": 50,
    "City": 30,
    "Phone No.": 30,
    "E-Mail": 80,
    "VAT Registration No.": 20,
    "Currency Code": 10,
    "Payment Terms Code": 10,
    "Code": 10,
    "Symbol": 10,
    "First Name": 30,
    "Surname": 30,
    "Job Title": 30,
}
PLACES = (
    ("holding", "2026-03-02", "2026-03-02T01:30:00Z"),
    ("holding", "2026-03-10", "2026-03-10T01:30:00Z"),
    ("nordic", "2026-03-02", "2026-03-02T01:40:00Z"),
    ("nordic", "2026-03-10", "2026-03-10T01:40:00Z"),
    ("deutschland", "2026-02-27", "2026-02-27T17:45:00Z"),
    ("deutschland", "2026-03-06", "2026-03-06T17:45:00Z"),
    ("lumiere", "2026-02-28", "2026-02-28T09:12:00Z"),
)


def generated(folder: Path) -> list[Path]:
    """Every file the generator writes below a folder."""
    return [folder / "EXPECTED.csv", *(folder / "demo").glob("*/*/*")]


def fingerprints(folder: Path) -> dict[str, str]:
    """The hash of every generated file, by its path below the folder."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in generated(folder)
    }


def test_generating_again_gives_the_same_bytes(exports: Any, tmp_path: Path) -> None:
    command = [sys.executable, str(exports.folder / "generate.py"), "--into", str(tmp_path)]
    subprocess.run(command, check=True)
    assert fingerprints(tmp_path) == fingerprints(exports.folder)


def test_the_generated_files_are_small(exports: Any) -> None:
    assert sum(path.stat().st_size for path in generated(exports.folder)) < 3_000_000


@pytest.mark.parametrize(("company", "day", "taken"), PLACES)
def test_a_snapshot_says_when_it_was_taken(
    exports: Any, company: str, day: str, taken: str
) -> None:
    path = exports.folder / "demo" / company / day / "manifest.json"
    assert json.loads(path.read_text("utf-8")) == {"taken_at": taken, "complete": True}


def test_every_file_has_the_rows_it_should(exports: Any, expected: dict[str, int]) -> None:
    for company, day in exports.latest.items():
        for file in exports.files(company, day):
            count = len(exports.rows(company, file))
            assert count == expected[f"rows.{company}.{file}"], (company, file)


def test_references_exist_in_the_same_company(exports: Any) -> None:
    for company, day in exports.snapshots():
        files = exports.files(company, day)
        for file, field, target in REFERENCES:
            if file in files and target in files:
                known = {key[0] for key in exports.table(company, target, day)} | {""}
                used = {row[field] for row in exports.rows(company, file, day)}
                assert used <= known, (company, day, file, field)


def test_values_fit_their_fields(exports: Any) -> None:
    for company, day in exports.snapshots():
        for file in exports.files(company, day):
            for row in exports.rows(company, file, day):
                long = [n for n, most in LENGTHS.items() if len(row.get(n, "")) > most]
                assert not long, (company, file, row)


def test_keys_are_unique_but_for_one_number_of_lumiere(
    exports: Any, expected: dict[str, int]
) -> None:
    twice = [
        (company, file, key, count)
        for company, day in exports.snapshots()
        for file in exports.files(company, day)
        for key, count in Counter(
            tuple(r[n] for n in exports.keys[file]) for r in exports.rows(company, file, day)
        ).items()
        if count > 1
    ]
    assert [(company, file, n) for company, file, _, n in twice] == [("lumiere", "vendor", 2)]
    assert expected["P11"] == 2
    number = twice[0][2][0]
    names = {r["Name"] for r in exports.rows("lumiere", "vendor") if r["No."] == number}
    assert len(names) == 2


def test_amounts_are_decimals_in_every_company(exports: Any) -> None:
    for company in exports.latest:
        prices = [exports.business(r)["Unit Price"] for r in exports.rows(company, "item")]
        assert all(Decimal(price) > 0 for price in prices), company


def test_a_package_looks_like_a_configuration_package(exports: Any) -> None:
    path = exports.folder / "demo" / "deutschland" / "2026-03-06" / "Deutschland.xlsx"
    book = openpyxl.load_workbook(path)
    assert "Contact" not in book.sheetnames
    assert [c.value for c in book["Country_Region"][1]][1:3] == ["Country/Region", "9"]
    assert [c.value for c in book["Payment Terms"][3]] == [
        *("Code", "Description", "Due Date Calculation", "Discount %")
    ]
    assert "Blocked" not in exports.rows("deutschland", "customer")[0]
    assert "Blocked" in exports.rows("deutschland", "vendor")[0]
    assert book.properties.created.date().isoformat() == "2026-03-01"
