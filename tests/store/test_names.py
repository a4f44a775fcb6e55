"""Names as people give them: quotes, other alphabets, words SQL keeps for itself, and SQL itself."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from mdsync_nb.errors import UsageError

from .conftest import World

HOSTILE = (
    "Ærø Ålbæk Øl",
    "株式会社",
    "select",
    "order by",
    "x; drop table job; --",
    "workbench",
    "memory",
    "$company",
    "{name}",
    "100%",
)
VALUES = ("O'Neill", 'say "hi"', "'; drop table job; --", "$plan", "línea\\nueva", "Ωmega ✓", "%_")


def named(world: World, *, company: str = "DE", table: str = "Thing", field: str = "Name") -> None:
    """A world in which a company, a table and a field are called so."""
    tables = {table: "thing.csv"}
    settings = {
        "companies": {
            "HQ": {"folder": "HQ", "complete": "yes", "tables": tables},
            company: {"folder": "DE", "complete": "yes", "tables": tables},
        },
        "tables": {table: {"key": "No.", "fields": {"No.": "code(20)", field: "text"}}},
        "limits": {"updates": "100%", "inserts": "100%", "deletes": "100%"},
        "links": {
            "L": {
                "local": company,
                "integration": "HQ",
                "first_sync": "source_wins",
                "mappings": {"THING": {"table": table, "match": ["No."]}},
            }
        },
    }
    world.write(yaml.safe_dump(settings, allow_unicode=True).replace("'yes'", "yes"))


def round_trip(world: World, field: str = "Name") -> None:
    """Load, couple, change, create, apply, undo: everything a name goes through."""
    header = f'No.,"{field.replace(chr(34), chr(34) * 2)}"'
    quoted = ['"' + value.replace('"', '""') + '"' for value in VALUES]
    old = [f"{n},old {n}" for n in range(len(VALUES))]
    world.deliver("DE", *old, header=header)
    world.deliver("HQ", *old, header=header)
    world.load()
    world.bench.couple("THING")
    world.deliver("HQ", *(f"{n},{one}" for n, one in enumerate(quoted)), "'9,new", header=header)
    world.load("HQ")
    assert world.sync(full=True) == {"inserted": 1, "modified": len(VALUES)}
    assert world.planned(full=True) == {"touched": len(VALUES) + 1}
    assert world.bench.compare().cells.is_empty()
    (undone,) = world.bench.undo(world.last_job())
    assert (undone.counts["modified"], undone.counts["deleted"]) == (len(VALUES), 1)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_company_may_be_called_anything(world: World, name: str):
    named(world, company=name)
    world.deliver("HQ", "1,Anna", header="No.,Name")
    world.deliver("DE", "1,Bert", header="No.,Name")
    world.load()
    world.bench.couple("THING")
    assert world.sync() == {"modified": 1}
    assert world.bench.compare().cells.is_empty()
    schemas = {row[0] for row in world.ask("show all tables").select("schema").rows()}
    assert schemas & {name, f"{name}_"}


@pytest.mark.parametrize("name", ["job", "select", "'; drop table job; --", 'a "b"', "Güter/株"])
def test_a_table_may_be_called_anything(world: World, name: str):
    named(world, table=name)
    round_trip(world)
    quoted = '"' + name.replace('"', '""') + '"'
    assert world.ask(f"select count(*) from DE.{quoted}").item() == len(VALUES)


@pytest.mark.parametrize(
    "name", ["select", 'a "b"', "it's; --", "Größe €", "key", "field", "Status"]
)
def test_a_field_may_be_called_anything_and_hold_anything(world: World, name: str):
    named(world, field=name)
    round_trip(world, name)


def test_images_that_would_differ_in_capitals_only_are_refused(world: World):
    """A company that was renamed, and two tables of one company."""
    world.deliver("DE", "1,Anna,10")
    world.load("DE")
    text = (world.root / "mdsync.yaml").read_text("utf-8")
    world.write(text.replace("DE:", "De:").replace("local: DE", "local: De"))
    with pytest.raises(UsageError, match="De Thing and DE Thing differ in capitals only"):
        world.load("De")
    world.write(
        text.replace("Thing: thing.csv", "Thing: thing.csv, THING: thing.csv").replace(
            "  Thing: {key", "  THING: {key: No.}\n  Thing: {key"
        )
    )
    with pytest.raises(UsageError, match="DE THING and DE Thing differ in capitals only"):
        world.load("DE")


def test_a_workspace_may_lie_in_a_folder_with_any_name(tmp_path: Path):
    root = tmp_path / 'it\'s "100%" $HOME ü'
    root.mkdir()
    world = World(root)
    world.in_step("1,Anna,10")
    world.deliver("HQ", "1,Anne,10")
    world.load()
    assert world.sync() == {"modified": 1}
