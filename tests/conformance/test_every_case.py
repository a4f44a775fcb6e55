"""Every case of the product's behaviour is run by its id, or left out in its own words."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from .excluded import EXCLUDED, NOT_YET

HERE = Path(__file__).parent
CASES = HERE.parents[2] / "shared" / "design" / "cases.json"
QUOTED = re.compile(r'"([A-Z]{2,4}-[A-Z0-9][A-Z0-9-]*)"')
"""An id as a mark names it, or a row of a drawn table of cases."""


def run_here() -> list[str]:
    """The ids the tests of this folder name."""
    texts = [one.read_text("utf-8") for one in sorted(HERE.glob("test_*.py"))]
    return [one for text in texts for one in QUOTED.findall(text)]


def test_every_case_is_run_or_left_out_in_its_own_words():
    if not CASES.exists():
        pytest.skip("the cases are not beside the project")
    cases = {one["id"]: one for one in json.loads(CASES.read_text("utf-8"))}
    run = set(run_here()) - NOT_YET.keys()
    assert run <= cases.keys()
    assert not run & EXCLUDED.keys()
    for name, words in EXCLUDED.items():
        told = " ".join(str(cases[name][part]) for part in ("given", "when", "then", "area"))
        assert words in told, f"{name} does not say {words!r}"
    assert not EXCLUDED.keys() & NOT_YET.keys()
    missing = sorted(cases.keys() - run - EXCLUDED.keys() - NOT_YET.keys())
    assert not missing, f"{len(missing)} cases are not run: {', '.join(missing)}"
    assert len(run) >= 190
