"""What `mdsync lab` does before JupyterLab is there; that is started in the other tests here."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from mdsync_nb.errors import UsageError
from mdsync_nb.lab import lay_out
from mdsync_nb.shipped import shipped

NOTEBOOKS = {one.name for one in shipped("notebooks").glob("*.ipynb")}


def test_a_workspace_opens_on_the_first_notebook_and_gets_those_it_lacks(demo_copy: Path) -> None:
    own = demo_copy / "notebooks" / "00_start_here.ipynb"
    own.write_text("mine", "utf-8")
    (demo_copy / "notebooks" / "04_what_waits_and_why.ipynb").unlink()
    laid = lay_out(demo_copy / "notebooks", None)
    assert (laid.root, laid.notebook) == (demo_copy, own.name)
    assert own.read_text("utf-8") == "mine"
    assert {one.name for one in (demo_copy / "notebooks").glob("*.ipynb")} >= NOTEBOOKS


def test_a_folder_without_settings_opens_on_the_notebook_that_makes_them(tmp_path: Path) -> None:
    laid = lay_out(tmp_path, None)
    assert laid.notebook == "10_how_do_i_set_up_a_folder.ipynb"
    assert (tmp_path / "notebooks" / laid.notebook).is_file()


def test_a_port_that_is_taken_is_said_and_a_free_one_is_found(demo_copy: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=f"Port {port} is taken"):
            lay_out(demo_copy, port)
    assert lay_out(demo_copy, port).port == port


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="There is no folder"):
        lay_out(tmp_path / "nowhere", None)
