"""The verb that says how every table stands."""

from __future__ import annotations

from mdsync_nb.cli import as_json
from mdsync_nb.cli.options import HERE, Folder, Json, Mappings, opened
from mdsync_nb.cli.terminal import table

TABLES = {
    "mapping": "Mapping",
    "state": "State",
    "coupled": "Coupled",
    "from_there": "Changed there",
    "waits": "Wait",
    "outcome": "Last job did",
    "last_at": "Ended (UTC)",
    "watermark": "Read up to (UTC)",
}
CHANGED_HERE = {"from_here": "Changed here"}
"""What is shown besides where a mapping also writes the integration side."""


def tables(mappings: Mappings = None, folder: Folder = HERE, json: Json = False) -> int:
    """Show how every table stands and what waits for a run.

    Changes are those no run has read yet. Exit code 1 when records wait for a person.

    \b
    Example:
      mdsync tables NORDIC
    """
    found = opened(folder).tables(*(mappings or ()))
    if json:
        as_json.give({"tables": found})
    else:
        two_ways = found["from_here"].null_count() < found.height
        columns = {**TABLES, **CHANGED_HERE} if two_ways else TABLES
        table(found, columns, none="No mapping is in force.")
    return 1 if found["waits"].sum() else 0
