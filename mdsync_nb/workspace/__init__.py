"""A workspace: what people set in mdsync.yaml, and how a new one is drafted from files."""

from mdsync_nb.workspace.draft import draft, init
from mdsync_nb.workspace.facts import product_tables, schema_of
from mdsync_nb.workspace.identity import fingerprint, hash_of
from mdsync_nb.workspace.opened import FILE, Workspace, open_workspace, settings_file

__all__ = [
    "FILE",
    "Workspace",
    "draft",
    "fingerprint",
    "hash_of",
    "init",
    "open_workspace",
    "product_tables",
    "schema_of",
    "settings_file",
]
