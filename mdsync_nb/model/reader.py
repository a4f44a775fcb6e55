"""Who reads what we show: how they write numbers and dates, and the clock on their wall."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from mdsync_nb.model.culture import CULTURES, Culture
from mdsync_nb.model.workspace import ReportSettings

HERE = "where this was made"
"""Where a clock is that nobody named: that of the computer that makes a page."""


@dataclass(frozen=True)
class Reader:
    """How numbers and dates are written, and the time zone of the reader.

    zone: None is that of the computer; a page that is made has no other way to know.
    """

    culture: Culture = CULTURES["en-GB"]
    zone: ZoneInfo | None = None

    def local(self, at: datetime) -> datetime | None:
        """A time in UTC by the reader's clock; None where that clock cannot say it (year 1)."""
        try:
            return at.replace(tzinfo=UTC).astimezone(self.zone)
        except (OverflowError, OSError, ValueError):
            return None

    @property
    def where(self) -> str:
        """Where the reader's clock is, in words."""
        return f"in {self.zone.key}" if self.zone else HERE


class _Reading:
    """The reader of this process. There is one: whoever opened a workbench in it last."""

    now = Reader()


def reader() -> Reader:
    """Who reads what this process shows."""
    return _Reading.now


def read_by(settings: ReportSettings) -> None:
    """Show from now on what `report` of a workspace says of its readers. A system that has no list
    of zones shows times by its own clock."""
    try:
        zone = ZoneInfo(settings.time_zone) if settings.time_zone else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        zone = None
    _Reading.now = Reader(CULTURES[settings.culture], zone)
