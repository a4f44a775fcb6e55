"""The reports of notebooks that hold views are read by everybody, in light and in dark."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mdsync_nb import Workbench
from tests.axe import needs_axe, serious

pytestmark = pytest.mark.browser


@needs_axe
@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("00", {"mappings": "NORDIC"}),
        ("02", {"mappings": "LUMIERE/VENDOR"}),
        ("05", {}),
        ("08", {"mapping": "NORDIC/CUSTOMER", "record": "10250"}),
        ("09", {"table": "NORDIC/CUSTOMER"}),
    ],
)
def test_axe_finds_nothing_serious_in_a_report(
    name: str, parameters: dict[str, object], browser: Any, demo_copy: Path
) -> None:
    report = Workbench(demo_copy, progress=False).run(name, **parameters)
    for scheme in ("light", "dark"):
        page = browser.new_page(color_scheme=scheme, bypass_csp=True)
        assert serious(page, report) == [], scheme
        page.close()
