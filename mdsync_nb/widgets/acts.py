"""What can be done with records that wait besides deciding their values: each for many at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import polars as pl

from mdsync_nb.engine.comparison import Comparison
from mdsync_nb.engine.waiting_records import (
    HERE,
    MERGE,
    THERE,
    answers,
    can_be_decided,
    can_be_merged,
)
from mdsync_nb.model import Direction
from mdsync_nb.reports import wording
from mdsync_nb.widgets.bar import Act
from mdsync_nb.widgets.strip import Did, Strip

Compared = Callable[[], Comparison]
"""Gives the comparison that found the records somebody decides."""

TITLES = {
    THERE: "Taken from there",
    HERE: "Kept as they are here",
    MERGE: "Merged, each field from the side that changed it",
}
"""The titles of plans made of one word for many records."""

GONE = ("orphan", "coupled-to-deleted", "remove-coupling-fails", "found-deleted", "found-outside")
HELD = ("skipped-flag", "undone")
NEW = ("only-coupled", "only-coupled-asked", "not-coupled")
UNDECIDED = ("looks-like-existing", "two-firms", "key-taken")


def _of(*rules: str) -> pl.Expr:
    return pl.col("rule").is_in(rules)


def _ids(part: pl.DataFrame) -> list[str]:
    """The id by which each record of a mapping is named: there, else here."""
    return part.select(pl.coalesce("source_id", "destination_id")).to_series().to_list()


def _by_mapping(records: pl.DataFrame) -> dict[str, list[str]]:
    parts = records.partition_by("mapping", as_dict=True, maintain_order=True)
    return {str(name): _ids(part) for (name,), part in parts.items()}


def _retry(strip: Strip, records: pl.DataFrame) -> None:
    named = _by_mapping(records)

    def release() -> str:
        done = sum(strip.workbench.retry(one, records=ids) for one, ids in named.items())
        return f"{wording.count(done, 'record')} back in the next run."

    many = wording.count(sum(map(len, named.values())), "record")
    said = (
        "No company is written. The next run takes them up again, and says why if they fail again."
    )
    strip.ask(f"Retry {many}", said, word="Retry", does=release)


def _restore(strip: Strip, records: pl.DataFrame) -> None:
    named = _by_mapping(records)
    verb = strip.workbench.restore_records
    strip.propose("Planning", lambda: [verb(one, records=ids) for one, ids in named.items()])


def _delete(strip: Strip, records: pl.DataFrame) -> None:
    named = _by_mapping(records)
    verb = strip.workbench.delete_records
    strip.propose("Planning", lambda: [verb(one, records=ids) for one, ids in named.items()])


def _create(strip: Strip, records: pl.DataFrame) -> None:
    named = _by_mapping(records)
    verb = strip.workbench.create_records
    strip.propose("Planning", lambda: [verb(one, records=ids) for one, ids in named.items()])


def _couple(strip: Strip, records: pl.DataFrame) -> None:
    def couple() -> Did:
        parts = records.partition_by("mapping", as_dict=True, maintain_order=True)
        pairs = {
            str(name): part.select(integration_id="source_id", local_id="destination_id")
            for (name,), part in parts.items()
        }
        jobs = [strip.workbench.couple(one, pairs=some).job for one, some in pairs.items()]
        many = wording.count(records.height, "pair")
        return Did(f"{many} coupled.", [one for one in jobs if one])

    said = (
        "No company is written. They stand for the same from now on; what differs waits or flows."
    )
    strip.ask(f"Couple {wording.count(records.height, 'pair')}", said, word="Couple", does=couple)


def _uncouple(strip: Strip, records: pl.DataFrame) -> None:
    named = _by_mapping(records)

    def uncouple() -> Did:
        found = [strip.workbench.uncouple(one, records=ids) for one, ids in named.items()]
        jobs = [one for one in found if one]
        many = wording.count(sum(n for _, n in jobs), "pair")
        return Did(f"{many} taken apart.", [job for job, _ in jobs])

    many = wording.count(sum(map(len, named.values())), "pair")
    said = "They no longer synchronize until they are coupled again. Undo couples them again."
    strip.ask(f"Remove {many} of couplings", said, word="Remove couplings", does=uncouple)


def _synchronize(direction: Direction | None, strip: Strip, records: pl.DataFrame) -> None:
    """Write the values of the side somebody chose; direction: None where there is no choice."""
    named = _by_mapping(records)
    verb = partial(
        strip.workbench.synchronize_records,
        direction=direction and direction.value,
        anyway=True,
    )
    strip.propose("Planning", lambda: [verb(one, records=ids) for one, ids in named.items()])


def _decide(said: str, strip: Strip, compared: Compared, records: pl.DataFrame) -> None:
    c, title, verb = compared(), TITLES[said], strip.workbench.decide
    strip.propose("Planning", lambda: verb(answers(c, records, said), title=title))


def deciding(strip: Strip, compared: Compared) -> list[Act]:
    """Give what can be said of all values of records at once."""
    some = can_be_decided()
    table = [
        (MERGE, "Merge", "m", "Take each field from the side that changed it", can_be_merged()),
        (THERE, "Take from there", "h", "Take all values from the other company", some),
        (HERE, "Keep here", "n", "Keep all values as they are here", some),
    ]
    return [
        Act(word, key, tip, fits, partial(_decide, said, strip, compared), always=True)
        for said, word, key, tip, fits in table
    ]


def synchronizing(strip: Strip) -> list[Act]:
    """Give how records are written now, from the side somebody chooses.

    Rows have `two_way`: whether their mapping flows both ways, so that there is a choice.
    """
    pair, two = pl.col("coupled") & ~_of(*GONE), pl.col("two_way")
    there, here = Direction.FROM_INTEGRATION, Direction.TO_INTEGRATION
    table = [
        ("Synchronize", "s", "Write it now, whatever changed where", pair & ~two, None),
        ("Synchronize from there", "s", "Write it here, whatever changed", pair & two, there),
        ("Synchronize to there", "v", "Write it there, whatever changed", pair & two, here),
    ]
    return [
        Act(word, key, tip, fits, partial(_synchronize, way, strip))
        for word, key, tip, fits, way in table
    ]


def acts(strip: Strip) -> list[Act]:
    """Give what can be done with records that wait, besides deciding their values."""
    pair = pl.col("source_id").is_not_null() & pl.col("destination_id").is_not_null()
    table: list[tuple[str, str, str, pl.Expr, Callable[[Strip, pl.DataFrame], None]]] = [
        ("Retry", "t", "Put them back into the next run", _of(*HELD), _retry),
        ("Restore", "o", "Create the missing record again", _of(*GONE), _restore),
        ("Delete", "e", "Delete the record that is left", _of(*GONE), _delete),
        ("Create", "i", "Create them here and couple them", _of(*NEW), _create),
        ("Couple", "b", "Say that both are the same", _of(*UNDECIDED) & pair, _couple),
        ("Remove coupling", "q", "Take the pairs apart", pl.col("coupled"), _uncouple),
    ]
    return [
        Act(word, key, tip, fits, partial(begin, strip)) for word, key, tip, fits, begin in table
    ]
