"""What a run cost after its imports: wall and CPU seconds, peak memory; said as one JSON line."""

from __future__ import annotations

import json
import resource
import sys
import time
from dataclasses import dataclass, field


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


@dataclass
class Measured:
    """A stopwatch for time, CPU of all threads, and the process's peak memory."""

    wall: float = field(default_factory=time.perf_counter)
    cpu: float = field(default_factory=_cpu)

    def taken(self) -> dict[str, float]:
        """Give what was used since the start: seconds, and MiB at the peak of the process."""
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return {
            "wall": time.perf_counter() - self.wall,
            "cpu": _cpu() - self.cpu,
            "memory": peak / (2**20 if sys.platform == "darwin" else 2**10),
        }


def say(mode: str, taken: dict[str, float], **found: object) -> None:
    """Print one JSON line with what was used and found."""
    print(json.dumps({"mode": mode, **taken, **found}))
