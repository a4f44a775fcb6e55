"""The lines of mdsync.yaml that describe one company, as its files show it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from mdsync_nb.workspace.guess import Guess, agreed, date_order_of, decimal_of
from mdsync_nb.workspace.sample import PLAIN_ASCII, Sample
from mdsync_nb.workspace.survey import Delivered, Surveyed
from mdsync_nb.workspace.yaml_text import comment, flow_block, indented, quoted, remarked

SHEET_NAME = 31
NAMES = {"\t": "tab"}
OF_A_SERVICE = {".json", ".parquet"}

CURRENCY = "LOOK: its local currency, such as GBP; without it EUR and blank differ"
COMPLETE = "LOOK: yes, if the files hold every record"
SYNC_USER = "sync_user: the id of the user its imports run as, as _modifiedby_value has it"
EXPORTS = "each export has its folder; the newest by name is read"
MANIFEST = "manifest.json says it of each export"


def company_lines(name: str, company: Surveyed, remark: str) -> list[str]:
    """The block of one company below `companies:`; every choice has a remark."""
    place = company.place
    shared = _shared_columns(company.tables)
    exports = EXPORTS if "{snapshot}" in place.folder else ""
    has_manifest = (place.path / "manifest.json").is_file()
    lines = [
        *([f"name: {quoted(company.label)}"] if company.label != name else []),
        *(comment(SYNC_USER) if company.is_dataverse else [_currency_line(company.currency)]),
        remarked(f"folder: {quoted(place.folder)}", exports),
        remarked("complete: unknown", MANIFEST if has_manifest else COMPLETE),
        *_format_lines([(one.table, one.sample) for one in company.tables]),
        *_columns_lines(shared),
        "tables:",
        *indented((line for one in company.tables for line in _table_lines(one, shared)), 2),
        *(line for one in company.remarks for line in comment(f"not taken: {one}")),
    ]
    return [remarked(f"{quoted(name)}:", remark), *indented(lines, 2)]


def _currency_line(said: Guess | None) -> str:
    return _guessed("currency", said) if said else remarked("currency:", CURRENCY)


def _format_lines(samples: Sequence[tuple[str, Sample]]) -> list[str]:
    """How its files are written, as far as all of them agree."""
    written = [(table, one) for table, one in samples if one.path.suffix not in OF_A_SERVICE]
    dialects = [one.dialect for _, one in written if one.dialect]
    encoding = agreed(one.encoding for one in dialects if one.encoding != PLAIN_ASCII)
    delimiter = agreed(one.delimiter for one in dialects)
    escaped = any(one.escape == "\\" for one in dialects)
    found = {
        "encoding": Guess(encoding, "") if encoding else None,
        "delimiter": Guess(NAMES.get(delimiter, delimiter), "") if delimiter else None,
        "escape": Guess("backslash", "") if escaped else None,
        "decimal": decimal_of(written),
        "date_order": date_order_of(written),
    }
    lines = [_guessed(word, guess) for word, guess in found.items() if guess]
    return ["format:", *indented(lines, 2)] if lines else []


def _guessed(word: str, guess: Guess) -> str:
    doubt = "" if guess.sure else "LOOK: not sure; "
    return remarked(f"{word}: {quoted(guess.value)}", f"{doubt}{guess.why}")


def _shared_columns(tables: Sequence[Delivered]) -> dict[str, str]:
    """Give the columns that are the same field in several tables, and in none another."""
    meant: dict[str, list[str]] = {}
    for one in tables:
        for column, field in one.columns.items():
            meant.setdefault(column, []).append(field)
    return {
        column: fields[0]
        for column, fields in meant.items()
        if len(fields) > 1 and all(_allows(one, column, fields[0]) for one in tables)
    }


def _allows(one: Delivered, column: str, field: str) -> bool:
    """True when a column of that name is that field here, or there is no such column or field."""
    absent = column not in one.sample.header or field not in one.schema.by_name
    return absent or one.columns.get(column) == field


def _columns_lines(columns: Mapping[str, str]) -> list[str]:
    if not columns:
        return []
    return ["columns:", *(f"  {quoted(name)}: {quoted(field)}" for name, field in columns.items())]


def _several(where: Mapping[str, str], column: str, rows: Counter[str]) -> str:
    """Say that a file holds records several times, and how one of them is taken: the most rows."""
    most = [value for value, _ in rows.most_common()]
    named = ", ".join(value or "blank" for value in most)
    one = flow_block({**where, column: most[0]})
    return f"LOOK: its keys repeat, once for each {column} ({named}); take one with where: {one}"


def _table_lines(one: Delivered, shared: Mapping[str, str]) -> Iterator[str]:
    """One table below `tables:`: its file alone where that is enough."""
    columns = {name: field for name, field in one.columns.items() if name not in shared}
    words = {"file": quoted(one.file)}
    sheet = one.sample.sheet if one.sample.sheets > 1 else ""
    if sheet and sheet != one.table.replace("/", "_")[:SHEET_NAME]:
        words["sheet"] = quoted(sheet)
    if one.where:
        words["where"] = flow_block(one.where)
    if one.unknown:
        yield from comment(f"columns not recognised: {', '.join(one.unknown)}")
    if one.editions:
        yield from comment(_several(one.where, *one.editions))
    if columns:
        yield f"{quoted(one.table)}:"
        yield from (f"  {word}: {text}" for word, text in words.items())
        yield from indented(_columns_lines(columns), 2)
    elif len(words) > 1:
        inside = ", ".join(f"{word}: {text}" for word, text in words.items())
        yield f"{quoted(one.table)}: {{{inside}}}"
    else:
        yield f"{quoted(one.table)}: {quoted(one.file)}"
