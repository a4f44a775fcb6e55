"""The verbs of the workbench that take over couplings of the product and mend them.

Each is a method of `Workbench`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from mdsync_nb.errors import UsageError

if TYPE_CHECKING:
    from mdsync_nb.workbench import Workbench


def import_couplings(self: Workbench, pairs: pl.DataFrame, *, unplaced: bool = False) -> list[int]:
    """Take over couplings from a list, as the product's coupling table exports them.

    pairs: `integration_id`, `local_id` and `mapping`, which may be blank where the table is not
    known (Table ID 0). unplaced: such pairs are kept, to be repaired. Gives the numbers of the
    jobs. Raises UsageError for a pair without a mapping that names a local record, unless
    unplaced; what `couple` raises. Source: semantics.md 3.2.
    """
    given = pairs.with_columns(pl.col("mapping", "local_id").fill_null(""))
    nowhere = given.filter(pl.col("mapping") == "")
    named = nowhere.filter(pl.col("local_id") != "")
    if named.height and not unplaced:
        raise UsageError(
            f"The mapping must be specified: the pair of {named['local_id'][0]} has none.",
            hint="Say its mapping, or take it over as unplaced and repair it.",
        )
    jobs = [self.store.couplings.keep_unplaced(nowhere, at=self._clock())] if nowhere.height else []
    for (name,), part in given.filter(pl.col("mapping") != "").group_by("mapping"):
        found = self.couple(str(name), pairs=part)
        jobs += [found.job] if found.job else []
    return jobs


def repair_couplings(self: Workbench, *, local_only: bool = False) -> tuple[int, int]:
    """Find the mapping of couplings that have none; gives how many, and how many were deleted.

    By the local record, else by the other one; what no table holds is deleted. local_only: only
    by the local record, and nothing is deleted. Source: semantics.md 3.3.
    """
    known = self.workspace.mappings.values()
    return self.store.couplings.repair(known, local_only=local_only, at=self._clock())
