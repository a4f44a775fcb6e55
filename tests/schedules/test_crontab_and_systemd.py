"""What cron and systemd are told calls one tick in the folder of the workspace, whatever its name."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mdsync_nb.errors import UsageError
from mdsync_nb.schedules.tick import Tick

from .conftest import HOSTILE, Made

FIELDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
UNIX = pytest.mark.skipif(os.name == "nt", reason="cron and systemd are not for Windows")
WHEN = """
    1    | * * * * *      | *-*-* *:0/1:00
    5    | */5 * * * *    | *-*-* *:0/5:00
    30   | */30 * * * *   | *-*-* *:0/30:00
    60   | 0 * * * *      | *-*-* *:00:00
    120  | 0 */2 * * *    | *-*-* 0/2:00:00
    1440 | 0 0 * * *      | *-*-* 0:00:00
"""


def lines(table: str) -> list[list[str]]:
    return [[one.strip() for one in line.split("|")] for line in table.strip().splitlines()]


def as_cron_runs_it(line: str) -> str:
    """The command of a line as cron hands it to a shell: `\\%` is a sign, `%` would end it."""
    command = line.split(" ", 5)[5]
    assert not re.search(r"(?<!\\)%", command)
    return command.replace("\\%", "%")


@pytest.mark.parametrize(("minutes", "cron", "calendar"), lines(WHEN))
def test_an_interval_is_said_in_the_words_of_each(
    minutes: str, cron: str, calendar: str, made: Made
) -> None:
    bench = made("plain")
    line = bench.export_schedule("crontab", every=int(minutes)).text.splitlines()[-1]
    assert line.startswith(f"{cron} ")
    timer = bench.export_schedule("systemd", every=int(minutes)).texts["mdsync-plain.timer"]
    assert f"\nOnCalendar={calendar}\n" in timer


@pytest.mark.parametrize("minutes", [7, 45, 90, 300])
@pytest.mark.parametrize("format", ["crontab", "systemd"])
def test_an_interval_that_no_clock_keeps_is_refused(format: str, minutes: int, made: Made) -> None:
    with pytest.raises(UsageError, match="equal distances") as raised:
        made().export_schedule(format, every=minutes)
    assert re.search(r"such as \d+, \d+\.", raised.value.hint)


@pytest.mark.parametrize("minutes", [0, -5, 1441])
def test_an_interval_is_between_a_minute_and_a_day(minutes: int, made: Made) -> None:
    with pytest.raises(UsageError, match="cannot run every"):
        made().export_schedule("airflow", every=minutes)


@UNIX
def test_a_line_of_crontab_has_five_fields_and_the_name_of_the_workspace_adds_none(
    made: Made,
) -> None:
    comment, line = made().export_schedule("crontab").text.splitlines()
    assert comment.startswith("# mdsync: run the jobs of Group * * * * * rm")
    for field, (first, last) in zip(line.split(" ", 5)[:5], FIELDS, strict=True):
        found = re.fullmatch(r"\*(?:/(\d+))?", field)
        assert found is not None
        assert first <= int(found[1] or first) <= last


@UNIX
def test_what_cron_hands_to_a_shell_calls_one_tick_and_keeps_its_answer(
    made: Made, python_elsewhere: Path
) -> None:
    bench = made()
    line = bench.export_schedule("crontab").text.splitlines()[-1]
    subprocess.run(["/bin/sh", "-c", as_cron_runs_it(line)], cwd="/", check=True)
    folder = str(bench.workspace.root)
    log = bench.workspace.root / ".mdsync" / "run-jobs.log"
    called = [folder, str(python_elsewhere), "-P", "-m", "mdsync_nb", "run-jobs"]
    assert json.loads(log.read_text("utf-8")) == [*called, "--folder", folder]


@UNIX
def test_a_settings_file_of_another_name_is_named(made: Made) -> None:
    from mdsync_nb.workbench import Workbench

    root = made("plain").workspace.root
    file = (root / "mdsync.yaml").rename(root / "other.yaml")
    line = Workbench(file).export_schedule("crontab").text
    assert f"--folder {file}" in line


@UNIX
def test_a_path_that_cron_cannot_be_told_is_refused(made: Made) -> None:
    with pytest.raises(UsageError, match="because it holds"):
        made("back\\slash").export_schedule("crontab")


@UNIX
@pytest.mark.parametrize("format", ["crontab", "systemd", "task-scheduler", "airflow"])
def test_a_folder_whose_name_has_two_lines_is_refused(format: str, made: Made) -> None:
    with pytest.raises(UsageError, match="a character no schedule can hold"):
        made("two\n* * * * * lines").export_schedule(format)


def test_a_python_that_does_not_know_itself_is_refused(made: Made, monkeypatch) -> None:
    monkeypatch.setattr(sys, "executable", None)
    with pytest.raises(UsageError, match="does not know which Python"):
        made().export_schedule("crontab")


@UNIX
def test_a_python_that_systemd_does_not_start_is_refused(made: Made, monkeypatch) -> None:
    monkeypatch.setattr(sys, "executable", "/opt/it's/python")
    with pytest.raises(UsageError, match="because of the quotes"):
        made().export_schedule("systemd")


@UNIX
def test_the_words_of_a_service_are_quoted(made: Made, python_elsewhere: Path) -> None:
    service = made().export_schedule("systemd").texts["mdsync-a-b-n-q-d-HOME-7-7-e.service"]
    start = next(one for one in service.splitlines() if one.startswith("ExecStart="))
    python, *rest = re.findall(r'"((?:[^"\\]|\\.)*)"', start)
    assert python.replace("%%", "%") == str(python_elsewhere)
    said = rest[-1].replace("%%", "%").replace("$$", "$").replace('\\"', '"')
    assert Path(said).name == HOSTILE
    assert "\nDescription=mdsync: run the jobs of Group * * * * * rm -rf / %%\n" in service


@UNIX
@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_finds_nothing_wrong_with_the_units(
    made: Made, python_elsewhere: Path, tmp_path: Path
) -> None:
    units = tmp_path / "units"
    written = made().export_schedule("systemd", units).written
    assert [one.suffix for one in written] == [".service", ".timer"]
    found = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--user", *map(str, written)],
        env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    ours = [line for line in found.stderr.splitlines() if "mdsync" in line]
    assert ours == []
    assert found.returncode == 0, found.stderr


@UNIX
@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_understands_every_calendar(made: Made) -> None:
    calendars = [calendar for _, _, calendar in lines(WHEN)]
    subprocess.run(["systemd-analyze", "calendar", *calendars], check=True, capture_output=True)


def test_a_tick_tells_python_to_import_nothing_of_the_workspace(made: Made) -> None:
    bench = made("plain")
    tick = Tick(bench.workspace, "python", 5, bench._clock())
    assert tick.words[:2] == ["python", "-P"]
