"""Notebooks, workers and commands on one workbench at once: short waits, and nothing is lost."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from .contention import meet, said


@pytest.mark.xdist_group("crash")
def test_four_processes_at_once_meet_no_error_and_lose_nothing(tmp_path: Path):
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}: make contention SEED={seed}")
    ended = meet(tmp_path, seed=seed, verbs=6)
    print(said(ended), *ended.wrong, sep="\n")
    assert (ended.wrong, ended.lost) == ([], [])
    assert ended.verbs == 24
    assert ended.longest[0] < 60
