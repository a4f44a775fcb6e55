"""What waits, grouped by what would release it, in the order in which it comes free."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from mdsync_nb import frames
from mdsync_nb.core.ladder import Family
from mdsync_nb.engine.causes import CAUSES, blockers, missing, said_of, those_of
from mdsync_nb.engine.doctor.checks import Row, finding
from mdsync_nb.engine.doctor.seen import Seen, place_of
from mdsync_nb.engine.found import DECIDED, StepFound
from mdsync_nb.model.words import words_of
from mdsync_nb.workspace import Workspace

SAID_ELSEWHERE = (
    "orphan", "left-filter", "coupled-to-deleted", "remove-coupling-fails", "two-firms",
    "key-taken",
)  # fmt: skip
"""Rules that have a check of their own."""


def waiting(seen: Seen) -> Iterator[Row]:
    """Records that wait for a person, one finding a cause (`engine.causes.CAUSES`)."""
    left = [*SAID_ELSEWHERE, *([] if seen.coupled else ["not-coupled-yet"])]
    decisions = seen.decisions.filter(~pl.col("rule").is_in(left))
    for one in CAUSES:
        held = those_of(one, decisions)
        if held.height:
            yield finding(
                "waiting",
                seen.place,
                keys=held["key"],
                family=_family(one.family),
                cause=_sentence(said_of(one, seen.place.here, held.height)),
                step=words_of([seen.mapping]).said(one.step),
            )


def _family(written: str) -> Family:
    return "set-up" if written == "set-up" else "users"


def _sentence(words: str) -> str:
    return words if words.endswith(("?", ".")) else f"{words}."


def blocked(workspace: Workspace, founds: Sequence[StepFound]) -> Iterator[Row]:
    """Records that cannot be written because one they refer to is missing: what to do first, and
    what then takes over those that wait."""
    decisions = pl.concat([frames.empty(DECIDED), *(found.decisions for found in founds)])
    owners = blockers(founds, decisions).select("mapping", "key", "destination_id")
    for row in missing(founds, decisions).to_dicts():
        mapping = next(
            one.wanted.mapping for one in founds if one.wanted.mapping.name == row["mapping"]
        )
        place = place_of(workspace, mapping)
        those = decisions.filter(
            mapping=mapping.name, rule="reference-missing", detail=row["detail"]
        )
        created = those["destination_id"].str.starts_with("new:").any()
        yield finding(
            "blocked",
            place,
            keys=those["key"],
            missing=f"{row['table']} {row['value']}",
            first=_first(owners, mapping.link, row, place.here, place.company),
            then=f"mdsync sync {mapping.name}" + (" --full" if created else ""),
        )


def _first(owners: pl.DataFrame, link: str, row: dict[str, str], here: str, company: str) -> str:
    """What has to be there before the others: a mapping that creates it, else a person does."""
    own = owners.filter(
        pl.col("mapping").str.starts_with(f"{link}/") & (pl.col("key") == row["value"])
    )
    if own.is_empty():
        return f"create it in {here} and run `mdsync load {company}`"
    return f"`mdsync sync {own['mapping'][0]} --full` creates it"


CHECKED = (waiting,)
