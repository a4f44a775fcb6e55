"""The schedule in force of each mapping's job queue entry: its profile, the pack, and people."""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

from mdsync_nb.model import LinkSettings, MappingSettings, Schedule, WorkspaceSettings
from mdsync_nb.model.profile import PROFILES


def schedule_of(
    name: str, layers: Sequence[MappingSettings], settings: WorkspaceSettings, link: LinkSettings
) -> Schedule:
    """Give when the entry of a mapping runs: the pack's word, then `queue` of the workspace, then
    what people said of the mapping.

    The product draws the minutes of a master-data entry by lot, so that not all of them start at
    once. Here the name of the mapping draws them, so that they stay. Source: semantics.md 7.3.
    """
    profile, short = PROFILES[link.kind], name.partition("/")[2]
    said: dict[str, object] = {
        "minutes_between_runs": _spread(name, *profile.runs_every),
        "inactivity_timeout": _spread(name, *profile.sleeps_for),
    }
    people = (settings.mappings.get(short), link.mappings.get(short))
    words = [*(one.queue for one in layers), settings.queue, *(one and one.queue for one in people)]
    for one in filter(None, words):
        said |= one.model_dump(include=set(Schedule.model_fields), exclude_none=True)
    return Schedule.model_validate(said)


def _spread(name: str, least: int, more: int) -> int:
    return least + (1 + crc32(name.encode()) % more if more else 0)
