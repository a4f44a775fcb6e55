"""The company of a contact that comes from Dataverse: that of the customer or vendor its parent
account is."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from mdsync_nb.core.resolve import AFTER_VALUES
from mdsync_nb.core.transfer import CELLS_FOUND
from mdsync_nb.core.values import as_text
from mdsync_nb.engine.found import StepWanted
from mdsync_nb.engine.wide import Sides
from mdsync_nb.frames import CELL_CLASS
from mdsync_nb.model import Action
from mdsync_nb.model.kinds import CellClass
from mdsync_nb.store import Image, Reading

CONTACT, RELATIONS = "Contact", "Contact Business Relation"
PARENT = "ParentCustomerId"
NUMBER, NAME = "Company No.", "Company Name"
FIRMS = ("Customer", "Vendor")
"""What a parent account may be, in the order it is looked for (semantics.md 5.2)."""

TELLING = ("Link to Table", "No.", "Contact No.")
"""The columns of the relations that say which contact stands for which customer."""

CHANGES = [rule.id for rule in AFTER_VALUES if rule.action is Action.MODIFY]

NOT_LOADED = f"not known: {RELATIONS} was not loaded"


def with_company(
    pairs: pl.DataFrame, carried: pl.DataFrame, sides: Sides, wanted: StepWanted
) -> pl.DataFrame:
    """Give the cells of contacts to be created with their company: its number and its name.

    pairs: `ix`, `source_row`. carried: of `inserted_cells`; what the mapping says of a field
    counts. A parent account that is no customer and no vendor gives no company, and nothing is
    coupled or created for it. Source: semantics.md 5.2.
    """
    return pl.concat([carried, _told(pairs, sides, wanted)])


def company_changed(decided: pl.DataFrame, sides: Sides, wanted: StepWanted) -> pl.DataFrame:
    """Give the cells of contacts that are changed and have another company here than their parent
    account says: `CELLS_FOUND`, `kept`, `class`.

    decided: `ix`, `rule`, positions. A company that is not known leaves the one that is here, and
    so does a parent account that is no customer and no vendor. Source: semantics.md 5.2.
    """
    changed = decided.filter(pl.col("rule").is_in(CHANGES))
    told = _told(changed, sides, wanted).filter(pl.col("source").is_not_null())
    source = pl.lit(CellClass.SOURCE.value, dtype=CELL_CLASS)
    told = told.with_columns(kept=pl.lit(value=False), **{"class": source})
    if told.is_empty():
        return told
    fields = told["field"].unique().to_list()
    here = sides.reading.wide(sides.destination, changed["destination_row"], fields)
    held = here.unpivot(fields, index="row", variable_name="field", value_name="held")
    placed = changed.select("ix", row="destination_row").join(held, on="row").drop("row")
    beside = told.join(placed, on=["ix", "field"]).with_columns(destination="held").drop("held")
    return beside.filter(pl.col("source").ne_missing(pl.col("destination")))


def _told(pairs: pl.DataFrame, sides: Sides, wanted: StepWanted) -> pl.DataFrame:
    """The company of contacts as their parent accounts say, as cells of what is here blank."""
    here, there = sides.destination, sides.source
    if pairs.is_empty() or here.table != CONTACT or not (here.has(NUMBER) and there.has(PARENT)):
        return pl.DataFrame(schema=CELLS_FOUND)
    parents = _parents(pairs, sides)
    found = parents.join(_firms(sides, wanted), on="account", how="inner")
    companies = companies_of(sides.reading, here.company)
    if companies is None:
        told = [_cells(found, NUMBER, pl.lit(None, dtype=pl.String), NOT_LOADED)]
    else:
        named = _named(found.join(companies, on=["firm", "number"]), sides)
        told = [_cells(named, NUMBER, pl.col("company"))]
        told += [_cells(named, NAME, pl.col("name"))] if here.has(NAME) else []
    said = {one.name for one in sides.fields}
    return pl.concat(told).filter(~pl.col("field").is_in(list(said)))


def _parents(pairs: pl.DataFrame, sides: Sides) -> pl.DataFrame:
    """The parent account of each contact: `ix`, `account`."""
    field = sides.source.schema.by_name[PARENT]
    rows = sides.reading.wide(sides.source, pairs["source_row"], [PARENT])
    accounts = rows.select(source_row="row", account=as_text(pl.col(PARENT), field))
    return pairs.select("ix", "source_row").join(accounts, on="source_row").drop_nulls("account")


def _firms(sides: Sides, wanted: StepWanted) -> pl.DataFrame:
    """What accounts are coupled to: `account`, `firm` (its table), `number`; one row each."""
    none = pl.DataFrame(schema=dict.fromkeys(("account", "number", "firm"), pl.String))
    known = pl.concat([none, *_coupled(sides, wanted)])
    return known.unique("account", keep="first", maintain_order=True)


def _coupled(sides: Sides, wanted: StepWanted) -> Iterator[pl.DataFrame]:
    table = sides.source.schema.by_name[PARENT].relation_table
    for firm in FIRMS:
        for one in wanted.siblings:
            if (one.table, one.integration_table) != (firm, table):
                continue
            images = tuple(
                sides.reading.image(*place)
                for place in ((one.integration, one.integration_table), (one.local, one.table))
            )
            if None not in images:
                yield _partners(sides, wanted, one.name, images).with_columns(firm=pl.lit(firm))


def _partners(
    sides: Sides, wanted: StepWanted, mapping: str, images: tuple[Image | None, ...]
) -> pl.DataFrame:
    there, here = images
    assert there is not None
    assert here is not None
    names = there.schema.key[0], here.schema.key[0]
    found = sides.reading.partners(mapping, wanted.flow, (there, here), names)
    return found.rename({"value": "account", "partner": "number"})


def companies_of(reading: Reading, company: str) -> pl.DataFrame | None:
    """The contact that stands for each customer and vendor: `firm` (its table), `number`,
    `company`; None where no file tells."""
    relations = reading.image(company, RELATIONS)
    if relations is None or not all(relations.has(one) for one in TELLING):
        return None
    columns = reading.columns(relations, list(TELLING))
    named = columns.rename(dict(zip(TELLING, ("firm", "number", "company"), strict=True)))
    return named.sort("company").unique(["firm", "number"], keep="first", maintain_order=True)


def _named(found: pl.DataFrame, sides: Sides) -> pl.DataFrame:
    """Add `name`, that of the company's contact."""
    here = sides.destination
    if not here.has("Name"):
        return found.with_columns(name=pl.lit(None, dtype=pl.String))
    contacts = sides.reading.columns(here, [here.schema.key[0], "Name"])
    names = contacts.select(company=here.schema.key[0], name="Name")
    return found.join(names, on="company", how="left")


def _cells(found: pl.DataFrame, field: str, value: pl.Expr, warning: str = "") -> pl.DataFrame:
    return found.select(
        "ix",
        field=pl.lit(field),
        source=value,
        destination=pl.lit(None, dtype=pl.String),
        differs=pl.lit(value=True),
        currency_meaning=pl.lit(value=False),
        warning=pl.lit(warning),
    ).match_to_schema(CELLS_FOUND)
