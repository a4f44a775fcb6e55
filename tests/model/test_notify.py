"""What may be said about notifications, and what would be dangerous."""

from __future__ import annotations

import re

import pytest
from pydantic import ValidationError

from mdsync_nb.model import NotifySettings

GOOD = [
    ["notify-send", "{title}"],
    ["curl", "-d", "{message}", "https://example.com/${TOKEN}"],
    ["sh", "-c", 'notify-send "$MDSYNC_TITLE"'],
    ["jq", "-n", '{"a": 1}'],
    ["tool", "${name}"],
]
BAD = [
    (["sh", "-c", "notify-send {title}"], "MDSYNC_TITLE of the environment"),
    (["/bin/bash", "-c", "echo {message}"], "MDSYNC_MESSAGE of the environment"),
    (["C:\\Windows\\System32\\cmd.exe", "/c", "echo {title}"], "in a shell"),
    (["PowerShell", "-Command", "{title}"], "in a shell"),
    (["notify.bat", "{title}"], "in a shell"),
    (["notify-send", "{titel}"], "one of {event}, {title}, {message}, {mapping}"),
    (["{title}"], "the name of a program"),
    ([""], "the name of a program"),
]


@pytest.mark.parametrize("command", GOOD)
def test_a_command_is_a_program_and_its_words(command: list[str]):
    assert NotifySettings(command=command).command == tuple(command)


@pytest.mark.parametrize(("command", "right"), BAD)
def test_a_command_that_would_hand_texts_to_a_shell_is_refused(command: list[str], right: str):
    with pytest.raises(ValidationError, match=re.escape(right)):
        NotifySettings(command=command)


@pytest.mark.parametrize("address", ["ftp://example.com", "example.com/hook", ""])
def test_a_webhook_is_an_address(address: str):
    with pytest.raises(ValidationError, match="an address like"):
        NotifySettings(webhook=address)


def test_one_word_will_do_where_several_may_stand():
    said = NotifySettings(webhook="${HOOK}", on="failure")
    assert (said.webhook, said.on) == (("${HOOK}",), ("failure",))
