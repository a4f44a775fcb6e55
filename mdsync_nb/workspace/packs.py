"""The packs a workspace starts from: shipped ones by name, its own as files."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from mdsync_nb.model import Pack, TransformationRule
from mdsync_nb.workspace.document import Document, read_document
from mdsync_nb.workspace.facts import PACKS
from mdsync_nb.workspace.reading import read_as

TRANSFORMATIONS = "transformations"
"""The file of the product's own transformation rules: no pack to choose, always there."""

NO_PACKS = (f"{TRANSFORMATIONS}.yaml", "errors.yaml")


def shipped_packs() -> list[str]:
    """The names of the packs that come with the workbench."""
    return sorted(
        file.name.removesuffix(".yaml")
        for file in PACKS.iterdir()
        if file.name.endswith(".yaml") and file.name not in NO_PACKS
    )


def is_own(name: str) -> bool:
    """True for a pack that is a file of the workspace (`packs: [ours.yaml]`)."""
    return name.endswith((".yaml", ".yml"))


def is_known(name: str, root: Path) -> bool:
    """True when there is such a pack."""
    return (root / name).is_file() if is_own(name) else name in shipped_packs()


def pack_of(name: str, root: Path) -> Pack:
    """Give a pack that is known.

    Raises SettingsError naming the pack's own file for what is wrong in it.
    """
    return read_as(Pack, own_document(name, root)) if is_own(name) else _shipped(name)


def own_document(name: str, root: Path) -> Document:
    """Give the document of a pack that is a file of the workspace."""
    return read_document(root / name, name)


def product_rules() -> dict[str, TransformationRule]:
    """The transformation rules the product comes with, by their codes (semantics.md 12)."""
    return _shipped(TRANSFORMATIONS).transformations


@cache
def _shipped(name: str) -> Pack:
    return read_as(Pack, read_document(PACKS / f"{name}.yaml", f"pack {name}"))
