"""A command that is told of a notification: its words, the environment, and JSON on its input."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from mdsync_nb.errors import CouldNotRun
from mdsync_nb.model.notify import FACTS, PLACEHOLDER

SAID = 2000
"""Bytes that are read of what a command says about its failure."""


def run_command(
    words: Sequence[str], facts: Mapping[str, object], *, folder: Path, timeout: float
) -> None:
    """Run a command without a shell. What is said fills whole arguments, never a program.

    folder: where it runs. timeout: seconds after which it is ended, with all it started.
    Raises CouldNotRun when it cannot be started, takes too long, or ends with an error.
    """
    named = {name: str(facts[name]) for name in FACTS}
    program, *given = words
    arguments = [PLACEHOLDER.sub(lambda found: named[found[1]], one) for one in given]
    told = {f"MDSYNC_{name.upper()}": text for name, text in named.items()}
    with tempfile.TemporaryFile() as heard, tempfile.TemporaryFile() as said:
        heard.write(json.dumps(facts).encode("utf-8"))
        heard.seek(0)
        try:
            running = subprocess.Popen(
                [program, *arguments],
                stdin=heard,
                stdout=subprocess.DEVNULL,
                stderr=said,
                cwd=folder,
                env={**os.environ, **told},
                start_new_session=True,
            )
        except OSError as error:
            reason = error.strerror or str(error)
            raise CouldNotRun(f"The command {program} cannot be started: {reason}.") from error
        code = _ended(running, timeout)
        said.seek(0)
        words_of_it = said.read(SAID).decode("utf-8", "replace").strip()
    if code is None:
        raise CouldNotRun(f"The command {program} did not end within {timeout:g} s.")
    if code:
        raise CouldNotRun(f"The command {program} ended with {code}. {words_of_it}".strip())


def _ended(running: subprocess.Popen[bytes], timeout: float) -> int | None:
    """The code a command ends with; None when it had to be ended."""
    try:
        return running.wait(timeout)
    except subprocess.TimeoutExpired:
        return None
    finally:
        if running.poll() is None:
            _end(running)


def _end(running: subprocess.Popen[bytes]) -> None:
    """End a command and what it started."""
    with suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(running.pid, signal.SIGKILL)
        else:
            running.kill()
    with suppress(subprocess.TimeoutExpired):
        running.wait(1)
