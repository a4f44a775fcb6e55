"""A DAG for Airflow: each mapping a task that runs a notebook, after those it depends on."""

from __future__ import annotations

from mdsync_nb.notebooks import find_notebook, literal
from mdsync_nb.schedules.tick import Tick, plain

NOTEBOOK = "what_changed_since_the_last_run"
DAG = '''\
"""Each mapping of a workspace as a task of its own, after those it depends on.

Written by `mdsync schedule export airflow`. Write it again when the mappings change.
"""

from datetime import datetime, timedelta
from pathlib import Path

from airflow import DAG
from airflow.providers.papermill.operators.papermill import PapermillOperator

{constants}


def make_folder(context):
    Path(REPORTS).mkdir(parents=True, exist_ok=True)


with DAG(
    dag_id=DAG_ID,
    description=DESCRIPTION,
    start_date=datetime(*START),
    schedule=timedelta(minutes=EVERY),
    catchup=False,
    max_active_runs=1,
) as dag:
    tasks = {{
        task_id: PapermillOperator(
            task_id=task_id,
            input_nb=NOTEBOOK,
            output_nb=OUTPUT + "/{{{{ ts_nodash }}}}_" + task_id + ".ipynb",
            parameters={{"folder": FOLDER, "mappings": [mapping], "apply": True}},
            on_execute_callback=make_folder,
        )
        for task_id, (mapping, after) in TASKS.items()
    }}
    for task_id, (mapping, after) in TASKS.items():
        for before in after:
            tasks[before] >> tasks[task_id]
'''


def airflow(tick: Tick) -> str:
    """Give the source of a DAG; everything that is not ours stands in it as a Python literal.

    Texts that Airflow and papermill fill in are escaped for both. A mapping that is switched off
    has no task.
    """
    reports = tick.root / tick.workspace.settings.reports
    constants = {
        "DAG_ID": f"mdsync_{plain(tick.root.name, joined='_') or 'workspace'}",
        "DESCRIPTION": tick.title,
        "START": (tick.at.year, tick.at.month, tick.at.day),
        "EVERY": tick.minutes,
        "REPORTS": str(reports),
        "OUTPUT": _as_is(literal(reports)),
        "NOTEBOOK": _as_is(literal(find_notebook(tick.workspace, NOTEBOOK))),
        "FOLDER": _as_is(tick.place),
    }
    lines = [f"{name} = {value!r}" for name, value in constants.items()]
    tasks = [f"    {task_id!r}: {told!r}," for task_id, told in _tasks(tick).items()]
    return DAG.format(constants="\n".join([*lines, "TASKS = {", *tasks, "}"]))


def _tasks(tick: Tick) -> dict[str, tuple[str, list[str]]]:
    """The mapping of each task, and the tasks it comes after."""
    enabled = [one for one in tick.workspace.mappings.values() if one.enabled]
    ids = _ids([one.name for one in enabled])
    tasks: dict[str, tuple[str, list[str]]] = {}
    for one in enabled:
        needed = [f"{one.link}/{name}" for name in one.depends_on]
        tasks[ids[one.name]] = (_as_is(one.name), [ids[name] for name in needed if name in ids])
    return tasks


def _ids(names: list[str]) -> dict[str, str]:
    """An id for the task of each mapping: letters, digits and `_`, none of them twice."""
    ids: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        first = plain(name, joined="_")[:200] or "mapping"
        tries = (first if n == 1 else f"{first}_{n}" for n in range(1, len(names) + 2))
        ids[name] = next(one for one in tries if one.casefold() not in taken)
        taken.add(ids[name].casefold())
    return ids


def _as_is(text: str) -> str:
    """A text that Airflow's templates give as it is, whatever braces it holds."""
    return text.replace("{", "{{ '{' }}")
