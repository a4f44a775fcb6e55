"""What a verb gives, as people read it in a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

from mdsync_nb.cli.terminal import count, say, table
from mdsync_nb.engine.comparison import Comparison
from mdsync_nb.engine.explaining import Explanation
from mdsync_nb.engine.matched import Matched
from mdsync_nb.engine.messages import COUNTERS
from mdsync_nb.engine.planning import Plan
from mdsync_nb.engine.running import Applied
from mdsync_nb.reports import tally, wording
from mdsync_nb.reports.masking import masked
from mdsync_nb.reports.pieces.belonging import left_open
from mdsync_nb.reports.pieces.plans import (
    STOPS,
    actions_of,
    kept_values,
    warned_values,
    written_values,
)
from mdsync_nb.reports.pieces.words import ACTIONS, OUTCOMES, heads_of, why

FIRST = 20
"""Records a preview shows."""

BOXES = {
    "mapping": "Mapping",
    "agree": "Agree",
    "differ": "Differ",
    "only_source": "Missing",
    "only_destination": "Only here",
    "undecided_source": "Undecided",
    "source_set_aside": "Set aside there",
    "destination_set_aside": "Set aside here",
    "source_not_compared": "Not compared",
}
WORKLIST = {
    "company": "Company",
    "table": "Table",
    "key": "Number",
    "name": "Name",
    "field": "Field",
    "source": "There",
    "destination": "Here",
    "base": "Last agreed",
    "why": "Why it waits",
}
EVIDENCE = {
    "criterion": "Criterion",
    "records": "Records",
    "matched": "Matched",
    "ambiguous": "Ambiguous",
    "taken": "Taken",
    "contradicting": "Contradicting",
    "unmatched": "Unmatched",
}
FAMILIES = {"users": "For those who own the data", "set-up": "For whoever keeps the set-up"}


def comparison(c: Comparison) -> None:
    """Print the verdict, the boxes of every mapping, the causes, and the first that waits."""
    boxes = tally.sums_of(c)
    pairs = tally.pairs(boxes)
    share = wording.percent(boxes["agree"], pairs) if pairs else "None"
    say("Compared, nothing written.", f"{share} of {count(pairs, 'pair')} agree.", waiting(c))
    table(tally.lines(c), BOXES, title="Where it differs", none="No mapping was compared.")
    causes = {"cause": "Cause", "step": "Step", "releases": "Releases"}
    if c.causes.height:
        table(c.causes.sort("rank"), causes, title="What would release the most")
    rows = tally.waiting(c)
    if rows.height:
        table(rows.head(FIRST), WORKLIST, title=f"First of {count(rows.height, 'row')} that wait")
    say("", "As a report: mdsync run where_do_the_companies_differ")


def waiting(c: Comparison) -> str:
    """Say how many records of a comparison wait."""
    return _wait(tally.records(c.worklist))


def plan(made: Plan, mask: Iterable[str]) -> None:
    """Print how many records a plan would write, the limits it breaks, values, and what waits."""
    say(_headline(made), _wait(made.waiting), *(f"Refused: {one}" for one in made.refusals))
    rows = actions_of(made)
    heads = _capitals(heads_of(ACTIONS, rows.to_dicts()))
    table(rows, {"mapping": "Mapping", **heads}, none="No mapping in it.")
    values = written_values(made, mask=mask)
    of = {"mapping": "Mapping", "key": "Record", "field": "Field"}
    if values.height:
        title = f"First of {count(values.height, 'value')} to write"
        heads = {**of, "destination": "Here now", "source": "Will be"}
        table(values.head(FIRST), heads, title=title)
    kept = kept_values(made, mask=mask)
    if kept.height:
        title = f"First of {count(kept.height, 'value')} kept: changed only here"
        heads = {**of, "source": "There", "destination": "Stays here"}
        table(kept.head(FIRST), heads, title=title)
    warned = warned_values(made, mask=mask)
    if warned.height:
        title = f"First of {count(warned.height, 'value')} with a warning"
        heads = {**of, "destination": "Here now", "warning": "Warning"}
        table(warned.head(FIRST), heads, title=title)
    _reasons(made)


def _reasons(made: Plan) -> None:
    stops = made.counts.filter(pl.col("action").is_in(STOPS)).to_dicts()
    rows = [{**one, "why": why(one["rule"])} for one in stops]
    heads = {"mapping": "Mapping", "records": "Records", "why": "Why they wait"}
    if rows:
        table(rows, heads, title="What will not be written")


def _headline(made: Plan) -> str:
    what = count(made.writes, "record") if made.writes else "nothing"
    done = "was applied" if made.status == "applied" else f"would write {what}"
    return f"Plan {made.plan_id} ({made.title}) {done}."


def applied(jobs: Sequence[Applied]) -> None:
    """Print what was applied, one row a job, and how to take it back."""
    if not jobs:
        say("The plan was applied before; nothing was left to write.")
        return
    rows = [
        {"job": str(one.job_id), "mapping": one.mapping, **dict.fromkeys(COUNTERS, 0), **one.counts}
        for one in jobs
    ]
    table(rows, {"job": "Job", "mapping": "Mapping", **_capitals(heads_of(COUNTERS, rows))})
    for file in dict.fromkeys(file for one in jobs for file in one.files):
        say(f"Written: {file}")
    say(f"To reverse a job: mdsync undo {jobs[-1].job_id}")


def matched(found: Matched, mask: Iterable[str]) -> None:
    """Print the outcomes, what each criterion would find, and the first records left open."""
    rows = [
        {"outcome": OUTCOMES.get(name, name), "records": many}
        for name, many in found.counts.items()
    ]
    heads = {"outcome": f"{found.mapping.name}: outcome", "records": "Records"}
    of_local = found.mapping.profile.matches_from_local
    asked = found.mapping.local if of_local else found.mapping.integration
    table(rows, heads, none=f"{found.mapping.name}: no record of {asked} is in its filter.")
    if found.evidence.height:
        table(found.evidence, EVIDENCE, title="By which fields")
    left = masked(left_open(found).with_columns(field=pl.lit("")), mask)
    heads = {"key": "Record", "outcome": "Outcome", "reason": "Why", "candidate_keys": "Candidates"}
    if left.height:
        table(left.head(FIRST), heads, title=f"First of {count(left.height, 'record')} left open")


def explanation(explained: Explanation, mask: Iterable[str], *, every_rule: bool) -> None:
    """Print why a record is what it is: verdict, values, times, rules, history."""
    hidden = list(mask)
    called = pl.DataFrame({"field": [""], "key": [explained.key], "name": [explained.name]})
    row = masked(called, hidden).row(0, named=True)
    say(" ".join(filter(None, [explained.mapping, row["key"], row["name"]])), explained.verdict)
    say(*filter(None, (explained.next_run, explained.step)))
    heads = {
        "field": "Field",
        "base": "Last agreed",
        "source": "There",
        "destination": "Here",
        "class": "Changed in",
    }
    if (explained.cells["warning"] != "").any():
        heads["warning"] = "Warning"
    none = "No field differs." if explained.compared else "Its values were not compared."
    table(masked(explained.cells, hidden), heads, title="Values", none=none)
    times = [{"what": name, "at": at or "not known"} for name, at in explained.times.items()]
    table(times, {"what": "Time", "at": "UTC"}, title="Times")
    gates = {"ladder": "Asked", "rule": "Rule", "holds": "Holds", "because": "Because"}
    asked = explained.gates if every_rule else explained.gates.filter("holds")
    title = "Rules, as they were asked" if every_rule else "Rules that hold"
    table(asked, gates, title=title, none="No rule was asked.")
    heads = {"job_id": "Job", "finished_at": "Finished", "outcome": "Outcome", "message": "Why"}
    none = "No job had anything to say about it yet."
    table(explained.history, heads, title="History", none=none)


def doctor(findings: pl.DataFrame) -> None:
    """Print what was found, first what users can mend, then what is a matter of the set-up."""
    found = count(findings.height, "finding") if findings.height else "No finding"
    say(f"{found}; nothing was written.")
    heads = {
        "check": "Check",
        "mapping": "Mapping",
        "what": "What",
        "remedy": "What to do",
        "examples": "Such as",
    }
    for family, title in FAMILIES.items():
        rows = findings.filter(family=family).with_columns(
            mapping=pl.when(pl.col("direction") == "")
            .then("mapping")
            .otherwise(pl.format("{} → {}", "mapping", "company"))
        )
        if rows.height:
            table(rows, heads, title=title)


def not_told(many: int) -> None:
    """Say how many notifications were given up, if any."""
    if many:
        verb = "was" if many == 1 else "were"
        say("", f"{count(many, 'notification')} {verb} given up: mdsync notify list")


def _wait(many: int) -> str:
    if not many:
        return "Nothing waits for a person."
    return f"{count(many, 'record')} {'waits' if many == 1 else 'wait'} for a person."


def _capitals(words: dict[str, str]) -> dict[str, str]:
    return {name: head[:1].upper() + head[1:] for name, head in words.items()}
