"""Two companies of one product in files: the source company INT, and the subsidiary LOCAL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .pairs import FROM, TABLES, Pairs

FIELDS = ("No", "Name", "City", "Phone", "Primary Contact No.")
FIELDS_OF_CLIENT = {**TABLES["Client"]["fields"], "Primary Contact No.": "code(20)"}


def holding(pairs: Callable[..., Pairs], fields: Any = None, **said: Any) -> Pairs:
    """Both companies keep a table Client, and the subsidiary gets it from the source company.

    fields: what is said about single ones besides that they are mapped.
    """
    mapped = {name: {"enabled": True, **(fields or {}).get(name, {})} for name in FIELDS}
    one = {"integration_table": "Client", "direction": FROM, "fields": mapped, **said}
    tables = {"Client": {"key": ["No"], "fields": FIELDS_OF_CLIENT}}
    return pairs({"CLIENT": one}, kind="master_data", tables=tables)
