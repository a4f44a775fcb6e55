"""How a command ends: an exit code always, and an error in two sentences."""

from __future__ import annotations

import json as json_text
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from mdsync_nb.cli.terminal import clean
from mdsync_nb.errors import CouldNotRun, MdsyncError, UsageError, of_the_machine

INTERRUPTED, TOLD_TO_END = 130, 143


class ToldToEnd(KeyboardInterrupt):
    """A service manager, or another program, told this one to end (SIGTERM)."""


def ended(verb: Callable[[], object], *, json: bool, debug: bool) -> int:
    """Run a verb and give its exit code; what went wrong is said on standard error.

    json: say it as `{"error", "hint", "exit_code"}` on standard output instead, with `report` where
    one was written. debug: show the traceback besides.
    """
    try:
        with _ended_when_told():
            code = verb()
        sys.stdout.flush()
    except KeyboardInterrupt as error:
        code = TOLD_TO_END if isinstance(error, ToldToEnd) else INTERRUPTED
        sentence = "".join(getattr(error, "__notes__", [])[-1:])
        return _said(sentence, "", code, json=json, report="") if sentence else code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if debug:
            traceback.print_exc(file=sys.stderr)
        sentence, hint, code = told(error)
        return _said(sentence, hint, code, json=json, report=getattr(error, "report", ""))
    return code if isinstance(code, int) else 0


@contextmanager
def _ended_when_told() -> Iterator[None]:
    """Let SIGTERM end a verb as Ctrl-C does: it notes what it left and ends what it started.

    Once: what is then done is short, and another one would cut it off.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(*_: object) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise ToldToEnd

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before or signal.SIG_DFL)


def told(error: Any) -> tuple[str, str, int]:
    """What happened, what to do, and the exit code of any error."""
    if isinstance(error, OSError):
        error = of_the_machine(error)
    if isinstance(error, MdsyncError):
        return str(error), error.hint, error.exit_code
    if hasattr(error, "format_message"):
        return _usage(error)
    if type(error).__name__ == "Abort":
        return "No answer was given.", "", UsageError.exit_code
    sentence = f"Something unexpected happened: {type(error).__name__}: {error}"
    return sentence, "Run it again with --debug to see where.", CouldNotRun.exit_code


def _usage(error: Any) -> tuple[str, str, int]:
    """A command line that is not understood: what is wrong with it, and where the help is."""
    if type(error).__name__ == "NoArgsIsHelpError":
        return error.format_message(), "", error.exit_code
    command = error.ctx.command_path if getattr(error, "ctx", None) else "mdsync"
    return error.format_message(), f"Read `{command} --help`.", error.exit_code


def _said(sentence: str, hint: str, code: int, *, json: bool, report: str) -> int:
    if json:
        found = {"error": sentence, "hint": hint, "exit_code": code}
        found |= {"report": report} if report else {}
        print(json_text.dumps(found, indent=2))
        return code
    for text in filter(None, (sentence, hint)):
        print(clean(text, lines=True), file=sys.stderr)
    return code
