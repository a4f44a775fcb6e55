"""What the doctor looks for: every check with its sentence, its remedy, and the reason for it."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from mdsync_nb.core.ladder import Family
from mdsync_nb.engine.causes import many

EXAMPLES = 5
"""Keys a finding shows."""

NO_KEYS = pl.Series("key", [], dtype=pl.String)

Row = dict[str, object]
"""One row of `frames.FINDINGS`."""


class Check(NamedTuple):
    """One thing the doctor looks for.

    what and remedy hold words in braces: `{mapping}`, `{table}`, `{field}`, `{company}` (its name
    in mdsync.yaml), `{there}` and `{here}` (what people call the two companies), `{many}` ("3
    records"), and those the check itself gives. reason says why it is worth finding. family is
    blank where each finding has its own.
    """

    id: str
    family: Family
    what: str
    remedy: str
    reason: str


CHECKS = (
    Check(
        "not-loaded", "set-up",
        "{table} of {company} was never loaded, so no run of {mapping} does anything.",
        "Name its file under `tables` of {company} in mdsync.yaml and run `mdsync load {company}`, "
        "or set `enabled: no` for {mapping}.",
        "A mapping needs the table of both companies.",
    ),
    Check(
        "load-refused", "set-up",
        "The last load of {table} of {company} was refused; what was loaded before is in force.",
        "Mend the file; `mdsync load {company}` says what is wrong with it.",
        "No run sees what the company wrote since.",
    ),
    Check(
        "no-new-load", "set-up",
        "The last run of {mapping} did nothing: neither table was loaded since the run before it.",
        "Put new exports in place and run `mdsync load {company}`.",
        "A run finds what loads bring.",
    ),
    Check(
        "old-snapshot", "set-up",
        "{table} of {company} is of {as_of}, and runs have read up to {watermark} (UTC).",
        "Load an export that is newer with `mdsync load {company}`.",
        "A watermark never goes back, so modified times before it make no record a candidate.",
    ),
    Check(
        "switched-off", "set-up",
        "{mapping} is switched off; no run looks at its pairs ({many}).",
        "Set `enabled: yes` for {mapping} in mdsync.yaml.",
        "Its couplings go on as if it were kept in step.",
    ),
    Check(
        "not-coupled", "users",
        "Nothing of {mapping} is coupled, and its runs take coupled records only; {many} of {there}"
        " in its filter.",
        "Look with `mdsync couple {mapping} --dry-run`, then couple; records without a counterpart "
        "are created by {creating}.",
        "Until records are coupled, runs end without doing anything.",
    ),
    Check(
        "all-held", "users",
        "Every pair of {mapping} is undone or set aside after failures ({many}).",
        "Mend the reasons (`mdsync errors {mapping}`), then release them with "
        "`mdsync retry {mapping}`.",
        "A run leaves such pairs alone until somebody releases them.",
    ),
    Check(
        "queue-error", "set-up",
        "The job queue entry of {mapping} stopped after {attempts} runs that failed. {why}",
        "Mend the reason, then `mdsync queue restart {mapping}`.",
        "An entry in error does not start by itself again.",
    ),
    Check(
        "queue-hold", "set-up",
        "The job queue entry of {mapping} is on hold.",
        "`mdsync queue ready {mapping}` lets it start again.",
        "An entry on hold starts only by hand.",
    ),
    Check(
        "queue-lost", "set-up",
        "{mapping} has no job queue entry, though others have.",
        "`mdsync queue generate {mapping} --missing-only` makes it again.",
        "Nothing runs it by itself.",
    ),
    Check(
        "queue-overdue", "set-up",
        "The job queue entry of {mapping} has been due since {since} (UTC), for more than a day.",
        "Let something call `mdsync run-jobs`: `mdsync schedule export` writes what does.",
        "Entries start when a tick comes by, and none did.",
    ),
    Check(
        "blocked", "set-up",
        "{many} of {mapping}: {missing} is missing in {here}.",
        "First {first}; then `{then}` takes over what waits.",
        "One missing record can stop many; this is the order in which they come free.",
    ),
    Check(
        "waiting", "",
        "{cause}",
        "{step} `mdsync compare {mapping}` lists them.",
        "A run leaves these records as they are until somebody decides.",
    ),
    Check(
        "stranded", "set-up",
        "{many} of {there}: in the filter, not coupled, and older than what runs have read up to "
        "{watermark} (UTC).",
        "`mdsync sync {mapping} --full` visits every record and creates them.",
        "A creation that failed or was passed over leaves no trace, and the watermark has moved "
        "on: no incremental run looks at such a record again.",
    ),
    Check(
        "widened-filter", "set-up",
        "{many} of {there}: taken in by the filter as it is now, and older than what runs have "
        "read up to {watermark} (UTC).",
        "`mdsync sync {mapping} --full` visits every record.",
        "What lay outside the filter when a run passed is not looked at again when the filter is "
        "widened. A record that is not coupled is counted here where the settings moved since the "
        "last run, else as stranded.",
    ),
    Check(
        "left-filter", "set-up",
        "{many} of {mapping}: still coupled, no longer updated, because outside the filter.",
        "Widen `filter` of {mapping}, or take the records out of use in {here}.",
        "Nobody is told, and the record here goes on being used.",
    ),
    Check(
        "gone-there", "set-up",
        "{many} of {here}: coupled to a record that is gone in {there}.",
        "Block it in {here}, or bring its counterpart back; `mdsync explain {mapping} RECORD` "
        "shows one.",
        "A deletion never travels by itself. Said of complete loads only.",
    ),
    Check(
        "gone-here", "users",
        "{many} of {there}: coupled to a record that is gone in {here}.",
        "Set `deletion_conflict: restore_records` for {mapping}; then "
        "`mdsync sync {mapping} --full` creates it again. Else bring it back by hand.",
        "It is noticed when the record there changes, and then fails. Said of complete loads only.",
    ),
    Check(
        "gone-both", "set-up",
        "{many} of {mapping}: coupled, and gone in both companies.",
        "Nothing is left to keep in step; `mdsync explain {mapping} ID` shows what jobs did to it.",
        "No run visits such a pair, and it counts as coupled. Said of complete loads only.",
    ),
    Check(
        "key-taken", "users",
        "{many} of {there}: not coupled, and another record of {here} has the key.",
        "If it is the same, couple it (`mdsync couple {mapping} --by FIELD`); if not, give one of "
        "the two another number.",
        "It cannot be created, however often it is tried.",
    ),
    Check(
        "two-firms", "users",
        "{many} of {there}: one number, and another firm has it in {here}.",
        "Give one of the two another number; `mdsync explain {mapping} RECORD` shows what "
        "contradicts.",
        "Each company gives numbers of its own. Coupled, one firm would be written over the other.",
    ),
    Check(
        "mapped-otherwise", "set-up",
        "{many} of {mapping} last agreed under other field mappings{which}.",
        "`mdsync sync {mapping}` compares them anew. What differs waits, unless `first_sync: "
        "source_wins` lets {there} win.",
        "What was agreed says nothing about a field that was enabled since. The product needs a "
        "full synchronization here: its incremental runs never revisit unchanged records.",
    ),
    Check(
        "settings-newer", "set-up",
        "The settings of {mapping} moved since its last run, and no run has used them.",
        "`mdsync plan {mapping}` shows what they change, `mdsync sync {mapping}` uses them.",
        "Settings count for what a run visits from then on.",
    ),
    Check(
        "no-match", "set-up",
        "{mapping} has no match fields; {many} of {there} without a counterpart.",
        "Try fields with `mdsync couple {mapping} --by FIELD --dry-run`, then set `match` for it "
        "in mdsync.yaml.",
        "Coupling ends without doing anything; the product leaves the fields open for salespeople, "
        "customers and vendors.",
    ),
    Check(
        "match-absent", "set-up",
        "{mapping} matches by {field}, which the files do not hold on both sides; {many} of {there}"
        " without a counterpart.",
        "Let both companies export it, or set `match` to fields that both files hold.",
        "Coupling needs the value of both records.",
    ),
    Check(
        "dependency-off", "set-up",
        "{mapping} depends on {other}, which is switched off; {many} of {there} refer to it.",
        "Set `enabled: yes` for {other}, or take it out of `depends_on` of {mapping}.",
        "What is new in that table does not come, and whoever refers to it waits. Asked where a "
        "person wrote the dependency, or records refer to the table.",
    ),
    Check(
        "dependency-missing", "set-up",
        "{mapping} depends on {other}, which is not in force for its link; {many} of {there} refer "
        "to it.",
        "Name the file of its table under `tables` of both companies (and it in `only` of the "
        "link, where there is one), or take it out of `depends_on` of {mapping}.",
        "References to it cannot be checked before they are written. Asked where a person wrote "
        "the dependency, or records refer to the table.",
    ),
    Check(
        "reciprocal", "set-up",
        "{mapping} and {other} give {table} to each other.",
        "Decide who owns it, and set `enabled: no` for the other of the two.",
        "Each run takes over what the other wrote: changes of both are lost in turn.",
    ),
    Check(
        "dangerous-field", "set-up",
        "{mapping} writes {field}: {why}.",
        "Switch it off: `fields: {{{field}: no}}` for {mapping} in mdsync.yaml.",
        "Ids and counters belong to one company; in another they point at something else.",
    ),
    Check(
        "colliding-codes", "users",
        "{many} of {there}: different values of {field} are one in {here}{which}.",
        "Rename one of them in {there}, or leave the field out: `fields: {{{field}: no}}` for "
        "{mapping}.",
        "A code is cut to its length and stands in capitals, so two can become one.",
    ),
    Check(
        "too-long", "users",
        "{many} of {there}: {field} is longer than the {length} characters it can have in {here}.",
        "Shorten it in {there}, or leave the field out: `fields: {{{field}: no}}` for {mapping}.",
        "The product cuts it without a word.",
    ),
    Check(
        "no-exchange-rate", "users",
        "{many} of {table} of {company} in a currency without an exchange rate there{which}.",
        "Enter a rate in {company}, export `Currency Exchange Rate` again, and run "
        "`mdsync load {company}`.",
        "Nothing can be posted in such a currency. Asked of complete loads of the rates.",
    ),
)  # fmt: skip

BY_ID = {one.id: one for one in CHECKS}
POSITION = {one.id: n for n, one in enumerate(CHECKS)}


class Place(NamedTuple):
    """Where a finding is: a mapping, and the company and table it is about; what people call the
    company that is read (`there`) and the one that is written (`here`); in links with Dataverse
    the direction."""

    mapping: str
    company: str
    table: str
    there: str
    here: str
    direction: str = ""


def finding(
    check: str,
    place: Place,
    *,
    keys: pl.Series | None = None,
    records: int | None = None,
    family: Family = "",
    **words: object,
) -> Row:
    """Give a finding as a row of `frames.FINDINGS`.

    keys: of the records it is about; records counts them unless it is given. words: what the
    sentences of the check ask for besides the place; `field` also goes into its column.
    """
    known = NO_KEYS if keys is None else keys.drop_nulls()
    count = known.len() if records is None else records
    said = {"field": "", **place._asdict(), "many": many(count), **words}
    one = BY_ID[check]
    return {
        "check": check,
        "mapping": place.mapping,
        "direction": place.direction,
        "company": place.company,
        "table": place.table,
        "field": said["field"],
        "records": count,
        "what": one.what.format(**said),
        "remedy": one.remedy.format(**said),
        "family": family or one.family,
        "examples": known.sort().head(EXAMPLES).to_list(),
    }
