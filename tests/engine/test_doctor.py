"""The doctor: each check where it finds something, with count and remedy, and where it is silent."""

from datetime import timedelta

import polars as pl
import pytest

from mdsync_nb import frames
from mdsync_nb.engine.doctor import CHECKS
from mdsync_nb.engine.doctor.dangerous import DANGEROUS, danger_of
from mdsync_nb.errors import UnknownName
from mdsync_nb.workspace import product_tables

CUSTOMER = {"table": "Customer", "match": ["No."]}
TERMS = {"table": "Payment Terms", "match": ["Code"], "fields": {"only": ["Code", "Description"]}}
SHORT = {"only": ["No.", "Name", "City"]}
BONN = {"City": "Bonn"}


def found(t, check, *names):
    """What a check finds: records and examples, one a finding."""
    rows = t.bench.doctor(*names).filter(check=check)
    return list(rows.select("records", "examples").iter_rows())


def remedy(t, check):
    """The remedy of the only finding of a check."""
    return t.bench.doctor().filter(check=check)["remedy"].item()


def checks(t, *names):
    """The checks that find something, each once, in order."""
    return list(dict.fromkeys(t.bench.doctor(*names)["check"]))


def in_step(twins, *handles, mappings=None, **how):
    """Two companies in step after a run: coupled, synchronized, nothing left to say."""
    t = twins(mappings or {"CUSTOMER": CUSTOMER}, **how)
    t.both(*(handles or ("A", "B")), name="Anna", city="Bonn")
    t.couple()
    t.sync()
    return t


def again(t):
    """Export, load and run once more."""
    t.load()
    return t.sync()


def test_a_workspace_in_step_has_no_findings(twins):
    t = in_step(twins)
    nothing = t.bench.doctor()
    assert nothing.is_empty()
    assert nothing.schema == pl.Schema(frames.FINDINGS)


def test_the_doctor_writes_nothing(twins):
    t = in_step(twins)
    t.hq.drop("A")
    t.load()
    before = {one: one.read_bytes() for one in t.root.rglob("*") if one.is_file()}
    assert t.bench.doctor().height == 1
    assert {one: one.read_bytes() for one in t.root.rglob("*") if one.is_file()} == before


def test_a_name_nobody_knows_is_said(twins):
    with pytest.raises(UnknownName):
        in_step(twins).bench.doctor("FROB")


def test_only_the_mappings_asked_for_are_examined(twins):
    t = twins({"TERMS": TERMS, "CUSTOMER": CUSTOMER})
    t.both("NET", table="Payment Terms")
    t.both("A", name="Anna")
    t.load()
    assert set(t.bench.doctor("TERMS")["mapping"]) == {"SUB/TERMS"}
    assert set(t.bench.doctor()["mapping"]) == {"SUB/TERMS", "SUB/CUSTOMER"}


def test_every_finding_names_a_check_a_family_and_a_command_or_setting(twins):
    t = in_step(twins)
    t.hq.drop("A")
    t.hq.put("B", name="Berta" * 30)
    t.sub.put("B", name="Carla")
    t.load()
    rows = t.bench.doctor()
    assert rows.height == 3
    assert set(rows["check"]) <= {one.id for one in CHECKS}
    assert set(rows["family"]) == {"users", "set-up"}
    assert rows["remedy"].str.contains("`[^`]+`").all()


# Why nothing ran


def test_a_table_that_was_never_loaded_is_named_once_for_each_company(twins):
    t = twins()
    assert t.bench.doctor().select("check", "company", "table").rows() == [
        ("not-loaded", "HQ", "Customer"),
        ("not-loaded", "SUB", "Customer"),
    ]
    t.load("HQ")
    assert t.bench.doctor()["company"].to_list() == ["SUB"]
    assert "`mdsync load SUB`" in remedy(t, "not-loaded")


def test_a_refused_load_leaves_the_one_before_in_force(twins):
    t = in_step(twins)
    good = (t.hq.folder / "Customer.csv").read_bytes()
    (t.hq.folder / "Customer.csv").write_bytes(b"\x00\x01nothing of use")
    assert t.bench.load("HQ")["refused"].all()
    assert checks(t) == ["load-refused"]
    assert "`mdsync load HQ`" in remedy(t, "load-refused")
    (t.hq.folder / "Customer.csv").write_bytes(good)
    t.bench.load("HQ")
    assert checks(t) == []


def test_a_run_that_did_nothing_because_nothing_was_loaded(twins):
    t = in_step(twins)
    t.clock.tick()
    t.sync()
    assert found(t, "no-new-load") == [(0, [])]
    assert "`mdsync load HQ`" in remedy(t, "no-new-load")
    again(t)
    assert checks(t) == []


def test_a_run_that_wrote_something_needed_no_load(twins):
    t = in_step(twins)
    t.hq.put("A", name="Berta")
    t.load()
    t.sync()
    assert checks(t) == []


def test_an_entry_of_the_job_queue_that_does_not_start_by_itself(twins):
    t = in_step(twins)
    assert checks(t) == []
    t.bench.hold_entries()
    assert checks(t) == ["queue-hold"]
    assert "`mdsync queue ready SUB/CUSTOMER`" in remedy(t, "queue-hold")
    t.bench.ready_entries()
    t.clock.tick(days=2)
    t.load()
    assert "queue-overdue" in checks(t)
    assert "mdsync schedule export" in remedy(t, "queue-overdue")


def test_an_entry_that_stopped_says_why(twins):
    t = in_step(twins, top={"queue": {"notebook": "", "max_attempts": 1}})
    (t.hq.folder / "Customer.csv").unlink()
    t.clock.tick(hours=2)
    t.bench.run_jobs()
    (what,) = t.bench.doctor().filter(check="queue-error")["what"]
    assert what.startswith(
        "The job queue entry of SUB/CUSTOMER stopped after 1 runs that failed. HQ"
    )


def test_a_mapping_whose_entry_is_lost_where_others_have_one(twins):
    t = twins({"TERMS": TERMS, "CUSTOMER": CUSTOMER})
    t.both("NET", table="Payment Terms")
    t.both("A", name="Anna")
    t.load()
    t.sync()
    assert "queue-lost" not in checks(t)
    t.bench.delete_entries("TERMS")
    assert t.bench.doctor().filter(check="queue-lost")["mapping"].to_list() == ["SUB/TERMS"]


def test_a_snapshot_older_than_what_was_read(twins):
    t = in_step(twins)
    t.hq.write(taken_at=(t.clock.now - timedelta(days=3)).isoformat() + "Z")
    t.bench.load("HQ")
    (what,) = t.bench.doctor().filter(check="old-snapshot")["what"]
    assert what == (
        "Customer of HQ is of 2026-02-27 09:06, and runs have read up to 2026-03-02 09:04 (UTC)."
    )
    assert "`mdsync load HQ`" in remedy(t, "old-snapshot")
    again(t)
    assert checks(t) == []


def test_a_mapping_that_is_switched_off_with_couplings(twins):
    t = in_step(twins)
    t.open(CUSTOMER={"enabled": False})
    assert found(t, "switched-off") == [(2, [])]
    assert "`enabled: yes` for SUB/CUSTOMER" in remedy(t, "switched-off")


def test_a_mapping_that_was_never_used_may_be_switched_off_unless_it_is_asked_for(twins):
    t = in_step(twins, mappings={"TERMS": {**TERMS, "enabled": False}, "CUSTOMER": CUSTOMER})
    assert checks(t) == []
    assert found(t, "switched-off", "TERMS") == [(0, [])]


def test_nothing_is_coupled_and_runs_take_coupled_records_only(twins):
    t = twins()
    t.both("A", "B", name="Anna")
    t.load()
    assert found(t, "not-coupled") == [(2, ["A", "B"])]
    assert "`mdsync couple SUB/CUSTOMER --dry-run`" in remedy(t, "not-coupled")
    t.bench.couple("CUSTOMER")
    assert checks(t) == []


def test_a_mapping_that_creates_records_needs_no_coupling(twins):
    t = twins({"CUSTOMER": {**CUSTOMER, "only_coupled": False}})
    t.hq.put("A", name="Anna")
    t.load()
    assert found(t, "not-coupled") == []


def test_every_pair_is_held_or_set_aside(twins):
    t = in_step(twins)
    t.hq.make("A", "B", name="Berta")
    t.load()
    t.sync()
    t.bench.undo(t.bench.jobs()["job_id"][0])
    assert found(t, "all-held") == [(2, ["A", "B"])]
    assert "`mdsync retry SUB/CUSTOMER`" in remedy(t, "all-held")
    t.bench.retry("CUSTOMER", records=[t.hq.id("A")])
    assert found(t, "all-held") == []


# What waits


def test_what_waits_is_grouped_by_its_cause(twins):
    t = in_step(twins, "A", "B", "C")
    t.hq.make("A", "B", name="Berta")
    t.sub.make("A", "B", name="Carla")
    t.load()
    (row,) = t.bench.doctor().to_dicts()
    assert (row["check"], row["family"], row["records"]) == ("waiting", "users", 2)
    assert row["what"] == "SUB: 2 records changed in both."
    assert "`mdsync compare SUB/CUSTOMER`" in row["remedy"]
    assert row["examples"] == ["A", "B"]


def test_what_is_blocked_comes_free_in_order(twins):
    mappings = {"TERMS": TERMS, "CUSTOMER": {**CUSTOMER, "depends_on": ["TERMS"]}}
    t = twins(mappings, tables=["Payment Terms", "Customer"])
    t.both("NET", table="Payment Terms", description="Net")
    t.both("A", "B", "C", name="Anna", terms="NET")
    t.couple()
    t.hq.put("90D", table="Payment Terms", description="Ninety days")
    t.hq.make("A", "B", terms="90D")
    t.hq.put("C", terms="60D")
    t.load()
    rows = t.bench.doctor().filter(check="blocked")
    assert rows.select("records", "examples").rows() == [(2, ["A", "B"]), (1, ["C"])]
    assert rows["what"][0] == "2 records of SUB/CUSTOMER: Payment Terms 90D is missing in SUB."
    assert rows["remedy"].to_list() == [
        "First `mdsync sync SUB/TERMS --full` creates it; then `mdsync sync SUB/CUSTOMER` takes over what waits.",
        "First create it in SUB and run `mdsync load SUB`; then `mdsync sync SUB/CUSTOMER` takes over what waits.",
    ]
    t.sync("TERMS", full=True)
    assert found(t, "blocked") == [(1, ["C"])]
    t.sub.make("60D", "90D", table="Payment Terms")
    t.load("SUB")
    assert found(t, "blocked") == []


def test_a_blocked_creation_needs_a_full_synchronization_afterwards(twins):
    mappings = {"TERMS": TERMS, "CUSTOMER": {**CUSTOMER, "only_coupled": False}}
    t = twins(mappings, tables=["Payment Terms", "Customer"])
    t.both("NET", table="Payment Terms")
    t.both("A", name="Anna", terms="NET")
    t.couple()
    t.hq.put("N", terms="60D")
    t.load()
    assert remedy(t, "blocked").endswith(
        "then `mdsync sync SUB/CUSTOMER --full` takes over what waits."
    )


# Records no run visits


def test_a_record_that_a_run_passed_over_is_stranded(twins):
    t = in_step(twins)
    t.hq.put("NEW", name="Nina")
    t.load()
    assert checks(t) == []
    t.sync()
    assert found(t, "stranded") == [(1, ["NEW"])]
    assert "`mdsync sync SUB/CUSTOMER --full`" in remedy(t, "stranded")
    t.sync(full=True)
    assert found(t, "stranded") == []


def test_a_creation_that_failed_is_stranded_once_its_cause_is_gone(twins):
    t = twins({"CUSTOMER": {**CUSTOMER, "match": ["VAT Registration No."], "only_coupled": False}})
    t.both("PARTNER", vat="1")
    t.couple()
    t.hq.put("TAKEN", vat="2")
    t.sub.put("TAKEN", vat="3")
    assert again(t)["failed"] == 1
    assert checks(t) == ["key-taken"]
    t.sub.put("TAKEN", no="MOVED")
    assert again(t) == {}
    assert found(t, "stranded") == [(1, ["TAKEN"])]


def test_a_mapping_that_creates_nothing_strands_nothing(twins):
    t = in_step(twins, mappings={"CUSTOMER": {**CUSTOMER, "create_new": False}})
    t.hq.put("NEW", name="Nina")
    again(t)
    assert checks(t) == []


def test_a_record_that_left_the_filter_stays_coupled(twins):
    t = in_step(twins, mappings={"CUSTOMER": {**CUSTOMER, "filter": BONN}})
    t.hq.put("B", city="Ulm")
    t.load()
    assert found(t, "left-filter") == [(1, ["B"])]
    assert "`filter` of SUB/CUSTOMER" in remedy(t, "left-filter")
    t.hq.put("B", city="Bonn")
    t.load()
    assert found(t, "left-filter") == []


def test_a_widened_filter_takes_in_what_was_passed_before(twins):
    t = in_step(twins, mappings={"CUSTOMER": {**CUSTOMER, "filter": BONN}})
    t.hq.put("B", city="Ulm")
    t.hq.put("NEW", city="Ulm")
    again(t)
    assert found(t, "widened-filter") == []
    t.open(CUSTOMER={"filter": {"City": ["Bonn", "Ulm"]}})
    assert t.bench.plan().writes == 0
    assert found(t, "widened-filter") == [(2, ["B", "NEW"])]
    assert "`mdsync sync SUB/CUSTOMER --full`" in remedy(t, "widened-filter")
    t.sync(full=True)
    assert checks(t) == []


def test_gone_on_one_side_or_both(twins):
    t = in_step(twins, "A", "B", "C", "D")
    t.hq.drop("A", "C")
    t.sub.drop("B", "C")
    t.load()
    assert found(t, "gone-there") == [(1, ["A"])]
    assert found(t, "gone-here") == [(1, ["B"])]
    ((records, (gone,)),) = found(t, "gone-both")
    assert (records, t.bench.explain("CUSTOMER", gone).rule) == (1, "both-gone")
    assert "`deletion_conflict: restore_records`" in remedy(t, "gone-here")
    assert "`mdsync explain SUB/CUSTOMER RECORD`" in remedy(t, "gone-there")


def test_nothing_is_gone_in_loads_that_may_not_be_complete(twins):
    t = in_step(twins, "A", "B", "C", "D")
    t.hq.complete = t.sub.complete = None
    t.hq.drop("A", "C")
    t.sub.drop("B", "C")
    t.load()
    assert [one for one in checks(t) if one.startswith("gone")] == []


def test_a_key_in_use_by_another_record(twins):
    t = twins({"CUSTOMER": {**CUSTOMER, "match": ["E-Mail"]}})
    t.both("SAME", mail="s@x.example")
    t.hq.put("X", mail="1@x.example")
    t.sub.put("X", mail="2@x.example")
    t.load()
    assert found(t, "key-taken") == [(1, ["X"])]
    assert "`mdsync couple SUB/CUSTOMER --by FIELD`" in remedy(t, "key-taken")


def test_one_number_for_two_firms(twins):
    t = in_step(twins)
    t.hq.put("X", name="Nordsee", vat="1", post="10")
    t.sub.put("X", name="Alpenland", vat="2", post="20")
    t.load()
    assert found(t, "two-firms") == [(1, ["X"])]
    assert "`mdsync explain SUB/CUSTOMER RECORD`" in remedy(t, "two-firms")
    t.sub.put("X", name="Nordsee")
    t.load()
    assert found(t, "two-firms") == []


# Settings


def test_a_field_that_was_enabled_after_two_records_agreed(twins):
    t = in_step(twins, mappings={"CUSTOMER": {**CUSTOMER, "fields": {"only": ["No.", "Name"]}}})
    t.open(CUSTOMER={"fields": SHORT})
    (row,) = t.bench.doctor().to_dicts()
    assert (row["check"], row["field"], row["records"]) == ("mapped-otherwise", "City", 2)
    assert row["what"].endswith("under other field mappings: City was enabled since.")
    assert "`mdsync sync SUB/CUSTOMER`" in row["remedy"]
    t.sync()
    assert found(t, "mapped-otherwise") == []


def test_of_several_fields_nobody_says_which(twins):
    t = in_step(twins, mappings={"CUSTOMER": {**CUSTOMER, "fields": {"only": ["No."]}}})
    t.open(CUSTOMER={"fields": SHORT})
    (row,) = t.bench.doctor().to_dicts()
    assert (row["check"], row["field"]) == ("mapped-otherwise", "")


def test_settings_that_no_run_has_used(twins):
    t = in_step(twins)
    t.open(CUSTOMER={"overwrite_local_change": True})
    assert checks(t) == ["settings-newer"]
    assert "`mdsync sync SUB/CUSTOMER`" in remedy(t, "settings-newer")
    again(t)
    assert checks(t) == []


def test_a_mapping_without_match_fields_that_has_records_to_couple(twins):
    t = twins({"CUSTOMER": {"table": "Customer"}})
    t.hq.make("A", "B", name="Anna")
    t.sub.put("Z", name="Zoe")
    t.load()
    assert found(t, "no-match") == [(2, ["A", "B"])]
    assert "`mdsync couple SUB/CUSTOMER --by FIELD --dry-run`" in remedy(t, "no-match")
    t.open(CUSTOMER={"match": ["No."]})
    assert found(t, "no-match") == []


def test_nothing_here_is_left_to_be_matched(twins):
    t = twins({"CUSTOMER": {"table": "Customer"}})
    t.hq.put("A", name="Anna")
    t.load()
    assert found(t, "no-match") == []


def test_match_fields_that_are_not_in_the_files(twins):
    t = twins({"CUSTOMER": {"table": "Customer", "match": ["VAT Registration No."]}})
    t.both("A", name="Anna")
    t.load()
    assert found(t, "match-absent") == [(1, ["A"])]
    assert t.bench.doctor().filter(check="match-absent")["field"].item() == "VAT Registration No."
    assert "set `match`" in remedy(t, "match-absent")
    t.both("A", vat="1")
    t.load()
    assert found(t, "match-absent") == []


def with_terms(twins, **how):
    mappings = {"TERMS": TERMS, "CUSTOMER": {**CUSTOMER, "depends_on": ["TERMS"]}}
    t = twins(mappings, tables=["Payment Terms", "Customer"], **how)
    t.both("NET", table="Payment Terms", description="Net")
    t.both("A", name="Anna", terms="NET")
    t.both("B", name="Berta")
    t.load()
    return t


def test_a_dependency_that_is_switched_off(twins):
    t = with_terms(twins)
    assert found(t, "dependency-off") == []
    t.open(TERMS={"enabled": False})
    assert found(t, "dependency-off") == [(1, ["A"])]
    assert "`enabled: yes` for SUB/TERMS" in remedy(t, "dependency-off")


def test_a_dependency_that_is_not_in_force(twins):
    t = with_terms(twins, link={"only": ["CUSTOMER"]})
    assert found(t, "dependency-missing") == [(1, ["A"])]
    assert "`depends_on` of SUB/CUSTOMER" in remedy(t, "dependency-missing")


def test_dependencies_of_a_pack_count_where_records_refer_to_the_table(twins):
    pack = {"packs": ["master_data"], "mappings": {"PAYMENTTERMS": {"enabled": False}}}
    mappings = {"CUSTOMER": {"table": "Customer", "match": ["No."]}}
    t = twins(mappings, tables=["Payment Terms", "Customer"], top=pack)
    t.both("NET", table="Payment Terms")
    t.both("A", name="Anna")
    t.load()
    assert found(t, "dependency-off") == []
    t.both("A", terms="NET")
    t.load()
    assert found(t, "dependency-off") == [(1, ["A"])]
    assert found(t, "dependency-missing") == []


def test_two_companies_that_give_each_other_the_same_table(twins):
    back = {"local": "HQ", "integration": "SUB", "mappings": {"CUSTOMER": CUSTOMER}}
    there = {"local": "SUB", "integration": "HQ", "mappings": {"CUSTOMER": CUSTOMER}}
    t = twins(top={"links": {"SUB": there, "BACK": back}})
    t.both("A", name="Anna")
    t.load()
    (row,) = t.bench.doctor().filter(check="reciprocal").to_dicts()
    assert row["what"] == "BACK/CUSTOMER and SUB/CUSTOMER give Customer to each other."
    assert "`enabled: no`" in row["remedy"]
    assert found(t, "reciprocal", "SUB/CUSTOMER") == [(0, [])]


def test_one_direction_is_not_reciprocal(twins):
    assert found(in_step(twins), "reciprocal") == []


def test_a_field_that_holds_an_id_of_the_other_company(twins):
    t = in_step(twins)
    t.both("A", **{"Contact ID": "11111111-2222-3333-4444-555555555555"})
    t.load()
    assert found(t, "dangerous-field") == [(1, ["A"])]
    assert "`fields: {Contact ID: no}` for SUB/CUSTOMER" in remedy(t, "dangerous-field")
    t.open(CUSTOMER={"fields": {"Contact ID": False}})
    assert found(t, "dangerous-field") == []


@pytest.mark.parametrize(
    ("table", "field", "is_dangerous"),
    [
        ("Dimension Value", "Dimension Value ID", True),
        ("Dimension Value", "Dimension Id", True),
        ("Dimension Value", "Code", False),
        ("Customer", "Contact Graph Id", True),
        ("Customer", "Tax Area ID", True),
        ("Customer", "Payment Terms Id", True),
        ("Customer", "Payment Terms Code", False),
        ("Contact", "Xrm Id", True),
        ("Item", "Item Category Id", True),
        ("No. Series Line", "Last No. Used", True),
        ("No. Series Line", "Starting No.", False),
        ("Job Queue Entry", "ID", False),
    ],
)
def test_which_fields_belong_to_one_company(table, field, is_dangerous):
    schema = product_tables()[table]
    assert bool(danger_of(schema.by_name[field], schema)) is is_dangerous


def test_every_danger_of_a_table_of_the_product_is_one_of_its_fields():
    for one in DANGEROUS:
        assert not one.table or one.field in product_tables()[one.table].by_name


def test_the_packs_enable_nothing_dangerous(twins):
    t = twins(top={"packs": ["master_data", "item"]})
    for mapping in t.bench.workspace.mappings.values():
        schema = product_tables()[mapping.table]
        enabled = [one.local for one in mapping.fields if one.enabled]
        assert not [one for one in enabled if danger_of(schema.by_name[one], schema)]


# Values


def with_codes(twins, *texts, **how):
    """Customers whose Payment Terms Code (10 characters) comes from Name 2 (50)."""
    code = {"Payment Terms Code": {"integration": "Name 2", "enabled": True}}
    t = twins({"CUSTOMER": {**CUSTOMER, "fields": {"No.": True, **code}}}, **how)
    for n, text in enumerate(texts):
        t.hq.put(f"C{n}", name2=text)
        t.sub.put(f"C{n}", terms="X")
    t.load()
    return t


def test_codes_that_become_one_when_they_are_cut(twins):
    t = with_codes(twins, "Fourteen days", "Fourteen doors", "Net", "Cash")
    (row,) = t.bench.doctor().filter(check="colliding-codes").to_dicts()
    assert (row["field"], row["records"]) == ("Payment Terms Code", 2)
    assert row["examples"] == ["C0", "C1"]
    assert row["what"].endswith("are one in SUB: Fourteen days, Fourteen doors.")
    assert "`fields: {Payment Terms Code: no}`" in row["remedy"]
    assert found(t, "too-long") == [(2, ["C0", "C1"])]


def test_codes_that_become_one_in_capitals(twins):
    t = with_codes(twins, "Net", "NET", "Cash")
    assert found(t, "colliding-codes") == [(2, ["C0", "C1"])]
    assert found(t, "too-long") == []


def test_codes_that_stay_apart_are_no_finding(twins):
    t = with_codes(twins, "Net", "Cash", "Cash")
    assert found(t, "colliding-codes") == []


def test_masked_values_are_not_said(twins):
    t = with_codes(twins, "Net", "NET", top={"report": {"mask": ["payment terms code"]}})
    (row,) = t.bench.doctor().filter(check="colliding-codes").to_dicts()
    assert row["what"].endswith("are one in SUB.")


def test_members_of_an_option_collide_before_a_record_has_them(twins):
    option = {"Customer": {"fields": {"Freight": "option(Full wagon load, Full wagon lot)"}}}
    code = {"Payment Terms Code": {"integration": "Freight", "enabled": True}}
    mappings = {"CUSTOMER": {**CUSTOMER, "fields": {"No.": True, **code}}}
    t = twins(mappings, top={"tables": option})
    t.both("A", terms="X", Freight="Full wagon lot")
    t.load()
    assert found(t, "colliding-codes") == [(1, ["A"])]


def test_a_text_that_is_longer_than_its_field(twins):
    t = in_step(twins)
    t.hq.put("A", name="A" * 101)
    t.hq.put("B", name="B" * 100)
    t.load()
    (row,) = t.bench.doctor().filter(check="too-long").to_dicts()
    assert (row["field"], row["examples"]) == ("Name", ["A"])
    assert "longer than the 100 characters" in row["what"]
    assert "`fields: {Name: no}`" in row["remedy"]


def with_rates(twins, *rates, **how):
    t = twins(tables=["Customer", "Currency Exchange Rate"], currencies=("GBP", "EUR"), **how)
    for one in rates:
        t.both(one, table="Currency Exchange Rate", **{"Starting Date": "2026-01-01"})
    t.both("A", name="Anna", currency="USD")
    t.both("B", name="Berta", currency="SEK")
    t.both("OWN", name="Otto", currency="EUR")
    t.both("BLANK", name="Bernd")
    t.load()
    return t


def test_a_currency_without_an_exchange_rate(twins):
    t = with_rates(twins, "USD")
    rows = t.bench.doctor().filter(check="no-exchange-rate")
    said = rows.select("company", "field", "records", "examples").rows()
    assert said == [("HQ", "Currency Code", 2, ["B", "OWN"]), ("SUB", "Currency Code", 1, ["B"])]
    assert rows["what"][0].endswith("in a currency without an exchange rate there: EUR, SEK.")
    assert "`mdsync load HQ`" in rows["remedy"][0]


def test_every_currency_in_use_has_a_rate(twins):
    assert found(with_rates(twins, "USD", "SEK", "EUR"), "no-exchange-rate") == []


def test_without_rates_that_are_known_completely_nothing_is_said_of_them(twins):
    assert found(with_rates(twins, "USD", complete=None), "no-exchange-rate") == []


def test_without_a_table_of_rates_nothing_is_said_of_them(twins):
    t = in_step(twins)
    t.both("A", currency="USD")
    t.load()
    assert found(t, "no-exchange-rate") == []
