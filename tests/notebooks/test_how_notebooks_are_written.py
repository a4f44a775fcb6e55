"""A notebook tells and the library does: read from the cells of every notebook."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
TITLES = {
    "00_start_here": "Where do I start?",
    "01_where_do_the_companies_differ": "Where do the companies differ?",
    "02_which_records_belong_together": "Which records belong together?",
    "03_what_changed_since_the_last_run": "What changed since the last run?",
    "04_what_waits_and_why": "What waits, and why?",
    "05_what_did_the_jobs_do": "What did the jobs do?",
    "06_what_would_a_full_synchronization_do": "What would a full synchronization do?",
    "07_what_happened_last_night": "What happened last night?",
    "08_why_is_this_record_as_it_is": "Why is this record as it is?",
    "09_how_do_two_sides_of_a_table_differ": "How do two sides of a table differ?",
    "10_how_do_i_set_up_a_folder": "How do I set up a folder?",
}
FORBIDDEN = (
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.For, ast.While, ast.If, ast.IfExp),
    *(ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.With, ast.Try),
)
LINK = re.compile(r"\]\([^)]*\)")
LITERALS = (ast.Constant, ast.List, ast.Dict, ast.Tuple)


@pytest.fixture(params=NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])
def notebook(request: pytest.FixtureRequest) -> Any:
    return json.loads(request.param.read_text("utf-8"))


def source(cell: Any) -> str:
    return "".join(cell["source"])


def tags(cell: Any) -> list[str]:
    return list(cell["metadata"].get("tags", []))


def code(notebook: Any) -> list[Any]:
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def test_the_notebooks_are_these_and_their_titles_are_questions() -> None:
    firsts = {path.stem: json.loads(path.read_text("utf-8"))["cells"][0] for path in NOTEBOOKS}
    titles = {name: source(cell).split("\n")[0] for name, cell in firsts.items()}
    assert titles == {name: f"# {title}" for name, title in TITLES.items()}


def test_it_begins_with_whom_it_is_for_and_its_parameters(notebook: Any) -> None:
    first, second = notebook["cells"][:2]
    assert first["cell_type"] == "markdown"
    assert source(first).split("\n")[2].startswith("For whoever ")
    assert tags(second) == ["parameters"]
    assert 'folder = "."' in source(second)


def test_parameters_are_literals_and_say_what_they_are(notebook: Any) -> None:
    (cell,) = [cell for cell in code(notebook) if "parameters" in tags(cell)]
    for line, assigned in zip(source(cell).split("\n"), ast.parse(source(cell)).body, strict=True):
        assert isinstance(assigned, ast.Assign)
        assert isinstance(assigned.value, LITERALS)
        assert "  # " in line


def test_a_code_cell_is_short_and_only_calls(notebook: Any) -> None:
    for cell in code(notebook):
        tree = ast.parse(source(cell))
        assert len(source(cell).split("\n")) <= 5, cell["id"]
        assert [node for node in ast.walk(tree) if isinstance(node, FORBIDDEN)] == []
        assert all(
            isinstance(one, ast.Import | ast.ImportFrom | ast.Assign | ast.Expr)
            for one in tree.body
        )


def test_what_is_imported_is_the_library(notebook: Any) -> None:
    for cell in code(notebook):
        for node in ast.walk(ast.parse(source(cell))):
            if isinstance(node, ast.ImportFrom):
                assert str(node.module).partition(".")[0] == "mdsync_nb"
            assert not isinstance(node, ast.Import)


def test_no_number_is_typed_into_the_prose(notebook: Any) -> None:
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            told = LINK.sub("", source(cell))
            assert not re.search(r"\d", told), told


def test_the_prose_has_the_tone_of_the_house(notebook: Any) -> None:
    prose = " ".join(source(one) for one in notebook["cells"] if one["cell_type"] == "markdown")
    assert not re.search(r"!|\bplease\b|successfully|error occurred", prose, re.IGNORECASE)
    assert "## What to do next" in prose


def test_it_is_committed_without_outputs_and_with_stable_ids(notebook: Any) -> None:
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    ids = [cell["id"] for cell in notebook["cells"]]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z][a-z-]*", one) for one in ids)
    for cell in code(notebook):
        assert cell["outputs"] == []
        assert cell["execution_count"] is None


def test_a_link_leads_to_a_notebook_that_is_there(notebook: Any) -> None:
    prose = " ".join(source(one) for one in notebook["cells"] if one["cell_type"] == "markdown")
    names = {path.name for path in NOTEBOOKS}
    assert {one[2:-1] for one in LINK.findall(prose)} <= names
