"""docs/doctor.md shows every check of the doctor as the code has it, and no other."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from docs_pages import bare, read, tables

from mdsync_nb.engine.doctor import CHECKS
from mdsync_nb.engine.doctor.dangerous import DANGEROUS

PAGE = read("docs/doctor.md")
ROWS = [row for rows in tables(PAGE, "checks").values() for row in rows]
WORDS = {
    "mapping": "MAPPING",
    "other": "OTHER",
    "table": "TABLE",
    "company": "COMPANY",
    "field": "FIELD",
    "why": "WHY",
    "length": "N",
    "there": "the source company",
    "here": "the subsidiary",
    "many": "N records",
    "which": "",
    "creating": "`mdsync sync MAPPING --full`",
    "watermark": "TIME",
    "as_of": "TIME",
    "attempts": "N",
    "since": "TIME",
    "missing": "a record",
    "first": "create that record",
    "then": "mdsync sync MAPPING",
    "cause": "Records wait, for the cause that is said.",
    "step": "The step that belongs to the cause.",
}
"""What the page says in place of the words a finding fills in."""


def test_every_check_is_shown_in_the_order_of_the_code() -> None:
    assert [bare(row[0]) for row in ROWS] == [one.id for one in CHECKS]


def test_what_is_found_what_to_do_and_why_are_those_of_the_code() -> None:
    for row, one in zip(ROWS, CHECKS, strict=True):
        assert row[1:] == [
            one.family or "as the cause",
            one.what.format(**WORDS),
            one.remedy.format(**WORDS),
            one.reason,
        ], one.id


def test_every_remedy_names_a_command_or_a_setting() -> None:
    assert [one.id for one in CHECKS if "`" not in one.remedy] == []


def test_every_dangerous_field_is_shown() -> None:
    shown = tables(PAGE, "dangers of")["companies"]
    assert [(row[0], bare(row[1]), row[2].lower()) for row in shown] == [
        (one.table or "any", one.field, f"{one.why}.".lower()) for one in DANGEROUS
    ]
