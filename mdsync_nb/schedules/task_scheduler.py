"""A task for the Task Scheduler of Windows, as XML of its schema 1.2."""

from __future__ import annotations

import re
import subprocess
from xml.etree import ElementTree as Xml

from mdsync_nb.errors import UsageError
from mdsync_nb.schedules.tick import Tick

NAMESPACE = "http://schemas.microsoft.com/windows/2004/02/mit/task"
VARIABLE = re.compile(r"%[^%]+%")
LONGEST = "PT12H"
"""How long one run may take before Windows ends it."""


def task_scheduler(tick: Tick) -> str:
    """Give the task as XML. The elements of a trigger stand in the order of the schema.

    Raises UsageError for a path that holds `%NAME%`, which Windows would fill in.
    """
    command, *words = tick.words
    for path in (command, tick.place):
        if VARIABLE.search(path):
            raise UsageError(
                f"Windows would fill in the variable in {path}.",
                hint="Rename the folder, so that it has no two signs %.",
            )
    task = Xml.Element("Task", {"version": "1.2", "xmlns": NAMESPACE})
    _add(task, {"RegistrationInfo": {"Description": _in_xml(tick.title)}})
    _add(task, {"Triggers": {"TimeTrigger": _trigger(tick)}})
    _add(task, {"Principals": {"Principal": {"LogonType": "InteractiveToken"}}})
    Xml.SubElement(task, "Settings")
    _add(task[-1], SETTINGS)
    folder = str(tick.root)
    arguments = subprocess.list2cmdline(words)
    run = {"Command": command, "Arguments": arguments, "WorkingDirectory": folder}
    _add(task, {"Actions": {"Exec": {name: _in_xml(text) for name, text in run.items()}}})
    task.find("Principals/Principal").set("id", "Author")  # type: ignore[union-attr]
    task.find("Actions").set("Context", "Author")  # type: ignore[union-attr]
    Xml.indent(task)
    return Xml.tostring(task, encoding="unicode") + "\n"


SETTINGS: dict[str, object] = {
    "MultipleInstancesPolicy": "IgnoreNew",
    "DisallowStartIfOnBatteries": "false",
    "StopIfGoingOnBatteries": "false",
    "StartWhenAvailable": "true",
    "AllowStartOnDemand": "true",
    "Enabled": "true",
    "ExecutionTimeLimit": LONGEST,
}
"""What holds for the task: no second one beside it, and one that was missed is made up for."""


def _trigger(tick: Tick) -> dict[str, object]:
    hours, minutes = divmod(tick.minutes, 60)
    every = "PT" + (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
    return {
        "Enabled": "true",
        "StartBoundary": f"{tick.at:%Y-%m-%d}T00:00:00",
        "Repetition": {"Interval": every, "StopAtDurationEnd": "false"},
    }


def _add(parent: Xml.Element, children: dict[str, object]) -> None:
    for name, inside in children.items():
        child = Xml.SubElement(parent, name)
        if isinstance(inside, dict):
            _add(child, inside)
        else:
            child.text = str(inside)


def _in_xml(text: str) -> str:
    """A text without the two signs that no XML can hold."""
    return text.replace("\ufffe", "").replace("\uffff", "")
