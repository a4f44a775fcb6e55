"""The fixture of the conformance cases: two sides in a folder of their own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .pairs import Pairs


@pytest.fixture
def pairs(tmp_path: Path) -> Callable[..., Pairs]:
    """Make the two sides; a test that needs several worlds makes several."""
    made: list[Pairs] = []

    def make(mappings: dict[str, Any] | None = None, **how: Any) -> Pairs:
        root = tmp_path / str(len(made))
        root.mkdir()
        made.append(Pairs(root, mappings, **how))
        return made[-1]

    return make
