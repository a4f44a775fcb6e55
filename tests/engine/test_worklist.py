"""In which order what waits is shown, and in which words."""

from __future__ import annotations

from typing import Any

TABLES = {
    "PERSON": {"table": "Salesperson/Purchaser", "match": ["Name"]},
    "CUSTOMER": {"table": "Customer", "match": ["No."]},
    "VENDOR": {"table": "Vendor", "match": ["Name"]},
}


def test_what_may_be_a_duplicate_comes_first_where_money_hangs_on_it(twins: Any) -> None:
    """Which vendor is paid hangs on it; of a salesperson it is a difference like any other."""
    t = twins(TABLES)
    t.both("V", "W", table="Vendor", name="Vera", currency="EUR")
    t.both("P", "Q", table="Salesperson/Purchaser", name="Paul")
    t.load()
    t.hq.put("A", phone="1")
    t.sub.put("A", phone="2")
    t.load()
    waiting = t.bench.compare().worklist
    assert waiting.select("table", "rule").unique(maintain_order=True).rows() == [
        ("Vendor", "looks-like-existing"),
        ("Customer", "not-coupled-yet"),
        ("Salesperson/Purchaser", "looks-like-existing"),
    ]


def test_a_blank_currency_says_what_it_means_on_each_side(twins: Any) -> None:
    t = twins({"CUSTOMER": TABLES["CUSTOMER"]}, currencies=("GBP", "EUR"))
    t.both("A", name="Anna", currency="")
    t.both("B", name="Berta", currency="USD")
    t.load()
    waits = t.bench.compare().worklist.filter(field="Currency Code")
    assert waits.select("key", "why").rows() == [
        ("A", "Not coupled yet. A blank means GBP there and EUR here."),
    ]
