"""The verbs of `mdsync pair`: which records come near each other, and which do not belong."""

from __future__ import annotations

from typing import Annotated

import polars as pl
import typer

from mdsync_nb.cli import as_json
from mdsync_nb.cli.changing import Criteria, OneMapping
from mdsync_nb.cli.mappings import InOrder
from mdsync_nb.cli.options import HERE, Folder, Json, Mappings, as_pairs, opened
from mdsync_nb.cli.terminal import count, say, table
from mdsync_nb.reports.masking import masked, said_of_records

Pairs = Annotated[
    list[str],
    typer.Argument(
        metavar="THERE=HERE", help="Numbers or ids: of the source company, and of the subsidiary."
    ),
]

CANDIDATES = {
    "record_key": "Record",
    "record_name": "Name",
    "candidate_key": "Candidate",
    "candidate_name": "Called",
    "alike": "Alike",
    "agree": "The same",
    "close": "Nearly the same",
    "contradict": "Contradicts",
    "coupled_key": "Coupled to",
}
VALUES = {
    "record_key": "Record",
    "candidate_key": "Candidate",
    "field": "Field",
    "record_value": "Value",
    "candidate_value": "Value of the candidate",
    "alike": "Alike",
    "says": "Says",
}
REJECTED = {
    "mapping": "Mapping",
    "integration_key": "There",
    "local_key": "Here",
    "rejected_at": "Rejected",
    "rejected_by": "By",
    "comment": "Why",
}

pair = typer.Typer(
    cls=InOrder,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Show which records come near each other, and say which do not belong together.",
    epilog="Example: mdsync pair candidates LUMIERE/CUSTOMER 10366",
)


@pair.command("candidates")
def candidates(
    mapping: OneMapping,
    records: Annotated[
        list[str] | None,
        typer.Argument(metavar="RECORD", help="Numbers or ids; all undecided ones without."),
    ] = None,
    *,
    by: Criteria = None,
    side: Annotated[
        str, typer.Option(metavar="SIDE", help="integration or local, where both know the number.")
    ] = "",
    most: Annotated[int, typer.Option(min=1, help="Candidates a record.")] = 5,
    at_least: Annotated[
        float, typer.Option(min=0, max=1, help="How alike they must be, 0 to 1.")
    ] = 0.5,
    rejected: Annotated[
        bool, typer.Option("--rejected", help="Also pairs that were rejected.")
    ] = False,
    values: Annotated[
        bool, typer.Option("--values", help="Both values of every compared field.")
    ] = False,
    folder: Folder = HERE,
    json: Json = False,
) -> int:
    """Show which records of the other company come nearest.

    With how alike they are, from 0 to 1, what agrees and what contradicts. Nothing is written.

    \b
    Example:
      mdsync pair candidates LUMIERE/CUSTOMER 10366 --values
    """
    workbench = opened(folder)
    found = workbench.candidates(
        mapping, records=records or (), side=side, criteria=by or (), most=most,
        at_least=at_least, rejected=rejected, values=values,
    )  # fmt: skip
    mask = workbench.workspace.settings.report.mask
    hidden = masked(found, mask) if values else said_of_records(found, mask)
    if json:
        as_json.give({"values" if values else "candidates": hidden})
        return 0
    share = (pl.col("similarity") * 100).round().cast(pl.Int64)
    shown = hidden.with_columns(alike=pl.format("{} %", share))
    table(shown, VALUES if values else CANDIDATES, none="No record comes near.")
    return 0


@pair.command("reject")
def reject_pairs(
    mapping: OneMapping,
    pairs: Pairs,
    *,
    comment: Annotated[str, typer.Option(metavar="TEXT", help="Why; kept with the pairs.")] = "",
    folder: Folder = HERE,
    json: Json = False,
) -> int:
    """Say that records do not belong together.

    No run, no matching and no list of candidates brings them together again. No company is
    written. To take it back: mdsync pair unreject.

    \b
    Example:
      mdsync pair reject LUMIERE/CUSTOMER 10366=20068 --comment "Two branches of one group"
    """
    workbench = opened(folder)
    found = workbench.reject_pairs(mapping, as_pairs(pairs), comment=comment)
    if json:
        hidden = said_of_records(found, workbench.workspace.settings.report.mask)
        as_json.give({"rejected": hidden})
        return 0
    say(f"{count(found.height, 'pair')} of {mapping} will not be found again.")
    return 0


@pair.command("unreject")
def unreject_pairs(
    mapping: OneMapping, pairs: Pairs, *, folder: Folder = HERE, json: Json = False
) -> int:
    """Take back that records do not belong together.

    They may be matched again. A coupling of the two takes it back as well.

    \b
    Example:
      mdsync pair unreject LUMIERE/CUSTOMER 10366=20068
    """
    many = opened(folder).unreject_pairs(mapping, as_pairs(pairs))
    if json:
        as_json.give({"unrejected": many})
    else:
        say(f"{count(many, 'pair')} of {mapping} may be matched again.")
    return 0


@pair.command("rejected")
def rejected_pairs(mappings: Mappings = None, folder: Folder = HERE, json: Json = False) -> int:
    """Show the pairs that were rejected, by whom, when and why.

    \b
    Example:
      mdsync pair rejected LUMIERE
    """
    workbench = opened(folder)
    found = workbench.rejected_pairs(*(mappings or ()))
    hidden = said_of_records(found, workbench.workspace.settings.report.mask)
    if json:
        as_json.give({"rejected": hidden})
        return 0
    known = hidden.with_columns(
        pl.coalesce("integration_key", "integration_id").alias("integration_key"),
        pl.coalesce("local_key", "local_id").alias("local_key"),
    )
    table(known, REJECTED, none="No pair was rejected.")
    return 0
