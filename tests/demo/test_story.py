"""What was planted in the demo is what the workbench says: every line of EXPECTED.csv, asserted."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
import pytest

from mdsync_nb import Workbench
from mdsync_nb.engine.comparison import Comparison
from mdsync_nb.engine.planning import Plan

with (Path(__file__).parents[2] / "data" / "EXPECTED.csv").open(encoding="utf-8") as file:
    EXPECTED = {row["id"]: row for row in csv.DictReader(file)}

TABLES = {
    "country_region": "Country/Region",
    "currency": "Currency",
    "currency_exchange_rate": "Currency Exchange Rate",
    "payment_terms": "Payment Terms",
    "salesperson": "Salesperson/Purchaser",
    "customer": "Customer",
    "vendor": "Vendor",
    "contact": "Contact",
    "item": "Item",
}
COMPARED = [name for name in TABLES if name != "currency_exchange_rate"]


class Story(NamedTuple):
    """What the workbench says of the demo: loads, comparison, and two plans."""

    loads: pl.DataFrame
    compared: Comparison
    modified: Plan
    full: Plan
    ask: Callable[[str], pl.DataFrame]

    def line(self, company: str, file: str) -> dict[str, Any]:
        """The reconciliation of a table of a subsidiary."""
        place = {"company": company.upper(), "table": TABLES[file]}
        return self.compared.reconciliation.filter(**place).row(0, named=True)

    def of_class(self, company: str, file: str, *names: str) -> int:
        """How many records of a mapping have one of these classes."""
        mapping = self.line(company, file)["mapping"]
        found = self.compared.classes.filter(pl.col("class").cast(pl.String).is_in(names))
        return int(found.filter(mapping=mapping)["records"].sum())

    def load(self, company: str, file: str) -> dict[str, Any]:
        """The newest load of a table."""
        found = self.loads.filter(company=company.upper(), table=TABLES[file])
        return found.sort("load_id").row(-1, named=True)

    def differing(self, company: str, file: str, *fields: str) -> set[str]:
        """The keys of pairs that differ in one of the fields."""
        mapping = self.line(company, file)["mapping"]
        cells = self.compared.cells.filter(pl.col("field").is_in(fields), mapping=mapping)
        together = ["mapping", "source_id", "destination_id"]
        return set(self.compared.decisions.join(cells, on=together, how="semi")["key"])

    def field(self, company: str, file: str, field: str, state: str) -> int:
        """How many records differ in a field, or only seem to (`state`)."""
        place = {"company": company.upper(), "table": TABLES[file], "field": field, "state": state}
        return int(self.compared.fields.filter(**place)["records"].sum())

    def keys(self, rule: str, mapping: str = "") -> set[str]:
        """The keys of the records a rule of the comparison decides."""
        found = self.compared.decisions.filter(pl.col("rule") == rule)
        return set(found.filter(pl.col("mapping").str.starts_with(mapping))["key"])

    def planned(self, plan: Plan, mapping: str, *rules: str) -> int:
        """How many records of a mapping a plan decides by one of these rules."""
        counts = plan.counts.filter(pl.col("rule").is_in(rules), mapping=mapping)
        return int(counts["records"].sum())


@pytest.fixture(scope="module")
def story(demo: Path) -> Story:
    """The demo after its first run, asked through the verbs everybody has."""
    workbench = Workbench(demo, progress=False)
    return Story(
        workbench.loads(),
        workbench.compare(),
        workbench.plan("NORDIC"),
        workbench.plan("LUMIERE", full=True),
        workbench.sql,
    )


def listed(plant: str) -> str:
    """The keys an expected line lists in its note, in their order."""
    return EXPECTED[plant]["note"].rpartition("; ")[2]


def of_both(s: Story) -> int:
    return s.compared.true_conflicts + s.compared.timestamp_only


PLANTED: dict[str, Callable[[Story], int]] = {
    "P1.both": of_both,
    "P1.true": lambda s: s.compared.true_conflicts,
    "P1.timestamp_only": lambda s: s.compared.timestamp_only,
    "P2.term": lambda s: len(s.keys("only-coupled", "NORDIC/PAYMENTTERMS")),
    "P2.vendors": lambda s: len(s.keys("reference-missing", "NORDIC/VENDOR")),
    "P3.holding_only": lambda s: sum(
        s.planned(s.modified, s.line("nordic", file)["mapping"], "changed") for file in COMPARED
    ),
    "P3.nordic_only": lambda s: sum(
        s.of_class("nordic", file, "changed_destination") for file in COMPARED
    ),
    "P4": lambda s: len(s.keys("orphan", "NORDIC/CUSTOMER")),
    "P5": lambda s: s.planned(s.modified, "NORDIC/VENDOR", "renamed"),
    "P6": lambda s: len(s.keys("left-filter", "NORDIC/CUSTOMER")),
    "P7.vendor.currency_literal": lambda s: sum(
        s.field("deutschland", "vendor", "Currency Code", state)
        for state in ("only-blank", "compared")
    ),
    "P7.vendor.currency_blank": lambda s: s.field(
        "deutschland", "vendor", "Currency Code", "only-blank"
    ),
    "P7.vendor.currency_real": lambda s: s.field(
        "deutschland", "vendor", "Currency Code", "compared"
    ),
    "P10": lambda s: s.load("deutschland", "currency_exchange_rate")["set_aside"],
    "P11": lambda s: s.load("lumiere", "vendor")["set_aside"],
    "P12.customer.two_firms": lambda s: s.compared.two_firms["LUMIERE"],
    "P12.customer.in_filter": lambda s: sum(
        s.line("lumiere", "customer")[box]
        for box in ("agree", "differ", "only_source", "undecided_source")
    ),
}

FIELDS = {
    "P7.vendor.terms": ("vendor", "Payment Terms Code"),
    "P7.vendor.name_address": ("vendor", "Name", "Address"),
    "P7.customer.phone_address": ("customer", "Phone No.", "Address"),
    "P7.customer.terms": ("customer", "Payment Terms Code"),
    "P7.item.description": ("item", "Description"),
    "P7.terms.description": ("payment_terms", "Description"),
    "P7.country.name": ("country_region", "Name"),
    "P7.seller.phone": ("salesperson", "Phone No."),
    "P7.currency.description": ("currency", "Description"),
    "P8": ("customer", "Name"),
}
"""Differences of Deutschland, by the table and the fields they are in."""


def told(story: Story, plant: str) -> int:
    """What the workbench says about an expected line."""
    first, *rest = plant.split(".")
    if plant in PLANTED:
        return PLANTED[plant](story)
    if plant in FIELDS:
        file, *fields = FIELDS[plant]
        return len(story.differing("deutschland", file, *fields))
    return FAMILIES[first](story, *rest)


def plain(story: Story, side: str, file: str) -> int:
    """P3: what one side alone changed in a table of Nordic."""
    if side == "nordic_only":
        return story.of_class("nordic", file, "changed_destination")
    return story.planned(story.modified, story.line("nordic", file)["mapping"], "changed")


def blank(story: Story, *_: str) -> int:
    """P7.customer.currency_blank: the holding's EUR is Deutschland's blank."""
    found = story.ask(
        """select count(*) as n from "HOLDING"."Customer" h join "DEUTSCHLAND"."Customer" d
        using ("No.") where h."Currency Code" = 'EUR' and d."Currency Code" is null"""
    )
    return int(found["n"][0])


def zeros(story: Story, company: str) -> int:
    """P9: numbers that begin with a zero, as they are stored."""
    query = f'select "No." as n from "{company.upper()}"."Customer" where "No." like \'0%\''
    return story.ask(query).height


def acquired(story: Story, file: str, what: str) -> int:
    """P12: what of a table of Lumière belongs together, would be created, exists elsewhere."""
    line = story.line("lumiere", file)
    undecided, two = line["undecided_source"], int(file == "customer")
    counts = {
        "pairs": line["agree"] + line["differ"],
        "pairs_differ": line["differ"],
        "create": line["only_source"] + undecided - two,
        "exist_elsewhere": undecided - two,
        "truly_missing": line["only_source"],
        "only_there": line["only_destination"],
    }
    return int(counts[what])


def changed(story: Story, company: str, file: str, side: str) -> int:
    """Pairs changed since the last agreement; one that left the filter changed at the holding."""
    if file not in COMPARED:
        return 0
    classes = {
        "holding_only": "changed_source",
        "nordic_only": "changed_destination",
        "both": "changed_both",
    }
    left = story.keys("left-filter", story.line(company, file)["mapping"])
    outside = len(left) if side == "holding_only" else 0
    return story.of_class(company, file, classes[side]) + outside


FAMILIES: dict[str, Callable[..., int]] = {
    "P3": plain,
    "P7": blank,
    "P9": zeros,
    "P12": acquired,
    "rows": lambda s, company, file: s.load(company, file)["rows"],
    "pairs": lambda s, company, file: (
        s.line(company, file)["agree"] + s.line(company, file)["differ"]
    ),
    "differ": lambda s, company, file: s.line(company, file)["differ"],
    "missing": lambda s, company, file: s.line(company, file)["only_source"],
    "only_here": lambda s, company, file: s.line(company, file)["only_destination"],
    "changed": changed,
}


@pytest.mark.parametrize("plant", EXPECTED)
def test_what_was_planted_is_what_the_workbench_says(plant: str, story: Story) -> None:
    assert told(story, plant) == int(EXPECTED[plant]["count"]), EXPECTED[plant]["what"]


@pytest.mark.parametrize("plant", FIELDS)
def test_the_differences_of_deutschland_are_in_the_records_that_were_planted(
    plant: str, story: Story
) -> None:
    file, *fields = FIELDS[plant]
    assert " ".join(sorted(story.differing("deutschland", file, *fields))) == listed(plant)


def test_the_true_conflict_is_the_credit_limit_raised_there_and_cut_here(story: Story) -> None:
    first = story.compared.worklist.sort("rank").row(0, named=True)
    assert (first["key"], first["field"]) == ("10250", "Credit Limit (LCY)")
    assert (first["source"], first["destination"], first["base"]) == ("250000", "50000", "100000")
    assert (first["source_by"], first["destination_by"]) == ("A. Whitcombe", "K. Lindqvist")


def test_a_missing_payment_term_blocks_14_vendors(story: Story) -> None:
    blocked = story.keys("reference-missing", "NORDIC/VENDOR")
    assert " ".join(sorted(blocked)) == listed("P2.vendors")
    term = story.compared.worklist.filter(key="21 DAYS", company="NORDIC").row(0, named=True)
    assert "14" in term["why"]
    assert "21 DAYS" in " ".join(story.compared.causes["cause"])


def test_the_orphan_and_the_one_that_left_the_filter_are_known_by_number(story: Story) -> None:
    assert story.keys("orphan") == {"10871"}
    assert story.keys("left-filter") == {"10412"}


def test_a_full_synchronization_holds_back_what_exists_under_another_number(story: Story) -> None:
    create = story.planned(story.full, "LUMIERE/CUSTOMER", "new")
    alike = story.planned(story.full, "LUMIERE/CUSTOMER", "looks-like-existing")
    two = story.planned(story.full, "LUMIERE/CUSTOMER", "two-firms")
    assert (create, alike, two) == (52, 9, 1)
    assert story.keys("two-firms", "LUMIERE/CUSTOMER") == {"20300"}
    assert any("LUMIERE/CUSTOMER" in str(one) for one in story.full.refusals)


def test_every_row_of_every_file_is_in_one_box(story: Story) -> None:
    for line in story.compared.reconciliation.to_dicts():
        there = ("source_not_compared", "source_set_aside", "only_source", "undecided_source")
        here = ("destination_not_compared", "destination_set_aside", "only_destination")
        both = line["agree"] + line["differ"]
        assert sum(line[box] for box in there) + both == line["source_rows"], line["mapping"]
        alone = sum(line[box] for box in here) + line["undecided_destination"]
        assert alone + both == line["destination_rows"], line["mapping"]
