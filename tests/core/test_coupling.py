"""Coupling finds the one counterpart, or says why there is none."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mdsync_nb.core.coupling import EVERY, match, that_meet, told_by_outcome
from mdsync_nb.core.criteria import in_words
from mdsync_nb.errors import UnknownName, UsageError
from mdsync_nb.frames import MATCHES
from mdsync_nb.model import Field, FieldType, MatchField, TableSchema

SCHEMA = TableSchema(
    table="Customer",
    key=("No.",),
    fields=(
        Field(name="No.", type=FieldType.CODE),
        Field(name="Name", type=FieldType.TEXT),
        Field(name="VAT", type=FieldType.TEXT),
        Field(name="City", type=FieldType.TEXT),
        Field(name="Zone", type=FieldType.CODE),
        Field(name="Since", type=FieldType.DATE),
        Field(name="Limit", type=FieldType.DECIMAL, blank_is_zero=True),
        Field(name="Days", type=FieldType.INTEGER),
    ),
)


def rows(drawn: str) -> tuple[list[str], list[list[str]]]:
    lines = [line for line in drawn.splitlines() if line.strip()]
    head, *body = [[cell.strip() for cell in line.split("|")] for line in lines]
    return head, body


def records(drawn: str) -> pl.DataFrame:
    """Records drawn as a table: `key`, fields, and `coupled` or `filter` where they matter."""
    head, body = rows(drawn)
    columns = {name: [row[at] or None for row in body] for at, name in enumerate(head)}
    keys = columns.pop("key")
    coupled, in_filter = columns.pop("coupled", None), columns.pop("filter", None)
    return pl.DataFrame(
        {
            "_id": keys,
            "_key": keys,
            "_coupled": [one == "yes" for one in coupled or keys],
            "_in_filter": [one != "no" for one in in_filter or keys],
            **columns,
        },
        schema_overrides={
            **dict.fromkeys(["_id", "_key", *columns], pl.String),
            **dict.fromkeys(["_coupled", "_in_filter"], pl.Boolean),
        },
    )


def by(*criteria: str) -> list[MatchField]:
    """Criteria as `Name`, `Name 2` (priority) or `Name 1 exactly` (case)."""
    found = []
    for one in criteria:
        field, priority, exactly = [*one.split(), "1", ""][:3] if " " in one else (one, "1", "")
        found.append(MatchField(field=field, priority=int(priority), case_sensitive=bool(exactly)))
    return found


def outcomes(found: pl.DataFrame) -> list[tuple[str, str, str, str]]:
    shown = found.with_columns(pl.col("destination_id").fill_null(""))
    return shown.select("key", "outcome", "destination_id", "reason").rows()


def assert_matched(found: pl.DataFrame, drawn: str) -> None:
    _, expected = rows(drawn)
    assert outcomes(found) == [tuple(row) for row in expected]


def test_a_record_is_coupled_with_the_only_one_that_has_the_same():
    source = records("""
        key | VAT  | Name
        10  | DK1  | Havblik
        20  | DK2  | Skerry
        30  | DK3  | Sundvik
        40  | DK9  | Polarlys
    """)
    local = records("""
        key | VAT  | Name
        L1  | DK1  | Havblik
        L2  | DK2  | Other
        L3  | DK3  | Sundvik
        L4  | DK3  | Sundvik
    """)
    assert_matched(
        match(source, local, by("VAT", "Name"), SCHEMA),
        """
        key | outcome   | counterpart | reason
        10  | match     | L1          | only one record has the same VAT and Name
        20  | unmatched |             | no record has the same VAT and Name
        30  | ambiguous |             | 2 records have the same VAT and Name
        40  | unmatched |             | no record has the same VAT and Name
        """,
    )


def test_rejected_records_are_neither_found_nor_counted():
    source = records("""
        key | Name | City
        10  | Same | Ulm
        20  | Same | Ulm
        30  | Once | Ulm
        40  | Gone | Bonn
        50  | Pair | Bonn
    """)
    local = records("""
        key | Name | City | coupled
        L1  | Same | Ulm  | no
        L2  | Same | Ulm  | no
        L3  | Once | Ulm  | no
        L4  | Gone | Bonn | yes
        L5  | Pair | Bonn | no
        L6  | Pair | Ulm  | no
    """)
    rejected = pl.DataFrame(
        [("10", "L1"), ("30", "L3"), ("40", "L4"), ("50", "L5"), ("20", "L3")],
        schema={"source_id": pl.String, "destination_id": pl.String},
        orient="row",
    )
    found = match(source, local, by("Name 1", "City 2"), SCHEMA, rejected=rejected)
    assert_matched(
        found,
        """
        key | outcome   | counterpart | reason
        10  | match     | L2          | only one record has the same Name, besides 1 that was rejected
        20  | ambiguous |             | 2 records have the same Name and City
        30  | unmatched |             | no record has the same Name, besides 1 that was rejected
        40  | unmatched |             | no record has the same Name, besides 1 that was rejected
        50  | match     | L6          | only one record has the same Name, besides 1 that was rejected
        """,
    )
    assert found.filter(key="30")["candidates"].to_list() == [[]]


def test_no_record_is_counted_twice_among_the_outcomes():
    told = told_by_outcome(
        match(records("key | Name\n10 |\n20 | A"), records("key | Name\nL1 |"), by("Name"), SCHEMA)
    )
    assert told.filter(pl.col("records") > 0).select(
        "outcome", "records", "blank", "examples"
    ).rows() == [
        ("match", 1, 1, ["10"]),
        ("unmatched", 1, 0, ["20"]),
    ]
    assert told["outcome"].to_list() == list(EVERY)


def test_the_frame_keeps_its_contract_and_names_the_candidates():
    source = records("""
        key | Name
        10  | Same
    """)
    local = records("""
        key | Name
        L7  | Same
        L1  | Same
        L5  | Same
        L3  | Same
        L2  | same
        L6  | SAME
        L4  | Same
    """)
    found = match(source, local, by("Name"), SCHEMA, mapping="DE/CUSTOMER")
    assert found.schema == pl.Schema(MATCHES)
    assert found.row(0, named=True) == {
        "mapping": "DE/CUSTOMER",
        "source_id": "10",
        "destination_id": None,
        "key": "10",
        "outcome": "ambiguous",
        "reason": "7 records have the same Name",
        "priority": 1,
        "candidates": ["L1", "L2", "L3", "L4", "L5"],
        "candidate_keys": ["L1", "L2", "L3", "L4", "L5"],
        "records": 7,
        "blank": False,
    }


def test_a_coupled_record_of_an_earlier_group_does_not_count_once_a_later_one_leaves_it_out():
    source = records("""
        key | Name | City
        10  | Same | Ulm
    """)
    local = records("""
        key | Name | City | coupled
        L1  | Same | Bonn | yes
        L2  | Same | Ulm  | no
    """)
    found = match(source, local, by("Name 1", "City 2"), SCHEMA)
    assert found.select("outcome", "destination_id").row(0) == ("match", "L2")


def test_candidates_are_told_by_their_ids_and_by_the_keys_people_know():
    source = records("""
        key | Name
        10  | Same
    """)
    local = records("""
        key | Name
        L2  | Same
        L1  | Same
    """).with_columns(_id=pl.lit("id of ") + pl.col("_key"))
    found = match(source, local, by("Name"), SCHEMA)
    assert found["candidates"].to_list() == [["id of L1", "id of L2"]]
    assert found["candidate_keys"].to_list() == [["L1", "L2"]]


def test_a_later_group_narrows_an_earlier_one():
    source = records("""
        key | Name   | City
        10  | Alpha  | Kiel
        20  | Beta   | Kiel
        30  | Gamma  | Kiel
        40  | Delta  | Kiel
        50  | Single | Kiel
    """)
    local = records("""
        key | Name   | City
        L1  | Alpha  | Kiel
        L2  | Alpha  | Bonn
        L3  | Beta   | Bonn
        L4  | Beta   | Bonn
        L5  | Gamma  | Kiel
        L6  | Gamma  | Kiel
        L7  | Single | Bonn
        L8  | Other  | Kiel
    """)
    found = match(source, local, by("Name", "City 2"), SCHEMA)
    assert_matched(
        found,
        """
        key | outcome   | counterpart | reason
        10  | match     | L1          | only one record has the same Name and City
        20  | unmatched |             | 2 records have the same Name, but none of them the same City
        30  | ambiguous |             | 2 records have the same Name and City
        40  | unmatched |             | no record has the same Name
        50  | match     | L7          | only one record has the same Name
        """,
    )
    assert found["priority"].to_list() == [2, 2, 2, 1, 1]
    assert found["records"].to_list() == [1, 2, 2, 0, 1]
    assert found["candidates"].to_list() == [["L1"], ["L3", "L4"], ["L5", "L6"], [], ["L7"]]


def test_what_an_earlier_group_did_not_find_stays_not_found():
    source = records("""
        key | VAT | City
        10  | DK1 | Kiel
    """)
    local = records("""
        key | VAT | City
        L1  | DK2 | Kiel
    """)
    found = match(source, local, by("VAT", "City 2"), SCHEMA)
    assert outcomes(found) == [("10", "unmatched", "", "no record has the same VAT")]
    assert found["priority"].item() == 1


def test_groups_are_asked_by_priority_however_they_are_written():
    source = records("""
        key | Name  | City
        10  | Alpha | Kiel
    """)
    local = records("""
        key | Name  | City
        L1  | Alpha | Bonn
        L2  | Beta  | Kiel
        L3  | Gamma | Kiel
    """)
    found = match(source, local, by("City 7", "Name 0"), SCHEMA)
    assert found.select("outcome", "destination_id", "priority").row(0) == ("match", "L1", 0)


def test_the_first_in_key_order_takes_the_one_that_several_find():
    source = records("""
        key   | Name  | City
        10300 | Alpha | Bonn
        10200 | Alpha | Kiel
        10250 | ALPHA | Rome
    """)
    local = records("""
        key | Name
        L1  | Alpha
    """)
    assert_matched(
        match(source, local, by("Name"), SCHEMA),
        """
        key   | outcome | counterpart | reason
        10200 | match   | L1          | only one record has the same Name
        10250 | taken   | L1          | the one that matches was taken by 10200, which comes first
        10300 | taken   | L1          | the one that matches was taken by 10200, which comes first
        """,
    )


def test_records_that_are_narrowed_to_the_same_one_are_served_in_key_order():
    source = records("""
        key | Name  | City
        20  | Alpha | Kiel
        10  | Alpha | Kiel
    """)
    local = records("""
        key | Name  | City
        L1  | Alpha | Kiel
        L2  | Alpha | Bonn
    """)
    found = match(source, local, by("Name", "City 2"), SCHEMA)
    assert [row[:3] for row in outcomes(found)] == [("10", "match", "L1"), ("20", "taken", "L1")]


def test_a_local_record_that_is_coupled_is_taken_but_still_counts():
    source = records("""
        key | Name
        10  | Alpha
        20  | Beta
    """)
    local = records("""
        key | Name  | coupled
        L1  | Alpha | yes
        L2  | Beta  | yes
        L3  | Beta  | no
    """)
    assert_matched(
        match(source, local, by("Name"), SCHEMA),
        """
        key | outcome   | counterpart | reason
        10  | taken     | L1          | the one that matches is already coupled with another record
        20  | ambiguous |             | 2 records have the same Name
        """,
    )


def test_a_source_record_that_is_coupled_is_listed_and_takes_nothing():
    source = records("""
        key | Name  | coupled
        10  | Alpha | yes
        20  | Alpha | no
    """)
    local = records("""
        key | Name
        L1  | Alpha
    """)
    found = match(source, local, by("Name"), SCHEMA)
    assert [row[:3] for row in outcomes(found)] == [("10", "coupled", ""), ("20", "match", "L1")]
    assert found.select("priority", "candidates", "records").row(0) == (None, None, None)


def test_what_is_outside_a_filter_is_neither_looked_at_nor_found():
    source = records("""
        key | Name  | filter
        10  | Alpha | no
        20  | Beta  | yes
    """)
    local = records("""
        key | Name  | filter
        L1  | Alpha | yes
        L2  | Beta  | no
        L3  | Beta  | yes
    """)
    found = match(source, local, by("Name"), SCHEMA)
    assert [row[:3] for row in outcomes(found)] == [("20", "match", "L3")]


def test_a_blank_equals_a_blank_and_counts_as_a_condition():
    source = records("""
        key | VAT | Name
        10  |     |
        20  |     | Alpha
        30  | DK3 | Beta
    """)
    one = records("""
        key | VAT | Name
        L1  |     |
        L2  |     | Alpha
        L3  |     | Beta
    """)
    assert_matched(
        match(source, one, by("VAT", "Name"), SCHEMA),
        """
        key | outcome   | counterpart | reason
        10  | match     | L1          | only one record has a blank VAT and Name too
        20  | match     | L2          | only one record has the same VAT and Name
        30  | unmatched |             | no record has the same VAT and Name
        """,
    )
    assert_matched(
        match(source, one, by("VAT"), SCHEMA),
        """
        key | outcome   | counterpart | reason
        10  | ambiguous |             | 3 records have a blank VAT too
        20  | ambiguous |             | 3 records have a blank VAT too
        30  | unmatched |             | no record has the same VAT
        """,
    )
    nobody = one.filter(pl.col("VAT").is_not_null())
    reasons = match(source, nobody, by("VAT"), SCHEMA)["reason"].to_list()
    assert reasons == ["no record has a blank VAT too"] * 2 + ["no record has the same VAT"]


def test_an_empty_text_is_as_blank_as_null():
    source = records("""
        key | VAT
        10  |
    """)
    local = source.with_columns(VAT=pl.lit(""), _id=pl.lit("L1"))
    assert match(source, local, by("VAT"), SCHEMA)["destination_id"].item() == "L1"


@pytest.mark.parametrize(
    ("criterion", "there", "here", "outcome"),
    [
        ("Name", "Åse", "åSE", "match"),
        ("Name 1 exactly", "Åse", "åse", "unmatched"),
        ("Name 1 exactly", "Åse", "Åse", "match"),
        ("Name", "A*", "Alpha", "unmatched"),
        ("Name", "Alpha", "Alpha ", "unmatched"),
        ("Zone", "de", "DE", "match"),
        ("Since", date(2026, 1, 1), date(2026, 1, 1), "match"),
        ("Since", None, None, "match"),
        ("Since", None, date(2026, 1, 1), "unmatched"),
        ("Limit", Decimal("1.50"), Decimal("1.5"), "match"),
        ("Limit", None, Decimal("0"), "match"),
        ("Days", None, 0, "unmatched"),
        ("Days", None, None, "match"),
    ],
)
def test_values_are_compared_by_their_type(criterion, there, here, outcome):
    field = criterion.split()[0]
    kinds = {"Since": pl.Date, "Limit": pl.Decimal(38, 20), "Days": pl.Int64}
    source, local = (
        pl.DataFrame(
            {"_id": ["x"], "_key": ["x"], "_coupled": [False], "_in_filter": [True], field: [one]},
            schema_overrides={field: kinds.get(field, pl.String)},
        )
        for one in (there, here)
    )
    assert match(source, local, by(criterion), SCHEMA)["outcome"].to_list() == [outcome]


def test_nothing_on_either_side_is_no_error():
    nobody = records("key | Name")
    alpha = records("""
        key | Name
        10  | Alpha
    """)
    assert match(nobody, alpha, by("Name"), SCHEMA).height == 0
    assert match(alpha, nobody, by("Name"), SCHEMA)["outcome"].to_list() == ["unmatched"]


NAMES = st.lists(st.tuples(st.sampled_from(["a", "A", "b", None]), st.sampled_from(["x", "y"])))


@given(NAMES, NAMES, st.randoms())
def test_a_match_is_one_to_one_and_does_not_depend_on_the_order_of_rows(there, here, any_order):
    source, local = (
        pl.DataFrame(
            {
                "_id": [f"{side}{at}" for at in range(len(names))],
                "_key": [f"{at:03}" for at in range(len(names))],
                "Name": [name for name, _ in names],
                "City": [city for _, city in names],
            },
            schema_overrides={"Name": pl.String, "City": pl.String},
        ).with_columns(_coupled=pl.lit(False), _in_filter=pl.lit(True))
        for side, names in (("s", there), ("l", here))
    )
    found = match(source, local, by("Name", "City 2"), SCHEMA)
    shuffled = match(
        source.sample(fraction=1, shuffle=True, seed=any_order.randrange(9)),
        local.sample(fraction=1, shuffle=True, seed=any_order.randrange(9)),
        by("Name", "City 2"),
        SCHEMA,
    )
    assert found.equals(shuffled)
    assert found["source_id"].to_list() == source["_id"].to_list()
    pairs = found.filter(pl.col("outcome") == "match")
    assert pairs["destination_id"].is_unique().all()
    assert [row[1:4] for row in pairs.select("key", "source_id", "destination_id").rows()] == [
        (one, only) for one, only in one_by_one(there, here)
    ]


def test_a_proposal_may_match_where_each_field_has_a_value_of_both_sides():
    source = records("""
        key | Name  | VAT | City | coupled | filter
        10  | Alpha |     | Oslo | no      | yes
        20  | Beta  | N2  | Rome | no      | yes
        30  | Gamma | N3  | Bern | yes     | yes
        40  | Delta | N4  | Bern | no      | no
    """)
    local = records("""
        key | Name  | VAT | City | coupled | filter
        X   | ALPHA |     | Oslo | no      | yes
        Y   | Ypsi  |     | Oslo | no      | yes
        Z   | Gamma | N3  | Bern | no      | yes
        W   | Beta  | N2  | Rome | no      | no
    """)
    may = {
        ("Name",): True,  # whatever its case
        ("VAT",): False,  # only blanks meet, and two local records are blank
        ("City",): False,  # Oslo is there twice
        ("Name", "VAT"): True,
        ("Name", "City"): True,
        ("No.",): False,  # not exported
        ("Name", "No."): False,
    }
    assert that_meet(source, local, list(may), SCHEMA) == [one for one, met in may.items() if met]
    assert that_meet(source.head(0), local, list(may), SCHEMA) == []


@given(NAMES, NAMES)
def test_what_does_not_meet_matches_nothing(there, here):
    source, local = (
        pl.DataFrame(
            {"Name": [name for name, _ in names], "City": [city for _, city in names]},
            schema={"Name": pl.String, "City": pl.String},
        )
        .with_row_index("_id")
        .with_columns(
            pl.col("_id").cast(pl.String),
            _key=pl.col("_id").cast(pl.String),
            _coupled=pl.lit(False),
            _in_filter=pl.lit(True),
        )
        for names in (there, here)
    )
    proposals = [("Name",), ("City",), ("Name", "City")]
    may = that_meet(source, local, proposals, SCHEMA)
    for one in proposals:
        found = match(source, local, by(*one), SCHEMA)
        assert one in may or "match" not in found["outcome"]


def one_by_one(there, here):
    """The product's loop, written as slowly as it is said."""
    taken = set()
    for at, (name, city) in enumerate(there):
        same = [
            i for i, other in enumerate(here) if (other[0] or "").lower() == (name or "").lower()
        ]
        same = same if len(same) == 1 else [i for i in same if here[i][1] == city]
        if len(same) == 1 and same[0] not in taken:
            taken.add(same[0])
            yield f"s{at}", f"l{same[0]}"


def test_without_criteria_it_says_which_are_usual():
    nobody = records("key | Name")
    with pytest.raises(UsageError, match="which fields of CUSTOMER are compared") as refused:
        match(nobody, nobody, [], SCHEMA, mapping="CUSTOMER", proposals=[("VAT", "Name"), ("No.",)])
    assert "VAT + Name; No." in refused.value.hint


def test_a_criterion_must_be_a_field_that_both_sides_exported_and_stand_once():
    source = records("key | Name | VAT")
    local = records("key | Name")
    with pytest.raises(UsageError, match="compares VAT, which the subsidiary did not export"):
        match(source, local, by("VAT"), SCHEMA)
    with pytest.raises(UsageError, match="compares Name twice"):
        match(source, local, by("Name 1 exactly", "Name 2"), SCHEMA)
    with pytest.raises(UnknownName, match="Nmae"):
        match(source, local, by("Nmae"), SCHEMA)


def test_fields_are_named_as_a_sentence_does():
    assert in_words(["Name"]) == "Name"
    assert in_words(["VAT", "Name", "City"]) == "VAT, Name and City"


def test_candidates_of_an_earlier_field_stay_where_the_next_finds_none_and_one_was_rejected():
    source = records("""
        key | Name | City
        10  | Same | Rome
    """)
    local = records("""
        key | Name | City | coupled
        L1  | Same | Ulm  | no
        L2  | Same | Ulm  | no
        L3  | Same | Ulm  | no
    """)
    rejected = pl.DataFrame(
        [("10", "L1")],
        schema={"source_id": pl.String, "destination_id": pl.String},
        orient="row",
    )
    found = match(source, local, by("Name 1", "City 2"), SCHEMA, rejected=rejected)
    assert None not in found["candidates"].item().to_list()
