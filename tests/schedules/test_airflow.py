"""The DAG is Python that builds a task for each mapping, and the edges between them.

Airflow itself is not installed here: the source is run against two stand-ins for what it imports.
"""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

import jinja2
import pytest

from mdsync_nb.parameters import as_declared, declared_in

from .conftest import Made


class Dag:
    """What the source needs of a DAG: it remembers how it was made."""

    made: ClassVar[list[Dag]] = []

    def __init__(self, **given: Any) -> None:
        self.given, self.tasks = given, {}
        Dag.made.append(self)

    def __enter__(self) -> Dag:
        return self

    def __exit__(self, *_: object) -> None:
        pass


class Operator:
    """What the source needs of an operator: keywords, and `>>`."""

    def __init__(self, **given: Any) -> None:
        self.given, self.after = given, []
        Dag.made[-1].tasks[given["task_id"]] = self

    def __rshift__(self, other: Operator) -> Operator:
        other.after.append(self.given["task_id"])
        return other

    def rendered(self, name: str) -> Any:
        """A field as Airflow fills it in: every text in it is a template."""
        return _rendered(self.given[name])


def _rendered(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _rendered(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_rendered(one) for one in value]
    if isinstance(value, str):
        return jinja2.Template(value).render(ts_nodash="20260301T080000")
    return value


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run the source of a DAG, and give the DAG it makes."""
    names = ["airflow", "airflow.providers", "airflow.providers.papermill"]
    names += [f"{names[-1]}.operators", f"{names[-1]}.operators.papermill"]
    for name in names:
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    sys.modules["airflow"].DAG = Dag  # type: ignore[attr-defined]
    sys.modules[names[-1]].PapermillOperator = Operator  # type: ignore[attr-defined]
    monkeypatch.setattr(Dag, "made", [])

    def made(source: str) -> Dag:
        exec(compile(ast.parse(source), "dag.py", "exec"), {"__name__": "dag"})
        return Dag.made[-1]

    return made


def test_every_enabled_mapping_is_a_task_after_those_it_depends_on(made: Made, run: Any) -> None:
    dag = run(made().export_schedule("airflow", every=7).text)
    assert {name: one.after for name, one in dag.tasks.items()} == {
        "DE_PART": [],
        "DE_P_ART": ["DE_PART"],
        "DE_THING_7_7": ["DE_PART"],
    }
    assert dag.given["schedule"].total_seconds() == 7 * 60
    assert dag.given["catchup"] is False
    assert dag.given["dag_id"] == "mdsync_a_b_n_q_d_HOME_7_7_e"
    assert str(dag.given["start_date"]) == "2026-03-01 00:00:00"


def test_a_task_runs_the_notebook_on_its_mapping_alone_and_applies(made: Made, run: Any) -> None:
    bench = made()
    task = run(bench.export_schedule("airflow").text).tasks["DE_THING_7_7"]
    given = task.rendered("parameters")
    root = str(bench.workspace.root)
    assert given == {"folder": root, "mappings": ["DE/THING {{ 7 + 7 }}"], "apply": True}
    notebook = Path(task.rendered("input_nb"))
    assert notebook.name == "03_what_changed_since_the_last_run.ipynb"
    assert json.loads(notebook.read_text("utf-8"))["nbformat"] == 4
    assert as_declared(notebook.stem, declared_in(notebook), given) == given


def test_the_executed_notebook_goes_into_the_reports_of_the_workspace(made: Made, run: Any) -> None:
    bench = made()
    task = run(bench.export_schedule("airflow").text).tasks["DE_PART"]
    output = Path(task.rendered("output_nb").format(**task.rendered("parameters")))
    assert output.name == "20260301T080000_DE_PART.ipynb"
    assert output.parent == bench.workspace.root / "reports"
    task.given["on_execute_callback"]({})
    assert output.parent.is_dir()


def test_mappings_whose_names_are_alike_have_different_tasks(made: Made, run: Any) -> None:
    from .conftest import SETTINGS

    alike = SETTINGS.replace('"P-ART"', '"PART é"').replace('"THING {{ 7 + 7 }}"', '"PART-É"')
    dag = run(made("plain", alike).export_schedule("airflow").text)
    assert list(dag.tasks) == ["DE_PART", "DE_PART_e", "DE_PART_E_2"]
