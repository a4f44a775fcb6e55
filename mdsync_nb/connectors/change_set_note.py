"""The README.txt of a change set, for the person who imports it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Entry(NamedTuple):
    """One file of a change set; number: the place of its table in the order of dependencies."""

    file: str
    table: str
    action: str
    records: int
    number: int
    renames: bool


WORDS = {"insert": "to create", "modify": "to change", "delete": "to delete"}

CONTENT = """\
What is in the files
--------------------
- The layout and the column names are those of the files {name} delivered.
- An insert file holds new records.
- A modify file holds the key of each record and the columns that change in at least one of them.
  Every cell holds the value after the change, so importing a cell that does not change does no
  harm. Columns that are not there are to stay as they are.
- A delete file holds the keys of the records to delete. An import does not delete: do it by hand,
  or with a tool of your system, after everything else.
- An empty cell means blank: the field is to be emptied.
"""

RENAMES = """\
- Columns named "... (before)" hold the key a record has now; the column of the same name without
  "(before)" holds its new key. An import would create a second record: rename the record first.
"""

SPREADSHEETS = """\
Do not open the CSV files in a spreadsheet to check them
--------------------------------------------------------
The values are written exactly as they are, so that what is imported is what was decided. A
spreadsheet that opens a CSV file takes a text that begins with = + - or @ for a formula, turns
00010 into 10 and some texts into dates, and saves that. Look at them in a text editor, or import
them into the spreadsheet with every column as text.
"""

UNDOES = """\
They take back {undoes}.
Where those were imported, import these too. Where they were not, import neither.
"""

EXCEL = """\
About the Excel files
---------------------
Every cell is a text, also numbers and dates; no cell is a formula, whatever it begins with.
"""

PACKAGE = """\
Importing into Business Central: Configuration Packages, the package named in cell A1, Import from
Excel, then Apply. Import the files one after the other in the order above.
"""

AFTERWARDS = """\
Afterwards
----------
Export the tables again and run `mdsync load {company}`. It confirms what has arrived; what has
not is listed as not yet taken over.
"""


def note(
    name: str, company: str, entries: Sequence[Entry], layouts: Iterable[str], undoes: str = ""
) -> bytes:
    """Give the README.txt of a change set: what it is, in which order to import, what to mind.

    undoes: the job they take back, and its files.
    """
    kinds = set(layouts)
    content = CONTENT.format(name=name)
    if any(entry.renames for entry in entries):
        content += RENAMES
    parts = [_head(name), _order(entries), content]
    if undoes:
        parts.insert(1, UNDOES.format(undoes=undoes))
    if "text" in kinds:
        parts.append(SPREADSHEETS)
    if kinds & {"excel", "package"}:
        parts.append(EXCEL + (PACKAGE if "package" in kinds else ""))
    parts.append(AFTERWARDS.format(company=company))
    return "\n".join(parts).encode("utf-8")


def _head(name: str) -> str:
    title = f"Changes for {name}"
    return (
        f"{title}\n{'=' * len(title)}\n\n"
        f"These files hold what was decided for {name} and is still to be entered there. Writing\n"
        f"them changed nothing in {name}.\n"
    )


def _order(entries: Sequence[Entry]) -> str:
    """Give the files in the order they are to be imported, with their counts."""
    width = max(len(entry.file) for entry in entries)
    lines = [
        f"{number:>3}. {entry.file:<{width}}  {entry.records:,} "
        f"record{'' if entry.records == 1 else 's'} of {entry.table} {WORDS[entry.action]}"
        for number, entry in enumerate(entries, start=1)
    ]
    title = "Import in this order"
    return "\n".join([title, "-" * len(title), *lines, ""])
