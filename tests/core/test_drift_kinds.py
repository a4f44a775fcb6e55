"""How two values differ, drawn as a table."""

from __future__ import annotations

import polars as pl

from mdsync_nb import frames
from mdsync_nb.core.drift_kinds import kinds, with_kinds
from mdsync_nb.core.drift_spread import spread

KINDS = """
    type     | there               | here                | kind         | detail
    text     | -                   | Oslo                | blank-there  |
    text     | Oslo                | -                   | blank-here   |
    text     | Oslo                | OSLO                | capitals     |
    text     | Oslo  AS            | OsloAS              | capitals     |
    text     | 030-12              | 030 12              | punctuation  |
    text     | Lumière             | Lumiere             | accents      |
    code     | 00010               | 10                  | zeros        |
    text     | Anna Berg           | Berg, Anna          | order        |
    text     | Dock 4              | Dock 4, Gate B      | longer-here  |
    text     | Dock 4, Gate B      | Dock 4              | longer-there |
    text     | Harbour Street      | Harbour Street 1    | cut-there    | 14
    text     | Oslo                | Bergen              | other        |
    decimal  | 5                   | 0                   | zero-here    |
    decimal  | 5                   | -5                  | sign         |
    decimal  | 5                   | 500                 | ratio        | × 100
    decimal  | 20.004              | 20                  | rounded-here |
    decimal  | 5                   | 7                   | other        |
    date     | 2026-03-02          | 2026-02-03          | exchanged    |
    date     | 2026-03-02          | 2024-03-02          | years        | 2 years earlier
    date     | 2026-03-02          | 2026-05-09          | date         |
    datetime | 2026-03-02T08:00:00 | 2026-03-02T09:00:00 | hours        | 1 hour later
    boolean  | true                | false               | other        |
"""
SHARED = [("100", "119"), ("200", "238"), ("300", "357")]


def found(rows: list[tuple[str, str | None, str | None]], kind: str = "") -> pl.DataFrame:
    """The kinds of values; each row is of a type, in a field of its own unless one is given."""
    fields = [kind or f"{n}" for n in range(len(rows))]
    types = {name: row[0] for name, row in zip(fields, rows, strict=True)}
    compared = pl.DataFrame(
        [
            {"field": name, "here_field": name, "type": of, "length": 14 if of == "text" else None,
             "here_length": None, "state": "compared", "carried": True}
            for name, of in types.items()
        ],
        schema=frames.DRIFT_COMPARED,
    )  # fmt: skip
    values = pl.DataFrame(
        {
            "record": range(len(rows)),
            "field": fields,
            "there": [there for _, there, _ in rows],
            "here": [here for _, _, here in rows],
        }
    )
    return with_kinds(frames.conform(values, frames.DRIFT_FOUND), compared).sort("record")


def test_every_pair_of_values_has_the_first_kind_that_fits() -> None:
    lines = [[one.strip() for one in line.split("|")] for line in KINDS.strip().splitlines()[1:]]
    blank = {"-": None}
    rows = [(of, blank.get(there, there), blank.get(here, here)) for of, there, here, *_ in lines]
    told = found(rows).select(pl.col("kind").cast(pl.String), "detail").rows()
    assert told == [(kind, detail) for *_, kind, detail in lines]


def test_a_ratio_that_many_share_is_one_kind_with_its_most_frequent_pair() -> None:
    told = found([("decimal", *one) for one in (*SHARED, ("7", "8"))], kind="Price")
    rows = kinds(told, ("HQ", "DE")).select("what", "records", "there", "here").rows()
    assert rows == [("× 1.19 in DE", 3, "100", "119"), ("another value", 1, "7", "8")]


def test_numbers_spread_in_decades_on_either_side_of_nothing() -> None:
    told = found([("decimal", "0", "5"), ("decimal", "0", "7"), ("decimal", "500", "0")], "Limit")
    steps = spread(told, "decimal").filter(pl.col("records") > 0)
    assert steps.select("what", "records").rows() == [("100 to 1,000 less", 1), ("1 to 10 more", 2)]
