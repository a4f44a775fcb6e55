"""The doors everybody goes through: what the engine needs of a workbench to run several verbs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from mdsync_nb.engine.matched import Matched
from mdsync_nb.engine.planning import Plan
from mdsync_nb.engine.running import Applied
from mdsync_nb.store import Store
from mdsync_nb.workspace import Workspace


class Verbs(Protocol):
    """What running the lines needs of a workbench: the same doors everybody goes through."""

    @property
    def workspace(self) -> Workspace:
        """What people set."""

    @property
    def store(self) -> Store:
        """What is kept."""

    def match(self, mapping: str) -> Matched:
        """Show which records belong together."""

    def couple(self, mapping: str) -> Matched:
        """Couple them."""

    def plan(
        self,
        *mappings: str,
        full: bool = False,
        records: Sequence[str] = (),
        direction: str | None = None,
        force: bool = False,
        create: bool = False,
        keep_creating: bool = True,
    ) -> Plan:
        """Decide what a run would write."""

    def read_plan(self, plan_id: str) -> Plan:
        """Give a kept plan."""

    def apply(self, plan_id: str, *, force: bool = False) -> list[Applied]:
        """Apply a plan."""

    def generate_entries(self, *mappings: str) -> list[int]:
        """Make the recurring job queue entries that are missing."""
