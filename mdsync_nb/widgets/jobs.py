"""What was done, job by job: filter, look into one, see what runs, run again, and take back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from mdsync_nb.core.narrowing import JobNarrowing
from mdsync_nb.engine.again import can_be_asked_again
from mdsync_nb.engine.one_job import Job, called
from mdsync_nb.engine.undoing import can_be_undone
from mdsync_nb.errors import StoreBusy
from mdsync_nb.model import Direction
from mdsync_nb.reports import wording
from mdsync_nb.reports.markup import Html, Part, joined, tag
from mdsync_nb.reports.pieces.grid import Column, grid
from mdsync_nb.reports.pieces.lists import JOB_KINDS, newest_job
from mdsync_nb.reports.pieces.one_job import SOME, counted, job_page
from mdsync_nb.widgets.bar import Act, Bar
from mdsync_nb.widgets.beside import Latest, Pulse
from mdsync_nb.widgets.filters import Filters, Offered
from mdsync_nb.widgets.front import Keyboard
from mdsync_nb.widgets.grid import Grid
from mdsync_nb.widgets.kept import Kept
from mdsync_nb.widgets.strip import KEYS, Strip
from mdsync_nb.widgets.surface import bundle, button, keys_line, row, shows, surface, told

if TYPE_CHECKING:
    from mdsync_nb.verbs.looking import Clock
    from mdsync_nb.workbench import Workbench

Row = dict[str, Any]
Read = tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]
"""What is written now, the jobs, and the plans that wait."""
RUNS = "in process"
SAID, UNSAID = "something failed", "nothing failed"
JOBS = Offered(
    JobNarrowing(),
    ("outcome", "Outcome"),
    {"table": "Table", "what": "What", "failures": "Failures", "age": "Started"},
    "Number, table or message",
    (RUNS, "stopped", "some failed"),
)
WORDS = {RUNS: "in process", "some failed": "with failures", "stopped": "stopped"}
"""What the heading counts, besides all jobs."""

TWIN = 50
"""Jobs the static twin lists."""


class Jobs:
    """The view of the log. mapping: as for `jobs`.

    Selecting never acts. While something is written, by whomever, the view looks every two seconds
    how far it is, and reads the log again when a step has ended.
    """

    def __init__(self, workbench: Workbench, clock: Clock, mapping: str = "") -> None:
        self.workbench, self.mapping = workbench, mapping
        keys = Keyboard()
        self.strip = Strip(workbench, clock, after=self.reload)
        self.reads, self.looks = (Latest(self.strip.working.fail) for _ in range(2))
        self.pulse = Pulse(self.look)
        self.kept = Kept(self.strip, mapping)
        self.filters = Filters(clock, self._filtered, JOBS)
        self.filters.box.add_class("tight")
        self.grid = Grid(COLUMNS, keys, name=_name, one="job", more="jobs")
        self.grid.walked.append(self._stand)
        self._head, self._running, self._job = told(), told(), told(class_="detail")
        self.bar = Bar(self.grid, self._acts())
        self._jobs = self.runs = pl.DataFrame()
        self._take(self._read())
        self.box = surface(
            row(self._head, button("Refresh", self.reload, key="r", kind="link"), class_="head"),
            self._running, self.kept.box, self.filters.box, self.bar.box, self.grid.box, self._job,
            self.strip.box,
            keys_line([*self.bar.keys(), ("R", "refresh"), ("K", "show a kept plan"), *KEYS]),
            keys=keys, name="Jobs",
        )  # fmt: skip

    _repr_mimebundle_ = bundle

    def __repr__(self) -> str:
        return f"Jobs: {self._heading()}"

    def twin(self) -> Html:
        """The jobs as a report lists them, and the one somebody stands on, or the newest that had
        something to say."""
        shown, here = self.grid.rows, self.grid.current
        job = here["job_id"] if here else newest_job(shown)
        none = NONE if self.log.height else EMPTY
        return Html(
            tag("h2", "Jobs"),
            tag("p", self._heading(), class_="lede"),
            self.kept.twin(),
            grid(shown, COLUMNS, caption="Jobs, newest first", none=none, shown=TWIN),
            job_page(self.workbench.show_job(job), shown=SOME) if job else None,
        )

    def reload(self) -> None:
        """Read the log again, beside the notebook."""
        self.reads.ask(self._read, self._take)

    def look(self) -> bool:
        """Look how far it is what is written, and read the log when a step of it has ended; gives
        whether anything is written still."""
        runs = self.workbench.in_process()
        if runs.equals(self.runs):
            return self._runs_on
        self._tell(runs)
        try:
            self._take(self._read())
        except StoreBusy:  # whoever writes holds the file; the end of the step is seen all the same
            return True
        return self._runs_on

    @property
    def _runs_on(self) -> bool:
        return self.runs.height > 0 and (self.runs["status"] == RUNS).any()

    def _read(self) -> Read:
        return self.workbench.in_process(), self.workbench.jobs(self.mapping), self.kept.read()

    def _take(self, found: Read) -> None:
        """Show what is written now and the jobs there are; what did not move is not drawn again."""
        runs, jobs, plans = found
        self.kept.take(plans)
        self._tell(runs)
        if self._runs_on:
            self.pulse.begin()
        if jobs.equals(self._jobs):
            return
        self._jobs = jobs
        self.log = log_of(jobs, called(self.workbench.workspace))
        self._head.value = Html(tag("h2", "Jobs"), tag("p", self._heading(), class_="lede")).markup
        self._show(first=False)

    def _tell(self, runs: pl.DataFrame) -> None:
        """Say of each plan that is written which step is in work."""
        self.runs, names = runs, called(self.workbench.workspace)
        self._running.value = joined(_running(one, names) for one in runs.to_dicts()).markup
        shows(self._running, now=runs.height > 0)

    def _heading(self) -> str:
        parts = [wording.count(self.log.height, "job")]
        for outcome, word in WORDS.items():
            many = self.log.filter(outcome=outcome).height
            parts += [f"{wording.number(many)} {word}"] if many else []
        return ", ".join(parts)

    def _filtered(self) -> None:
        self._show(first=True)

    def _show(self, *, first: bool) -> None:
        here = self.grid.current
        shown = self.filters.take(self.log)
        self.grid.show(shown, none=NONE if self.log.height else EMPTY, first=first)
        shows(self.filters.box, now=self.log.height > 0)
        now = self.grid.page["record"].to_list()
        place = now.index(here["record"]) if here and here["record"] in now else -1
        self.grid.stand_on(place)
        if place < 0:
            self._forget()

    def _stand(self) -> None:
        here = self.grid.current
        if here is None:
            self._forget()
            return
        number = here["job_id"]
        self.looks.ask(lambda: self.workbench.show_job(number), self._told)

    def _told(self, job: Job) -> None:
        self._job.value = job_page(job, shown=SOME).markup
        shows(self._job, now=True)

    def _forget(self) -> None:
        self.looks.forget()
        self._job.value = ""
        shows(self._job, now=False)

    def _acts(self) -> list[Act]:
        again, back = pl.col("again"), pl.col("back")
        return [
            Act("Run again", "g", "Plan the same again, of how things are now", again,
                self._again, always=True),
            Act("Undo jobs", "z", "Plan to take back what they wrote, the newest first", back,
                self._back, always=True),
        ]  # fmt: skip

    def _again(self, jobs: pl.DataFrame) -> None:
        numbers = jobs["job_id"].to_list()
        self.strip.propose("Planning", lambda: self.workbench.plan_again(*numbers))

    def _back(self, jobs: pl.DataFrame) -> None:
        numbers = jobs["job_id"].sort(descending=True).to_list()
        self.strip.propose("Undo", lambda: [self.workbench.undo_plan(one) for one in numbers])


def log_of(jobs: pl.DataFrame, names: dict[str, str]) -> pl.DataFrame:
    """Give jobs in the words people read and filter by. names: what each mapping is called.

    Adds `record` and `number`, `table`, `what`, `outcome`, `failures`, and `again` and `back`:
    whether it can be done again, and taken back.
    """
    couples = pl.col("kind") == "coupling"
    failed = ((pl.col("failed") > 0) & ~couples) | (pl.col("status") == "failed")
    to = pl.col("direction") == Direction.TO_INTEGRATION.value
    what = pl.col("kind").replace(JOB_KINDS)
    return jobs.with_columns(
        record="job_id",
        number=pl.col("job_id").cast(pl.String),
        table=pl.col("mapping").replace(names),
        what=pl.when(to).then(what + " (to)").otherwise(what),
        message=pl.col("message").fill_null(""),
        outcome=_outcome(),
        failures=pl.when(failed).then(pl.lit(SAID)).otherwise(pl.lit(UNSAID)),
        again=can_be_asked_again(),
        back=can_be_undone(),
    )


def _outcome() -> pl.Expr:
    return (
        pl.when(pl.col("undone_by").is_not_null()).then(pl.lit("undone"))
        .when(pl.col("status") == RUNS).then(pl.lit(RUNS))
        .when(pl.col("status") == "failed").then(pl.lit("stopped"))
        .when(pl.col("status") == "stopped").then(pl.lit("ended by hand"))
        .when((pl.col("failed") > 0) & (pl.col("kind") == "coupling"))
        .then(pl.lit("some undecided"))
        .when(pl.col("failed") > 0).then(pl.lit("some failed"))
        .otherwise(pl.lit("done"))
    )  # fmt: skip


def _running(one: Row, names: dict[str, str]) -> Html:
    """Give how far a plan is: which step of how many, since when, and who writes it."""
    gone = one["status"] != RUNS
    words, then = (
        ("was interrupted at", "; whoever writes next ends it.") if gone else ("is written:", ".")
    )
    step = f"step {wording.number(one['step'])} of {wording.number(one['steps'])}"
    table = names.get(one["mapping"], one["mapping"])
    return tag(
        "div",
        tag("p", tag("b", f"“{one['title']}”"), f" {words} {step}, {table}{then}"),
        tag("progress", max=one["steps"], value=one["step"] - 1, aria_label=step),
        tag("p", f"Job {one['job_id']}, since ", wording.moment(one["started_at"]),
            f" UTC, by {one['by']}.", class_="small"),
        class_="runs",
    )  # fmt: skip


def _name(one: Row) -> str:
    return f"job {one['number']}, {one['what']}, {one['table']}"


def _what(one: Row) -> Part:
    return Html(tag("b", one["what"]), tag("span", one["table"], class_="second"))


def _started(one: Row) -> Part:
    took = one["seconds"]
    said = "" if took is None else "at once" if took < 0.1 else f"took {wording.seconds(took)}"
    return Html(
        tag("span", wording.moment(one["started_at"]), class_="nowrap"),
        tag("span", said, class_="second"),
    )


def _ended(one: Row) -> Part:
    if one["outcome"] == "undone":
        return tag("span", f"undone by job {one['undone_by']}", class_="mute")
    if one["outcome"] == "stopped":
        return Html(tag("span", "stopped", class_="tag b"), " ", _short(one["message"]))
    return tag("b", one["outcome"]) if one["outcome"] != "done" else "done"


def _short(text: str) -> Html:
    return tag("span", text if len(text) < LONG else f"{text[: LONG - 1]}…", class_="small")


def _records(one: Row) -> Part:
    found = counted(one)
    loud = {head: many for head, many in found.items() if head != QUIET} or found
    return ", ".join(f"{wording.number(many)} {head.lower()}" for head, many in loud.items())


LONG, QUIET = 60, "As agreed"
COLUMNS = (
    Column("Job", "number"),
    Column("What", _what),
    Column("Started (UTC)", _started),
    Column("Outcome", _ended),
    Column("Records", _records),
)
EMPTY = "No job ran yet. Couple or synchronize a table: workbench.couple(...), workbench.sync(...)."
NONE = "No job matches the filter. Show all takes it off."
