"""With --json standard output is JSON and nothing else, for what was found and for errors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

LOOKS = {
    "status": "mappings",
    "compare NORDIC": "worklist",
    "rehearse NORDIC": "rehearsal",
    "rehearse NORDIC --values": "values",
    "plan NORDIC": "decisions",
    "errors": "errors",
    "jobs": "jobs",
    "jobs --job 1": "records",
    "explain NORDIC/CUSTOMER 10250": "gates",
    "doctor NORDIC": "findings",
    "couple LUMIERE/CUSTOMER --dry-run": "evidence",
    "load LUMIERE": "loads",
    "retry NORDIC/CUSTOMER": "released",
}


@pytest.mark.parametrize(("words", "holds"), LOOKS.items(), ids=list(LOOKS))
def test_what_was_found_is_json(words: str, holds: str, demo_copy: Path, mdsync_json: Any) -> None:
    found, code = mdsync_json(*words.split(), folder=demo_copy)
    assert holds in found
    assert code in {0, 1}


def test_a_comparison_says_what_waits(demo: Path, mdsync_json: Any) -> None:
    found, _ = mdsync_json("compare", "NORDIC", folder=demo)
    assert (found["true_conflicts"], found["timestamp_only"]) == (1, 24)
    first = found["worklist"][0]
    assert (first["key"], first["field"]) == ("10250", "Credit Limit (LCY)")
    assert first["base_at"].endswith("Z")


def test_what_is_written_is_json_too(demo_copy: Path, mdsync_json: Any) -> None:
    made, _ = mdsync_json("plan", "NORDIC/ITEM", folder=demo_copy)
    assert made["writes"] == 12
    applied, code = mdsync_json("apply", made["plan_id"], "--yes", folder=demo_copy)
    assert code == 0
    (job,) = applied["jobs"]
    assert job["counts"]["modified"] == 12
    assert all(Path(file).is_file() for file in job["files"])
    undone, code = mdsync_json("undo", job["job_id"], "--yes", folder=demo_copy)
    assert (undone["jobs"][0]["counts"]["modified"], code) == (12, 0)


def test_values_of_a_query_keep_their_meaning(demo: Path, mdsync_json: Any) -> None:
    query = "select 'a' as t, 7 as n, 1.5::decimal(9,2) as d, null as x, true as b, [1, 2] as l"
    found, _ = mdsync_json("sql", query, folder=demo)
    assert found["rows"] == [{"t": "a", "n": 7, "d": "1.50", "x": None, "b": True, "l": [1, 2]}]


@pytest.mark.parametrize(
    ("words", "error", "hint"),
    [
        ("compare FROB", "There is no mapping 'FROB'.", "Known: "),
        ("plan --frob", "No such option: --frob", "Read `mdsync plan --help`."),
        ("sync NORDIC/ITEM", "Nobody is there to answer: ", "--yes"),
        ("run 03 -p aply=yes", "There is no parameter of 03_what_changed", "apply"),
    ],
)
def test_an_error_is_json(words: str, error: str, hint: str, demo_copy: Path, mdsync: Any) -> None:
    ended = mdsync(*words.split(), "--json", folder=demo_copy)
    told = json.loads(ended.stdout)
    assert told["error"].startswith(error)
    assert hint in told["hint"]
    assert told["exit_code"] == ended.exit_code == 2


def test_masked_values_are_masked_in_json_and_in_the_terminal(
    demo_copy: Path, mdsync: Any, mdsync_json: Any
) -> None:
    settings = demo_copy / "mdsync.yaml"
    text = settings.read_text("utf-8").replace("mask: []", "mask: [Phone No., Name]")
    settings.write_text(text, "utf-8")
    phone = "+45 55 50 01"
    for words in (
        ["compare", "NORDIC/CUSTOMER"],
        ["plan", "NORDIC/CUSTOMER"],
        ["explain", "NORDIC/CUSTOMER", "10250"],
    ):
        for more in ([], ["--json"]):
            told = mdsync(*words, *more, folder=demo_copy).stdout
            assert phone not in told
            assert "Havblik" not in told
    found, _ = mdsync_json("explain", "NORDIC/CUSTOMER", "10250", folder=demo_copy)
    assert {one["field"] for one in found["cells"]} >= {"Phone No.", "Address 2"}
