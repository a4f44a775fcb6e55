"""A schedule goes where it was said, and takes nobody's file away."""

from __future__ import annotations

from pathlib import Path

import pytest

from mdsync_nb.errors import CouldNotRun, UnknownName, UsageError

from .conftest import Made


@pytest.mark.parametrize("file", [None, "-"])
def test_without_a_file_nothing_is_written(file: str | None, made: Made) -> None:
    bench = made("plain")
    before = sorted(bench.workspace.root.parent.rglob("*"))
    assert bench.export_schedule("crontab", file).text.endswith("2>&1\n")
    assert sorted(bench.workspace.root.parent.rglob("*")) == before


@pytest.mark.parametrize("format", ["crontab", "task-scheduler", "airflow"])
def test_a_file_that_is_there_stays_unless_it_may_be_overwritten(
    format: str, made: Made, tmp_path: Path
) -> None:
    file = tmp_path / "mine"
    file.write_text("mine", "utf-8")
    bench = made("plain")
    with pytest.raises(UsageError, match="is there already"):
        bench.export_schedule(format, file)
    assert file.read_text("utf-8") == "mine"
    bench.export_schedule(format, file, overwrite=True)
    assert b"mdsync" in file.read_bytes().replace(b"\x00", b"")


def test_neither_unit_is_written_when_one_of_them_is_there(made: Made, tmp_path: Path) -> None:
    (tmp_path / "mdsync-plain.timer").write_text("mine", "utf-8")
    with pytest.raises(UsageError, match="timer is there already"):
        made("plain").export_schedule("systemd", tmp_path)
    assert not (tmp_path / "mdsync-plain.service").exists()


def test_a_folder_is_no_file(made: Made, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is a folder") as raised:
        made("plain").export_schedule("airflow", tmp_path)
    assert "mdsync_plain.py" in raised.value.hint


def test_a_place_that_is_not_there_is_named(made: Made, tmp_path: Path) -> None:
    with pytest.raises(CouldNotRun, match="cannot be written"):
        made("plain").export_schedule("crontab", tmp_path / "nowhere" / "tab")


def test_a_format_nobody_knows_is_answered_with_the_known_ones(made: Made) -> None:
    with pytest.raises(UnknownName) as raised:
        made("plain").export_schedule("cron")
    assert "crontab" in raised.value.hint
