"""The verbs about records people name: each shows its plan, asks, and applies it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from mdsync_nb.cli import as_json
from mdsync_nb.cli.asking import DECLINED, agreed
from mdsync_nb.cli.changing import OneMapping, applied
from mdsync_nb.cli.mappings import InOrder
from mdsync_nb.cli.options import HERE, Folder, Json, Mappings, Yes, opened
from mdsync_nb.cli.terminal import aside, count, say, table
from mdsync_nb.errors import UsageError
from mdsync_nb.reports.masking import said_of_records

if TYPE_CHECKING:
    from mdsync_nb.engine.selecting import Asked
    from mdsync_nb.workbench import Workbench

record = typer.Typer(
    cls=InOrder,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Find, synchronize, create, restore or delete the records you name.",
    epilog="Example: mdsync record synchronize 10250 --in NORDIC/CUSTOMER",
)

Mapping = Annotated[
    list[str],
    typer.Option("--in", metavar="MAPPING", help="Where they are; may be repeated."),
]
Records = Annotated[list[str], typer.Argument(metavar="RECORD", help="Numbers or ids of records.")]
Some = Annotated[
    list[str] | None, typer.Argument(metavar="RECORD", help="Numbers or ids of records.")
]
Direction = Annotated[
    str | None,
    typer.Option(metavar="WAY", help="to_integration or from_integration, where both are open."),
]
Every = Annotated[bool, typer.Option("--all", help="Every pair of which one record is left.")]


FOUND = {
    "key": "Record",
    "name": "Name",
    "coupled": "Coupled",
    "integration_id": "Id at the integration side",
    "local_id": "Id at the local side",
}


@record.command("find")
def find_records(
    mapping: OneMapping,
    text: Annotated[str, typer.Argument(help="Part of a number or name, or an id.")],
    *,
    limit: Annotated[int, typer.Option(metavar="N", help="At most so many.")] = 20,
    folder: Folder = HERE,
    json: Json = False,
) -> int:
    """Find records by part of their number or name.

    On both sides, the best first. Capitals do not matter.

    \b
    Example:
      mdsync record find NORDIC/CUSTOMER marine
    """
    workbench = opened(folder)
    found = workbench.find_records(mapping, text, limit=limit)
    found = said_of_records(found, workbench.workspace.settings.report.mask)
    if json:
        as_json.give({"records": found})
    else:
        table(found, FOUND, none=f"No record of {mapping} is called so.")
        more = int(found["matches"].max() or 0) - found.height  # type: ignore[arg-type]
        aside(f"{count(more, 'more record')}; say more of its name, or --limit.") if more else None
    return 0


@record.command("synchronize")
def synchronize_records(
    records: Records,
    mappings: Mapping,
    *,
    direction: Direction = None,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Also records that are set aside.")
    ] = False,
    touch: Annotated[
        bool, typer.Option("--touch", help="Write records again of which nothing differs.")
    ] = False,
    yes: Yes = False,
    folder: Folder = HERE,
    json: Json = False,
) -> int:
    """Write records from the side you choose.

    Whatever changed where. Of several records those are left out that are not coupled, are set
    aside, or changed on the other side since; each is named with the reason. A record of which
    nothing differs counts as changed and is left alone, but with --touch.

    \b
    Example:
      mdsync record synchronize 10250 --in NORDIC/CUSTOMER
    """
    workbench = opened(folder)
    asked = workbench.synchronize_records(
        *mappings, records=records, direction=direction, anyway=anyway, touch=touch
    )
    return _done(workbench, asked, yes=yes, json=json)


@record.command("create")
def create_records(
    records: Records,
    mappings: Mapping,
    *,
    direction: Direction = None,
    yes: Yes = False,
    folder: Folder = HERE,
    json: Json = False,
) -> int:
    """Create records on the other side and couple them.

    Whatever the mapping says of new records. Those that have a counterpart are left out; one whose
    counterpart is gone gets a new one.

    \b
    Example:
      mdsync record create 10366 --in LUMIERE/CUSTOMER
    """
    workbench = opened(folder)
    asked = workbench.create_records(*mappings, records=records, direction=direction)
    return _done(workbench, asked, yes=yes, json=json)


@record.command("restore")
def restore_records(
    mapping: OneMapping,
    records: Some = None,
    *,
    every: Every = False,
    yes: Yes = False,
    folder: Folder = HERE,
    json: Json = False,
) -> int:
    """Create the missing record of pairs anew.

    On whichever side it is gone. The pair is coupled to the new record.

    \b
    Example:
      mdsync record restore NORDIC/CUSTOMER 10250
    """
    workbench = opened(folder)
    named = _named(records, every=every)
    made = workbench.restore_records(mapping, records=named)
    return applied(workbench, made, force=False, yes=yes, json=json)


@record.command("delete")
def delete_records(
    mapping: OneMapping,
    records: Some = None,
    *,
    every: Every = False,
    yes: Yes = False,
    folder: Folder = HERE,
    json: Json = False,
) -> int:
    """Delete the record that is left of pairs.

    With their coupling; to undo the job brings both back.

    \b
    Example:
      mdsync record delete NORDIC/CUSTOMER 10250
    """
    workbench = opened(folder)
    named = _named(records, every=every)
    made = workbench.delete_records(mapping, records=named)
    return applied(workbench, made, force=False, yes=yes, json=json)


@record.command("find-deleted")
def find_deleted(
    mappings: Mappings = None, *, yes: Yes = False, folder: Folder = HERE, json: Json = False
) -> int:
    """Set aside the pairs whose local record is gone.

    They are on the list of errors then, to be restored, deleted or uncoupled. Mappings that
    flow both ways are not looked at: their runs find it.

    \b
    Example:
      mdsync record find-deleted NORDIC/CUSTOMER
    """
    workbench = opened(folder)
    made = workbench.find_deleted(*(mappings or ()))
    return applied(workbench, made, force=False, yes=yes, json=json)


@record.command("repair")
def repair_couplings(
    *,
    local_only: Annotated[
        bool, typer.Option("--local-only", help="Only by the local records; nothing is deleted.")
    ] = False,
    yes: Yes = False,
    folder: Folder = HERE,
    json: Json = False,
) -> int:
    """Find the mapping of couplings that have none.

    By the local record, else by the other one. What no table holds is deleted.

    \b
    Example:
      mdsync record repair --local-only
    """
    what = "" if local_only else ", and delete what no table holds"
    if not agreed(f"Repair couplings without a mapping{what}?", yes=yes):
        return DECLINED
    repaired, deleted = opened(folder).repair_couplings(local_only=local_only)
    if json:
        as_json.give({"repaired": repaired, "deleted": deleted})
    else:
        say(f"{count(repaired, 'coupling')} repaired, {count(deleted, 'coupling')} deleted.")
    return 0


def _named(records: list[str] | None, *, every: bool) -> list[str]:
    if bool(records) == every:
        raise UsageError(
            "Say which records are meant.", hint="Name them, or write --all for every such pair."
        )
    return records or []


def _done(workbench: Workbench, asked: Asked, *, yes: bool, json: bool) -> int:
    """Say what was left out and why, then show the plan, ask, and apply it."""
    if not json:
        for row in asked.left_out.to_dicts():
            say(f"{row['mapping']} {row['key']}: {row['reason']}.")
        say(f"In the plan: {asked.scheduled} of {count(asked.total, 'record')}.")
    for notice in asked.notices:
        aside(notice)
    if asked.plan is None:
        if json:
            as_json.give({"plan_id": None, "left_out": asked.left_out.to_dicts()})
        return 1
    return applied(workbench, asked.plan, force=False, yes=yes, json=json)
