"""What is done with pairs of records: couple, take apart, reject; each shown first, each undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import polars as pl

from mdsync_nb.engine.matched import Matched
from mdsync_nb.engine.planning import Plan
from mdsync_nb.reports import wording
from mdsync_nb.reports.markup import Html, Part, tag
from mdsync_nb.reports.pieces.grid import Column, grid
from mdsync_nb.reports.pieces.matching import NOBODY, Called, two_lines
from mdsync_nb.widgets.strip import Did, Strip

if TYPE_CHECKING:
    from mdsync_nb.widgets.criteria import Fields

Row = dict[str, Any]
PAIR = ("integration_id", "local_id")
SHOWN = 10
"""Picked pairs a preview lists; it says how many there are."""

UNTIL = "No run and no matching brings them together again, until somebody takes it back."


@dataclass
class Pairing:
    """What can be done with pairs of one mapping. Nothing is written that was not shown first.

    mapping, called: the one that is shown now, and its two companies.
    """

    strip: Strip
    mapping: str = ""
    called: Called = NOBODY

    def couple(self, rows: pl.DataFrame, criteria: Fields, *, every: bool) -> None:
        """Couple records with what was found for them (`frames.MATCHED`). every: all of them."""
        verb = self.strip.workbench.couple
        named: Sequence[str] = () if every else rows["record_id"].to_list()
        self._ask_to_couple(
            rows.height, int(rows["equal"].sum()),
            partial(verb, self.mapping, criteria=criteria, records=named),
        )  # fmt: skip

    def couple_picked(self, picked: Sequence[Row]) -> None:
        """Couple pairs a person picked (rows of `frames.CANDIDATES`)."""
        pairs = pl.DataFrame([{end: one[end] for end in PAIR} for one in picked])
        match = partial(self.strip.workbench.match, self.mapping, pairs=pairs)
        ask = partial(self._ask_picked, self.mapping, picked)
        self.strip.begin("Looking at the pairs", match, ask)

    def uncouple(self, rows: pl.DataFrame) -> None:
        """Take coupled records apart; where that writes a company, its plan is shown."""
        ids = rows.select(pl.coalesce(PAIR)).to_series().to_list()
        plan = partial(self.strip.workbench.uncouple_plan, self.mapping, records=ids)
        ask = partial(self._ask_to_uncouple, self.mapping, ids)
        self.strip.begin("Finding out what it writes", plan, ask)

    def reject(self, pairs: pl.DataFrame, comment: str = "", *, mapping: str = "") -> None:
        """Say that pairs do not belong together. mapping: another one than is shown now."""
        many, verb = wording.count(pairs.height, "pair"), self.strip.workbench.reject_pairs
        mapping = mapping or self.mapping

        def reject() -> Did:
            verb(mapping, pairs, comment=comment)
            return Did(f"{many} rejected.", back=partial(self.unreject, pairs, mapping=mapping))

        said = f"No company is written. {UNTIL}"
        self.strip.ask(f"Reject {many}", said, word="Reject", does=reject)

    def unreject(self, pairs: pl.DataFrame, *, mapping: str = "") -> None:
        """Take rejections back. mapping: another one than is shown now."""
        many, verb = wording.count(pairs.height, "rejection"), self.strip.workbench.unreject_pairs
        mapping = mapping or self.mapping

        def unreject() -> Did:
            verb(mapping, pairs)
            return Did(f"{many} taken back.", back=partial(self.reject, pairs, mapping=mapping))

        said = "No company is written. The records may be matched again."
        self.strip.ask(f"Take {many} back", said, word="Take back", does=unreject)

    def _ask_picked(self, mapping: str, picked: Sequence[Row], found: Matched) -> None:
        moved = [one for one in picked if one["coupled_id"] is not None]
        leave = (
            f"{wording.count(len(moved), 'record')} of {self.called.other} "
            f"{'leaves its' if len(moved) == 1 else 'leave their'} counterpart for it."
        )
        columns = (
            Column(self.called.looks, lambda one: two_lines(one["record_name"], one["record_key"])),
            Column(self.called.other, lambda one: two_lines(one["candidate_name"],
                                                            one["candidate_key"])),
        )  # fmt: skip
        self._ask_to_couple(
            found.pairs.height, int(found.pairs["equal"].sum()),
            partial(self.strip.workbench.couple, mapping, pairs=found.pairs),
            more=leave if moved else "",
            below=grid(picked, columns, caption="Picked pairs", none="", shown=SHOWN),
        )  # fmt: skip

    def _ask_to_couple(
        self, many: int, equal: int, couple: partial[Matched], *, more: str = "", below: Part = None
    ) -> None:

        def does() -> Did:
            done = couple()
            pairs = wording.count(done.counts.get("match", 0), "pair")
            return Did(f"{pairs} coupled.", [done.job] if done.job else [])

        number = wording.number
        said = Html(
            tag("p", tag("b", number(equal)), f" of {number(many)} agree in every compared field. ",
                f"{_rest(many - equal)} {more}"),
            tag("p", "No company is written.", class_="mute"),
        )  # fmt: skip
        self.strip.ask(
            f"Couple {wording.count(many, 'pair')}", said, word=f"Couple {number(many)}",
            does=does, below=below,
        )  # fmt: skip

    def _ask_to_uncouple(self, mapping: str, ids: Sequence[str], plan: Plan | None) -> None:
        if plan is not None:
            self.strip.propose("Planning", lambda: plan)
            return

        def does() -> Did:
            done = self.strip.workbench.uncouple(mapping, records=ids)
            job, many = done or (0, 0)
            return Did(f"{wording.count(many, 'pair')} taken apart.", [job] if done else [])

        many = wording.count(len(ids), "pair")
        said = "No company is written. They are not synchronized until they are coupled again."
        self.strip.ask(f"Take {many} apart", said, word="Remove couplings", does=does)


def _rest(differ: int) -> str:
    if not differ:
        return "That is their base from now on."
    verb = "differs" if differ == 1 else "differ"
    return f"{wording.number(differ)} {verb} in some: what differs waits or flows."
