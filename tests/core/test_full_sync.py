"""Full synchronization: what is recommended, what waits for what, what may start."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mdsync_nb import frames
from mdsync_nb.core import full_sync
from mdsync_nb.model import LineStatus

FULL, COUPLE, NOTHING = "Full Synchronization", "Couple Records", "No Records Found"


def drawn(text: str) -> list[dict[str, str]]:
    """The rows of a table drawn as text."""
    head, *rows = ([cell.strip() for cell in line.split("|")] for line in text.strip().splitlines())
    return [dict(zip(head, row, strict=True)) for row in rows]


def facts(*rows: tuple[str, str, int | None, int | None]) -> pl.DataFrame:
    schema = {name: frames.REVIEW_FACTS[name] for name in list(frames.REVIEW_FACTS)[:4]}
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(
        coupled=pl.lit(0),
        kind=pl.lit("master_data"),
        integration_table="table",
        base_currency=pl.lit(value=False),
    )


def made(text: str, kept_only: bool = False) -> pl.DataFrame:
    """Lines drawn as a table: line, depends on, status, recommendation (full when not said)."""
    rows = drawn(text)
    places = pl.DataFrame(
        [(one["line"], one["line"], one.get("depends on", "").split()) for one in rows],
        schema={"mapping": pl.String, "table": pl.String, "depends_on": pl.List(pl.String)},
        orient="row",
    )
    told = {"couple": COUPLE, "nothing": NOTHING, "not loaded": "Not Loaded"}
    kept = pl.DataFrame(
        [
            {
                **dict.fromkeys(frames.REVIEW_KEPT),
                "mapping": one["line"],
                "status": "" if one["status"] == "-" else one["status"],
                "recommendation": told.get(one.get("recommended", ""), FULL),
                "message": "",
            }
            for one in rows
            if one["status"] != "no line"
        ],
        schema=frames.REVIEW_KEPT,
    )
    return kept if kept_only else full_sync.review(places, kept)


RECOMMENDED = """
    table    | there | here | recommended
    Currency | 0     | 0    | No Records Found
    Currency | 3     | 2    | Couple Records
    Currency | 3     | 0    | Full Synchronization
    Currency | 0     | 2    | Full Synchronization
    Contact  | 3     | 2    | Couple Records
    Contact  | 3     | 0    | Couple Records
    Contact  | 0     | 0    | Couple Records
    Currency | -     | 2    | Not Loaded
    Currency | 3     | -    | Not Loaded
    Contact  | -     | -    | Not Loaded
"""


def test_the_recommendation_follows_what_either_side_holds() -> None:
    """FS-017; contacts are always coupled (semantics.md 6.3)."""
    for row in drawn(RECOMMENDED):
        there, here = (None if row[one] == "-" else int(row[one]) for one in ("there", "here"))
        line = full_sync.new_lines(facts(("SUB/A", row["table"], there, here)))
        assert line["recommendation"].item() == row["recommended"], row
        assert line["status"].item() == ""


@pytest.mark.parametrize(
    ("there", "here", "recommended"),
    [(1, 0, NOTHING), (1, 3, FULL), (2, 3, COUPLE), (2, 0, FULL), (0, 0, NOTHING)],
)
def test_the_one_schedule_of_units_that_dataverse_always_has_counts_as_none(
    there: int, here: int, recommended: str
) -> None:
    """Source: semantics.md 6.3."""
    of_dataverse = facts(("DV/UNITS", "Unit of Measure", there, here)).with_columns(
        kind=pl.lit("dataverse"), integration_table=pl.lit("uomschedule")
    )
    assert full_sync.new_lines(of_dataverse)["recommendation"].item() == recommended


START = """
    case                                   | A: status  | A: recommended | C: status | B starts | C starts
    FS-002 another dependency is blank     | finished   | full           | -         | no       | yes
    both are finished                      | finished   | full           | finished  | yes      | no
    FS-004 a dependency has no line        | no line    | full           | finished  | yes      | no
    FS-005 a dependency ended in error     | error      | full           | finished  | no       | no
    a dependency has no records            | -          | nothing        | finished  | yes      | no
    a dependency was never loaded          | -          | not loaded     | finished  | yes      | no
    a dependency was left out              | excluded   | full           | finished  | yes      | no
    a dependency is waiting for its turn   | ready      | full           | finished  | no       | no
    FS-016 a dependency is being done      | in process | couple         | finished  | no       | no
"""


@pytest.mark.parametrize("row", drawn(START), ids=lambda row: row["case"])
def test_a_line_starts_when_all_it_depends_on_is_satisfied(row: dict[str, str]) -> None:
    lines = made(
        f"""line | depends on | status | recommended
        A | | {row["A: status"]} | {row["A: recommended"]}
        C | | {row["C: status"]} | full
        B | A C | - | full"""
    )
    starts = set(full_sync.may_start(lines)["mapping"])
    assert ("B" in starts, "C" in starts) == (row["B starts"] == "yes", row["C starts"] == "yes")


@pytest.mark.parametrize("status", [one.value for one in LineStatus if one])
def test_only_blank_lines_start(status: str) -> None:
    """FS-016: a line that was started is not started again by itself."""
    assert full_sync.may_start(made(f"line | status\nA | {status}")).is_empty()


@pytest.mark.parametrize("recommended", ["nothing", "not loaded"])
def test_a_line_without_records_never_starts(recommended: str) -> None:
    lines = made(f"line | status | recommended\nA | - | {recommended}")
    assert full_sync.may_start(lines).is_empty()
    assert lines["wave"].to_list() == [None]


@pytest.mark.parametrize("status", [one.value for one in LineStatus])
def test_a_line_that_was_started_keeps_its_status_and_values(status: str) -> None:
    """FS-006: refreshing touches blank lines only, and brings those that are missing."""
    kept = made(f"line | status | recommended\nA | {status or '-'} | couple", kept_only=True)
    fresh = full_sync.new_lines(facts(("A", "A", 5, 0), ("B", "B", 0, 0)))
    now = {one["mapping"]: one for one in full_sync.refreshed(kept, fresh).to_dicts()}
    before = kept.row(0, named=True)
    assert now["A"] == (before if status else fresh.row(0, named=True))
    assert now["B"]["recommendation"] == NOTHING


WAVES = """
    line | depends on | status   | recommended | wave | waits for
    A    |            | finished | full        | 1    |
    B    | A          | -        | couple      | 2    |
    N    | B          | -        | nothing     | None |
    C    | A B        | -        | full        | 3    | Waits for B.
    D    | N          | -        | full        | 1    |
    E    | C GONE     | -        | full        | 4    | Waits for C.
    X    |            | excluded | full        | None |
    F    | X          | error    | full        | 1    |
    G    | F C        | -        | full        | 4    | Waits for C, F (ended in error).
"""


def test_waves_follow_the_dependencies_and_blank_lines_say_what_they_wait_for() -> None:
    lines = made(WAVES)
    told = lines.select("mapping", pl.col("wave").cast(pl.String).fill_null("None"), "message")
    assert told.rows() == [(one["line"], one["wave"], one["waits for"]) for one in drawn(WAVES)]
    assert lines.schema == pl.Schema(frames.REVIEW)


def test_a_circle_is_entered_at_the_line_that_stands_first() -> None:
    lines = made("line | depends on | status\nA | C A | -\nB | A | -\nC | B | -")
    assert lines["wave"].to_list() == [1, 2, 3]
    assert lines["depends_on"].to_list() == [[], ["A"], ["B"]]
    assert full_sync.may_start(lines)["mapping"].to_list() == ["A"]


def test_leaving_a_line_out_lets_the_others_go_on_and_a_finished_one_stays_finished() -> None:
    kept = made("line | status\nA | error\nB | finished\nC | -", kept_only=True)
    now = dict(full_sync.excluded(kept, ["A", "B"]).select("mapping", "status").rows())
    assert now == {"A": "excluded", "B": "finished", "C": ""}


def test_a_restart_forgets_whatever_became_of_a_line() -> None:
    kept = made("line | status\nA | error\nB | finished\nC | excluded", kept_only=True)
    assert full_sync.restarted(kept, ["A", "B"])["mapping"].to_list() == ["C"]


CASCADE = """
    line | depends on | status     | recommended | runs
    A    |            | in process | full        | yes
    B    | A          | -          | couple      | yes
    C    | B          | -          | full        | yes
    N    | C          | -          | nothing     | no
    D    | N          | -          | full        | yes
    E    |            | error      | full        | no
    F    | E          | -          | full        | no
    O    |            | -          | full        | not asked for
    P    | O          | -          | full        | no
"""


def test_what_ends_lets_others_start_until_nothing_is_left() -> None:
    """FS-008, and what was interrupted goes on first."""
    rows = drawn(CASCADE)
    asked = [one["line"] for one in rows if one["runs"] != "not asked for"]
    found = full_sync.cascade(made(CASCADE), asked)
    assert found["mapping"].to_list() == [one["line"] for one in rows if one["runs"] == "yes"]


NAMES = "ABCDEF"
graphs = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=14)


@given(graphs)
def test_every_line_is_reached_once_and_after_all_it_depends_on(edges: list[tuple[str, str]]):
    """Whatever depends on what, circles too: nothing is left waiting for ever."""
    needs = {name: " ".join(sorted({b for a, b in edges if a == name})) for name in NAMES}
    lines = made("line | depends on | status\n" + "\n".join(
        f"{name} | {needs[name]} | -" for name in NAMES
    ))  # fmt: skip
    assert sorted(full_sync.cascade(lines, NAMES)["mapping"]) == list(NAMES)
    waves = dict(lines.select("mapping", "wave").rows())
    for name, before in lines.select("mapping", "depends_on").rows():
        assert all(waves[one] < waves[name] for one in before)
