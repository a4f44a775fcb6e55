"""A group of four companies, small enough to count by hand: 24 lines that all add up."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import polars as pl
import pytest

from mdsync_nb import frames
from mdsync_nb.engine.comparison import Comparison

# table | company | rows there | not compared, set aside, only there | agree differ undecided |
# only here, set aside, not compared | rows here
LINES = """
    Customer       NORDIC  420   8 0  4 352 56  0   6 0  3 417
    Customer       DE      420   8 0 21 338 53  0  17 0  0 408
    Customer       LUM     420 311 0 52  31 16 10  86 0  0 143
    Vendor         NORDIC  160   2 0  4 130 24  0   3 0  1 158
    Vendor         DE      160   2 0 11 111 36  0   6 0  0 153
    Vendor         LUM     160 118 0 21  12  7  2  33 2  0  56
    Contact        NORDIC  512  96 0 12 381 23  0   8 0 71 483
    Contact        DE      512 512 0  0   0  0  0   0 0  0   0
    Contact        LUM     512 441 0 46  15  7  3  64 0  0  89
    Item           NORDIC  780  14 0  9 722 35  0   5 0  6 768
    Item           DE      780  14 2 36 671 57  0  12 2  0 742
    Item           LUM     780 655 0 31  70 18  6 142 0  0 236
    Salesperson    NORDIC   18   0 0  1  15  2  0   2 0  0  19
    Salesperson    DE       18   0 0  5  11  2  0   4 0  0  17
    Salesperson    LUM      18   0 0 15   2  1  0   7 0  0  10
    Payment_Terms  NORDIC   14   0 0  1  12  1  0   1 0  0  14
    Payment_Terms  DE       14   0 0  3   8  3  0   2 0  0  13
    Payment_Terms  LUM      14   0 0  6   6  2  0   5 0  0  13
    Currency       NORDIC   24   0 0  0  23  1  0   0 0  0  24
    Currency       DE       24   0 0  6  17  1  0   0 0  0  18
    Currency       LUM      24   0 0  4  20  0  0   1 0  0  21
    Country/Region NORDIC   62   0 0  0  62  0  0   0 0  0  62
    Country/Region DE       62   0 0  0  60  2  0   3 0  0  65
    Country/Region LUM      62   0 0  4  58  0  0   0 0  0  58
"""
FIELDS = """
    Description|Item|14|36|8
    Phone No.|Customer|20|19|5
    Address|Customer|10|11|3
    Payment Terms Code|Vendor|14|6|1
    E-Mail|Contact|14|absent|5
    Payment Terms Code|Customer|4|9|3
    Unit Price|Item|12|currency|currency
    Name|Vendor|3|5|2
    Currency Code|Vendor|0|5|2
    Credit Limit (LCY)|Customer|7|currency|currency
    Blocked|Customer|1|2|0
    Blocked|Item|0|1|1
"""
CLASSES = """
    NORDIC changed_both 25, NORDIC changed_source 94, NORDIC changed_destination 23,
    NORDIC new_source 30, NORDIC gone_destination 1, NORDIC new_destination 24,
    NORDIC gone_source 1, NORDIC agrees 1697, DE origin_unknown 154, DE new_source 82,
    DE new_destination 44, DE agrees 1216, LUM origin_unknown 51, LUM undecided 21,
    LUM new_source 179, LUM new_destination 338, LUM agrees 214
"""
CAUSES = (
    ("Deutschland: whose values win?", "Decide once per table, or record by record.", "users", 154),
    ("Lumière is not coupled yet", "Confirm the match, decide 21 pairs.", "users", 72),
    ("Nordic: 24 customers, timestamp only", "No field was changed in both: merge.", "users", 24),
    (
        "Nordic: payment term 21 DAYS is missing",
        "Create it there; 14 vendors follow.",
        "set-up",
        14,
    ),
    (
        "Nordic: one orphan, one left the filter",
        "Remove the couplings, or block both.",
        "set-up",
        2,
    ),
    ("Nordic: credit limit of customer 10250", "One decision by credit control.", "users", 1),
)
REMARKS = (
    ("DE", "Contact", "no-file", "The package has no Contact sheet.", 512),
    ("DE", "Customer", "filter", "Blocked was not exported, the filter is not evaluated.", 1),
    ("DE", "Item", "set-aside", "Two rows have dates that cannot be read.", 2),
    ("LUM", "Vendor", "set-aside", "One number is there twice.", 2),
    ("DE", "Customer", "currency", "Credit Limit (LCY) is in £ there and in € here.", 1),
    ("DE", "Item", "currency", "Unit Price is in £ there and in € here.", 1),
)


def at(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def waits(
    company: str, table: str, key: str, name: str, field: str, **known: object
) -> dict[str, object]:
    """A row of the worklist; what is not known of it stays away."""
    row: dict[str, object] = dict.fromkeys(frames.WORKLIST)
    mapping = f"{company}/{table.upper()}"
    row |= {"company": company, "table": table, "key": key, "name": name, "field": field}
    row |= {"mapping": mapping, "source_id": f"there-{key}", "destination_id": f"here-{key}"}
    return row | known


WORKLIST = (
    waits(
        "NORDIC", "Customer", "10250", "Havblik Marine Supply A/S", "Credit Limit (LCY)",
        source="250,000.00", destination="50,000.00", base="100,000.00",
        source_changed=True, destination_changed=True,
        source_by="A. Whitcombe", source_at=at("2026-03-06T10:14"),
        destination_by="K. Lindqvist", destination_at=at("2026-03-06T13:51"),
        base_at=at("2026-03-02T02:00"), state="true conflict", rule="conflict-unresolved",
        why="Both changed it, to different values.",
    ),
    waits(
        "NORDIC", "Payment Terms", "21 DAYS", "21 days net", "whole record",
        source="new", source_changed=True, source_by="M. Okafor", source_at=at("2026-03-09T09:20"),
        base="never", state="only at the holding",
        why="Only at the holding; 14 vendors wait for it.",
    ),
    waits(
        "LUM", "Customer", "20300", "Marchand Frères / Atelier Corail", "Name, VAT No., Post Code",
        source="Marchand Frères SA", destination="Atelier Corail SARL", base="never coupled",
        state="undecided", why="One number, two firms. VAT number, name and post code contradict.",
    ),
    waits(
        "DE", "Vendor", "30210", "Kessler Stahlbau GmbH", "Currency Code",
        source="USD", destination="", state="differs, origin unknown",
        why="Differs, origin unknown. 1 of 5 real currency differences.",
    ),
    waits(
        "DE", "Vendor", "30188", "Ostmark Logistik GmbH", "Payment Terms Code",
        source="30 DAYS", destination="14 DAYS", state="differs, origin unknown",
        why="Differs, origin unknown.",
    ),
    waits(
        "NORDIC", "Vendor", "30044", "Tern & Anchor Ropes Ltd", "Payment Terms Code",
        source="21 DAYS", destination="30 DAYS", base="30 DAYS", source_changed=True,
        source_by="M. Okafor", source_at=at("2026-03-09T09:31"), base_at=at("2026-03-02T02:00"),
        state="changed at the holding",
        why="Changed at the holding. Blocked: 21 DAYS is missing in Nordic. 13 more like it.",
    ),
    waits(
        "NORDIC", "Customer", "10412", "Sundvik Bygg AB", "Blocked",
        source="All", destination="", base="", source_changed=True, source_by="A. Whitcombe",
        source_at=at("2026-03-04T16:05"), base_at=at("2026-03-02T02:00"),
        state="left the filter", why="Still coupled, no longer updated.",
    ),
    waits(
        "NORDIC", "Customer", "10871", "Polarlys Hotell AS", "whole record",
        source="gone", destination="exists", base="existed", source_changed=True,
        base_at=at("2026-03-02T02:00"), state="orphan",
        why="Coupled to a record that is gone at the holding.",
    ),
    waits(
        "NORDIC", "Customer", "10318", "Skerry Foods Oy", "Phone No.",
        source="+358 55 010 0177", destination="+358 55 010 0142", base="+358 55 010 0142",
        source_changed=True, source_by="J. Ahmed", source_at=at("2026-03-06T08:40"),
        destination_by="E. Salo", destination_at=at("2026-03-06T15:02"),
        base_at=at("2026-03-02T02:00"), state="timestamp only",
        why="Timestamp only: Nordic changed another field. 23 more like it.",
    ),
    waits(
        "LUM", "Contact", "KT00044", "Élodie Brun", "E-Mail",
        source="e.brun@harbour.example", destination="elodie@lumiere.example",
        state="differs, origin unknown", why="Differs, origin unknown.",
    ),
)  # fmt: skip


def companies() -> pl.DataFrame:
    rows = [
        ("HH", "Harbour & Hale Group", "GBP", True, "CSV, 8 tables", at("2026-03-10T01:30"), None, "yes", 1990, 0, None),
        ("NORDIC", "Nordic", "GBP", False, "CSV, with ids and times", at("2026-03-10T01:40"), "three-way, since 2 Mar 2026", "yes", 1945, 0, None),
        ("DE", "Deutschland", "EUR", False, "Excel package, no ids or times", at("2026-03-06T17:45"), "values only, by number", "yes, but no Contact sheet", 1416, 2, "bad dates in Item"),
        ("LUM", "Lumière", "EUR", False, "CSV, own numbers", at("2026-02-28T09:12"), "values only, by VAT number and name", "yes", 626, 2, "one Vendor number twice"),
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=frames.COMPANIES, orient="row")


def reconciliation() -> pl.DataFrame:
    rows = []
    for line in filter(str.strip, LINES.split("\n")):
        table, company, *numbers = line.split()
        boxes = [int(number) for number in numbers]
        name = (f"{company}/{table.upper()}", table.replace("_", " "), company)
        undecided_on_both = boxes[6]
        rows.append((*name, True, boxes[-1] > 0, *boxes[:7], undecided_on_both, *boxes[7:]))
    return pl.DataFrame(rows, schema=frames.RECONCILIATION, orient="row")


def classes() -> pl.DataFrame:
    parts = [part.split() for part in CLASSES.replace("\n", " ").split(",")]
    rows = [(f"{company}/ALL", company, name, int(many)) for company, name, many in parts]
    return pl.DataFrame(rows, schema=frames.CLASS_COUNTS, orient="row")


def fields() -> pl.DataFrame:
    rows = [("Vendor", "Currency Code", "DE", 25, "only-blank", "money")]
    for line in filter(None, map(str.strip, FIELDS.split("\n"))):
        field, table, *counts = line.split("|")
        for company, many in zip(("NORDIC", "DE", "LUM"), counts, strict=True):
            known = many.isdigit()
            rows.append(
                (
                    table,
                    field,
                    company,
                    int(many) if known else 0,
                    "compared" if known else many,
                    "",
                )
            )
    return pl.DataFrame(rows, schema=frames.FIELD_COUNTS, orient="row")


def ranked(rows: list[dict[str, object]]) -> pl.DataFrame:
    """The rows as a worklist, in the order they are given."""
    numbered = [row | {"rank": place} for place, row in enumerate(rows, start=1)]
    return pl.DataFrame(numbered, schema=frames.WORKLIST)


def the_group() -> Comparison:
    causes = [(*cause, rank) for rank, cause in enumerate(CAUSES, start=1)]
    return Comparison(
        title="Where do the companies differ?",
        at=datetime(2026, 3, 10, 6, 30),
        companies=companies(),
        reconciliation=reconciliation(),
        classes=classes(),
        fields=fields(),
        decisions=frames.empty(frames.DECISIONS),
        cells=frames.empty(frames.CELLS),
        worklist=ranked(list(WORKLIST)),
        causes=pl.DataFrame(causes, schema=frames.CAUSES, orient="row"),
        remarks=pl.DataFrame(list(REMARKS), schema=frames.REMARKS, orient="row"),
        money_records={"NORDIC": 37, "DE": 20, "LUM": 6},
        duplicates={"LUM": 20},
        two_firms={"LUM": 1},
        true_conflicts=1,
        timestamp_only=24,
        masked=("E-Mail",),
    )


@pytest.fixture
def group() -> Comparison:
    """The group as it is on 10 March."""
    return the_group()


@pytest.fixture
def alone(group: Comparison) -> Comparison:
    """The holding without any subsidiary: nothing was compared."""
    empty = frames.empty
    return replace(
        group,
        companies=group.companies.head(1),
        reconciliation=empty(frames.RECONCILIATION),
        classes=empty(frames.CLASS_COUNTS),
        fields=empty(frames.FIELD_COUNTS),
        worklist=empty(frames.WORKLIST),
        causes=empty(frames.CAUSES),
        remarks=empty(frames.REMARKS),
        money_records={},
        duplicates={},
        two_firms={},
        true_conflicts=0,
        timestamp_only=0,
    )


@pytest.fixture
def with_rows(group: Comparison) -> Callable[..., Comparison]:
    """The group with another worklist, from rows that say only what matters."""

    def waiting(*rows: dict[str, object]) -> Comparison:
        plain = waits(
            "NORDIC", "Customer", "10250", "Havblik", "Phone No.", state="undecided", why=""
        )
        return replace(group, worklist=ranked([plain | row for row in rows]))

    return waiting
