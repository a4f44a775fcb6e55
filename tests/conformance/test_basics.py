"""Conformance: counters, force, unchanged, one way."""

import pytest


@pytest.mark.case("TS-003")
def test_a_forced_run_writes_what_was_edited(pairs):
    p = pairs()
    p.synced("L1")
    p.local.put("Client", "L1", Name="Edited")
    p.load()
    plan = p.bench.plan("CLIENT", records=["L1"], direction="to_integration", force=True)
    assert p.applied(plan) == {"to": {"modified": 1}}
    assert p.held("INT") == ["Edited"]
