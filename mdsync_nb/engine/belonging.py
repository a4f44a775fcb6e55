"""The contacts that are uncoupled with the customer or vendor they belong to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import polars as pl

from mdsync_nb import frames
from mdsync_nb.core.actions import UNCOUPLES, Purpose
from mdsync_nb.core.values import as_text
from mdsync_nb.engine.claims import going_apart
from mdsync_nb.engine.found import StepFound
from mdsync_nb.engine.parents import CONTACT, FIRMS, NUMBER, PARENT, companies_of
from mdsync_nb.engine.wide import IDS
from mdsync_nb.model import TableMapping
from mdsync_nb.store import Image, PairsWanted, Reading

TYPE, PERSON = "Type", "Person"
"""What tells the people of a company from the contact that stands for it."""

FIRM: dict[str, pl.DataType] = {"account": frames.TEXT, "company": frames.TEXT}
"""A customer or vendor: its account, and the contact that stands for it here; null where no file
tells."""

Belonging = tuple[TableMapping, tuple[str, ...]]
"""A mapping of contacts as it is uncoupled, and the ids of the contacts at Dataverse."""


def contact_mappings(
    reading: Reading, mappings: Iterable[TableMapping], parent: TableMapping
) -> list[TableMapping]:
    """Give the mappings that couple contacts of what a mapping of customers or vendors couples."""
    if not parent.profile.lets_go or parent.table not in FIRMS:
        return []
    contacts = [one for one in mappings if (one.link, one.table) == (parent.link, CONTACT)]
    return [
        one
        for one in contacts
        if _accounts_of(reading, one) == parent.integration_table
        and reading.has_couplings(one.name)
    ]


def contacts_of(reading: Reading, found: StepFound) -> Iterator[Belonging]:
    """Give the coupled contacts of the customers or vendors that a step uncouples.

    A contact belongs to the record whose account is its parent account, if it is a person of that
    record's company here. Where the files of the company do not tell, the account alone decides.
    Source: semantics.md 10.
    """
    wanted = found.wanted
    if wanted.purpose is not Purpose.UNCOUPLE:
        return
    contacts = contact_mappings(reading, wanted.siblings, wanted.mapping)
    firms = _firms(reading, found) if contacts else frames.empty(FIRM)
    for one in contacts:
        images = _images(reading, one)
        if images and firms.height:
            yield going_apart(one, images[0]), _people(reading, one, images, firms)


def _accounts_of(reading: Reading, contacts: TableMapping) -> str:
    """The table a contact's parent account is in; blank where it has none."""
    there = reading.image(contacts.integration, contacts.integration_table)
    return there.schema.by_name[PARENT].relation_table if there and there.has(PARENT) else ""


def _firms(reading: Reading, found: StepFound) -> pl.DataFrame:
    """The pairs a step uncouples of which both records are there, as `FIRM`."""
    mapping = found.wanted.mapping
    ids = "destination_id" if mapping.comes_from_local else "source_id"
    apart = found.decisions.filter(pl.col("rule").is_in(UNCOUPLES))[ids]
    images = _images(reading, mapping)
    if images is None or apart.is_empty():
        return frames.empty(FIRM)
    keys = images[0].schema.key[:1], images[1].schema.key[:1]
    pairs = _pairs(reading, mapping, images, keys)
    named = pairs.filter(pl.col("integration_id").is_in(apart.implode()))
    firms = named.select(account=f"s:{keys[0][0]}", number=f"d:{keys[1][0]}")
    companies = companies_of(reading, mapping.local)
    if companies is None:
        return firms.select("account", company=pl.lit(None, dtype=pl.String))
    standing = companies.filter(pl.col("firm") == mapping.table)
    return firms.join(standing, on="number").select("account", "company")


def _people(
    reading: Reading, contacts: TableMapping, images: tuple[Image, Image], firms: pl.DataFrame
) -> tuple[str, ...]:
    """The ids at Dataverse of the coupled contacts of firms (`FIRM`)."""
    here = [one for one in (NUMBER, TYPE) if images[1].has(one)]
    pairs = _pairs(reading, contacts, images, ([PARENT], here))
    theirs = pairs.join(firms, left_on=f"s:{PARENT}", right_on="account")
    if TYPE in here:
        theirs = theirs.filter(pl.col(f"d:{TYPE}") == PERSON)
    if NUMBER in here:
        same = pl.col("company").is_null() | (pl.col("company") == pl.col(f"d:{NUMBER}"))
        theirs = theirs.filter(same)
    return tuple(theirs["integration_id"].unique().sort())


def _images(reading: Reading, mapping: TableMapping) -> tuple[Image, Image] | None:
    """The images of (integration, local), where both are loaded."""
    there = reading.image(mapping.integration, mapping.integration_table)
    here = reading.image(mapping.local, mapping.table)
    return (there, here) if there and here else None


def _pairs(
    reading: Reading,
    mapping: TableMapping,
    images: tuple[Image, Image],
    fields: tuple[Sequence[str], Sequence[str]],
) -> pl.DataFrame:
    """The pairs of which both records are there: their ids, and fields of both sides as text."""
    there, here = images
    found = reading.pairs(
        PairsWanted(mapping.name, there, here, 0, source_fields=fields[0],
                    destination_fields=fields[1])
    ).drop_nulls(["coupling_row", "source_row", "destination_row"])  # fmt: skip
    ids = reading.couplings(found["coupling_row"], IDS).rename({"row": "coupling_row"})
    texts = [
        as_text(pl.col(f"{side}:{name}"), image.schema.by_name[name]).alias(f"{side}:{name}")
        for side, image, names in zip("sd", images, fields, strict=True)
        for name in names
    ]
    return found.join(ids, on="coupling_row").select(*IDS, *texts)
