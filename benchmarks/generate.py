"""Write the exports the benchmark reads: two companies of customers, a pure function of the rows.

    python benchmarks/generate.py ROWS FOLDER

20 columns a side: SystemId (the key, text), SystemModifiedAt, and 18 typed fields; the subsidiary
has ids and an order of its own, `coupling.parquet` says who belongs to whom. States of a company:

    base     both sides hold equal values; every pair agreed at SYNC
    now      modified since: 2 % in source only, 2 % in subsidiary only, 0.2 % in both with
             differing values; of these 10 % only touched (the time moved, no value); 0.5 % deleted
             on either side; 0.01 % drift (a value of the subsidiary moved, its time did not);
             1 % new on either side
    hundred  base with 100 records modified in source
    many     base with 50,000 records modified in source (never more than 5 %)
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import NamedTuple

import duckdb

SYNC = "2025-06-01 00:00:00"
STATES = {
    "base": ("holding", "subsidiary"),
    "now": ("holding", "subsidiary"),
    "hundred": ("holding",),
    "many": ("holding",),
}
TAKEN_AT = {"base": "2025-06-01", "now": "2025-07-05", "hundred": "2025-07-05", "many": "2025-07-05"}
NEW_SHARE, CHANGES, CHANGES_MOST = 100, 100, 50_000
ORDER = {"holding": 1, "subsidiary": 7368787, "coupling": 2654437}
"""A prime by which the row numbers are multiplied: the order of a file."""

LASTS = "Mueller Schmidt Fischer Weber Meyer Wagner Becker Schulz Hoffmann Koch Bauer Richter Klein Wolf Neumann Schwarz"
FIRSTS = "Anna Ben Carla David Emma Felix Greta Hugo Ida Jonas Klara Leon Mia Noah Olga Paul"
CITIES = "Nordburg Ostheim Weststadt Altdorf Neuhausen Badfeld Oberberg Talbach Furt Kirchen Auheim Suedtal"
COUNTRIES = "DE AT CH FR IT ES NL BE LU PL CZ DK SE NO FI GB IE PT US CA"
SALES = "JO RL HR BD KH OF"


class Made(NamedTuple):
    """A field: its name, and the SQL of its value from `h`, a hash, and `i`, the row number.

    moved: the SQL of its value after a change, from `v` and `n`, 1 in source and 2 in subsidiary.
    """

    name: str
    value: str
    moved: str = "coalesce(v, '') || ' ' || n"


def _one_of(words: str, bits: int = 0) -> str:
    listed = ", ".join(f"'{word}'" for word in words.split())
    return f"[{listed}][((h >> {bits}) % {len(words.split())})::int + 1]"


FIELDS = (
    Made("No.", "'C' || lpad(i::varchar, 10, '0')"),
    Made("Name", f"{_one_of(LASTS)} || ' ' || to_base(i, 36) || ' GmbH'"),
    Made("Name 2", f"case when h % 20 <> 0 then {_one_of(FIRSTS, 8)} || ' ' || {_one_of(LASTS, 16)} end"),
    Made("Address", f"{_one_of(LASTS)} || 'strasse ' || (h >> 8) % 250"),
    Made("City", _one_of(CITIES)),
    Made("Post Code", "lpad((h % 99999)::varchar, 5, '0')"),
    Made("Country/Region Code", _one_of(COUNTRIES)),
    Made("Phone No.", "case when h % 10 <> 0 then '+49 ' || (h >> 8) % 9000 || ' ' || (h >> 24) % 9000000 end"),
    Made("E-Mail", "'u' || to_base((h % 4503599627370496)::bigint, 36) || '@example' || (h >> 40) % 50 || '.com'"),
    Made("VAT Registration No.", "'DE' || (100000000 + i)"),
    Made("Salesperson Code", _one_of(SALES)),
    Made("Credit Limit (LCY)", "((h % 10000000)::bigint / 100)::decimal(12, 2)", "v + n"),
    Made("Budgeted Amount", "(((h % 2000000000)::bigint - 1000000000) / 100)::decimal(14, 2)", "v + n"),
    Made("Statistics Group", "(h % 41)::int", "v + n"),
    Made("Priority", "case when h % 20 <> 0 then (h % 5000000)::int end", "coalesce(v, 0) + n"),
    Made("Customer Since", "date '1980-01-01' + (h % 16000)::int", "v + n"),
    Made("Prices Including VAT", "h % 10 <> 0", "not v"),
    Made("Combine Shipments", "h % 50 = 0", "not v"),
)  # fmt: skip
NAMES = tuple(one.name for one in FIELDS)
ALWAYS = 15
"""A changed record changes one of the fields 1 to 15 (never the number, never just a yes or no),
and each of the others with a chance of one in eight."""


def records_sql(rows: int, state: str, side: str) -> str:
    """Give the SQL of one company's records in one state."""
    n = 1 if side == "holding" else 2
    values = ", ".join(
        f'case when changed and ({k} = 1 + ff % {ALWAYS} or {k} > 0 and hash(i, {k}, 3) % 8 = 0)'
        f' then {one.moved.replace("v", f"(v{k})", 1).replace("n", str(n)) if False else _moved(one, k, n)} else v{k} end as "{one.name}"'
        for k, one in enumerate(FIELDS)
    )
    return values
