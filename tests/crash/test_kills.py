"""A night that is killed at any moment and goes on ends as if nothing had happened."""

from __future__ import annotations

import random

import pytest

from .killing import Course, instants, points
from .story import STEPS


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """The night without interruption."""
    return Course(tmp_path_factory.mktemp("night"))


@pytest.mark.xdist_group("crash")
@pytest.mark.parametrize("number", range(len(STEPS)), ids=[one.__name__ for one in STEPS])
def test_a_kill_at_a_commit_point_changes_no_end(course: Course, number: int):
    tried = list(points(course, [number]))
    assert tried
    assert all(one.killed for one in tried)
    assert [one for one in tried if one.differs] == []


@pytest.mark.xdist_group("crash")
def test_a_kill_at_any_instant_changes_no_end(course: Course):
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}: make crash SEED={seed}")
    assert [one for one in instants(course, 10, seed=seed) if one.differs] == []
