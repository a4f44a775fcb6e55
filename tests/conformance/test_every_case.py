"""Every case of the product's behaviour is run by its id, or left out in its own words."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from .excluded import EXCLUDED

HERE = Path(__file__).parent
CASES = HERE.parents[2] / "shared" / "design" / "cases.json"
MARK = re.compile(r"""mark\.case\(([^)]*)\)""", re.DOTALL)


def run_here() -> list[str]:
    """The ids the tests of this folder are marked with."""
    marks = [m for f in sorted(HERE.glob("test_*.py")) for m in MARK.findall(f.read_text("utf-8"))]
    return [one for mark in marks for one in re.findall(r'"([A-Z]+-[A-Z0-9-]+)"', mark)]


def test_every_case_is_run_or_left_out_in_its_own_words():
    if not CASES.exists():
        pytest.skip("the cases are not beside the project")
    cases = {one["id"]: one for one in json.loads(CASES.read_text("utf-8"))}
    run = set(run_here())
    assert run <= cases.keys()
    assert not run & EXCLUDED.keys()
    for name, words in EXCLUDED.items():
        told = " ".join(str(cases[name][part]) for part in ("given", "when", "then", "area"))
        assert words in told, f"{name} does not say {words!r}"
    missing = sorted(cases.keys() - run - EXCLUDED.keys())
    assert not missing, f"{len(missing)} cases are not run: {', '.join(missing)}"
    assert len(run) >= 190
