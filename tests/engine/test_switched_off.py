"""A mapping that is switched off is not run, stays coupled, and keeps what was last agreed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mdsync_nb.errors import UsageError

MAPPINGS = {
    "CUSTOMER": {"table": "Customer", "match": ["No."]},
    "TERMS": {"table": "Payment Terms", "match": ["Code"]},
}


@pytest.fixture
def agreed(twins: Callable[..., Any]) -> Any:
    """Two companies that agreed; then HQ changed a customer and a payment term."""
    two = twins(MAPPINGS)
    two.both("C1", "C2", name="Old")
    two.both("T1", table="Payment Terms", description="Old")
    two.couple()
    two.bench.write_settings(two.bench.disable_mappings("CUSTOMER"))
    two.hq.put("C1", name="New")
    two.hq.put("T1", table="Payment Terms", description="New")
    two.load()
    return two


def test_what_is_off_is_not_run_and_the_others_are(agreed: Any) -> None:
    assert agreed.sync() == {"modified": 1}
    assert agreed.held("SUB") == {"C1": "Old", "C2": "Old"}
    assert agreed.bench.compare().reconciliation["mapping"].to_list() == ["SUB/TERMS"]


def test_what_is_off_cannot_be_run_by_its_name(agreed: Any) -> None:
    for verb in (agreed.bench.plan, agreed.bench.compare, agreed.bench.sync):
        with pytest.raises(UsageError, match="switched off") as refused:
            verb("CUSTOMER")
        assert "mdsync mapping enable CUSTOMER" in refused.value.hint


def test_what_was_off_goes_on_from_what_was_last_agreed(agreed: Any) -> None:
    agreed.sync()
    assert agreed.coupling("C1")["integration_row_hash"] is not None
    agreed.bench.write_settings(agreed.bench.enable_mappings("CUSTOMER"))
    worklist = agreed.bench.compare("CUSTOMER")
    assert worklist.cells.select("field", "base", "source").rows() == [("Name", "Old", "New")]
    assert agreed.sync("CUSTOMER") == {"modified": 1, "unchanged": 1}
    assert agreed.held("SUB") == {"C1": "New", "C2": "Old"}


def test_coupling_and_uncoupling_need_no_run(agreed: Any) -> None:
    assert agreed.bench.uncouple("CUSTOMER", records=["C2"]) is not None
    assert agreed.bench.list_mappings("CUSTOMER")["coupled"].to_list() == [1]
