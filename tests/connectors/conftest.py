"""A company of files in a folder of its own, and its tables as a load stages them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from mdsync_nb.connectors.staging import Staged, stage
from mdsync_nb.model import CompanySettings, Field, FieldType, TableSchema

NOW = datetime(2026, 11, 20, 12, 0)


def field(name: str, kind: str = "text", **facts: Any) -> Field:
    """A field as the product declares it: an absent number is 0."""
    return Field(name=name, type=FieldType(kind), **{"blank_is_zero": True, **facts})


def table(*fields: Field, key: Sequence[str] = ("No.",), **facts: Any) -> TableSchema:
    """A table of these fields."""
    return TableSchema(table="Customer", fields=fields, key=tuple(key), **facts)


CUSTOMER = table(field("No.", "code"), field("Name"), field("Credit Limit", "decimal"))


class Company:
    """A company with one table: write its file, then stage it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, content: str | bytes, name: str = "customer.csv", encoding: str = "utf-8") -> Path:
        """Put a file into the company's folder."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    def stage(
        self,
        schema: TableSchema | None = CUSTOMER,
        *,
        file: str | dict[str, Any] = "customer.csv",
        snapshot: str | None = None,
        clock: Callable[[], datetime] = lambda: NOW,
        **settings: Any,
    ) -> Staged:
        """Stage the table as a load does."""
        return stage(
            "DE",
            CompanySettings.model_validate({"tables": {"Customer": file}, **settings}),
            "Customer",
            schema,
            root=self.root,
            snapshot=snapshot,
            clock=clock,
            into=self.root / "staged" / "customer.parquet",
        )


@pytest.fixture
def company(tmp_path: Path) -> Company:
    """A company in an empty folder."""
    return Company(tmp_path)


def rows(staged: Staged, *names: str) -> list[tuple[Any, ...]]:
    """What was kept, by `_id`, as tuples of these columns (of all fields)."""
    chosen = names or tuple(staged.schema.by_name)
    return pl.read_parquet(staged.path).sort("_id").select(chosen).rows()


def column(staged: Staged, name: str) -> list[Any]:
    """The values of one column, by `_id`."""
    return [value for (value,) in rows(staged, name)]


def reasons(staged: Staged) -> list[tuple[Any, ...]]:
    """What was set aside: row, column, value, reason."""
    return staged.set_aside.select("row", "column", "value", "reason").rows()
