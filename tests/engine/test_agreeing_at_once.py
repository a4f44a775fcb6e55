"""Pairs that hold the same when they are coupled have agreed; equal rows are not always equal."""

import pytest

BOTH = {"table": "Customer", "match": ["No."]}


@pytest.mark.parametrize(
    ("more", "currencies", "agreed"),
    [
        ({}, ("", ""), 3),
        ({"constants": {"Name": "Berta"}}, ("", ""), 1),
        ({"fields": {"Name": {"enabled": True, "integration": "City"}}}, ("", ""), 1),
        ({}, ("GBP", "EUR"), 2),
    ],
    ids=["the same rows", "a constant", "a field with another", "a blank currency"],
)
def test_equal_rows_have_agreed_unless_the_mapping_compares_something_else(
    twins, more, currencies, agreed
):
    t = twins({"CUSTOMER": {**BOTH, **more}}, currencies=currencies)
    t.both("A", name="Anna", city="Berta", currency="USD")
    t.both("B", name="Berta", city="Anna", currency="USD")
    t.both("C", name="Carla", city="Carla")
    if "fields" in more:
        expected = {"A": False, "B": False, "C": True}
    elif more:
        expected = {"A": False, "B": True, "C": False}
    else:
        expected = {"A": True, "B": True, "C": currencies == ("", "")}
    t.couple()
    found = {handle: t.coupling(handle)["agreed_seq"] is not None for handle in expected}
    assert found == expected
    assert sum(found.values()) == agreed == t.bench.status()["agreed"].item()


@pytest.mark.parametrize("withheld", ["", "City"])
def test_records_that_differ_in_one_field_have_not_agreed(twins, withheld):
    t = twins({"CUSTOMER": BOTH})
    t.both("A", name="Anna", city="Ulm")
    t.both("B", name="Berta", city="Ulm")
    t.sub.put("B", name="Bertha")
    if withheld:
        t.sub.withheld.add(withheld)
    t.load()
    t.pair("CUSTOMER", A="A", B="B")
    assert t.coupling("A")["agreed_seq"] is not None
    assert t.coupling("B")["agreed_seq"] is None


def test_equal_rows_have_not_agreed_where_a_rule_rewrites_them(twins):
    rule = {"fields": {"Name": {"enabled": True, "transformation": "UPPERCASE"}}}
    t = twins({"CUSTOMER": {**BOTH, **rule}})
    t.both("A", name="Anna")
    t.both("B", name="BERTA")
    t.couple()
    assert t.coupling("A")["agreed_seq"] is None
    assert t.coupling("B")["agreed_seq"] is not None
