"""What messages have in common, and what they are told by."""

from __future__ import annotations

from datetime import datetime

import polars as pl
import pytest

from mdsync_nb.core.signatures import Cause, alike, caused, signature


def said(*messages: str | None, keys: list[str | None] | None = None) -> list[str]:
    """The signatures of messages, with the numbers of their records."""
    frame = pl.DataFrame(
        {"message": messages, "key": keys or [None] * len(messages)},
        schema={"message": pl.String, "key": pl.String},
    )
    return frame.select(signature(pl.col("message"), pl.col("key")))["message"].to_list()


@pytest.mark.parametrize(
    ("message", "common"),
    [
        ("Plain words stay as they are.", "Plain words stay as they are."),
        ("Customer C00010 must be coupled.", "Customer … must be coupled."),
        ("Terms 21 DAYS is missing in Nordic.", "Terms … is missing in Nordic."),
        ("User (Id=0b1c2d3e-aaaa-4bbb-8ccc-1234567890ab, type=8) fails.", "User (Id=…, type=…) fails."),
        ("Field 'Name' and \"City\" differ.", "Field … differ."),
        ("It doesn't, and they don't.", "It doesn't, and they don't."),
        ("Failed at 2026-03-01T08:00:00.123Z again.", "Failed at … again."),
        ("Failed on 01.03.2026 10:15 again.", "Failed on … again."),
        ("Limit of 6,000 over 300 seconds.", "Limit of … over … seconds."),
        ("A different value comes in. Fields: Address, E-Mail.", "A different value comes in. Fields: …"),
        ("Name cannot be Hugo & Söhne.", "Name cannot be …"),
        ("a value for field 'X' (Foo Bar) is synchronizing", "a value for field … (…) is synchronizing"),
        ("Records 1, 2 and 3 fail.", "Records … fail."),
        ("two\n  lines", "two lines"),
        ("", ""),
        (None, ""),
    ],
)  # fmt: skip
def test_a_signature_leaves_out_what_is_said_of_one_record(message: str, common: str) -> None:
    assert said(message) == [common]


def test_the_number_of_a_record_is_left_out_even_when_it_is_a_word() -> None:
    messages = ["Code HUGO is gone.", "Code ANNA is gone.", "Code of nobody", "a b"]
    assert said(*messages, keys=["HUGO", "ANNA", None, "b"]) == [
        "Code … is gone.",
        "Code … is gone.",
        "Code of nobody",
        "a b",
    ]


def test_a_number_that_reads_like_a_pattern_is_a_text() -> None:
    assert said("Code .* is gone.", "Code ${1} (x", keys=[".*", "(x"]) == [
        "Code … is gone.",
        "Code ${…} …",
    ]


CAUSES = (
    Cause("busy", (), (r"\bbusy\b", "time-?out"), transient=True),
    Cause("gone", ("orphan",), ("deleted",), transient=False),
    Cause("any", (), ("busy", "broken"), transient=False),
)


@pytest.mark.parametrize(
    ("rule", "message", "cause", "family"),
    [
        (None, "The server is BUSY.", "busy", "transient"),
        (None, "A timeout.", "busy", "transient"),
        ("orphan", "The server is busy.", "gone", "real"),
        ("other", "It was deleted.", "gone", "real"),
        (None, "Busybody broken.", "any", "real"),
        (None, "Something else.", None, "real"),
        (None, None, None, "real"),
    ],
)
def test_a_cause_is_told_by_its_rule_first_and_then_by_its_words(
    rule: str | None, message: str | None, cause: str | None, family: str
) -> None:
    errors = pl.DataFrame(
        {"rule": [rule], "message": [message]}, schema={"rule": pl.String, "message": pl.String}
    )
    found = caused(errors, CAUSES)
    assert found.select("cause", "family").row(0) == (cause, family)


def test_every_error_is_kept_in_its_order() -> None:
    errors = pl.DataFrame({"rule": [None] * 3, "message": ["b", "deleted", "b"], "n": [1, 2, 3]},
                          schema_overrides={"rule": pl.String})  # fmt: skip
    assert caused(errors, CAUSES)["n"].to_list() == [1, 2, 3]
    assert caused(errors, ())["cause"].null_count() == 3


def test_alike_errors_are_one_kind_with_first_last_and_how_many_records() -> None:
    day = [datetime(2026, 3, one) for one in (1, 2, 3, 4)]
    errors = pl.DataFrame(
        {
            "mapping": ["DE/A", "DE/A", "FR/A", "FR/A"],
            "source_id": ["1", "1", "1", "2"],
            "message": ["x 1", "x 2", "x 3", "y"],
            "signature": ["x …", "x …", "x …", "y"],
            "family": "real",
            "cause": [None, None, None, "gone"],
            "seen": [1, 2, 3, 10],
            "first_seen": day,
            "last_seen": day,
            "skipped": [True, False, False, False],
        }
    )
    first, second = alike(errors).to_dicts()
    assert (first["signature"], first["records"], first["seen"], first["skipped"]) == (
        "x …",
        2,
        6,
        1,
    )
    assert (first["first_seen"], first["last_seen"]) == (day[0], day[2])
    assert (first["mappings"], first["example"]) == (["DE/A", "FR/A"], "x 1")
    assert (second["signature"], second["cause"]) == ("y", "gone")
