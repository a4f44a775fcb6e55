"""JupyterLab as a person sees it: started by our own verb, driven by clicks and keys in Chromium."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

REPOSITORY = Path(__file__).parents[2]
RAN = """() => {
    if (document.querySelector("dialog")) return "asked";
    const prompts = [...document.querySelectorAll(".jp-CodeCell .jp-InputPrompt")];
    return prompts.length > 0 && prompts.every(one => /\\[\\d+\\]/.test(one.textContent)) && "ran";
}"""
READY = """() => {
    const kernel = document.querySelector(".jp-NotebookPanel .jp-KernelName")?.textContent ?? "";
    const state = document.querySelector(".jp-Notebook-ExecutionIndicator")?.dataset.status;
    return kernel.includes("Python") && state === "idle";
}"""
CANVAS = {"width": 1500, "height": 1100}


@contextmanager
def served(folder: Path, *words: str) -> Iterator[str]:
    """The address of a JupyterLab that `mdsync lab` started; ended with all that it started."""
    lab = subprocess.Popen(
        [sys.executable, "-m", "mdsync_nb", "lab", str(folder), "--no-browser", "--json", *words],
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


def _text(said: str | bytes) -> str:
    return said if isinstance(said, str) else said.decode(errors="replace")


class Lab:
    """A page of JupyterLab with a notebook in it."""

    def __init__(self, browser: Any, address: str) -> None:
        self.troubles: list[str] = []
        self.page = browser.new_page(viewport=CANVAS)
        self.page.set_default_timeout(60_000)
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.goto(address)
        self.page.wait_for_selector(".jp-NotebookPanel .jp-Cell")

    def run_all(self) -> None:
        """Run the notebook from its menu, and wait until every cell has run.

        Where the machine is slow and the kernel is not there yet, JupyterLab asks for one.
        """
        ended = "asked"
        while ended == "asked":
            self.page.get_by_role("menuitem", name="Run", exact=True).click()
            self.page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
            ended = self.page.wait_for_function(RAN).json_value()
            if ended == "asked":
                self.page.get_by_role("button", name="Select Kernel").click()
                self.page.wait_for_function(READY)

    def restart(self) -> None:
        """Restart the kernel from its menu."""
        self.page.get_by_role("menuitem", name="Kernel", exact=True).click()
        self.page.get_by_role("menuitem", name="Restart Kernel…", exact=True).click()
        self.page.get_by_role("button", name="Confirm Kernel Restart").click()
        self.page.wait_for_function(READY)

    def picture(self, file: Path) -> None:
        """Keep what is seen."""
        self.page.screenshot(path=str(file))
