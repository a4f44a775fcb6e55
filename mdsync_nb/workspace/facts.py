"""What the product itself says about its tables, and what mdsync.yaml declares beside it."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

from mdsync_nb.model import DeclaredTable, Field, FieldType, TableSchema

PACKS = files("mdsync_nb") / "packs"
"""Where the packs and the product's facts are."""

NUMBERED = re.compile(r"(-?\d+)=(.*)", re.DOTALL)
DECLARED_TYPE = re.compile(r"\s*(\w+)\s*(?:\((.*)\))?\s*")
SINGLE_KEY = ("Primary Key",)
NOT_IN_FILES = (FieldType.BLOB, FieldType.MEDIA, FieldType.RECORD_ID)
TABLES = ("bc_tables.csv", "dv_tables.csv")
FIELDS = ("bc_fields.csv", "dv_fields.csv")

Row = Mapping[str, str]


class ProductTables(Mapping[str, TableSchema]):
    """The tables of the product by name, in the order of their ids, then those of Dataverse.

    A table is made when it is asked for: most runs look at a few of them.
    """

    def __init__(self) -> None:
        self._tables = {row["table"]: row for file in TABLES for row in _rows(file)}
        self._fields: dict[str, list[Row]] = {}
        for row in (row for file in FIELDS for row in _rows(file)):
            self._fields.setdefault(row["table"], []).append(row)
        self._made: dict[str, TableSchema] = {}

    def __getitem__(self, table: str) -> TableSchema:
        if table not in self._made:
            self._made[table] = _table(self._tables[table], self._fields.get(table, []))
        return self._made[table]

    def holds_data(self, table: str) -> bool:
        """True for a table with records of its own; those of the synchronization have none."""
        return table in self and self._tables[table]["kind"] in ("master", "setup")

    def __contains__(self, table: object) -> bool:
        return table in self._tables

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)


@cache
def product_tables() -> ProductTables:
    """What the product itself says of its tables, read once."""
    return ProductTables()


def schema_of(table: str, declared: Mapping[str, DeclaredTable]) -> TableSchema | None:
    """What a table is made of, or None when nobody knows it.

    A table declared with a key is as declared, and the types of its other columns are inferred
    when its files are read. Declared without one, its fields are added to those of the product's
    table, where one of the same name gives way.
    """
    ours, known = declared.get(table), product_tables().get(table)
    if ours is None:
        return known
    fields = [_declared_field(name, text) for name, text in ours.fields.items()]
    if known is None or ours.key:
        named = {field.name for field in fields}
        keys = [Field(name=name) for name in ours.key if name not in named]
        return TableSchema(table=table, fields=(*keys, *fields), key=ours.key, known=False)
    added = [field.model_copy(update={"blank_is_zero": True}) for field in fields]
    kept = [field for field in known.fields if field.name not in ours.fields]
    return known.model_copy(update={"fields": (*kept, *added)})


def type_of(written: str) -> Field | None:
    """The type somebody declared (`code(20)`, `option(Open, Closed)`), or None if it is none."""
    found = DECLARED_TYPE.fullmatch(written)
    if not found or found[1].lower() not in list(FieldType):
        return None
    kind, inside = FieldType(found[1].lower()), found[2]
    if kind is FieldType.OPTION and inside is not None:
        members = tuple(one.strip().strip("\"'") for one in inside.split(","))
        return Field(name="", type=kind, options=members)
    if inside is None:
        return Field(name="", type=kind)
    if not inside.strip().isdecimal():
        return None
    if kind is FieldType.DECIMAL:
        return Field(name="", type=kind, scale=int(inside))
    has_length = kind in (FieldType.CODE, FieldType.TEXT)
    return Field(name="", type=kind, length=int(inside)) if has_length else None


def _declared_field(name: str, written: str) -> Field:
    kind = type_of(written) or Field(name=name)
    return kind.model_copy(update={"name": name, "required": True})


def _rows(file: str) -> list[Row]:
    return list(csv.DictReader((PACKS / file).read_text("utf-8").splitlines()))


def _table(facts: Row, fields: list[Row]) -> TableSchema:
    key = tuple(facts["primary_key"].split("|"))
    return TableSchema(
        table=facts["table"],
        fields=tuple(_field(row) for row in fields),
        key=key,
        table_id=int(facts["table_id"]) if facts["table_id"] else None,
        single=facts["kind"] == "setup" and key == SINGLE_KEY,
    )


def _field(facts: Row) -> Field:
    """Give a field; the last columns are those that only tables of Dataverse have."""
    ordinals, options = _members(facts["options"])
    return Field(
        name=facts["field"],
        type=FieldType(facts["type"]),
        length=int(facts["length"]) if facts["length"] else None,
        number=int(facts["field_no"]),
        options=options,
        ordinals=ordinals,
        captions=_members(facts["captions"])[1],
        relation_table=facts["relation_table"],
        relation_field=facts["relation_field"],
        money=facts["money"] or "",
        blank_is_zero=facts.get("blank_is_zero") != "no",
        extensible=facts.get("extensible") == "yes",
        columns=tuple(filter(None, facts.get("columns", "").split("|"))),
        system=facts.get("system", ""),
    )


def _members(cell: str) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Give ordinals and names of an option's members; no ordinals where they are 0, 1, 2, ..."""
    if not cell:
        return (), ()
    members = cell.split("|")
    numbered = [NUMBERED.fullmatch(member) for member in members]
    pairs = [(int(found[1]), found[2]) for found in numbered if found]
    if len(pairs) < len(members):
        return (), tuple(members)
    return tuple(number for number, _ in pairs), tuple(name for _, name in pairs)
