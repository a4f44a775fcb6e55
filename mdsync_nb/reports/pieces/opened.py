"""What a workbench shows of itself: its companies and links, what is coupled, what waits, and what
to do next. Only what the store knows at once; nothing is compared."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from mdsync_nb import frames
from mdsync_nb.errors import MdsyncError
from mdsync_nb.model import EntryStatus, LinkKind, WorkspaceSettings
from mdsync_nb.reports import wording
from mdsync_nb.reports.markup import Html, Part, tag
from mdsync_nb.reports.pieces.banded import banded
from mdsync_nb.reports.pieces.grid import Column, cell, counts, grid
from mdsync_nb.reports.pieces.lists import completeness, in_force, status_table
from mdsync_nb.reports.pieces.verbs import verbs_table
from mdsync_nb.reports.tally import Row

if TYPE_CHECKING:
    from mdsync_nb.workbench import Workbench

COUNTED = {
    "coupled": "coupled",
    "agreed": "agreed",
    "failed": "failed",
    "skipped": "set aside",
    "held": "undone",
    "unconfirmed": "not confirmed",
}
"""Columns of links with their heads. not confirmed: written, and in no load yet."""

WRITTEN = ("pending", "not_taken_over")
TIMES = ("watermark", "last_run_at")
NOTHING = {
    **dict.fromkeys(("coupled", "agreed", "failed", "skipped", "held", *WRITTEN), pl.lit(0)),
    **dict.fromkeys(TIMES, pl.lit(None, dtype=pl.Datetime("us"))),
}


@dataclass(frozen=True)
class Known:
    """What the store knows at once: the frames of the verbs of these names. trouble: why it could
    not be asked."""

    status: pl.DataFrame
    loads: pl.DataFrame
    entries: pl.DataFrame
    trouble: str = ""

    def total(self, *names: str) -> int:
        """How many records of all mappings have one of these counts."""
        return sum(int(self.status[one].sum()) for one in names)


def opened(workbench: Workbench) -> Html:
    """Give a workbench as it is: what it holds, what waits, and what to do next.

    It does not wait for whoever holds the store: then it says who does.
    """
    settings, known = workbench.workspace.settings, _known(workbench)
    if known.trouble:
        return _verdict(workbench, known)
    many = len(workbench.workspace.mappings)
    return Html(
        _verdict(workbench, known),
        tag("h3", "Companies", class_="shown"),
        _companies(settings, known.loads),
        tag("h3", "Links", class_="shown"),
        _links(workbench, known),
        _folded(f"Every mapping, {wording.number(many)}", status_table(known.status)),
        _folded("Every verb", verbs_table(workbench)),
    )


def _verdict(workbench: Workbench, known: Known) -> Html:
    settings, every = workbench.workspace.settings, workbench.workspace.mappings.values()
    on = sum(one.enabled for one in every)
    counted = (
        wording.count(len(settings.companies), "company", "companies"),
        wording.count(len(settings.links), "link"),
        f"{wording.number(on)} of {wording.count(len(every), 'mapping')} switched on",
    )
    return banded(
        settings.name,
        f"{', '.join(counted)}.",
        *map(wording.prose, _waiting(known)),
        wording.prose(known.trouble or _next(workbench, known)),
        above=str(workbench.workspace.root),
        label="Workbench",
        waits=bool(known.trouble),
    )


def _folded(title: str, content: Html) -> Html:
    return tag("details", tag("summary", title), content)


def _known(workbench: Workbench) -> Known:
    """What the store knows. Whatever keeps it from answering is said, for nothing may be in the way
    of looking at a workbench."""
    names = pl.DataFrame({"mapping": list(workbench.workspace.mappings)})
    nothing = names.cast(pl.String).with_columns(**NOTHING)
    none = Known(nothing, frames.empty(frames.LOADS), frames.empty(frames.QUEUE))
    hasty = copy(workbench)
    hasty.store = workbench.store.at_once()
    try:
        if not hasty.store.file.path.exists():
            return none
        return Known(hasty.status(), hasty.loads(), hasty.store.queue.entries())
    except (MdsyncError, OSError) as error:
        hint = error.hint if isinstance(error, MdsyncError) else ""
        said = f"The workbench file cannot be asked now. {error} {hint}".rstrip()
        return Known(none.status, none.loads, none.entries, said)


def _waiting(known: Known) -> Iterator[str]:
    """What waits as far as the store knows, each with the verb that shows it or releases it."""
    failed, aside, held = (known.total(one) for one in ("failed", "skipped", "held"))
    if failed or aside:
        told = [f"{wording.count(failed, 'record')} failed"] * bool(failed)
        told += [f"{wording.count(aside, 'record')} set aside"] * bool(aside)
        yield f"{wording.listing(told)}. Why: `workbench.errors()`"
    if held:
        names = known.status.filter(pl.col("held") > 0)["mapping"].to_list()
        name = names[0] if len(names) == 1 else "*"
        many = wording.count(held, "record")
        yield f'{many} undone and held. To release them: `workbench.retry("{name}")`'
    stopped = known.entries.filter(status=EntryStatus.ERROR.value).height
    if stopped:
        many = wording.count(stopped, "job queue entry", "job queue entries")
        yield f"{many} ended in error: `workbench.list_entries()`"
    refused = _newest(known.loads).filter(pl.col("has_times").is_null()).height
    if refused:
        many = wording.count(refused, "table")
        yield f"{many} could not be read; what was there stays in force: `workbench.loads()`"


def _newest(loads: pl.DataFrame) -> pl.DataFrame:
    return loads.sort("load_id", descending=True).unique(["company", "table"], keep="first")


def _next(workbench: Workbench, known: Known) -> str:
    """What to do next, from how far the workbench is."""
    differ = "Where the companies differ: `workbench.compare()`"
    if in_force(known.loads).is_empty():
        return "Nothing is loaded yet. To take what the files hold: `workbench.load()`"
    if not workbench.workspace.settings.links:
        return "No company is linked with another; `links` of mdsync.yaml says which is."
    if not known.total("coupled"):
        names = [one.name for one in workbench.workspace.mappings.values() if one.enabled]
        match = f'`workbench.match("{names[0]}")`' if names else "`workbench.list_mappings()`"
        return f"Nothing is coupled yet. {differ}. Which records belong together: {match}"
    write = "What a run would write: `workbench.plan()`"
    never = known.status["last_run_at"].is_null().all()
    return f"Nothing was synchronized yet. {differ}. {write}" if never else f"{differ}. {write}"


def _companies(settings: WorkspaceSettings, loads: pl.DataFrame) -> Html:
    known = {row["company"]: row for row in in_force(loads).to_dicts()}
    nothing: Row = {"as_of": None, "tables": 0, "rows": 0, "set_aside": 0, "partly": 0}
    rows = [
        {**nothing, **known.get(code, {}), "code": code, "name": company.name or code}
        for code, company in settings.companies.items()
    ]
    columns = [
        Column("Company", lambda row: _called(row["name"], row["code"])),
        Column("As of (UTC)", lambda row: cell(row["as_of"]) or "nothing loaded"),
        Column("Complete", lambda row: completeness(row) if row["tables"] else ""),
        *counts("tables", "rows", ("set_aside", "set aside")),
    ]
    return grid(rows, columns, caption="Companies", none="No company is set up.")


def _called(name: str, code: str) -> Part:
    return name if name == code else Html(name, " ", tag("span", code, class_="small"))


def _links(workbench: Workbench, known: Known) -> Html:
    columns = [
        Column("Link", lambda row: _called(row["of"], row["link"])),
        Column("Mappings on", "on"),
        *counts(*COUNTED.items()),
        Column("Last run (UTC)", lambda row: cell(row["last_run_at"]) or "never"),
    ]
    rows = list(_linked(workbench, known))
    return grid(rows, columns, caption="Links", none="No company is linked with another.")


def _linked(workbench: Workbench, known: Known) -> Iterator[Row]:
    """Give a row a link: whom it links, and the sums of its mappings."""
    settings = workbench.workspace.settings
    sums = known.status.with_columns(
        link=pl.col("mapping").str.split("/").list.first(),
        unconfirmed=pl.sum_horizontal(WRITTEN),
    )
    by_link = {
        row["link"]: row
        for row in sums.group_by("link")
        .agg(pl.col(*COUNTED).sum(), pl.col("last_run_at").max())
        .to_dicts()
    }
    every = workbench.workspace.mappings.values()
    for name, link in settings.links.items():
        both = [settings.companies[one].name or one for one in (link.local, link.integration)]
        between = " from " if link.kind is LinkKind.MASTER_DATA else " and "
        own = [one for one in every if one.link == name]
        on = sum(one.enabled for one in own)
        of = {"link": name, "of": between.join(both), "on": f"{on} of {len(own)}"}
        yield {**dict.fromkeys(COUNTED, 0), "last_run_at": None, **by_link.get(name, {}), **of}
