"""The command line as tests ask it: in this process, on the demo."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from mdsync_nb.cli import app

Asks = Callable[..., Any]


@pytest.fixture
def mdsync() -> Asks:
    """Run a command; give exit_code, stdout and stderr."""

    def run(*words: object, folder: Path | None = None, typed: str | None = None) -> Any:
        place = ["-C", str(folder)] if folder else []
        return CliRunner().invoke(app, [*map(str, words), *place], input=typed)

    return run


@pytest.fixture
def mdsync_json(mdsync: Asks) -> Asks:
    """Run a command with --json; give what it says, and the exit code."""

    def run(*words: object, folder: Path) -> tuple[Any, int]:
        ended = mdsync(*words, "--json", folder=folder)
        return json.loads(ended.stdout), ended.exit_code

    return run
