"""The company a record at Dataverse names as its own, which uncoupling resets."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from mdsync_nb import frames
from mdsync_nb.core.actions import LETTING_GO, UNCOUPLING, Purpose
from mdsync_nb.core.values import as_text
from mdsync_nb.engine.found import StepFound, StepWanted
from mdsync_nb.engine.keys import Judged
from mdsync_nb.engine.wide import Sides, sides_of
from mdsync_nb.model import Action, Direction, TableMapping
from mdsync_nb.store import Image, Reading

COMPANY_ID = "CompanyId"
"""The field of an account, contact, product or order that names its company."""

CLAIM = "company_id"
ASKING = (Purpose.UNCOUPLE, Purpose.LET_GO)
ALONE = pl.col("coupling_row").is_null()
RULES = tuple(rule.id for rule in (*UNCOUPLING, *LETTING_GO) if rule.action is not Action.NONE)
"""Rules of records that are let go; their decisions come from here."""


def resets(mapping: TableMapping, integration: Image | None) -> bool:
    """Whether uncoupling writes the integration side: in a link with Dataverse, where the mapping
    flows there and its records name their company. Source: semantics.md 1.1, 10."""
    flows = Direction.TO_INTEGRATION in mapping.directions
    named = integration is not None and integration.has(COMPANY_ID)
    return mapping.profile.lets_go and flows and named


def going_apart(mapping: TableMapping, integration: Image | None) -> TableMapping:
    """Give a mapping as it is uncoupled: going to Dataverse where that is written, else its way."""
    writes = resets(mapping, integration)
    return mapping.going(Direction.TO_INTEGRATION if writes else mapping.directions[-1])


def columns_asked(wanted: StepWanted, destination: Image) -> list[str]:
    """The fields of the destination that have to be read to know whom a record belongs to."""
    asks = wanted.purpose in ASKING and wanted.mapping.comes_from_local
    return [COMPANY_ID] if asks and resets(wanted.mapping, destination) else []


def with_claims(
    reading: Reading, wanted: StepWanted, pairs: pl.DataFrame, destination: Image, *, filtered: bool
) -> pl.DataFrame:
    """Add `company_id` (text), `claimed` (there is one) and `stuck`: it is ours to be reset, and
    the record is not coupled.

    filtered: every condition of the filter could be asked. Whole tables let go only of what is in
    it and names our company; no mapping of the link may hold the record. Nothing is claimed where
    uncoupling writes no company.
    """
    if wanted.purpose not in ASKING:
        return pairs
    if not columns_asked(wanted, destination):
        none = pl.lit(None, dtype=pl.String).alias(CLAIM)
        return pairs.with_columns(none, claimed=pl.lit(value=False), stuck=pl.lit(value=False))
    text = as_text(pl.col(f"d:{COMPANY_ID}"), destination.schema.by_name[COMPANY_ID])
    told = pairs.with_columns(text.alias(CLAIM))
    stuck = ~_held_elsewhere(reading, wanted, destination)
    if wanted.purpose is Purpose.UNCOUPLE:
        ours = _own_company(wanted.mapping, told)
        known = pl.lit(filtered and ours is not None)
        stuck = stuck & ALONE & known & pl.col("destination_in_filter") & (pl.col(CLAIM) == ours)
    return told.with_columns(
        claimed=pl.col(CLAIM).is_not_null(), stuck=stuck.fill_null(value=False)
    )


def _held_elsewhere(reading: Reading, wanted: StepWanted, destination: Image) -> pl.Expr:
    """Whether another mapping of the link couples the record."""
    others = [one.name for one in wanted.siblings if one.name != wanted.mapping.name]
    rows = reading.coupled_rows(destination, others, "integration")
    return pl.col("destination_row").is_in(rows.implode())


def _own_company(mapping: TableMapping, pairs: pl.DataFrame) -> str | None:
    """The company id that means us: the one the filter of the mapping names, else the one all its
    coupled records name; nobody knows it where they name several."""
    said = [
        value.strip("{} ").lower()
        for one in mapping.integration_filter
        if one.field == COMPANY_ID and one.operator == "="
        for value in one.values
        if value.strip("{} ")
    ]
    found = said or pairs.filter(~ALONE)[CLAIM].drop_nulls().unique().to_list()
    return found[0] if len(found) == 1 else None


def let_go(noisy: pl.DataFrame, sides: Sides) -> Judged:
    """Give the records that are let go, and a cell for each company id that is reset.

    A record without a counterpart has no source; it stands under a name of its own. Only its own
    row has to be as it was when the plan was made.
    """
    gone = noisy.filter(pl.col("rule").is_in(RULES))
    if gone.is_empty():
        return pl.DataFrame(schema={"detail": pl.String, "rule": pl.String}), pl.DataFrame()
    claims = gone.with_row_index("ix")
    told = sides_of(claims, sides, names_only=True).with_columns(
        source_id=pl.coalesce("source_id", pl.format("none:{}", "destination_id")),
        source_hash=pl.lit(None, dtype=pl.UInt64),
        conflict=pl.lit(""),
        detail=pl.lit(None, dtype=pl.String),
    )
    written = pl.col("rule").is_in([r.id for r in UNCOUPLING if r.action is Action.MODIFY])
    cells = told.filter(written).select(
        "source_id",
        "destination_id",
        field=pl.lit(COMPANY_ID),
        source=pl.lit(None, dtype=pl.String),
        destination=CLAIM,
        base=pl.lit(None, dtype=pl.String),
        kept=pl.lit(value=False),
        warning=pl.lit(""),
        **{"class": pl.lit("source", dtype=frames.CELL_CLASS)},
    )
    return told, cells


def removed_from_here(found: StepFound) -> Sequence[str]:
    """The records at Dataverse whose coupling a step takes away because the one here is gone."""
    if found.wanted.mapping.comes_from_local or not resets(found.wanted.mapping, found.source):
        return ()
    return found.decisions.filter(pl.col("rule") == "remove-coupling")["source_id"].to_list()
