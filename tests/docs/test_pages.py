"""The pages fit the library and each other: printed ones are equal, links lead somewhere."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from docs_pages import FENCE, PAGES, ROOT, read

LINK = re.compile(r"(!?)\[[^\]]*\]\(([^)\s]+)\)")
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
UNWANTED = ("please", "successfully", "error occurred", "simply", "just")


def prose(page: Path) -> str:
    """What a person reads of a page: without blocks of code, code in a line, and comments."""
    text = COMMENT.sub("", FENCE.sub("", page.read_text("utf-8")))
    return re.sub(r"`[^`\n]*`", "", text)


def anchors(page: Path) -> set[str]:
    """What a link can lead to within a page."""
    heads = re.findall(r"^#+ (.+)$", FENCE.sub("", page.read_text("utf-8")), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", head.replace("`", "").lower()) for head in heads)
    return {head.replace(" ", "-") for head in plain}


@pytest.mark.parametrize(("tool", "page"), [("make_rules", "rules"), ("make_errors", "errors")])
def test_a_printed_page_is_what_the_code_prints(tool: str, page: str) -> None:
    found = importlib.util.spec_from_file_location(tool, ROOT / "tools" / f"{tool}.py")
    assert found is not None
    assert found.loader is not None
    made = importlib.util.module_from_spec(found)
    found.loader.exec_module(made)
    assert made.page() == read(f"docs/{page}.md"), f"run python tools/{tool}.py"


@pytest.mark.parametrize("page", PAGES, ids=lambda one: one.stem)
def test_every_link_leads_somewhere(page: Path) -> None:
    for _, target in LINK.findall(page.read_text("utf-8")):
        if target.startswith("https://"):
            continue
        file, _, anchor = target.partition("#")
        there = (page.parent / file).resolve() if file else page
        assert there.is_file(), target
        assert not anchor or anchor in anchors(there), target


def test_the_readme_leads_to_every_page() -> None:
    linked = {target.partition("#")[0] for _, target in LINK.findall(read("README.md"))}
    others = {one.relative_to(ROOT).as_posix() for one in PAGES} - {"README.md"}
    assert others <= linked


@pytest.mark.parametrize("page", PAGES, ids=lambda one: one.stem)
def test_a_page_is_plain(page: Path) -> None:
    text = prose(page)
    assert not [word for word in UNWANTED if re.search(rf"\b{word}\b", text.lower())]
    assert "!" not in text.replace("![", "")


@pytest.mark.parametrize("page", PAGES, ids=lambda one: one.stem)
def test_prose_keeps_to_100_characters_a_line(page: Path) -> None:
    lines = FENCE.sub("", page.read_text("utf-8")).splitlines()
    assert not [one for one in lines if len(one) > 110 and not one.startswith(("|", "!["))]
