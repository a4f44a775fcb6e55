"""The verbs of the workbench about records people name: find them, and make plans of them.

Each is a method of `Workbench`. No company is written before `apply`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import polars as pl

from mdsync_nb import frames
from mdsync_nb.core.actions import Purpose
from mdsync_nb.core.ladder import Rule
from mdsync_nb.engine.selecting import (
    LEFT_OUT,
    TO_CREATE,
    TO_SYNCHRONIZE,
    Asked,
    both_changed,
    judged,
    named_records,
)
from mdsync_nb.engine.stepping import Run, each_way, wanted_of
from mdsync_nb.engine.walking import direction_of
from mdsync_nb.engine.wide import NAMES
from mdsync_nb.errors import UnknownName, UsageError
from mdsync_nb.model import Direction, TableMapping

if TYPE_CHECKING:
    from mdsync_nb.engine.planning import Plan
    from mdsync_nb.workbench import Workbench

BOTH_CHANGED = "Both records were modified since the last synchronization; one side's values go."


def find_records(self: Workbench, mapping: str, text: str, *, limit: int = 20) -> pl.DataFrame:
    """Find records of a mapping on both sides by part of their number or name, or by an id.

    Gives `frames.FOUND`, the best first, at most `limit`; a coupled pair is one row. Capitals do
    not matter. Nothing is written. Raises UnknownName for a mapping nobody knows.
    """
    chosen = self.workspace.mapping(mapping)
    with self.store.lists() as lists:
        return lists.records_found(chosen, text, names=NAMES, limit=limit)


def synchronize_records(
    self: Workbench,
    *mappings: str,
    records: Sequence[str],
    direction: str | None = None,
    anyway: bool = False,
    touch: bool = False,
) -> Asked:
    """Plan to write records from the side somebody chose, whatever changed where.

    mappings: where they are; those of several tables are one step each. direction: needed where a
    mapping flows both ways; one that flows one way keeps its own. anyway: also records set aside,
    which are released by it. touch: also records of which nothing differs get a new time, as in the
    product. Of several records those are left out that are not coupled, or whose
    other side changed since. Raises UnknownName for records nobody has, UsageError without a
    direction. Source: semantics.md 4.4, 4.12, 11.1.

    >>> workbench.synchronize_records("NORDIC/CUSTOMER", records=["10366"])
    Asked(1 of 1 records, Plan(...: 1 to write, 0 wait))
    """
    going = [_chosen_way(one, direction) for one in self.workspace.select(*mappings)]
    run = Run(candidates="records", forced=True, asked=True, anyway=anyway, touch=touch)
    return _asked(self, going, records, run, TO_SYNCHRONIZE, title="Synchronize records")


def create_records(
    self: Workbench, *mappings: str, records: Sequence[str], direction: str | None = None
) -> Asked:
    """Plan to create records on the other side and couple them, whatever the mapping says of that.

    direction: as in `synchronize_records`. Records with a counterpart are left out; one whose
    counterpart is gone gets a new one. Raises UnknownName, UsageError. Source: semantics.md 4.12.
    """
    going = [_chosen_way(one, direction) for one in self.workspace.select(*mappings)]
    run = Run(candidates="records", forced=True, asked=True, creates=True, renews=True)
    return _asked(self, going, records, run, TO_CREATE, title="Create records")


def restore_records(self: Workbench, mapping: str, *, records: Sequence[str] = ()) -> Plan:
    """Plan to create the missing record of pairs anew, on whichever side it is gone.

    records: ids or keys; without any, every pair with one record. The pair is coupled to the new
    record and is no longer set aside. Source: semantics.md 11.1 (Restore Records).
    """
    return _for_one_record(self, mapping, records, Purpose.RESTORE, "Restore records")


def delete_records(self: Workbench, mapping: str, *, records: Sequence[str] = ()) -> Plan:
    """Plan to delete the record that is left of pairs, with the coupling; undo brings both back.

    records: ids or keys; without any, every pair with one record. Source: semantics.md 11.1
    (Delete Records).
    """
    return _for_one_record(self, mapping, records, Purpose.DELETE, "Delete records")


def find_deleted(self: Workbench, *mappings: str) -> Plan:
    """Plan to set aside the pairs whose local record is gone, or outside the filter.

    Mappings that flow both ways are not looked at, as in the product: their runs find it. What is
    set aside is on the list of errors, to be restored, deleted or uncoupled. Source: semantics.md
    11.1 (Find for Deleted).
    """
    chosen = [
        one
        for one in self.workspace.select(*mappings)
        if one.direction is not Direction.BIDIRECTIONAL
    ]
    going = [one.going(Direction.FROM_INTEGRATION) for one in chosen]
    run = Run(candidates="all", purpose=Purpose.FIND_DELETED)
    return self._planned(Purpose.FIND_DELETED.value, "Find for deleted", going, run)


def _chosen_way(mapping: TableMapping, direction: str | None) -> TableMapping:
    """A mapping as the step somebody chose sees it; one that flows one way has no choice."""
    if mapping.direction is not Direction.BIDIRECTIONAL:
        return each_way(mapping)[0]
    if direction is None:
        raise UsageError(
            f"{mapping.name} flows both ways.",
            hint="Say which values to take: --direction to_integration or from_integration.",
        )
    return each_way(mapping, direction_of(direction))[0]


def _asked(
    self: Workbench,
    going: Sequence[TableMapping],
    records: Sequence[str],
    run: Run,
    rules: Sequence[Rule],
    *,
    title: str,
) -> Asked:
    if not records:
        raise UsageError("No record was named.", hint="Name records by their number or id.")
    with self.store.reading() as reading:
        named = {
            one: named_records(reading, wanted_of(reading, self.workspace, one, run), records)
            for one in going
        }
    found = {one: frame for one, frame in named.items() if frame.height}
    if not found:
        where = ", ".join(one.name for one in going)
        raise UnknownName(f"record of {where}", ", ".join(records))
    parts = {one: judged(frame, rules, anyway=run.anyway) for one, frame in found.items()}
    left = [
        out.select(mapping=pl.lit(one.name), key="key", reason="reason")
        for one, (_, out) in parts.items()
    ]
    fine = {one: good for one, (good, _) in parts.items() if good.height}
    ids = [record for good in fine.values() for record in good["source_id"].to_list()]
    plan = None
    if fine:
        chosen = Run(**{**vars(run), "records": tuple(ids)})
        plan = self._planned("records", title, list(fine), chosen)
    changed = run.forced and not run.creates and any(map(both_changed, fine.values()))
    return Asked(
        plan,
        total=sum(frame.height for frame in found.values()),
        scheduled=len(ids),
        left_out=pl.concat([frames.empty(LEFT_OUT), *left]),
        notices=(BOTH_CHANGED,) if changed else (),
        masked=self.workspace.settings.report.mask,
    )


def _for_one_record(
    self: Workbench, mapping: str, records: Sequence[str], purpose: Purpose, title: str
) -> Plan:
    chosen = self.workspace.mapping(mapping)
    run = Run(candidates="records" if records else "all", records=tuple(records), purpose=purpose)
    return self._planned(purpose.value, title, each_way(chosen, any_way=True), run)
