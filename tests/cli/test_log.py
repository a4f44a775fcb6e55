"""What happened, on the command line: exit codes, what is shown, what is masked, what is asked."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from mdsync_nb.cli import asking


def told(text: str) -> str:
    """What was printed, with its spaces and line breaks as one space each."""
    return re.sub(r"\s+", " ", text)


@pytest.fixture(scope="module")
def night(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo after Nordic's vendors were synchronized: 14 of them failed."""
    import shutil

    from mdsync_nb import Workbench

    folder = Path(shutil.copytree(demo, tmp_path_factory.mktemp("night") / "demo"))
    Workbench(folder, progress=False).sync("NORDIC/VENDOR")
    return folder


def test_errors_by_message_say_what_to_do(night: Path, mdsync: Any, mdsync_json: Any) -> None:
    ended = mdsync("errors", "--by", "message", folder=night)
    assert ended.exit_code == 1
    assert "Payment Terms … is missing" in told(ended.stdout)
    assert "Create the missing code" in told(ended.stdout)
    said, code = mdsync_json("errors", "--by", "message", "--transient", folder=night)
    assert (said["errors"], said["waiting"], code) == ([], 0, 0)
    assert mdsync("errors", "--by", "day", folder=night).exit_code == 2


def test_a_counter_leads_to_its_records(night: Path, mdsync: Any, mdsync_json: Any) -> None:
    said, _ = mdsync_json("jobs", "--only", "failed", folder=night)
    (job,) = said["jobs"]
    assert (job["failed"], job["queue_log"]) == (14, None)
    said, _ = mdsync_json("jobs", "--job", job["job_id"], "--only", "failed", folder=night)
    assert len(said["records"]) == 14
    none = mdsync("jobs", "--job", job["job_id"], "--only", "deleted", folder=night)
    assert "had nothing to say about deleted records" in none.stdout
    assert mdsync("jobs", "--job", job["job_id"], "--only", "x", folder=night).exit_code == 2


def test_a_history_is_masked_like_everything(night: Path, mdsync: Any, mdsync_json: Any) -> None:
    said, code = mdsync_json("history", "NORDIC/VENDOR", "30004", folder=night)
    assert code == 0
    assert [one["action"] for one in said["history"]] == ["fail", "couple"]
    assert mdsync("history", "NORDIC/VENDOR", "\x1b[31m99", folder=night).exit_code == 2
    settings = night / "mdsync.yaml"
    text = settings.read_text("utf-8")
    settings.write_text(text.replace("mask: []", "mask: [No.]"), "utf-8")
    for words in (("history", "NORDIC/VENDOR", "30004"), ("errors", "NORDIC/VENDOR")):
        said, _ = mdsync_json(*words, folder=night)
        (rows,) = (one for one in said.values() if isinstance(one, list))
        assert {one["key"] for one in rows} <= {"•••", None}
    settings.write_text(text, "utf-8")


@pytest.mark.parametrize(
    ("words", "code", "shown"),
    [
        (["Principal user is missing prvReadAccount privilege"], 0, "security role"),
        (["It is raining"], 1, "This message is not known"),
        (["--job", "1"], 0, "Job 1 had no error."),
        ([], 2, ""),
        (["x", "--job", "1"], 2, ""),
        (["--job", "999"], 2, ""),
    ],
)
def test_a_message_is_diagnosed(
    words: list[str], code: int, shown: str, night: Path, mdsync: Any
) -> None:
    ended = mdsync("diagnose", *words, folder=night)
    assert (ended.exit_code, shown in told(ended.stdout)) == (code, True)


def test_a_message_can_be_read_from_standard_input(night: Path, mdsync: Any) -> None:
    ended = mdsync("diagnose", "-", folder=night, typed="412\nPrecondition \x1b[31mFailed")
    assert ended.exit_code == 0
    assert "stale-write" in ended.stdout
    assert "\x1b" not in ended.stdout


def test_a_bundle_ends_with_its_path(night: Path, mdsync: Any, tmp_path: Path) -> None:
    ended = mdsync("bundle", "1", tmp_path / "one.zip", folder=night)
    assert ended.exit_code == 0
    assert ended.stdout.splitlines()[-1] == str(tmp_path / "one.zip")


def test_clean_up_shows_then_asks_and_keeps_what_is_referred_to(
    night: Path, mdsync: Any, mdsync_json: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    said, _ = mdsync_json("clean-up", "--all", "--dry-run", folder=night)
    going = [one for one in said["cleaned"] if one["deleted"]]
    assert said["deleted"] is False
    refused = mdsync("clean-up", "--all", folder=night)
    assert refused.exit_code == 2
    assert "Delete " in refused.stderr
    monkeypatch.setattr(asking, "somebody_there", lambda: True)
    assert mdsync("clean-up", "--all", folder=night, typed="n\n").exit_code == 1
    assert mdsync_json("clean-up", "--all", "--dry-run", folder=night)[0] == said
    done = mdsync("clean-up", "--all", folder=night, typed="y\n")
    assert done.exit_code == 0
    assert "What stays" in done.stdout
    assert f"{sum(one['kind'] == 'load' for one in going)} load" in done.stdout
    assert len(mdsync_json("errors", "NORDIC/VENDOR", folder=night)[0]["errors"]) == 14
    assert "Nothing is old enough to go." in mdsync("clean-up", "--all", folder=night).stdout
