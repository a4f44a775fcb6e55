"""Finding out where two loads or companies differ: one short visit, frames out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl

from mdsync_nb import frames
from mdsync_nb.core.drift_kinds import with_kinds
from mdsync_nb.core.drifting import Drifting, Meant, as_frame, drifting
from mdsync_nb.engine.drift import Drift
from mdsync_nb.engine.drift_sides import (
    How,
    Side,
    asked_for,
    how_of,
    same_key,
    side_of,
    tables_of,
)
from mdsync_nb.engine.selecting import Asked
from mdsync_nb.engine.wide import NAMES
from mdsync_nb.errors import UnknownName
from mdsync_nb.model import Direction, TableMapping
from mdsync_nb.store import Store, Then, Together
from mdsync_nb.workspace import Workspace


def drift_of(
    store: Store,
    workspace: Workspace,
    asked: tuple[str, str, str],
    *,
    facets: Sequence[str],
    plans: Callable[[Drift, str, bool], list[Asked]],
) -> Drift:
    """Find out where two sides of a table differ. asked: the table, and both sides as written.

    facets: fields to divide by besides those with few values. plans: makes a plan of a drift.
    Raises UnknownName, UsageError.
    """
    table, *wanted = asked_for(workspace, *asked)
    names = tables_of(workspace, table, (wanted[0].company, wanted[1].company))
    with store.reading() as reading:
        there, here = (
            side_of(
                one, name, reading.image(one.company, name), reading.drift.loads(one.company, name)
            )
            for one, name in zip(wanted, names, strict=True)
        )
        both = reading.drift.sides(Together(there.standing, here.standing))
        how = how_of(workspace, there, here, same_key(*both))
        fields = _fields(workspace, (there, here), both, how)
        known = [one.name for one in fields if one.there and one.here]
        for one in facets:
            if one not in known:
                raise UnknownName("field of both sides", one, known)
        called = (_name(both[0]), _name(both[1]))
        found = reading.drift.drifted(
            how.together, both, fields=fields, names=called, facets=facets
        )
    compared = as_frame(fields)
    return Drift(
        table=names[1],
        sides=_sides(workspace, (there, here), found.scope),
        compared=compared,
        scope=found.scope,
        every_record=found.records.sort("state", "key", "record"),
        every_cell=with_kinds(found.found, compared),
        ways=found.ways,
        mapping=how.mappings[0].name if how.mappings else "",
        sources=_sources(how.mappings[:1], (there, here)),
        through=_called(workspace, how.through) if how.through else "",
        masked=workspace.settings.report.mask,
        plans=plans,
    )


def _name(side: Then) -> str | None:
    """The field that holds what people call a record, if there is one."""
    return next((one for one in NAMES if one in side.fields), None)


def _fields(
    workspace: Workspace, sides: tuple[Side, Side], both: tuple[Then, Then], how: How
) -> list[Drifting]:
    there, here = (
        Meant(one.fields, one.lost, workspace.company(side.company).currency)
        for side, one in zip(sides, both, strict=True)
    )
    names = _names(how.mappings[0], sides[0]) if how.mappings else {}
    return drifting(there, here, names, carried=names, by_name=sides[0].table == sides[1].table)


def _called(workspace: Workspace, company: str) -> str:
    return workspace.company(company).name or company


def _sources(mappings: Sequence[TableMapping], sides: tuple[Side, Side]) -> tuple[str, ...]:
    """What a mapping can take the values from: a side, or of each field the one that changed it."""
    if not mappings or not all(one.in_force for one in sides):
        return ()
    (mapping,) = mappings
    is_source = [one.company == mapping.integration for one in sides]
    flows = {
        word: (Direction.FROM_INTEGRATION if first else Direction.TO_INTEGRATION)
        for word, first in zip(("there", "here"), is_source, strict=True)
    }
    one_way = tuple(word for word, way in flows.items() if way in mapping.directions)
    return (*one_way, "both")


def _names(mapping: TableMapping, there: Side) -> dict[str, str]:
    """What the fields a mapping carries are called there, and what they are called here."""
    is_local = (mapping.local, mapping.table) == (there.company, there.table)
    pairs = [(one.local, one.integration) for one in mapping.fields if one.enabled]
    return {
        (local if is_local else integration): (integration if is_local else local)
        for local, integration in pairs
        if local and integration
    }


def _sides(workspace: Workspace, sides: tuple[Side, Side], scope: pl.DataFrame) -> pl.DataFrame:
    counted = dict(scope.group_by("state").len().iter_rows())
    rows = [
        {
            "side": word,
            "company": side.company,
            "name": _called(workspace, side.company),
            "table": side.table,
            "load_id": side.load_id,
            "as_of": side.as_of,
            "in_force": side.in_force,
            "complete": side.complete,
            "records": sum(counted.get(one, 0) for one in ("equal", "differs", f"only {word}")),
        }
        for word, side in zip(("there", "here"), sides, strict=True)
    ]
    return pl.DataFrame(rows, schema=frames.DRIFT_SIDES)
