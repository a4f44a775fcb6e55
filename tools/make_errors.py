"""Write docs/errors.md: every known error, as the catalogue has it.

    python tools/make_errors.py            write docs/errors.md
    python tools/make_errors.py --print    print it

The entries are read from mdsync_nb/packs/errors.yaml; the prose stands in PAGE below.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import fill

from mdsync_nb.engine.diagnosing import UNKNOWN
from mdsync_nb.model.catalogue import KnownError
from mdsync_nb.workspace.catalogue import known_errors

PAGE_FILE = Path(__file__).parents[1] / "docs" / "errors.md"

WHO = {
    "users": "those who own the data",
    "set-up": "whoever keeps the set-up",
    "nobody": "nobody; it passes",
}

PAGE = """\
# Errors: what a message means and what to do

This page is printed from `mdsync_nb/packs/errors.yaml` by `tools/make_errors.py`; a test holds the
two equal. The catalogue knows the messages of this workbench by their [rules](rules.md), and those
that stand in logs of Business Central and Dataverse by their words.

## From an error to its end

```sh runs
mdsync errors --by message                 # No error stands
mdsync diagnose "Number of requests exceeded the limit of 6000"   # throttling; passes by itself
mdsync diagnose "It is raining"            # exits with 1; This message is not known
mdsync jobs --job 5 --only coupled         # 10001
mdsync history NORDIC/CUSTOMER 10250       # couple
mdsync bundle 5                            # job_5_NORDIC_CUSTOMER.zip
```

1. `mdsync errors` lists the errors that still stand, a line a record and message. `--by message`
   puts those together that differ only in numbers, names, ids and times: how many records, since
   when, the cause and what to do. `--real` leaves out what passes by itself, `--transient` shows
   nothing else. An error stands until a later job succeeds with its record.
2. `mdsync diagnose MESSAGE` says of any message what it means; `-` reads it from standard input,
   and `--job N` takes those of a job.
3. `mdsync jobs --job N --only failed` leads from a counter of a job to its records. Say `inserted`,
   `modified`, `deleted`, `skipped`, `waiting`, `stale`, `coupled` or `uncoupled` for the others.
4. `mdsync history MAPPING RECORD` has everything jobs did to one record, newest first.
5. `mdsync bundle JOB` writes a zip for somebody who is asked for help. It holds the job, its
   records, errors and tracebacks, the step of its plan with its values, its queue run with the
   notebook, the settings of its mapping, and versions. Other records and mappings are not in it,
   nor secrets, nor what masked fields hold; `README.txt` in it says so. Hiding goes by how things
   look, so read the files before you send them.

An error is *transient* when the next run may succeed without anybody doing anything: a lock, a
limit of requests, a time-out, a record that moved meanwhile. All others are *real*, and so is one
that nobody knows.

## The catalogue

{index}

{entries}

## What is not known

A message that no entry fits is said to be not known, with exit code 1.

{unknown}
"""


def page() -> str:
    """Give the text of docs/errors.md."""
    known = known_errors()
    rows = (
        f"| [`{name}`](#{name}) | {one.title} | {'transient' if one.transient else 'real'} "
        f"| {WHO[one.who]} |"
        for name, one in known.items()
    )
    index = "\n".join(["| Id | Error | Family | Who mends it |", "|---|---|---|---|", *rows])
    entries = "\n\n".join("\n".join(_entry(name, one)) for name, one in known.items())
    return PAGE.format(index=index, entries=entries, unknown=_wrapped(UNKNOWN["fix"]))


def _entry(name: str, one: KnownError) -> Iterator[str]:
    yield f"### {name}"
    yield ""
    yield f"{one.title}."
    yield ""
    yield "| | |"
    yield "|---|---|"
    yield f"| Why | {one.cause} |"
    yield f"| What to do | {one.fix} |"
    yield f"| How to see it | {one.verify} |"
    if one.rules:
        yield f"| Rules | {', '.join(f'`{rule}`' for rule in one.rules)} |"
    words = ", ".join(f"`{_cell(one)}`" for one in one.patterns)
    yield f"| Words | {words} |"


def _cell(pattern: str) -> str:
    r"""A pattern as it can stand in a table: a bar would end the cell."""
    return pattern.replace("|", "\\|")


def _wrapped(text: str) -> str:
    return fill(text, 100, break_on_hyphens=False)


def main() -> None:
    """Write the page, or print it with `--print`."""
    if "--print" in sys.argv:
        sys.stdout.buffer.write(page().encode("utf-8"))
    else:
        PAGE_FILE.write_text(page(), "utf-8", newline="\n")


if __name__ == "__main__":
    main()
