"""Write docs/rules.md: the rules as the code asks them, with what people have to know beside them.

    python tools/make_rules.py            write docs/rules.md
    python tools/make_rules.py --print    print it

The ladders, their conditions in words, the classes and the labels are read from the library; the
prose stands in PAGE below. A rule that asks something new cannot be printed before somebody has
said in `core/conditions.py` what that is.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mdsync_nb.core import classify, resolve
from mdsync_nb.core.conditions import in_words
from mdsync_nb.core.evidence import AMBIGUOUS_AT_MOST, IDENTIFYING, LADDER, SAID
from mdsync_nb.core.ladder import Rule
from mdsync_nb.model import Action, CellClass, PairClass

PAGE_FILE = Path(__file__).parents[1] / "docs" / "rules.md"
WIDTH = 100


ACTIONS = {
    Action.INSERT: (
        "created",
        "`inserted`",
        "The record is created here and coupled.",
    ),
    Action.MODIFY: ("changed", "`modified`", "The fields that differ get the values from there."),
    Action.DELETE: ("deleted", "`deleted`", "The record here is deleted. Only an undo does that."),
    Action.UNCHANGED: (
        "as it is",
        "`unchanged`",
        "Nothing is to be written.",
    ),
    Action.SKIP: ("skipped", "`skipped`", "Set aside until somebody releases it."),
    Action.FAIL: (
        "fails",
        "`failed`",
        "The error stands until a run succeeds with it.",
    ),
    Action.WAIT: ("waits", "`waiting`", "A person has to say something first."),
    Action.NONE: ("left out", "none", "Not a matter of this run; it is not counted as an outcome."),
}
"""What an action is called in the tables, its counter in a job, and what it does."""

READ_ON = classify.BEFORE_VALUES[classify.LOOK_AT_VALUES].id

CLASSES = {
    PairClass.AGREES: "Both exist, and every compared field is equal in meaning.",
    PairClass.CHANGED_SOURCE: "It differs, and only the record there moved since they last agreed.",
    PairClass.CHANGED_DESTINATION: "It differs, and only the record here moved since.",
    PairClass.CHANGED_BOTH_SAME: "Both moved since, to the same values.",
    PairClass.CHANGED_BOTH: "It differs, and both moved since.",
    PairClass.ORIGIN_UNKNOWN: "It differs; no base, time or later load says who moved.",
    PairClass.NEW_SOURCE: "Not coupled, only there; the load here is complete.",
    PairClass.NEW_DESTINATION: "Not coupled, only here in the filter; the load there is complete.",
    PairClass.NEW_BOTH_SAME: "Not coupled while others of its mapping are; equal.",
    PairClass.NEW_BOTH_DIFFER: "Not coupled while others of its mapping are; it differs.",
    PairClass.GONE_SOURCE: "Coupled, gone there, and the record here did not move since.",
    PairClass.GONE_DESTINATION: "Coupled, gone here, and the record there did not move since.",
    PairClass.GONE_BOTH: "Coupled, and both are gone.",
    PairClass.GONE_SOURCE_CHANGED_DESTINATION: "Coupled, gone there, and changed here since.",
    PairClass.GONE_DESTINATION_CHANGED_SOURCE: "Coupled, gone here, and changed there since.",
    PairClass.UNDECIDED: "Not coupled; it looks like a record here, or one number is two firms.",
    PairClass.NOT_COMPARED: "Outside the filter, set aside, on a side whose load may have gaps, or "
    "a transformation rule fails on it.",
}

CELLS = {
    CellClass.SOURCE: "The value there moved since the two last agreed.",
    CellClass.DESTINATION: "The value here moved since.",
    CellClass.BOTH_SAME: "Both moved, to the same value.",
    CellClass.BOTH: "Both moved, to different values.",
    CellClass.UNKNOWN: "There is no base, so nobody can say.",
}

OUTCOMES = (
    (
        "`stale`",
        "Its row there or here is not the row the plan was made from, or it is new and its key is "
        "in use by now.",
        "It is left as it is and listed with the errors of the job. Plan again.",
    ),
    (
        "`key-taken`",
        "Two records to be created by the plan have the same key.",
        "Both fail.",
    ),
    (
        "`depends-on-failed`",
        "It refers to a record that an earlier step of the plan did not create.",
        "It fails.",
    ),
    (
        "`value-does-not-fit`",
        "A value cannot be one of its field, such as a constant that is no number.",
        "It fails.",
    ),
    (
        "`skip` in place of `fail`",
        "It failed for the third time in a row, whatever the messages were.",
        "It is set aside; `mdsync retry` or a full synchronization puts it back.",
    ),
    (
        "`undo`",
        "A job is taken back, and the record did not move since.",
        "Its values, coupling and agreement become those of before, and it is held.",
    ),
)
"""What only an application can find out: the outcome or rule, when, and what becomes of it."""

CONFLICTS = (
    (
        "`true`",
        "true conflict",
        "One field, at least, was changed on both sides to different values.",
    ),
    (
        "`timestamp`",
        "timestamp only",
        "No field was changed on both sides; the two changed different fields.",
    ),
)

PAGE = """\
# Rules

This page is printed from the code by `tools/make_rules.py`; a test holds the two equal. *There* is
the source company (the holding), *here* is the subsidiary, *last agreed* is the last time a job or
a coupling found or made the two records equal.

## How a record gets its rule

Every record that a run looks at gets exactly one rule. The rules stand on two ladders. The first is
asked before the values are looked at. What it leaves open is read, and the second ladder decides.
On each ladder the first rule whose condition holds is the one that counts, and the rules below it
are not asked. `mdsync explain MAPPING RECORD --rules` shows every rung for one record.

A record *moved* when its modified time is later than the one noted at the last agreement, by 10
milliseconds or more, or when its row is not the row that was noted. In a company without times,
rows alone tell; for two that never agreed, a load since they were coupled that showed other values.
One that was never modified after it was created did not move here. When the fields of a mapping
change, the noted rows count for nothing and its pairs are read again.

*Who can act* says where the next step lies: `users` are those who own the data, `set-up` is whoever
keeps the settings, the exports and the couplings. Where it is empty, nobody has to do anything.

### Before its values are looked at

{before}

### After its values were looked at

{after}

### Records to be created

A record with the rule `new` or `restore` is read before it is created, and asked these:

{inserting}

### When a plan is applied

Time passes between a plan and its application, so each record is judged once more.

| Outcome or rule | When | What becomes of it |
|---|---|---|
{outcomes}

Only coupled records count their failures. A success sets the count to zero.

## What an action does

| Action | In the tables above | Counter of the job | What it does |
|---|---|---|---|
{actions}

## Classes

A class says what a pair *is*, whatever a mapping wants done about it. *Gone* and *only there* are
said of complete loads alone.

| Class | Meaning |
|---|---|
{classes}

A single field of a pair has a class as well:

| Class of a field | Meaning |
|---|---|
{cells}

## Conflicts

A conflict is a pair of which both sides moved since they last agreed and which differs now. Its
label is one of two.

| Label | Word in reports | When |
|---|---|---|
{conflicts}

Both stop at the rule `local-change`; the product stops both with the same words. With
`update_conflict: merge` only a true conflict stops: what one side alone changed is taken from that
side. The label is the same under every `update_conflict`, and it needs a base. A field that may be
overwritten (`overwrite_local_change`) does not stop a record, nor does a constant; with that word
on a mapping, none of its fields does. What each word does is in
[Settings](settings.md#update-conflicts), and `mdsync rehearse` counts it.

## Which fields are compared

- Fields that the mapping has switched on and both files hold. A field that one file lacks is not
  compared and is named among the remarks of the comparison.
- Values are compared by their meaning: one blank for each type, codes in capitals, decimals without
  needless zeros.
- A blank currency code means the currency of its company. Two companies agree when the meanings do.
- An amount in local currency is not compared between companies of different currencies.
- A constant is compared with the value here, whatever the record there holds.

## Which records belong together

`mdsync couple` couples the records of a mapping by the fields under `match:`.

1. Records there that pass the filter and are not coupled are taken in the order of their keys. Each
   looks for exactly one record here that passes the filter.
2. Text is compared whatever its case unless `case_sensitive` is set. Everything else is compared
   exactly; codes stand in capitals.
3. A blank equals a blank, and it counts as a condition.
4. Fields of the lowest `priority` are asked first. Fields of a higher priority are asked only for
   records that found several, and they narrow what was found. They never look again for a record
   that found none.
5. A record here that is coupled already still counts as found, so the record there stays open.
6. Two records there that find the same one here: the first in the order of keys takes it.

| Outcome | Meaning |
|---|---|
| `match` | Exactly one was found. The two are coupled. |
| `unmatched` | None was found. |
| `ambiguous` | Several were found; up to five of them are listed. |
| `taken` | The one that was found has another counterpart, or an earlier record took it. |
| `coupled` | It was coupled before; nothing was compared. |
| `contradicting` | One was found, and everything else says it is another firm. It is not coupled. |

**Two firms.** A pair contradicts when at least two of the fields below are filled on both sides and
every one of them differs. Only letters and digits count. One field that is the same is enough for
one firm.

{identifying}

**Looks like an existing one.** A record that has no counterpart and would be created is put beside
a record here that shares, strongest first:

{ladder}

**Which fields to choose.** The notebook *Which records belong together?* and
`Workbench.match(...).evidence` count for each proposal of a mapping (`propose_match`) what it would
match, leave ambiguous and contradict. A proposal is usable when it matches something, contradicts
nothing, and leaves at most {ambiguous} of the records ambiguous. Where a mapping has no `match`,
`compare` and `plan` put uncoupled records side by side by the best usable proposal. `couple` never
couples by a proposal.

**What coupling notes.** Two records that agree in every compared field when they are coupled have
agreed: that is their base from then on. Two that differ have no base. They wait with the rule
`origin-unknown` until the record there moves, somebody makes them equal, or `first_sync` is
`source_wins`.
"""


def page() -> str:
    """Give the text of docs/rules.md."""
    return PAGE.format(
        before=table(classify.BEFORE_VALUES),
        after=table(resolve.AFTER_VALUES),
        inserting=table(resolve.INSERTING),
        outcomes=_rows(OUTCOMES),
        conflicts=_rows(CONFLICTS),
        actions=_rows(_said(one, ACTIONS) for one in Action),
        classes=_rows((f"`{one.value}`", CLASSES[one]) for one in PairClass),
        cells=_rows((f"`{one.value}`", CELLS[one]) for one in CellClass),
        identifying=" · ".join(IDENTIFYING),
        ladder="\n".join(f"{n}. {_listed(fields)}" for n, fields in enumerate(LADDER, start=1)),
        ambiguous=f"{AMBIGUOUS_AT_MOST:.0%}".replace("%", " %"),
    )


def table(ladder: Sequence[Rule]) -> str:
    """Give a ladder as a table: every rule with what it asks, does and says, and who can act."""
    head = "| | Rule | Holds when | Action | Message | Who can act |\n|---|---|---|---|---|---|\n"
    return head + _rows(
        (
            str(number),
            f"`{rule.id}`",
            in_words(rule.test),
            "read on" if rule.id == READ_ON else ACTIONS[rule.action][0],
            rule.message,
            rule.family,
        )
        for number, rule in enumerate(ladder, start=1)
    )


def _said(action: Action, words: dict[Action, tuple[str, str, str]]) -> tuple[str, str, str, str]:
    return (f"`{action.value}`", *words[action])


def _rows(rows: Any) -> str:
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def _listed(fields: Sequence[str]) -> str:
    names = [SAID[name] for name in fields]
    text = " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
    return "the same " + text


def main() -> None:
    """Write the page, or print it with `--print`."""
    if "--print" in sys.argv:
        sys.stdout.buffer.write(page().encode("utf-8"))
    else:
        PAGE_FILE.write_text(page(), "utf-8", newline="\n")


if __name__ == "__main__":
    main()
