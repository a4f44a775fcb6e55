"""Records that no run visits: stranded, outside the filter, gone, or with a key in use."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from mdsync_nb.engine.doctor.checks import Row, finding
from mdsync_nb.engine.doctor.seen import Seen
from mdsync_nb.model import Completeness

TO_BE_CREATED = ("only-coupled", "new")
"""Rules of uncoupled records that a full synchronization would create."""

TO_BE_WRITTEN = ("changed", "merged", "renamed", "local-change", "origin-unknown",
                 "currency-meaning", "reference-missing", "rename-taken")  # fmt: skip
"""Rules of pairs whose values a run would look at."""

SAME = ("not-coupled-yet", "looks-like-existing", "two-firms")
"""Rules of records put beside the one that may be the same."""


def passed_over(seen: Seen) -> Iterator[Row]:
    """Records in the filter that are not coupled and that no incremental run looks at: stranded,
    or taken in by a filter that was widened (semantics.md 7.1, case EX-003).

    Where the settings moved since the last run a filter may have been widened, so they are said to
    be in it now; nothing else is known of the filter before. Pairs that changed while they were
    outside it are counted with these.
    """
    if seen.read_up_to is None:
        return
    alone = _left_alone(seen)
    changed = _changed_unvisited(seen)
    if seen.settings_moved:
        alone, changed = alone.clear(), pl.concat([changed, alone]).unique()
    if len(alone):
        yield finding("stranded", seen.place, keys=alone, watermark=seen.watermark)
    if len(changed):
        yield finding("widened-filter", seen.place, keys=changed, watermark=seen.watermark)


def _left_alone(seen: Seen) -> pl.Series:
    """The keys of unvisited records that a full synchronization would create."""
    fills = seen.mapping.create_new and seen.mapping.profile.full_creates
    if not (fills or seen.found.wanted.creates):
        return seen.uncoupled["key"].clear()
    mine = seen.uncoupled.filter(pl.col("rule").is_in(TO_BE_CREATED), _unvisited(seen))
    return mine.filter(~pl.col("key").is_in(_taken(seen).implode()))["key"]


def _changed_unvisited(seen: Seen) -> pl.Series:
    """The keys of pairs that a run would write, would it look at them."""
    alone = seen.uncoupled["source_id"].implode()
    mine = seen.by_rule(*TO_BE_WRITTEN).filter(~pl.col("source_id").is_in(alone))
    return mine.filter(_unvisited(seen))["key"]


def _unvisited(seen: Seen) -> pl.Expr:
    return ~pl.col("source_id").is_in(seen.visited.implode())


def left_filter(seen: Seen) -> Iterator[Row]:
    """Pairs whose source record no longer passes the filter."""
    those = seen.by_rule("left-filter")
    if those.height:
        yield finding("left-filter", seen.place, keys=those["key"])


def gone_here(seen: Seen) -> Iterator[Row]:
    """Couplings whose record is gone on the side that is written; only said of complete loads."""
    those = seen.by_rule("coupled-to-deleted", "remove-coupling-fails", "restore")
    if those.height:
        yield finding("gone-here", seen.place, keys=those["key"])


def gone(seen: Seen) -> Iterator[Row]:
    """Couplings whose record is gone on the side that is read, or on both; only said of complete
    loads. Where a mapping flows both ways the other direction says what is gone there."""
    sides = {} if seen.both_ways else {"gone-there": ("orphan",)}
    if all(one.complete is Completeness.YES for one in (seen.source, seen.destination)):
        sides |= {"gone-both": ("both-gone",)}
    for check, rules in sides.items():
        those = seen.by_rule(*rules)
        if those.height:
            yield finding(check, seen.place, keys=those["key"])


def keys_in_use(seen: Seen) -> Iterator[Row]:
    """Uncoupled records whose key another record here has."""
    those = _taken(seen)
    if len(those):
        yield finding("key-taken", seen.place, keys=those)


def two_firms(seen: Seen) -> Iterator[Row]:
    """Numbers that are two firms."""
    firms = seen.by_rule("two-firms")
    if firms.height:
        yield finding("two-firms", seen.place, keys=firms["key"])


def _taken(seen: Seen) -> pl.Series:
    """The keys of uncoupled records that a record here has which is not taken for the same.

    Not asked of a mapping that nobody has begun to couple: there a record with the same key is its
    counterpart, more often than not.
    """
    alone = seen.uncoupled
    if alone.is_empty() or not (seen.coupled or seen.mapping.match):
        return alone["key"].clear()
    same = pl.col("rule").is_in(SAME) & pl.col("key").eq_missing(pl.col("destination_key"))
    return seen.reading.keys_present(seen.destination, alone.filter(~same)["key"])


CHECKED = (passed_over, left_filter, gone_here, keys_in_use)
ONCE = (gone, two_firms)
