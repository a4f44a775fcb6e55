"""Types of fields nobody declared, guessed so that no code ever becomes a number."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import duckdb

from mdsync_nb.connectors.columns import Matched
from mdsync_nb.connectors.selection import rows_of
from mdsync_nb.connectors.sources import TEXT, Column
from mdsync_nb.connectors.sql import frame_of, literal
from mdsync_nb.model.kinds import FieldType
from mdsync_nb.model.schema import Field

CODE_NAME = re.compile(
    r"\b(no|num|number|numero|ids?|guid|uuid|key|ref|reference|tel|mobile|post|postal|tin|gln|iban"
    r"|bic|swift|account|konto|ean|gtin|upc|sku|barcode"
    r"|\w*(nr|nummer|code|kode|codigo|phone|telefon|fax|zip|plz))\b"
)
PLAIN_NUMBER = r"-?(0|[1-9][0-9]{{0,17}})({mark}[0-9]{{1,20}})?"
ISO_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
TYPED = (
    (
        re.compile(r"U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DECIMAL\(.*\)|DOUBLE|FLOAT"),
        FieldType.DECIMAL,
    ),
    (re.compile(r"BOOLEAN"), FieldType.BOOLEAN),
    (re.compile(r"DATE"), FieldType.DATE),
    (re.compile(r"TIMESTAMP.*"), FieldType.DATETIME),
    (re.compile(r"TIME"), FieldType.TIME),
    (re.compile(r"UUID"), FieldType.GUID),
)


def inferred_fields(
    parts: Sequence[Matched],
    names: Sequence[str],
    where: Mapping[str, str],
    connection: duckdb.DuckDBPyConnection,
) -> list[Field]:
    """Give the fields of these names with a type that every value in the files bears out.

    A column is text unless all its values are plain numbers (no leading zero, no plus sign) and
    its name is not that of a code, number, id, phone or postal code; or all `true`/`false`; or
    all ISO dates. Columns that have a type in the file keep it.
    """
    types: dict[str, set[FieldType]] = {name: set() for name in names}
    for part in parts:
        for name, kind in _types(part, names, where, connection).items():
            types[name].add(kind)
    return [
        Field(name=name, type=kinds.pop() if len(kinds) == 1 else FieldType.TEXT)
        for name, kinds in types.items()
    ]


def _types(
    matched: Matched,
    names: Sequence[str],
    where: Mapping[str, str],
    connection: duckdb.DuckDBPyConnection,
) -> dict[str, FieldType]:
    """Give the types one part bears out; a column without a value bears out none."""
    columns = {name: matched.fields[name] for name in names}
    texts = {name: column for name, column in columns.items() if column.type == TEXT}
    found = {n: _typed(n, column) for n, column in columns.items() if column.type != TEXT}
    if texts:
        rows = rows_of(matched.part, where)
        asked = ", ".join(_borne_out(name, column) for name, column in texts.items())
        answers = frame_of(connection, f"select {asked} from {rows.sql}", rows.parameters)
        said = zip(texts, answers.row(0), strict=True)
        found |= {name: FieldType(kind) for name, kind in said if kind}
    return found


def _typed(name: str, column: Column) -> FieldType:
    """Give the type of a column that has one in the file; a number may still be a code."""
    fits = (kind for pattern, kind in TYPED if pattern.fullmatch(column.type))
    kind = next(fits, FieldType.TEXT)
    return FieldType.TEXT if kind is FieldType.DECIMAL and is_code(name) else kind


def _borne_out(name: str, column: Column) -> str:
    """Give the SQL for the type all values of a text column bear out, null without a value."""
    text = f"trim({column.sql})"
    number = PLAIN_NUMBER.format(mark=re.escape(column.decimal))
    tests = {
        FieldType.DECIMAL: "false" if is_code(name) else _all(text, number),
        FieldType.BOOLEAN: _all(text, "(?i)true|false"),
        FieldType.DATE: _all(text, ISO_DAY),
    }
    arms = " ".join(f"when {test} then {literal(kind)}" for kind, test in tests.items())
    return f"case when count(nullif({text}, '')) = 0 then null {arms} else 'text' end"


def _all(text: str, pattern: str) -> str:
    return f"bool_and(regexp_full_match({text}, {literal(pattern)})) filter ({text} <> '')"


def is_code(name: str) -> bool:
    """Whether a name sounds like that of a code, whose digits are not a number."""
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|_", " ", name)
    return CODE_NAME.search(apart.lower()) is not None
