"""Every example in README.md and docs runs on the demo, and says what its page says it does.

A block marked `sh runs` holds commands that begin with `mdsync`; lines behind them that begin with
spaces belong to the same command. Behind `#` stands what is in the answer, several texts apart by
`;`, and `exits with N` for the exit code. Without it a command ends with 0 or 1: done, or something
waits. A block of Python with `>>>` has to print what stands below; without, it has to run.
"""

from __future__ import annotations

import doctest
import os
import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from typer.testing import CliRunner

sys.path.insert(0, str(Path(__file__).parent))
from docs_pages import DOCS, ROOT, Block, blocks

from mdsync_nb.cli import app

PAGES = [ROOT / "README.md", *sorted(DOCS.glob("*.md"))]
BEHIND = re.compile(r"\s#\s(.*)$")
EXITS = re.compile(r"exits with (\d)")
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


class Command(NamedTuple):
    """A command of a page: its words, what the page says is in the answer, and the exit code."""

    words: list[str]
    answers: list[str]
    code: int | None


def runnable(page: Path) -> list[Block]:
    """The blocks of a page that have to run."""
    found = blocks(page.read_text("utf-8"))
    return [one for one in found if one.kind in ("sh runs", "python")]


def commands(block: Block) -> Iterator[Command]:
    """The commands of a block."""
    for text in re.split(r"\n(?=\S)", block.text.strip()):
        behind = BEHIND.search(text)
        words = shlex.split(text[: behind.start()] if behind else text)
        said = [one.strip() for one in (behind[1] if behind else "").split(";") if one.strip()]
        code = next((int(found[1]) for one in said if (found := EXITS.fullmatch(one))), None)
        assert words[0] == "mdsync", text
        yield Command(words[1:], [one for one in said if not EXITS.fullmatch(one)], code)


def folded(text: str) -> str:
    """A text with its spaces and line breaks as one space each."""
    return " ".join(text.split())


def run(command: Command) -> None:
    """Run a command and hold its page to what it says of it."""
    found = CliRunner().invoke(app, command.words)
    allowed = (0, 1) if command.code is None else (command.code,)
    assert found.exit_code in allowed, f"{command.words}: {found.exit_code}\n{found.output}"
    answer = folded(found.output)
    for text in command.answers:
        assert folded(text) in answer, f"{command.words}: {text!r} is not in:\n{found.output}"


def run_python(block: Block, page: Path, names: dict[str, object]) -> None:
    """Run a block of Python; what it prints has to be what stands there."""
    if ">>>" not in block.text:
        exec(compile(block.text, f"{page.name}:{block.line}", "exec"), names)
        return
    test = doctest.DocTestParser().get_doctest(block.text, names, page.name, page.name, block.line)
    said: list[str] = []
    doctest.DocTestRunner(optionflags=OPTIONS).run(test, out=said.append, clear_globs=False)
    names.update(test.globs)
    assert not said, "".join(said)


@pytest.mark.parametrize("page", [one for one in PAGES if runnable(one)], ids=lambda one: one.stem)
def test_the_examples_of_a_page_run_and_answer_what_it_says(
    page: Path, demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = tmp_path / "mdsync-demo"
    shutil.copytree(demo, workspace)
    monkeypatch.chdir(workspace)
    monkeypatch.setitem(os.environ, "COLUMNS", "200")
    names: dict[str, object] = {"__name__": page.stem}
    for block in runnable(page):
        if block.kind == "python":
            run_python(block, page, names)
        else:
            for command in commands(block):
                run(command)


def test_the_readme_and_the_pages_on_python_and_sql_have_examples() -> None:
    assert {"README", "python", "store"} <= {page.stem for page in PAGES if runnable(page)}
