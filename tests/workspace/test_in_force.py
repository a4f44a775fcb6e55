"""The pack, the workspace and the link, one upon the other, make the mappings in force."""

import pytest

from mdsync_nb.model import Condition, FieldMapping, FirstSync, Limits, MatchField


def names(workspace):
    return list(workspace.mappings)


def field(mapping, name):
    found = [one for one in mapping.fields if one.local == name]
    assert len(found) <= 1
    return found[0] if found else None


def switched_on(mapping):
    return [one.local for one in mapping.fields if one.enabled]


def test_a_mapping_of_a_pack_is_in_force_where_one_of_the_companies_delivers_the_table(opened):
    assert names(opened()) == [
        "DE/CURRENCY",
        "DE/CUSTOMER",
        "DE/VENDOR",
        "DE/CONTACT",
        "FR/CURRENCY",
        "FR/CUSTOMER",
        "FR/VENDOR",
    ]


def test_a_mapping_that_a_person_wrote_is_in_force_without_any_file(opened):
    workspace = opened("""
        mappings: {POSTCODE: {match: [Code]}}
    """)
    assert workspace.settings.links["FR"].mappings == {}
    assert {"DE/POSTCODE", "FR/POSTCODE"} <= set(names(workspace))


def test_only_restricts_a_link_to_some_mappings(opened):
    workspace = opened("""
        companies: {HQ: {tables: {Customer: c, Vendor: v}}, DE: {}}
        links: {DE: {local: DE, integration: HQ, only: [VENDOR]}}
        mappings: {CUSTOMER: {match: [No.]}}
    """)
    assert names(workspace) == ["DE/VENDOR"]


def test_without_the_pack_there_is_no_mapping(opened):
    assert names(opened("packs:\n")) != []
    assert names(opened("packs: []")) == []
    assert names(opened("packs: item")) == ["DE/ITEM", "FR/ITEM"]


@pytest.mark.parametrize(
    ("workspace_says", "link_says", "in_force"),
    [
        ("", "", False),
        ("yes", "", True),
        ("", "yes", True),
        ("yes", "no", False),
        ("no", "yes", True),
    ],
)
def test_the_link_goes_before_the_workspace_and_the_workspace_before_the_pack(
    opened, workspace_says, link_says, in_force
):
    workspace = opened(f"""
        companies: {{HQ: {{tables: {{Customer: c.csv}}}}, DE: {{}}}}
        mappings: {{CUSTOMER: {{overwrite_local_change: {workspace_says}}}}}
        links:
          DE:
            local: DE
            integration: HQ
            mappings: {{CUSTOMER: {{overwrite_local_change: {link_says}}}}}
    """)
    assert workspace.mapping("CUSTOMER").overwrite_local_change is in_force


@pytest.mark.parametrize(
    ("said", "policy", "overwrites"),
    [
        ("", "none", False),
        ("update_conflict: merge", "merge", False),
        ("update_conflict: get_update_from_integration", "get_update_from_integration", True),
        ("update_conflict: merge, overwrite_local_change: yes", "merge", True),
    ],
)
def test_update_conflict_is_in_force_as_said_and_theirs_wins_overwrites(
    opened, said, policy, overwrites
):
    mapping = opened(f"mappings: {{CUSTOMER: {{{said}}}}}").mapping("DE/CUSTOMER")
    assert (mapping.update_conflict, mapping.overwrites) == (policy, overwrites)


def test_what_is_not_said_stays_as_the_pack_says(opened):
    before, after = opened(), opened("mappings: {CUSTOMER: {match: [No.]}}")
    plain, ours = before.mapping("DE/CUSTOMER"), after.mapping("DE/CUSTOMER")
    assert plain.match == ()
    assert ours == plain.model_copy(update={"match": (MatchField(field="No."),)})


@pytest.mark.parametrize(
    ("said_by_link", "said_by_mapping", "in_force"),
    [("", "", "ask"), ("source_wins", "", "source_wins"), ("source_wins", "ask", "ask")],
)
def test_the_first_sync_of_a_link_is_that_of_mappings_that_say_nothing(
    opened, said_by_link, said_by_mapping, in_force
):
    workspace = opened(f"""
        companies: {{HQ: {{tables: {{Customer: c.csv}}}}, DE: {{}}}}
        mappings: {{CUSTOMER: {{first_sync: {said_by_mapping}}}}}
        links: {{DE: {{local: DE, integration: HQ, first_sync: {said_by_link}}}}}
    """)
    assert workspace.mapping("CUSTOMER").first_sync is FirstSync(in_force)


def test_a_mapping_says_single_limits_and_keeps_the_others_of_the_workspace(opened):
    workspace = opened("""
        limits: {updates: 30%, floor: 5}
        mappings: {CUSTOMER: {limits: {deletes: 2%}}}
    """)
    assert workspace.mapping("DE/CUSTOMER").limits == Limits(updates=0.3, deletes=0.02, floor=5)
    assert workspace.mapping("DE/VENDOR").limits == Limits(updates=0.3, floor=5)


BLOCKED = Condition(field="Blocked", values=("",))
FRENCH = Condition(field="Country/Region Code", values=("FR",))
OPEN = Condition(field="Blocked", values=("All",))


@pytest.mark.parametrize(
    ("said", "local", "integration"),
    [
        ("", (BLOCKED,), (BLOCKED,)),
        ("filter: {Country/Region Code: FR}", (FRENCH,), (FRENCH,)),
        ("integration_filter: {Country/Region Code: FR}", (BLOCKED,), (FRENCH,)),
        ("local_filter: {Country/Region Code: FR}", (FRENCH,), (BLOCKED,)),
        ("filter: {Blocked: All}, local_filter: {Country/Region Code: FR}", (FRENCH,), (OPEN,)),
        ("filter: {}", (), ()),
        ("filter: {Blocked: '', Country/Region Code: fr}", (BLOCKED, FRENCH), (BLOCKED, FRENCH)),
    ],
)
def test_a_filter_is_for_both_sides_and_one_of_a_side_goes_before_it(
    opened, said, local, integration
):
    mapping = opened(f"mappings: {{CUSTOMER: {{{said}}}}}").mapping("DE/CUSTOMER")
    assert (mapping.local_filter, mapping.integration_filter) == (local, integration)


def test_the_filter_of_a_link_replaces_what_one_side_was_filtered_by_before(opened):
    workspace = opened("""
        companies: {HQ: {tables: {Customer: c.csv}}, DE: {}}
        mappings: {CUSTOMER: {integration_filter: {Country/Region Code: FR}}}
        links: {DE: {local: DE, integration: HQ, mappings: {CUSTOMER: {filter: {Blocked: All}}}}}
    """)
    assert workspace.mapping("CUSTOMER").integration_filter == (OPEN,)


def test_a_condition_may_have_an_operator(opened):
    mapping = opened("""
        mappings: {ITEM: {filter: {Unit Price: {">=": 10, "<": 20.5}, Blocked: no}}}
        packs: [item]
    """).mapping("DE/ITEM")
    assert mapping.local_filter == (
        Condition(field="Unit Price", operator=">=", values=("10",)),
        Condition(field="Unit Price", operator="<", values=("20.5",)),
        Condition(field="Blocked", values=("false",)),
    )


def test_the_pack_chooses_the_fields_in_the_order_of_their_numbers(opened):
    mapping = opened().mapping("DE/CUSTOMER")
    assert switched_on(mapping)[:4] == ["No.", "Name", "Name 2", "Address"]
    assert {"Search Name", "Contact"} & set(switched_on(mapping)) == set()


@pytest.mark.parametrize("table", ["Customer", "Vendor", "Salesperson/Purchaser", "Contact"])
def test_fields_that_no_file_can_hold_are_left_out(opened, table):
    workspace = opened(
        f"companies: {{HQ: {{tables: {{{table}: c.csv}}}}, DE: {{}}}}\n"
        "links: {DE: {local: DE, integration: HQ}}"
    )
    schema = workspace.schema(table)
    types = {schema.by_name[one.local].type for one in workspace.mapping(table).fields}
    assert not types & {"blob", "media", "record_id"}


def test_single_fields_are_switched_upon_the_choice_of_the_pack(opened):
    workspace = opened("""
        mappings:
          CUSTOMER:
            fields:
              Phone No.: no
              Search Name: yes
              Name: {overwrite_local_change: yes}
              Name 2: {integration: Address 2, clear_on_failed: yes}
              Contact: {overwrite_local_change: yes}
    """)
    mapping = workspace.mapping("DE/CUSTOMER")
    plain = opened().mapping("DE/CUSTOMER")
    assert field(mapping, "Phone No.") == FieldMapping(
        local="Phone No.", integration="Phone No.", enabled=False
    )
    assert field(mapping, "Name").overwrite_local_change
    assert field(mapping, "Name 2") == FieldMapping(
        local="Name 2", integration="Address 2", clear_on_failed=True
    )
    assert set(switched_on(mapping)) == set(switched_on(plain)) - {"Phone No."} | {"Search Name"}


def test_a_choice_replaces_the_choice_before_it_and_what_was_switched_upon_that(opened):
    workspace = opened("""
        companies: {HQ: {tables: {Customer: c.csv}}, DE: {}}
        mappings: {CUSTOMER: {fields: {Phone No.: no}}}
        links:
          DE:
            local: DE
            integration: HQ
            mappings: {CUSTOMER: {fields: {only: [Phone No., No.]}}}
    """)
    mapping = workspace.mapping("CUSTOMER")
    assert switched_on(mapping) == ["No.", "Phone No."]
    assert field(mapping, "Name") is None


@pytest.mark.parametrize(
    ("fields", "chosen"),
    [
        ("", ["Code", "Name"]),
        ("fields: {all: yes}", ["Code", "Name"]),
        ("fields: {except: [Name]}", ["Code"]),
        ("fields: {Name: yes}", ["Name"]),
        ("fields: {Name: no}", ["Code"]),
        ("fields: {Name: {overwrite_local_change: yes}}", ["Code", "Name"]),
    ],
)
def test_a_new_mapping_has_all_fields_but_those_switched_off_or_only_those_switched_on(
    opened, fields, chosen
):
    workspace = opened(f"mappings: {{TERRITORY: {{table: Territory, {fields}}}}}")
    assert switched_on(workspace.mapping("DE/TERRITORY")) == chosen


def test_a_constant_needs_no_column_and_is_stored_as_records_hold_it(opened):
    mapping = opened("""
        mappings:
          CUSTOMER:
            constants: {Language Code: deu, Search Name: x, Name 2: y}
            fields: {Territory Code: {constant: eu}}
    """).mapping("DE/CUSTOMER")
    found = {one.local: one.constant for one in mapping.fields if one.constant is not None}
    assert found == {
        "Language Code": "DEU",
        "Search Name": "X",
        "Name 2": "y",
        "Territory Code": "EU",
    }


def test_the_pack_s_constant_and_flag_are_on_their_fields(opened):
    mapping = opened().mapping("DE/CONTACT")
    assert field(mapping, "Type").constant == "Person"
    assert [one.local for one in mapping.fields if one.clear_on_failed] == [
        "Name",
        "E-Mail",
        "E-Mail 2",
    ]


SHIPS = """
companies: {HQ: {tables: {Ship: s.csv}}, DE: {tables: {Ship: s.csv}}}
links: {DE: {local: DE, integration: HQ}}
"""


@pytest.mark.parametrize(
    ("declared", "fields", "chosen", "all_fields"),
    [
        ("", "", [], True),
        ("tables: {Ship: {key: IMO}}", "", [], True),
        ("tables: {Ship: {key: IMO}}", "fields: {only: [IMO, Name]}", ["IMO", "Name"], False),
        ("tables: {Ship: {key: IMO, fields: {Name: text}}}", "", [], True),
        ("", "fields: {only: [Name, IMO]}", ["Name", "IMO"], False),
        ("", "fields: {Name: yes}", ["Name"], False),
    ],
)
def test_all_fields_of_a_table_nobody_declared_are_those_its_files_will_have(
    opened, declared, fields, chosen, all_fields
):
    workspace = opened(f"{SHIPS}\n{declared}\nmappings: {{SHIP: {{table: Ship, {fields}}}}}")
    mapping = workspace.mapping("DE/SHIP")
    assert (switched_on(mapping), mapping.all_fields) == (chosen, all_fields)


def test_fields_left_out_of_a_table_nobody_declared_are_remembered_as_switched_off(opened):
    workspace = opened(f"{SHIPS}\nmappings: {{SHIP: {{table: Ship, fields: {{except: [Draft]}}}}}}")
    mapping = workspace.mapping("DE/SHIP")
    assert mapping.all_fields
    assert mapping.fields == (FieldMapping(local="Draft", integration="Draft", enabled=False),)


def test_a_mapping_of_two_tables_maps_the_fields_both_have(opened):
    mapping = opened("""
        companies: {HQ: {tables: {Vendor: v.csv}}, DE: {tables: {Customer: c.csv}}}
        links: {DE: {local: DE, integration: HQ}}
        packs: []
        mappings:
          V2C:
            table: Customer
            integration_table: Vendor
            fields: {Salesperson Code: {integration: Purchaser Code}}
    """).mapping("DE/V2C")
    assert (mapping.table, mapping.integration_table) == ("Customer", "Vendor")
    assert field(mapping, "Salesperson Code").integration == "Purchaser Code"
    assert field(mapping, "Name") is not None
    assert field(mapping, "Credit Limit (LCY)") is None


def test_match_fields_have_one_priority_unless_said(opened):
    mapping = opened("""
        mappings:
          CUSTOMER:
            match: [VAT Registration No., {field: Name, priority: 2, case_sensitive: yes}]
    """).mapping("DE/CUSTOMER")
    assert mapping.match == (
        MatchField(field="VAT Registration No.", priority=1),
        MatchField(field="Name", priority=2, case_sensitive=True),
    )
    assert ("VAT Registration No.", "Name") in mapping.propose_match
