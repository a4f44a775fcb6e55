"""What verbs give shows itself in a notebook, and in one line at a terminal; nothing hidden is in
it, and nothing of a record becomes markup."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from mdsync_nb import Workbench
from mdsync_nb.engine.running import Jobs
from mdsync_nb.reports.pieces.explained import explanation
from tests.reports.hostile import SCRIPT, SECRETS, Hostile, lived

PACKAGE = Path(__file__).parents[2] / "mdsync_nb"
CUSTOMER = "SUB/CUSTOMER"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Hostile:
    """Two hostile companies with a life, whose mail and numbers are hidden."""
    return lived(tmp_path_factory.mktemp("shown"), mask=["E-Mail", "No."])


def decided(bench: Workbench) -> Any:
    """One record is decided; a decision about the mail of another one is wrong."""
    waits = bench.compare(CUSTOMER).worklist.filter(field="E-Mail")
    said = waits.with_row_index("row", offset=2)
    return bench.decide(said.with_columns(decision=pl.lit(SECRETS[0]), value=pl.lit(SECRETS[1])))


GIVEN: dict[str, tuple[Callable[[Workbench], Any], str]] = {
    "workbench": (lambda bench: bench, r"Workbench\('.*', 1 mappings\)"),
    "compare": (lambda bench: bench.compare(), r"Comparison\(2 of 5 pairs agree, 3 records wait\)"),
    "match": (lambda bench: bench.match(CUSTOMER), r"Matched\(SUB/CUSTOMER: 5 coupled\)"),
    "explain": (
        lambda bench: bench.explain(CUSTOMER, "10001"),
        r"Explanation\(SUB/CUSTOMER: fail, local-change, 2 fields differ\)",
    ),
    "plan": (lambda bench: bench.plan(full=True), r"Plan\(\w{8}: 0 to write, 3 wait\)"),
    "apply": (
        lambda bench: bench.apply(bench.plan(CUSTOMER, full=True).plan_id),
        r"Jobs\(job \d+: 3 failed\)",
    ),
    "decide": (decided, r"Decided\(records: 0, left out: 2, None\)"),
    "synchronize_records": (
        lambda bench: bench.synchronize_records(CUSTOMER, records=["10001", "10004"]),
        r"Asked\(1 of 2 records, 1 left out, Plan\(\w{8}: .*\)\)",
    ),
    "forecast": (
        lambda bench: bench.forecast(),
        r"Forecast\(1 lines: couples 0, creates 0, changes 0, 0 look alike\)",
    ),
    "start_review": (
        lambda bench: bench.start_review(),
        r"Started\(1 of 1 lines finished, jobs: \d, errors: 0\)",
    ),
    "show_mapping": (
        lambda bench: bench.show_mapping(CUSTOMER),
        r"Described\(SUB/CUSTOMER: \d+ of \d+ fields enabled\)",
    ),
    "disable_mappings": (
        lambda bench: bench.disable_mappings(CUSTOMER),
        r"Edit\(mdsync\.yaml: \+1 -0\)",
    ),
}


@pytest.mark.parametrize("verb", GIVEN)
def test_what_a_verb_gives_shows_itself(verb: str, world: Hostile) -> None:
    gives, line = GIVEN[verb]
    given = gives(world.bench)
    assert re.fullmatch(line, repr(given)), repr(given)
    shown = given._repr_html_()
    assert shown.startswith('<style data-mdsync="look">')
    assert 'class="headline"' in shown
    assert "<script" not in shown
    for secret in (*SECRETS, ">10001<", " 10001", ">10004<"):
        assert secret not in shown + repr(given), secret
    assert len(shown) < 50_000


def test_a_record_is_shown_with_its_values_in_words(world: Hostile) -> None:
    found = world.bench.explain(CUSTOMER, "10001")
    shown = found._repr_html_()
    assert "Here: in SUB &lt;b&gt;&amp;" in shown
    assert "Changed in both, to different values" in shown
    assert "250.00" in shown
    assert shown.count("•••") > 2
    told = explanation(replace(found, masked=())).markup
    assert SECRETS[0] in told
    assert "10001" in told
    assert SCRIPT not in told


def test_a_workbench_says_what_it_holds_and_what_to_do_next(demo_copy: Path) -> None:
    workbench = Workbench(demo_copy, progress=False)
    shown = workbench._repr_html_()
    for part in (
        "Harbour &amp; Hale Group",
        "4 companies, 3 links, 24 of 27 mappings switched on.",
        "Lumière from Harbour &amp; Hale Group",
        "2,059",
        "Nothing was synchronized yet.",
    ):
        assert part in shown
    jobs = workbench.sync("NORDIC/VENDOR")
    workbench.undo(jobs[-1].job_id)
    shown = workbench._repr_html_()
    assert "14 records failed. Why: <code>workbench.errors()</code>" in shown
    assert "<code>workbench.retry(&quot;NORDIC/VENDOR&quot;)</code>" in shown
    assert "<code>workbench.plan()</code>" in shown


def test_a_workbench_that_holds_nothing_says_how_to_begin(tmp_path: Path) -> None:
    bench = Hostile(tmp_path).bench
    shown = bench._repr_html_()
    assert "Nothing is loaded yet." in shown
    assert "<script" not in shown
    assert not (tmp_path / ".mdsync").exists()


def test_a_workbench_that_somebody_holds_is_shown_all_the_same(world: Hostile) -> None:
    own = duckdb.connect(str(world.bench.store.file.path))
    try:
        shown = world.bench._repr_html_()
    finally:
        own.close()
    assert "cannot be asked now." in shown
    assert "this very program" in shown
    assert "1 of 1 mapping switched on" in shown


def test_jobs_are_a_list_that_says_what_it_did() -> None:
    assert repr(Jobs()) == "[]"
    assert "no company was written" in Jobs()._repr_html_()


def test_tab_offers_the_verbs_of_an_open_workbench_and_its_page_says_what_each_is_for(
    world: Hostile,
) -> None:
    names = dir(world.bench)
    assert {"view", "workspace", "compare", "apply"} <= set(names)
    assert not [one for one in names if one.startswith("_")]
    assert {"init", "demo", "lab", "store"}.isdisjoint(names)
    shown = world.bench._repr_html_()
    for name in set(names) - {"view", "workspace"}:
        first = inspect.getdoc(getattr(world.bench, name)).splitlines()[0]  # type: ignore[union-attr]
        assert first
        assert f">{name}</code>" in shown


@pytest.mark.parametrize("room", ["reports", "widgets"])
def test_numbers_are_written_in_one_place(room: str) -> None:
    english = re.compile(r":,[}.\d]|:,\}")
    files = [one for one in (PACKAGE / room).rglob("*.py") if one.name != "wording.py"]
    found = [one.name for one in files if english.search(one.read_text("utf-8"))]
    assert found == ["markup.py"] * (room == "reports")
