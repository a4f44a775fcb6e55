"""What matching asks of one short visit: records without counterpart, pairs by name, likeness."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb
import polars as pl

from mdsync_nb.core.nearness import Measure
from mdsync_nb.model import TableMapping
from mdsync_nb.store.flow import Flow, Side
from mdsync_nb.store.images import Image
from mdsync_nb.store.likeness import likeness
from mdsync_nb.store.naming import pairs_named
from mdsync_nb.store.rejections import rejected_pairs, rejections_of
from mdsync_nb.store.sql import and_listed, frame_of, key_text


@dataclass(frozen=True)
class Matching:
    """The questions of matching that a visit answers."""

    db: duckdb.DuckDBPyConnection

    def _frame(self, query: str, **params: object) -> pl.DataFrame:
        return frame_of(self.db, query, **params)

    def uncoupled(
        self,
        mapping: str,
        image: Image,
        side: str,
        fields: Sequence[str],
        rows: pl.Series | None = None,
    ) -> pl.DataFrame:
        """Rows of an image with `_coupled`: `row`, `_id`, `_key`, and the fields.

        side: `integration` or `local`, the side of the mapping this image is. rows: only these,
        none of which is coupled.
        """
        coupled = f"_key_hash in (select {side}_key_hash from coupling where mapping = $mapping)"
        if rows is not None:
            self.db.register("wanted", pl.DataFrame({"row": rows.drop_nulls().unique()}))
        try:
            return self._frame(
                f"""select rowid as row, _id, {key_text(image.key_fields)} as _key,
                    {coupled if rows is None else "false"} as _coupled {and_listed(fields)}
                from {image.relation}
                {"" if rows is None else "where rowid in (select row from wanted)"}""",
                **({"mapping": mapping} if rows is None else {}),
            )
        finally:
            if rows is not None:
                self.db.unregister("wanted")

    def positions(self, source: Image, destination: Image, pairs: pl.DataFrame) -> pl.DataFrame:
        """Where the records of pairs (`pair`, `source_id`, `to_id`) stand in their images.

        Gives `pair`, `source_row`, `destination_row`, and `alike`: both row hashes are the same.
        """
        self.db.register("asked", pairs.select("pair", "source_id", "to_id"))
        try:
            return self._frame(
                f"""select a.pair, s.rowid as source_row, d.rowid as destination_row,
                    s._row_hash = d._row_hash as alike from asked a
                join {source.relation} s on s._key_hash = hash(a.source_id)
                join {destination.relation} d on d._key_hash = hash(a.to_id)"""
            )
        finally:
            self.db.unregister("asked")

    def named(self, images: tuple[Image, Image], pairs: pl.DataFrame) -> pl.DataFrame:
        """The ids of pairs that are named by ids or keys (`naming.pairs_named`)."""
        return pairs_named(self.db, images, pairs)

    def rejected(self, mapping: str, flow: Flow) -> pl.DataFrame:
        """Pairs that a person rejected: `source_id`, `destination_id`."""
        found = rejected_pairs(self.db, mapping)
        return found.select(source_id=f"{flow.source}_id", destination_id=f"{flow.destination}_id")

    def rejections(self, mapping: TableMapping) -> pl.DataFrame:
        """The rejections of a mapping that stand (`frames.REJECTED`)."""
        return rejections_of(self.db, mapping)

    def counterparts(
        self, mapping: str, images: tuple[Image, Image], side: Side, ids: pl.Series
    ) -> pl.DataFrame:
        """What records of one side are coupled to: `id`, `coupled_id`, `coupled_key`.

        images: (integration, local). The key is null of a record that is gone.
        """
        other, image = ("local", images[1]) if side == "integration" else ("integration", images[0])
        self.db.register("asked", pl.DataFrame({"id": ids.unique()}, schema={"id": pl.String}))
        try:
            return self._frame(
                f"""select a.id, c.{other}_id as coupled_id,
                    case when i._id is not null then {key_text(image.key_fields, "i.")} end
                        as coupled_key
                from asked a join coupling c on c.mapping = $mapping and c.{side}_id = a.id
                left join {image.relation} i on i._key_hash = c.{other}_key_hash""",
                mapping=mapping,
            )
        finally:
            self.db.unregister("asked")

    def likeness(
        self,
        records: tuple[pl.DataFrame, pl.DataFrame],
        pairs: pl.DataFrame,
        measures: Mapping[str, Measure],
    ) -> pl.DataFrame:
        """How alike the fields of pairs are (`likeness.likeness`)."""
        return likeness(self.db, records, pairs, measures)
