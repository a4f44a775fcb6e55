"""Where the shipped notebooks and the demo are: in the installed package, or beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from mdsync_nb.errors import CouldNotRun

PACKAGE = Path(__file__).parent
IN_A_CHECKOUT = {"notebooks": "notebooks", "demo": "data/demo"}


def shipped(what: Literal["notebooks", "demo"]) -> Path:
    """Give the folder of the shipped notebooks, or of the demo's exports.

    Raises CouldNotRun when the library was installed without them.
    """
    places = (PACKAGE / "_shipped" / what, PACKAGE.parent / IN_A_CHECKOUT[what])
    found = next((place for place in places if place.is_dir()), None)
    if found is None:
        raise CouldNotRun(
            f"The {what} that come with mdsync are not installed.",
            hint="Install mdsync-nb again: `pip install --force-reinstall mdsync-nb`.",
        )
    return found
