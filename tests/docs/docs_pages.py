"""What the tests of the documentation share: the pages, and the tables and blocks in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(
    [ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "CONTRIBUTING.md", *DOCS.glob("*.md")]
)
FENCE = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """A fenced block: what stands behind the fence, its text, and the line it begins in."""

    kind: str
    text: str
    line: int


def read(page: str) -> str:
    """The text of a page, by its path below the project."""
    return (ROOT / page).read_text("utf-8")


def blocks(text: str) -> Iterator[Block]:
    """The fenced blocks of a page, in order."""
    for found in FENCE.finditer(text):
        yield Block(found[1].strip(), found[2], text.count("\n", 0, found.start()) + 2)


def tables(text: str, mark: str) -> dict[str, list[list[str]]]:
    """The rows of each table that stands under `<!-- MARK NAME -->`, by name, without the head."""
    found = {}
    for name, rest in re.findall(rf"<!-- {mark} (.+?) -->\n((?:\|.*\n)+)", text):
        found[name] = [cells(line) for line in rest.splitlines()[2:]]
    return found


def cells(line: str) -> list[str]:
    """The cells of one line of a table."""
    return [one.strip() for one in line.strip().strip("|").split(" | ")]


def bare(cell: str) -> str:
    """A cell without the marks of code."""
    return cell.replace("`", "").strip()
