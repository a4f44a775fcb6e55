"""Mappings and fields switched, set, taken back and added: what was asked for, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mdsync_nb.errors import SettingsError, UnknownName, UsageError
from mdsync_nb.model import TableMapping
from mdsync_nb.workspace import Workspace, described, mapping_changes, mapping_words, table_changes
from mdsync_nb.workspace.editing import Edit
from mdsync_nb.workspace.facts import product_tables
from mdsync_nb.workspace.field_words import reset_fields
from mdsync_nb.workspace.places import enabled_fields
from mdsync_nb.workspace.table_changes import Held

Opens = Callable[..., Workspace]
OWN = """
companies:
  HQ: {tables: {Bin: b.csv, Customer: c.csv}}
  DE: {tables: {Bin: b.csv, Customer: c.csv}}
links: {DE: {local: DE, integration: HQ}}
tables: {Bin: {key: [Code], fields: {Name: text}}}
mappings:
  BIN: {table: Bin, match: [Code]}
"""
COLUMNS = ["Code", "Name", "Zone"]


def columns(mapping: TableMapping) -> Sequence[str]:
    return COLUMNS if mapping.table == "Bin" else ()


def text_of(workspace: Workspace) -> str:
    return workspace.file.read_text("utf-8")


def switched(workspace: Workspace, *names: str, on: bool, fields: Sequence[str] = ()) -> Edit:
    text = text_of(workspace)
    if fields:
        return mapping_changes.switch_fields(workspace, text, names, fields, on=on, columns=columns)
    return mapping_changes.switch_mappings(workspace, text, names, on=on, columns=columns)


def then(workspace: Workspace, edit: Edit) -> Workspace:
    """The workspace with an edit written."""
    workspace.file.write_text(edit.after, "utf-8")
    return mapping_changes.checked(workspace, edit.after)


def off(workspace: Workspace) -> set[str]:
    return {one.name for one in workspace.mappings.values() if not one.enabled}


@pytest.mark.parametrize(
    ("names", "switched_off"),
    [
        (["CUSTOMER"], {"DE/CUSTOMER", "FR/CUSTOMER"}),
        (["DE/CUSTOMER"], {"DE/CUSTOMER"}),
        (["FR/CUSTOMER", "DE/CUSTOMER"], {"DE/CUSTOMER", "FR/CUSTOMER"}),
        (["*/Cust*"], {"DE/CUSTOMER", "FR/CUSTOMER"}),
    ],
)
def test_a_word_for_all_links_is_said_once_and_for_one_link_in_it(
    names: list[str], switched_off: set[str], opened: Opens
) -> None:
    workspace = opened()
    edit = switched(workspace, *names, on=False)
    assert edit.after.count("enabled: no") == 1
    assert off(then(workspace, edit)) == switched_off


def test_a_mapping_one_link_has_alone_is_brought_in_force_in_no_other(opened: Opens) -> None:
    workspace = opened("companies:\n  HQ: {tables: {Customer: c.csv}}\n  DE: {tables: {Item: i.csv,"
                       " Customer: c.csv}}\n  FR: {}\npacks: [master_data, item]\nlinks:\n"
                       "  DE: {local: DE, integration: HQ}\n  FR: {local: FR, integration: HQ}\n")  # fmt: skip
    assert "FR/ITEM" not in workspace.mappings
    after = then(workspace, switched(workspace, "ITEM", on=False))
    assert off(after) == {"DE/ITEM"}
    assert "FR/ITEM" not in after.mappings


def test_a_link_that_says_it_itself_is_changed_in_the_link(opened: Opens) -> None:
    workspace = opened(
        """
        companies:
          HQ: {tables: {Customer: c.csv}}
          DE: {tables: {Customer: c.csv}}
        links:
          DE: {local: DE, integration: HQ, mappings: {CUSTOMER: {enabled: no}}}
        mappings: {CUSTOMER: {enabled: yes}}
        """
    )
    edit = switched(workspace, "CUSTOMER", on=True)
    assert "mappings: {CUSTOMER: {enabled: no}}" in text_of(workspace)
    assert edit.after.count("enabled") == 1
    assert off(then(workspace, edit)) == set()


def test_what_is_so_already_is_not_written(opened: Opens) -> None:
    workspace = opened()
    assert not switched(workspace, "CUSTOMER", on=True).changes
    assert not switched(workspace, "CUSTOMER", on=True, fields=["Name"]).changes


CHOICES = {
    "a pack's choice": "",
    "all": "mappings: {CUSTOMER: {fields: {all: yes}}}",
    "except": "mappings: {CUSTOMER: {fields: {except: [City]}}}",
    "only": "mappings: {CUSTOMER: {fields: {only: [No., Name]}}}",
    "toggles": "mappings: {CUSTOMER: {fields: {City: no}}}",
    "a field that says more": "mappings: {CUSTOMER: {fields: {Name: {clear_on_failed: yes}}}}",
    "in lines": "mappings:\n  CUSTOMER:\n    fields:\n      only:\n      - No.  # key\n      - Name\n",
}


@pytest.mark.parametrize("case", CHOICES)
def test_a_field_switched_off_and_on_gives_the_same_text_back(case: str, opened: Opens) -> None:
    field = "Name"
    workspace = opened(CHOICES[case])
    before = text_of(workspace)
    off_again = then(workspace, switched(workspace, "CUSTOMER", on=False, fields=[field]))
    for name in ("DE/CUSTOMER", "FR/CUSTOMER"):
        was, now = workspace.mappings[name], off_again.mappings[name]
        assert enabled_fields(was, ()) - enabled_fields(now, ()) == {field}
        assert enabled_fields(now, ()) <= enabled_fields(was, ())
    assert switched(off_again, "CUSTOMER", on=True, fields=[field]).after == before


def test_fields_go_by_pattern_many_at_once(opened: Opens) -> None:
    workspace = opened()
    after = then(workspace, switched(workspace, "*", on=False, fields=["*phone*"]))
    for name, mapping in workspace.mappings.items():
        gone = {one for one in enabled_fields(mapping, ()) if "phone" in one.lower()}
        assert enabled_fields(after.mappings[name], ()) == enabled_fields(mapping, ()) - gone
    assert "Mobile Phone No." in enabled_fields(workspace.mappings["DE/CUSTOMER"], ())


def test_a_field_no_layer_chooses_is_added_by_name(opened: Opens) -> None:
    workspace = opened()
    edit = switched(workspace, "DE/CUSTOMER", on=True, fields=["search name"])
    assert "CUSTOMER: {fields: {Search Name: yes}}" in edit.after
    after = then(workspace, edit).mappings
    assert "Search Name" in enabled_fields(after["DE/CUSTOMER"], ())
    assert "Search Name" not in enabled_fields(after["FR/CUSTOMER"], ())


def test_the_last_exception_goes_and_all_fields_stay_chosen(opened: Opens) -> None:
    workspace = opened("mappings: {CUSTOMER: {fields: {except: [City, Name]}}}")
    after = then(workspace, switched(workspace, "CUSTOMER", on=True, fields=["City", "Name"]))
    assert "fields: {all: yes}" in text_of(after)
    assert {"City", "Name", "Search Name"} <= enabled_fields(after.mappings["DE/CUSTOMER"], ())


def test_names_nobody_knows_are_refused_with_those_that_are_like_them(opened: Opens) -> None:
    workspace = opened()
    with pytest.raises(UnknownName, match="CUSTOMRE"):
        switched(workspace, "CUSTOMRE", on=False)
    with pytest.raises(UnknownName) as refused:
        switched(workspace, "CUSTOMER", on=False, fields=["Phone Nr."])
    assert "Phone No." in refused.value.hint


def test_a_mapping_that_runs_is_not_left_without_a_field(opened: Opens) -> None:
    workspace = opened()
    with pytest.raises(UsageError, match="no field") as refused:
        switched(workspace, "CUSTOMER", on=False, fields=["*"])
    assert "mapping disable" in refused.value.hint


def test_a_table_whose_fields_only_its_files_tell_is_switched_by_name(opened: Opens) -> None:
    workspace = opened(OWN)
    after = then(workspace, switched(workspace, "BIN", on=False, fields=["Zone"]))
    assert enabled_fields(after.mappings["DE/BIN"], COLUMNS) == {"Code", "Name"}
    assert switched(after, "BIN", on=True, fields=["Zone"]).after == text_of(opened(OWN))


WORKSPACE_NAMES = ["CUSTOMER", "DE", "DE/VENDOR", "FR/CUSTOMER", "*", "CONTACT", "Currency"]


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(names=st.lists(st.sampled_from(WORKSPACE_NAMES), min_size=1, max_size=3, unique=True))
def test_mappings_switched_off_and_on_give_the_same_text_back(
    names: list[str], opened: Opens
) -> None:
    workspace = opened("report: {worklist: 5}   # short\n")
    before = text_of(workspace)
    chosen = {one.name for one in workspace.named(*names)}
    after = then(workspace, switched(workspace, *names, on=False))
    assert off(after) == chosen
    assert switched(after, *names, on=True).after == before


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    words=st.dictionaries(
        st.sampled_from(["only_coupled", "create_new", "overwrite_local_change", "enabled"]),
        st.sampled_from(["yes", "no"]),
        min_size=1,
    ),
    name=st.sampled_from(["CUSTOMER", "VENDOR", "CURRENCY", "*"]),
)
def test_reset_gives_what_the_pack_says(words: dict[str, str], name: str, opened: Opens) -> None:
    workspace = opened()
    pure = {one: workspace.hash_of(workspace.mappings[one]) for one in workspace.mappings}
    edit = mapping_words.set_words(workspace, text_of(workspace), [name], words, columns=columns)
    after = then(workspace, edit)
    back = then(after, mapping_changes.reset(after, edit.after, [name]))
    assert {one: back.hash_of(back.mappings[one]) for one in back.mappings} == pure


def test_reset_leaves_what_holds_for_other_links_and_says_so(opened: Opens) -> None:
    workspace = opened(
        """
        mappings: {CUSTOMER: {match: [No.]}}
        """
    )
    text = text_of(workspace)
    with pytest.raises(UsageError) as refused:
        mapping_changes.reset(workspace, text, ["DE/CUSTOMER"])
    assert "mdsync mapping reset CUSTOMER" in refused.value.hint
    assert mapping_changes.reset(workspace, text, ["CUSTOMER"]).changes


def test_a_mapping_of_no_pack_has_no_default(opened: Opens) -> None:
    workspace = opened(OWN)
    with pytest.raises(UsageError) as refused:
        mapping_changes.reset(workspace, text_of(workspace), ["BIN"])
    assert "no pack" in refused.value.hint


REFUSED = {
    "onli_coupled=no": "only_coupled",
    "only_coupled=perhaps": "yes or no",
    "limits.updats=3%": "updates",
    "limits.updates=300%": "share between 0% and 100%",
    "deletion_conflict=delete": "restore_records",
    "direction=bidirectional": "from_integration",
    "match=[Nme]": "Name",
    "table=Custmer": "Customer",
    "depends_on=[CURENCY]": "CURRENCY",
    "filter={Blocked: Shp}": "Ship",
    "match=[No.": "list or block",
}


@pytest.mark.parametrize("words", REFUSED)
def test_wrong_words_and_values_come_with_what_is_right(words: str, opened: Opens) -> None:
    workspace = opened()
    word, _, value = words.partition("=")
    with pytest.raises(UsageError) as refused:
        mapping_words.set_words(
            workspace, text_of(workspace), ["CUSTOMER"], {word: value}, columns=columns
        )
    assert REFUSED[words] in str(refused.value)


SET: list[tuple[str, str, Any]] = [
    ("overwrite_local_change", "yes", lambda m: m.overwrite_local_change is True),
    ("limits.updates", "35%", lambda m: (m.limits.updates, m.limits.inserts) == (0.35, 0.2)),
    ("match", "[No., Name]", lambda m: [one.field for one in m.match] == ["No.", "Name"]),
    ("filter", '{Blocked: "", City: [Ulm, Bonn]}', lambda m: len(m.local_filter) == 2),
    ("filter", "SORTING(No.) WHERE(Blocked=CONST( ))", lambda m: len(m.local_filter) == 1),
    ("constants", "{Language Code: 'a: b'}", lambda m: any(f.constant == "A: B" for f in m.fields)),
    ("fields", "{only: [No., Name]}", lambda m: len(m.fields) == 2),
    ("templates", "X: y # z", lambda _: True),
]


@pytest.mark.parametrize(("word", "value", "holds"), SET)
def test_any_word_of_a_mapping_can_be_said(
    word: str, value: str, holds: Any, opened: Opens
) -> None:
    workspace = opened()
    edit = mapping_words.set_words(
        workspace, text_of(workspace), ["DE/CUSTOMER"], {word: value}, columns=columns
    )
    after = then(workspace, edit)
    assert holds(after.mappings["DE/CUSTOMER"])
    other = "FR/CUSTOMER"
    assert after.mappings[other] == workspace.mappings[other]


def test_words_about_fields_stand_beside_what_was_said(opened: Opens) -> None:
    workspace = opened("mappings: {CUSTOMER: {fields: {Name: no}}}\n")
    edit = mapping_words.set_words(
        workspace, text_of(workspace), ["CUSTOMER"], {"overwrite_local_change": "yes"},
        fields=["Name", "City"], columns=columns,
    )  # fmt: skip
    fields = {one.local: one for one in then(workspace, edit).mappings["DE/CUSTOMER"].fields}
    assert (fields["Name"].enabled, fields["Name"].overwrite_local_change) == (False, True)
    assert (fields["City"].enabled, fields["City"].overwrite_local_change) == (True, True)


def test_more_about_a_field_goes_into_the_links_where_fields_are_chosen_above(
    opened: Opens,
) -> None:
    workspace = opened("mappings: {CUSTOMER: {fields: {only: [No., Name]}}}\n")
    edit = mapping_words.set_words(
        workspace, text_of(workspace), ["CUSTOMER"], {"overwrite_local_change": "yes"},
        fields=["Name"], columns=columns,
    )  # fmt: skip
    after = then(workspace, edit).mappings
    for name in ("DE/CUSTOMER", "FR/CUSTOMER"):
        kept = {one.local: one.overwrite_local_change for one in after[name].fields}
        assert kept == {"No.": False, "Name": True}


def nothing(_: Any) -> dict[tuple[str, str], Held]:
    return {}


def test_an_added_table_has_all_its_fields_and_none_is_switched_on(opened: Opens) -> None:  # MD-022
    workspace = opened()
    text = text_of(workspace)
    edit = table_changes.add_table(
        workspace, text, "unit of measure", with_related=False, delivered=nothing
    )
    after = then(workspace, edit)
    added = after.mappings["DE/UNITOFMEASURE"]
    assert not added.enabled
    assert added.fields
    assert not any(one.enabled for one in added.fields)
    with pytest.raises(UsageError, match="no field"):
        switched(after, "UNITOFMEASURE", on=True)
    with_code = then(after, switched(after, "UNITOFMEASURE", on=True, fields=["Code"]))
    assert enabled_fields(with_code.mappings["DE/UNITOFMEASURE"], ()) == {"Code"}
    on = then(with_code, switched(with_code, "UNITOFMEASURE", on=True))
    assert on.mappings["DE/UNITOFMEASURE"].enabled


@pytest.mark.parametrize("table", ["Bank Account", "Location", "Employee", "Customer", "Currency"])
def test_related_tables_are_added_once_each_after_what_they_refer_to(  # MD-023
    table: str, opened: Opens
) -> None:
    workspace = opened("packs: []\n")
    edit = table_changes.add_table(
        workspace, text_of(workspace), table, with_related=True, delivered=nothing
    )
    after = then(workspace, edit)
    tables = [one.table for name, one in after.mappings.items() if name.startswith("DE/")]
    assert len(tables) == len(set(tables))
    reached = {table}
    while True:
        more = {
            field.relation_table
            for one in reached
            for field in product_tables()[one].fields
            if product_tables().holds_data(field.relation_table)
        }
        if more <= reached:
            break
        reached |= more
    assert set(tables) == reached
    assert not any(field.enabled for one in after.mappings.values() for field in one.fields)


@pytest.mark.parametrize(
    ("table", "refusal", "hint"),
    [
        ("Customer", UsageError, "mapping enable CUSTOMER"),
        ("Shipping Agent", UsageError, "once a company delivers"),
        ("Job Queue Entry", UnknownName, "Known"),
    ],
)
def test_a_table_that_has_a_mapping_or_no_records_is_not_added(
    table: str, refusal: type[UsageError], hint: str, opened: Opens
) -> None:
    workspace = opened()
    with pytest.raises(refusal) as refused:
        table_changes.add_table(
            workspace, text_of(workspace), table, with_related=True, delivered=nothing
        )
    assert hint in refused.value.hint


def delivers(*unknown: str, without: str = "") -> Any:
    held = Held(("No.", "Name"), ("Systemid", *unknown))
    return {(one, "Customer"): held for one in ("HQ", "DE", "FR") if one != without}


def test_new_columns_of_all_companies_become_fields_that_are_switched_off(opened: Opens) -> None:
    workspace = opened()
    edit = table_changes.refresh_fields(
        workspace, text_of(workspace), ["CUSTOMER"], delivered=delivers("Loyalty Level")
    )
    after = then(workspace, edit)
    assert "Customer: 1 added, switched off; 0 removed." in edit.notes
    assert after.settings.tables["Customer"].fields == {"Loyalty Level": "text"}
    for name, mapping in workspace.mappings.items():
        assert enabled_fields(after.mappings[name], ()) == enabled_fields(mapping, ())
    again = table_changes.refresh_fields(
        after, edit.after, ["CUSTOMER"], delivered=delivers("Loyalty Level")
    )
    assert not again.changes
    gone = table_changes.refresh_fields(after, edit.after, ["CUSTOMER"], delivered=delivers())
    assert "Customer: 0 added, switched off; 1 removed." in gone.notes
    assert gone.after == edit.before


def test_a_column_of_some_companies_alone_is_told_and_left(opened: Opens) -> None:
    workspace = opened()
    held = delivers("Loyalty Level") | {("FR", "Customer"): Held(("No.",))}
    edit = table_changes.refresh_fields(workspace, text_of(workspace), ["CUSTOMER"], delivered=held)
    assert not edit.changes
    assert edit.notes == ("Customer: Loyalty Level is only delivered by HQ, DE.",)


def test_refreshing_a_table_of_ones_own_names_new_columns_and_drops_lost_ones(
    opened: Opens,
) -> None:
    own = OWN.replace("match: [Code]}", "match: [Code], fields: {Code: yes, Lost: yes}}")
    workspace = opened(own)
    held = {(one, "Bin"): Held(("Code", "Name", "Zone")) for one in ("HQ", "DE")}
    edit = table_changes.refresh_fields(workspace, text_of(workspace), ["BIN"], delivered=held)
    assert "Bin: 2 added, switched off; 1 removed." in edit.notes
    assert "fields: {Code: yes, Name: no, Zone: no}" in edit.after


def test_nothing_delivered_cannot_be_refreshed(opened: Opens) -> None:
    workspace = opened()
    with pytest.raises(UsageError, match="No company delivers"):
        table_changes.refresh_fields(workspace, text_of(workspace), ["CUSTOMER"], delivered={})


def test_a_mapping_is_shown_with_the_place_of_every_word_and_field(opened: Opens) -> None:
    workspace = opened(
        """
        companies:
          HQ: {tables: {Customer: c.csv}}
          DE: {tables: {Customer: c.csv}}
        links:
          DE:
            local: DE
            integration: HQ
            mappings:
              CUSTOMER: {match: [Name], limits: {updates: 5%}, fields: {City: no, Name: {transformation: TRIM}}}
        mappings: {CUSTOMER: {only_coupled: no, filter: {Blocked: Ship}}}
        limits: {inserts: 1%}
        """
    )
    shown = described.described(workspace, workspace.mapping("CUSTOMER"), columns)
    words = {row["word"]: (row["value"], row["said_in"]) for row in shown.words.to_dicts()}
    assert words["match"] == ("[Name]", "links.DE")
    assert words["only_coupled"] == ("no", "mappings")
    assert words["local_filter"] == ("Blocked = Ship", "mappings")
    assert words["table"] == ("Customer", "pack master_data")
    assert words["enabled"] == ("yes", "default")
    assert words["limits.updates"] == ("5%", "links.DE")
    assert words["limits.inserts"] == ("1%", "limits")
    assert words["limits.floor"] == ("20", "default")
    fields = {row["field"]: (row["enabled"], row["said_in"]) for row in shown.fields.to_dicts()}
    assert fields["City"] == (False, "links.DE")
    assert fields["Name"] == (True, "links.DE")
    assert fields["Name 2"] == (True, "pack master_data")
    rules = shown.fields.filter(transformation="TRIM")
    assert rules["field"].to_list() == ["Name"]
    assert fields["Search Name"] == (False, "pack master_data")


def test_fields_say_their_types_and_what_values_may_lose(opened: Opens) -> None:
    workspace = opened(
        """
        companies:
          CRM: {tables: {account: a.csv}}
          DE: {tables: {Client: c.csv}}
        links: {DV: {kind: dataverse, local: DE, integration: CRM}}
        tables:
          Client: {key: [No], fields: {No: code(20), Name: text(50), Group: code(10), Phone: text(30)}}
          account: {key: [Id], fields: {Id: guid, Name: text(160), Number: text(20), Size: integer}}
        mappings:
          CLIENT:
            table: Client
            integration_table: account
            direction: bidirectional
            fields:
              Name: {integration: Name}
              Group: {integration: Number, direction: from_integration}
              Phone: {integration: Size, direction: to_integration}
            match: [{field: No, priority: 2}, Name]
            rows:
              - {integration: Number, constant: Customer, direction: to_integration}
        """
    )
    fields = described.described(workspace, workspace.mapping("DV/CLIENT"), columns).fields
    said = {
        (one["field"], one["row"]): (
            one["type"], one["integration_type"], one["local_loses"], one["integration_loses"]
        )
        for one in fields.filter("enabled").to_dicts()
    }  # fmt: skip
    assert said == {
        ("Name", None): ("text(50)", "text(160)", "cut to 50 characters", ""),
        ("Group", None): ("code(10)", "text(20)", "cut to 10 characters and put in capitals", ""),
        ("Phone", None): ("text(30)", "integer", "", "not transferred unless it is a whole number"),
        ("", 0): (None, "text(20)", "", ""),
    }
    text = text_of(workspace)
    for word, match in {
        "no": "[{field: No, priority: 2}]",
        "yes": "[{field: No, priority: 2}, Name]",
    }.items():
        edit = mapping_words.set_words(
            workspace, text, ["CLIENT"], {"match": word}, fields=["Name"], columns=columns
        )
        assert f"match: {match}" in edit.after


def test_words_of_fields_are_taken_back_one_by_one_and_no_mapping_is_left_empty(
    opened: Opens,
) -> None:
    workspace = opened(
        OWN.replace(
            "match: [Code]",
            "fields: {Name: {constant: X, overwrite_local_change: yes}, Zone: no, Code: no}",
        )
    )

    def reset(*fields: str, words: Sequence[str] = ()) -> Edit:
        text = text_of(workspace)
        return reset_fields(workspace, text, ["BIN"], fields, words=words, columns=columns)

    assert (
        "fields: {Name: {overwrite_local_change: yes}, Zone"
        in reset("Name", words=["constant"]).after
    )
    assert "fields: {Code: no}" in reset("Name", "Zone").after
    with pytest.raises(UsageError, match="Nothing of it"):
        reset("Name", words=["transformation"])


def test_an_edit_that_cannot_be_read_is_refused_with_the_fault(opened: Opens) -> None:
    workspace = opened()
    with pytest.raises(SettingsError, match=r"mappings\.CUSTOMER\.match"):
        mapping_changes.edit_of(
            workspace, "", text_of(workspace) + "mappings: {CUSTOMER: {match: [Nme]}}\n"
        )
