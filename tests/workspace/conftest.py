"""A workspace from the text of its settings."""

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from mdsync_nb.workspace import Workspace, open_workspace

COMPANIES = """
companies:
  HQ: {currency: GBP, tables: {Customer: c.csv, Vendor: v.csv, Currency: y.csv, Item: i.csv}}
  DE: {currency: EUR, tables: {Customer: c.csv, Vendor: v.csv, Contact: k.csv}}
  FR: {currency: EUR, tables: {Customer: c.csv}}
links:
  DE: {local: DE, integration: HQ}
  FR: {local: FR, integration: HQ}
"""

Opens = Callable[..., Workspace]


@pytest.fixture
def opened(tmp_path: Path) -> Opens:
    """Open a workspace with these settings; without `companies:` in them, with those above."""

    def opening(text: str = "") -> Workspace:
        written = dedent(text)
        if "companies:" not in written:
            written = COMPANIES + written
        (tmp_path / "mdsync.yaml").write_text(written, "utf-8")
        return open_workspace(tmp_path)

    return opening
