"""The records the story names, with the values it gives them, and the parts all others play."""

from generator.places import SOUTH
from generator.tables import (
    BLOCKED,
    NAMED,
    NOT_GERMAN,
    NOT_NORDIC,
    PAIR,
    RESPELT,
    SWITCHED,
    Pool,
    Record,
    dice,
)

CUT_NAME = "Norddeutsche Schiffsausrüstungs- und Hafenversorgungsgesellschaft mbH"
FIFTY = 50

CUSTOMERS = {
    "00010": ("GB", {"Name": "Old Ferry Inn Ltd"}),
    "10250": (
        "DK",
        {
            "Name": "Havblik Marine Supply A/S",
            "Address 2": "Dock 4",
            "Phone No.": "+45 55 50 01 12",
            "Credit Limit (LCY)": "100000.00",
            "Payment Terms Code": "30 DAYS",
            "Salesperson Code": "KL",
        },
    ),
    "10318": ("FI", {"Name": "Skerry Foods Oy", "Phone No.": "+358 55 010 0142"}),
    "10412": ("SE", {"Name": "Sundvik Bygg AB"}),
    "10640": ("DE", {"Name": CUT_NAME}),
    "10733": (
        "FR",
        {"Name": "Brasserie du Quai SAS", "VAT Registration No.": "FR 00 999 000 112"},
    ),
    "10871": ("NO", {"Name": "Polarlys Hotell AS"}),
    "20300": (
        "FR",
        {
            "Name": "Marchand Frères SA",
            "VAT Registration No.": "FR 00 999 000 301",
            "City": "Bordeaux",
            "Post Code": "33000",
        },
    ),
}
VENDORS = {
    "30044": ("GB", {"Name": "Tern & Anchor Ropes Ltd", "Payment Terms Code": "30 DAYS"}),
    "30077": ("GB", {"Name": "Barnacle & Daughters Ltd"}),
    "30188": ("DE", {"Name": "Ostmark Logistik GmbH", "Payment Terms Code": "30 DAYS"}),
    "30210": ("DE", {"Name": "Kessler Stahlbau GmbH", "Currency Code": "USD"}),
}
CLAIMED = (
    *("Old Ferry Inn", "Havblik Marine Supply", "Skerry Foods", "Sundvik Bygg"),
    *("Brasserie du Quai", "Polarlys Hotell", "Marchand Frères", "Atelier Corail"),
    *("Tern & Anchor Ropes", "Barnacle & Daughters", "Ostmark Logistik", "Kessler Stahlbau"),
    *("+358 55 010 0142", "+358 55 010 0177"),
)
PARTS = {
    "10412": (NOT_GERMAN,),
    "10733": (RESPELT,),
    "10871": (NOT_GERMAN,),
    "20300": (NOT_GERMAN,),
    "30044": (NOT_GERMAN, SWITCHED),
    "30077": (NOT_GERMAN,),
}

CUSTOMERS_PER_COUNTRY = {
    "GB": 92,
    "FR": 78,
    "BE": 22,
    "LU": 8,
    "DE": 44,
    "SE": 42,
    "DK": 38,
    "NO": 34,
    "FI": 26,
    "NL": 12,
    "IE": 10,
    "PL": 4,
    "US": 5,
    "AT": 3,
    "CH": 3,
}
VENDORS_PER_COUNTRY = {
    "GB": 18,
    "FR": 28,
    "BE": 10,
    "LU": 4,
    "DE": 34,
    "SE": 12,
    "DK": 12,
    "NO": 10,
    "FI": 8,
    "NL": 8,
    "PL": 5,
    "IT": 4,
    "US": 4,
    "CH": 3,
}


def southern(record: Record) -> bool:
    """Whether the filter of Lumière lets the record through: France, Belgium, Luxembourg."""
    return record.values["Country/Region Code"] in SOUTH


def northern(record: Record) -> bool:
    """Whether the filter of Lumière keeps the record out."""
    return not southern(record)


def british(record: Record) -> bool:
    """Whether the record is in the United Kingdom and pays in pounds."""
    return record.values["Country/Region Code"] == "GB"


def abroad(record: Record) -> bool:
    """Whether the record is neither British nor in the filter of Lumière."""
    return northern(record) and not british(record)


def unnamed(records: list[Record], topic: str) -> Pool:
    """The records the story does not name, shuffled."""
    return Pool(dice(f"parts {topic}"), [r for r in records if NAMED not in r.tags])


def cast_customers(records: list[Record]) -> list[Record]:
    """Customers with their parts: who is blocked, who is missing where, who Lumière knows."""
    pool = unnamed(records, "customers")
    pool.cast(5, (BLOCKED, NOT_NORDIC, NOT_GERMAN), northern)
    pool.cast(2, (BLOCKED, NOT_GERMAN), abroad)
    pool.cast(4, (NOT_NORDIC, NOT_GERMAN), british)
    pool.cast(16, (NOT_GERMAN,), northern)
    pool.cast(46, (PAIR,), southern)
    pool.cast(8, (RESPELT,), southern)
    return pool.over(records)


def cast_vendors(records: list[Record]) -> list[Record]:
    """Vendors with their parts; whoever is paid in pounds does not deliver to Deutschland."""
    pool = unnamed(records, "vendors")
    pool.cast(1, (BLOCKED, NOT_NORDIC, NOT_GERMAN), british)
    pool.cast(1, (BLOCKED, NOT_GERMAN), british)
    pool.cast(4, (NOT_NORDIC, NOT_GERMAN), british)
    pool.cast(10, (SWITCHED, NOT_GERMAN), british)
    pool.cast(3, (SWITCHED,), abroad)
    pool.cast(19, (PAIR,), southern)
    pool.cast(2, (RESPELT,), southern)
    return pool.over(records)


def cast_persons(records: list[Record]) -> list[Record]:
    """Persons with their parts; those Lumière knows are on their own, without a company."""

    def alone(record: Record) -> bool:
        return southern(record) and not record.values["Company No."]

    pool = unnamed(records, "persons")
    pool.cast(22, (PAIR,), alone)
    pool.cast(3, (RESPELT,), alone)
    return pool.over(records)


def cast_items(records: list[Record]) -> list[Record]:
    """Items with their parts; those Lumière knows carry the house brand and have no vendor."""

    def bought(record: Record) -> bool:
        return PAIR not in record.tags

    pool = unnamed(records, "items")
    pool.cast(8, (BLOCKED, NOT_NORDIC, NOT_GERMAN), bought)
    pool.cast(6, (BLOCKED, NOT_GERMAN), bought)
    pool.cast(9, (NOT_NORDIC, NOT_GERMAN), bought)
    pool.cast(29, (NOT_GERMAN,), bought)
    pool.cast(6, (RESPELT,), bought)
    return pool.over(records)
