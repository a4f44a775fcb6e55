"""What runs and loads left behind about a mapping: why the next run finds what it finds."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from mdsync_nb.store.images import Image
from mdsync_nb.store.reading import Reading
from mdsync_nb.store.sql import key_text, quoted

RUNS = "kind in ('modified', 'full') and status = 'finished'"


def last_runs(reading: Reading, mapping: str, *, most: int = 2) -> list[dict[str, object]]:
    """The newest runs of a mapping that ended, newest first: `job_id`, `started_at` (UTC),
    `settings_hash`, and `did`, how many records were written or failed."""
    return reading.frame(
        f"""select job_id, started_at, settings_hash, inserted + modified + deleted + failed as did
        from job where mapping = $m and {RUNS} order by job_id desc limit {most}""",
        m=mapping,
    ).to_dicts()


def agreed_otherwise(
    reading: Reading, mapping: str, source: Image, fingerprint: int
) -> pl.DataFrame:
    """The pairs that last agreed under other field mappings: `fingerprint`, `key`."""
    return reading.frame(
        f"""select c.fingerprint, coalesce({key_text(source.key_fields, "s.")}, c.integration_id)
            as key from coupling c
        left join {source.relation} s on s._key_hash = c.integration_key_hash
        where c.mapping = $m and c.integration_row_hash is not null and c.fingerprint <> $f
        order by c.fingerprint""",
        m=mapping,
        f=fingerprint,
    )


def longest(reading: Reading, image: Image, fields: Sequence[str]) -> dict[str, int]:
    """The characters of the longest text in each of these fields; 0 where all are blank."""
    if not fields:
        return {}
    lengths = ", ".join(f"max(length({quoted(one)}::varchar))" for one in fields)
    found = reading.frame(f"select {lengths} from {image.relation}").row(0)
    return dict(zip(fields, (int(one or 0) for one in found), strict=True))


def not_tried(reading: Reading, mapping: str) -> tuple[int, int]:
    """How many pairs a mapping has, and how many of them no run tries: held, or set aside."""
    rows = reading.frame(
        """select count(*), count(*) filter (skipped or integration_key_hash in
            (select integration_key_hash from hold where mapping = $m))
        from coupling where mapping = $m""",
        m=mapping,
    ).rows()
    return int(rows[0][0]), int(rows[0][1])


def entries(reading: Reading) -> pl.DataFrame:
    """The recurring job queue entries by mapping: `mapping`, `status`, `attempts`, `message`,
    `due_since`. due_since: a start (UTC) more than a day before the newest load, null otherwise."""
    return reading.frame(
        """select mapping, status, attempts, message, case when status = 'ready'
            and earliest_start < (select max(loaded_at) from load) - interval 1 day
            then earliest_start end as due_since
        from queue_entry where kind = 'recurring' order by mapping"""
    )


def refusal(reading: Reading, company: str, table: str) -> str:
    """Why the newest load of a table was refused, so that an older one is in force, or none; blank
    when it was not."""
    newest = reading.frame(
        """select message from (select message, seq from load where company = $c and "table" = $t
        order by load_id desc limit 1) where seq is null""",
        c=company,
        t=table,
    )
    return str(newest["message"][0]) if newest.height else ""
