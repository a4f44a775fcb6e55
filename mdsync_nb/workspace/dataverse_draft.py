"""The lines of mdsync.yaml that keep a company and Dataverse in step, as far as files tell."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from mdsync_nb.model import FieldSettings, MappingSettings
from mdsync_nb.workspace.recognise import recognised
from mdsync_nb.workspace.survey import Delivered
from mdsync_nb.workspace.yaml_text import comment, flow_list, indented, quoted, remarked

DATAVERSE = "dataverse"
"""The pack, and the kind of the link."""

TELLING = ("E-Mail", "Phone No.", "Mobile Phone No.", "Name", "Surname")
"""Fields that tell records of a company and of Dataverse to be the same, the surest first."""

LINK = "# The company (local) and Dataverse are kept in step; a mapping says in which directions."
FIRST_SYNC = "what differs and nobody knows why waits; source_wins writes it"
ONLY = "the mappings whose tables were found on both sides"
UNLINKED = (
    "LOOK: {name} is Dataverse, and the files do not tell which company it belongs to. Link the "
    "two with {{kind: dataverse, local: ..., integration: {name}}}, and add the pack `dataverse`."
)


def dataverse_link(local: str, integration: str, only: Sequence[str]) -> Iterator[str]:
    """The block `links:` of one company and its Dataverse. only: the mappings whose tables both
    sides deliver."""
    yield LINK
    yield "links:"
    yield f"  {quoted(integration)}:"
    yield f"    kind: {DATAVERSE}"
    yield f"    local: {quoted(local)}"
    yield f"    integration: {quoted(integration)}"
    yield remarked("    first_sync: ask", FIRST_SYNC)
    if only:
        yield remarked(f"    only: {flow_list(only)}", ONLY)
    yield ""


def dataverse_unlinked(names: Collection[str]) -> Iterator[str]:
    """What is left to a person where there are several companies, or several of Dataverse."""
    for name in names:
        yield from comment(UNLINKED.format(name=name))


def dataverse_match(
    name: str, mapping: MappingSettings, files: Sequence[Delivered]
) -> Iterator[str]:
    """Criteria of a mapping whose fields the files of both sides have, the first one proposed."""
    held = {one.table: set(recognised(one.sample.header, one.schema).values()) for one in files}
    here, there = held[mapping.table or ""], held[mapping.integration_table or ""]
    said = mapping.fields if isinstance(mapping.fields, dict) else {}
    named = {
        local: one.integration for local, one in said.items() if isinstance(one, FieldSettings)
    }
    allowed = [one for one in TELLING if one in here and named.get(one) in there]
    yield f"{name}:"
    if not allowed:
        yield "  match: []  # LOOK: its files have no columns in common that would tell"
        return
    first, *others = (flow_list([one]) for one in allowed)
    yield f"  match: {first}"
    if others:
        yield from indented(comment(f"or {', '.join(others)}"), 2)
