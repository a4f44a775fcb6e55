"""Write the exports the benchmark reads: two companies of customers, a pure function of the rows.

    python benchmarks/generate.py ROWS FOLDER

20 columns a side: SystemId (the key, text), SystemModifiedAt, and 18 typed fields. The subsidiary
has ids and an order of its own; `coupling.parquet` says which records belong together and when
they last agreed. A company is exported in several states:

    base     both sides hold equal values; every pair agrees at SYNC
    now      since then modified: 2 % in source only, 2 % in subsidiary only, 0.2 % in both to
             differing values; 10 % of these are only touched (the time moved, no value did);
             0.5 % deleted on either side; 0.01 % drift (a value of the subsidiary moved, its time
             did not); 1 % new on either side
    hundred  base with 100 records modified in source
    many     base with 50,000 records modified in source (5 % of a smaller table)
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import duckdb

SYNC = "2025-06-01 00:00:00"
STATES = {"base": "2025-06-01", "now": "2025-07-05", "hundred": "2025-07-05", "many": "2025-07-05"}
"""The states with the day their exports were taken."""

SIDES = {"holding": 1, "subsidiary": 7368787}
"""The companies with the prime that row numbers are multiplied by: the order of their files."""

COUPLED_BY, HUNDRED, MANY = 2654437, 100, 50_000
SETTINGS = "set memory_limit = '4GB'; set preserve_insertion_order = true"
PARQUET = "(format parquet, compression zstd, row_group_size 122880)"

LASTS = "Mueller Schmidt Fischer Weber Meyer Wagner Becker Schulz Koch Bauer Richter Klein Wolf"
FIRSTS = "Anna Ben Carla David Emma Felix Greta Hugo Ida Jonas Klara Leon Mia Noah Olga Paul"
CITIES = "Nordburg Ostheim Weststadt Altdorf Neuhausen Badfeld Oberberg Talbach Furt Kirchen"
COUNTRIES = "DE AT CH FR IT ES NL BE LU PL CZ DK SE NO FI GB IE PT US CA"


class Made(NamedTuple):
    """A field and how it is made, as SQL.

    value: from {h}, a hash of the record and the field, and i, the row number. moved: what a change
    makes of {v}; {n} is 1 in source and 2 in subsidiary, so two changes never meet in one value.
    """

    name: str
    value: str
    moved: str = "coalesce({v}, '') || ' ' || {n}"


def _one_of(words: str, bits: int = 0) -> str:
    listed = ", ".join(f"'{word}'" for word in words.split())
    return f"[{listed}][(({{h}} >> {bits}) % {len(words.split())})::int + 1]"


FIELDS = (
    Made("No.", "'C' || lpad(i::varchar, 10, '0')"),
    Made("Name", f"{_one_of(LASTS)} || ' ' || to_base(i, 36, 6) || ' GmbH'"),
    Made("Name 2", f"case when {{h}} % 20 <> 0 then {_one_of(FIRSTS, 8)} || {_one_of(LASTS)} end"),
    Made("Address", f"{_one_of(LASTS)} || 'strasse ' || ({{h}} >> 8) % 250"),
    Made("City", _one_of(CITIES)),
    Made("Post Code", "lpad(({h} % 99999)::varchar, 5, '0')"),
    Made("Country/Region Code", _one_of(COUNTRIES)),
    Made("Phone No.", "case when {h} % 10 <> 0 then '+49 ' || ({h} >> 8) % 900000000 end"),
    Made("E-Mail", "'u' || to_base(({h} >> 12)::bigint, 36) || '@example' || {h} % 50 || '.com'"),
    Made("VAT Registration No.", "'DE' || (100000000 + i)"),
    Made("Salesperson Code", _one_of("JO RL HR BD KH OF")),
    Made("Credit Limit (LCY)", "(({h} % 10000000)::bigint / 100)::decimal(12, 2)", "{v} + {n}"),
    Made("Budgeted Amount", "(({h} % 2000000000)::bigint / 100)::decimal(14, 2)", "{v} + {n}"),
    Made("Statistics Group", "({h} % 41)::int", "{v} + {n}"),
    Made("Priority", "nullif({h} % 20, 0)::int * 5000", "coalesce({v}, 0) + {n}"),
    Made("Customer Since", "date '1980-01-01' + ({h} % 16000)::int", "{v} + {n}"),
    Made("Prices Including VAT", "{h} % 10 <> 0", "not {v}"),
    Made("Combine Shipments", "{h} % 50 = 0", "not {v}"),
)  # fmt: skip
NAMES = tuple(one.name for one in FIELDS)
SURELY = 15
"""A change moves one of the fields 1 to 15 (never the number, never only a yes or no) and each
field but the number with a chance of one in eight."""

KINDS = """case when i >= {rows} then 'new' when u < 2000 then 'source'
    when u < 4000 then 'subsidiary' when u < 4200 then 'both' when u < 4700 then 'gone source'
    when u < 5200 then 'gone subsidiary' when u < 5210 then 'drift' end"""
"""What happened to a record between base and now; u is one of 100,000."""


class Happened(NamedTuple):
    """What happened to the records of one side until a state, as SQL tests."""

    there: str
    saved: str
    changed: str


def happened(rows: int, state: str, side: str) -> Happened:
    """Give which records of a side are there, have a later time, and hold other values."""
    if state == "base":
        return Happened("true", "false", "false")
    if state == "now":
        own = "subsidiary" if side == "subsidiary" else "source"
        saved = f"kind in ('{own}', 'both')"
        drift = "or kind = 'drift'" if side == "subsidiary" else ""
        return Happened(
            f"kind is distinct from 'gone {own}'",
            f"({saved} or kind = 'new')",
            f"({saved} and hash(i, 'touch') % 10 <> 0 {drift})",
        )
    count = HUNDRED if state == "hundred" else min(MANY, rows // 20)
    modified = f"(i % {rows // count} = 0 and i < {rows // count * count})"
    return Happened("true", modified, modified)


def records_sql(rows: int, state: str, side: str) -> str:
    """Give the SQL of one side in one state, in the order of its file."""
    number = list(SIDES).index(side) + 1
    new = rows // 100 if state == "now" else 0
    test = happened(rows, state, side)
    hashes = ", ".join(f"hash(i, {k}) as h{k}" for k in range(len(FIELDS)))
    values = ", ".join(f"{one.value.format(h=f'h{k}')} as v{k}" for k, one in enumerate(FIELDS))
    fields = ", ".join(_field(one, k, number) for k, one in enumerate(FIELDS))
    return f"""
        with numbered as (select case when j < {rows} then (j * {SIDES[side]} + 17) % {rows}
            else j + {number - 1} * {new} end as i from range({rows + new}) t(j)),
        kinds as (select i, hash(i, 'kind') % 100000 as u, {KINDS.format(rows=rows)} as kind
            from numbered),
        known as (select i, {test.saved} is true as saved, {test.changed} is true as changed,
            hash(i, 'first') % {SURELY} + 1 as first from kinds where {test.there}),
        hashed as (select *, {hashes} from known),
        made as (select i, saved, changed, first, {values} from hashed)
        select {_id(side)} as "SystemId", {fields},
            timestamp '{SYNC}' + to_seconds(case when saved then (h % 2592000)::bigint + 1
                else -(h % 31536000)::bigint end) as "SystemModifiedAt"
        from (select *, hash(i, '{side}') as h from made)"""


def _field(one: Made, k: int, number: int) -> str:
    if k == 0:
        return f'v0 as "{one.name}"'
    moves = f"changed and (first = {k} or hash(i, {k}, 'also') % 8 = 0)"
    moved = one.moved.format(v=f"v{k}", n=number)
    return f'case when {moves} then {moved} else v{k} end as "{one.name}"'


def _id(side: str) -> str:
    return f"md5('{side}' || i::varchar)::uuid::varchar"


def coupling_sql(rows: int) -> str:
    """Give the SQL of the coupling list: both ids and both times of the last agreement."""
    return f"""select {_id("holding")} as integration_id, {_id("subsidiary")} as local_id,
        timestamp '{SYNC}' as integration_modified_at, timestamp '{SYNC}' as local_modified_at
        from (select (j * {COUPLED_BY} + 5) % {rows} as i from range({rows}) t(j))"""


def files(rows: int, folder: Path) -> Iterator[tuple[Path, str]]:
    """Give every file with the SQL of its rows."""
    yield folder / "coupling.parquet", coupling_sql(rows)
    for state in STATES:
        for side in SIDES:
            if side == "holding" or state in ("base", "now"):
                yield folder / side / state / "customer.parquet", records_sql(rows, state, side)


def generate(rows: int, folder: Path) -> None:
    """Write every file that is not there yet; one that is there was written whole."""
    with duckdb.connect() as db:
        db.execute(SETTINGS)
        db.execute(f"set temp_directory = '{folder / 'spill'}'")
        for path, query in files(rows, folder):
            if path.exists():
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            unfinished = path.with_suffix(".unfinished")
            db.execute(f"copy ({query}) to '{unfinished}' {PARQUET}")
            unfinished.rename(path)
            if path.parent.name in STATES:
                _write_manifest(path.parent)


def _write_manifest(folder: Path) -> None:
    taken = {"taken_at": f"{STATES[folder.name]}T00:00:00Z", "complete": True}
    (folder / "manifest.json").write_text(json.dumps(taken), "utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Write the exports the benchmark reads.")
    parser.add_argument("rows", type=int)
    parser.add_argument("folder", type=Path)
    asked = parser.parse_args()
    generate(asked.rows, asked.folder)
