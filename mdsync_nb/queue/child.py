"""A notebook in a process of its own, ended when it says nothing for too long."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import IO, Any

import psutil

import mdsync_nb
from mdsync_nb.queue.outcome import Outcome, may_help
from mdsync_nb.store import QUEUE_LOG

LOOKS_EVERY = 0.5
WORKER = "MDSYNC_WORKER"
"""Set for a process whose input ends when the worker that started it is gone."""

KEPT = 20_000
"""Characters of what a process said last, for one that ends without an answer."""


def run_notebook(
    root: Path,
    notebook: str,
    parameters: Mapping[str, Any],
    *,
    log_id: int,
    silence: timedelta,
) -> Outcome:
    """Run a notebook of a workspace in a process of its own; gives how it ended.

    silence: without a word for so long, the process and its kernel are ended.
    """
    words = [f"{name}={_text(value)}" for name, value in parameters.items()]
    given = [word for one in words for word in ("-p", one)]
    command = [sys.executable, "-m", "mdsync_nb", "run", notebook, "--json", "-C", str(root)]
    with subprocess.Popen(
        [*command, *given],
        cwd=root,
        env=_environment(log_id),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as process:
        return _watched(process, notebook, silence)


def _watched(process: subprocess.Popen[str], notebook: str, silence: timedelta) -> Outcome:
    heard = [_Heard(one) for one in (process.stdout, process.stderr) if one]
    try:
        while process.poll() is None:
            if time.monotonic() - max(one.last for one in heard) > silence.total_seconds():
                end(process.pid)
                return _silent(notebook, silence)
            time.sleep(LOOKS_EVERY)
    finally:
        end(process.pid)
        for one in heard:
            one.thread.join()
    return _told(process.returncode, *(one.text for one in heard))


@dataclass
class _Heard:
    """What one stream says, and when it spoke last (seconds of the machine's steady clock)."""

    stream: IO[str]
    text: str = ""
    last: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.thread = Thread(target=self._listen, daemon=True)
        self.thread.start()

    def _listen(self) -> None:
        while said := self.stream.read(1):
            self.last = time.monotonic()
            self.text = (self.text + said)[-KEPT:]


def end_with_worker() -> None:
    """Let this process end, with all it started, as soon as the worker it runs for is gone.

    Else the next worker would run its entry, too. A process that no worker started goes on.
    """
    if os.environ.pop(WORKER, ""):
        Thread(target=_end_after_input, daemon=True).start()


def _end_after_input() -> None:
    while os.read(0, 1):
        pass
    end(os.getpid())


def end(pid: int) -> None:
    """End a process with everything it started; a kernel lives in a session of its own."""
    try:
        process = psutil.Process(pid)
        family = [*process.children(recursive=True), process]
    except psutil.NoSuchProcess:
        return
    for one in family:
        try:
            one.kill()
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs(family, timeout=10)


def _silent(notebook: str, silence: timedelta) -> Outcome:
    minutes = silence.total_seconds() / 60
    return Outcome(
        message=f"{notebook} said nothing for {minutes:g} minutes and was ended.",
        hint="Look at its newest copy in the reports folder: the last cell with an output is where "
        "it stayed. A longer `silence_timeout` gives it more time.",
    )


def _told(code: int, answer: str, said: str) -> Outcome:
    """What a process answered; one that was killed leaves no answer."""
    try:
        found = json.loads(answer)
    except ValueError:
        return Outcome(
            message=f"The process of the notebook ended with {code} and no answer.",
            hint="It may have been killed, or run out of memory. Run the notebook by hand to see.",
            traceback=said or None,
        )
    if "error" not in found:
        return Outcome(report=found["report"])
    return Outcome(
        message=found["error"],
        hint=found["hint"],
        report=found.get("report"),
        soon=may_help(found["exit_code"]),
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _environment(log_id: int) -> dict[str, str]:
    """The environment of the process: this library, and on whose behalf it works."""
    place = str(Path(mdsync_nb.__file__).parents[1])
    paths = [place, *filter(None, [os.environ.get("PYTHONPATH")])]
    ours = {"PYTHONPATH": os.pathsep.join(paths), QUEUE_LOG: str(log_id), WORKER: "yes"}
    return {**os.environ, **ours}
