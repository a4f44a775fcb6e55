"""What notebooks show besides page one: nothing breaks it, nothing hidden is in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import polars as pl
import pytest

from mdsync_nb import Workbench, frames
from mdsync_nb.engine.explaining import Explanation
from mdsync_nb.engine.messages import RULES
from mdsync_nb.engine.planning import Plan
from mdsync_nb.engine.running import Applied
from mdsync_nb.notebooks import WAITING
from mdsync_nb.reports import pieces
from mdsync_nb.reports.pieces.plans import kept_values, written_values
from mdsync_nb.reports.pieces.timeline import timeline
from mdsync_nb.reports.pieces.words import ACTIONS, why

HARM = '<script>alert(1)</script> & "quoted"'
AT = datetime(2026, 3, 10, 6, 30)


def a_plan(**more: object) -> Plan:
    """A plan of one change, one creation, one deletion and one that fails, full of markup."""
    rows = [
        (f"{HARM}1", "a", "b", "changed", "modify"),
        ("10002", "c", None, "new", "insert"),
        ("10003", None, "d", "undo", "delete"),
        ("10004", "e", "f", "local-change", "fail"),
    ]
    decisions = pl.DataFrame(
        [
            {
                "mapping": "DE/CUSTOMER",
                "source_id": there,
                "destination_id": here,
                "key": key,
                "class": "changed_source",
                "action": action,
                "rule": rule,
                "message": HARM if action == "fail" else "",
                "conflict": "",
            }
            for key, there, here, rule, action in rows
        ],
        schema=frames.DECISIONS,
    )
    cell = {"mapping": "DE/CUSTOMER", "source_id": "a", "destination_id": "b", "class": "source"}
    cell |= {"kept": False, "warning": ""}
    cells = pl.DataFrame(
        [
            cell | {"field": "Name", "source": HARM, "destination": "old", "base": "old"},
            cell | {"field": "E-Mail", "source": "secret@a", "destination": None, "base": None},
            cell | {"field": "City", "source": "Bonn", "destination": "Ulm", "kept": True},
        ],
        schema=frames.CELLS,
    )
    counts = [{"action": row[4], "rule": row[3], "records": 1} for row in rows]
    refused = [{"action": "modify", "records": 90, "of": 100, "limit": 0.2}]
    steps = [{"mapping": "DE/CUSTOMER", "counts": counts, "refused": refused}]
    made = Plan("0a1b2c3d", AT, "modified", HARM, "planned", steps, decisions, cells)
    return replace(made, **more) if more else made


def test_what_a_merge_keeps_is_not_among_what_is_written() -> None:
    assert "City" not in written_values(a_plan())["field"].to_list()
    kept = kept_values(a_plan(), mask=["City"]).drop("base")
    assert kept.rows() == [("DE/CUSTOMER", f"{HARM}1", "City", "•••", "•••")]
    assert kept_values(a_plan())["destination"].to_list() == ["Ulm"]


def test_a_plan_is_told_in_a_sentence_with_its_limits_and_how_to_apply_it() -> None:
    told = pieces.plan_summary(a_plan()).markup
    assert "would write 3 records." in told
    assert "1 record will not be written" in told
    assert "the limit is 20% of 100" in told
    assert "mdsync apply 0a1b2c3d --force" in told
    assert "secret@a" not in told
    shown = pieces.plan_summary(a_plan(status="applied", steps=[])).markup
    assert "was applied." in shown
    assert "--force" not in shown


def test_a_plan_shows_itself_in_a_notebook() -> None:
    assert "would write 3 records." in a_plan()._repr_html_()


def test_what_would_be_written_is_listed_and_masked() -> None:
    rows = written_values(a_plan()).rows()
    assert ("DE/CUSTOMER", f"{HARM}1", "Name", HARM, "old") in rows
    assert ("DE/CUSTOMER", "10002", "whole record", "created", "missing") in rows
    assert ("DE/CUSTOMER", "10003", "whole record", "deleted", "exists") in rows
    assert "secret@a" in pieces.planned_values(a_plan()).markup
    masked = pieces.planned_values(a_plan(), mask=["e-mail", "No."]).markup
    assert "secret@a" not in masked
    assert "10002" not in masked
    assert "old" in masked


def test_a_long_list_says_how_long_it_is() -> None:
    told = pieces.planned_values(a_plan(), shown=2).markup
    assert "The first 2 of 4 rows." in told


def test_what_was_applied_names_its_files_once() -> None:
    files = tuple(Path("out/0a1b/DE") / name for name in ("01_Customer_modify.csv", "README.txt"))
    jobs = [
        Applied(7, "DE/CUSTOMER", {"modified": 1839}, files),
        Applied(8, "DE/VENDOR", {"failed": 1}, files),
    ]
    told = pieces.applied_jobs(jobs).markup
    assert "1,839" in told
    assert told.count("0a1b/DE/README.txt") == 1
    assert "mdsync undo 8" in told
    for nothing in (False, None, []):
        assert "no company was written" in pieces.applied_jobs(nothing).markup


def an_explanation() -> Explanation:
    gates = pl.DataFrame(
        {
            "ladder": ["before"],
            "rule": ["new"],
            "holds": [True],
            "because": [HARM],
            "decides": [False],
        }
    )
    history = pl.DataFrame(
        {
            "job_id": [7],
            "finished_at": [AT],
            "action": ["modify"],
            "rule": ["changed"],
            "outcome": ["applied"],
            "message": [HARM],
        }
    )
    return Explanation(
        mapping="DE/CUSTOMER",
        key="10001",
        name=HARM,
        verdict=HARM,
        action="modify",
        rule="changed",
        gates=gates,
        times={"source modified": AT, "read up to": None},
        cells=a_plan().cells,
        history=history,
    )


def test_the_times_of_a_record_stand_on_one_axis_with_what_lies_between_shaded() -> None:
    times = {
        "source modified": AT,
        "source when last agreed": AT - timedelta(days=4),
        "here modified": AT + timedelta(hours=3),
        "here when last agreed": AT - timedelta(days=4),
        "read up to": AT - timedelta(days=1),
        "last run": AT,
    }
    drawn = ElementTree.fromstring(timeline(times).markup)
    marks = {one.get("class"): one for one in drawn.iter() if one.get("class")}
    assert {"agreed", "there", "here", "flag", "since"} <= marks.keys()
    left, there = float(marks["since"].get("x")), float(marks["there"].get("cx"))
    agreed, here = float(marks["agreed"].get("cx")), float(marks["here"].get("x")) + 6
    assert agreed == left < there < here
    assert "There: read up to here 9 Mar, 06:30:00" in drawn.find("desc").text
    assert timeline({"source modified": AT, "read up to": None}) is None


def test_what_lies_long_before_the_agreement_leaves_room_for_what_happened_since() -> None:
    times = {
        "source modified": AT,
        "source when last agreed": AT - timedelta(days=4),
        "here modified": AT - timedelta(days=1200),
        "read up to": AT + timedelta(days=1),
    }
    drawn = ElementTree.fromstring(timeline(times).markup)
    marks = {one.get("class"): one for one in drawn.iter() if one.get("class")}
    agreed, there = float(marks["agreed"].get("cx")), float(marks["there"].get("cx"))
    assert there - agreed > 400
    assert float(marks["here"].get("x")) < agreed
    assert "← 26 Nov 2022, 06:30:00" in [one.text for one in drawn.iter()]


def test_a_record_is_explained_with_values_times_and_history() -> None:
    told = pieces.explanation(an_explanation()).markup
    for part in ("10001", "secret@a", "<i>blank</i>", "10 Mar 2026, 06:30", "not known"):
        assert part in told
    masked = pieces.explanation(an_explanation(), mask=["Name", "E-Mail"]).markup
    assert "secret@a" not in masked
    assert "nothing to explain" in pieces.explanation(()).markup


@pytest.mark.parametrize(
    "shown",
    [
        lambda: pieces.plan_summary(a_plan()),
        lambda: pieces.planned_values(a_plan()),
        lambda: pieces.plan_waiting(a_plan()),
        lambda: pieces.explanation(an_explanation()),
        lambda: pieces.applied_jobs([Applied(7, HARM, {}, (Path(HARM),))]),
    ],
)
def test_nothing_in_a_record_becomes_markup(shown: object) -> None:
    told = shown().markup  # type: ignore[operator]
    assert "<script" not in told
    assert "&lt;script&gt;" in told


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_words(rule: str) -> None:
    assert why(rule) != rule
    assert why(rule).endswith(".")


def test_every_action_has_words() -> None:
    assert set(ACTIONS) == {str(one) for one in frames.ACTION.categories}


def test_waiting_is_said_and_noted() -> None:
    told = pieces.Waits(1839)._repr_mimebundle_()
    assert told[WAITING] == {"waiting": 1839}
    assert "1,839 records wait for a person." in str(told["text/html"])
    assert str(pieces.Waits(1)) == "1 record waits for a person."
    assert str(pieces.Waits(0)) == "Nothing waits for a person."


def test_the_lists_of_the_demo_are_shown(demo: Path) -> None:
    workbench = Workbench(demo, progress=False)
    jobs = workbench.jobs()
    assert "10 Mar 2026, 01:30" in pieces.loads_table(workbench.loads()).markup
    assert "NORDIC/CUSTOMER" in pieces.status_table(workbench.status()).markup
    assert "coupling" in pieces.jobs_table(jobs).markup
    assert "No error stands." in pieces.errors_table(workbench.errors()).markup
    assert pieces.newest_job(jobs) == jobs["job_id"].max()
    assert pieces.newest_job(jobs, 3) == 3
    assert pieces.newest_job(jobs.clear()) == 0


def test_what_belongs_together_is_shown_with_what_cannot_be_matched(demo: Path) -> None:
    found = pieces.belonging(Workbench(demo, progress=False), "LUMIERE/VENDOR", "CONTACT")
    assert found.to_couple == ["LUMIERE/VENDOR", "LUMIERE/CONTACT"]
    told = pieces.belonging_table(found).markup
    assert "Contact of DEUTSCHLAND was never loaded." in told
    assert "VAT Registration No." in pieces.evidence_table(found).markup
    assert "30100" in pieces.open_records(found).markup
    assert "30100" not in pieces.open_records(found, mask=["No."]).markup
    assert "Nothing was coupled." in pieces.coupled_jobs(False).markup


def test_what_drafted_settings_ask_is_a_row_for_all_lines_that_say_the_same(tmp_path: Path) -> None:
    settings = tmp_path / "mdsync.yaml"
    settings.write_text(
        "# not taken: other.csv\n"
        "currency:   # LOOK: its local <currency>\n"
        "a: 1\n" + "currency:   # LOOK: its local <currency>\n" * 5,
        "utf-8",
    )
    shown = pieces.to_look_at(settings).markup
    assert shown.count("its local &lt;currency&gt;") == 1
    assert "2, 4, 5, 6 and 2 more" in shown
    assert 0 < shown.index("its local") < shown.index("other.csv")
    settings.write_text("name: ours\n", "utf-8")
    assert "asks nothing of you" in pieces.to_look_at(settings).markup


def test_a_drafted_remark_is_whole_and_says_what_it_is_of(tmp_path: Path) -> None:
    settings = tmp_path / "mdsync.yaml"
    settings.write_text(
        "companies:\n"
        "  DE:\n"
        "    complete: unknown   # LOOK: yes, if all\n"
        "    tables:\n"
        "      # columns not recognised: One, Two,\n"
        "      #   Three\n"
        "      Post Code: post_code.csv\n"
        "mappings:\n"
        "  # LOOK: by which fields\n",
        "utf-8",
    )
    shown = pieces.to_look_at(settings).markup
    assert "<td>DE</td><td>yes, if all</td><td>3</td>" in shown
    assert "<td>Post Code</td><td>One, Two, Three</td><td>5</td>" in shown
    assert "<td></td><td>by which fields</td><td>9</td>" in shown


def test_rows_that_were_set_aside_are_named_by_reason_with_the_first_of_each(
    demo_copy: Path,
) -> None:
    bench = Workbench(demo_copy, progress=False)
    shown = pieces.set_aside_table(bench).markup
    assert "rows were set aside, the others were taken." in shown
    assert "select * from set_aside" in shown
    assert bench.sql("select count(*) from set_aside").item() > 0
    first = bench.sql("select file, min(row) as row from set_aside group by all").row(0)
    assert f"{first[0]}, row {first[1]}, " in shown


def test_nothing_is_said_where_every_row_was_taken(tmp_path: Path) -> None:
    (tmp_path / "mdsync.yaml").write_text("name: empty\ncompanies: {A: {folder: a}}\n", "utf-8")
    assert pieces.set_aside_table(Workbench(tmp_path, progress=False)).markup == ""
