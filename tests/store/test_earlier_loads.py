"""A table as an earlier load left it: what is known now, less all that changed since."""

from __future__ import annotations

from typing import Any

import pytest

from mdsync_nb.errors import UsageError

from .conftest import World

Rows = dict[str, tuple[Any, ...]]


def differs(world: World, there: str) -> tuple[dict[str, str], set[tuple[str, str, str, str]]]:
    """What a drift says: the state of each record, and its values that differ."""
    found = world.bench.drift("Thing", there=there, here="DE")
    states = dict(found.records.select("key", "state").rows())
    cells = found.cells.join(found.records.select("record", "key"), on="record")
    return states, set(cells.select("key", "field", "there", "here").rows())


def by_hand(before: Rows, now: Rows) -> tuple[dict[str, str], set[tuple[str, str, str, str]]]:
    """The same from the rows that were written down then."""
    names = ("No.", "Name", "Limit")
    cells = {
        (key, names[n], _text(before[key][n]), _text(now[key][n]))
        for key in before.keys() & now.keys()
        for n in (1, 2)
        if before[key][n] != now[key][n]
    }
    states = {key: "differs" for key, *_ in cells}
    states |= dict.fromkeys(before.keys() - now.keys(), "only there")
    return states | dict.fromkeys(now.keys() - before.keys(), "only here"), cells


def _text(value: Any) -> str:
    return value if isinstance(value, str) else f"{value:f}".rstrip("0").rstrip(".")


def rows(world: World) -> Rows:
    return {row[0]: row for row in world.rows()}


def test_every_load_can_be_had_again_whatever_came_after_it(world: World) -> None:
    then: dict[int, Rows] = {}
    world.in_step("1,Anna,10", "2,Bert,20", "3,Cleo,30", "4,Dora,40")
    deliveries = [
        ("1,Anna,10", "2,Bert,20", "3,Cleo,30", "4,Dora,40"),
        ("1,Anne,10", "2,Bert,21", "3,Cleo,30"),
        ("1,Anna,10", "2,Bert,22", "4,Dora,41", "5,Emil,50"),
        ("2,Bert,20", "4,Dora,40", "5,Emil,51"),
    ]
    for lines in deliveries:
        world.deliver("DE", *lines)
        load = world.load("DE")["DE"]["load_id"]
        then[load] = rows(world)
    world.deliver("HQ", "1,Anna,11", "2,Berta,25", "4,Dora,40")
    world.load("HQ")
    world.sync(full=True)
    assert rows(world) != then[max(then)]
    for load, before in then.items():
        assert differs(world, f"DE@{load}") == by_hand(before, rows(world)), load


def test_a_side_is_named_by_its_load_in_three_ways(world: World) -> None:
    world.in_step("1,Anna,10")
    first = world.ask("select as_of from image where company = 'DE'").item()
    world.later(days=2)
    world.deliver("DE", "1,Anna,12")
    world.load("DE")
    for word in ("previous", "2", f"{first:%Y-%m-%d}"):
        found = world.bench.drift("Thing", there=f"DE@{word}")
        assert found.cells.select("there", "here").rows() == [("10", "12")], word
    with pytest.raises(UsageError, match="no such load"):
        world.bench.drift("Thing", there="DE@7")


def test_a_field_whose_values_a_later_load_took_away_is_not_compared(world: World) -> None:
    settings = (world.root / "mdsync.yaml").read_text("utf-8")
    world.write(
        settings.replace(
            "fields: {No.: code(20), Name: text, Limit: decimal(2)}", "fields: {No.: code(20)}"
        )
    )
    world.in_step("1,Anna,10")
    world.deliver("DE", "1,Anne", header="No.,Name")
    world.load("DE")
    found = world.bench.drift("Thing", there="DE@previous")
    states = dict(found.fields.select("field", "state").rows())
    assert states == {"No.": "compared", "Name": "compared", "Limit": "not kept"}
    assert found.cells.select("field", "there", "here").rows() == [("Name", "Anna", "Anne")]


def test_what_clean_up_forgot_is_said(world: World) -> None:
    world.in_step("1,Anna,10")
    for limit in (11, 12, 13):
        world.deliver("HQ", f"1,Anna,{limit}")
        world.load("HQ")
        world.sync()
    before = world.bench.drift("Thing", there="DE@2")
    assert before.cells.select("there", "here").rows() == [("10", "13")]
    world.bench.clean_up(keep=1)
    with pytest.raises(UsageError, match="cannot be known any more"):
        world.bench.drift("Thing", there="DE@2")
    assert world.bench.drift("Thing", there="DE", here="HQ").states["equal"] == 1
