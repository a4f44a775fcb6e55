"""Merging: what only one side changed is taken from it, and a field both changed is a conflict."""

import polars as pl
import pytest

FIELDS = ["No.", "Name", "City", "Phone No."]
CASES = """
    key        | class               | action    | rule            | conflict  | name  | city
    THERE      | changed_source      | modify    | changed         |           | Berta | Bonn
    BOTH ENDS  | changed_both        | modify    | merged          | timestamp | Berta | Ulm
    HERE ONLY  | changed_destination | unchanged | kept-here       | timestamp | Anna  | Ulm
    SAME       | changed_both_same   | unchanged | late-unchanged  |           | Berta | Bonn
    SAME APART | changed_both        | unchanged | kept-here       | timestamp | Berta | Ulm
    CONFLICT   | changed_both        | fail      | local-change    | true      | Carla | Bonn
    MIXED      | changed_both        | fail      | local-change    | true      | Carla | Bonn
    UNMAPPED   | changed_source      | modify    | changed         | timestamp | Berta | Bonn
"""


def mapping(**more):
    said = {"table": "Customer", "match": ["No."], "fields": {"only": FIELDS}}
    return {"CUSTOMER": {**said, "update_conflict": "merge", **more}}


def two_companies(twins, said=None, **how):
    t = twins(said or mapping(), **how)
    handles = [line.partition("|")[0].strip() for line in CASES.strip().splitlines()[1:]]
    t.both(*handles, name="Anna", city="Bonn", phone="1", post="1")
    t.couple()
    t.hq.make(
        "THERE", "BOTH ENDS", "SAME", "SAME APART", "CONFLICT", "MIXED", "UNMAPPED", name="Berta"
    )
    t.hq.put("MIXED", phone="2")
    t.hq.touch("HERE ONLY")
    t.sub.make("BOTH ENDS", "HERE ONLY", "SAME APART", city="Ulm")
    t.sub.make("SAME", "SAME APART", name="Berta")
    t.sub.make("CONFLICT", "MIXED", name="Carla")
    t.sub.put("UNMAPPED", post="2")
    t.load()
    return t


def here(t):
    """Name and city of every record of SUB."""
    names, cities = t.held("SUB"), t.held("SUB", "city")
    return {key: (names[key], cities[key]) for key in names}


def cells_of(t, key):
    """The fields of a record that a comparison shows: who changed it, last agreed, there, here."""
    found = t.bench.compare()
    ids = found.decisions.filter(key=key).select("source_id")
    shown = found.cells.join(ids, on="source_id", how="semi").filter(
        pl.col("source").ne_missing(pl.col("destination"))
    )
    return shown.sort("field").select("field", "class", "base", "source", "destination").rows()


def class_of(t, key):
    return t.bench.compare().decisions.filter(key=key)["class"].to_list()


@pytest.mark.parametrize("times", [True, (True, False)], ids=["times", "no times here"])
@pytest.mark.parametrize("ids", [True, False], ids=["ids", "keys"])
def test_a_record_is_merged_field_by_field(twins, assert_decided, rows_of, times, ids):
    t = two_companies(twins, ids=ids, times=times)
    plan = t.bench.plan()
    decided = "\n".join("|".join(line.split("|")[:5]) for line in CASES.strip().splitlines())
    assert_decided(plan.decisions, decided)
    assert t.applied(plan.plan_id) == {"modified": 3, "unchanged": 3, "failed": 2}
    assert here(t) == {row["key"]: (row["name"], row["city"]) for row in rows_of(CASES)}


def test_a_plan_names_what_it_keeps_and_what_it_holds(twins):
    t = two_companies(twins)
    plan = t.bench.plan()
    said = dict(plan.decisions.select("key", "message").iter_rows())
    assert said["BOTH ENDS"].endswith("changed only here stays. Kept: City.")
    assert said["HERE ONLY"] == "Changed only here; it stays as it is here. Fields: City."
    assert said["MIXED"].endswith("a different value comes in. Fields: Name.")
    kept = plan.cells.filter("kept").join(plan.decisions, on="source_id").sort("key")
    assert kept.select("key", "field", "destination", "base").rows() == [
        ("BOTH ENDS", "City", "Ulm", "Bonn"),
        ("HERE ONLY", "City", "Ulm", "Bonn"),
        ("SAME APART", "City", "Ulm", "Bonn"),
    ]


def test_a_merge_is_in_the_change_set_with_what_it_carries_alone(twins):
    t = two_companies(twins)
    (done,) = t.bench.apply(t.bench.plan().plan_id)
    written = next(file for file in done.files if "modify" in file.name).read_text("utf-8")
    assert "Ulm" not in written
    assert "BOTH ENDS" in written


@pytest.mark.parametrize("take_over", [False, True], ids=["pending", "taken over"])
@pytest.mark.parametrize("times", [True, (True, False)], ids=["times", "no times here"])
def test_what_was_kept_is_remembered_as_changed_only_here(twins, times, take_over):
    t = two_companies(twins, times=times)
    t.sync()
    if take_over:
        t.take_over()
        t.load()
    assert class_of(t, "BOTH ENDS") == ["changed_destination"]
    assert cells_of(t, "BOTH ENDS") == [("City", "destination", "Bonn", "Bonn", "Ulm")]
    assert cells_of(t, "THERE") == []
    assert t.bench.plan(full=True).writes == 0
    assert t.sync(full=True)["unchanged"] == 6
    t.hq.put("BOTH ENDS", name="Doris")
    t.load("HQ")
    assert t.sync()["modified"] == 1
    assert here(t)["BOTH ENDS"] == ("Doris", "Ulm")
    assert cells_of(t, "BOTH ENDS") == [("City", "destination", "Bonn", "Bonn", "Ulm")]


@pytest.mark.parametrize("times", [True, (True, False)], ids=["times", "no times here"])
def test_the_base_of_a_merged_field_is_what_was_written(twins, assert_decided, times):
    t = two_companies(twins, times=times)
    t.sync()
    t.take_over()
    t.hq.put("BOTH ENDS", name="Doris", city="Köln")
    t.sub.put("THERE", name="Carla")
    t.load()
    assert_decided(
        t.bench.plan(full=True).decisions,
        """
        key       | class               | rule         | conflict
        BOTH ENDS | changed_both        | local-change | true
        THERE     | changed_destination | kept-here    |
    """,
    )
    assert cells_of(t, "BOTH ENDS") == [
        ("City", "both", "Bonn", "Köln", "Ulm"), ("Name", "source", "Berta", "Doris", "Berta"),
    ]  # fmt: skip


def test_a_kept_change_that_is_taken_back_agrees(twins, assert_decided):
    t = two_companies(twins)
    t.sync()
    t.take_over()
    t.sub.make("BOTH ENDS", "HERE ONLY", city="Bonn")
    t.load()
    assert class_of(t, "BOTH ENDS") == class_of(t, "HERE ONLY") == []
    t.hq.make("BOTH ENDS", "HERE ONLY", city="Ulm")
    t.load("HQ")
    assert_decided(
        t.bench.plan().decisions, "key | rule \n BOTH ENDS | changed \n HERE ONLY | changed"
    )


def test_a_kept_change_the_source_follows_agrees(twins):
    t = two_companies(twins)
    t.sync()
    t.hq.put("BOTH ENDS", city="Ulm")
    t.load("HQ")
    assert t.sync()["unchanged"] == 1
    assert cells_of(t, "BOTH ENDS") == []
    assert t.bench.sql("select 1 from kept_cell where field = 'City'").height == 3


def test_what_was_kept_stays_protected_under_every_other_word(twins, assert_decided):
    t = two_companies(twins)
    t.sync()
    t.hq.make("BOTH ENDS", "HERE ONLY", name="Doris")
    t.load("HQ")
    for said in ({"update_conflict": "none"}, {"fields": {"only": [*FIELDS, "Post Code"]}}):
        t.open(CUSTOMER=said)
        assert_decided(
            t.bench.plan().decisions,
            "key | rule \n BOTH ENDS | local-change \n HERE ONLY | local-change",
        )


def test_a_merge_can_be_undone_and_done_again(twins):
    t = two_companies(twins)
    before = here(t), cells_of(t, "BOTH ENDS"), cells_of(t, "HERE ONLY"), agreements(t)
    t.sync()
    after = here(t), cells_of(t, "BOTH ENDS"), cells_of(t, "HERE ONLY")
    job = t.bench.jobs()["job_id"][0]
    undo = t.bench.undo_plan(job)
    reversed_cells = undo.cells.join(undo.decisions.filter(key="BOTH ENDS"), on="source_id")
    assert reversed_cells.select("field", "source", "destination").rows() == [
        ("Name", "Anna", "Berta")
    ]
    t.bench.undo(job)
    assert (here(t), cells_of(t, "BOTH ENDS"), cells_of(t, "HERE ONLY"), agreements(t)) == before
    assert t.bench.plan(full=True).writes == 0
    t.bench.retry("CUSTOMER")
    assert t.sync()["modified"] == 3
    assert (here(t), cells_of(t, "BOTH ENDS"), cells_of(t, "HERE ONLY")) == after
    t.bench.undo(t.bench.jobs()["job_id"][0])
    t.bench.undo(t.bench.jobs()["job_id"][0])
    assert (here(t), cells_of(t, "BOTH ENDS"), cells_of(t, "HERE ONLY")) == after


def agreements(t):
    found = t.bench.sql(
        """select integration_id, local_modified_at, integration_modified_at, local_row_hash,
        integration_row_hash, agreed_seq, agreed_at from coupling order by 1"""
    )
    return found.rows()


def test_a_merge_that_was_not_taken_over_is_planned_as_before_it(twins):
    t = two_companies(twins)
    t.sync()
    t.load("SUB")
    assert t.bench.plan().counts.filter(rule="not-taken-over")["records"].to_list() == [3]
    assert cells_of(t, "BOTH ENDS") == [
        ("City", "destination", "Bonn", "Bonn", "Ulm"), ("Name", "source", "Anna", "Berta", "Anna"),
    ]  # fmt: skip
    assert t.sync(again=True)["modified"] == 3
    assert here(t)["BOTH ENDS"] == ("Berta", "Ulm")
    t.take_over()
    t.load("SUB")
    assert cells_of(t, "BOTH ENDS") == [("City", "destination", "Bonn", "Bonn", "Ulm")]


def test_pairs_that_never_agreed_wait_as_without_a_merge(twins, assert_decided):
    t = twins(mapping())
    t.hq.make("APART", "MOVED", "EDITED", name="Anna")
    t.sub.make("APART", "MOVED", "EDITED", name="Ann")
    t.couple()
    t.hq.make("MOVED", "EDITED", name="Berta")
    t.sub.put("EDITED", city="Ulm")
    t.load()
    assert_decided(
        t.bench.plan().decisions,
        """
        key    | action | rule
        APART  | wait   | origin-unknown
        MOVED  | modify | changed
        EDITED | fail   | local-change
    """,
    )


@pytest.mark.parametrize(
    ("said", "held"),
    [
        ({"overwrite_local_change": True}, ("Berta", "Bonn")),
        ({"fields": {"City": {"enabled": True, "overwrite_local_change": True}, "Name": True}},
         ("Berta", "Bonn")),
        ({"fields": {"Name": True}, "constants": {"City": "Bonn"}}, ("Berta", "Bonn")),
        ({}, ("Berta", "Ulm")),
    ],
    ids=["overwrite the table", "overwrite the field", "constant", "merge alone"],
)  # fmt: skip
def test_what_may_be_overwritten_and_constants_are_carried_by_a_merge_too(twins, said, held):
    t = two_companies(twins, mapping(**said))
    t.sync()
    assert here(t)["BOTH ENDS"] == held


@pytest.mark.parametrize("cleared", [[], ["Payment Terms Code"]], ids=["fails", "cleared"])
def test_a_reference_that_is_kept_neither_blocks_nor_is_cleared(twins, cleared):
    fields = {"fields": {"only": ["No.", "Name", "Payment Terms Code"]}}
    terms = {"table": "Payment Terms", "match": ["Code"]}
    t = twins({"TERMS": terms, **mapping(**fields, clear_on_failed=cleared)})
    t.both("NET", "30D", table="Payment Terms")
    t.both("A", "B", name="Anna", terms="30D")
    t.couple()
    t.sub.drop("30D", table="Payment Terms")
    t.sub.put("A", terms="NET")
    t.sub.put("B", terms="")
    t.hq.make("A", "B", name="Berta")
    t.load()
    for _ in range(2):
        t.sync("CUSTOMER", full=True)
        assert t.held("SUB") == {"A": "Berta", "B": "Berta"}
        assert t.held("SUB", "terms") == {"A": "NET", "B": None}


def test_a_number_somebody_changed_only_here_stays(twins, assert_decided):
    t = twins(mapping())
    t.both("1", "2", "3", name="Anna")
    t.couple()
    t.sub.put("1", no="L1")
    t.hq.put("2", no="H2")
    t.sub.put("2", city="Ulm")
    t.hq.put("3", no="H3")
    t.sub.put("3", no="L3")
    t.hq.make("1", "2", name="Berta")
    t.load()
    assert_decided(
        t.bench.plan().decisions,
        """
        key | action | rule
        1   | modify | merged
        H2  | modify | renamed
        H3  | fail   | local-change
    """,
    )
    assert t.sync() == {"modified": 2, "failed": 1}
    assert here(t) == {"L1": ("Berta", None), "H2": ("Berta", "Ulm"), "L3": ("Anna", None)}
    assert t.bench.plan(full=True).writes == 0


def test_ours_stays_and_theirs_wins_settle_a_conflict_without_a_merge(twins, assert_decided):
    t = two_companies(twins, mapping(update_conflict="send_update_to_integration"))
    assert_decided(
        t.bench.plan().decisions,
        """
        key       | class        | action    | rule           | conflict
        BOTH ENDS | changed_both | unchanged | ours-stays     | timestamp
        CONFLICT  | changed_both | unchanged | ours-stays     | true
        THERE     | changed_source | modify  | changed        |
    """,
    )
    before, agreed = here(t), agreements(t)
    assert t.sync() == {"modified": 1, "unchanged": 7}
    assert {**here(t), "THERE": before["THERE"]} == before
    stays = t.hq.id("CONFLICT")
    assert [one for one in agreements(t) if one[0] == stays] == [
        one for one in agreed if one[0] == stays
    ]
    assert class_of(t, "CONFLICT") == ["changed_both"]
    t.open(CUSTOMER={"update_conflict": "get_update_from_integration"})
    assert t.sync(full=True)["modified"] == 6
    assert here(t)["CONFLICT"] == here(t)["BOTH ENDS"] == ("Berta", "Bonn")
    assert t.bench.compare().cells.is_empty()


def test_a_conflict_that_failed_before_no_longer_stands_once_ours_stays(twins):
    t = two_companies(twins, mapping(update_conflict="none"))
    for _ in range(3):
        t.sync()
    assert t.bench.status()["skipped"][0] == 6
    t.open(CUSTOMER={"update_conflict": "send_update_to_integration"})
    t.bench.retry("CUSTOMER")
    t.sync()
    status = t.bench.status().row(0, named=True)
    assert (status["failed"], status["skipped"]) == (0, 0)
    assert t.bench.errors().is_empty()


@pytest.mark.parametrize("company", ["hq", "sub"])
def test_what_was_kept_is_known_when_a_company_names_its_records_otherwise(twins, company):
    t = two_companies(twins)
    t.sync()
    t.take_over()
    t.load()
    getattr(t, company).ids = False
    t.load()
    assert cells_of(t, "BOTH ENDS") == [("City", "destination", "Bonn", "Bonn", "Ulm")]


def test_what_was_kept_is_known_when_a_company_delivers_other_columns(twins, assert_decided):
    t = two_companies(twins)
    t.sync()
    t.take_over()
    t.sub.withheld = {"Post Code"}
    t.load()
    assert cells_of(t, "BOTH ENDS") == [("City", "destination", "Bonn", "Bonn", "Ulm")]
    t.sub.put("BOTH ENDS", city="Bonn")
    t.load()
    assert cells_of(t, "BOTH ENDS") == []
    assert_decided(t.bench.plan(full=True).decisions, "key | class \n BOTH ENDS | agrees")


def test_another_mapping_of_the_same_records_has_a_base_of_its_own(twins):
    """What one mapping keeps is no change to another: each has its own agreement."""
    said = {"table": "Customer", "match": ["No."], "update_conflict": "merge"}
    t = twins(
        {
            "CUSTOMER": {**said, "fields": {"only": ["No.", "Name", "City"]}},
            "PHONES": {**said, "fields": {"only": ["No.", "Phone No.", "City"]}},
        }
    )
    t.both("A", name="Anna", city="Bonn", phone="1")
    t.couple("SUB/CUSTOMER", "SUB/PHONES")
    t.sub.put("A", city="Ulm")
    t.hq.put("A", name="Berta")
    t.load()
    assert t.sync("SUB/CUSTOMER") == {"modified": 1}
    t.hq.put("A", phone="2")
    t.load("HQ")
    assert t.sync("SUB/PHONES") == {"modified": 1}
    assert here(t)["A"] == ("Berta", "Ulm")
    bases = t.bench.sql("select mapping, field, base from kept_cell order by all").rows()
    assert bases == [("SUB/CUSTOMER", "City", "Bonn"), ("SUB/PHONES", "City", "Bonn")]
