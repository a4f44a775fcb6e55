"""What a bidirectional mapping shows: explained, rehearsed and decided in both directions."""

import polars as pl

from mdsync_nb import frames

from .pairs import TO


def conflict(pairs, **said):
    """One pair whose name was changed on both sides."""
    p = pairs({"CLIENT": said})
    p.synced("A")
    p.local.put("Client", "A", Name="here")
    p.int.put("account", "A", Name="there")
    p.load()
    return p


def test_an_explanation_replays_both_steps_and_has_both_watermarks(pairs):
    p = conflict(pairs)
    told = p.bench.explain("CLIENT", "A")
    decides = told.gates.filter("decides")
    assert decides["ladder"].to_list() == ["to INT: after values", "from INT: after values"]
    assert decides["rule"].to_list() == ["update-conflict", "update-conflict"]
    assert told.key == "A"
    assert told.verdict.startswith("It cannot be updated: both records were modified")
    assert told.cells.select("field", "source", "destination", "base").rows() == [
        ("Name", "there", "here", "A")
    ]
    assert told.times["read up to"] == p.state()["watermark"]
    assert told.times["read here up to"] == p.state()["local_watermark"]
    assert "record synchronize" in told.step


def test_an_explanation_of_what_only_flows_there_shows_it_from_the_same_side(pairs):
    p = pairs()
    p.synced("A", Phone="1")
    p.local.put("Client", "A", Phone="2")
    p.load()
    told = p.bench.explain("CLIENT", "A")
    assert told.cells.select("field", "source", "destination", "class").rows() == [
        ("Phone", "1", "2", "destination")
    ]
    assert told.verdict.startswith("To INT: ")


def test_the_history_of_a_record_has_the_jobs_of_both_directions(pairs):
    p = conflict(pairs)
    p.run()
    rules = p.bench.explain("CLIENT", "A").history["rule"].to_list()
    assert rules[-2:] == ["update-conflict", "update-conflict"]


def test_a_rehearsal_says_whose_values_each_word_would_lose(pairs):
    p = conflict(pairs)
    told = p.bench.rehearse("CLIENT")
    counted = told.select("policy", "left", "written", "lost_here", "lost_there").rows()
    assert counted == [
        ("none", 1, 0, 0, 0),
        ("send_update_to_integration", 0, 1, 0, 1),
        ("get_update_from_integration", 0, 1, 1, 0),
        ("merge", 1, 0, 0, 0),
    ]


def decided(p, decision):
    """Decide the one field that waits, apply it, and run once more."""
    row = p.bench.compare().worklist.row(0, named=True)
    answer = {name: row.get(name) for name in frames.ANSWERS}
    asked = {**answer, "row": 1, "decision": decision, "value": None}
    made = p.bench.decide(pl.DataFrame([asked], schema=frames.ANSWERS))
    assert made.plan is not None
    p.applied(made.plan)
    p.load()
    p.run()
    return p.held("LOCAL"), p.held("INT")


def test_who_takes_the_other_side_writes_it_here(pairs):
    assert decided(conflict(pairs), "take source") == (["there"], ["there"])


def test_who_keeps_ours_sends_it_with_the_next_run(pairs):
    assert decided(conflict(pairs), "keep ours") == (["here"], ["here"])


def test_a_plan_names_the_company_each_step_writes(pairs):
    p = pairs()
    p.synced("A")
    p.local.put("Client", "A", Phone="2")
    p.load()
    plan = p.bench.plan()
    assert [step["destination"] for step in plan.steps] == ["INT", "LOCAL"]
    one = p.bench.plan(direction=TO)
    assert [step["destination"] for step in one.steps] == ["INT"]


def test_an_edit_that_could_not_come_back_is_still_there_when_it_can(pairs):
    """Mail only comes from INT. It waits there while its run fails, whatever goes to INT meanwhile,
    and comes with the first run that succeeds."""
    p = pairs()
    p.synced("A", Phone="1", Mail="m")
    p.local.put("Client", "A", Phone="2")
    p.int.put("account", "A", Mail="new")
    p.load()
    p.run(direction=TO)
    p.load()
    p.local.put("Client", "A", Phone="3")
    p.load()
    p.run(direction=TO)
    p.load()
    assert p.held("INT", "Phone") == ["3"]
    assert p.run(direction="from_integration") == {"from": {"modified": 1}}
    assert p.held("LOCAL", "Mail") == ["new"]


def test_what_ran_both_ways_runs_again_so_and_one_way_stays_one(pairs):
    p = conflict(pairs)
    p.run()
    jobs = p.bench.jobs().filter(kind="modified")["job_id"].head(2).to_list()
    (both,) = p.bench.plan_again(*jobs)
    assert [one["direction"] for one in both.steps] == ["to_integration", "from_integration"]
    p.run(direction="to_integration")
    (one,) = p.bench.plan_again(p.bench.jobs()["job_id"][0])
    assert [step["direction"] for step in one.steps] == ["to_integration"]


def test_a_record_that_flows_both_ways_is_written_from_the_side_somebody_chose(pairs):
    view = conflict(pairs).bench.view.record("CLIENT", "A")
    shown = [one.description for one in view._buttons if one.layout.display != "none"]
    assert [one for one in shown if one.startswith("Synchronize")] == [
        "Synchronize from there", "Synchronize to there",
    ]  # fmt: skip
    view._buttons[shown_at(view, "Synchronize to there")].click()
    view.strip.working.wait(60)
    (plan,) = view.strip.plans
    assert plan.cells.select("source", "destination").rows() == [("here", "there")]
    assert plan.writes == 1


def shown_at(view, words):
    return [one.description for one in view._buttons].index(words)
