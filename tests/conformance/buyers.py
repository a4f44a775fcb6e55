"""Customers with a currency code: a record of another mapping, which they refer to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .pairs import Pairs

KNOWN = {
    "Customer": {"key": ["No."], "fields": ["No.", "Name", "Currency Code"]},
    "Currency": {"key": ["Code"], "fields": ["Code", "Description"]},
    "account": {"key": ["AccountId"], "fields": ["AccountId", "Name", "TransactionCurrencyId"]},
    "transactioncurrency": {
        "key": ["TransactionCurrencyId"],
        "fields": ["TransactionCurrencyId", "CurrencyName"],
    },
}
CURRENCY = {
    "table": "Currency", "integration_table": "transactioncurrency", "match": [],
    "fields": {"Description": {"integration": "CurrencyName"}},
}  # fmt: skip
BUYER = {
    "table": "Customer", "match": [],
    "fields": {"Name": {"integration": "Name", "direction": "bidirectional"},
               "Currency Code": {"integration": "TransactionCurrencyId",
                                 "direction": "bidirectional"}},
}  # fmt: skip
FAILS, PASSES = {"failed": 1}, {"modified": 1}


def buyers(pairs: Callable[..., Pairs], *handles: str, **said: Any) -> Pairs:
    """Customers that were synchronized, and two currencies that are not coupled."""
    p = pairs({"CURRENCY": CURRENCY, "CLIENT": BUYER | said}, known=KNOWN)
    for one in ("EUR", "USD"):
        p.local.put("Currency", one, Description=one)
        p.int.put("transactioncurrency", one, CurrencyName=one)
    for one in handles:
        p.both(one, Name=one)
    p.couple(*handles)
    p.run("CLIENT")
    p.load()
    return p


def give(p: Pairs, currency: str, *handles: str) -> None:
    """Give customers a currency here, and load."""
    for one in handles:
        p.local.put("Customer", one, Currency_Code=currency)
    p.load()


def sent(p: Pairs, **how: Any) -> dict[str, int]:
    """What a run to the other side counts."""
    return p.run("CLIENT", direction="to_integration", **how)["CLIENT to"]
