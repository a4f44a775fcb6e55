"""A verb of the command line is a method of the workbench, with the same name and meaning."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any

import pytest
import typer

from mdsync_nb.cli import app
from mdsync_nb.cli.app import VERBS
from mdsync_nb.workbench import Workbench

NAMES = [verb.__name__ for verb in VERBS]
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]
GROUP = {
    f"{group} {name}": one
    for group in ("mapping", "decisions", "record", "pair", "link", "schedule", "notify", "queue")
    for name, one in COMMANDS[group].commands.items()
}
"""The verbs of groups by name; their functions are called as the methods are."""

WITHOUT_A_QUESTION = {
    "mapping list",
    "mapping show",
    "mapping transformations",
    "decisions export",
    "decisions import",
    "record find",
    "notify test",
    "notify list",
    "pair candidates",
    "pair reject",
    "pair unreject",
    "pair rejected",
}

OUR_OWN = {"folder", "json", "rules", "yes"}
"""Options that are about the terminal, and have no counterpart in a method."""

CALLED = {
    "couple": {"by": "criteria", "pair": "pairs", "dry_run": "(match)"},
    "candidates": {"by": "criteria"},
    "uncouple": {"every": "(no record)"},
    "run_jobs": {"watch": "(again)", "every": "(again)"},
    "drift": {"fields": "(narrow)", "where": "(narrow)", "source": "(plan)"},
    "apply": {},
    "disable_link": {"couplings": "(forget_link)"},
    "change_source": {"couplings": "(forget_link)"},
    "restore_records": {"every": "(no record)"},
    "delete_records": {"every": "(no record)"},
    "sync": {"tables": "mappings", "every": "(no mapping)"},
    "undo": {"job": "job_id"},
    "demo": {},
    "init": {},
    "lab": {},
    "review": dict.fromkeys(
        ("start", "exclude", "only_coupled", "restart", "force"), "(start_review)"
    ),
}
METHOD_ONLY = {
    "compare": {"after", "records"},
    "plan": {"keep_creating", "title", "force", "touch", "create"},
    "demo": {"say"},
    "lab": {"say"},
    "show_mapping": {"upon"},
    "enable_mappings": {"upon"},
    "disable_mappings": {"upon"},
    "set_mappings": {"words", "upon"},
    "reset_mappings": {"upon"},
    "refresh_fields": {"upon"},
    "export_schedule": {"overwrite"},
    "run_jobs": {"say"},
    "site": {"schedules"},
}
"""What only a program asks for."""


def parameters(of: Callable[..., Any], without: set[str]) -> set[str]:
    return set(inspect.signature(of).parameters) - without - {"self"}


def test_the_verbs_are_the_ones_that_were_promised() -> None:
    promised = (
        "init demo lab load couple uncouple compare drift rehearse plan apply plans in-process "
        "discard-plan sync review undo retry status tables errors jobs history explain diagnose bundle "
        "doctor clean-up run site run-jobs sql"
    )
    assert promised.split() == [one.replace("_", "-") for one in NAMES]


@pytest.mark.parametrize(
    "verb", [*VERBS, *(one.callback for one in GROUP.values())], ids=[*NAMES, *GROUP]
)
def test_a_verb_is_a_method_with_the_same_parameters(verb: Callable[..., Any]) -> None:
    name = verb.__name__
    method = getattr(Workbench, name)
    own = OUR_OWN - ({"folder"} if name in {"init", "demo", "lab"} else set())
    renamed = CALLED.get(name, {})
    asked = {renamed.get(one, one) for one in parameters(verb, own)}
    asked = {one for one in asked if not one.startswith("(")}
    assert asked == parameters(method, METHOD_ONLY.get(name, set()))


def test_starting_a_review_takes_what_its_method_takes() -> None:
    ours = OUR_OWN | {"start"}
    verb = next(one for one in VERBS if one.__name__ == "review")
    assert parameters(verb, ours) == parameters(Workbench.start_review, set())


@pytest.mark.parametrize("name", NAMES)
def test_help_says_what_the_verb_does_and_gives_an_example(name: str, mdsync: Any) -> None:
    name = name.replace("_", "-")
    told = mdsync(name, "--help")
    assert told.exit_code == 0
    example = told.stdout.partition("Example:\n")[2]
    assert re.match(rf"\s+mdsync {name}\b", example)
    assert "--json" in told.stdout


def test_the_verbs_of_a_group_are_the_ones_that_were_promised() -> None:
    promised = {
        "mapping": "list show transformations enable disable set reset refresh-fields add-table",
        "decisions": "export import",
        "record": "find synchronize create restore delete find-deleted repair",
        "pair": "candidates reject unreject rejected",
        "link": "disable enable source",
        "schedule": "export",
        "notify": "test list",
        "queue": "list show hold ready run restart delete generate add",
    }
    assert list(GROUP) == [
        f"{group} {one}" for group, names in promised.items() for one in names.split()
    ]


@pytest.mark.parametrize("name", GROUP)
def test_help_of_a_group_says_what_each_verb_does_and_gives_an_example(
    name: str, mdsync: Any
) -> None:
    group, verb = name.split()
    told = mdsync(group, verb, "--help")
    assert told.exit_code == 0
    example = told.stdout.partition("Example:\n")[2]
    assert re.match(rf"\s+mdsync {name}\b", example)
    assert "--json" in told.stdout
    asks = verb == "delete" if group == "queue" else name not in WITHOUT_A_QUESTION
    assert ("--yes" in told.stdout) is asks
    sentence = re.search(rf"^  {verb} +(.*)$", mdsync(group, "--help").stdout, re.MULTILINE)
    assert sentence is not None
    assert sentence[1].endswith(".")
    assert "..." not in sentence[1]


def test_the_help_lists_every_verb_in_a_sentence_and_the_exit_codes(mdsync: Any) -> None:
    told = mdsync("--help").stdout
    for name in [*(one.replace("_", "-") for one in NAMES), "mapping"]:
        sentence = re.search(rf"^  {name} +(.*)$", told, re.MULTILINE)
        assert sentence is not None, name
        assert sentence[1].endswith("."), name
        assert "..." not in sentence[1], name
    assert "5 could not run" in re.sub(r"\s+", " ", told)


@pytest.mark.parametrize("name", ["couple", "apply", "sync", "review", "undo", "clean-up"])
def test_what_writes_can_be_answered_beforehand(name: str, mdsync: Any) -> None:
    assert "--yes" in mdsync(name, "--help").stdout


def test_without_a_verb_the_help_is_shown_as_wrong_usage(mdsync: Any) -> None:
    ended = mdsync()
    assert ended.exit_code == 2
    assert "Commands:" in ended.output
