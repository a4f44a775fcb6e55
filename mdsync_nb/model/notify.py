"""Notifications: what people are told of a night that nobody watches, and how they are told."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import PureWindowsPath
from typing import Annotated

from pydantic import BeforeValidator, field_validator
from pydantic import Field as Setting

from mdsync_nb.model.base import ENVIRONMENT, Names, Settings, one_or_many

SHELLS = {"sh", "bash", "dash", "zsh", "ksh", "fish", "csh", "tcsh", "cmd", "powershell", "pwsh"}
"""Programs that read a word as a program of its own."""

FACTS = ("event", "title", "message", "mapping")
"""What a word of the command may hold in braces; the environment holds each as MDSYNC_..."""

PLACEHOLDER = re.compile(r"(?<!\$)\{([a-z_]+)\}")


class NoticeEvent(StrEnum):
    """What a notification is about: an entry ended in error, much waits, or it runs again."""

    FAILURE = "failure"
    WAITING = "waiting"
    RECOVERY = "recovery"


class DeliveryStatus(StrEnum):
    """How far a notification is: it waits for its (next) attempt, was sent, or was given up."""

    WAITING = "waiting"
    SENT = "sent"
    GIVEN_UP = "given up"


Events = Annotated[tuple[NoticeEvent, ...], BeforeValidator(one_or_many)]


class NotifySettings(Settings):
    """Who is told what of runs nobody watches.

    command: a program and its words, no shell; `{title}` and the like are filled in, and
    `${NAME}` by the environment. webhook: addresses that are sent JSON.
    """

    waiting_above: int = Setting(default=50, ge=0)
    on: Events = tuple(NoticeEvent)
    command: tuple[str, ...] = ()
    webhook: Names = ()
    attempts: int = Setting(default=5, ge=1)

    @field_validator("webhook")
    @classmethod
    def _a_webhook_is_an_address(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        for one in given:
            if not one.startswith(("http://", "https://")) and not ENVIRONMENT.match(one):
                raise ValueError("an address like https://example.com/hook, or ${NAME}")
        return given

    @field_validator("command")
    @classmethod
    def _what_is_filled_in_reaches_no_shell(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        if not given:
            return given
        program = PureWindowsPath(given[0])
        reads = program.stem.casefold() in SHELLS or program.suffix.casefold() in (".bat", ".cmd")
        named = [name for word in given for name in PLACEHOLDER.findall(word)]
        unknown = [name for name in named if name not in FACTS]
        if not given[0] or PLACEHOLDER.search(given[0]):
            raise ValueError("the name of a program as its first word")
        if unknown:
            raise ValueError(f"one of {', '.join(f'{{{one}}}' for one in FACTS)} in braces")
        if reads and named:
            name = f"MDSYNC_{named[0].upper()}"
            raise ValueError(f"{name} of the environment in place of {{{named[0]}}} in a shell")
        return given
