"""What one short visit can tell of two sides beside each other: frames out, never a connection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import polars as pl

from mdsync_nb.core.drifting import Drifting
from mdsync_nb.store.drifted import Drifted, Sides, drifted
from mdsync_nb.store.earlier import standing_then
from mdsync_nb.store.sql import frame_of
from mdsync_nb.store.stopping import GoesOn
from mdsync_nb.store.together import Together


@dataclass(frozen=True)
class DriftReading:
    """The questions about two images, as they are now or were, that a visit answers."""

    db: duckdb.DuckDBPyConnection
    goes_on: GoesOn

    def loads(self, company: str, table: str) -> pl.DataFrame:
        """The loads of a table that were taken, in the order of changes."""
        return frame_of(
            self.db,
            """select load_id, as_of, complete, seq from load
            where company = $company and "table" = $table and seq is not null order by seq""",
            company=company,
            table=table,
        )

    def sides(self, wanted: Together) -> Sides:
        """Both images as of their places in the order of changes, for this visit alone."""
        return (
            standing_then(self.db, wanted.there, "there"),
            standing_then(self.db, wanted.here, "here"),
        )

    def drifted(
        self,
        wanted: Together,
        sides: Sides,
        *,
        fields: Sequence[Drifting],
        names: tuple[str | None, str | None],
        facets: Sequence[str],
    ) -> Drifted:
        """What differs between the two (`drifted.drifted`)."""
        return drifted(
            self.db,
            wanted,
            sides,
            fields=fields,
            names=names,
            facets=facets,
            goes_on=self.goes_on,
        )
