"""Fields that must not go from one company to another, and why: ids, positions, counters."""

from __future__ import annotations

from typing import NamedTuple

from mdsync_nb.model import Field, FieldType, TableSchema


class Dangerous(NamedTuple):
    """A field that belongs to one company. table is blank where any table may have it."""

    table: str
    field: str
    why: str


VALUE_ID = "dimension sets of posted entries point at this number, and each company counts its own"
RECORD = "it is the id of a record of one company"
COUNTER = "it counts the numbers one company has used"
MEDIA = "it points at a picture kept in one company"
POSITION = "it is the position of an entry in one company"

DANGEROUS = (
    Dangerous("Dimension Value", "Dimension Value ID", VALUE_ID),
    Dangerous("", "Dimension Set ID", VALUE_ID),
    Dangerous("", "SystemId", RECORD),
    Dangerous("", "Contact ID", RECORD),
    Dangerous("", "Contact Graph Id", RECORD),
    Dangerous("", "Xrm Id", RECORD),
    Dangerous("No. Series Line", "Last No. Used", COUNTER),
    Dangerous("No. Series Line", "Last Date Used", COUNTER),
    Dangerous("No. Series Line", "Temp Current Sequence No.", COUNTER),
    Dangerous("", "Media ID", MEDIA),
    Dangerous("", "Media Set ID", MEDIA),
    Dangerous("", "Entry No.", POSITION),
)
"""Source: semantics.md 8.6 (what the product leaves out), pains.md 27."""


def danger_of(field: Field, schema: TableSchema) -> str:
    """Why a field must not be written from another company; blank where it may.

    Every field that holds an id (`guid`) is an id of another record, named above or not. The
    fields of the key tell records apart and are not asked.
    """
    if field.name in schema.key:
        return ""
    named = (
        one.why
        for one in DANGEROUS
        if one.field.casefold() == field.name.casefold() and one.table in ("", schema.table)
    )
    return next(named, RECORD if field.type is FieldType.GUID else "")
