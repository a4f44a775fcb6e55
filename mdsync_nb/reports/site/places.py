"""Where the pages of the site lie: names made of numbers and hashes, never of values of records."""

from __future__ import annotations

import posixpath
import re
from hashlib import sha256
from urllib.parse import quote

from mdsync_nb.engine.overview import Record

RUNS, FRONT = "index.html", "front.html"
WORKLIST, BOOK = "worklist.xlsx", "site.xlsx"
SIGNS = 40
"""Letters of a mapping's name that go into a file name; its hash tells it from others."""


def table_page(mapping: str) -> str:
    """Give the place of a mapping's page."""
    plain = re.sub(r"[^a-z0-9]+", "-", mapping.casefold()).strip("-")[:SIGNS]
    return f"tables/{plain}-{_hash(mapping, 8)}.html"


def job_page(job_id: int) -> str:
    """Give the place of a job's page."""
    return f"jobs/{int(job_id)}.html"


def record_page(record: Record) -> str:
    """Give the place of a record's page."""
    return f"records/{_hash(chr(0).join(one or '' for one in record), 20)}.html"


def csv_of(page: str, name: str) -> str:
    """Give the place of the CSV file of a table that stands on a page."""
    return f"csv/{page.removesuffix('.html').replace('/', '-')}-{name}.csv"


def link(page: str, place: str) -> str:
    """Give the address of a place as a page links to it."""
    return quote(posixpath.relpath(place, posixpath.dirname(page) or "."))


def _hash(text: str, signs: int) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:signs]
