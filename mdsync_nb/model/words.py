"""What people call the two sides of a step: the one it reads and the one it writes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from mdsync_nb.model.kinds import LinkKind
from mdsync_nb.model.table_mapping import TableMapping


class SideWords(NamedTuple):
    """The words of a link. there, at: of the side that is read; here, within, lacking: of the side
    that is written. one, more: the companies that reports list side by side."""

    there: str
    at: str
    here: str
    within: str
    lacking: str
    one: str
    more: str

    def said(self, text: str) -> str:
        """Give a text with the words in place of `{there}`, `{at}` and so on."""
        return text.format(**self._asdict())

    @property
    def nouns(self) -> tuple[str, str]:
        """The two sides as they head a column: Holding, Subsidiary."""
        there, here = (one.removeprefix("the ") for one in (self.there, self.here))
        return there[:1].upper() + there[1:], here[:1].upper() + here[1:]


HOLDING = SideWords(
    "the holding", "at the holding", "the subsidiary", "in the subsidiary", "in a subsidiary",
    "subsidiary", "subsidiaries",
)  # fmt: skip
FROM_DATAVERSE = SideWords(
    "Dataverse", "in Dataverse", "the company", "in the company", "in the company",
    "company", "companies",
)  # fmt: skip
TO_DATAVERSE = SideWords(
    "the company", "in the company", "Dataverse", "in Dataverse", "in Dataverse",
    "company", "companies",
)  # fmt: skip
ANY = SideWords(
    "the source", "at the source", "the destination", "at the destination", "at the destination",
    "company", "companies",
)  # fmt: skip
"""Where several kinds of links or directions stand beside each other."""

EVERY_WORDS = (HOLDING, FROM_DATAVERSE, TO_DATAVERSE, ANY)


def words_of(steps: Iterable[TableMapping]) -> SideWords:
    """Give the words for these mappings, each as its step goes; those of a holding without any."""
    found = list(dict.fromkeys(map(_words_of, steps)))
    return found[0] if len(found) == 1 else ANY if found else HOLDING


def _words_of(step: TableMapping) -> SideWords:
    if step.kind is LinkKind.MASTER_DATA:
        return HOLDING
    return TO_DATAVERSE if step.comes_from_local else FROM_DATAVERSE
