"""A workspace with targets, and a real server that answers as a test says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from mdsync_nb import notifying
from mdsync_nb.workbench import Workbench

SMALL = """
name: Group
companies:
  HQ: {folder: HQ, tables: {Thing: thing.csv}}
  DE: {folder: DE, tables: {Thing: thing.csv}}
tables:
  Thing: {key: No., fields: {No.: code(20)}}
links:
  DE: {local: DE, integration: HQ, mappings: {THING: {table: Thing}}}
"""


class Server:
    """A webhook on this machine: it keeps what it is sent, and answers one status after another.

    statuses: what it answers; the last one for ever. `hang` keeps a connection without an answer,
    `drip` answers letter by letter without an end.
    """

    def __init__(self) -> None:
        self.statuses: list[int | str] = [200]
        self.heard: list[dict[str, Any]] = []
        self.over = Event()
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.http.server_port}/secret-path"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                said = self.rfile.read(int(self.headers["Content-Length"]))
                server.heard.append(json.loads(said))
                many = len(server.statuses)
                status = server.statuses.pop(0) if many > 1 else server.statuses[0]
                if isinstance(status, int):
                    self.send_response(status)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                while not server.over.wait(0.05):
                    if status == "drip":
                        self.wfile.write(b"H")

            def log_message(self, *_: Any) -> None:
                pass

        return Handler


@pytest.fixture
def server() -> Iterator[Server]:
    """A webhook that was told nothing yet."""
    made = Server()
    Thread(target=made.http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield made
    made.over.set()
    made.http.shutdown()
    made.http.server_close()


class Night:
    """A workspace with a clock that a test turns."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.now = datetime(2026, 3, 1, 2)
        self.more: dict[str, object] = {}
        self.tell()

    def tell(self, **words: object) -> None:
        """Say in mdsync.yaml who is notified of what."""
        said = {**self.more, **({"notify": words} if words else {})}
        blocks = "".join(f"{name}: {json.dumps(one)}\n" for name, one in said.items())
        (self.root / "mdsync.yaml").write_text(SMALL + blocks, "utf-8")
        self.bench = Workbench(self.root, clock=lambda: self.now, progress=False)

    def later(self, **time: int) -> None:
        self.now += timedelta(**time)

    def ends(
        self,
        *,
        entry_id: int = 1,
        mapping: str = "DE/THING",
        notebook: str = "",
        failing: bool | None = None,
        waiting: int | None = None,
        message: str = "",
    ) -> int:
        """An entry ended: in error, well, or with another attempt before it; gives how many
        notices were noted."""
        status = {True: ("error", "error"), False: ("ready", "success"), None: ("ready", "error")}
        of_entry, of_run = status[failing]
        with self.bench.store.file.visit(write=True) as db:
            log_id = db.execute("select nextval('queue_seq')").fetchall()[0][0]
            db.execute("delete from queue_entry where entry_id = ?", [entry_id])
            db.execute(
                """insert into queue_entry (entry_id, mapping, notebook, status, message, log_id)
                values (?, ?, ?, ?, ?, ?)""",
                [entry_id, mapping, notebook, of_entry, message, log_id],
            )
            db.execute(
                "insert into queue_log (log_id, entry_id, status) values (?, ?, ?)",
                [log_id, entry_id, of_run],
            )
            if waiting is not None:
                db.execute("insert into job (queue_log, waiting) values (?, ?)", [log_id, waiting])
        bench = self.bench
        return notifying.note_outcomes(bench.store, bench.workspace, at=self.now)

    def deliver(self, **limits: float) -> list[tuple[bool, str]]:
        """Deliver what is due; gives for each attempt whether it arrived, and why not."""
        bench = self.bench
        tried = notifying.deliver(bench.store, bench.workspace, self.now, **limits)
        return list(tried.select("sent", "error").iter_rows())

    def listed(self, *columns: str) -> list[tuple[Any, ...]]:
        return self.bench.notifications().select(*columns).rows()


@pytest.fixture
def night(tmp_path: Path) -> Night:
    """A workspace that tells nobody yet."""
    return Night(tmp_path)
