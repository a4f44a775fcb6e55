"""Profiles: what the product does otherwise for master data than for Dataverse, as values."""

from __future__ import annotations

from typing import NamedTuple

from mdsync_nb.model.kinds import Direction, LinkKind


class Profile(NamedTuple):
    """How a link behaves where the two synchronizations of the product differ.

    ways: the directions its mappings and their fields may have (1.2).
    protects: a record changed in the destination stops what comes in (semantics.md 8.4);
    without it, both records changed is a conflict of a bidirectional mapping (4.6).
    skips_after: failures in a row that set a pair aside; None: the same error twice (4.10).
    full_starts_over: a full synchronization takes every pair as changed, and up what was set
    aside (6.6). full_creates: new records flow after a full synchronization (6.5).
    matches_from_local: match-based coupling looks for a counterpart of each local record, and a
    blank is no condition; else of each source record, and a blank equals a blank (10).
    couples_now: a new pair has the times of its coupling, else none (3.1, 3.4). reads_on: a
    watermark moves to when the source was read, else only to the newest record (7.1).
    force_writes: whoever chooses a direction writes that side's values, whatever changed (4.4).
    uncouples: Remove Coupling takes a pair apart from either side (4.7, 8.2).
    refers_by_coupling: a value that refers to a record is that of its counterpart (5.2).
    lets_go: uncoupling resets the company that a record of the integration side names (10).
    runs_every: minutes between runs, and how many more an entry may get, so that not all of them
    start at once. sleeps_for: minutes of inactivity, and how many more (7.3).
    """

    ways: tuple[Direction, ...]
    protects: bool
    skips_after: int | None
    full_starts_over: bool
    full_creates: bool
    matches_from_local: bool
    couples_now: bool
    reads_on: bool
    force_writes: bool
    uncouples: bool
    refers_by_coupling: bool
    lets_go: bool
    runs_every: tuple[int, int]
    sleeps_for: tuple[int, int]


PROFILES = {
    LinkKind.MASTER_DATA: Profile(
        ways=(Direction.FROM_INTEGRATION,),
        protects=True,
        skips_after=3,
        full_starts_over=True,
        full_creates=True,
        matches_from_local=False,
        couples_now=True,
        reads_on=True,
        force_writes=False,
        uncouples=False,
        refers_by_coupling=False,
        lets_go=False,
        runs_every=(20, 10),
        sleeps_for=(680, 40),
    ),
    LinkKind.DATAVERSE: Profile(
        ways=tuple(Direction),
        protects=False,
        skips_after=None,
        full_starts_over=False,
        full_creates=False,
        matches_from_local=True,
        couples_now=False,
        reads_on=False,
        force_writes=True,
        uncouples=True,
        refers_by_coupling=True,
        lets_go=True,
        runs_every=(30, 0),
        sleeps_for=(720, 0),
    ),
}
