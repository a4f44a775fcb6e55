"""The cases that docs/rules.md names behind its rules are run, and belong to rules there are."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from docs_pages import ROOT

from mdsync_nb.core import actions, classify, resolve

TOOL = importlib.util.spec_from_file_location("make_rules", ROOT / "tools" / "make_rules.py")
assert TOOL is not None
assert TOOL.loader is not None
make_rules = importlib.util.module_from_spec(TOOL)
TOOL.loader.exec_module(make_rules)

CASES: dict[str, tuple[str, ...]] = make_rules.CASES
LADDERS = (*actions.LADDERS.values(), resolve.AFTER_VALUES, resolve.INSERTING)
TEXTS = [one.read_text("utf-8") for one in sorted((ROOT / "tests" / "conformance").glob("*.py"))]
MARKED = {
    case for text in TEXTS for mark in re.findall(r"mark\.case\(([^)]*)\)", text)
    for case in re.findall(r'"([^"]+)"', mark)
}  # fmt: skip


def test_every_rule_with_cases_is_on_a_ladder() -> None:
    assert classify.BEFORE_VALUES in LADDERS
    assert CASES.keys() <= {rule.id for ladder in LADDERS for rule in ladder}


@pytest.mark.parametrize("rule", CASES)
def test_every_case_of_a_rule_is_run(rule: str) -> None:
    assert [one for one in CASES[rule] if one not in MARKED] == []
