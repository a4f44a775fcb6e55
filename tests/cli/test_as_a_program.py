"""The command line as a program of its own: real processes, real streams."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]


def program(*words: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    surrounding = {**os.environ, "PYTHONPATH": str(REPOSITORY), **environment}
    return subprocess.run(
        [sys.executable, "-m", "mdsync_nb", *words],
        env=surrounding,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=120,
        check=False,
    )


def test_json_goes_to_standard_output_alone(demo: Path) -> None:
    ended = program("compare", "NORDIC", "--json", "-C", str(demo))
    assert ended.returncode == 1
    assert json.loads(ended.stdout)["true_conflicts"] == 1
    assert ended.stderr == b""


def test_without_a_terminal_it_refuses_to_write(demo: Path) -> None:
    ended = program("sync", "NORDIC/ITEM", "-C", str(demo))
    assert ended.returncode == 2
    assert b"Answer on the command line with --yes" in ended.stderr


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_a_console_without_the_letters_still_shows_the_table(encoding: str, demo: Path) -> None:
    query = "select 'Lumi\u00e8re \u4e2d' as name"
    ended = program("sql", query, "-C", str(demo), PYTHONIOENCODING=encoding)
    assert ended.returncode == 0, ended.stderr
    assert b"Lumi" in ended.stdout


def test_the_version_is_told() -> None:
    assert program("--version").stdout.startswith(b"mdsync ")


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of Unix")
@pytest.mark.parametrize(
    ("typed", "code"), [(b"\x03", 130), (b"\x04", 2), (b"n\r", 1), (b"y\r", 0)]
)
def test_a_person_answers_in_a_terminal(typed: bytes, code: int, demo_copy: Path) -> None:
    import pty

    words = ["sync", "NORDIC/ITEM", "-C", str(demo_copy)]
    child, terminal = pty.fork()
    if child == 0:
        os.environ["PYTHONPATH"] = str(REPOSITORY)
        os.execv(sys.executable, [sys.executable, "-m", "mdsync_nb", *words])
    shown, answered = b"", False
    while part := _read(terminal):
        shown += part
        if not answered and b"[y/N]" in shown:
            answered = bool(os.write(terminal, typed))
    assert b"change 12 in NORDIC?" in shown
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == code


def _read(terminal: int) -> bytes:
    """What the terminal shows next; nothing when the program has ended."""
    try:
        return os.read(terminal, 4096)
    except OSError:
        return b""
