"""Two companies of one product in files: the source company INT, and the subsidiary LOCAL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .pairs import FROM, Pairs

FIELDS = ("No", "Name", "City", "Phone", "Contact No")


def holding(pairs: Callable[..., Pairs], fields: Any = None, **said: Any) -> Pairs:
    """Both companies keep a table Client, and the subsidiary gets it from the source company.

    fields: what is said about single ones besides that they are mapped.
    """
    mapped = {name: {"enabled": True, **(fields or {}).get(name, {})} for name in FIELDS}
    one = {"integration_table": "Client", "direction": FROM, "fields": mapped, **said}
    return pairs({"CLIENT": one}, kind="master_data")
