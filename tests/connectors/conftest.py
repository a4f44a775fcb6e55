"""A company of files in a folder of its own, and its table as a load stages it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from mdsync_nb.connectors.staging import Staged, stage
from mdsync_nb.model import CompanySettings, Field, FieldType, TableSchema

NOW = datetime(2027, 1, 1, 12, 0)
CUSTOMER = {"No.": "code", "Name": "text", "Credit Limit": "decimal"}


class Company:
    """A company with one table: write its file, stage it, look at what came out."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(
        self, content: str | bytes, name: str = "customer.csv", encoding: str = "utf-8"
    ) -> Path:
        """Put a file into the company's folder."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    def stage(
        self,
        fields: Mapping[str, str | dict[str, Any]] | None = None,
        *,
        key: Sequence[str] = (),
        single: bool = False,
        file: str | dict[str, Any] = "customer.csv",
        snapshot: str | None = None,
        clock: Callable[[], datetime] = lambda: NOW,
        **settings: Any,
    ) -> Staged:
        """Stage the table as a load does; fields by name and type, the key is the first of them."""
        schema = _schema(fields or CUSTOMER, key, single=single)
        return self.stage_with(schema, file=file, snapshot=snapshot, clock=clock, **settings)

    def stage_unknown(self, schema: TableSchema | None = None, **words: Any) -> Staged:
        """Stage the table when nobody declared its fields."""
        known = TableSchema(table="Customer", fields=(), key=("No.",), known=False)
        return self.stage_with(schema or known, **words)

    def stage_with(
        self,
        schema: TableSchema | None,
        *,
        file: str | dict[str, Any] = "customer.csv",
        snapshot: str | None = None,
        clock: Callable[[], datetime] = lambda: NOW,
        **settings: Any,
    ) -> Staged:
        """Stage the table by this schema."""
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

    def rows(self, staged: Staged, *names: str) -> list[tuple[Any, ...]]:
        """What was kept, by `_id`: these columns, else all fields."""
        chosen = names or tuple(staged.schema.by_name)
        return pl.read_parquet(staged.path).sort("_id").select(chosen).rows()

    def column(self, staged: Staged, name: str) -> list[Any]:
        """The values of one column, by `_id`."""
        return [value for (value,) in self.rows(staged, name)]

    def aside(self, staged: Staged, *names: str) -> list[tuple[Any, ...]]:
        """What was set aside: row, column and value, else these columns."""
        return staged.set_aside.select(names or ("row", "column", "value")).rows()


def _schema(
    fields: Mapping[str, str | dict[str, Any]], key: Sequence[str], *, single: bool
) -> TableSchema:
    declared = [
        Field(name=name, **{"blank_is_zero": True, **_facts(facts)})
        for name, facts in fields.items()
    ]
    return TableSchema(
        table="Customer",
        fields=tuple(declared),
        key=tuple(key) or (declared[0].name,),
        single=single,
    )


def _facts(facts: str | dict[str, Any]) -> dict[str, Any]:
    found = {"type": facts} if isinstance(facts, str) else facts
    return {**found, "type": FieldType(found["type"])}


@pytest.fixture
def company(tmp_path: Path) -> Company:
    """A company in an empty folder."""
    return Company(tmp_path)
