"""The command `mdsync`: the verbs in the order in which people need them."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from mdsync_nb.cli import (
    changing,
    cleaning,
    decisions,
    drifting,
    links,
    log,
    looking,
    mappings,
    notify,
    pairs,
    plans,
    queue,
    records,
    reviewing,
    running,
    schedules,
    setting_up,
    tables,
)
from mdsync_nb.cli.ending import ended

VERBS = (
    setting_up.init,
    setting_up.demo,
    setting_up.lab,
    setting_up.load,
    changing.couple,
    changing.uncouple,
    looking.compare,
    drifting.drift,
    looking.rehearse,
    changing.plan,
    changing.apply,
    plans.plans,
    plans.in_process,
    plans.discard_plan,
    changing.sync,
    reviewing.review,
    changing.undo,
    changing.retry,
    looking.status,
    tables.tables,
    looking.errors,
    looking.jobs,
    log.history,
    looking.explain,
    log.diagnose,
    log.bundle,
    looking.doctor,
    cleaning.clean_up,
    running.run,
    running.site,
    running.run_jobs,
    looking.sql,
)
DEBUG, ASKED = "--debug", "MDSYNC_DEBUG"


class Verbs(TyperGroup):
    """Runs a verb and ends the program with an exit code; an error is said in two sentences."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002
        """The verbs in the order in which people need them, not by the alphabet."""
        return list(self.commands)

    def main(self, args: Sequence[str] | None = None, *_: Any, **more: Any) -> Any:
        """Run what was asked for; `--debug` may stand anywhere."""
        asked = list(sys.argv[1:] if args is None else args)
        debug = DEBUG in asked or os.environ.get(ASKED, "") not in ("", "0")
        os.environ[ASKED] = "1" if debug else ""
        words = [one for one in asked if one != DEBUG]
        more["prog_name"] = "mdsync"

        def verb() -> object:
            return super(Verbs, self).main(words, **{**more, "standalone_mode": False})

        sys.exit(ended(verb, json="--json" in words, debug=debug))


app = typer.Typer(
    cls=Verbs,
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 in agreement, 1 something waits for a person, 2 wrong usage, "
    "3 some records failed, 4 a plan was refused, 5 could not run, 130 it was stopped.",
)


def _version(asked: bool) -> None:
    if asked:
        from mdsync_nb import __version__

        print(f"mdsync {__version__}")
        raise typer.Exit


@app.callback()
def _about(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
    debug: Annotated[bool, typer.Option(DEBUG, help="Show where an error came from.")] = False,
) -> None:
    """Keep master data in step between a source company and its subsidiaries."""


for _verb in VERBS:
    app.command()(_verb)
app.add_typer(mappings.mapping, name="mapping")
app.add_typer(decisions.decisions, name="decisions")
app.add_typer(records.record, name="record")
app.add_typer(pairs.pair, name="pair")
app.add_typer(links.link, name="link")
app.add_typer(schedules.schedule, name="schedule")
app.add_typer(notify.notify, name="notify")
app.add_typer(queue.queue, name="queue")


def main() -> None:
    """Run the command line of this process."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    app()
