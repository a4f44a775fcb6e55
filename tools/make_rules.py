"""Write docs/rules.md: the rules as the code asks them, with what people have to know beside them.

    python tools/make_rules.py            write docs/rules.md
    python tools/make_rules.py --print    print it

The ladders, their conditions in words, the classes and the labels are read from the library; the
prose stands in PAGE below. A rule that asks something new cannot be printed before somebody has
said in `core/conditions.py` what that is.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from mdsync_nb.core import actions, classify, resolve
from mdsync_nb.core.conditions import in_words
from mdsync_nb.core.evidence import AMBIGUOUS_AT_MOST
from mdsync_nb.core.ladder import Rule
from mdsync_nb.core.likeness import IDENTIFYING, LADDER, SAID
from mdsync_nb.model import Action, CellClass, LinkKind, PairClass
from mdsync_nb.model.profile import PROFILES, Profile

PAGE_FILE = Path(__file__).parents[1] / "docs" / "rules.md"
WIDTH = 100


ACTIONS = {
    Action.INSERT: (
        "created",
        "`inserted`",
        "The record is created here and coupled.",
    ),
    Action.MODIFY: ("changed", "`modified`", "The fields that differ get the values from there."),
    Action.DELETE: (
        "deleted",
        "`deleted`",
        "The record here is deleted. Only an undo and `mdsync record delete` do that.",
    ),
    Action.UNCHANGED: (
        "as it is",
        "`unchanged`",
        "Nothing is to be written.",
    ),
    Action.SKIP: (
        "skipped",
        "`skipped`",
        "Left out of this run: it is set aside, the other side wins, or it is not coupled.",
    ),
    Action.FAIL: (
        "fails",
        "`failed`",
        "The error stands until a run succeeds with it.",
    ),
    Action.WAIT: ("waits", "`waiting`", "A person has to say something first."),
    Action.UNCOUPLE: (
        "uncoupled",
        "`uncoupled`",
        "The pair is taken apart, and no company is written.",
    ),
    Action.NONE: ("left out", "none", "Not a matter of this run; it is not counted as an outcome."),
}
"""What an action is called in the tables, its counter in a job, and what it does."""

CASES: dict[str, tuple[str, ...]] = {
    "skipped-flag": ("EX-006",),
    "left-filter": ("EX-002",),
    "outside-filter": ("SJ-002", "SJ-004"),
    "natural-key-unsure": ("TS-018",),
    "only-coupled-asked": ("LK-015",),
    "only-coupled": ("SJ-006", "EX-004"),
    "new": ("TS-004", "LK-021", "SJ-002", "SJ-004", "SJ-011", "SJ-012", "EX-020", "MD-007"),
    "restore": ("DEL-RESTORE-TB", "DEL-RESTORE-TF", "SK-024"),
    "remove-coupling": ("DEL-REMOVE-TB", "DEL-REMOVE-TF", "DEL-REMOVE-FF"),
    "coupled-to-deleted": ("DEL-NONE-TB", "DEL-NONE-TF", "DEL-NONE-FF", "DEL-010", "EX-007"),
    "nothing-changed": ("TS-007", "EX-010", "CP-007", "MD-006"),
    "touched": ("CP-006",),
    "must-be-coupled": ("LK-002", "LK-004", "LK-009", "SK-001"),
    "natural-key": ("TS-017",),
    "forced": ("TS-003", "TS-010", "LK-009"),
    "late-unchanged": ("TS-008", "TS-009", "CONF-007", "FT-011", "FT-014", "FT-020", "FT-023"),
    "conflict-lost": ("CONF-011", "CONF-012"),
    "update-conflict": ("CONF-002", "CONF-004", "CONF-013", "CONF-015"),
    "conflict-won": ("CONF-010",),
    "renamed": ("MD-005",),
    "changed": (
        "TS-005", "TS-015", "TS-016", "CONF-005", "CONF-006", "EX-008", "EX-009", "FT-003",
        "FT-013", "LK-016", "LK-019", "SJ-003", "SJ-019", "SJ-020", "SJ-022", "MD-002", "MD-003",
    ),
    "template-missing": ("TPL-002",),
    "delete": ("SK-021",),
    "uncouple": ("UN-001", "UN-003"),
    "company-id-reset": ("UN-001",),
    "found-deleted": ("SK-031",),
}  # fmt: skip
"""The cases of the product's behaviour that a rule satisfies; a test runs each of them."""

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
        "It failed for the third time in a row, whatever the messages were; with Dataverse for the "
        "second time in a row in one direction, with the same message.",
        "It is set aside until `mdsync retry`; for master data, a full synchronization puts it "
        "back, too.",
    ),
    (
        "`decided`, `decided-stays`",
        "A person decided what is written, or that the two stay different.",
        "What was chosen is written; what stays counts as changed only here from then on.",
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
the side a step reads and *here* the side it writes. For master data that is always the source
company (the holding) and the subsidiary; with [Dataverse](dataverse.md) each has its turn. *Last
agreed* is the last time a job or a coupling found or made the two records equal.

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
*Cases* are ids of documented cases of the product's behaviour that the rule satisfies; the tests
under `tests/conformance` run them. A rule without any is ours, or none of them asks for it.

### Before its values are looked at

{before}

### After its values were looked at

{after}

The company of a contact is no compared field: it goes along with what is changed. A contact of
which nothing else differs is `forced` in place of `forced-alike` where its company is written.

### Records to be created

A record with the rule `new` or `restore` is read before it is created, and asked these:

{inserting}

### Pairs of which one record is gone

`mdsync record restore`, `delete` and `find-deleted` ask the records of a mapping ladders of their
own, in place of the first one. Restore and delete do so in both directions, find-deleted with the
local record as the one here.

**restore**

{restoring}

What is to be created is then asked the rules of the section above.

**delete**

{deleting}

**find-deleted**

{finding}

### Pairs that are uncoupled

Where the records of Dataverse name the company they belong to, `mdsync uncouple` makes a plan: the
company id of each is reset with its coupling. The record here is the one at Dataverse. The contacts
of a customer or vendor are uncoupled in a step of their own, by the same rules.

{uncoupling}

A run that removes a coupling because the record of the company is gone (`remove-coupling`) resets
the company id of the other one in a step of its own, by the rule `company-id-reset`.

### When a plan is applied

Time passes between a plan and its application, so each record is judged once more.

| Outcome or rule | When | What becomes of it |
|---|---|---|
{outcomes}

Only coupled records count their failures. A success sets the count to zero.

## Profiles

The product keeps master data in step in one way and Dataverse in another. A link behaves as its
`kind` says:

{profiles}

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

Both stop at the rule `local-change`, with Dataverse at `update-conflict`; the product stops both
with the same words. With `update_conflict: merge` only a true conflict stops: what one side alone
changed is taken from that side. The label is the same under every `update_conflict`, and it needs a
base. A field that may be overwritten (`overwrite_local_change`) does not stop a record, nor does a
constant; with that word on a mapping, none of its fields does. What each word does is in
[Settings](settings.md#update-conflicts), and `mdsync rehearse` counts it.

## Which fields are compared

- Fields that the mapping has switched on and both files hold. A field that one file lacks is not
  compared and is named among the remarks of the comparison.
- Values are compared by their meaning: one blank for each type, codes in capitals, decimals without
  needless zeros.
- A blank currency code means the currency of its company. Two companies agree when the meanings do.
  A G/L account without a source currency allows any, so its blanks are compared as they are.
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
7. Two records that somebody rejected as a pair do not exist for each other, neither here nor in
   what follows. Where that leaves one of several, it is the one; the reason says how many were
   rejected.

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
        restoring=table(actions.RESTORING),
        deleting=table(actions.DELETING),
        finding=table(actions.FINDING),
        uncoupling=table(actions.UNCOUPLING),
        profiles=profiles(),
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
    """Give a ladder as a table: every rule with what it asks, does and says, who can act, and the
    cases it satisfies."""
    heads = ("", "Rule", "Holds when", "Action", "Message", "Who can act", "Cases")
    head = f"{_rows([heads])}\n{'|---' * len(heads)}|\n"
    return head + _rows(
        (
            str(number),
            f"`{rule.id}`",
            in_words(rule.test),
            "read on" if rule.id == READ_ON else ACTIONS[rule.action][0],
            rule.message,
            rule.family,
            ", ".join(CASES.get(rule.id, ())),
        )
        for number, rule in enumerate(ladder, start=1)
    )


def profiles() -> str:
    """Give what differs between the kinds of links as a table, in the words of the profile."""
    head = ("Word", "Means", *(f"`{kind.value}`" for kind in LinkKind))
    rows = (
        (f"`{word}`", means, *(_value(getattr(PROFILES[kind], word)) for kind in LinkKind))
        for word, means in _words_of_profile()
    )
    return _rows([head, ("---",) * len(head), *rows])


def _words_of_profile() -> Iterator[tuple[str, str]]:
    """The words of a profile with what its docstring says of each, without the sections."""
    told = " ".join((Profile.__doc__ or "").split())
    for word in Profile._fields:
        found = re.search(rf"\b{word}: (.+?)\.(?= \w+: | ?$)", told)
        assert found, f"say in the docstring of Profile what {word} means"
        means = re.sub(r" \((semantics\.md )?[0-9., ]+\)", "", found[1])
        yield word, means[:1].upper() + means[1:] + "."


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple) and all(isinstance(one, str) for one in value):
        return ", ".join(f"`{one}`" for one in value)
    if isinstance(value, tuple):
        least, more = value
        return f"{least} to {least + more}" if more else str(least)
    return "none" if value is None else str(value)


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
