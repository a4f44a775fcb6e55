"""Why nothing ran: what was not loaded, is too old, is switched off, held, or not coupled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mdsync_nb.engine.doctor.checks import Row, finding
from mdsync_nb.engine.doctor.seen import Seen, place_of
from mdsync_nb.model import EntryStatus, TableMapping
from mdsync_nb.store import Image, Reading
from mdsync_nb.store.candidates import OVERLAP
from mdsync_nb.store.left import entries, not_tried, refusal
from mdsync_nb.workspace import Workspace


def loads(
    reading: Reading, workspace: Workspace, mappings: Sequence[TableMapping]
) -> Iterator[Row]:
    """Tables of enabled mappings that were never loaded, or whose last load was refused; each once,
    in the name of the first mapping that needs it."""
    images, asked = reading.images(), set()
    for mapping in mappings:
        sides = (mapping.integration, mapping.integration_table), (mapping.local, mapping.table)
        for company, table in sides:
            if (company, table) in asked:
                continue
            asked.add((company, table))
            where = place_of(workspace, mapping)._replace(company=company, table=table)
            if refusal(reading, company, table):
                yield finding("load-refused", where)
            elif (company, table) not in images:
                yield finding("not-loaded", where)


def no_new_load(seen: Seen) -> Iterator[Row]:
    """A run that did nothing because neither table was loaded since the run before."""
    if len(seen.runs) < 2 or seen.runs[0]["did"]:
        return
    before = str(seen.runs[1]["started_at"])
    if max(_loaded_at(seen, one) for one in (seen.source, seen.destination)) <= before:
        yield finding("no-new-load", seen.place._replace(company=seen.mapping.integration))


def _loaded_at(seen: Seen, image: Image) -> str:
    return str(seen.reading.last_load(image)["loaded_at"])


def old_snapshot(seen: Seen) -> Iterator[Row]:
    """A source table that is older than what runs have read already."""
    watermark = seen.read_up_to
    if watermark is None or seen.source.as_of >= watermark - OVERLAP:  # type: ignore[operator]
        return
    place = seen.place._replace(company=seen.source.company, table=seen.source.table)
    as_of = str(seen.source.as_of)[:16]
    yield finding("old-snapshot", place, as_of=as_of, watermark=seen.watermark)


def switched_off(
    reading: Reading,
    workspace: Workspace,
    mappings: Sequence[TableMapping],
    *,
    asked_for: bool,
) -> Iterator[Row]:
    """Mappings that are switched off and have couplings, or that were asked for by themselves."""
    for mapping in mappings:
        coupled, _ = not_tried(reading, mapping.name)
        if not mapping.enabled and (coupled or asked_for):
            yield finding("switched-off", place_of(workspace, mapping), records=coupled)


def queued(
    reading: Reading, workspace: Workspace, mappings: Sequence[TableMapping]
) -> Iterator[Row]:
    """Enabled mappings whose job queue entry does not start by itself, or is not there."""
    known = {row["mapping"]: row for row in entries(reading).to_dicts()}
    for mapping in mappings if known else ():
        place, entry = place_of(workspace, mapping), known.get(mapping.name)
        if entry is None:
            if reading.state(mapping.name):
                yield finding("queue-lost", place)
        elif entry["status"] == EntryStatus.ERROR.value:
            words = {"attempts": entry["attempts"], "why": entry["message"]}
            yield finding("queue-error", place, **words)
        elif entry["status"] == EntryStatus.ON_HOLD.value:
            yield finding("queue-hold", place)
        elif entry["due_since"]:
            yield finding("queue-overdue", place, since=str(entry["due_since"])[:16])


def not_coupled(seen: Seen) -> Iterator[Row]:
    """A mapping whose runs take coupled records only, and has none."""
    if seen.coupled or seen.found.wanted.creates or seen.uncoupled.is_empty():
        return
    name, full = seen.mapping.name, seen.mapping.profile.full_creates
    how = f"`mdsync sync {name} --full`" if full else f"`mdsync record create RECORD --in {name}`"
    yield finding("not-coupled", seen.place, keys=seen.uncoupled["key"], creating=how)


def all_held(seen: Seen) -> Iterator[Row]:
    """A mapping all pairs of which are undone or set aside."""
    coupled, left = not_tried(seen.reading, seen.mapping.name)
    if coupled and coupled == left:
        keys = seen.by_rule("skipped-flag", "undone")["key"]
        yield finding("all-held", seen.place, keys=keys, records=coupled)


CHECKED = (old_snapshot,)
ONCE = (no_new_load, not_coupled, all_held)
