"""What coupling a mapping would do, or did, as people look at it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from mdsync_nb import frames
from mdsync_nb.core.coupling import told_by_outcome
from mdsync_nb.core.evidence import evidence
from mdsync_nb.core.likeness import DESCRIPTION, NAME
from mdsync_nb.engine.counterparts import Both, name_there
from mdsync_nb.model import TableMapping
from mdsync_nb.store import Image

CALLED = {"_id": pl.String, "_key": pl.String, "_name": pl.String}


@dataclass(frozen=True, repr=False)
class Matched:
    """What coupling a mapping would do, or did.

    matches: `frames.MATCHES`, one row a source record, with the reason and the candidates.
    pairs: `integration_id`, `local_id`, `equal`. job: its number, or None when nothing was written.
    both: the records that were matched; None where a person chose the pairs. coupled: `source_id`,
    `coupled_id` of those that had a counterpart before.
    """

    mapping: TableMapping
    matches: pl.DataFrame
    pairs: pl.DataFrame
    contradicting: pl.DataFrame
    images: tuple[Image, Image]
    both: Both | None = None
    coupled: pl.DataFrame | None = None
    job: int | None = None

    @property
    def chosen(self) -> bool:
        """Whether a person chose the pairs."""
        return self.both is None

    @cached_property
    def evidence(self) -> pl.DataFrame:
        """What each proposed criterion would match, leave ambiguous or contradict, best first.

        It is found out when somebody asks for it. Without columns where a person chose the pairs.
        """
        if self.both is None:
            return pl.DataFrame()
        mapping, source, local, schema, rejected = self.both
        return evidence(source, local, mapping.propose_match, schema, rejected=rejected)

    @property
    def counts(self) -> dict[str, int]:
        """How many source records had which outcome."""
        found = self.matches.group_by("outcome").len()
        return {str(row["outcome"]): int(row["len"]) for row in found.to_dicts()}

    @property
    def outcomes(self) -> pl.DataFrame:
        """How many records have each outcome, also none (`frames.OUTCOMES`)."""
        return told_by_outcome(self.matches)

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that both companies exported, by their names on the local side."""
        there, here = self.images
        names = here.schema.by_name
        both = (one for one in names if here.has(one) and there.has(name_there(self.mapping, one)))
        return tuple(both)

    @property
    def records(self) -> pl.DataFrame:
        """Every record with its name and its counterpart (`frames.MATCHED`), in key order."""
        known = self._with_coupled()
        ends = dict(zip(self._ends, ("source_id", "destination_id"), strict=True))
        ids = {**ends, "record_id": "source_id"}
        paired = known.with_columns(pl.col(old).alias(new) for new, old in ids.items())
        equal = self.pairs.select(*ends, "equal")
        told = paired.join(equal, on=list(ends), how="left", maintain_order="left")
        return frames.conform(self.with_names(told), frames.MATCHED)

    def with_names(self, pairs: pl.DataFrame) -> pl.DataFrame:
        """Give pairs (`integration_id`, `local_id`) with what their records are called.

        Adds `record_key`, `record_name` of the side that looks for a counterpart, and
        `counterpart_key`, `counterpart_name`; null of a record that is gone.
        """
        sides = (self.both.source, self.both.local) if self.both else (None, None)
        for what, end, side in zip(("record", "counterpart"), self._ends, sides, strict=True):
            names = {"_id": end, "_key": f"{what}_key", "_name": f"{what}_name"}
            pairs = pairs.join(_called(side, names), on=end, how="left", maintain_order="left")
        return pairs

    def samples(self, outcome: str, most: int = 5) -> pl.DataFrame:
        """The first records with an outcome, in key order, with the reason (`frames.MATCHES`)."""
        return self.matches.filter(pl.col("outcome") == outcome).head(most)

    @property
    def _ends(self) -> tuple[str, str]:
        """The ids of a pair: first that of the side that looks for a counterpart."""
        looks = self.both is not None and self.mapping.profile.matches_from_local
        return ("local_id", "integration_id") if looks else ("integration_id", "local_id")

    def _with_coupled(self) -> pl.DataFrame:
        """The matches, with the counterpart of records that had one before."""
        if self.coupled is None:
            return self.matches
        return self.matches.join(
            self.coupled, on="source_id", how="left", maintain_order="left"
        ).with_columns(destination_id=pl.coalesce("destination_id", "coupled_id"))

    def __repr__(self) -> str:
        job = f"job {self.job}, " if self.job else ""
        told = ", ".join(f"{many} {outcome}" for outcome, many in sorted(self.counts.items()))
        return f"Matched({job}{self.mapping.name}: {told or 'no record'})"

    def _repr_html_(self) -> str:
        from mdsync_nb.reports.pieces.results import matched_summary

        return matched_summary(self)._repr_html_()


def _called(side: pl.DataFrame | None, names: Mapping[str, str]) -> pl.DataFrame:
    """What the records of a side are called. names: the columns, and their names to be."""
    if side is None:
        return pl.DataFrame(schema=CALLED).rename(names)
    name = next((one for one in (NAME, DESCRIPTION) if one in side.columns), None)
    called = pl.lit(None, dtype=pl.String) if name is None else pl.col(name).cast(pl.String)
    return side.select("_id", "_key", _name=called).rename(names)
