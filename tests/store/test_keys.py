"""Records are found by their primary keys, wherever these lie among those that are there."""

from __future__ import annotations

import polars as pl
import pytest

from .conftest import World

THERE = ("010,Anna,10", "020,Bert,20", "030,Cleo,30")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ([], []),
        (["010"], ["010"]),
        (["015"], []),
        (["000", "999"], []),
        (["020", "999"], ["020"]),
        (["", "030"], ["030"]),
        (["", "999"], []),
        (["030", "010", "010"], ["010", "030"]),
    ],
)
def test_the_keys_that_are_there_are_found_and_no_others(
    world: World, asked: list[str], found: list[str]
):
    world.in_step(*THERE)
    with world.bench.store.reading() as reading:
        image = reading.image("DE", "Thing")
        assert image is not None
        keys = pl.Series(asked, dtype=pl.String)
        assert sorted(reading.keys_present(image, keys)) == found
        assert len(reading.rows_with_keys(image, keys)) == len(found)
