"""What the tests of the views work on."""

from __future__ import annotations

from pathlib import Path

import pytest

from mdsync_nb import Workbench


@pytest.fixture
def workbench(demo_copy: Path) -> Workbench:
    """The demo, each test its own."""
    return Workbench(demo_copy, progress=False)
