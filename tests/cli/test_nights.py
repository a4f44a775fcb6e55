"""Schedules and notifications by command: what is printed, written, asked and answered."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

SMALL = """
companies:
  HQ: {folder: HQ, tables: {Thing: thing.csv}}
  DE: {folder: DE, tables: {Thing: thing.csv}}
tables:
  Thing: {key: No., fields: {No.: code(20)}}
links:
  DE: {local: DE, integration: HQ, mappings: {THING: {table: Thing}}}
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A workspace of two companies that deliver nothing."""
    folder = tmp_path / "small"
    folder.mkdir()
    (folder / "mdsync.yaml").write_text(SMALL, "utf-8")
    return folder


def tell(folder: Path, words: dict[str, object]) -> None:
    """Say in mdsync.yaml who is notified."""
    notify = f"notify: {json.dumps(words)}\n"
    (folder / "mdsync.yaml").write_text(SMALL + notify, "utf-8")


def test_a_schedule_is_printed_and_what_to_do_with_it_stands_aside(
    small: Path, mdsync: Any
) -> None:
    told = mdsync("schedule", "export", "crontab", folder=small)
    assert told.exit_code == 0
    assert told.stdout.splitlines()[-1].startswith("*/5 * * * * cd ")
    assert told.stderr == "Add its line with `crontab -e`.\n"


def test_both_units_are_printed_below_their_names(small: Path, mdsync: Any) -> None:
    told = mdsync("schedule", "export", "systemd", "-", "--every", 10, folder=small).stdout
    assert told.startswith("# mdsync-small.service\n[Unit]\n")
    assert "\n\n# mdsync-small.timer\n[Unit]\n" in told
    assert "*:0/10:00" in told


def test_a_file_that_is_there_is_overwritten_only_with_a_yes(small: Path, mdsync: Any) -> None:
    file = small / "tab"
    words = ("schedule", "export", "crontab", file)
    assert mdsync(*words, folder=small).stdout == f"Written: {file}\n"
    file.write_text("mine", "utf-8")
    refused = mdsync(*words, folder=small)
    assert refused.exit_code == 2
    assert "Nobody is there to answer: Overwrite" in refused.stderr
    assert file.read_text("utf-8") == "mine"
    assert mdsync(*words, "--yes", folder=small).exit_code == 0
    assert "run-jobs" in file.read_text("utf-8")


def test_as_json_a_schedule_is_its_texts_by_name(small: Path, mdsync_json: Any) -> None:
    found, code = mdsync_json("schedule", "export", "systemd", folder=small)
    assert code == 0
    assert list(found["texts"]) == ["mdsync-small.service", "mdsync-small.timer"]
    assert found["files"] == []


def test_a_test_needs_somebody_to_notify(small: Path, mdsync: Any) -> None:
    told = mdsync("notify", "test", folder=small)
    assert told.exit_code == 2
    assert "Add `notify:`" in told.stderr


def test_a_test_says_whom_it_reached(small: Path, mdsync: Any) -> None:
    tell(small, {"command": [sys.executable, "-c", ""]})
    told = mdsync("notify", "test", folder=small)
    assert (told.exit_code, "yes" in told.stdout) == (0, True)
    tell(small, {"command": ["no-such-program"]})
    told = mdsync("notify", "test", folder=small)
    assert told.exit_code == 5
    assert "no-such-program cannot be started" in told.stdout


def test_an_empty_outbox_says_so(small: Path, mdsync: Any) -> None:
    told = mdsync("notify", "list", folder=small)
    assert (told.exit_code, told.stdout) == (0, "There was nothing to tell yet.\n")


def test_a_notification_that_was_given_up_is_said_by_status_and_list(
    small: Path, mdsync: Any, mdsync_json: Any
) -> None:
    from mdsync_nb.store import Store

    assert "given up" not in mdsync("status", folder=small).stdout
    with Store.at(small / ".mdsync" / "workbench.duckdb").file.visit(write=True) as db:
        db.execute(
            """insert into notification values (1, 'failure', 1, 'DE/THING', 'Failed: DE/THING',
            'Why.', 'command x', 'given up', now()::timestamp, 5, null, now()::timestamp, 'Gone.')"""
        )
    assert (
        "1 notification was given up: mdsync notify list" in mdsync("status", folder=small).stdout
    )
    found, _ = mdsync_json("status", folder=small)
    assert found["notifications_given_up"] == 1
    told = mdsync("notify", "list", folder=small)
    assert told.exit_code == 1
    assert "Failed: DE/THING" in told.stdout
