"""The exit codes, as a table: what was asked on the demo, and how it ends."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

TABLE = """
    status                                               | 0 | nothing failed yet
    tables NORDIC                                        | 0 | 410 coupled
    compare NORDIC                                       | 1 | 42 records wait for a person.
    compare COUNTRYREGION                                | 1 | wait for a person.
    plan NORDIC                                          | 1 | would write 62 records
    plan NORDIC/COUNTRYREGION                            | 0 | Nothing waits for a person.
    plan LUMIERE/CUSTOMER --full                         | 4 | Refused: LUMIERE/CUSTOMER
    plan NORDIC/CUSTOMER --record 10250                  | 1 | 1 record waits for a person.
    errors                                               | 0 | No error stands.
    jobs                                                 | 0 | coupling
    explain NORDIC/CUSTOMER 10250                        | 0 | Havblik Marine Supply A/S
    doctor NORDIC                                        | 1 | 5 findings; nothing was written.
    doctor NORDIC/ITEM                                   | 0 | No finding; nothing was written.
    doctor FROBNITZ                                      | 2 | There is no mapping 'FROBNITZ'.
    sql select+1+as+one                                  | 0 | one
    couple LUMIERE/CUSTOMER --dry-run                    | 0 | belong together
    compare FROBNITZ                                     | 2 | There is no mapping 'FROBNITZ'.
    explain NORDIC/CUSTOMER 4711                         | 2 | 4711
    apply 00000000                                       | 2 | There is no plan '00000000'.
    undo 4711                                            | 2 | There is no job '4711'.
    sync                                                 | 2 | Name tables, or say --all
    sql delete+from+coupling                             | 2 | show all tables
    run no_such_notebook                                 | 2 | There is no notebook
    frobnicate                                           | 2 | No such command
    plan --frobnicate                                    | 2 | No such option
    apply                                                | 2 | Missing argument
    undo seven                                           | 2 | Invalid value for 'JOB'
    load HOLDING --snapshot 1999-01-01                   | 2 | There is no snapshot '1999-01-01'.
"""
LINES = [[part.strip() for part in line.split("|")] for line in TABLE.strip().split("\n")]


@pytest.mark.parametrize(("words", "code", "says"), LINES, ids=[line[0] for line in LINES])
def test_a_command_ends_with_its_exit_code(
    words: str, code: str, says: str, demo_copy: Path, mdsync: Any
) -> None:
    asked = [word.replace("+", " ") for word in words.split()]
    ended = mdsync(*asked, folder=demo_copy)
    told = re.sub(r"\s+", " ", ended.output)
    assert ended.exit_code == int(code), told
    if says != "nothing failed yet":
        assert says in told


def test_an_applied_plan_with_failed_records_ends_with_3_and_status_asks_for_a_person(
    demo_copy: Path, mdsync: Any
) -> None:
    assert mdsync("sync", "NORDIC/VENDOR", "--yes", folder=demo_copy).exit_code == 3
    assert mdsync("status", folder=demo_copy).exit_code == 1
    errors = mdsync("errors", "NORDIC/VENDOR", folder=demo_copy)
    assert errors.exit_code == 1
    assert "21 DAYS" in errors.stdout


def test_a_refused_plan_is_not_applied_and_force_applies_it(demo_copy: Path, mdsync: Any) -> None:
    settings = demo_copy / "mdsync.yaml"
    strict = "limits: {updates: 1%, inserts: 1%, deletes: 0%, floor: 1}"
    settings.write_text(re.sub("limits: {.*}", strict, settings.read_text("utf-8")), "utf-8")
    words = ("sync", "NORDIC/ITEM", "--yes")
    refused = mdsync(*words, folder=demo_copy)
    assert refused.exit_code == 4
    assert "the limit is 1% of" in refused.stderr
    assert not (demo_copy / "out").exists()
    assert mdsync(*words, "--force", folder=demo_copy).exit_code == 0
    assert (demo_copy / "out").exists()


def test_a_table_that_cannot_be_read_is_refused_and_the_rest_loads(
    demo_copy: Path, mdsync: Any
) -> None:
    (demo_copy / "lumiere" / "2026-02-28" / "vendor.csv").write_bytes(b"\x00\x01nothing of use")
    ended = mdsync("load", "LUMIERE", folder=demo_copy)
    assert ended.exit_code == 5
    assert "1 table could not be read; the previous snapshots stay in force." in ended.stdout


def test_a_folder_without_settings_is_wrong_usage(tmp_path: Path, mdsync: Any) -> None:
    ended = mdsync("status", folder=tmp_path)
    assert ended.exit_code == 2
    assert "mdsync init" in ended.stderr
