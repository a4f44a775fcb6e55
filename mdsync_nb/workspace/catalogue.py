"""The catalogue of known errors that comes with the workbench."""

from __future__ import annotations

from functools import cache

from mdsync_nb.core.signatures import Cause
from mdsync_nb.model.catalogue import Catalogue as Kept
from mdsync_nb.model.catalogue import KnownError
from mdsync_nb.workspace.document import read_document
from mdsync_nb.workspace.facts import PACKS
from mdsync_nb.workspace.reading import read_as

ERRORS = "errors"
"""The file of the catalogue: no pack to choose, always there."""


@cache
def known_errors() -> dict[str, KnownError]:
    """Give every known error by its id, in the order in which they are asked."""
    return read_as(Kept, read_document(PACKS / f"{ERRORS}.yaml", f"pack {ERRORS}")).errors


@cache
def causes() -> tuple[Cause, ...]:
    """Give the known errors as messages are told by (`core.signatures.caused`)."""
    return tuple(
        Cause(name, one.rules, one.patterns, one.transient) for name, one in known_errors().items()
    )
