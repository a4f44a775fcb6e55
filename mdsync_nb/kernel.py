"""The kernel that notebooks run in: this Python, whatever kernels the machine has installed.

A kernel named python3 may belong to another environment, or there may be none at all. Imported
only when a notebook runs.
"""

from __future__ import annotations

import os
import sysconfig
from pathlib import Path
from subprocess import DEVNULL
from typing import Any

from ipykernel.kernelspec import RESOURCES, get_kernel_dict
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from traitlets import default
from zmq import has

DEBUG = "MDSYNC_DEBUG"


class OwnKernelSpecs(KernelSpecManager):
    """Knows one kernel under every name: the Python that asks."""

    def find_kernel_specs(self) -> dict[str, str]:
        """Give the name of the kernel and where its pictures are."""
        return {"python3": RESOURCES}

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:  # noqa: ARG002
        """Give the kernel of this Python; the name does not matter."""
        quiet = ["--log-level=CRITICAL"]
        return KernelSpec(**get_kernel_dict(extra_arguments=quiet), env=_environment())


class OwnKernel(AsyncKernelManager):
    """Starts this Python as the kernel of a notebook."""

    @default("kernel_spec_manager")
    def _own_kernel_specs(self) -> Any:
        return OwnKernelSpecs(parent=self)

    @default("transport_encryption")
    def _encrypted_where_possible(self) -> str:
        return "auto" if has("curve") else "disabled"

    async def start_kernel(  # type: ignore[override,unused-ignore]
        self, **asked: Any
    ) -> None:
        """Start it. What it says besides its cells is for who looks for a fault."""
        silent = {} if os.environ.get(DEBUG) else {"stdout": DEVNULL, "stderr": DEVNULL}
        await super().start_kernel(**{**silent, **asked})


def library_path() -> dict[str, str]:
    """What a Python of this environment needs in its environment to find this library."""
    place = str(Path(__file__).parents[1])
    if place in (sysconfig.get_path("purelib"), sysconfig.get_path("platlib")):
        return {}
    return {"PYTHONPATH": os.pathsep.join([place, *filter(None, [os.environ.get("PYTHONPATH")])])}


def _environment() -> dict[str, str]:
    """What the kernel needs to find this library, and to start without remarks."""
    found = {name: paths.replace("$", "$$") for name, paths in library_path().items()}
    return {"PYDEVD_DISABLE_FILE_VALIDATION": "1", **found}
