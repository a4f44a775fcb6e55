"""What a drift between two loads or companies holds: sides, fields, records, kinds, facets."""

from __future__ import annotations

import polars as pl

from mdsync_nb.frames.contract import TEXT, TIME, WHOLE, YES, Contract

SHARE = pl.Float64()
NUMBER = pl.UInt32()
DRIFT_STATES = ("equal", "differs", "only there", "only here")
DRIFT_STATE = pl.Enum(DRIFT_STATES)

DRIFT_SIDES: Contract = {
    "side": TEXT,
    "company": TEXT,
    "name": TEXT,
    "table": TEXT,
    "load_id": WHOLE,
    "as_of": TIME,
    "in_force": YES,
    "complete": TEXT,
    "records": WHOLE,
}
"""The two sides, `there` first. load_id, as_of: the load it comes from, and when its files were
taken (UTC). in_force: the table as it is known now, with what we wrote since; else as that load
left it. complete: whether those files held every record; else one that is not there may only be
missing from them."""

DRIFT_SCOPE: Contract = {"record": NUMBER, "state": DRIFT_STATE}
"""One row a record, narrow. record: its number in this drift, null for one that is equal. Behind
these, a column `of FIELD` for each facet: its value there, of a record that is only here its value
here."""

DRIFT_RECORDS: Contract = {
    "record": NUMBER,
    "state": DRIFT_STATE,
    "key": TEXT,
    "name": TEXT,
    "there_id": TEXT,
    "here_id": TEXT,
    "fields": WHOLE,
}
"""One row a record that is not equal. record: its number in this drift. key, name: of the one
there, if there is one. fields: in how many fields the two differ."""

DRIFT_FOUND: Contract = {
    "record": NUMBER,
    "field": pl.Categorical(),
    "there": TEXT,
    "here": TEXT,
}
"""One row a record and field that differs; values as canonical texts, blank is null."""

DRIFT_CELLS: Contract = {**DRIFT_FOUND, "kind": pl.Categorical(), "detail": TEXT}
"""The same with the kind of each difference, and what tells it from others of the kind (`30`)."""

DRIFT_COMPARED: Contract = {
    "field": TEXT,
    "here_field": TEXT,
    "type": TEXT,
    "length": WHOLE,
    "here_length": WHOLE,
    "state": TEXT,
    "carried": YES,
}
"""The fields of both sides. field: as the side there calls it; here_field: as the one here does.
state: compared, absent there, absent here (that side's files lack it), not kept (they held it then,
but a later load did not, so its values are gone), currency (an amount in local currency, never
compared across currencies), refers (it names records by other ids), no value (a picture or the
like). carried: whether a run of the mapping between the two carries it."""

DRIFT_FIELDS: Contract = {
    **DRIFT_COMPARED,
    "records": WHOLE,
    "blank_there": WHOLE,
    "blank_here": WHOLE,
    "share": SHARE,
}
"""How many records differ in each field, most first. blank_there, blank_here: that side is blank
and the other is not. share: of the records on both sides, 0 to 1; null where it is not compared."""

DRIFT_KINDS: Contract = {
    "field": TEXT,
    "kind": TEXT,
    "detail": TEXT,
    "what": TEXT,
    "records": WHOLE,
    "share": SHARE,
    "there": TEXT,
    "here": TEXT,
}
"""How values of a field differ, most first. kind: its id; detail: what tells it from others of that
kind (`30`, `× 1.19`); what: both in words. share: of the records that differ in the field. there,
here: the most frequent such pair."""

DRIFT_VALUES: Contract = {"there": TEXT, "here": TEXT, "records": WHOLE}
"""Pairs of values of a field that differ, the most frequent first."""

DRIFT_SPREAD: Contract = {"lower": SHARE, "upper": SHARE, "what": TEXT, "records": WHOLE}
"""By how much numbers or dates differ, here less there, from lower (within) to upper (without), in
steps from the least to the most; dates in days. A step without a record is there between others."""

DRIFT_FACETS: Contract = {
    "facet": TEXT,
    "value": TEXT,
    "records": WHOLE,
    "differs": WHOLE,
    "only_there": WHOLE,
    "only_here": WHOLE,
    "share": SHARE,
}
"""Records by the values of fields that hold few. records: on both sides with this value; differs:
those of them that are asked for; share: the one of the other, null where there are none. Fields
by which the differing are spread most unevenly come first."""
