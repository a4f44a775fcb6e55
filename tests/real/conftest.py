"""Published data that nobody here wrote; tests that read it skip where it is absent."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).parents[2].parent / "shared" / "data"


@pytest.fixture(scope="session")
def published() -> Path:
    """The folder of the published data."""
    if not SHARED.is_dir():
        pytest.skip("../shared/data, the published data, is not here")
    return SHARED
