"""A schedule in one of four languages: its files, and what to do with them."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from mdsync_nb.errors import UnknownName
from mdsync_nb.schedules.airflow import airflow
from mdsync_nb.schedules.crontab import crontab
from mdsync_nb.schedules.systemd import systemd
from mdsync_nb.schedules.task_scheduler import task_scheduler
from mdsync_nb.schedules.tick import Tick

WINDOWS = '<?xml version="1.0" encoding="UTF-16"?>\n'


@dataclass(frozen=True)
class Schedule:
    """A schedule: text by the name of its file, what to do with it, and where it was written.

    into_folder: its files go into a folder, not into one file of any name.
    """

    format: str
    texts: Mapping[str, str]
    advice: str
    into_folder: bool
    written: tuple[Path, ...] = ()

    @property
    def text(self) -> str:
        """What is printed: the text, or each text below the name of its file."""
        if not self.into_folder:
            return "".join(self.texts.values())
        return "\n".join(f"# {name}\n{text}" for name, text in self.texts.items())

    def content(self, name: str) -> bytes:
        """What the file of that name holds."""
        if self.format == "task-scheduler":
            return codecs.BOM_UTF16_LE + (WINDOWS + self.texts[name]).encode("utf-16-le")
        return self.texts[name].encode("utf-8")

    def as_written(self, *files: Path) -> Schedule:
        """Give the schedule with the files it stands in."""
        return replace(self, written=files)


class _Format(NamedTuple):
    """How a schedule of one kind is made, and what to do with it."""

    texts: Callable[[Tick], dict[str, str]]
    advice: str
    into_folder: bool = False


def _one(name: str, write: Callable[[Tick], str]) -> Callable[[Tick], dict[str, str]]:
    return lambda tick: {name.format(slug=tick.slug): write(tick)}


FORMATS: dict[str, _Format] = {
    "crontab": _Format(_one("mdsync-{slug}.crontab", crontab), "Add its line with `crontab -e`."),
    "systemd": _Format(
        systemd,
        "Put both into ~/.config/systemd/user, then: systemctl --user enable --now {last}",
        into_folder=True,
    ),
    "task-scheduler": _Format(
        _one("mdsync-{slug}.xml", task_scheduler),
        "On Windows: schtasks /Create /TN mdsync-{slug} /XML FILE",
    ),
    "airflow": _Format(
        _one("mdsync_{slug}.py", airflow), "Put it into the folder of DAGs of Airflow."
    ),
}


def made(format: str, tick: Tick) -> Schedule:
    """Give the schedule of a format. Raises UnknownName, UsageError for what it cannot say."""
    if format not in FORMATS:
        raise UnknownName("format of schedules", format, list(FORMATS))
    how = FORMATS[format]
    texts = how.texts(tick)
    advice = how.advice.format(last=list(texts)[-1], slug=tick.slug)
    return Schedule(format, texts, advice, how.into_folder)
