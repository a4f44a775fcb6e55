"""Mappings as people look at them: what is in force, and which place says so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from mdsync_nb import frames
from mdsync_nb.model import (
    Condition,
    Limits,
    MappingSettings,
    QueueSettings,
    TableMapping,
)
from mdsync_nb.workspace.described_fields import DEFAULT, SchemasOf, fields_of
from mdsync_nb.workspace.document import Tree
from mdsync_nb.workspace.opened import Workspace
from mdsync_nb.workspace.places import ColumnsOf, Layer, layers
from mdsync_nb.workspace.yaml_text import flow_value

SIDES = ("local_filter", "integration_filter")
NOT_SHOWN = {"fields", "filter", *SIDES, "limits", "queue", "first_sync"}


@dataclass(frozen=True, repr=False)
class Described:
    """A mapping in force: `words` (`frames.WORDS`) and `fields` (`frames.MAPPED_FIELDS`)."""

    mapping: TableMapping
    words: pl.DataFrame
    fields: pl.DataFrame

    def __repr__(self) -> str:
        on = self.fields.filter("enabled").height
        return f"Described({self.mapping.name}: {on} of {self.fields.height} fields enabled)"

    def _repr_html_(self) -> str:
        from mdsync_nb.reports.pieces.results import described_summary

        return described_summary(self)._repr_html_()


def listed(
    workspace: Workspace,
    chosen: Sequence[TableMapping],
    *,
    columns: ColumnsOf,
    coupled: Mapping[str, int],
) -> pl.DataFrame:
    """Give mappings as `frames.MAPPINGS`. coupled: couplings by mapping, where it has any."""
    rows = []
    for one in chosen:
        fields = fields_of(workspace, one, columns)
        rows.append(
            {
                "mapping": one.name,
                "table": one.table,
                "enabled": one.enabled,
                "direction": one.direction.value,
                "coupled": coupled.get(one.name, 0),
                "fields_enabled": fields["enabled"].sum() if fields.height else None,
                "fields": fields.height or None,
                "match": ", ".join(match.field for match in one.match),
                "filter": _filters(one),
            }
        )
    return frames.conform(pl.DataFrame(rows, schema=frames.MAPPINGS), frames.MAPPINGS)


def described(
    workspace: Workspace,
    mapping: TableMapping,
    columns: ColumnsOf,
    schemas: SchemasOf | None = None,
) -> Described:
    """Give everything that is in force for one mapping, with the place of every word."""
    fields = fields_of(workspace, mapping, columns, schemas)
    return Described(mapping, _words(workspace, mapping), fields)


def _words(workspace: Workspace, mapping: TableMapping) -> pl.DataFrame:
    above = layers(workspace, mapping)
    link = workspace.settings.links[mapping.link]
    rows = []
    for name, setting in MappingSettings.model_fields.items():
        if name not in NOT_SHOWN:
            default = TableMapping.model_fields.get(name)
            value = default.get_default() if default and not default.is_required() else None
            said = _last(above, name)
            word = setting.alias or name
            rows.append((word, *(said or (_text(value), DEFAULT))))
    for side in SIDES:
        last = _last(above, "filter", side)
        conditions: tuple[Condition, ...] = getattr(mapping, side)
        rows.append((side, _conditions(conditions), last[1] if last else DEFAULT))
    link_says = (link.first_sync.value, f"links.{mapping.link}")
    rows.append(("first_sync", *(_last(above, "first_sync") or link_says)))
    for limit in Limits.model_fields:
        rows.append((f"limits.{limit}", *_limit(workspace, above, limit, mapping)))
    for word in QueueSettings.model_fields:
        rows.append((f"queue.{word}", *_of_queue(workspace, above, word, mapping)))
    filled = [(word, _table(mapping, word, value), origin) for word, value, origin in rows]
    return pl.DataFrame(filled, schema=list(frames.WORDS.items()), orient="row")


def _table(mapping: TableMapping, word: str, value: str) -> str:
    """Give the table of the source company, which is that of the subsidiary unless said."""
    return value or (mapping.integration_table if word == "integration_table" else "")


def _last(above: Sequence[Layer], *words: str) -> tuple[str, str] | None:
    """Give the last thing said of one of these words, and where."""
    for origin, said in reversed(above):
        for word in words:
            value = getattr(said, word)
            if value is not None:
                written = said.model_dump(mode="json", include={word}, by_alias=False)[word]
                return _text(written), origin
    return None


def _limit(
    workspace: Workspace, above: Sequence[Layer], limit: str, mapping: TableMapping
) -> tuple[str, str]:
    value = getattr(mapping.limits, limit)
    text = str(value) if limit == "floor" else f"{value:.0%}"
    for origin, said in reversed(above):
        if said.limits is not None and limit in said.limits.model_fields_set:
            return text, origin
    return text, "limits" if limit in workspace.settings.limits.model_fields_set else DEFAULT


def _of_queue(
    workspace: Workspace, above: Sequence[Layer], word: str, mapping: TableMapping
) -> tuple[str, str]:
    """Give a word about the job queue entry: people's, else the workspace's, else the pack's."""
    text, places = (
        _text(getattr(mapping.schedule, word)),
        [(one.origin, one.said.queue) for one in above],
    )
    packs = [one for one in places if one[0].startswith("pack ")]
    ours = [one for one in places if one not in packs]
    for origin, said in (*reversed(ours), ("queue", workspace.settings.queue), *reversed(packs)):
        if said is not None and getattr(said, word) is not None:
            return text, origin
    return text, DEFAULT


def _filters(mapping: TableMapping) -> str:
    here, there = (_conditions(getattr(mapping, side)) for side in SIDES)
    if here == there:
        return here
    return "; ".join(f"{side}: {text}" for side, text in (("here", here), ("there", there)) if text)


def _conditions(conditions: Iterable[Condition]) -> str:
    return ", ".join(
        f"{one.field} {one.operator} {' | '.join(text or _BLANK for text in one.values)}"
        for one in conditions
    )


_BLANK = '""'


def _text(value: object) -> str:
    """Give a value as it would be written in mdsync.yaml; nothing for what was never said."""
    return "" if value in (None, ()) else flow_value(_tree(value))


def _tree(value: object) -> Tree:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return {str(name): _tree(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_tree(one) for one in value]
    return str(value)
