"""The verbs that change something, after asking."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from mdsync_nb.cli import as_json, shown
from mdsync_nb.cli.asking import DECLINED, SOME_FAILED, agreed
from mdsync_nb.cli.options import HERE, Folder, Force, Full, Json, Mappings, Yes, as_pairs, opened
from mdsync_nb.cli.terminal import count, listing, say
from mdsync_nb.engine.planning import Plan
from mdsync_nb.engine.running import Applied
from mdsync_nb.errors import PlanRefused, UsageError
from mdsync_nb.reports.pieces.plans import WRITES, actions_of
from mdsync_nb.reports.pieces.words import ACTIONS

if TYPE_CHECKING:
    from mdsync_nb.workbench import Workbench

OneMapping = Annotated[str, typer.Argument(metavar="MAPPING", help="Like NORDIC/CUSTOMER.")]
Criteria = Annotated[
    list[str] | None,
    typer.Option("--by", metavar="FIELD", help="Match by this field; several go together."),
]


def couple(
    mapping: OneMapping,
    records: Annotated[
        list[str] | None, typer.Argument(metavar="RECORD", help="Only these; all without.")
    ] = None,
    *,
    by: Criteria = None,
    pair: Annotated[
        list[str] | None,
        typer.Option("--pair", metavar="THERE=HERE", help="Couple these two; may be repeated."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would match.")] = False,
    yes: Yes = False,
    folder: Folder = HERE,
    json: Json = False,
) -> int:
    """Couple the records of a mapping that belong together.

    Shows what each criterion would find, and why records stay without a counterpart. Pairs you
    name are coupled without matching, those that were rejected, too. No company is written.

    \b
    Example:
      mdsync couple LUMIERE/CUSTOMER --by "VAT Registration No." --by Name --dry-run
      mdsync couple LUMIERE/CUSTOMER --pair 10366=20068
    """
    workbench = opened(folder)
    mask = workbench.workspace.settings.report.mask
    pairs = as_pairs(pair) if pair else None
    found = workbench.match(mapping, criteria=by or (), records=records or (), pairs=pairs)
    if not json:
        shown.matched(found, mask)
    many = count(found.counts.get("match", 0), "record")
    if not dry_run:
        if not agreed(f"Couple {many} of {found.mapping.name}? No company is written.", yes=yes):
            return DECLINED
        found = workbench.couple(mapping, criteria=by or (), records=records or (), pairs=pairs)
    if json:
        as_json.give(as_json.matched(found, mask))
    elif found.job is not None:
        say(f"Job {found.job} coupled {many}. To reverse it: mdsync undo {found.job}")
    return 0


def uncouple(
    mapping: OneMapping,
    records: Annotated[
        list[str] | None, typer.Argument(metavar="RECORD", help="Numbers or ids of records.")
    ] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="All records of the mapping.")] = False,
    yes: Yes = False,
    folder: Folder = HERE,
    json: Json = False,
) -> int:
    """Take records apart that were coupled.

    Their records stay as they are on both sides, and no run takes them for each other any more.
    What they last agreed on is forgotten; to undo the job brings it back. In Dataverse the company
    a record belongs to is reset, with --all also where it was left behind, and the contacts of a
    customer or vendor are uncoupled with it: that is shown first.

    \b
    Example:
      mdsync uncouple NORDIC/CUSTOMER 10366
    """
    workbench = opened(folder)
    if bool(records) == every:
        raise UsageError(
            "Say which records to uncouple.",
            hint="Name them, or write --all for the whole mapping.",
        )
    made = workbench.uncouple_plan(mapping, records=records or ())
    if made is not None:
        return applied(workbench, made, force=False, yes=yes, json=json)
    what = "all records" if every else count(len(records or ()), "record")
    if not agreed(f"Uncouple {what} of {mapping}? No company is written.", yes=yes):
        return DECLINED
    done = workbench.uncouple(mapping, records=records or ())
    if json:
        as_json.give({"job_id": done and done[0], "uncoupled": done[1] if done else 0})
    elif done is None:
        say("None of them was coupled.")
    else:
        job, many = done
        say(f"Job {job} uncoupled {count(many, 'record')}. To reverse it: mdsync undo {job}")
    return 0


def plan(
    mappings: Mappings = None,
    *,
    full: Full = False,
    records: Annotated[
        list[str] | None,
        typer.Option("--record", metavar="KEY", help="Only this record; may be repeated."),
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Also what was written and not taken over.")
    ] = False,
    direction: Annotated[
        str | None,
        typer.Option(metavar="WAY", help="Only to_integration or from_integration."),
    ] = None,
    folder: Folder = HERE,
    json: Json = False,
) -> int:
    """Decide what a run would write; no company is written.

    The plan is kept under an id, which apply takes. The same input gives the same id. Exit code 1
    when records wait for a person, 4 when the plan breaks a limit.

    \b
    Example:
      mdsync plan CUSTOMER --full
    """
    workbench = opened(folder)
    made = workbench.plan(
        *(mappings or ()),
        full=full,
        records=records or (),
        again=again,
        direction=direction,
    )
    mask = workbench.workspace.settings.report.mask
    if json:
        as_json.give(as_json.plan(made, mask))
    else:
        shown.plan(made, mask)
        force = " --force" if made.refusals else ""
        say("", f"To apply it: mdsync apply {made.plan_id}{force}")
    if made.refusals:
        return PlanRefused.exit_code
    return 1 if made.waiting else 0


def apply(
    plan_id: Annotated[str, typer.Argument(metavar="ID", help="The id of a plan.")],
    force: Force = False,
    yes: Yes = False,
    folder: Folder = HERE,
    json: Json = False,
) -> int:
    """Apply a plan by its id.

    Records that moved since it was made stay as they are. Exit code 3 when records failed, 4 when
    the plan is refused. Applying twice writes nothing.

    \b
    Example:
      mdsync apply d5a5e313
    """
    workbench = opened(folder)
    made = workbench.read_plan(plan_id)
    return applied(workbench, made, force=force, yes=yes, json=json)


def sync(
    tables: Annotated[
        list[str] | None, typer.Argument(metavar="TABLE", help="Tables, links or mappings.")
    ] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="Every mapping.")] = False,
    full: Full = False,
    force: Force = False,
    yes: Yes = False,
    folder: Folder = HERE,
    json: Json = False,
) -> int:
    """Plan and apply in one go, as a scheduled run does.

    Exit code 3 when records failed, 4 when the plan breaks a limit: then nothing was written.

    \b
    Example:
      mdsync sync CUSTOMER VENDOR
      mdsync sync --all --full --yes
    """
    if not tables and not every:
        raise UsageError("Nothing was named.", hint="Name tables, or say --all for every mapping.")
    workbench = opened(folder)
    made = workbench.plan(*(() if every else tables or ()), full=full)
    return applied(workbench, made, force=force, yes=yes, json=json)


def undo(
    job: Annotated[int, typer.Argument(metavar="JOB", help="The number of a job.")],
    yes: Yes = False,
    folder: Folder = HERE,
    json: Json = False,
) -> int:
    """Reverse what a job wrote, where nobody moved it since.

    The records are held, so that no run does it again until `mdsync retry` releases them.

    \b
    Example:
      mdsync undo 118
    """
    workbench = opened(folder)
    made = workbench.undo_plan(job)
    return applied(workbench, made, force=True, yes=yes, json=json)


def retry(
    mapping: OneMapping,
    records: Annotated[
        list[str] | None, typer.Argument(metavar="RECORD", help="Numbers or ids; all without.")
    ] = None,
    message: Annotated[
        str, typer.Option(metavar="TEXT", help="Only with an error like this; * for any text.")
    ] = "",
    folder: Folder = HERE,
    json: Json = False,
) -> int:
    """Put records back into the next run.

    Those set aside after failures, or undone; those that failed are in it anyway.

    \b
    Example:
      mdsync retry NORDIC --message "*is missing in*"
    """
    released = opened(folder).retry(mapping, records=records or (), message=message)
    if json:
        as_json.give({"released": released})
    else:
        kept = count(released, "record")
        say(f"{kept} set aside or undone will be in the next run of {mapping}.")
    return 0


def applied(workbench: Workbench, made: Plan, *, force: bool, yes: bool, json: bool) -> int:
    """Show a plan, ask, apply it, and show what was done."""
    anew = made.status != "applied"
    if anew and made.refusals and not force:
        raise made.refusals[0]
    if anew and not json:
        shown.plan(made, workbench.workspace.settings.report.mask)
    if anew and not agreed(_question(made), yes=yes):
        return DECLINED
    jobs = workbench.apply(made.plan_id, force=force)
    if json:
        as_json.give(as_json.applied(jobs, made.plan_id))
    else:
        shown.applied(jobs)
    return _exit_code(jobs)


def _question(made: Plan) -> str:
    """What applying a plan would do: how many records, in which companies."""
    rows = actions_of(made).to_dicts()
    sums = {action: sum(int(row[action]) for row in rows) for action in (*WRITES, "uncouple")}
    apart = sums.pop("uncouple")
    said = [f"{ACTIONS[action]} {many:,}" for action, many in sums.items() if many]
    written = [row["destination"] for row in rows if any(row[action] for action in WRITES)]
    places = dict.fromkeys(written)
    what = f"{listing(said)} in {listing(places)}" if said else "write nothing to a company"
    uncouples = f"uncouple {count(apart, 'record')}, " if apart else ""
    return f"Apply plan {made.plan_id}: {uncouples}{what}?"


def _exit_code(jobs: Sequence[Applied]) -> int:
    """3 when records failed, 1 when some wait or were left alone, else 0."""
    counts = [one.counts for one in jobs]
    if any(one.get("failed", 0) for one in counts):
        return SOME_FAILED
    waits = ("waiting", "skipped", "stale")
    return int(any(one.get(name, 0) for one in counts for name in waits))
