"""Evidence says what a criterion would do, which pairs are two firms, and who is there already."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mdsync_nb.core.evidence import (
    CONTRADICTIONS,
    EVIDENCE,
    best_proposal,
    contradictions,
    evidence,
)
from mdsync_nb.core.likeness import LADDER, LOOK_ALIKES, look_alikes
from mdsync_nb.model import Field, FieldType, TableSchema

LONG = {"VAT": "VAT Registration No.", "Reg": "Registration Number", "Post": "Post Code"}
NAMES = ("VAT Registration No.", "Registration Number", "GLN", "Name", "Post Code", "E-Mail")
SCHEMA = TableSchema(
    table="Customer",
    key=("No.",),
    fields=(Field(name="No.", type=FieldType.CODE), *(Field(name=name) for name in NAMES)),
)
NO_PAIRS = pl.DataFrame(schema={"source_id": pl.String, "destination_id": pl.String})


def rows(drawn: str) -> tuple[list[str], list[list[str]]]:
    lines = [line for line in drawn.splitlines() if line.strip()]
    head, *body = [[cell.strip() for cell in line.split("|")] for line in lines]
    return [LONG.get(name, name) for name in head], body


def records(drawn: str) -> pl.DataFrame:
    """Records drawn as a table: `key` (also the id and No.), fields, `coupled` or `filter`."""
    head, body = rows(drawn)
    columns = {name: [row[at] or None for row in body] for at, name in enumerate(head)}
    keys = columns.pop("key")
    coupled, in_filter = columns.pop("coupled", None), columns.pop("filter", None)
    texts = pl.DataFrame(
        {"_id": keys, "_key": keys, "No.": columns.pop("No.", keys), **columns},
        schema_overrides=dict.fromkeys(["_id", "_key", "No.", *columns], pl.String),
    )
    return texts.with_columns(
        pl.Series("_coupled", [one == "yes" for one in coupled or keys], pl.Boolean),
        pl.Series("_in_filter", [one != "no" for one in in_filter or keys], pl.Boolean),
    )


def pairs(*both: tuple[str, str]) -> pl.DataFrame:
    return pl.DataFrame(both, schema=NO_PAIRS.schema, orient="row")


def found_alike(source: pl.DataFrame, local: pl.DataFrame, taken: pl.DataFrame = NO_PAIRS):
    return look_alikes(source, local, SCHEMA, taken=taken)


def assert_alike(found: pl.DataFrame, drawn: str) -> None:
    _, expected = rows(drawn)
    shown = found.select("key", "destination_key", "reason").rows()
    assert shown == [tuple(row) for row in expected]


SOURCE = records("""
    key | VAT | Name     | Post
    10  | DK1 | Havblik  | 8000
    20  | DK2 | Skerry   | 8100
    30  | DK3 | Sundvik  | 8200
    40  | DK4 | Polarlys | 8300
    50  | DK5 | Old      | 8400
""")
LOCAL = records("""
    key | No. | VAT | Name      | Post
    L1  | 10  | DK1 | Havblik   | 8000
    L2  | 20  | DK2 | Skerry    | 8100
    L3  | 30  | FR7 | Corail    | 0630
    L4  | 90  | DK3 | Sundvik   | 8200
    L5  | 91  | DK4 | Polarlys  | 8300
    L6  | 92  | DK4 | Polarlys2 | 8300
""")


def test_evidence_says_what_each_criterion_would_do_best_first():
    proposals = [("No.",), ("VAT Registration No.",), ("Name", "Post Code"), ("GLN",)]
    found = evidence(SOURCE, LOCAL, proposals, SCHEMA)
    shown = found.drop("fields", "share").rows()
    _, expected = rows("""
        criterion            | records | matched | ambiguous | unmatched | taken | contradicting | usable
        Name + Post Code     | 5       | 4       | 0         | 1         | 0     | 0             | yes
        No.                  | 5       | 3       | 0         | 2         | 0     | 1             | no
        VAT Registration No. | 5       | 3       | 1         | 1         | 0     | 0             | no
    """)
    assert [tuple(str(one) for one in row[:-1]) for row in shown] == [
        tuple(e[:-1]) for e in expected
    ]
    assert found["usable"].to_list() == [row[-1] == "yes" for row in expected]
    assert found["share"].to_list() == pytest.approx([0.8, 0.6, 0.6])
    assert found.schema == pl.Schema(EVIDENCE)
    assert best_proposal(found) == ("Name", "Post Code")


def test_the_order_of_the_proposals_decides_between_equals():
    same = records("""
        key | VAT | Name
        10  | DK1 | Havblik
    """)
    for proposals in ([("Name",), ("No.",)], [("No.",), ("Name",)]):
        assert best_proposal(evidence(same, same, proposals, SCHEMA)) == proposals[0]


def test_what_is_coupled_or_outside_the_filter_is_no_evidence():
    source = records("""
        key | Name    | coupled | filter
        10  | Havblik | yes     | yes
        20  | Skerry  | no      | no
        30  | Sundvik | no      | yes
    """)
    found = evidence(source, source.with_columns(_coupled=False), [("Name",)], SCHEMA)
    assert found.select("records", "matched").row(0) == (1, 1)


def test_nothing_is_proposed_when_nothing_matches_or_nothing_is_exported():
    other = records("""
        key | Name
        X   | Nobody
    """)
    found = evidence(SOURCE, other, [("Name",), ("No.",), ("GLN",)], SCHEMA)
    assert found["matched"].to_list() == [0, 0]
    assert best_proposal(found) is None
    assert best_proposal(evidence(SOURCE, other, [("GLN",)], SCHEMA)) is None


def test_one_ambiguous_record_in_a_hundred_is_still_usable():
    names = pl.Series("Name", [f"Firm {at}" for at in range(100)])
    source = pl.DataFrame(names).with_columns(
        _id="Name", _key="Name", _coupled=pl.lit(False), _in_filter=pl.lit(True)
    )
    once_more = pl.concat([source, source.head(1).with_columns(_id=pl.lit("again"))])
    twice_more = pl.concat([source, source.head(2).with_columns(_id="Name" + pl.lit(" again"))])
    assert best_proposal(evidence(source, once_more, [("Name",)], SCHEMA)) == ("Name",)
    assert best_proposal(evidence(source, twice_more, [("Name",)], SCHEMA)) is None


@pytest.mark.parametrize(
    ("there", "here", "contradicting"),
    [
        ("DK1 | Havblik | 8000", "FR7 | Corail | 0630", NAMES[:1] + NAMES[3:5]),
        ("DK1 | Havblik | 8000", "FR7 | Corail | 8000", ()),
        ("DK1 | Havblik | 8000", "FR7 | Havblik | 0630", ()),
        ("DK1 | Havblik | 8000", "FR7 | Corail |", ("VAT Registration No.", "Name")),
        ("DK1 | Havblik | 8000", "    | Corail |", ()),
        ("    | Havblik | 8000", "    | Corail | 0630", ("Name", "Post Code")),
        ("DK 1 | Åse & Søn A/S |", "dk-1 | Corail |", ()),
        ("DK1 | Åse-Lund A/S |", "FR7 | ase lund as |", ()),
        ("DK1 | Großhandel |", "FR7 | GROSSHANDEL |", ()),
        (" - | Havblik | 8000", "FR7 | Corail | 0630", ("Name", "Post Code")),
        ("DK1 | हिल |", "FR7 | हल |", ("VAT Registration No.", "Name")),
    ],
)
def test_a_pair_is_two_firms_when_all_that_both_sides_know_differs(there, here, contradicting):
    source, local = (
        records(f"key | VAT | Name | Post\n{key} | {rest}")
        for key, rest in (("10", there), ("L1", here))
    )
    found = contradictions(pairs(("10", "L1")), source, local)
    assert found.schema == pl.Schema(CONTRADICTIONS)
    assert found["fields"].to_list() == ([list(contradicting)] if contradicting else [])


def test_only_fields_that_both_sides_exported_can_contradict():
    one, two = pairs(("10", "L3")), pairs(("10", "L3"), ("20", "L2"))
    assert contradictions(one, SOURCE, LOCAL.drop("Name", "Post Code")).height == 0
    assert contradictions(one, SOURCE, LOCAL.drop(*NAMES, strict=False)).height == 0
    assert contradictions(two, SOURCE, LOCAL)["source_id"].to_list() == ["10"]
    assert contradictions(two, SOURCE, LOCAL, ["Name"]).height == 0


def test_a_new_record_looks_like_the_one_it_shares_most_with():
    source = records("""
        key | VAT | Reg | GLN | Name     | Post | E-Mail
        10  | D1  |     |     | Kessler  | 4000 |
        20  |     | R2  |     | Ostmark  | 4100 |
        30  |     |     | G3  | Tern     | 4200 |
        40  |     |     |     | Quai SAS | 4300 | q@quai.example
        50  |     |     |     | Solo     | 4400 | s@solo.example
        60  |     |     |     | Solo Two | 4500 | two@solo.example
        70  |     |     |     | Alone    | 4600 |
    """)
    local = records("""
        key | VAT | Reg | GLN | Name      | Post | E-Mail
        L1  | D1  |     |     | Other     | 1    |
        L2  | d-1 |     |     | KESSLER   | 4000 |
        L3  |     | R2  |     | Ostmark X | 4100 |
        L4  |     |     | G3  | Seagull   | 9    |
        L5  |     |     |     | Quai, SAS | 4300 | Q@QUAI.example
        L6  |     |     |     | Solo      | 4400 |
        L7  |     |     |     | Solo two  |      | two@solo.example
        L8  |     |     |     | Alone     | 9999 |
        L9  |     |     |     |           | 4600 |
    """)
    found = found_alike(source, local)
    assert_alike(
        found,
        """
        key | there | reason
        10  | L2    | same VAT number, name and post code
        20  | L3    | same registration number and post code
        30  | L4    | same GLN
        40  | L5    | same name, post code and e-mail
        50  | L6    | same name and post code
        60  | L7    | same name and e-mail
        """,
    )
    assert found.schema == pl.Schema(LOOK_ALIKES)
    assert [LADDER[at] for at in found["strength"]] == [tuple(one) for one in found["fields"]]


def test_look_alikes_are_one_to_one_first_with_first():
    source = records("""
        key | VAT
        30  | D1
        10  | D1
        20  | D1
    """)
    local = records("""
        key | VAT
        L2  | D1
        L1  | D1
    """)
    assert_alike(
        found_alike(source, local),
        """
        key | there | reason
        10  | L1    | same VAT number
        20  | L2    | same VAT number
        """,
    )


def test_a_rejected_pair_does_not_look_alike_and_its_records_meet_others():
    there = records("key | Name | Post\n10 | A | 1\n20 | A | 1\n30 | B | 2")
    here = records("key | Name | Post\nL1 | A | 1\nL2 | A | 1\nL3 | B | 2")
    apart = pairs(("10", "L1"), ("30", "L3"))
    found = look_alikes(there, here, SCHEMA, taken=NO_PAIRS, rejected=apart)
    assert_alike(
        found,
        """
        key | like | reason
        10  | L2   | same name and post code
        20  | L1   | same name and post code
        """,
    )


@given(
    st.sets(st.tuples(st.integers(1, 4), st.integers(1, 4))), st.integers(1, 4), st.integers(1, 4)
)
def test_who_may_look_alike_does_and_never_by_a_rejected_pair(apart, there, here):
    source = records("key | Name | Post\n" + "\n".join(f"{n} | A | 1" for n in range(1, there + 1)))
    local = records("key | Name | Post\n" + "\n".join(f"{n} | A | 1" for n in range(1, here + 1)))
    rejected = pairs(*sorted((str(a), str(b)) for a, b in apart))
    found = look_alikes(source, local, SCHEMA, taken=NO_PAIRS, rejected=rejected)
    met = set(found.select("source_id", "destination_id").rows())
    assert not met & set(rejected.rows())
    assert len({a for a, _ in met}) == len({b for _, b in met}) == len(met)
    alone = [set(map(str, range(1, most + 1))) for most in (there, here)]
    alone = [alone[0] - {a for a, _ in met}, alone[1] - {b for _, b in met}]
    assert all((a, b) in set(rejected.rows()) for a in alone[0] for b in alone[1])


def test_the_stronger_likeness_goes_before_the_earlier_key():
    source = records("""
        key | VAT | Name
        10  | D1  | Other
        20  | D1  | Havblik
    """)
    local = records("""
        key | VAT | Name
        L1  | D1  | Havblik
    """)
    assert found_alike(source, local)["key"].to_list() == ["20"]


def test_who_has_a_counterpart_or_is_not_wanted_looks_like_nobody():
    source = records("""
        key | VAT | coupled | filter
        10  | D1  | yes     | yes
        20  | D2  | no      | no
        30  | D3  | no      | yes
        40  | D4  | no      | yes
        50  | D5  | no      | yes
    """)
    local = records("""
        key | VAT | coupled | filter
        L1  | D1  | no      | yes
        L2  | D2  | no      | yes
        L3  | D3  | yes     | yes
        L4  | D4  | no      | yes
        L5  | D5  | no      | no
    """)
    assert found_alike(source, local)["key"].to_list() == ["40", "50"]
    assert found_alike(source, local, pairs(("40", "L9")))["key"].to_list() == ["50"]
    assert found_alike(source, local, pairs(("99", "L4")))["key"].to_list() == ["50"]


def test_blanks_and_signs_are_like_nothing():
    source = records("""
        key | VAT | Name | Post
        10  |     |      |
        20  | --- | &    | 8000
    """)
    assert found_alike(source, source).height == 0


def test_fields_that_one_side_or_the_table_lacks_are_not_used():
    assert_alike(
        found_alike(SOURCE, LOCAL.drop("VAT Registration No.")).head(1),
        """
        key | there | reason
        10  | L1    | same name and post code
        """,
    )
    bare = TableSchema(table="Currency", key=("No.",), fields=SCHEMA.fields[:1])
    assert look_alikes(SOURCE, LOCAL, bare, taken=NO_PAIRS).height == 0
    assert found_alike(SOURCE, LOCAL.select("_id", "_key", "_coupled")).height == 0


FIRMS = st.lists(st.tuples(*[st.sampled_from(["a", "b", None])] * 3), max_size=6)


@given(FIRMS, FIRMS)
def test_nobody_stays_alone_beside_somebody_who_looks_alike(there, here):
    columns = ["VAT Registration No.", "Name", "Post Code"]
    source, local = (
        pl.DataFrame(firms, schema=dict.fromkeys(columns, pl.String), orient="row").with_columns(
            *(pl.Series(name, [str(at) for at in range(len(firms))]) for name in ("_id", "_key")),
            _coupled=pl.lit(False),
            _in_filter=pl.lit(True),
        )
        for firms in (there, here)
    )
    found = found_alike(source, local)
    assert found["source_id"].is_unique().all()
    assert found["destination_id"].is_unique().all()
    alone = [one for at, one in enumerate(there) if str(at) not in found["source_id"]]
    free = [one for at, one in enumerate(here) if str(at) not in found["destination_id"]]
    assert not [
        (a, b)
        for a in alone
        for b in free
        if (a[0] and a[0] == b[0]) or (all(a[1:]) and a[1:] == b[1:])
    ]
