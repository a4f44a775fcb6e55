"""How much memory a database may hold, so that a table of any size fits a machine of 6 GB."""

from __future__ import annotations

import duckdb

MEMORY = 2048
"""MiB a database may hold; what does not fit goes to disk. It is not all that a run needs: frames,
and what the engine takes for threads, come on top."""

UNITS = {"KiB": 2**-10, "MiB": 1, "GiB": 2**10, "TiB": 2**20}


def limit_memory(db: duckdb.DuckDBPyConnection, most: int = MEMORY) -> None:
    """Hold a database to so many MiB, or to less where it holds itself to less already."""
    usual = db.execute("select current_setting('memory_limit')").fetchall()[0][0]
    size, unit = str(usual).split()
    if float(size) * UNITS.get(unit, 0) > most:
        db.execute(f"set memory_limit = '{most}MiB'")
