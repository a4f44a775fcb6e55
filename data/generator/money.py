"""Amounts and currencies of the holding in a company that keeps its books in euros."""

from decimal import Decimal

from generator.tables import LOCAL_MONEY, Record

POUND_IN_EUROS = Decimal("1.15")


def in_euros(record: Record, written: dict[str, str]) -> Record:
    """The record with amounts in euros, and its currency code written as that company does."""
    values = {
        name: f"{Decimal(record.values[name]) * POUND_IN_EUROS:.2f}"
        for name in LOCAL_MONEY
        if name in record.values
    }
    if "Currency Code" in record.values and record.table != "Currency Exchange Rate":
        code = record.values["Currency Code"]
        values["Currency Code"] = written.get(code, code)
    return record.having(values)
