"""axe-core over a page: what keeps somebody from reading it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

AXE = Path(
    os.environ.get(
        "AXE_CORE", Path(__file__).parents[1] / "node_modules" / "axe-core" / "axe.min.js"
    )
)
needs_axe = pytest.mark.skipif(
    not AXE.is_file(), reason="no axe-core: npm install axe-core, or AXE_CORE=FILE"
)


def serious(page: Any, file: Path) -> list[str]:
    """What axe finds on a page that is serious or worse, by the names of its rules."""
    page.goto(file.as_uri())
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run()")["violations"]
    return [one["id"] for one in found if one["impact"] in ("serious", "critical")]
