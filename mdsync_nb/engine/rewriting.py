"""The transformation rules of a step: what they rewrite, and the tables they look values up in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from mdsync_nb.core.transfer import FieldPair, source_text
from mdsync_nb.core.transform import Lookup, LookupKey, key_of
from mdsync_nb.core.transform.fitting import typed
from mdsync_nb.core.transform.records import (
    FAILED,
    Rewrite,
    keys_are_rewritten,
    lookups_needed,
    rewrites_of,
    rewritten,
)
from mdsync_nb.core.values import as_text
from mdsync_nb.engine.found import StepWanted
from mdsync_nb.engine.related import base_resolved, partners, resolved
from mdsync_nb.model import FieldType, TableSchema, TransformationRule
from mdsync_nb.store import Image, Reading


@dataclass(frozen=True)
class Rewriting:
    """What rewrites the source records of a step. keys: among it the key a record gets here.
    related: field -> what it refers to, and what that is at the destination (`related.PARTNERS`).
    """

    rewrites: tuple[Rewrite, ...] = ()
    lookups: Mapping[LookupKey, Lookup] = field(default_factory=dict)
    keys: bool = False
    related: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    company: str = ""

    def of(
        self, pairs: pl.DataFrame, fields: Sequence[FieldPair], destination: TableSchema
    ) -> pl.DataFrame:
        """Give pairs with their source values rewritten (`records.rewritten`); `source_key` is the
        key they would have here, where every field of it is among the fields."""
        result = rewritten(pairs, self.rewrites, self.lookups, fields)
        result = resolved(result, fields, self.related, self.company)
        named = {one.name: one for one in fields}
        if not self.keys or not set(destination.key) <= named.keys():
            return result
        return result.with_columns(source_key=_key_text([named[one] for one in destination.key]))

    def applicable(self, pairs: pl.DataFrame) -> pl.DataFrame:
        """Give the pairs of `of` no rule failed on: those whose values can be compared."""
        return pairs.filter(pl.col(FAILED).is_null()) if self.rewrites else pairs

    def of_base(self, before: pl.DataFrame, fields: Sequence[FieldPair]) -> pl.DataFrame:
        """Give what source fields held when two records agreed as it was compared then.

        before: `key_hash`, `field`, `before` (text). A value the rules fail on stays as it is.
        """
        parts = []
        names = {one.field.name: one for one in self.rewrites}
        for name, one in names.items():
            held = before.filter(pl.col("field") == name)
            column = typed(pl.col("before").fill_null(""), one.field).alias(f"s:{name}")
            told = rewritten(held.with_columns(column), self.rewrites, self.lookups)
            readers = [own for own in fields if own.mapping.constant is None and not own.refers]
            pair = next((own for own in readers if own.source.name == name), None)
            value = source_text(pair) if pair else as_text(pl.col(f"s:{name}"), one.field)
            failed = pl.col(FAILED).is_not_null()
            parts.append(
                told.with_columns(before=pl.when(failed).then("before").otherwise(value)).select(
                    before.columns
                )
            )
        told = pl.concat([before.filter(~pl.col("field").is_in(list(names))), *parts])
        return base_resolved(told, fields, self.related)


def rewriting_of(
    reading: Reading, wanted: StepWanted, source: Image, fields: Sequence[FieldPair]
) -> Rewriting:
    """Give the transformation rules of a mapping, with what they look up in the local company, and
    what its references become.

    Source: semantics.md 5.2, 5.3; rules run in the company that synchronizes, so their tables are
    its.
    """
    mapping = wanted.mapping
    found = {key_of(one): _lookup(reading, mapping.local, one) for one in lookups_needed(mapping)}
    destination = reading.image(mapping.destination, mapping.destination_table)
    return Rewriting(
        rewrites_of(mapping, source.schema),
        {key: one for key, one in found.items() if one is not None},
        keys_are_rewritten(mapping, destination.schema.key if destination else ()),
        partners(reading, wanted, fields),
        wanted.company,
    )


def _lookup(reading: Reading, company: str, rule: TransformationRule) -> Lookup | None:
    """The rows of a lookup table in key order; None where it was not loaded with both fields."""
    image = reading.image(company, rule.table)
    if image is None or not (image.has(rule.source_field) and image.has(rule.target_field)):
        return None
    source, target = (image.schema.by_name[one] for one in (rule.source_field, rule.target_field))
    keys = [one.name for one in image.key_fields]
    columns = list(dict.fromkeys([*keys, source.name, target.name]))
    rows = reading.columns(image, columns).sort(keys)
    return Lookup(
        rows.select(
            source=as_text(pl.col(source.name), source), target=as_text(pl.col(target.name), target)
        ),
        is_code=source.type is FieldType.CODE,
    )


def _key_text(key: Sequence[FieldPair]) -> pl.Expr:
    """Give a key as the store writes it (`store.sql.key_text`): parts behind commas, escaped."""
    parts = [source_text(one).fill_null("") for one in key]
    if len(parts) == 1:
        return parts[0]
    escaped = [
        part.str.replace_all("\\", "\\\\", literal=True).str.replace_all(",", "\\,", literal=True)
        for part in parts
    ]
    return pl.concat_str(escaped, separator=",")
