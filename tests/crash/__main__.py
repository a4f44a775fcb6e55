"""`make crash`: kill a night at every commit point and at random instants, and compare its ends."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from pathlib import Path

from .killing import Course, instants, points


def main() -> int:
    """Print what was killed where; 1 when an end differs from the uninterrupted one."""
    asked = argparse.ArgumentParser(prog="make crash")
    asked.add_argument("--instants", type=int, default=200)
    asked.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    given = asked.parse_args()
    print(f"Seed {given.seed}; to repeat it: make crash SEED={given.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="mdsync-crash-") as folder:
        course = Course(Path(folder))
        told = [*points(course), *instants(course, given.instants, seed=given.seed)]
    bad = [one for one in told if one.differs]
    for one in bad:
        print(f"DIFFERS {one.where}: {one.differs[:2000]}")
    killed = sum(one.killed for one in told)
    print(f"{len(told)} tries, {killed} killed, {len(bad)} ended otherwise than without a kill.")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
