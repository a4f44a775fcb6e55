"""Mappings, companies and tables are found by the names people use for them."""

import pytest

from mdsync_nb.errors import UnknownName, UsageError

MAPPINGS = """
mappings:
  CONTACT: {enabled: no}
  TERRITORY: {table: Territory}
"""


@pytest.fixture
def workspace(opened):
    return opened(MAPPINGS)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("DE/CUSTOMER", "DE/CUSTOMER"),
        ("de/customer", "DE/CUSTOMER"),
        ("DE/CONTACT", "DE/CONTACT"),
    ],
)
def test_a_mapping_is_found_by_its_name_whatever_the_capitals(workspace, asked, found):
    assert workspace.mapping(asked).name == found


@pytest.mark.parametrize("asked", ["ITEM", "item", "Item"])
def test_a_short_name_or_table_will_do_when_only_one_link_has_it(opened, asked):
    workspace = opened("""
        companies: {HQ: {tables: {Customer: c.csv}}, DE: {}, FR: {}}
        links:
          DE: {local: DE, integration: HQ}
          FR: {local: FR, integration: HQ, mappings: {ITEM: {table: Item}}}
    """)
    assert workspace.mapping(asked).name == "FR/ITEM"


def test_a_short_name_that_two_links_have_comes_back_with_both(workspace):
    with pytest.raises(UnknownName) as raised:
        workspace.mapping("CUSTOMER")
    assert set(raised.value.known) == {"DE/CUSTOMER", "FR/CUSTOMER"}
    assert "DE/CUSTOMER" in raised.value.hint


def test_an_unknown_mapping_comes_back_with_those_like_it(workspace):
    with pytest.raises(UnknownName) as raised:
        workspace.mapping("DE/CUSTOMRE")
    assert raised.value.hint.startswith("Known: DE/CUSTOMER")


OF_EACH = ["CURRENCY", "CUSTOMER", "VENDOR", "TERRITORY"]
ALL = [f"{link}/{name}" for link in ("DE", "FR") for name in OF_EACH]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", ALL),
        ("DE/CUSTOMER", ["DE/CUSTOMER"]),
        ("CUSTOMER", ["DE/CUSTOMER", "FR/CUSTOMER"]),
        ("Customer", ["DE/CUSTOMER", "FR/CUSTOMER"]),
        ("FR", [one for one in ALL if one.startswith("FR/")]),
        ("fr/*", [one for one in ALL if one.startswith("FR/")]),
        ("*/VENDOR DE/CUSTOMER", ["DE/CUSTOMER", "DE/VENDOR", "FR/VENDOR"]),
        ("C*R", ["DE/CUSTOMER", "FR/CUSTOMER"]),
        ("*", ALL),
        ("DE/TERRITORY DE/CURRENCY", ["DE/CURRENCY", "DE/TERRITORY"]),
        ("CUSTOMER FR/CUSTOMER", ["DE/CUSTOMER", "FR/CUSTOMER"]),
    ],
)
def test_mappings_are_selected_by_name_table_link_or_pattern_in_their_order(
    workspace, asked, found
):
    assert [one.name for one in workspace.select(*asked.split())] == found


def test_a_table_whose_name_holds_a_slash_is_selected_too(opened):
    workspace = opened("mappings: {COUNTRYREGION: {match: [Code]}}")
    first, *_ = workspace.select("country/region", "FR")
    assert first.name == "DE/COUNTRYREGION"


def test_a_selection_that_fits_nothing_is_an_unknown_name(workspace):
    with pytest.raises(UnknownName):
        workspace.select("CUSTOMER", "XX/*")


def test_a_mapping_switched_off_is_found_but_not_selected(workspace):
    assert workspace.mapping("DE/CONTACT").enabled is False
    with pytest.raises(UsageError, match="switched off"):
        workspace.select("CONTACT")


def test_an_unknown_company_comes_back_with_those_there_are(workspace):
    assert workspace.company("HQ").currency == "GBP"
    with pytest.raises(UnknownName) as raised:
        workspace.company("H")
    assert raised.value.hint.startswith("Known: HQ")
