"""What people call the two sides of a link is said in one place, and reports take it from there."""

import re

import pytest

from mdsync_nb.model import Direction, LinkKind, TableMapping
from mdsync_nb.model.words import ANY, EVERY_WORDS, HOLDING, words_of
from mdsync_nb.reports.answered import answers
from mdsync_nb.reports.by_table import matrix
from mdsync_nb.reports.kinds_chart import KINDS, kinds, kinds_in
from mdsync_nb.reports.pieces.explained import explanation
from mdsync_nb.reports.reconciled import reconciliation
from mdsync_nb.reports.verdict import heading
from mdsync_nb.reports.waiting import worklist
from tests.conformance.pairs import Pairs

MASTER, DATAVERSE = LinkKind.MASTER_DATA, LinkKind.DATAVERSE
FROM, TO = Direction.FROM_INTEGRATION, Direction.TO_INTEGRATION


def step(kind, way):
    names = {"name": "L/M", "link": "L", "local": "A", "integration": "B"}
    tables = {"table": "T", "integration_table": "T", "fields": ()}
    return TableMapping(**names, **tables, kind=kind, direction=way).going(way)


@pytest.mark.parametrize(
    ("steps", "there", "here"),
    [
        ([], "the holding", "the subsidiary"),
        ([(MASTER, FROM)], "the holding", "the subsidiary"),
        ([(DATAVERSE, FROM)], "Dataverse", "the company"),
        ([(DATAVERSE, TO)], "the company", "Dataverse"),
        ([(DATAVERSE, FROM), (DATAVERSE, TO)], "the source", "the destination"),
        ([(DATAVERSE, FROM), (MASTER, FROM)], "the source", "the destination"),
    ],
)
def test_a_step_is_spoken_of_by_its_kind_and_direction(steps, there, here):
    words = words_of(step(*one) for one in steps)
    assert (words.there, words.here) == (there, here)


@pytest.mark.parametrize("words", EVERY_WORDS, ids=lambda one: one.there)
def test_kinds_of_differences_have_words_of_their_own_whatever_the_sides_are_called(words):
    said = [kind.word for kind in kinds_in(words)]
    assert len(set(said)) == len(KINDS)
    assert not any("{" in one for one in said)


def read(part):
    """What people read of a part of a page."""
    return re.sub(r"(?s)<style.*?</style>|<[^>]*>", " ", part._repr_html_())


def differing(tmp_path):
    p = Pairs(tmp_path)
    p.synced("A")
    p.local.put("Client", "A", Name="Ours")
    p.int.put("account", "A", Name="Theirs")
    p.local.put("Client", "B", Name="B")
    p.load()
    return p


def test_a_report_of_dataverse_speaks_of_dataverse(tmp_path):
    p = differing(tmp_path)
    found = p.bench.compare()
    parts = (worklist(found), heading(found), matrix(found), reconciliation(found), kinds(found))
    said = " ".join([*map(read, parts), *found.causes["step"]])
    told = read(explanation(p.bench.explain("CLIENT", "A")))
    for text in (said, told):
        assert "Dataverse" in text
        assert not any(word in text for word in ("holding", "ubsidiar"))


def test_decisions_are_read_back_whatever_the_sides_are_called(tmp_path):
    p = differing(tmp_path)
    assert words_of([]) is HOLDING is not ANY
    assert answers(p.bench.export_decisions(tmp_path / "waiting.xlsx")).is_empty()
