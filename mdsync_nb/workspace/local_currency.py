"""The local currency of a company, where one of its files says it."""

from __future__ import annotations

from mdsync_nb.workspace.guess import Guess
from mdsync_nb.workspace.recognise import NUMBERED_COLUMN, letters
from mdsync_nb.workspace.sample import Sample, rows_of

SAYS_IT = "lcycode"
LONGEST = 10


def local_currencies(sample: Sample, file: str, *, company: str) -> dict[str, Guess]:
    """Give the local currency of each company in a file, with the column that says it.

    It is the LCY Code of General Ledger Setup. company: the column that names the company, or
    blank; then there is one, called "". A company of which a file says two currencies has none.
    """
    column = next((one for one in sample.header if _says_it(one)), "")
    if not column:
        return {}
    said: dict[str, set[str]] = {}
    asked = [*filter(None, [company]), column]
    for *whose, text in rows_of(sample.path, sample.sheet, asked):
        if text.strip():
            said.setdefault("".join(whose), set()).add(text.strip().upper())
    only = {name: codes.pop() for name, codes in said.items() if len(codes) == 1}
    why = f"{column} in {file}"
    return {name: Guess(code, why) for name, code in only.items() if len(code) <= LONGEST}


def _says_it(column: str) -> bool:
    numbered = NUMBERED_COLUMN.fullmatch(column)
    return letters(numbered[1] if numbered else column) == SAYS_IT
