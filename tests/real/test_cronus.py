"""R1: five published companies in single files; W1 is the source, four subsidiaries follow it."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest

from mdsync_nb.engine.comparison import Comparison
from mdsync_nb.workbench import Workbench

BLANK = None


def _cronus() -> ModuleType:
    spec = importlib.util.spec_from_file_location("cronus", Path(__file__).with_name("cronus.py"))
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


cronus = _cronus()

CHECKED_BY_HAND = """
    mapping     | key      | field                | W1         | company
    DE/CUSTOMER | 10000    | City                 | Birmingham | Dusseldorf
    DE/CUSTOMER | 10000    | Post Code            | B27 4KT    | 48436
    DE/CUSTOMER | 10000    | Currency Code        |            |
    DE/CUSTOMER | 50000    | Country/Region Code  | GB         | DE
    DE/CUSTOMER | 31505050 | Salesperson Code     | OF         | JO
    DE/VENDOR   | 10000    | City                 | London     | Diepholz
    DE/VENDOR   | 20000    | Post Code            | GU3 2SE    | 01310
    DE/VENDOR   | 50000    | Post Code            | WD2 4RG    | 01238
    US/CUSTOMER | 10000    | County               |            | GA
    US/CUSTOMER | 10000    | Post Code            | B27 4KT    | GA 31772
    US/CUSTOMER | 01905893 | County               |            | ON
    US/CUSTOMER | 20000    | City                 | Coventry   | Chicago
    US/VENDOR   | 30000    | City                 | Portsmouth | Miami
    US/VENDOR   | 50000    | Country/Region Code  | GB         | US
    FR/CUSTOMER | 10000    | VAT Registration No. | 789456278  | FR78945627890
    FR/CUSTOMER | 40000    | City                 | Gloucester | Paris
    FR/CUSTOMER | 31505050 | Salesperson Code     | OF         | JO
    FR/VENDOR   | 10000    | Post Code            | N12 5XY    | 75000
    FR/VENDOR   | 20000    | VAT Registration No. | 274863274  | FR27486327456
    FR/VENDOR   | 40000    | Country/Region Code  | GB         | FR
"""


@pytest.fixture(scope="module")
def bench(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Workbench:
    made: Workbench = cronus.workspace(published, tmp_path_factory.mktemp("cronus"))
    return made


@pytest.fixture(scope="module")
def compared(bench: Workbench) -> Comparison:
    return bench.compare()


def currency(compared: Comparison, company: str, table: str) -> dict[str, int]:
    rows = compared.fields.filter(company=company, table=table, field="Currency Code")
    return {row["state"]: row["records"] for row in rows.to_dicts()}


def test_currencies_that_differ_literally_are_told_from_those_that_differ(
    compared: Comparison,
) -> None:
    assert currency(compared, "DE", "Vendor") == {"only-blank": 25, "compared": 5}
    assert currency(compared, "DE", "Customer") == {"only-blank": 24, "compared": 5}
    assert not currency(compared, "GB", "Vendor").get("compared")
    assert not currency(compared, "GB", "Customer").get("only-blank")
    blank = compared.cells.filter(mapping="DE/VENDOR", field="Currency Code")
    assert blank["source"].null_count() == blank["destination"].null_count() == 5


def test_twenty_cells_are_as_a_person_reads_them_in_the_files(compared: Comparison) -> None:
    found = compared.cells.join(compared.decisions, on=["mapping", "source_id", "destination_id"])
    values = {
        (row["mapping"], row["key"], row["field"]): (row["source"], row["destination"])
        for row in found.to_dicts()
    }
    lines = [line for line in CHECKED_BY_HAND.strip().splitlines()[1:] if line.strip()]
    assert len(lines) == 20
    for line in lines:
        mapping, key, field, there, here = (part.strip() for part in line.split("|"))
        assert values[mapping, key, field] == (there or BLANK, here or BLANK), line


def test_every_row_of_every_file_is_in_exactly_one_box(compared: Comparison) -> None:
    for row in compared.reconciliation.to_dicts():
        middle = row["agree"] + row["differ"]
        left = row["source_not_compared"] + row["source_set_aside"] + row["only_source"]
        right = row["destination_not_compared"] + row["destination_set_aside"]
        right += row["only_destination"]
        assert left + middle + row["undecided_source"] == row["source_rows"], row
        assert right + middle + row["undecided_destination"] == row["destination_rows"], row


@pytest.mark.parametrize("write", ["change_set", "in_place"])
def test_after_applying_and_loading_only_what_is_held_is_left(
    published: Path, tmp_path: Path, write: str
) -> None:
    bench = cronus.workspace(published, tmp_path, write=write)
    plan = bench.plan()
    written = plan.decisions.filter(action="modify").height
    assert written > 60
    bench.apply(plan.plan_id)
    bench.load()

    again = bench.plan()
    assert again.writes == 0
    waits = again.counts.filter(pl.col("action") == "wait")
    held = waits.filter(rule="currency-meaning")["records"].sum()
    assert held == 30
    taken_over = waits.filter(rule="not-taken-over")["records"].sum()
    assert taken_over == (written if write == "change_set" else 0)
    assert again.waiting == held + taken_over
