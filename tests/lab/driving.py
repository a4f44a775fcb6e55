"""JupyterLab as a person sees it: started by our own verb, driven by clicks and keys in Chromium."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

REPOSITORY = Path(__file__).parents[2]
BEGUN = """() => document.querySelector("dialog")
    || [...document.querySelectorAll(".jp-InputPrompt")].some(one => one.textContent.includes("*"))"""
RAN = """() => {
    if (document.querySelector("dialog")) return "asked";
    const prompts = [...document.querySelectorAll(".jp-CodeCell .jp-InputPrompt")];
    return prompts.length > 0 && prompts.every(one => /\\[\\d+\\]/.test(one.textContent)) && "ran";
}"""
READY = re.compile(r"\| Idle$")
"""What the status bar says of a kernel that waits for work."""

SIDES = ("there", "here")
CANVAS = {"width": 1500, "height": 1100}


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a JupyterLab that `mdsync lab` started; ended with all that it started."""
    with socket.create_server(("127.0.0.1", 0)) as tried:
        words = "--no-browser", "--json", "--port", str(tried.getsockname()[1])
    lab = subprocess.Popen(
        [sys.executable, "-m", "mdsync_nb", "lab", str(folder), *words],
        cwd=REPOSITORY,
        env={**os.environ, "JUPYTER_PREFER_ENV_PATH": "1"},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert lab.stdout is not None
        address = json.loads(_whole(lab.stdout))["address"]
        _answers(address)
        yield address
    finally:
        os.killpg(lab.pid, signal.SIGKILL)
        lab.wait()


def _whole(lines: Any) -> str:
    """The first JSON there is, whole."""
    said = ""
    for line in lines:
        said += line
        try:
            json.loads(said)
        except ValueError:
            continue
        return said
    raise AssertionError(f"mdsync lab said no address: {said}")


def _answers(address: str, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while True:
        try:
            with urlopen(address) as page:
                page.read(1)
            return
        except OSError:
            assert time.monotonic() < until, "JupyterLab does not answer"
            time.sleep(0.1)


class View:
    """A view in the notebook, found by its name."""

    def __init__(self, page: Any, name: str) -> None:
        self.page = page
        self.box = page.get_by_role("region", name=name, exact=True)
        self.box.scroll_into_view_if_needed()

    def press(self, words: str) -> None:
        """Click the button or chip whose words begin so."""
        self.box.get_by_role("button", name=re.compile("^" + re.escape(words))).first.click()

    def key(self, letter: str) -> None:
        """Press a key in the view."""
        self.box.press(letter)

    def row(self, words: str) -> Any:
        """The row of the grid that says this, to click."""
        rows = self.box.locator("table.mdsync-grid tbody tr").filter(has_text=words)
        return rows.locator("td").nth(1)

    def choose(self, field: str, side: str, value: str = "") -> None:
        """Choose a side of a field in the three values, or another value."""
        line = self.box.locator("table.three tbody tr").filter(has=self.page.get_by_text(field))
        if value:
            line.get_by_role("textbox").fill(value)
            line.get_by_role("textbox").press("Enter")
        else:
            line.locator("input[type=radio]").nth(SIDES.index(side)).check()

    def sees(self, words: str) -> None:
        """Wait until this can be read."""
        self.box.get_by_text(re.compile(words)).first.wait_for()

    def has(self, chip: str) -> None:
        """Wait until a chip or button begins so."""
        self.box.get_by_role("button", name=re.compile("^" + re.escape(chip))).first.wait_for()

    def misses(self, chip: str) -> None:
        """Wait until no chip begins so."""
        chips = self.box.get_by_role("button", name=re.compile("^" + re.escape(chip)))
        chips.first.wait_for(state="hidden")


class Lab:
    """A page of JupyterLab with a notebook in it."""

    def __init__(self, browser: Any, address: str, *, pictures: str = "") -> None:
        self.troubles: list[str] = []
        self._pictures = pictures
        self.page = browser.new_page(viewport=CANVAS)
        self.page.set_default_timeout(60_000)
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.goto(address)
        self.page.get_by_text(READY).wait_for()
        self.page.wait_for_selector(".jp-NotebookPanel .jp-Cell")

    def run_all(self) -> None:
        """Run the notebook from its menu, and wait until every cell has run.

        Where the machine is slow and the kernel is not there yet, JupyterLab asks for one.
        """
        ended = "asked"
        while ended == "asked":
            self.page.get_by_role("menuitem", name="Run", exact=True).click()
            self.page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
            self.page.wait_for_function(BEGUN)
            ended = self.page.wait_for_function(RAN).json_value()
            if ended == "asked":
                self.page.get_by_role("button", name="Select Kernel").click()
                self.page.get_by_text(READY).wait_for()

    def restart(self) -> None:
        """Restart the kernel from its menu."""
        self.page.get_by_role("menuitem", name="Kernel", exact=True).click()
        self.page.get_by_role("menuitem", name=re.compile("^Restart Kernel(…|\\.\\.\\.)")).click()
        self.page.get_by_role("button", name="Confirm Kernel Restart").click()
        self.page.get_by_text(READY).wait_for()

    def view(self, name: str) -> View:
        """A view of the notebook."""
        return View(self.page, name)

    def picture(self, name: str) -> None:
        """Keep what is seen, where somebody wants pictures."""
        if self._pictures:
            self.page.screenshot(path=str(Path(self._pictures) / f"{name}.png"))
