"""Schedules of other programs: what lets cron, systemd, Windows or Airflow start our runs."""

from mdsync_nb.schedules.made import FORMATS, Schedule, made
from mdsync_nb.schedules.writing import there, write

__all__ = ["FORMATS", "Schedule", "made", "there", "write"]
