"""Pairs by command: near ones, chosen ones, rejected ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mdsync_nb.cli.options import as_pairs
from mdsync_nb.errors import UsageError

CUSTOMERS, PAIR = "LUMIERE/CUSTOMER", "10366=20068"


def test_a_pair_is_seen_rejected_seen_as_rejected_and_coupled(
    demo_copy: Path, mdsync: Any, mdsync_json: Any
) -> None:
    mdsync("uncouple", CUSTOMERS, "10366", "--yes", folder=demo_copy)
    near = mdsync("pair", "candidates", CUSTOMERS, "10366", folder=demo_copy).stdout
    assert "20068" in near
    assert "VAT Registration No." in near
    told = mdsync("pair", "reject", CUSTOMERS, PAIR, "--comment", "A branch", folder=demo_copy)
    assert told.stdout == f"1 pair of {CUSTOMERS} will not be found again.\n"
    found, _ = mdsync_json("pair", "candidates", CUSTOMERS, "10366", folder=demo_copy)
    assert "20068" not in [one["candidate_key"] for one in found["candidates"]]
    assert "A branch" in mdsync("pair", "rejected", "LUMIERE", folder=demo_copy).stdout
    told = mdsync("couple", CUSTOMERS, "--pair", PAIR, "--yes", folder=demo_copy)
    assert "coupled 1 record" in told.stdout
    assert mdsync_json("pair", "rejected", folder=demo_copy)[0] == {"rejected": []}
    told = mdsync("pair", "unreject", CUSTOMERS, PAIR, folder=demo_copy)
    assert told.stdout == f"0 pairs of {CUSTOMERS} may be matched again.\n"


@pytest.mark.parametrize("written", ["10366", "10366=", "=20068", "1=2=3"])
def test_what_is_no_pair_is_refused(written: str) -> None:
    with pytest.raises(UsageError, match="is no pair of records"):
        as_pairs([written])
