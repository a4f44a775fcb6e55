"""The XML for Windows is of the Task Scheduler's schema, and in the encoding that it takes."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest

from mdsync_nb.errors import UsageError

from .conftest import HOSTILE, Made

TASK = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"


def read(path: Path) -> Xml.Element:
    return Xml.fromstring(path.read_bytes())


def text(task: Xml.Element, path: str) -> str:
    found = task.find("/".join(TASK + one for one in path.split("/")))
    assert found is not None, path
    return found.text or ""


def test_the_file_is_utf_16_with_its_mark_and_says_so(made: Made, tmp_path: Path) -> None:
    file = tmp_path / "task.xml"
    made().export_schedule("task-scheduler", file)
    held = file.read_bytes()
    assert held[:2] == b"\xff\xfe"
    assert held.decode("utf-16").startswith('<?xml version="1.0" encoding="UTF-16"?>\n<Task ')
    assert read(file).tag == f"{TASK}Task"


def test_what_is_printed_names_no_encoding_so_that_any_console_may_have_written_it(
    made: Made,
) -> None:
    printed = made().export_schedule("task-scheduler").text
    for encoding in ("utf-8", "utf-16"):
        assert Xml.fromstring(printed.encode(encoding)).get("version") == "1.2"


def test_the_task_has_what_the_schema_asks_for(made: Made, tmp_path: Path) -> None:
    file = tmp_path / "task.xml"
    bench = made()
    bench.export_schedule("task-scheduler", file, every=5)
    task = read(file)
    assert [one.tag.removeprefix(TASK) for one in task] == [
        "RegistrationInfo", "Triggers", "Principals", "Settings", "Actions",
    ]  # fmt: skip
    trigger = task.find(f"{TASK}Triggers/{TASK}TimeTrigger")
    assert trigger is not None
    order = ["Enabled", "StartBoundary", "Repetition"]
    assert [one.tag.removeprefix(TASK) for one in trigger] == order
    assert text(task, "Triggers/TimeTrigger/StartBoundary") == "2026-03-01T00:00:00"
    assert text(task, "Triggers/TimeTrigger/Repetition/Interval") == "PT5M"
    assert text(task, "Settings/StartWhenAvailable") == "true"
    assert text(task, "Settings/MultipleInstancesPolicy") == "IgnoreNew"
    assert text(task, "Settings/ExecutionTimeLimit") == "PT12H"
    principal = task.find(f"{TASK}Principals/{TASK}Principal")
    actions = task.find(f"{TASK}Actions")
    assert principal is not None
    assert actions is not None
    assert principal.get("id") == actions.get("Context")


@pytest.mark.parametrize(
    ("minutes", "said"), [(1, "PT1M"), (7, "PT7M"), (60, "PT1H"), (90, "PT1H30M"), (1440, "PT24H")]
)
def test_any_interval_can_be_said(minutes: int, said: str, made: Made) -> None:
    assert f"<Interval>{said}<" in made().export_schedule("task-scheduler", every=minutes).text


def test_paths_arrive_as_they_are(made: Made, tmp_path: Path) -> None:
    file = tmp_path / "task.xml"
    made().export_schedule("task-scheduler", file)
    task = read(file)
    assert Path(text(task, "Actions/Exec/WorkingDirectory")).name == HOSTILE
    arguments = text(task, "Actions/Exec/Arguments")
    quoted = HOSTILE.replace('"', '\\"')
    assert arguments.startswith("-P -m mdsync_nb run-jobs --folder ")
    assert arguments.endswith(f'{quoted}"')


def test_a_path_that_windows_would_fill_in_is_refused(made: Made) -> None:
    with pytest.raises(UsageError, match="would fill in the variable"):
        made("%TEMP%").export_schedule("task-scheduler")
