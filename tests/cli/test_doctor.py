"""The doctor on the command line: grouped by who can act, the same as JSON, keys masked."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest


def told(text: str) -> str:
    """What was printed, with its spaces and line breaks as one space each."""
    return re.sub(r"\s+", " ", text)


def test_findings_stand_under_who_can_act(demo: Path, mdsync: Any) -> None:
    ended = mdsync("doctor", "NORDIC", folder=demo)
    users, _, set_up = told(ended.stdout).partition("For whoever keeps the set-up")
    assert "For those who own the data" in users
    assert "timestamp only" in users
    assert "14 records of NORDIC/VENDOR" in set_up
    assert "21 DAYS is missing" in set_up


def test_json_gives_every_finding_with_the_names_of_the_frame(demo: Path, mdsync_json: Any) -> None:
    said, code = mdsync_json("doctor", "NORDIC", folder=demo)
    assert (code, said["found"]) == (1, 5)
    gone = next(one for one in said["findings"] if one["check"] == "gone-there")
    assert (gone["mapping"], gone["company"], gone["table"], gone["records"], gone["family"]) == (
        "NORDIC/CUSTOMER",
        "NORDIC",
        "Customer",
        1,
        "set-up",
    )
    assert gone["examples"] == ["10871"]


@pytest.mark.parametrize("more", [[], ["--json"]])
def test_keys_are_masked_where_reports_mask_them(
    more: list[str], demo_copy: Path, mdsync: Any
) -> None:
    settings = demo_copy / "mdsync.yaml"
    text = settings.read_text("utf-8").replace("mask: []", "mask: [No.]")
    settings.write_text(text, "utf-8")
    ended = mdsync("doctor", "NORDIC/CUSTOMER", *more, folder=demo_copy)
    assert ended.exit_code == 1
    assert "10871" not in ended.stdout
    assert "10412" not in ended.stdout
