"""The store: one DuckDB file, many short visits. SQL lives here, and none of it decides."""

from mdsync_nb.store.applying import Ready, StepFacts
from mdsync_nb.store.couples import NewCouplings
from mdsync_nb.store.images import Image
from mdsync_nb.store.plans import StoredPlan
from mdsync_nb.store.reading import PairsWanted, Reading
from mdsync_nb.store.store import Store

__all__ = [
    "Image",
    "NewCouplings",
    "PairsWanted",
    "Reading",
    "Ready",
    "StepFacts",
    "Store",
    "StoredPlan",
]
