"""What the doctor finds in the demo is what was planted in it."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from mdsync_nb import Workbench


@pytest.fixture(scope="module")
def findings(demo: Path) -> pl.DataFrame:
    """The findings of the demo after its first run."""
    return Workbench(demo, progress=False).doctor()


def of(findings: pl.DataFrame, check: str, company: str) -> list[tuple[str, int, list[str]]]:
    """What a check finds at a company: mapping, records, examples."""
    rows = findings.filter(check=check, company=company)
    return list(rows.select("mapping", "records", "examples").iter_rows())


def test_the_orphan_the_one_that_left_the_filter_and_the_two_firms_are_found(
    findings: pl.DataFrame,
) -> None:
    assert of(findings, "gone-there", "NORDIC") == [("NORDIC/CUSTOMER", 1, ["10871"])]
    assert of(findings, "left-filter", "NORDIC") == [("NORDIC/CUSTOMER", 1, ["10412"])]
    assert of(findings, "two-firms", "LUMIERE") == [("LUMIERE/CUSTOMER", 1, ["20300"])]


def test_the_missing_payment_term_is_created_first_and_14_vendors_follow(
    findings: pl.DataFrame, expected: dict[str, int]
) -> None:
    ((mapping, records, _),) = of(findings, "blocked", "NORDIC")
    assert (mapping, records) == ("NORDIC/VENDOR", expected["P2.vendors"])
    remedy = findings.filter(check="blocked")["remedy"].item()
    assert remedy.startswith("First `mdsync sync NORDIC/PAYMENTTERMS --full` creates it;")


def test_what_was_changed_on_both_sides_waits(
    findings: pl.DataFrame, expected: dict[str, int]
) -> None:
    waits = [records for _, records, _ in of(findings, "waiting", "NORDIC")]
    assert waits == [expected["P1.timestamp_only"], expected["P1.true"]]


def test_nothing_of_lumiere_is_coupled_yet_and_9_customers_look_alike(
    findings: pl.DataFrame, expected: dict[str, int]
) -> None:
    assert len(of(findings, "not-coupled", "LUMIERE")) == 8
    waits = {mapping: records for mapping, records, _ in of(findings, "waiting", "LUMIERE")}
    assert waits["LUMIERE/CUSTOMER"] == expected["P12.customer.exist_elsewhere"]


def test_deutschland_delivers_no_contacts(findings: pl.DataFrame) -> None:
    assert of(findings, "not-loaded", "DEUTSCHLAND") == [("DEUTSCHLAND/CONTACT", 0, [])]


def test_nothing_else_is_found(findings: pl.DataFrame) -> None:
    assert set(findings["check"]) == {
        "not-coupled", "waiting", "two-firms", "not-loaded", "blocked", "left-filter", "gone-there",
    }  # fmt: skip
