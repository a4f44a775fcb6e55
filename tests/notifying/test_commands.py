"""A command is told by its words, the environment and its input, and no text reaches a shell."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import pytest

from .conftest import Night

HOSTILE = """"; touch owned; $(touch owned) `touch owned` | & %PATH% {message} ${HOME}
\x1b[31m\x00 'x'"""
NOTES = """import json, os, sys
told = {name: text for name, text in os.environ.items() if name.startswith("MDSYNC_")}
with open("told.json", "w") as file:
    json.dump([sys.argv[1:], told, json.load(sys.stdin), os.getcwd()], file)
"""


@pytest.fixture
def notes(night: Night) -> list[str]:
    """A command that writes down what it is told."""
    (night.root / "notes.py").write_text(NOTES, "utf-8")
    return [sys.executable, "notes.py"]


def told(night: Night) -> list[object]:
    return list(json.loads((night.root / "told.json").read_text("utf-8")))


def test_a_command_is_told_by_words_environment_and_input(night: Night, notes: list[str]):
    night.tell(command=[*notes, "{title}", "--of={mapping} {event}", "as it is"])
    night.ends(failing=True, message="Why.")
    assert night.deliver() == [(True, "")]
    words, environment, heard, folder = told(night)
    assert words == ["Failed: DE/THING", "--of=DE/THING failure", "as it is"]
    assert isinstance(environment, dict)
    assert environment["MDSYNC_EVENT"] == "failure"
    assert environment["MDSYNC_TITLE"] == "Failed: DE/THING"
    assert environment["MDSYNC_MESSAGE"].endswith("Why.")
    assert environment["MDSYNC_MAPPING"] == "DE/THING"
    assert isinstance(heard, dict)
    assert heard["title"] == "Failed: DE/THING"
    assert folder == str(night.root.resolve())


def test_a_hostile_text_is_one_word_and_nothing_else(night: Night, notes: list[str]):
    night.tell(command=[*notes, "{title}", "{message}"])
    night.ends(mapping="", notebook=HOSTILE, failing=True, message=HOSTILE)
    assert night.deliver() == [(True, "")]
    words, *_ = told(night)
    assert isinstance(words, list)
    plain = """"; touch owned; $(touch owned) `touch owned` | & %PATH% {message} ${HOME} [31m 'x'"""
    assert words == [
        f"Failed: {plain}",
        f"The last attempt failed, and it is not tried again. {plain}",
    ]
    assert not (night.root / "owned").exists()


def test_a_command_that_does_not_exist_is_a_failed_delivery_that_names_it(night: Night):
    night.tell(command=["no-such-program", "{title}"])
    night.ends(failing=True)
    [(sent, error)] = night.deliver()
    assert not sent
    assert error.startswith("The command no-such-program cannot be started: No such file")


def test_a_command_that_fails_says_what_it_said(night: Night, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("NIGHT_TOKEN", "s3cret")
    says = "import sys; sys.exit('no\\x1b[31m ' + sys.argv[1])"
    night.tell(command=[sys.executable, "-c", says, "${NIGHT_TOKEN}"])
    night.ends(failing=True)
    [(sent, error)] = night.deliver()
    assert not sent
    assert error.endswith("ended with 1. no [31m ${NIGHT_TOKEN}")


@pytest.mark.skipif(sys.platform == "win32", reason="groups of processes are of Unix")
def test_a_command_that_does_not_end_is_ended_with_what_it_started(night: Night):
    waits = "import subprocess, sys, time; "
    waits += "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); "
    waits += "time.sleep(60)"
    night.tell(command=[sys.executable, "-c", waits])
    night.ends(failing=True)
    began = time.monotonic()
    [(sent, error)] = night.deliver(timeout=0.4)
    assert time.monotonic() - began < 3
    assert not sent
    assert error.endswith("did not end within 0.4 s.")


def test_a_command_that_hears_nothing_and_says_much_holds_up_nobody(night: Night):
    says = "import sys; sys.stdout.write('x' * 10**6); sys.stderr.write('y' * 10**6)"
    night.tell(command=[sys.executable, "-c", says])
    night.ends(failing=True, message="z" * 10**6)
    assert night.deliver() == [(True, "")]


def test_a_command_keeps_its_place_beside_a_program_of_the_folder(night: Night):
    """A program is looked for where the environment says, not in the folder of the workspace."""
    Path(night.root / "python-of-nobody").write_text("#!/bin/sh\n", "utf-8")
    night.tell(command=["python-of-nobody"])
    night.ends(failing=True)
    [(sent, _)] = night.deliver()
    assert not sent
