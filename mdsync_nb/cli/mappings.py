"""The verbs of `mdsync mapping`: look at mappings, and change what mdsync.yaml says about them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from mdsync_nb.cli import as_json
from mdsync_nb.cli.asking import DECLINED, agreed
from mdsync_nb.cli.options import HERE, Folder, Json, Mappings, Yes, opened
from mdsync_nb.cli.terminal import aside, say, table
from mdsync_nb.errors import UsageError

if TYPE_CHECKING:
    from mdsync_nb.workbench import Workbench
    from mdsync_nb.workspace.editing import Edit

LISTED = {
    "mapping": "Mapping",
    "table": "Table",
    "enabled": "On",
    "direction": "Direction",
    "coupled": "Coupled",
    "fields_enabled": "Fields on",
    "fields": "of",
    "match": "Match",
    "filter": "Filter",
}
WORDS = {"word": "Word", "value": "In force", "said_in": "Said in"}
FIELDS = {
    "field": "Field",
    "enabled": "On",
    "direction": "Direction",
    "overwrite_local_change": "Overwrites",
    "clear_on_failed": "Blank if missing",
    "constant": "Constant",
    "transformation": "Rule",
    "local_loses": "Loses here",
    "integration_loses": "Loses there",
    "said_in": "Said in",
}
RULES = {"transformation": "Rule", "chain": "What it does", "said_in": "Said in"}
EVERY_FIELD = 2000
"""Fields a table shows: all of any table."""

Patterns = Annotated[
    list[str], typer.Argument(metavar="MAPPING", help="Mappings, links, tables; `*` for any part.")
]
Fields = Annotated[
    list[str] | None,
    typer.Option("--field", metavar="NAME", help="Fields of them instead; may be repeated."),
]


class InOrder(TyperGroup):
    """The verbs of a group in the order in which people need them."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002
        """The names as they were added, not by the alphabet."""
        return list(self.commands)


mapping = typer.Typer(
    cls=InOrder,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Show mappings, and change what mdsync.yaml says.",
    epilog="Example: mdsync mapping disable CUSTOMER --field 'Search*'",
)


@mapping.command("list")
def list_mappings(mappings: Mappings = None, folder: Folder = HERE, json: Json = False) -> int:
    """Show the mappings in force, those switched off, too.

    \b
    Example:
      mdsync mapping list NORDIC
    """
    found = opened(folder).list_mappings(*(mappings or ()))
    if json:
        as_json.give({"mappings": found})
    else:
        table(found, LISTED, none="No mapping is in force.")
    return 0


@mapping.command("show")
def show_mapping(
    mapping: Annotated[str, typer.Argument(help="The mapping, like NORDIC/CUSTOMER.")],
    folder: Folder = HERE,
    json: Json = False,
) -> int:
    """Show what is in force for a mapping, and where it is said.

    \b
    Example:
      mdsync mapping show NORDIC/CUSTOMER
    """
    found = opened(folder).show_mapping(mapping)
    if json:
        named = {"mapping": found.mapping.name, "table": found.mapping.table}
        as_json.give({**named, "words": found.words, "fields": found.fields})
        return 0
    table(found.words, WORDS, title=found.mapping.name)
    none = "Its fields are known when its files are loaded."
    table(found.fields, FIELDS, title="Fields", none=none, shown=EVERY_FIELD)
    return 0


@mapping.command("transformations")
def list_transformations(folder: Folder = HERE, json: Json = False) -> int:
    """Show the transformation rules a field may name.

    \b
    Example:
      mdsync mapping transformations
    """
    found = opened(folder).list_transformations()
    if json:
        as_json.give({"transformations": found})
    else:
        table(found, RULES, none="There is none.")
    return 0


@mapping.command("enable")
def enable_mappings(
    mappings: Patterns,
    fields: Fields = None,
    yes: Yes = False,
    folder: Folder = HERE,
    json: Json = False,
) -> int:
    """Switch mappings on, or fields of them.

    \b
    Example:
      mdsync mapping enable CURRENCYEXCHRATE
    """
    workbench = opened(folder)
    edit = workbench.enable_mappings(*mappings, fields=fields or ())
    return written(workbench, edit, yes=yes, json=json)


@mapping.command("disable")
def disable_mappings(
    mappings: Patterns,
    fields: Fields = None,
    yes: Yes = False,
    folder: Folder = HERE,
    json: Json = False,
) -> int:
    """Switch mappings off, or fields of them.

    A mapping that is off is not run. Its records stay coupled, and what they last agreed on is
    kept for the day it is switched on again.

    \b
    Example:
      mdsync mapping disable CUSTOMER VENDOR --field "Search*"
    """
    workbench = opened(folder)
    edit = workbench.disable_mappings(*mappings, fields=fields or ())
    return written(workbench, edit, yes=yes, json=json)


@mapping.command("set")
def set_mappings(
    mappings: Annotated[
        list[str],
        typer.Argument(metavar="MAPPING... WORD=VALUE...", help="Mappings, then what to say."),
    ],
    fields: Fields = None,
    yes: Yes = False,
    folder: Folder = HERE,
    json: Json = False,
) -> int:
    """Say words of docs/settings.md about mappings or fields.

    Lists and blocks are written as in mdsync.yaml: 'match=[No.]', 'filter={Blocked: ""}'.

    \b
    Example:
      mdsync mapping set CUSTOMER limits.updates=30% only_coupled=no
      mdsync mapping set NORDIC/CUSTOMER overwrite_local_change=yes --field "Phone No."
      mdsync mapping set LUMIERE/CUSTOMER match=yes --field "E-Mail"
    """
    named = [one for one in mappings if "=" not in one]
    words = dict(one.split("=", 1) for one in mappings if "=" in one)
    if not named or not words:
        raise UsageError(
            "Name mappings, and what to say about them.",
            hint="Like: mdsync mapping set CUSTOMER only_coupled=no",
        )
    workbench = opened(folder)
    edit = workbench.set_mappings(*named, words=words, fields=fields or ())
    return written(workbench, edit, yes=yes, json=json)


@mapping.command("reset")
def reset_mappings(
    mappings: Patterns,
    *,
    fields: Fields = None,
    words: Annotated[
        list[str] | None,
        typer.Option("--word", metavar="WORD", help="Only these words of the fields."),
    ] = None,
    yes: Yes = False,
    folder: Folder = HERE,
    json: Json = False,
) -> int:
    """Take back what mdsync.yaml says, so that packs hold again.

    \b
    Example:
      mdsync mapping reset LUMIERE/CONTACT
      mdsync mapping reset CUSTOMER --field City --word constant
    """
    if words and not fields:
        raise UsageError("--word is for words of fields.", hint="Name them: --field City")
    workbench = opened(folder)
    edit = workbench.reset_mappings(*mappings, fields=fields or (), words=words or ())
    return written(workbench, edit, yes=yes, json=json)


@mapping.command("refresh-fields")
def refresh_fields(
    mappings: Patterns, yes: Yes = False, folder: Folder = HERE, json: Json = False
) -> int:
    """Add fields that the newest files have; remove those gone.

    A new field is switched off until somebody enables it.

    \b
    Example:
      mdsync mapping refresh-fields CUSTOMER
    """
    workbench = opened(folder)
    return written(workbench, workbench.refresh_fields(*mappings), yes=yes, json=json)


@mapping.command("add-table")
def add_table(
    table: Annotated[str, typer.Argument(help="The table, like Location.")],
    with_related: Annotated[
        bool, typer.Option("--with-related", help="Also the tables it refers to.")
    ] = False,
    yes: Yes = False,
    folder: Folder = HERE,
    json: Json = False,
) -> int:
    """Add a mapping for a table, with every field switched off.

    \b
    Example:
      mdsync mapping add-table "Unit of Measure"
    """
    workbench = opened(folder)
    edit = workbench.add_table(table, with_related=with_related)
    return written(workbench, edit, yes=yes, json=json)


def written(workbench: Workbench, edit: Edit, *, yes: bool, json: bool) -> int:
    """Show an edit, ask, write it, and say what was done."""
    done = False
    if not json:
        _shown(edit)
    if edit.changes:
        if not agreed(f"Write this into {edit.file}?", yes=yes):
            return DECLINED
        workbench.write_settings(edit)
        done = True
    if json:
        as_json.give({"written": done, "diff": edit.diff, "notes": list(edit.notes)})
    elif done:
        say(f"{edit.file} is written. Plans of what it changes are stale.")
    return 0


def _shown(edit: Edit) -> None:
    lines: Sequence[str] = edit.diff.splitlines()
    say(*(lines or ["It is so already; nothing to write."]))
    for note in edit.notes:
        aside(note)
