"""`Workbench.sql`: anybody's question is answered, and nothing but a question is."""

from __future__ import annotations

import polars as pl
import pytest

from mdsync_nb.errors import UsageError

from .conftest import World


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A world with a load, for many questions."""
    world = World(tmp_path_factory.mktemp("sql"))
    world.in_step("1,Anna,10", "2,Bert,20")
    return world


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        ('select "No.", Name from DE.Thing order by 1', [("1", "Anna"), ("2", "Bert")]),
        ("from HQ.Thing select count(*)", [(2,)]),
        ('select sum(d."Limit") from DE.Thing d join HQ.Thing h using (_id)', [(30,)]),
        ("with x as (select 1 as a) select a from x", [(1,)]),
        ("values (1), (2)", [(1,), (2,)]),
        ("select 1;", [(1,)]),
        ("-- a remark\nselect 1", [(1,)]),
        ("select mapping from coupling limit 1", [("DE/THING",)]),
    ],
)
def test_a_question_is_answered_with_a_frame(world: World, question: str, rows: list[object]):
    assert world.ask(question).rows() == rows


def test_the_tables_can_be_listed_and_described(world: World):
    listed = world.ask("show all tables")
    names = set(listed.select("schema", "name").rows())
    assert {("DE", "Thing"), ("HQ", "Thing"), ("main", "coupling")} <= names
    assert "Limit" in world.ask("describe DE.Thing")["column_name"].to_list()
    assert isinstance(world.ask("summarize DE.Thing"), pl.DataFrame)


@pytest.mark.parametrize(
    "asked",
    [
        "insert into DE.Thing select * from DE.Thing",
        "update coupling set skipped = true",
        "delete from job",
        "with x as (delete from job returning *) select * from x",
        "drop table DE.Thing",
        "create table DE.Other as select 1",
        "create view v as select 1",
        "create temp table t as select 1",
        "select * from read_csv('{root}/DE/thing.csv')",
        "select * from '{root}/DE/thing.csv'",
        "select * from read_text('{root}/mdsync.yaml')",
        "select * from glob('{root}/*')",
        "select * from read_parquet('{root}/*.parquet')",
        "copy (select 1) to '{root}/out.csv'",
        "copy DE.Thing from '{root}/DE/thing.csv'",
        "export database '{root}/all'",
        "attach '{root}/other.duckdb' as other",
        "attach ':memory:' as other",
        "detach workbench",
        "use HQ",
        "install httpfs",
        "load httpfs",
        "create secret s (type s3)",
        "set enable_external_access = true",
        "reset lock_configuration",
        "pragma database_list",
        "pragma enable_profiling",
        "call pragma_version()",
        "checkpoint",
        "vacuum",
        "begin",
        "commit",
        "rollback",
        "rollback; select 1",
        "select 1; select 2",
        "prepare v as select 1",
        "explain analyze delete from job",
        "",
        ";",
        "-- nothing",
    ],
)
def test_what_is_no_question_or_reaches_for_a_file_is_refused_and_does_nothing(
    world: World, asked: str
):
    before = sorted(path.name for path in world.root.rglob("*"))
    with pytest.raises(UsageError) as raised:
        world.ask(asked.format(root=world.root))
    assert raised.value.exit_code == 2
    assert "show all tables" in raised.value.hint
    assert sorted(path.name for path in world.root.rglob("*")) == before
    assert world.ask("select count(*) from DE.Thing").item() == 2
    assert world.ask("select count(*) from job").item() == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("select * from", "syntax error"),
        ("select * from DE.Nothing", "Nothing does not exist"),
        ("select nope from DE.Thing", "nope"),
        ("select * from world", "world"),
        ("select 1 / 'x'", "Conversion Error"),
    ],
)
def test_a_wrong_question_is_an_error_in_the_words_of_the_engine(
    world: World, wrong: str, said: str
):
    with pytest.raises(UsageError, match=said):
        world.ask(wrong)


def test_no_variable_of_the_program_can_be_asked_for(world: World):
    frame = pl.DataFrame({"secret": [1]})
    with pytest.raises(UsageError, match="frame"):
        world.ask("select * from frame")
    assert frame.height == 1


@pytest.mark.parametrize("value", ["1::hugeint", "uuid()", "{'a': [1]}", "map {}", "now()", "null"])
def test_values_of_every_common_kind_come_back(world: World, value: str):
    assert world.ask(f"select {value} as x").shape == (1, 1)


def test_a_value_no_frame_can_hold_is_refused_by_name(world: World):
    with pytest.raises(UsageError, match="cannot be answered"):
        world.ask("select interval 1 day as x")
