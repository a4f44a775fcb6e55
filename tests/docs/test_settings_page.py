"""docs/settings.md names every word of mdsync.yaml with its type and default, and no other word."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from types import NoneType
from typing import Any, Literal, get_args, get_origin

import pytest
from pydantic.fields import FieldInfo

sys.path.insert(0, str(Path(__file__).parent))
from docs_pages import bare, blocks, read, tables

from mdsync_nb.model import FieldType, Pack, WorkspaceSettings
from mdsync_nb.model.base import Settings
from mdsync_nb.workspace import open_workspace, product_tables
from mdsync_nb.workspace.facts import type_of

PAGE = read("docs/settings.md")
WORDS = tables(PAGE, "words of")


def parts_of(annotation: Any) -> Iterator[Any]:
    """A type and all types in it."""
    yield annotation
    for one in get_args(annotation):
        yield from parts_of(one)


def models(first: type[Settings]) -> dict[str, type[Settings]]:
    """The settings that can stand somewhere below one, by name."""
    found = {first.__name__: first}
    for info in first.model_fields.values():
        for one in parts_of(info.annotation):
            if isinstance(one, type) and issubclass(one, Settings) and one.__name__ not in found:
                found |= models(one)
    return found


ALL = models(WorkspaceSettings) | models(Pack)


def word_of(name: str, info: FieldInfo) -> str:
    return info.alias or name


def default_of(model: str, info: FieldInfo) -> str:
    """A default as the page says it."""
    if info.is_required():
        return "needed"
    default = info.get_default(call_default_factory=True)
    if default is None:
        return "the company's" if model == "TableFile" else "as before"
    return "see" if isinstance(default, Settings) else value_of(default)


def value_of(default: object) -> str:
    """A value as the page says it."""
    if isinstance(default, bool):
        return "yes" if default else "no"
    if isinstance(default, float):
        return f"{default:.0%}"
    if isinstance(default, (dict, tuple)):
        return ", ".join(default) or "none"
    return str(default) or "blank"


def members_of(info: FieldInfo) -> set[str]:
    """The words a closed list allows, none for anything else."""
    parts = list(parts_of(info.annotation))
    if any(one in (dict, tuple, str) for one in parts if one is not NoneType):
        return set()
    enums = [one for one in parts if isinstance(one, type) and issubclass(one, StrEnum)]
    literals = [one for one in parts if get_origin(one) is Literal]
    named = [str(one) for kind in enums for one in kind]
    return {*named, *(str(one) for kind in literals for one in get_args(kind))}


def test_every_kind_of_settings_has_its_table() -> None:
    assert set(WORDS) == set(ALL)


@pytest.mark.parametrize("name", sorted(ALL))
def test_no_word_is_missing_and_none_is_invented(name: str) -> None:
    said = [bare(row[0]) for row in WORDS[name]]
    there = [word_of(field, info) for field, info in ALL[name].model_fields.items()]
    assert sorted(said) == sorted(there)
    assert len(said) == len(set(said))


@pytest.mark.parametrize("name", sorted(ALL))
def test_defaults_are_what_the_library_takes(name: str) -> None:
    said = {bare(row[0]): bare(row[2]) for row in WORDS[name]}
    for field, info in ALL[name].model_fields.items():
        shown = said[word_of(field, info)]
        right = default_of(name, info)
        assert shown.startswith("see [") if right == "see" else shown == right, field


@pytest.mark.parametrize("name", sorted(ALL))
def test_closed_lists_name_all_their_words(name: str) -> None:
    said = {bare(row[0]): row[1] for row in WORDS[name]}
    for field, info in ALL[name].model_fields.items():
        members = members_of(info)
        if members:
            shown = {bare(one) for one in said[word_of(field, info)].split(", `")}
            assert shown == members, field


@pytest.mark.parametrize("name", sorted(ALL))
def test_every_word_has_a_meaning(name: str) -> None:
    assert all(len(row) == 4 and row[3].endswith(".") for row in WORDS[name]), name


def test_the_example_is_a_workspace(tmp_path: Path) -> None:
    example = next(one.text for one in blocks(PAGE) if one.kind == "yaml")
    (tmp_path / "mdsync.yaml").write_text(example, "utf-8")
    opened = open_workspace(tmp_path)
    assert list(opened.mappings) == ["BRANCH/PAYMENTTERMS"]


def test_every_type_of_a_field_is_named_and_can_be_written() -> None:
    table = PAGE[PAGE.index("| Type | Holds |") :].split("\n\n")[0]
    lines = [line.strip("|").split(" | ")[0] for line in table.splitlines()[2:]]
    written = [bare(one) for line in lines for one in line.split("`, `")]
    assert {one.partition("(")[0] for one in written} == set(FieldType)
    assert all(type_of(one) is not None for one in written)


def test_the_number_of_known_tables_is_right() -> None:
    assert f"The fields of {len(product_tables())} tables" in PAGE
