"""What can be done with whole tables: each for many at once, shown before it is done."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

import polars as pl

from mdsync_nb.engine.full_sync import Started
from mdsync_nb.engine.matched import Matched
from mdsync_nb.engine.progress import Progress
from mdsync_nb.engine.review import Forecast
from mdsync_nb.engine.standing import NOT_LOADED, OFF
from mdsync_nb.model import EntryStatus, LineStatus
from mdsync_nb.reports import wording
from mdsync_nb.reports.markup import Html, Part, tag
from mdsync_nb.reports.pieces.grid import Column, counts, grid
from mdsync_nb.reports.pieces.words import OUTCOMES
from mdsync_nb.widgets.bar import Act
from mdsync_nb.widgets.edits import ask_edit
from mdsync_nb.widgets.strip import Did, Strip

Found = TypeVar("Found")
ON_HOLD = EntryStatus.ON_HOLD.value
RUNS = ~pl.col("state").is_in([OFF, NOT_LOADED])
NEVER_READ = RUNS & pl.col("watermark").is_null() & pl.col("local_watermark").is_null()
HELD = pl.col("entry") == ON_HOLD

WOULD = {
    "couples": "couple",
    "creates": "create",
    "changes": "change",
    "alike": "look like existing",
    "waits": "wait or fail",
}
"""What bringing a table in step would do, in words."""


def names_of(chosen: pl.DataFrame) -> list[str]:
    """The mappings of tables."""
    return chosen["mapping"].to_list()


def many(chosen: pl.DataFrame) -> str:
    """How many tables, in words."""
    return wording.count(chosen.height, "table")


class TableActs:
    """What is done with tables through the strip of their view."""

    def __init__(self, strip: Strip) -> None:
        self.strip, self.workbench = strip, strip.workbench

    def acts(self) -> list[Act]:
        """Everything, in the order of its buttons."""
        return [
            Act("Synchronize modified", "s", "Plan what changed since the last run", RUNS,
                partial(self.plan, full=False), always=True),
            Act("Full synchronization", "f", "Plan every record, and create what is missing",
                RUNS, partial(self.plan, full=True), always=True),
            Act("Bring in step", "i", "Couple or fill tables no run has read yet, in their order",
                NEVER_READ, self.bring_in_step),
            Act("Couple", "b", "See which records belong together, and couple them",
                RUNS & (pl.col("matched_by") != ""), self.couple, always=True),
            Act("Hold", "h", "Keep their scheduled runs from starting",
                pl.col("entry").is_not_null() & ~HELD, self.hold),
            Act("Release", "l", "Let their scheduled runs start again", HELD, self.release),
            Act("Switch off", "o", "No run takes them, by schedule or by hand",
                pl.col("enabled"), partial(self.switch, on=False)),
            Act("Switch on", "n", "Runs take them again",
                ~pl.col("enabled"), partial(self.switch, on=True)),
        ]  # fmt: skip

    def plan(self, chosen: pl.DataFrame, *, full: bool) -> None:
        """Plan one run over tables, in the order of their dependencies."""
        names = names_of(chosen)
        title = "Planning every record" if full else "Planning what was modified"
        self.strip.propose(title, lambda: self.workbench.plan(*names, full=full))

    def bring_in_step(self, chosen: pl.DataFrame) -> None:
        """Show what the first synchronization would do, and do it on a yes."""
        names = names_of(chosen)
        look = partial(self.workbench.forecast, *names)
        self.strip.begin("Looking ahead", look, partial(self._ask_in_step, names))

    def couple(self, chosen: pl.DataFrame) -> None:
        """Show how many records belong together, and couple them on a yes."""
        names = names_of(chosen)
        self.strip.begin(
            "Matching", lambda: self._each(self.workbench.match, names), self._ask_couple
        )

    def hold(self, chosen: pl.DataFrame) -> None:
        """Keep the job queue entries of tables from starting."""
        self._hold(names_of(chosen), now=True)

    def release(self, chosen: pl.DataFrame) -> None:
        """Let them start again."""
        self._hold(names_of(chosen), now=False)

    def switch(self, chosen: pl.DataFrame, *, on: bool) -> None:
        """Show what switching tables changes in mdsync.yaml, and write it on a yes."""
        verb = self.workbench.enable_mappings if on else self.workbench.disable_mappings
        title = f"Switch {many(chosen)} {'on' if on else 'off'}"
        said = (
            "Runs take them again, and go on where they ended."
            if on
            else "No run takes them, by schedule or by hand. Couplings and what was agreed stay."
        )
        names = names_of(chosen)
        self.strip.begin(title, lambda: verb(*names), partial(ask_edit, self.strip, title, said))

    def _hold(self, names: list[str], *, now: bool) -> None:
        verb = self.workbench.hold_entries if now else self.workbench.ready_entries
        tables = wording.count(len(names), "table")

        def done() -> Did:
            verb(*names)
            said = f"{tables} {'on hold' if now else 'released'}."
            return Did(said, back=lambda: self._hold(names, now=not now))

        said = (
            "Their scheduled runs do not start until they are released; one that runs comes to its "
            "end. By hand they can be synchronized all the same."
            if now
            else "Their scheduled runs start again, the first of them at the next tick."
        )
        word = f"Put {tables} on hold" if now else f"Release {tables}"
        self.strip.ask(word, said, word=word, does=done)

    def _each(self, verb: Callable[[str], Found], names: list[str]) -> list[Found]:
        """Do something with one table after the other, saying how far it is; after a stop with no
        more of them."""
        found = list[Found]()
        with Progress(shown=False).work("", [self.strip.table(one) for one in names]) as work:
            for name in names:
                if self.strip.working.stop.is_set():
                    break
                found.append(verb(name))
                work.told()
        return found

    def _ask_couple(self, found: list[Matched]) -> None:
        rows = [
            {"mapping": one.mapping.name, **dict.fromkeys(OUTCOMES, 0), **one.counts}
            for one in found
        ]
        shown = self._counted(rows, OUTCOMES, "Records of the company that looks for a counterpart")
        pairs = sum(one.pairs.height for one in found)
        if not pairs:
            self.strip.say("No further records belong together.", shown)
            return
        names = [one.mapping.name for one in found if one.pairs.height]
        said = tag("p", "No company is written. What differs waits or flows with the next run.")
        title = f"Couple {wording.count(pairs, 'pair')} in {wording.count(len(names), 'table')}"
        self.strip.ask(
            title,
            Html(said, shown),
            word=f"Couple {wording.number(pairs)}",
            does=partial(self._couple, names),
        )

    def _couple(self, names: list[str]) -> Did:
        found = self._each(self.workbench.couple, names)
        pairs = sum(one.pairs.height for one in found)
        jobs = [one.job for one in found if one.job]
        return Did(f"{wording.count(pairs, 'pair')} coupled.", jobs)

    def _ask_in_step(self, names: list[str], found: Forecast) -> None:
        if found.lines.is_empty():
            self.strip.say(
                "None of these tables can start.",
                "They ended before, or wait for tables that are not selected.",
            )
            return
        totals = [
            f"{does} {wording.number(found.total(name))}"
            for name, does in WOULD.items()
            if found.total(name)
        ]
        stops = [
            tag("p", tag("b", self.strip.table(one["mapping"])), " would stop: ", one["message"])
            for one in found.lines.filter(pl.col("message") != "").to_dicts()
        ]
        rule = tag(
            "p", "Table after table in the order of their dependencies, each through its limits."
        )
        said = Html(rule, *stops, self._counted(found.lines.to_dicts(), WOULD, "What it would do"))
        tables = wording.count(found.lines.height, "table")
        title = f"Bring {tables} in step: {', '.join(totals) or 'nothing to write'}"
        self.strip.ask(title, said, word=f"Start {tables}", does=partial(self._start, names))

    def _start(self, names: list[str]) -> Did:
        started: Started = self.workbench.start_review(*names)
        ended = started.lines.filter(pl.col("status") == LineStatus.FINISHED.value).height
        failed = [
            tag(
                "p",
                tag("b", self.strip.table(name)),
                f" stopped: {error} ",
                wording.prose(error.hint),
            )
            for name, error in started.errors.items()
        ]
        said = f"{wording.count(ended, 'table is', 'tables are')} in step."
        return Did(said, started.jobs, more=Html(*failed))

    def _counted(self, rows: list[dict[str, object]], words: dict[str, str], caption: str) -> Part:
        columns = [
            Column("Table", lambda row: self.strip.table(str(row["mapping"]))),
            *counts(*words.items()),
        ]
        return grid(rows, columns, caption=caption, none="")
