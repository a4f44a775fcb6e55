"""The SQL that turns the rows of files into rows of a table, step by step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from mdsync_nb.connectors.casting import NO_GUID, Cast, cast_of, key_text, text_of
from mdsync_nb.connectors.columns import Matched, column_of
from mdsync_nb.connectors.sources import Column, Part, joined
from mdsync_nb.connectors.sql import identifier
from mdsync_nb.model.kinds import FieldType
from mdsync_nb.model.schema import Field, TableSchema

TIMES = {"SystemModifiedAt": "_modified_at", "SystemCreatedAt": "_created_at"}


@dataclass(frozen=True)
class Rows:
    """Rows as SQL to select from, with the values of its parameters."""

    sql: str
    parameters: dict[str, object]


def rows_of(part: Part, where: Mapping[str, str], *, number: int = 0) -> Rows:
    """Give the rows of a part that belong to the table, in any order.

    number: tells the paths of several parts apart in one statement. Raises ColumnMissing.
    """
    table = part.table.replace("$files", f"$files_{number}")
    parameters = {f"{name}_{number}": value for name, value in part.parameters.items()}
    tests, values = _tests(part, where)
    return Rows(f"(select * from {table} where {tests})", parameters | values)


def numbered_rows(part: Part, where: Mapping[str, str]) -> Rows:
    """Give the rows of a part with `_file` and `_row`, right while the file's order is kept."""
    tests, values = _tests(part, where)
    numbered = f"(select *, {part.file} as _file, {part.row} as _row from {part.table})"
    return Rows(f"(select * from {numbered} where {tests})", part.parameters | values)


def _tests(part: Part, where: Mapping[str, str]) -> tuple[str, dict[str, object]]:
    """Give the SQL of `where:`, compared as text, and the texts it compares with."""
    texts = [text_of(column_of(part, name)) for name in where]
    tests = [f"coalesce({text}, '') = $where_{n}" for n, text in enumerate(texts)]
    return " and ".join(tests) or "true", {
        f"where_{number}": value for number, value in enumerate(where.values())
    }


@dataclass(frozen=True)
class Selection:
    """How the columns of one part become the columns of the table.

    casts: one for each field of the schema. times: of the system times the file has.
    """

    part: Part
    schema: TableSchema
    casts: tuple[Cast, ...]
    times: Mapping[str, Cast]
    id_column: Column | None
    by_column: Column | None

    def staged(self, rows: str) -> str:
        """Give the rows as the table has them; `_id` is null where a row cannot be read safely."""
        fields = (f"{cast.value} as {identifier(cast.field.name)}" for cast in self.casts)
        times = (
            f"{self.times[name].value if name in self.times else 'null::TIMESTAMP'} as {ours}"
            for name, ours in TIMES.items()
        )
        by = _identity(self.by_column) if self.by_column else "null::VARCHAR"
        columns = ", ".join((*times, f"{by} as _modified_by", *fields))
        return (
            f"select case when not ({self.wrong}) then _given end as _id, {columns}"
            f" from {self.keyed(rows)}"
        )

    def keyed(self, rows: str) -> str:
        """Give the rows with every parsed value, `_key` and `_given`, the id they ask for."""
        parsed = ", ".join(f"{cast.parsed} as {name}" for name, cast in self._parsed.items())
        given = _identity(self.id_column) if self.id_column else "_key"
        steps = f"(select *, {parsed} from {rows})"
        steps = f"(select *, {self._key} as _key from {steps})"
        return f"(select *, {given} as _given from {steps})"

    @cached_property
    def checked(self) -> tuple[Cast, ...]:
        """The casts that can fail."""
        return tuple(cast for cast in self._parsed.values() if cast.failed != "false")

    @property
    def wrong(self) -> str:
        """The SQL that is true of a row that must be set aside."""
        failures = (cast.failed for cast in self.checked)
        return " or ".join((*failures, "_key is null", "_given is null"))

    @property
    def key_columns(self) -> str:
        """What the file calls the columns of the primary key."""
        return ", ".join(cast.column.name for cast in self._key_casts)

    @property
    def _parsed(self) -> dict[str, Cast]:
        numbered = {parsed_name(number): cast for number, cast in enumerate(self.casts)}
        return numbered | {f"_p{TIMES[name]}": cast for name, cast in self.times.items()}

    @property
    def _key_casts(self) -> list[Cast]:
        by_name = {cast.field.name: cast for cast in self.casts}
        return [by_name[name] for name in self.schema.key]

    @property
    def key_failed(self) -> str:
        """The SQL that is true of a row whose primary key has a value that does not cast."""
        return " or ".join(cast.failed for cast in self._key_casts)

    @property
    def _key(self) -> str:
        """The SQL for the primary key as text, null when it cannot be read or is blank."""
        casts = self._key_casts
        text = key_text([cast.field for cast in casts], [cast.value for cast in casts])
        blank = " and ".join(f"({cast.value} is null or {cast.blank})" for cast in casts)
        failed = self.key_failed
        unusable = failed if self.schema.single else f"{failed} or ({blank})"
        return f"case when not ({unusable}) then {text} end"


def parsed_name(number: int) -> str:
    """Give the name under which later steps know the parsed value of a field."""
    return f"_p{number}"


def selection_of(matched: Matched, schema: TableSchema) -> Selection:
    """Give how a part's columns become the fields of the schema, all of which it has."""
    format = matched.part.format
    return Selection(
        part=matched.part,
        schema=schema,
        casts=tuple(
            cast_of(field, matched.fields[field.name], format, parsed_name(number))
            for number, field in enumerate(schema.fields)
        ),
        times={
            name: cast_of(
                Field(name=name, type=FieldType.DATETIME),
                matched.system[name],
                format,
                f"_p{ours}",
            )
            for name, ours in TIMES.items()
            if name in matched.system
        },
        id_column=matched.system.get("SystemId"),
        by_column=matched.system.get("SystemModifiedBy"),
    )


def together(selections: Sequence[Selection]) -> list[Selection]:
    """Give the selections with files that are read the same way in one scan."""
    alike: dict[tuple[object, ...], Selection] = {}
    for one in selections:
        reading = (one.part.table, one.part.columns, one.casts)
        found = alike.get(reading)
        alike[reading] = replace(one, part=joined(found.part, one.part)) if found else one
    return list(alike.values())


def staged_key(schema: TableSchema) -> str:
    """Give the SQL for the primary key as text over the columns of the staged file."""
    names = [identifier(name) for name in schema.key]
    return key_text([schema.by_name[name] for name in schema.key], names)


def _identity(column: Column) -> str:
    """Give the SQL for an id: a GUID in its one spelling, any other text as it is, or null."""
    text = text_of(column)
    bare = f"trim({text})"
    spelled = (
        f"coalesce(try_cast({text} as uuid)::varchar, try_cast({bare} as uuid)::varchar, {bare})"
    )
    return f"nullif(nullif({spelled}, ''), {NO_GUID})"
