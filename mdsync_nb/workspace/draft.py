"""A new mdsync.yaml, drafted from the files in a folder, with a remark on every choice."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

from mdsync_nb.errors import UsageError
from mdsync_nb.model import MappingSettings, Pack
from mdsync_nb.workspace.checks import NOT_IN_NAMES, RESERVED
from mdsync_nb.workspace.company_draft import company_lines
from mdsync_nb.workspace.dataverse_draft import (
    DATAVERSE,
    dataverse_link,
    dataverse_match,
    dataverse_unlinked,
)
from mdsync_nb.workspace.opened import FILE, settings_file
from mdsync_nb.workspace.packs import pack_of
from mdsync_nb.workspace.recognise import letters, recognised
from mdsync_nb.workspace.survey import Delivered, Surveyed, survey
from mdsync_nb.workspace.yaml_text import aligned, comment, flow_list, indented, quoted, remarked

ALWAYS = "master_data"
OTHERS = ("item",)  # packs between companies of the product; drafted where their tables are
SOURCE = re.compile(r"holding|source|master|w1|hq|head|headquarters?|group|parent")
HEAD = """\
# Drafted by `mdsync init` from the files beside it; it can be used as it is.
# Read the lines marked LOOK: what they say was guessed, or only you know it.
"""
NO_LINK = "# Only one company was found; a link takes two: {local: ..., integration: ...}"
LINKS = "# Each subsidiary (local) is compared with the source company (integration)."
FIRST_SYNC = "what differs and nobody knows why waits; source_wins writes it"
MATCH = "# LOOK: by which fields the records of two companies are told to be the same (match)."
UNMAPPED = "# No pack has a mapping for these; take away the # to compare them, too:"

Companies = dict[str, Surveyed]


def init(folder: Path, *, keep: bool = False) -> Path:
    """Write a first mdsync.yaml for the exports in a folder, and give its path.

    Nothing is asked, and no secret is written. keep: leave the one that is there, or in a folder
    above. Raises UsageError when there is one already, or when no file of a table is found.
    """
    there = settings_file(folder) if keep else None
    if there is not None:
        return there
    folder = _above_notebooks(folder)
    file = folder / FILE
    if file.exists():
        raise UsageError(
            f"There is a {FILE} in {folder} already.",
            hint="Change it by hand, or move it away to have another one drafted.",
        )
    file.write_text(draft(folder), "utf-8", newline="\n")
    return file


def _above_notebooks(folder: Path) -> Path:
    """The folder of the exports: for a notebook that runs in `notebooks`, the one above it."""
    place = folder.resolve()
    is_ours = place.name == "notebooks" and any(place.glob("*.ipynb"))
    return place.parent if is_ours else folder


def draft(folder: Path) -> str:
    """Give the text of a first mdsync.yaml for the exports in a folder.

    Every choice has a remark; `LOOK:` marks those a person should read. Raises UsageError when no
    file of a table is found.
    """
    found = [one for one in survey(folder.resolve()) if one.tables]
    if not found:
        raise UsageError(
            f"No exported table was found in {folder}.",
            hint="Put each company's files into a folder of its own (customer.csv, vendor.csv).",
        )
    named = dict(zip(_names_of(found), found, strict=True))
    ours = {name: one for name, one in named.items() if not one.is_dataverse}
    source, why = _source_of(ours or named)
    companies = {source: named[source]} | (ours or named)
    there = {name: one for name, one in named.items() if name not in companies}
    with_dataverse = len(companies) == len(there) == 1
    if with_dataverse:
        packs = [_shipped(DATAVERSE)]
        links = _with_dataverse(packs[0], source, companies | there)
    else:
        packs = [pack for pack in map(_shipped, (ALWAYS, *OTHERS)) if _is_needed(pack, companies)]
        links = chain(_links(source, companies), dataverse_unlinked(there))
    lines = [
        f"{HEAD}name: {quoted(folder.resolve().name or 'Workspace')}",
        f"packs: {flow_list(pack.pack for pack in packs)}",
        "",
        "companies:",
        *_companies(companies | there, source, why if len(companies) > 1 else ""),
        *links,
        *_mappings(packs, companies | there),
    ]
    return "\n".join(aligned(lines)) + "\n"


def _names_of(found: Sequence[Surveyed]) -> list[str]:
    """Give each company a name that files, tables and patterns can hold, none twice."""
    names: list[str] = []
    for one in found:
        name = NOT_IN_NAMES.sub("_", one.label.strip()).upper().replace(" ", "_") or "COMPANY"
        name = f"{name}_CO" if name.casefold() in RESERVED else name
        same = sum(1 for other in names if other == name or other.startswith(f"{name}_"))
        names.append(f"{name}_{same + 1}" if name in names else name)
    return names


def _source_of(companies: Companies) -> tuple[str, str]:
    """Give the source company, and why it is that one."""
    for name, one in companies.items():
        if any(SOURCE.fullmatch(word) for word in re.split(r"[\W_]+", one.label.casefold())):
            return name, "the source company, because it is named like one"
    most = max(companies, key=lambda name: companies[name].rows)
    return most, "LOOK: the source company, because it has the most rows"


def _shipped(name: str) -> Pack:
    return pack_of(name, Path())


def _is_needed(pack: Pack, companies: Companies) -> bool:
    delivered = {table.table for one in companies.values() for table in one.tables}
    return pack.pack == ALWAYS or any(one.table in delivered for one in pack.mappings.values())


def _companies(companies: Companies, source: str, why: str) -> Iterator[str]:
    for name, one in companies.items():
        remark = why if name == source else ""
        yield from indented(company_lines(name, one, remark), 2)
        yield ""


def _links(source: str, companies: Companies) -> Iterator[str]:
    others = [name for name in companies if name != source]
    yield LINKS if others else NO_LINK
    yield "links:"
    for name in others:
        yield f"  {quoted(name)}:"
        yield f"    local: {quoted(name)}"
        yield f"    integration: {quoted(source)}"
        yield remarked("    first_sync: ask", FIRST_SYNC)
    yield ""


def _mappings(packs: Sequence[Pack], companies: Companies) -> Iterator[str]:
    """What the packs leave open, with what the files allow; and the tables no pack has."""
    known = {name: one for pack in packs for name, one in pack.mappings.items()}
    delivered = {table.table: table for one in companies.values() for table in one.tables}
    yield "mappings:"
    opened = [
        name for name, one in known.items() if not one.match and _sides(one) <= delivered.keys()
    ]
    if opened:
        yield f"  {MATCH}"
    for name in opened:
        yield from indented(_match_lines(name, known[name], companies), 2)
    mapped = {table for one in known.values() for table in _sides(one)}
    unmapped = [one for table, one in delivered.items() if table not in mapped]
    if unmapped:
        yield f"  {UNMAPPED}"
    for one in unmapped:
        key = flow_list(one.schema.key)
        name = letters(one.table).upper()
        yield f"  # {name}: {{table: {quoted(one.table)}, match: {key}}}"


def _match_lines(name: str, mapping: MappingSettings, companies: Companies) -> Iterator[str]:
    """Criteria whose fields all files of the table have, the first of them proposed."""
    files = [one for company in companies.values() for one in company.tables]
    if mapping.integration_table:
        yield from dataverse_match(name, mapping, files)
        return
    fields = [_fields_of(one) for one in files if one.table == mapping.table]
    there = set.intersection(*fields)
    allowed = [one for one in mapping.propose_match or () if set(one) <= there]
    yield f"{name}:"
    if not allowed:
        yield "  match: []  # LOOK: its files have no columns in common that would tell"
        return
    first, *others = map(flow_list, allowed)
    yield f"  match: {first}"
    if others:
        yield from indented(comment(f"or {', '.join(others)}"), 2)


def _with_dataverse(pack: Pack, local: str, companies: Companies) -> Iterator[str]:
    delivered = {table.table for one in companies.values() for table in one.tables}
    only = [name for name, one in pack.mappings.items() if _sides(one) <= delivered]
    (integration,) = (name for name in companies if name != local)
    yield from dataverse_link(local, integration, only)


def _sides(mapping: MappingSettings) -> set[str]:
    """The tables of a mapping on both sides."""
    return {table for table in (mapping.table, mapping.integration_table) if table}


def _fields_of(one: Delivered) -> set[str]:
    return set(recognised(one.sample.header, one.schema).values())
