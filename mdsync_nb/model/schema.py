"""What a table is made of: its fields with their types, its key, and what refers to what."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Literal, Self

from mdsync_nb.model.base import Settings
from mdsync_nb.model.kinds import FieldType

Money = Literal["", "local", "currency", "terms"]
SystemField = Literal["", "SystemId", "SystemModifiedAt", "SystemCreatedAt", "SystemModifiedBy"]


class Field(Settings):
    """One field of a table.

    options: member names by ordinal; the blank member is "".
    ordinals: the numbers of those members, in the same order; empty means 0, 1, 2 and so on.
    captions: what people and Excel packages call those members, in the same order, or empty.
    extensible: people add members; the number of one that nobody declared stays as it is.
    relation_table, relation_field: the table a value must exist in, and by which of its fields.
    money: `local` is an amount in the company's own currency, `currency` a currency code,
    `terms` any other field about money.
    blank_is_zero: an absent number is 0 and an absent boolean false, as in the product; tables
    that the product does not know keep "nothing" apart from 0.
    required: a person declared it in mdsync.yaml, so a file without it is refused.
    columns: what exports call its column beside the field's own name.
    system: the system field whose value it holds as well, as in tables of Dataverse.
    """

    name: str
    type: FieldType = FieldType.TEXT
    length: int | None = None
    scale: int | None = None
    number: int | None = None
    options: tuple[str, ...] = ()
    ordinals: tuple[int, ...] = ()
    captions: tuple[str, ...] = ()
    extensible: bool = False
    relation_table: str = ""
    relation_field: str = ""
    money: Money = ""
    blank_is_zero: bool = False
    required: bool = False
    columns: tuple[str, ...] = ()
    system: SystemField = ""

    @property
    def kind(self) -> str:
        """Its type as reports take it; an amount in local currency is `decimal money`."""
        return f"{self.type}" + (" money" if self.money == "local" else "")


class TableSchema(Settings):
    """A table by its name, with its fields in order and the fields of its primary key.

    known: the product's facts or mdsync.yaml declare it; else its types were inferred.
    single: a set-up table with one record, whose key is blank.
    """

    table: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    table_id: int | None = None
    known: bool = True
    single: bool = False

    @cached_property
    def by_name(self) -> dict[str, Field]:
        """The fields by name."""
        return {field.name: field for field in self.fields}

    @property
    def keyed_by_id(self) -> bool:
        """Whether its key is the id every record has, as in the tables of Dataverse."""
        return len(self.key) == 1 and self.by_name[self.key[0]].type is FieldType.GUID

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """The table with some facts replaced; `by_name` is that of the copy."""
        copied = super().model_copy(update=update, deep=deep)
        copied.__dict__.pop("by_name", None)
        return copied
