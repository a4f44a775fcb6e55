"""A service and a timer for systemd."""

from __future__ import annotations

from mdsync_nb.errors import UsageError
from mdsync_nb.schedules.tick import Tick, by_the_clock

SERVICE = """\
[Unit]
Description={title}

[Service]
Type=oneshot
WorkingDirectory={folder}
ExecStart={command}
# 1: something waits for a person. That is no failure of the service.
SuccessExitStatus=1
"""
TIMER = """\
[Unit]
Description={title}

[Timer]
OnCalendar={when}
Persistent=true

[Install]
WantedBy=timers.target
"""

UNSAFE = "\"'\\"
"""What the path of a program must not hold."""


def systemd(tick: Tick) -> dict[str, str]:
    """Give the service and the timer, by the names of their files.

    Persistent: a time that passed while the machine slept is made up for. While a run goes on the
    timer starts no second one. Raises UsageError for an interval no clock can keep, and for a
    Python in a folder whose name has quotes, which systemd does not start.
    """
    name = f"mdsync-{tick.slug}"
    python, *words = tick.words
    if any(one in python for one in UNSAFE):
        raise UsageError(
            f"Systemd does not start {python}, because of the quotes in it.",
            hint="Install mdsync into an environment in another folder.",
        )
    command = " ".join([_word(python, "$"), *(_word(one, "$$") for one in words)])
    title, folder = _specified(tick.title), _specified(f"{tick.root}/")
    return {
        f"{name}.service": SERVICE.format(title=title, folder=folder, command=command),
        f"{name}.timer": TIMER.format(title=title, when=_when(tick.minutes)),
    }


def _specified(text: str) -> str:
    """A text in which systemd finds no specifier (`%h`)."""
    return text.replace("%", "%%")


def _word(text: str, dollar: str) -> str:
    """A word of a command, quoted; variables are looked for in all words but the first."""
    inside = text.replace("\\", "\\\\").replace('"', '\\"').replace("$", dollar)
    return f'"{_specified(inside)}"'


def _when(minutes: int) -> str:
    part, hours = by_the_clock(minutes, "timer")
    if hours:
        return f"*-*-* {'*' if hours == 1 else 0 if hours == 24 else f'0/{hours}'}:00:00"
    return f"*-*-* *:0/{part}:00"
