"""What several verbs understand: the workspace, JSON, and the answer yes."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mdsync_nb.errors import UsageError

if TYPE_CHECKING:
    from mdsync_nb.workbench import Workbench

Folder = Annotated[
    Path,
    typer.Option("--folder", "-C", metavar="DIR", help="The folder of mdsync.yaml, or one in it."),
]
Json = Annotated[
    bool, typer.Option("--json", help="Give JSON on standard output, and nothing else there.")
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Answer yes, so that nothing is asked.")]
Force = Annotated[bool, typer.Option("--force", help="Write although the plan breaks a limit.")]
Full = Annotated[
    bool, typer.Option("--full", help="Visit every record, and create what is missing.")
]
Mappings = Annotated[
    list[str] | None,
    typer.Argument(metavar="MAPPING", help="Mappings, links or tables; all without any."),
]
Parameters = Annotated[
    list[str] | None,
    typer.Option("-p", "--parameter", metavar="NAME=VALUE", help="Instead of its default."),
]
HERE = Path(".")
SIGN = "="


def opened(folder: Path) -> Workbench:
    """Open the workbench of a folder; how far it is shows on standard error, in a terminal."""
    from mdsync_nb.workbench import Workbench

    return Workbench(folder, progress=bool(sys.stderr and sys.stderr.isatty()))


def as_pairs(written: Sequence[str]) -> list[tuple[str, str]]:
    """Give pairs written as THERE=HERE. Raises UsageError for what is none."""
    found = []
    for one in written:
        there, _, here = (text.strip() for text in one.partition(SIGN))
        if not (there and here) or SIGN in here:
            raise UsageError(
                f"{one} is no pair of records.",
                hint="Write the number there, = and the number here, like 10366=20068.",
            )
        found.append((there, here))
    return found
