"""In which order what waits is shown."""

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
