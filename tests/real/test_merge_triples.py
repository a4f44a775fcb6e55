"""R2: merges people made of contact data; every cell has the class that was recorded for it.

`merge_cells.parquet` holds the cells that some side of a merge changed, with all three values; null
stands for a record that a side does not have, an empty text for a blank.

- The three merges that were published whole are whole tables.
- Of the others only these cells are known, so each of their records is a table of one record, there
  on all sides, with no value in any field where a side did not have it. Thousands of such tables
  are one table here, its key made of merge, file and record; records of the whole merges are in it
  too. That is the same, because a merge looks at one coupled pair at a time: no field refers to
  another record, no key changes, and a field that was not recorded has no value on any side. The
  records with a conflict are tables of their own as well, and hold the same cells.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
import pytest

from mdsync_nb.engine.comparison import Comparison
from mdsync_nb.workbench import Workbench

WHOLE = {
    "6abbc6380c": "6abbc6380c_legislators-current",
    "8693dbd953": "8693dbd953_legislators-current",
    "fa17e6c811": "fa17e6c811_legislators-social-media",
}
STATES = {"S/1": "base", "D/1": "base", "S/2": "source", "D/2": "subsidiary"}
VALUES = ["base", "source", "subsidiary"]
CLASSES = {
    "source": "src_only",
    "destination": "sub_only",
    "both": "conflict",
    "both_same": "both_same",
}
RECORDED = {"src_only": 12115, "sub_only": 3669, "both_same": 475, "conflict": 10}
IN_WHOLE_TABLES = {"src_only": 2978, "sub_only": 1046, "both_same": 1, "conflict": 2}
RULES = {
    "changed": 4832,
    "merged": 626,
    "kept-here": 93,
    "late-unchanged": 350,
    "local-change": 6,
    "nothing-changed": 2610,
}
ON_ONE_SIDE = {
    "6abbc6380c/C001099": "gone_source_changed_destination",
    "6abbc6380c/C001100": "new_source",
    "fa17e6c811/D000625": "new_destination",
    "fa17e6c811/R000409": "new_destination",
}
ONE_SIDED = """
    merge      | key     | field          | class    | base | source    | subsidiary
    69d8613b70 | P000604 | id_govtrack    | src_only | none | 412506    |
    69d8613b70 | P000604 | id_opensecrets | src_only | none | N00034639 |
    69d8613b70 | P000604 | id_votesmart   | src_only | none | 90668     |
    69d8613b70 | P000604 | term_office    | sub_only | none |           | 2310 Rayburn HOB
    69d8613b70 | P000604 | term_phone     | sub_only | none |           | (202) 225-3436
    6abbc6380c | C001099 | id_icpsr       | sub_only |      | none      | 41306
"""
"""The conflicts that are none where an empty text and no value are one blank."""

SETTINGS = """
companies:
  S: {{folder: "S/{{snapshot}}", complete: yes, format: {{blank: {blank}}}, tables: {{{files}}}}}
  D: {{folder: "D/{{snapshot}}", complete: yes, format: {{blank: {blank}}}, tables: {{{files}}}}}
tables: {{{declared}}}
links:
  D: {{local: D, integration: S, mappings: {{{mappings}}}}}
"""


@pytest.fixture(scope="module")
def recorded(published: Path) -> pl.DataFrame:
    """The cells as they were recorded, with `record`: merge, file and key."""
    cells = pl.read_parquet(published / "merge_triples" / "merge_cells.parquet")
    return cells.with_columns(record=pl.concat_str("merge", "file", "key", separator="/"))


@pytest.fixture(scope="module")
def distinct(
    published: Path, recorded: pl.DataFrame, tmp_path_factory: pytest.TempPathFactory
) -> Comparison:
    root = tmp_path_factory.mktemp("distinct")
    return merged(published / "merge_triples", recorded, root, "distinct")


@pytest.fixture(scope="module")
def canonical(
    published: Path, recorded: pl.DataFrame, tmp_path_factory: pytest.TempPathFactory
) -> Comparison:
    root = tmp_path_factory.mktemp("canonical")
    return merged(published / "merge_triples", recorded, root, "canonical")


def merged(origin: Path, recorded: pl.DataFrame, root: Path, blank: str) -> Comparison:
    """Load what both sides had, couple, load what each made of it, and compare."""
    tables = laid_out(origin, recorded, root)
    write_settings(root, tables, blank)
    bench = Workbench(root, progress=False)
    bench.load(snapshot="1")
    for table in tables:
        pairs = bench.couple(table).pairs
        assert pairs["equal"].all(), table
    bench.load(snapshot="2")
    return bench.compare()


def laid_out(origin: Path, recorded: pl.DataFrame, root: Path) -> dict[str, list[str]]:
    """Write the files of both companies; gives each table with its fields, the key first."""
    conflicts = recorded.filter(pl.col("class") == "conflict")["record"].unique().sort()
    alone = {f"ALONE{n}": [one] for n, one in enumerate(conflicts)}
    records = {"RECORDS": recorded["record"].unique().to_list(), **alone}
    tables: dict[str, list[str]] = {}
    for folder, state in STATES.items():
        (root / folder).mkdir(parents=True)
        for merge, name in WHOLE.items():
            file = root / folder / f"WHOLE_{merge.upper()}.parquet"
            shutil.copy(origin / name / f"{state}.parquet", file)
            tables[file.stem] = pl.read_parquet_schema(file).names()
        for table, those in records.items():
            cells = recorded.filter(pl.col("record").is_in(those))
            wide = cells.pivot("field", index="record", values=state)
            wide.write_parquet(root / folder / f"{table}.parquet")
            tables[table] = wide.columns
    return tables


def write_settings(root: Path, tables: dict[str, list[str]], blank: str) -> None:
    """Declare every field as text; every mapping merges."""
    texts = {one: ", ".join(f"{name}: text" for name in names) for one, names in tables.items()}
    declared = [f"{one}: {{key: {tables[one][0]}, fields: {{{texts[one]}}}}}" for one in tables]
    mappings = [
        f"{one}: {{table: {one}, match: [{names[0]}], update_conflict: merge}}"
        for one, names in tables.items()
    ]
    written = SETTINGS.format(
        blank=blank,
        files=", ".join(f"{one}: {one}.parquet" for one in tables),
        declared=", ".join(declared),
        mappings=", ".join(mappings),
    )
    (root / "mdsync.yaml").write_text(written, "utf-8")


def found_in(compared: Comparison, mappings: str) -> pl.DataFrame:
    """The cells of mappings (a pattern) with the record's key and class as they were recorded."""
    ids = ["mapping", "source_id", "destination_id"]
    pairs = compared.decisions.select(*ids, "key")
    cells = compared.cells.filter(pl.col("mapping").str.contains(mappings))
    return cells.join(pairs, on=ids, nulls_equal=True, validate="m:1").select(
        name_of_merge(),
        "key",
        "field",
        pl.col("class").cast(pl.String).replace(CLASSES),
        "base",
        "source",
        pl.col("destination").alias("subsidiary"),
        "kept",
    )


def name_of_merge() -> pl.Expr:
    """The merge a whole table is named after."""
    return pl.col("mapping").str.extract("_(.*)").str.to_lowercase().alias("merge")


def one_sided() -> pl.DataFrame:
    """The conflicts drawn in ONE_SIDED: `none` is no value, nothing is an empty text."""
    head, *rows = (
        [one.strip() for one in line.split("|")] for line in ONE_SIDED.strip().splitlines()
    )
    drawn = pl.DataFrame(rows, schema=head, orient="row")
    return drawn.with_columns(pl.col(VALUES).replace("none", None))


def changed(recorded: pl.DataFrame) -> pl.DataFrame:
    """The cells a side changed; what only the merge introduced was equal on all sides."""
    return recorded.filter(pl.col("class") != "merge_introduced")


def in_whole_tables(recorded: pl.DataFrame) -> pl.DataFrame:
    """The cells of the whole merges, of records that both sides have."""
    there = pl.all_horizontal(pl.col(VALUES).is_not_null())
    return changed(recorded).filter(pl.col("merge").is_in(list(WHOLE)), there)


def by_record(recorded: pl.DataFrame) -> pl.DataFrame:
    return changed(recorded).select(pl.col("record").alias("key"), "field", "class", *VALUES)


def counted(rows: pl.DataFrame, by: str = "class") -> dict[str, int]:
    return dict(rows.group_by(by).len().rows())


def assert_same(found: pl.DataFrame, expected: pl.DataFrame) -> None:
    """No cell more, none less; the same class and the same three values."""
    names = expected.columns
    ours, theirs = found.select(names).sort(names[:3]), expected.sort(names[:3])
    assert ours.equals(theirs), ours.join(theirs, on=names, how="anti", nulls_equal=True)


def test_the_three_whole_merges_have_the_cells_that_were_recorded(
    distinct: Comparison, recorded: pl.DataFrame
) -> None:
    expected = in_whole_tables(recorded).select("merge", "key", "field", "class", *VALUES)
    assert counted(expected) == IN_WHOLE_TABLES
    assert_same(found_in(distinct, "/WHOLE_"), expected)


def test_records_that_one_side_lacks_are_told_as_records_in_whole_tables(
    distinct: Comparison, recorded: pl.DataFrame
) -> None:
    """Their 64 recorded cells are held where each is a table of one record, there on both sides."""
    name = pl.concat_str("merge", "key", separator="/").alias("record")
    found = distinct.decisions.filter(
        pl.col("mapping").str.contains("/WHOLE_"),
        pl.col("class").cast(pl.String).str.contains("^(new|gone)_"),
    ).select(name_of_merge(), "key", "class")
    assert dict(found.select(name, "class").rows()) == ON_ONE_SIDE
    cells = changed(recorded).filter(pl.col("merge").is_in(list(WHOLE)))
    rest = cells.join(in_whole_tables(recorded), on=["record", "field"], how="anti").select(name)
    assert rest.height == 64
    assert set(rest["record"]) == set(ON_ONE_SIDE)


def test_every_record_as_a_table_of_one_has_the_cells_that_were_recorded(
    distinct: Comparison, recorded: pl.DataFrame
) -> None:
    expected = by_record(recorded)
    assert counted(expected) == RECORDED
    assert_same(found_in(distinct, "/RECORDS$"), expected)


def test_records_with_a_conflict_hold_the_same_cells_in_tables_of_their_own(
    distinct: Comparison, recorded: pl.DataFrame
) -> None:
    conflicts = recorded.filter(pl.col("class") == "conflict").select("record").unique()
    assert conflicts.height == 6
    expected = by_record(recorded.join(conflicts, on="record", how="semi"))
    assert_same(found_in(distinct, "/ALONE"), expected)


def test_the_merge_stops_conflicts_takes_what_is_theirs_and_leaves_what_is_ours(
    distinct: Comparison, recorded: pl.DataFrame
) -> None:
    has = {one: (pl.col("class") == one).any() for one in RECORDED}
    rule = (
        pl.when(has["conflict"]).then(pl.lit("local-change"))
        .when(has["src_only"] & has["sub_only"]).then(pl.lit("merged"))
        .when(has["src_only"]).then(pl.lit("changed"))
        .when(has["both_same"] & has["sub_only"]).then(pl.lit("kept-here"))
        .when(has["both_same"]).then(pl.lit("late-unchanged"))
        .otherwise(pl.lit("nothing-changed"))
    )  # fmt: skip
    expected = by_record(recorded).group_by("key").agg(rule.alias("rule"))
    decided = distinct.decisions.filter(mapping="D/RECORDS").select("key", "rule")
    both = expected.join(decided, on="key", how="left", suffix="_found")
    assert both.filter(pl.col("rule").ne_missing(pl.col("rule_found"))).is_empty()
    cells = found_in(distinct, "/RECORDS$").join(expected, on="key")
    left = (pl.col("class") == "sub_only") & pl.col("rule").is_in(["merged", "kept-here"])
    assert cells.filter(pl.col("kept") != left).is_empty()
    assert counted(expected, "rule") == RULES


def test_with_one_blank_the_listed_conflicts_are_one_sided_and_no_other_class_changes(
    canonical: Comparison, recorded: pl.DataFrame
) -> None:
    cells = changed(recorded)
    places = ["merge", "key", "field"]
    listed = one_sided()
    conflicts = cells.filter(pl.col("class") == "conflict")
    before = conflicts.join(listed, on=places, how="semi").select(*places, *VALUES)
    assert before.sort(places).equals(listed.select(*places, *VALUES).sort(places))
    expected = (
        cells.join(listed.select(*places, now="class"), on=places, how="left")
        .with_columns(pl.col(VALUES).replace("", None), **{"class": pl.coalesce("now", "class")})
        .select(pl.col("record").alias("key"), "field", "class", *VALUES)
    )
    found = found_in(canonical, "/RECORDS$")
    assert_same(found, expected)
    assert counted(found) == {"src_only": 12118, "sub_only": 3672, "both_same": 475, "conflict": 4}


def test_the_whole_merges_have_the_same_classes_with_one_blank(
    canonical: Comparison, recorded: pl.DataFrame
) -> None:
    """Both of their conflicts are between texts; no side of them lacks a value."""
    expected = in_whole_tables(recorded).with_columns(pl.col(VALUES).replace("", None))
    found = found_in(canonical, "/WHOLE_")
    assert_same(found, expected.select("merge", "key", "field", "class", *VALUES))
