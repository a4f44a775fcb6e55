"""What tests of several rooms share: a browser, where one is installed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

BROWSERS = ("/usr/bin/chromium", "chromium", "google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A Chromium: an installed one, else playwright's own; without either the test is skipped."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    installed = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    with playwright.sync_playwright() as play:
        try:
            chromium = play.chromium.launch(executable_path=installed, args=list(FLAGS))
        except playwright.Error as none:
            pytest.skip(f"no Chromium can be started: {str(none).splitlines()[0]}")
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def demo_report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of the demo, made once; its workspace is not to be changed (`demo_copy`)."""
    from mdsync_nb import Workbench

    return Workbench.demo(tmp_path_factory.mktemp("shown") / "demo", say=lambda _: None)


@pytest.fixture(scope="session")
def demo(demo_report: Path) -> Path:
    """The folder of the demo as it is after its first run; only for looking."""
    return demo_report.parents[1]


@pytest.fixture
def demo_copy(demo: Path, tmp_path: Path) -> Path:
    """A demo of one's own, to write into."""
    return Path(shutil.copytree(demo, tmp_path / "demo"))
