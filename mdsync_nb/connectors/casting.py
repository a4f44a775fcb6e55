"""Text to typed values with one canonical blank per type, as SQL, one rule a type.

Only where a format says `blank: distinct`, an empty text stays apart from no value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mdsync_nb.connectors import times
from mdsync_nb.connectors.options import option_reason, parsed_option
from mdsync_nb.connectors.sources import TEXT, Column
from mdsync_nb.connectors.sql import literal
from mdsync_nb.model.company import FileFormat
from mdsync_nb.model.kinds import FieldType
from mdsync_nb.model.schema import Field

NO_GUID = "'00000000-0000-0000-0000-000000000000'"
TRUE = "'true', '1', 'yes', 'ja', 'wahr', 'oui', 'vrai'"
FALSE = "'false', '0', 'no', 'nein', 'falsch', 'non', 'faux'"
WHITE = literal(" \t\r\n")
SCALE = 20
CANONICAL_CODE = r"^[!-`{-~]+( [!-`{-~]+)*$"
POINT = r" *[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)? *"
COMMA = r" *[+-]?([0-9]+,?[0-9]*|,[0-9]+) *"
GROUPED_POINT = r" *[+-]?[0-9]{1,3}(,[0-9]{3})+([.][0-9]+)? *"
GROUPED_COMMA = r" *[+-]?[0-9]{1,3}(([.][0-9]{3})+|([ \x{00A0}\x{202F}][0-9]{3})+)(,[0-9]+)? *"
WHOLE = r" *[+-]?[0-9]+([.]0*)? *"
WHOLE_TYPE = re.compile(r"U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?")
EXACT_TYPE = re.compile(rf"{WHOLE_TYPE.pattern}|DECIMAL\(.*\)")

# Each rule first tries the spelling most files have, since trimming costs more than casting.

Parser = Callable[[str, Field, Column, FileFormat], str]


@dataclass(frozen=True)
class Cast:
    """How one column becomes one field, as SQL, and what to say of a value that does not cast.

    text: the value as the file has it. parsed: typed, null when blank or when it does not cast.
    value: `parsed` with its canonical blank. failed: there is a value and it does not cast.
    blank: there is no value. `value` and `failed` know the parsed value by its name.
    """

    field: Field
    column: Column
    text: str
    parsed: str
    value: str
    failed: str
    blank: str
    reason: str


def cast_of(field: Field, column: Column, format: FileFormat, name: str) -> Cast:
    """Give how a column is cast to a field; later steps know the parsed value by `name`.

    A column whose type fits already does not go through text. Source: data_access 0 and 1.
    """
    text = text_of(column)
    blank = f"coalesce(trim({text}), '') = ''" if column.type == TEXT else f"{column.sql} is null"
    parse = PARSERS.get(field.type, _as_it_is)
    failed = [f"({name} is null and not {blank})"] if field.type in REASONS else []
    if column.faults:
        failed.append(f"coalesce({text} in ({', '.join(map(literal, column.faults))}), false)")
    return Cast(
        field=field,
        column=column,
        text=text,
        parsed=_native(field, column, format) or parse(text, field, column, format),
        value=_canonical(field, name),
        failed=" or ".join(failed) or "false",
        blank=blank,
        reason=_reason(field, column, format),
    )


def key_text(fields: Sequence[Field], values: Sequence[str]) -> str:
    """Give the SQL for a primary key as one text: dates ISO, numbers without trailing zeros.

    Several parts are joined by a comma; a comma or backslash inside a part gets a backslash.
    """
    texts = [_as_text(field, value) for field, value in zip(fields, values, strict=True)]
    if len(texts) == 1:
        return f"coalesce({texts[0]}, '')"
    escaped = (f"replace(replace(coalesce({t}, ''), '\\', '\\\\'), ',', '\\,')" for t in texts)
    return " || ',' || ".join(escaped)


def sql_type(field: Field) -> str:
    """Give the type a field has in the staged file."""
    if field.type is FieldType.DECIMAL:
        return f"DECIMAL(38, {SCALE if field.scale is None else field.scale})"
    return SQL_TYPES.get(field.type, TEXT)


def text_of(column: Column) -> str:
    """Give the SQL for the value as text, whatever type the file has."""
    if column.type == TEXT:
        return column.sql
    if column.type in ("FLOAT", "DOUBLE"):
        return rf"regexp_replace({column.sql}::varchar, '\.0$', '')"
    if column.type == "TIMESTAMP WITH TIME ZONE":
        return f"timezone('UTC', {column.sql})::varchar || 'Z'"
    return f"{column.sql}::varchar"


def _native(field: Field, column: Column, format: FileFormat) -> str | None:
    """Give the SQL for a column whose type fits the field, None when it must be read as text."""
    kind, sql = column.type, column.sql
    match field.type:
        case FieldType.DECIMAL if EXACT_TYPE.fullmatch(kind) and field.scale is None:
            return f"try_cast({sql} as {sql_type(field)})"
        case FieldType.INTEGER | FieldType.BIG_INTEGER if WHOLE_TYPE.fullmatch(kind):
            return f"try_cast({sql} as BIGINT)"
        case FieldType.DATETIME if kind == "TIMESTAMP WITH TIME ZONE":
            return times.calendar_moment(f"timezone('UTC', {sql})")
        case FieldType.DATETIME if kind.startswith("TIMESTAMP"):
            return times.in_utc(times.calendar_moment(f"{sql}::timestamp"), format)
        case FieldType.DATE if kind == "DATE":
            return times.calendar_day(sql)
    same = field.type in (FieldType.BOOLEAN, FieldType.TIME) and kind == sql_type(field)
    return sql if same else None


def _number(text: str, column: Column) -> str:
    """Give the SQL for a number's text with a point and no groups, null for anything else."""
    plain, grouped, group, mark = (
        (COMMA, GROUPED_COMMA, ". \u00a0\u202f", ",")
        if column.decimal == ","
        else (POINT, GROUPED_POINT, ",", ".")
    )
    pointed = f"replace({text}, ',', '.')" if mark == "," else text
    ungrouped = f"translate({text}, {literal(group)}, '')"
    return (
        f"case when regexp_full_match({text}, {literal(plain)}) then {pointed}"
        f" when regexp_full_match({text}, {literal(grouped)})"
        f" then replace({ungrouped}, {literal(mark)}, '.') end"
    )


def _decimal(text: str, field: Field, column: Column, _: FileFormat) -> str:
    number = _number(text, column)
    if field.scale is None:
        return f"try_cast({number} as {sql_type(field)})"
    exact = rf"[^.eE]*([.][0-9]{{0,{field.scale}}}0*)? *"
    return (
        f"case when regexp_full_match({number}, {literal(exact)})"
        f" then try_cast({number} as {sql_type(field)}) end"
    )


def _integer(text: str, _: Field, column: Column, __: FileFormat) -> str:
    number = _number(text, column)
    return f"case when regexp_full_match({number}, '{WHOLE}') then try_cast({number} as BIGINT) end"


def _boolean(text: str, *_: object) -> str:
    word = f"lower(trim({text}))"
    return (
        f"case when {text} = 'true' then true when {text} = 'false' then false"
        f" when {word} in ({TRUE}) then true when {word} in ({FALSE}) then false end"
    )


def _code(text: str, *_: object) -> str:
    """Trim and put in capitals; the product knows no capital sharp s, so it stays small."""
    bare = f"nullif(replace(upper(trim({text}, {WHITE})), 'ẞ', 'ß'), '')"
    return (
        f"case when regexp_matches({text}, {literal(CANONICAL_CODE)}) then {text} else {bare} end"
    )


def _guid(text: str, *_: object) -> str:
    return f"coalesce(try_cast({text} as uuid), try_cast(trim({text}) as uuid))::varchar"


def _date_formula(text: str, *_: object) -> str:
    return rf"nullif(upper(trim(regexp_replace(trim({text}), '^<(.*)>$', '\1'))), '')"


def _as_it_is(text: str, _: Field, __: Column, format: FileFormat) -> str:
    return text if format.blank == "distinct" else f"nullif({text}, '')"


PARSERS: dict[FieldType, Parser] = {
    FieldType.CODE: _code,
    FieldType.INTEGER: _integer,
    FieldType.BIG_INTEGER: _integer,
    FieldType.DECIMAL: _decimal,
    FieldType.BOOLEAN: _boolean,
    FieldType.OPTION: lambda text, field, *_: parsed_option(text, field),
    FieldType.DATE: lambda text, _, __, format: times.parsed_date(text, format),
    FieldType.DATETIME: lambda text, _, __, format: times.parsed_datetime(text, format),
    FieldType.TIME: lambda text, *_: times.parsed_time(text),
    FieldType.DATE_FORMULA: _date_formula,
    FieldType.GUID: _guid,
}

REASONS = {
    FieldType.INTEGER: "not a whole number",
    FieldType.BIG_INTEGER: "not a whole number",
    FieldType.DECIMAL: "not a number",
    FieldType.BOOLEAN: "neither true nor false",
    FieldType.OPTION: "",
    FieldType.DATE: "not a date",
    FieldType.DATETIME: "not a date with a time",
    FieldType.TIME: "not a time of day",
    FieldType.GUID: "not a GUID",
}
"""What is said of a value that does not cast; text of any kind always does."""

ZEROS = {
    FieldType.INTEGER: "0",
    FieldType.BIG_INTEGER: "0",
    FieldType.DECIMAL: "0",
    FieldType.BOOLEAN: "false",
}

SQL_TYPES = {
    FieldType.INTEGER: "BIGINT",
    FieldType.BIG_INTEGER: "BIGINT",
    FieldType.BOOLEAN: "BOOLEAN",
    FieldType.DATE: "DATE",
    FieldType.DATETIME: "TIMESTAMP",
    FieldType.TIME: "TIME",
}


def _canonical(field: Field, parsed: str) -> str:
    """Give the SQL for the value with its one blank: null, or what the product has for nothing."""
    if field.blank_is_zero and field.type in ZEROS:
        return f"coalesce({parsed}, {ZEROS[field.type]}::{sql_type(field)})"
    match field.type:
        case FieldType.DATE:
            return times.without_blank_day(parsed)
        case FieldType.DATETIME:
            return times.without_blank_moment(parsed)
        case FieldType.GUID:
            return f"nullif({parsed}, {NO_GUID})"
        case FieldType.OPTION:
            return f"nullif({parsed}, '')"
    return parsed


def _as_text(field: Field, value: str) -> str:
    """Give the SQL for one part of a key as text."""
    if field.type is FieldType.DECIMAL and field.scale != 0:
        return f"rtrim(rtrim({value}::varchar, '0'), '.')"
    if field.type is FieldType.DATETIME:
        return f"replace({value}::varchar, ' ', 'T') || 'Z'"
    return f"{value}::varchar"


def _reason(field: Field, column: Column, format: FileFormat) -> str:
    """Say in words what a value of this field would have to be."""
    words = REASONS.get(field.type, "")
    match field.type:
        case FieldType.OPTION:
            return option_reason(field)
        case FieldType.DECIMAL | FieldType.INTEGER | FieldType.BIG_INTEGER:
            mark = "comma" if column.decimal == "," else "point"
            most = f" and at most {field.scale} decimals" if field.scale else ""
            return f"{words} (with a decimal {mark}{most})"
        case FieldType.DATE | FieldType.DATETIME:
            return f"{words} (ISO, or {times.WORDS[format.date_order]})"
    return words
