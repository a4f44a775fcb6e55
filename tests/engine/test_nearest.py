"""The candidates of a record: the nearest first, with what speaks for and against each."""

import pytest

from mdsync_nb import frames
from mdsync_nb.errors import UnknownName, UsageError

NAME = "SUB/CUSTOMER"
BY_VAT = {"CUSTOMER": {"table": "Customer", "match": ["VAT Registration No."],
                       "local_filter": {"City": {"<>": "Ulm"}}}}  # fmt: skip


@pytest.fixture
def t(twins):
    found = twins(BY_VAT)
    found.hq.put("A", name="Müller & Söhne GmbH", vat="DE123456789", post="70173", city="")
    found.hq.put("B", name="Huber", vat="ATU7", post="", city="")
    found.sub.put("1", name="Söhne Mueller GmbH", vat="DE 123456798", post="70173", city="Ulm")
    found.sub.put("2", name="MÜLLER + SÖHNE, GMBH", vat="", post="99999", city="Bonn")
    found.sub.put("3", name="Huber", vat="ATU7", post="", city="Bonn")
    found.sub.put("4", name="Polarlys", vat="NO1", post="0150", city="Bonn")
    found.load()
    return found


def test_the_nearest_go_first_and_say_what_agrees_and_what_contradicts(t):
    found = t.bench.candidates(NAME, records=["A"])
    assert found.schema == frames.empty(frames.CANDIDATES).schema
    shown = found.select("rank", "candidate_key", "agree", "close", "contradict", "blank").rows()
    vat, post = "VAT Registration No.", "Post Code"
    assert shown == [
        (1, "1", [post], [vat, "Name"], [], []),
        (2, "2", ["Name"], [], [post], [vat]),
    ]
    first, second = found.to_dicts()
    assert 1 > first["similarity"] > second["similarity"] > 0.5
    assert (first["in_filter"], second["in_filter"], first["matches"]) == (False, True, False)
    assert first["record_name"] == "Müller & Söhne GmbH"
    assert (first["integration_id"], first["local_id"]) == (t.hq.id("A"), t.sub.id("1"))


def test_without_a_record_it_is_asked_of_those_that_found_none_for_certain(t):
    assert set(t.bench.candidates(NAME)["record_key"]) == {"A"}
    by_place = t.bench.candidates(NAME, criteria=["Post Code"], most=1)
    assert by_place.select("record_key", "candidate_key", "matches").rows() == [("A", "1", True)]


def test_a_record_of_the_subsidiary_finds_those_of_the_source_company(t):
    found = t.bench.candidates(NAME, records=[t.sub.id("1")])
    assert found.select("side", "candidate_key", "local_id").rows() == [
        ("local", "A", t.sub.id("1"))
    ]
    with pytest.raises(UnknownName):
        t.bench.candidates(NAME, records=["1"], side="integration")
    with pytest.raises(UsageError):
        t.bench.candidates(NAME, side="ours")
    with pytest.raises(UnknownName):
        t.bench.candidates(NAME, criteria=["Colour"])


def test_a_candidate_that_is_coupled_says_to_what(t):
    t.pair(NAME.partition("/")[2], A="2")
    found = t.bench.candidates(NAME, records=["A"])
    told = found.select("candidate_key", "coupled_id", "coupled_key").rows()
    assert told == [("1", None, None), ("2", t.hq.id("A"), "A")]


def test_both_values_of_each_compared_field_are_there(t):
    found = t.bench.candidates(NAME, records=["A"], most=1, values=True)
    assert found.schema == frames.empty(frames.CANDIDATE_VALUES).schema
    assert found.select("field", "record_value", "candidate_value", "says").rows() == [
        ("VAT Registration No.", "DE123456789", "DE 123456798", "close"),
        ("Name", "Müller & Söhne GmbH", "Söhne Mueller GmbH", "close"),
        ("Post Code", "70173", "70173", "agree"),
    ]


def test_nobody_is_shown_who_is_not_alike_enough(t):
    assert t.bench.candidates(NAME, records=["A"], at_least=0.8)["candidate_key"].to_list() == ["1"]
    assert t.bench.candidates(NAME, records=["A"], most=1).height == 1


def test_fields_that_no_setting_names_are_tried_and_nothing_is_coupled(t):
    found = t.bench.match(NAME, criteria=["Name"])
    counted = found.outcomes.filter(found.outcomes["records"] > 0)
    assert counted.select("outcome", "records", "examples").rows() == [
        ("match", 1, ["B"]),
        ("unmatched", 1, ["A"]),
    ]
    assert found.samples("unmatched")["reason"].to_list() == ["no record has the same Name"]
    assert t.bench.sql("select * from coupling").is_empty()


def test_without_anybody_or_anything_to_compare_there_are_no_candidates(twins):
    t = twins({"CUSTOMER": {"table": "Customer"}})
    t.sub.put("1", name="Havblik")
    t.load()
    assert t.bench.candidates(NAME).is_empty()
    assert t.bench.candidates(NAME, values=True).is_empty()
    t.hq.put("A", name="Havblik")
    t.hq.withheld = {"Name"}
    t.load()
    assert t.bench.candidates(NAME).is_empty()
