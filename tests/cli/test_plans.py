"""The plans that are kept, listed and discarded by command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def test_a_plan_is_listed_until_it_is_discarded(demo_copy: Path, mdsync: Any) -> None:
    made = json.loads(mdsync("plan", "NORDIC/ITEM", "--json", folder=demo_copy).stdout)
    plan_id = made["plan_id"]
    listed = mdsync("plans", "NORDIC/ITEM", "--json", folder=demo_copy).stdout
    (row,) = json.loads(listed)["plans"]
    assert (row["plan_id"], row["status"], row["companies"]) == (plan_id, "planned", ["NORDIC"])
    assert plan_id in mdsync("plans", folder=demo_copy).stdout
    assert "Nothing is being written." in mdsync("in-process", folder=demo_copy).stdout
    unasked = mdsync("discard-plan", plan_id, folder=demo_copy)
    assert (unasked.exit_code, "--yes" in unasked.output) == (2, True)
    gone = mdsync("discard-plan", plan_id, "--yes", folder=demo_copy)
    assert gone.stdout == f"Plan {plan_id} is forgotten.\n"
    assert "No such plan is kept." in mdsync("plans", folder=demo_copy).stdout
    assert mdsync("discard-plan", plan_id, "--yes", folder=demo_copy).exit_code == 2
