"""The verbs of `mdsync link`: whole links switched off and on, or given another source company."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from mdsync_nb.cli.asking import DECLINED, agreed
from mdsync_nb.cli.mappings import InOrder, written
from mdsync_nb.cli.options import HERE, Folder, Json, Yes, opened
from mdsync_nb.cli.terminal import say
from mdsync_nb.errors import UsageError

if TYPE_CHECKING:
    from mdsync_nb.workbench import Workbench

link = typer.Typer(
    cls=InOrder,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Switch whole links off and on, or change their source.",
    epilog="Example: mdsync link disable NORDIC --couplings keep",
)

Link = Annotated[str, typer.Argument(metavar="LINK", help="A link of mdsync.yaml, like NORDIC.")]
Couplings = Annotated[
    str,
    typer.Option(metavar="WORD", help="keep them, or delete them: undo couples them again."),
]


@link.command("disable")
def disable_link(
    link: Link,
    couplings: Couplings = "keep",
    *,
    yes: Yes = False,
    folder: Folder = HERE,
    json: Json = False,
) -> int:
    """Switch a link off: none of its mappings is run.

    Its couplings and what was last agreed stay, unless you say that they are deleted.

    \b
    Example:
      mdsync link disable NORDIC --couplings keep
    """
    workbench = opened(folder)
    deletes = _deletes(couplings)
    ended = written(workbench, workbench.disable_link(link), yes=yes, json=json)
    return ended or _forgotten(workbench, link, deletes=deletes, yes=yes, json=json)


@link.command("enable")
def enable_link(link: Link, *, yes: Yes = False, folder: Folder = HERE, json: Json = False) -> int:
    """Switch a link on again.

    \b
    Example:
      mdsync link enable NORDIC
    """
    workbench = opened(folder)
    return written(workbench, workbench.enable_link(link), yes=yes, json=json)


@link.command("source")
def change_source(
    link: Link,
    company: Annotated[str, typer.Argument(help="A company of mdsync.yaml.")],
    couplings: Couplings = "delete",
    *,
    yes: Yes = False,
    folder: Folder = HERE,
    json: Json = False,
) -> int:
    """Give a link another source company.

    The couplings with the company before are deleted, unless you say that they are kept.

    \b
    Example:
      mdsync link source NORDIC HOLDING
    """
    workbench = opened(folder)
    deletes = _deletes(couplings)
    edit = workbench.change_source(link, company)
    ended = written(workbench, edit, yes=yes, json=json)
    deletes = deletes and edit.changes
    return ended or _forgotten(workbench, link, deletes=deletes, yes=yes, json=json)


def _deletes(word: str) -> bool:
    if word not in ("keep", "delete"):
        raise UsageError(
            f"Nobody knows what {word!r} does with couplings.", hint="Say keep or delete."
        )
    return word == "delete"


def _forgotten(workbench: Workbench, link: str, *, deletes: bool, yes: bool, json: bool) -> int:
    if not deletes:
        return 0
    if not agreed(f"Delete the couplings of {link}? No company is written.", yes=yes):
        return DECLINED
    for name, job in workbench.forget_link(link).items():
        if not json:
            say(f"Job {job} uncoupled {name}. To reverse it: mdsync undo {job}")
    return 0
