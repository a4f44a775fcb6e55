"""JupyterLab in a workspace: opened on the notebook that fits, with this Python as its kernel."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from mdsync_nb.errors import CouldNotRun, UsageError
from mdsync_nb.shipped import shipped
from mdsync_nb.workspace import settings_file

START, SET_UP = "00_start_here.ipynb", "10_how_do_i_set_up_a_folder.ipynb"
FIRST_PORT, PORTS = 8888, 100
WORDS = (
    "--ServerApp.ip=localhost",
    "--ServerApp.port_retries=0",
    "--ServerApp.answer_yes=True",
    "--ServerApp.allow_root=True",
    "--Application.log_level=ERROR",
    "--ServerApp.kernel_spec_manager_class=mdsync_nb.kernel.OwnKernelSpecs",
)
"""It takes no kernel of another environment, and ends at Ctrl-C."""

Say = Callable[[str], None]


class Laid(NamedTuple):
    """What is served, which notebook is opened, and where it answers."""

    root: Path
    notebook: str
    port: int


def open_lab(folder: Path, *, port: int | None, browser: bool, say: Say) -> None:
    """Serve JupyterLab until it is ended with Ctrl-C. say: is told the address.

    Raises what `lay_out` raises, and CouldNotRun where JupyterLab does not run.
    """
    laid, token = lay_out(folder, port), secrets.token_urlsafe(24)
    page = f"/lab/workspaces/mdsync/tree/notebooks/{laid.notebook}?reset"
    say(f"http://localhost:{laid.port}{page}&token={token}")
    here = f"--ServerApp.root_dir={laid.root}", f"--ServerApp.port={laid.port}"
    words = [*here, f"--LabApp.default_url={page}", *WORDS, *([] if browser else ["--no-browser"])]
    _serve(words, laid.root, token)


def lay_out(folder: Path, port: int | None) -> Laid:
    """Put the shipped notebooks into the folder `notebooks`; what is there already stays as it is.

    A folder without mdsync.yaml begins with the notebook that makes it. Raises UsageError for a
    folder that is not there or a port that is taken, CouldNotRun where it cannot be written.
    """
    if not folder.is_dir():
        raise UsageError(
            f"There is no folder {folder}.", hint="Name the folder that holds the exports."
        )
    number, settings = _free(port), settings_file(folder)
    root = settings.parent if settings else folder.resolve()
    notebooks = root / "notebooks"
    try:
        notebooks.mkdir(exist_ok=True)
        for one in sorted(shipped("notebooks").glob("*.ipynb")):
            if not (notebooks / one.name).exists():
                shutil.copyfile(one, notebooks / one.name)
    except OSError as error:
        raise CouldNotRun(
            f"The notebooks cannot be written into {notebooks}: {error.strerror or error}.",
            hint="Mend what it says, or name a folder that can be written to.",
        ) from error
    return Laid(root, START if settings else SET_UP, number)


def _free(port: int | None) -> int:
    """The port that was asked for, or the first one that is free."""
    tried = range(FIRST_PORT, FIRST_PORT + PORTS) if port is None else (port,)
    found = next((one for one in tried if _is_free(one)), None)
    if found is None:
        raise UsageError(
            f"Port {tried[0]} is taken.", hint="Leave --port out, and a free one is found."
        )
    return found


def _is_free(port: int) -> bool:
    with socket.socket() as tried:
        if os.name == "posix":  # elsewhere it would let somebody have a port that is taken
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _serve(words: list[str], root: Path, token: str) -> None:
    """Run the server in this environment. Ctrl-C reaches it too: it ends by itself, waited for."""
    from mdsync_nb.kernel import library_path

    ours = [str(Path(__file__).parent), *filter(None, [os.environ.get("JUPYTER_CONFIG_PATH")])]
    environment = {
        **os.environ,
        **library_path(),
        "JUPYTER_TOKEN": token,
        "JUPYTER_CONFIG_PATH": os.pathsep.join(ours),
    }
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", *words], cwd=root, env=environment
    )
    try:
        code = server.wait()
    except KeyboardInterrupt:
        code = server.wait() and 0
    if code:
        raise CouldNotRun(
            f"JupyterLab ended with exit code {code}.", hint="What it said stands above."
        )
