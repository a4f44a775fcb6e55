"""The verbs that look: what the workbench knows and what its rules say. Nothing is written."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from mdsync_nb import frames
from mdsync_nb.engine import (
    comparing,
    coupling,
    diagnosing,
    explaining,
    planning,
    rehearsing,
    running,
)
from mdsync_nb.engine.chosen_pairs import Pairs
from mdsync_nb.engine.comparison import Comparison, Written
from mdsync_nb.engine.doctor import examined
from mdsync_nb.engine.gates import replayed
from mdsync_nb.engine.matched import Matched
from mdsync_nb.engine.progress import Progress, Work, goes_on
from mdsync_nb.engine.stepping import Run, each_way, one_way, steps, wanted_of
from mdsync_nb.errors import UnknownName, UsageError
from mdsync_nb.model import MatchField, TableMapping
from mdsync_nb.model.reader import read_by
from mdsync_nb.store import QUEUE_LOG, Store
from mdsync_nb.workspace import Workspace, open_workspace

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The time now, UTC, as the store keeps it."""
    return datetime.now(UTC).replace(tzinfo=None)


def _told_by_the_queue() -> int | None:
    """The run of a job queue entry that this process is, where it is one."""
    told = os.environ.get(QUEUE_LOG, "")
    return int(told) if told.isdecimal() else None


class Looking:
    """A workspace with its store, to look at: match, compare, rehearse, explain, doctor, lists.

    folder: where mdsync.yaml is. clock: the only clock; gives naive UTC. queue_log: the run of a
    job queue entry on whose behalf it works. Nothing is held open between two calls. Times in
    frames are UTC, in microseconds.
    """

    def __init__(
        self,
        folder: str | Path = ".",
        *,
        clock: Clock = utc_now,
        progress: bool = True,
        queue_log: int | None = None,
    ):
        self.workspace: Workspace = open_workspace(Path(folder))
        read_by(self.workspace.settings.report)
        path = self.workspace.root / ".mdsync" / "workbench.duckdb"
        self._clock = clock
        self._progress = Progress(shown=progress)
        self.store = Store.at(
            path,
            queue_log=queue_log or _told_by_the_queue(),
            waits=self._progress.waits,
            goes_on=goes_on,
        )

    def match(
        self,
        mapping: str,
        *,
        criteria: Sequence[str | MatchField] = (),
        records: Sequence[str] = (),
        pairs: Pairs | None = None,
    ) -> Matched:
        """Show which records of a mapping belong together; nothing is written.

        criteria: fields to match by instead of the mapping's own. records: only these, by ids or
        keys of either side. pairs: `integration_id` and `local_id` a person chose instead, or
        tuples of both; ids or keys. Pairs that were rejected are not found. Raises UsageError for
        fields that cannot be matched by, UnknownName for fields and records nobody has. Source:
        semantics.md 10.

        >>> workbench.match("LUMIERE/CUSTOMER", criteria=["E-Mail"])
        Matched(LUMIERE/CUSTOMER: 50 match, ...)
        """
        chosen = self.workspace.mapping(mapping)
        if pairs is not None and (criteria or records):
            raise UsageError(
                "Pairs that somebody chose need no criteria and no other records.",
                hint="Couple the pairs by themselves.",
            )
        asked = [MatchField(field=one) if isinstance(one, str) else one for one in criteria]
        with self._progress.work("Match", [chosen.name]), self.store.reading() as reading:
            wanted = [wanted_of(reading, self.workspace, one, Run()) for one in each_way(chosen)]
            return coupling.matched(reading, wanted, criteria=asked, records=records, given=pairs)

    def compare(
        self,
        *mappings: str,
        after: Sequence[running.Applied] | bool = (),
        records: Sequence[str] = (),
    ) -> Comparison:
        """Find out where the companies differ; nothing is written, not even in the workbench.

        mappings: `DE/CUSTOMER`, `CUSTOMER`, `DE`, patterns; without any, all. Every record of both
        sides is looked at; those not coupled yet are put beside the record that matches. after:
        what a plan has just written, so that the comparison says so and how to undo it. records:
        only these, by ids or keys of either side; then no rows of files are counted.

        >>> workbench.compare("DEUTSCHLAND/CUSTOMER")
        Comparison(361 of 391 pairs agree, ...)
        """
        run = Run(
            candidates="records" if records else "all", records=tuple(records), brief=bool(records)
        )
        chosen = self.workspace.select(*mappings)
        with self._working("Compare", chosen) as work, self.store.reading() as reading:
            founds = []
            looked = [one_way(one) for one in chosen]
            for found in steps(reading, self.workspace, looked, run):
                founds.append(found)
                work.done()
            found_out = comparing.comparison(reading, self.workspace, founds, at=self._clock())
        return replace(found_out, written=None if isinstance(after, bool) else self._written(after))

    def _written(self, applied: Sequence[running.Applied]) -> Written | None:
        if not applied:
            return None
        with self.store.lists() as lists:
            job = lists.job(applied[0].job_id) or {}
        return comparing.written(self.read_plan(str(job["plan_id"])), applied)

    def rehearse(self, *mappings: str, values: bool = False) -> pl.DataFrame:
        """Find out what each word of `update_conflict` would make of the conflicts; nothing is
        written, planned or set.

        Gives `frames.REHEARSAL`, one row a mapping with conflicts and word: how many it settles,
        leaves and writes, and how many values would go. values: those values (`frames.LOST`).

        >>> told = workbench.rehearse("NORDIC/CUSTOMER")
        >>> told.filter(policy="merge").select("settled_timestamp", "left").row(0)
        (24, 1)
        """
        chosen = self.workspace.select(*mappings)
        parts = [frames.empty(frames.LOST if values else frames.REHEARSAL)]
        with self._working("Rehearse", chosen) as work, self.store.reading() as reading:
            for one in rehearsing.rehearse(reading, self.workspace, chosen):
                parts.append(one.values if values else one.counts)
                work.done()
        return pl.concat(parts)

    def read_plan(self, plan_id: str) -> planning.Plan:
        """Give a kept plan. Raises UnknownName."""
        return planning.as_plan(self.store.plan(plan_id))

    def plans(self, mapping: str = "", *, status: str = "") -> pl.DataFrame:
        """Show the plans that are kept, newest first, and what became of each (`frames.PLANS`).

        mapping: one, a link or a pattern: plans with a step of it; without it, all. status:
        planned, in process, stopped, failed or applied. Raises UnknownName, UsageError.
        """
        with self.store.lists() as lists:
            found = lists.plans()
        return planning.chosen(found, self._named(mapping), status=status)

    def in_process(self) -> pl.DataFrame:
        """Show what is written right now, by whomever, and how far it is (`frames.IN_PROCESS`).

        May be asked every second: the workbench file is not opened.
        """
        return self.store.plans.told()

    def status(self) -> pl.DataFrame:
        """Show every mapping, one row each: couplings, failures, holds, watermarks and last run.

        watermark: how far the integration side was read (the product's Synch. Modified On Filter);
        local_watermark: the local side (Synch. Int. Tbl. Mod. On Fltr.).

        >>> workbench.status().filter(mapping="DEUTSCHLAND/CUSTOMER")["coupled"].item()
        391
        """
        with self.store.lists() as lists:
            known = lists.status()
        names = pl.DataFrame(
            {"mapping": list(self.workspace.mappings)}, schema={"mapping": pl.String}
        )
        counts = ("coupled", "agreed", "failed", "skipped", "held", "pending", "not_taken_over")
        return names.join(known, on="mapping", how="left").with_columns(
            pl.col(name).fill_null(0) for name in counts
        )

    def errors(
        self, mapping: str = "", *, by: str = "record", real: bool = False, transient: bool = False
    ) -> pl.DataFrame:
        """Show the errors that still stand, by record (`frames.ERRORS`) or by kind of message
        (`frames.ERROR_KINDS`): first seen, last seen, how often.

        mapping: one, a link or a pattern; without it, all. by: `record` or `message`. real,
        transient: only those somebody has to mend, or those that pass by themselves.

        >>> jobs = workbench.sync("NORDIC/VENDOR")
        >>> workbench.errors("NORDIC/VENDOR", by="message").select("records", "family").row(0)
        (14, 'real')
        """
        with self.store.lists() as lists:
            found = diagnosing.told(self._of(lists.errors(), mapping))
        return diagnosing.chosen(found, by=by, real=real, transient=transient)

    def jobs(self, mapping: str = "", *, job: int | None = None, only: str = "") -> pl.DataFrame:
        """Show the jobs, newest first, with their counters; or the records of one job.

        mapping: one, a link or a pattern; without it, all. only: of one job, those of a counter
        (`inserted`, `failed`, ...); of all, the jobs that counted such a record. step, steps: which
        step of its plan a job is, from 1, of how many. seconds: how long a job took. queue_log: the
        run of a job queue entry that did it. Raises UsageError for a counter nobody keeps records
        of.

        >>> workbench.jobs("DEUTSCHLAND/CUSTOMER").select("kind", "status").row(0)
        ('coupling', 'finished')
        """
        with self.store.lists() as lists:
            if job is None:
                return self._of(lists.jobs(only=only), mapping)
            found = lists.job(job)
            if found is None:
                raise UnknownName("job", job, lists.jobs()["job_id"].to_list())
            known = self.workspace.mappings.get(str(found["mapping"]))
            return lists.job_records(job, mapping=known, only=only)

    def history(self, mapping: str, record: str) -> pl.DataFrame:
        """Show what jobs did to one record, newest first: the synchronization log of a record.

        Gives `frames.HISTORY`: written, failed, waiting, coupled, uncoupled, undone. record: an id
        or key of either side, also of a record that is gone. Raises UnknownName when no job, no
        coupling and no load has it. Source: semantics.md 11.1.

        >>> workbench.history("DEUTSCHLAND/CUSTOMER", "10250").select("kind", "outcome").row(0)
        ('coupling', 'applied')
        """
        chosen = self.workspace.mapping(mapping)
        with self.store.lists() as lists:
            ids = lists.ids_of(chosen, record)
            if not ids:
                raise UnknownName(f"record of {chosen.name}", record)
            return lists.history(chosen.name, ids)

    def _working(self, title: str, chosen: Sequence[TableMapping]) -> AbstractContextManager[Work]:
        return self._progress.work(title, [one.name for one in chosen])

    def _of(self, rows: pl.DataFrame, mapping: str) -> pl.DataFrame:
        names = self._named(mapping)
        return rows if names is None else rows.filter(pl.col("mapping").is_in(names))

    def _named(self, mapping: str) -> list[str] | None:
        return [one.name for one in self.workspace.select(mapping)] if mapping else None

    def loads(self) -> pl.DataFrame:
        """Show every load, newest first (`frames.LOADS`)."""
        with self.store.lists() as lists:
            return lists.loads()

    def explain(self, mapping: str, record: str) -> explaining.Explanation:
        """Show why a record is what it is: every gate of both ladders, its values, its history.

        Of a mapping that flows both ways the gates of both steps, as they are now.
        record: a source id, a local id or a key. Raises UnknownName when neither side has it.

        >>> workbench.explain("NORDIC/CUSTOMER", "10250")
        Explanation(NORDIC/CUSTOMER 10250: fail, local-change, 3 fields differ)
        """
        chosen = self.workspace.mapping(mapping)
        run, ways = Run(candidates="records", records=(record,)), each_way(chosen)
        told = []
        with self.store.reading() as reading:
            for way in ways:
                replay = replayed(reading, wanted_of(reading, self.workspace, way, run))
                told.append(explaining.explain(reading, replay, record))
            rejected = reading.matching.rejections(chosen)
        found = explaining.with_rejected(explaining.together(told), rejected)
        with self.store.lists() as lists:
            found = explaining.with_history(found, lists)
        here, hidden = ways[-1].destination, self.workspace.settings.report.mask
        name = self.workspace.company(here).name or here
        return replace(found, here=name, masked=hidden)

    def doctor(self, *mappings: str) -> pl.DataFrame:
        """Find what goes wrong, or would, and goes unseen: each with its reason and its remedy.

        Gives `frames.FINDINGS`, one row a finding, empty when there is none. mappings: as for
        `compare`, those switched off as well. Nothing is written. Raises UnknownName.

        >>> found = workbench.doctor("NORDIC/CUSTOMER")
        >>> found.filter(check="gone-there")["examples"].to_list()
        [['10871']]
        """
        chosen = self.workspace.named(*mappings)
        with self._working("Examine", chosen) as work, self.store.reading() as reading:
            return examined(reading, self.workspace, chosen, done=work.done)

    def sql(self, query: str) -> pl.DataFrame:
        """Ask the workbench anything in SQL, read only; gives a frame. Raises UsageError.

        >>> workbench.sql("select count(*) as here from NORDIC.Customer").item()
        418
        """
        return self.store.sql(query)
