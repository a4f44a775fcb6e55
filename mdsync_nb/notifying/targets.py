"""Who is told: the command and the webhooks of a workspace, by names that show no secret."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PureWindowsPath
from urllib.parse import urlsplit

from mdsync_nb.errors import MdsyncError
from mdsync_nb.model import NotifySettings
from mdsync_nb.model.base import ENVIRONMENT, from_environment, without_secrets
from mdsync_nb.notifying.commands import run_command
from mdsync_nb.notifying.webhooks import post

LONGEST_ERROR = 300
Facts = dict[str, object]


@dataclass(frozen=True)
class Message:
    """What is sent: the facts of a notification. number: its id, the same in every attempt."""

    number: int | None
    event: str
    title: str
    message: str
    mapping: str
    at: datetime

    def facts(self, workspace: str) -> Facts:
        """Give it as JSON holds it. `text` is what chats show; no value of a record is in it."""
        return {
            "id": self.number,
            "event": self.event,
            "title": self.title,
            "message": self.message,
            "mapping": self.mapping,
            "workspace": workspace,
            "at": f"{self.at.isoformat()}Z",
            "text": self.title,
        }


@dataclass(frozen=True)
class Target:
    """Somebody to tell. name: as it is shown. written: its words, `${NAME}` still in them."""

    name: str
    written: tuple[str, ...]
    sends: Callable[[list[str], Facts, float], None]

    def failure(self, facts: Facts, *, timeout: float) -> str:
        """Send, and give why it did not arrive; blank when it did. It ends after the timeout.

        What the environment fills in is read now, and never said.
        """
        try:
            words = [from_environment(one) for one in self.written]
            self.sends(words, facts, timeout)
        except MdsyncError as error:
            return self._shown(f"{error} {error.hint}")
        except Exception as error:
            return self._shown(f"{type(error).__name__}: {error}")
        return ""

    def _shown(self, text: str) -> str:
        plain = without_secrets(text, *self.written)
        for word in self.written:
            if "://" in word and not ENVIRONMENT.search(word):
                plain = plain.replace(word, self.name)
        line = re.sub(r"\s+", " ", "".join(c if c.isprintable() else " " for c in plain)).strip()
        return line[:LONGEST_ERROR] or "It failed without a word."


def targets_of(settings: NotifySettings, root: Path) -> list[Target]:
    """Give the targets of a workspace. root: its folder, in which commands run."""
    targets = []
    if settings.command:
        name = f"command {PureWindowsPath(settings.command[0]).name}"

        def run(words: list[str], facts: Facts, timeout: float) -> None:
            run_command(words, facts, folder=root, timeout=timeout)

        targets.append(Target(name, settings.command, run))
    shown = [_address(one) for one in settings.webhook]
    many = Counter(shown)
    for n, (address, name) in enumerate(zip(settings.webhook, shown, strict=True), start=1):
        called = f"webhook {name}" if many[name] == 1 else f"webhook {n} {name}"
        targets.append(Target(called, (address,), _post))
    return targets


def _post(words: list[str], facts: Facts, timeout: float) -> None:
    post(words[0], facts, timeout=timeout)


def _address(written: str) -> str:
    """An address without what may be secret: a placeholder as it is, else the host alone."""
    placeholder = ENVIRONMENT.match(written)
    if placeholder:
        return placeholder[0]
    scheme = written.partition(":")[0]
    try:
        host = urlsplit(written).hostname
    except ValueError:
        host = None
    return f"{scheme}://{host or '...'}"
