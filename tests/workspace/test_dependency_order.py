"""A mapping comes after those it depends on, and otherwise where it was written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mdsync_nb.workspace.facts import PACKS
from mdsync_nb.workspace.order import in_dependency_order
from mdsync_nb.workspace.packs import pack_of


@pytest.mark.parametrize(
    ("written", "ordered"),
    [
        ("A B C", "A B C"),
        ("A<C B C", "B C A"),
        ("A<B B<C C", "C B A"),
        ("C A<C B", "C A B"),
        ("A<B B<A", "A B"),
        ("X<A A<B B<A Y", "A B X Y"),
        ("A<B B<C C<A,D D", "D A C B"),
        ("A<A B", "A B"),
        ("A<GONE B", "A B"),
        ("P<Q Q<P R<S S<R,P", "P Q R S"),
    ],
)
def test_names_are_ordered_by_what_they_wait_for(written, ordered):
    parts = [part.partition("<") for part in written.split()]
    graph = {name: [one for one in before.split(",") if one] for name, _, before in parts}
    assert " ".join(in_dependency_order(graph)) == ordered


NAMES = st.sampled_from("ABCDEFG")


@given(st.dictionaries(NAMES, st.lists(NAMES, max_size=3)))
def test_every_name_is_ordered_once_and_after_all_that_does_not_wait_for_it(graph):
    ordered = in_dependency_order(graph)
    assert sorted(ordered) == sorted(graph)
    needs = {name: reach(graph, name) for name in graph}
    for place, name in enumerate(ordered):
        late = set(ordered[place:]) & needs[name]
        assert all(name in needs[other] for other in late)


def reach(graph, name):
    found, ahead = set(), [name]
    while ahead:
        new = {one for one in graph[ahead.pop()] if one in graph} - found
        found |= new
        ahead += new
    return found


def test_the_default_mappings_go_from_dimensions_to_contacts():
    pack = pack_of("master_data", PACKS)
    ordered = in_dependency_order({name: one.depends_on for name, one in pack.mappings.items()})
    place = {name: number for number, name in enumerate(ordered)}
    assert ordered[0] == "BUSINESSRELATION"
    for name, mapping in pack.mappings.items():
        assert all(place[before] < place[name] for before in mapping.depends_on)


def test_a_mapping_between_two_others_orders_them_also_when_it_is_not_in_force(opened):
    workspace = opened("""
        companies: {HQ: {tables: {Payment Terms: p.csv, Country/Region: c.csv}}, DE: {}}
        links: {DE: {local: DE, integration: HQ}}
    """)
    assert list(workspace.mappings) == ["DE/COUNTRYREGION", "DE/PAYMENTTERMS"]
    assert workspace.mapping("PAYMENTTERMS").depends_on == ()


def test_a_circle_that_somebody_wrote_is_entered_at_its_first_mapping(opened):
    workspace = opened("""
        packs: []
        mappings:
          ONE: {table: Item, depends_on: [TWO]}
          TWO: {table: Vendor, depends_on: [THREE, ONE]}
          THREE: {table: Customer}
    """)
    ordered = [one.short for one in workspace.select("DE")]
    assert ordered == ["THREE", "ONE", "TWO"]
    assert workspace.mapping("DE/TWO").depends_on == ("THREE", "ONE")
