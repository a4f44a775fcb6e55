"""What the settings make go wrong: fields enabled since, no match fields, dependencies, dangers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from mdsync_nb.engine.doctor.checks import Row, finding
from mdsync_nb.engine.doctor.dangerous import danger_of
from mdsync_nb.engine.doctor.seen import Seen, place_of
from mdsync_nb.model import MappingSettings, TableMapping
from mdsync_nb.store.left import agreed_otherwise
from mdsync_nb.workspace import Workspace
from mdsync_nb.workspace.in_force import layers_of, tables_of


def moved_since(seen: Seen) -> Iterator[Row]:
    """Pairs that agreed under other field mappings, and settings that no run has used."""
    now = seen.found.wanted.fingerprint
    before = agreed_otherwise(seen.reading, seen.mapping.name, seen.integration, now)
    for (fingerprint,), pairs in before.group_by("fingerprint", maintain_order=True):
        field = _enabled_since(seen, int(str(fingerprint)))
        which = f": {field} was enabled since" if field else ""
        yield finding("mapped-otherwise", seen.place, keys=pairs["key"], field=field, which=which)
    if seen.settings_moved and before.is_empty():
        yield finding("settings-newer", seen.place)


def _enabled_since(seen: Seen, before: int) -> str:
    """The one field that was enabled since a fingerprint was kept; blank where it is not just one.

    A fingerprint tells nothing by itself, so it is tried which field has to be switched off to get
    the same one.
    """
    written = seen.written
    for n, one in enumerate(written.fields):
        fields = (*written.fields[:n], *written.fields[n + 1 :])
        without = written.model_copy(update={"fields": fields})
        if one.enabled and seen.workspace.fingerprint(without) == before:
            return one.local
    return ""


def without_match(seen: Seen) -> Iterator[Row]:
    """Mappings that couple by nothing, or by what the files do not hold, with records to couple."""
    here = ("only-here", "not-coupled-yet", "looks-like-existing", "two-firms")
    keys = seen.uncoupled["key"]
    if keys.is_empty() or not any(seen.found.count(rule=one) for one in here):
        return
    asked = [one.field for one in seen.mapping.match]
    absent = [one for one in asked if not (seen.source.has(one) and seen.destination.has(one))]
    if not asked:
        yield finding("no-match", seen.place, keys=keys)
    elif absent:
        yield finding("match-absent", seen.place, keys=keys, field=absent[0])


def dependencies(seen: Seen) -> Iterator[Row]:
    """Dependencies that are switched off or not there, where a person wrote them or records refer
    to their table. Dependencies of the packs also bring unrelated tables into an order (8.6)."""
    settings, mapping = seen.workspace.settings, seen.written
    link = settings.links[mapping.link]
    layers = layers_of(settings, seen.workspace.packs, link)
    own = [one.get(mapping.short) for one in (settings.mappings, link.mappings)]
    by_hand = any(one is not None and one.depends_on is not None for one in own)
    for short in _depends_on(layers[mapping.short]):
        name = f"{mapping.link}/{short}"
        other = seen.workspace.mappings.get(name)
        if short == mapping.short or (other is not None and other.enabled):
            continue
        keys = _referring(seen, tables_of(layers[short])[0])
        if (by_hand and seen.is_last) or len(keys):
            check = "dependency-missing" if other is None else "dependency-off"
            yield finding(check, seen.place, keys=keys, other=name)


def _depends_on(layers: Sequence[MappingSettings]) -> tuple[str, ...]:
    said = [one.depends_on for one in layers if one.depends_on is not None]
    return said[-1] if said else ()


def _referring(seen: Seen, table: str) -> pl.Series:
    """The keys of source records that refer to a table by a field that is kept in step."""
    return seen.filled(
        [
            one.source.name
            for one in seen.fields
            if one.destination.relation_table == table and one.mapping.constant is None
        ]
    )


def reciprocal(workspace: Workspace, mappings: Sequence[TableMapping]) -> Iterator[Row]:
    """Pairs of mappings by which two companies give each other the same table, each pair once."""
    enabled = [one for one in workspace.mappings.values() if one.enabled]
    names = {one.name for one in mappings}
    for one in mappings:
        for other in enabled:
            once = one.name < other.name or other.name not in names
            if one.enabled and once and _ends(one) == _ends(other)[::-1]:
                yield finding("reciprocal", place_of(workspace, one), other=other.name)


def _ends(mapping: TableMapping) -> tuple[tuple[str, str], tuple[str, str]]:
    there = mapping.integration, mapping.integration_table
    return there, (mapping.local, mapping.table)


def dangerous_fields(seen: Seen) -> Iterator[Row]:
    """Fields kept in step that belong to one company. A reference that is written as that of its
    counterpart does no harm."""
    for one in seen.fields:
        why = danger_of(one.destination, seen.destination.schema)
        if why and one.mapping.constant is None and not one.refers:
            keys = seen.filled([one.source.name])
            yield finding("dangerous-field", seen.place, keys=keys, field=one.name, why=why)


CHECKED = (dependencies, dangerous_fields)
ONCE = (moved_since, without_match)
