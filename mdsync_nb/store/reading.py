"""What one short visit can read: frames out, never a connection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import duckdb
import polars as pl

from mdsync_nb import frames
from mdsync_nb.store.candidates import PairsWanted, state_of
from mdsync_nb.store.drift_reading import DriftReading
from mdsync_nb.store.flow import Flow, Side
from mdsync_nb.store.images import Image, image_of, images_of
from mdsync_nb.store.matching import Matching
from mdsync_nb.store.pairs import AS_BEFORE, pairs_of
from mdsync_nb.store.scattered import scattered
from mdsync_nb.store.sql import (
    and_listed,
    column_type,
    frame_of,
    key_text,
    listed,
    quoted,
    text_of,
)
from mdsync_nb.store.stopping import GoesOn, always

BASE = {"key_hash": frames.HASH, "field": frames.TEXT, "before": frames.TEXT}
"""What fields of one side held before they changed."""


@dataclass(frozen=True)
class Reading:
    """The questions a visit answers. Positions of rows are valid within this visit alone.

    goes_on: is asked before each question that may take long.
    """

    db: duckdb.DuckDBPyConnection
    goes_on: GoesOn = field(default=always, repr=False, compare=False)
    known: dict[tuple[str, str], Image | None] = field(
        default_factory=dict, repr=False, compare=False
    )
    """The images asked for before in this visit."""

    @property
    def drift(self) -> DriftReading:
        """The questions about two images beside each other, as they are or as a load left them."""
        return DriftReading(self.db, self.goes_on)

    def frame(self, query: str, **params: object) -> pl.DataFrame:
        """Give the rows of a query of this room as a frame."""
        self.goes_on()
        return frame_of(self.db, query, **params)

    def images(self) -> dict[tuple[str, str], Image]:
        """Every image by company and table."""
        return images_of(self.db)

    def image(self, company: str, table: str) -> Image | None:
        """One image, or None."""
        if (company, table) not in self.known:
            self.known[company, table] = image_of(self.db, company, table)
        return self.known[company, table]

    @property
    def matching(self) -> Matching:
        """What matching asks for."""
        return Matching(self.db)

    def state(self, mapping: str) -> dict[str, object]:
        """What runs changed about a mapping: watermark, last run; empty before the first."""
        return state_of(self.db, mapping)

    def pairs(self, wanted: PairsWanted) -> pl.DataFrame:
        """The candidates of a step as `frames.PAIRS` (`pairs.pairs_of`)."""
        self.goes_on()
        return pairs_of(self.db, wanted)

    def wide(self, image: Image, rows: pl.Series, fields: Sequence[str]) -> pl.DataFrame:
        """The given rows of an image: `row`, `_id`, `_key`, the system times, and the fields."""
        self.goes_on()
        wanted = pl.DataFrame({"row": rows.drop_nulls().unique()})
        self.db.register("wanted", wanted)
        try:
            return scattered(
                self.db,
                f"""select rowid as row, _id, {key_text(image.key_fields)} as _key, _key_hash,
                    _row_hash, _modified_at, _created_at, _modified_by {and_listed(fields)}
                from {image.relation} where rowid in (select row from wanted)""",
                rows=wanted.height,
                columns=len(fields),
            )
        finally:
            self.db.unregister("wanted")

    def columns(self, image: Image, fields: Sequence[str]) -> pl.DataFrame:
        """Whole columns of an image, for filters."""
        return self.frame(f"select {listed(fields)} from {image.relation}")

    def coupled_rows(self, image: Image, mappings: Sequence[str], side: str) -> pl.Series:
        """The positions of records of an image that any of these mappings couples.

        side: `integration` or `local`, the side of the mappings this image is.
        """
        return self.frame(
            f"""select rowid as row from {image.relation} where _key_hash in (
                select {side}_key_hash from coupling where list_contains($mappings, mapping))""",
            mappings=list(mappings),
        )["row"]

    def keys_present(self, image: Image, keys: pl.Series) -> pl.Series:
        """Which of these primary keys the image holds."""
        return self._keyed(image, keys)["key"]

    def rows_with_keys(self, image: Image, keys: pl.Series) -> pl.Series:
        """The positions of records with these primary keys."""
        return self._keyed(image, keys)["row"]

    def _keyed(self, image: Image, keys: pl.Series) -> pl.DataFrame:
        """The records with these primary keys: `key`, `row`."""
        if keys.is_empty():
            return pl.DataFrame(schema={"key": pl.String, "row": pl.Int64})
        self.db.register("asked", pl.DataFrame({"key": keys.unique()}))
        try:
            key, (among, range_) = key_text(image.key_fields), _among(image, keys)
            return self.frame(
                f"""select {key} as key, rowid as row from {image.relation}
                where {key} in (select key from asked) {among}""",
                **range_,
            )
        finally:
            self.db.unregister("asked")

    def last_load(self, image: Image) -> dict[str, object]:
        """The load an image comes from (`frames.LOADS`), with its place in the order of changes."""
        query = "select * from load where load_id = $load"
        return self.frame(query, load=image.load_id).to_dicts()[0]

    def last_job(self, mapping: str) -> int | None:
        """The number of the last job of a mapping that came to its end, or None: one that was
        stopped left nothing behind."""
        query = "select max(job_id) as job from job where mapping = $m and status <> 'stopped'"
        rows = self.frame(query, m=mapping)
        found = rows["job"][0]
        return None if found is None else int(found)

    def agreed_before_last_load(
        self, mapping: str, source: Image | None, destination: Image | None
    ) -> datetime | None:
        """Since when there is a base to compare with: the first agreement older than a load."""
        if source is None or destination is None:
            return None
        newest = max(source.seq, destination.seq)
        rows = self.frame(
            "select min(agreed_at) as since from coupling where mapping = $m and agreed_seq < $seq",
            m=mapping,
            seq=newest,
        )
        found = rows["since"][0]
        return found if isinstance(found, datetime) else None

    def has_couplings(self, mapping: str) -> bool:
        """Whether any record of a mapping was ever coupled."""
        query = "select 1 from coupling where mapping = $m limit 1"
        return not self.frame(query, m=mapping).is_empty()

    def coupled(self, mapping: str) -> tuple[int, int]:
        """How many pairs of a mapping are coupled, and how many of them no run has synchronized
        and coupling did not find equal."""
        rows = self.frame(
            """select count(*) as coupled, count(*) filter
                (last_result is null and integration_row_hash is null) as untouched
            from coupling where mapping = $m""",
            m=mapping,
        )
        return int(rows["coupled"][0]), int(rows["untouched"][0])

    def couplings(self, rows: pl.Series, columns: Sequence[str]) -> pl.DataFrame:
        """The couplings at these positions: `row`, and the columns asked for."""
        open_writes = self.frame("select 1 from pending where status = 'not taken over' limit 1")
        wanted = pl.DataFrame({"row": rows.drop_nulls().unique()})
        query = f"""select rowid as row {and_listed(columns)}
            from {"coupling" if open_writes.is_empty() else AS_BEFORE}
            where rowid in (select row from wanted)"""
        self.db.register("wanted", wanted)
        try:
            if not open_writes.is_empty():
                return self.frame(query)
            return scattered(self.db, query, rows=wanted.height, columns=len(columns))
        finally:
            self.db.unregister("wanted")

    def base(self, image: Image, since: pl.DataFrame) -> pl.DataFrame:
        """What fields held when two records last agreed: `key_hash`, `field`, `before`.

        since: `key_hash` and `agreed_seq`. Only fields changed after that are in it: the first
        `before` since then; every other field still holds its base.
        """
        if since.is_empty():
            return pl.DataFrame(schema=BASE)
        self.db.register("since", since.select("key_hash", "agreed_seq"))
        try:
            return self.frame(
                """select c.key_hash, c.field,
                    arg_min_null(c.before, c.seq) as before
                from change_cell c join since w
                  on c.key_hash = w.key_hash and c.seq > w.agreed_seq
                where c.company = $company and c."table" = $table group by all""",
                company=image.company,
                table=image.table,
            )
        finally:
            self.db.unregister("since")

    def kept(self, mapping: str, side: Side, since: pl.DataFrame) -> pl.DataFrame:
        """What fields of one side held that were left different: `key_hash`, `field`, `before`.

        since: `key_hash` of the integration records and `agreed_seq`. It goes before what changed
        since.
        """
        if since.is_empty():
            return pl.DataFrame(schema=BASE)
        self.db.register("since", since.select("key_hash", "agreed_seq"))
        try:
            return self.frame(
                """select key_hash, field, base as before from kept_cell k join since w
                  on k.integration_key_hash = w.key_hash and k.agreed_seq = w.agreed_seq
                where k.mapping = $mapping and k.side = $side""",
                mapping=mapping,
                side=side,
            )
        finally:
            self.db.unregister("since")

    def keys(self, image: Image, field: str) -> pl.Series:
        """The values a field holds in an image, for references to it."""
        found = image.schema.by_name[field]
        return self.frame(
            f"select distinct {text_of(found, quoted(field))} as value from {image.relation}"
        )["value"]

    def newest(self, image: Image) -> datetime | None:
        """When the newest record of an image was modified."""
        found = self.frame(f"select max(_modified_at) as at from {image.relation}")["at"][0]
        return found if isinstance(found, datetime) else None

    def partners(
        self, mapping: str, flow: Flow, images: tuple[Image, Image], fields: tuple[str, str]
    ) -> pl.DataFrame:
        """What a field of coupled records holds on either side: `value`, `partner` (text).

        images, fields: of (source, destination).
        """
        source, destination = images
        values = [
            text_of(image.schema.by_name[name], f"{alias}.{quoted(name)}")
            for image, name, alias in zip(images, fields, ("s", "d"), strict=True)
        ]
        return self.frame(
            f"""select {values[0]} as value, {values[1]} as partner from coupling c
            join {source.relation} s on s._key_hash = c.{flow.source}_key_hash
            join {destination.relation} d on d._key_hash = c.{flow.destination}_key_hash
            where c.mapping = $mapping""",
            mapping=mapping,
        )

    def set_aside(self, image: Image) -> pl.DataFrame:
        """The rows of an image's last load that could not be read safely (`frames.SET_ASIDE`)."""
        return frames.conform(
            self.frame("select * from set_aside where load_id = $load", load=image.load_id),
            frames.SET_ASIDE,
        )


def _among(image: Image, keys: pl.Series) -> tuple[str, dict[str, object]]:
    """The SQL of the range that keys lie in, where the key is one text, with its parameters.

    Keys of new records mostly follow those that are there: then hardly a block is read for them.
    """
    first, *more = image.key_fields
    lowest, highest = keys.min(), keys.max()
    if more or column_type(first) != "varchar" or not lowest:
        return "", {}
    range_ = {"lowest": lowest, "highest": highest}
    return f"and {quoted(first.name)} between $lowest and $highest", range_
