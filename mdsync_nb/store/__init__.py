"""The store: one DuckDB file, many short visits. SQL lives here, and none of it decides."""

from mdsync_nb.store.applying import Applying, FilesWritten
from mdsync_nb.store.candidates import PairsWanted
from mdsync_nb.store.couples import NewCouplings
from mdsync_nb.store.earlier import Standing, Then
from mdsync_nb.store.flow import FROM, TO, Flow, flow_of
from mdsync_nb.store.images import Image
from mdsync_nb.store.judging import StepFacts
from mdsync_nb.store.loads import Arrival
from mdsync_nb.store.plans import StoredPlan
from mdsync_nb.store.pretending import Pretending
from mdsync_nb.store.queue import QUEUE_LOG, Queue, Taken
from mdsync_nb.store.reading import Reading
from mdsync_nb.store.store import Store
from mdsync_nb.store.together import CoupledBy, Together
from mdsync_nb.store.writing import Ready

__all__ = [
    "FROM",
    "QUEUE_LOG",
    "TO",
    "Applying",
    "Arrival",
    "CoupledBy",
    "FilesWritten",
    "Flow",
    "Image",
    "NewCouplings",
    "PairsWanted",
    "Pretending",
    "Queue",
    "Reading",
    "Ready",
    "Standing",
    "StepFacts",
    "Store",
    "StoredPlan",
    "Taken",
    "Then",
    "Together",
    "flow_of",
]
