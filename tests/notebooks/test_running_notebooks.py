"""The runner: what a notebook may be called, what it is given, where its report goes."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from mdsync_nb.errors import NotebookFailed, UnknownName, UsageError
from mdsync_nb.notebooks import WAITING, find_notebook, run_notebook, waiting_in
from mdsync_nb.parameters import as_declared, declared_in, pair
from mdsync_nb.workspace import Workspace, open_workspace

AT = datetime(2026, 3, 10, 6, 30)
SETTINGS = "companies: {HQ: {currency: GBP}}\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A workspace in a folder whose name papermill would fill in."""
    place = tmp_path / "a {b} folder"
    (place / "notebooks").mkdir(parents=True)
    (place / "mdsync.yaml").write_text(SETTINGS, "utf-8")
    return open_workspace(place)


def write(folder: Path, name: str, *cells: str, parameters: str = "") -> Path:
    """Write a notebook without any kernel in it."""
    made: Any = new_notebook()
    made.cells = [new_markdown_cell(f"# Is {name} so?")]
    if parameters:
        made.cells.append(new_code_cell(parameters, metadata={"tags": ["parameters"]}))
    made.cells += [new_code_cell(cell) for cell in cells]
    path = folder / f"{name}.ipynb"
    nbformat.write(made, path)
    return path


def printed(report: Path) -> str:
    notebook = nbformat.read(report.with_suffix(".ipynb"), as_version=4)
    outputs = [one for cell in notebook.cells for one in cell.get("outputs", [])]
    return "".join(one.get("text", "") for one in outputs)


@pytest.mark.parametrize(
    "name",
    [
        "01_where_do_the_companies_differ",
        "where_do_the_companies_differ",
        "Where_Do_The_Companies_Differ.ipynb",
        "where do the companies differ?",
        "where-do-the-companies-differ",
        "01",
        "1",
    ],
)
def test_a_notebook_is_found_by_its_name(name: str, workspace: Workspace) -> None:
    assert find_notebook(workspace, name).name == "01_where_do_the_companies_differ.ipynb"


def test_ones_own_notebooks_go_before_the_shipped_ones(workspace: Workspace) -> None:
    own = write(workspace.root / "notebooks", "01_where_do_the_companies_differ")
    assert find_notebook(workspace, "where_do_the_companies_differ") == own


def test_a_notebook_is_found_by_its_path(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = write(tmp_path, "elsewhere")
    assert find_notebook(workspace, str(elsewhere)) == elsewhere
    monkeypatch.chdir(tmp_path)
    assert find_notebook(workspace, "elsewhere.ipynb") == elsewhere
    inside = write(workspace.root, "inside")
    assert find_notebook(workspace, "inside.ipynb") == inside


def test_a_name_nobody_knows_or_that_two_have_is_refused(workspace: Workspace) -> None:
    with pytest.raises(UnknownName, match="no notebook 'what_is_this'") as unknown:
        find_notebook(workspace, "what_is_this")
    assert "04_what_waits_and_why" in unknown.value.known
    for name in ("07_a", "07_b"):
        write(workspace.root / "notebooks", name)
    with pytest.raises(UsageError, match="07_a or 07_b"):
        find_notebook(workspace, "07")


PARAMETERS = 'text = "x"\nyes = False\nwhole = 3\npart = 0.5\nmany = ["a"]\nany = None'


@pytest.mark.parametrize(
    ("given", "value"),
    [
        ("text=7", "7"),
        ("text=a=b", "a=b"),
        ("text=", ""),
        ("yes=yes", True),
        ("yes=TRUE", True),
        ("yes=0", False),
        ("whole=12", 12),
        ("part=2", 2.0),
        ("many=NORDIC, LUMIERE", ["NORDIC", "LUMIERE"]),
        ("many=", []),
        ('many=["a, b", 3]', ["a, b", 3]),
        ("any=12", 12),
        ("any=twelve", "twelve"),
    ],
)
def test_a_text_is_read_as_the_type_of_the_default(
    given: str, value: object, tmp_path: Path
) -> None:
    declared = declared_in(write(tmp_path, "it", parameters=PARAMETERS))
    name, text = pair(given)
    read = as_declared("it", declared, {name: text})[name]
    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize("given", ["yes=maybe", "whole=1.5", "part=half", 'many=["a"'])
def test_a_text_that_does_not_fit_is_refused(given: str, tmp_path: Path) -> None:
    declared = declared_in(write(tmp_path, "it", parameters=PARAMETERS))
    with pytest.raises(UsageError, match="does not fit"):
        as_declared("it", declared, dict([pair(given)]))


def test_a_parameter_nobody_declared_is_refused_with_the_known_names(tmp_path: Path) -> None:
    declared = declared_in(write(tmp_path, "it", parameters=PARAMETERS))
    with pytest.raises(UnknownName, match="parameter of it 'hole'") as unknown:
        as_declared("it", declared, {"hole": 1})
    assert unknown.value.known == ("text", "yes", "whole", "part", "many", "any")
    with pytest.raises(UsageError, match="not a parameter"):
        pair("whole")


def test_a_file_that_is_no_notebook_is_wrong_usage(workspace: Workspace) -> None:
    (workspace.root / "notebooks" / "broken.ipynb").write_text("{not json", "utf-8")
    with pytest.raises(UsageError, match="cannot be read as a notebook"):
        run_notebook(workspace, "broken", {}, at=AT)
    assert not (workspace.root / "reports").exists()


def test_a_run_leaves_a_copy_and_a_page_named_by_its_time(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_PATH", str(workspace.root / "no_kernels_here"))
    asks = "import sys, os\nprint(sys.executable, os.getcwd(), folder, report, many, sep='|')"
    parameters = 'folder = "."\nreport = ""\nmany = [1]'
    write(workspace.root / "notebooks", "09_it", asks, parameters=parameters)
    first = run_notebook(workspace, "it", {"many": "7,8"}, at=AT)
    second = run_notebook(workspace, "it", {}, at=AT)
    reports = workspace.root / "reports"
    assert (first, second) == (
        reports / "2026-03-10_0630_it.html",
        reports / "2026-03-10_0630_it_2.html",
    )
    root = str(workspace.root)
    said = [sys.executable, root, root, str(reports / "2026-03-10_0630_it"), "['7', '8']"]
    assert printed(first).strip().split("|") == said
    page = first.read_text("utf-8")
    assert "<title>Is 09_it so? 10 Mar 2026</title>" in page
    assert "print(" not in page


def test_a_notebook_can_say_that_something_waits(workspace: Workspace) -> None:
    says = "from mdsync_nb.reports.pieces import Waits\nWaits(7)"
    write(workspace.root / "notebooks", "waits", says, "Waits(1)")
    report = run_notebook(workspace, "waits", {}, at=AT)
    assert waiting_in(report) == 8
    assert "7 records wait for a person." in report.read_text("utf-8")
    assert WAITING not in report.read_text("utf-8")


@pytest.mark.parametrize(
    ("cell", "reason", "code"),
    [
        ("1 / 0", "ZeroDivisionError: division by zero", 5),
        ("from mdsync_nb.errors import *\nraise PlanStale('It moved.')", "It moved.", 4),
        ("from mdsync_nb.errors import *\nraise UnknownName('job', 7)", "There is no job '7'.", 2),
        ("import os\nos._exit(3)", "DeadKernelError", 5),
    ],
    ids=["a fault", "a refused plan", "an unknown name", "a dead kernel"],
)
def test_a_failed_run_is_rendered_with_the_failure_on_top(
    cell: str, reason: str, code: int, workspace: Workspace
) -> None:
    write(workspace.root / "notebooks", "fails", "print('before')", cell, "print('after')")
    with pytest.raises(NotebookFailed) as failed:
        run_notebook(workspace, "fails", {}, at=AT)
    assert reason in str(failed.value)
    assert failed.value.exit_code == code
    page = Path(failed.value.report).read_text("utf-8")
    assert page.index("The notebook stopped before its end.") < page.index("Is fails so?</h1>")
    assert f"Exit code {code}." in page
    assert "after" not in page.partition("<main")[2].replace("after values", "")


def test_ctrl_c_in_a_notebook_is_ctrl_c(workspace: Workspace) -> None:
    write(workspace.root / "notebooks", "stops", "raise KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        run_notebook(workspace, "stops", {}, at=AT)
    assert list((workspace.root / "reports").iterdir()) == []
