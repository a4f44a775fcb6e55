"""Any two companies beside each other: what differs, narrowed down, and from there to a plan."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from mdsync_nb import Workbench, frames
from mdsync_nb.engine.drift import Drift
from mdsync_nb.errors import UnknownName, UsageError

CUSTOMER = "NORDIC/CUSTOMER"


@pytest.fixture(scope="module")
def workbench(demo: Path) -> Workbench:
    return Workbench(demo, progress=False)


@pytest.fixture(scope="module")
def drift(workbench: Workbench) -> Drift:
    return workbench.drift(CUSTOMER)


def test_it_counts_the_same_pairs_as_a_comparison(drift: Drift, workbench: Workbench) -> None:
    assert drift.states == {"equal": 353, "differs": 58, "only there": 9, "only here": 7}
    cells = workbench.compare(CUSTOMER).cells.filter(
        pl.col("source").ne_missing(pl.col("destination"))
    )
    coupled = cells.filter(pl.col("destination_id").is_not_null())
    compared = dict(coupled.group_by("field").len().iter_rows())
    counts = dict(drift.fields.filter(pl.col("records") > 0).select("field", "records").rows())
    assert compared.items() <= counts.items() or compared == counts


def test_its_frames_are_as_their_contracts_say(drift: Drift) -> None:
    told = {
        "sides": frames.DRIFT_SIDES, "records": frames.DRIFT_RECORDS, "cells": frames.DRIFT_CELLS,
        "fields": frames.DRIFT_FIELDS, "kinds": frames.DRIFT_KINDS, "facets": frames.DRIFT_FACETS,
    }  # fmt: skip
    for name, contract in told.items():
        assert dict(getattr(drift, name).schema) == contract, name
    assert dict(drift.values("Phone No.").schema) == frames.DRIFT_VALUES


def test_what_is_asked_for_leaves_the_other_choices_open(drift: Drift) -> None:
    phone = drift.narrow("Phone No.")
    assert len(phone) == 26
    assert phone.fields.equals(drift.fields)
    country = phone.facets.filter(facet="Country/Region Code")
    assert country["differs"].sum() == 26
    assert country["records"].sum() == 353 + 58
    first = country.row(0, named=True)
    there = phone.narrow(where={"Country/Region Code": first["value"]})
    assert len(there) == first["differs"]
    assert there.facets.filter(facet="Country/Region Code").equals(country)
    assert there.fields.filter(field="Phone No.")["records"].item() == len(there)
    assert len(there.widen()) == 74
    with pytest.raises(UnknownName):
        drift.narrow("Phone")


def test_either_of_two_fields_is_enough_and_a_kind_is_of_these(drift: Drift) -> None:
    both = drift.narrow("Address 2", "Credit Limit (LCY)")
    assert len(both) == 9
    assert len(both.narrow(kind="zero-here")) == 3
    assert drift.narrow(state="only here").records["there_id"].null_count() == 7


def test_two_subsidiaries_are_put_together_through_their_holding(workbench: Workbench) -> None:
    found = workbench.drift("customer", there="NORDIC", here="DEUTSCHLAND")
    assert found.through == "Harbour & Hale Group"
    assert found.states["equal"] + found.states["differs"] == sum(found.ways.values()) > 0
    with pytest.raises(UsageError, match="No mapping keeps"):
        found.plan()


def test_a_load_of_the_past_is_never_planned(workbench: Workbench) -> None:
    with pytest.raises(UsageError, match="nothing to plan"):
        workbench.drift("Customer", there="NORDIC@previous").plan()
    with pytest.raises(UsageError, match="load of the past"):
        workbench.drift(CUSTOMER, there="HOLDING@previous").plan()


def test_from_a_facet_to_a_plan_and_back(demo_copy: Path) -> None:
    workbench = Workbench(demo_copy, progress=False)
    found = workbench.drift(CUSTOMER).narrow("E-Mail")
    before = set(found.records["key"])
    asked = found.plan("there")
    assert sum(one.total for one in asked) == len(before)
    assert sum(one.scheduled + one.left_out.height for one in asked) == len(before)
    plans = [one.plan for one in asked if one.plan]
    jobs = [job.job_id for one in plans for job in workbench.apply(one.plan_id, force=True)]
    left = workbench.drift(CUSTOMER).narrow("E-Mail")
    written = sum(one.writes for one in plans)
    assert len(left) == len(before) - written < len(before)
    for job in reversed(jobs):
        workbench.undo(job)
    assert set(workbench.drift(CUSTOMER).narrow("E-Mail").records["key"]) == before


def test_records_that_are_only_there_are_created_here(demo_copy: Path) -> None:
    workbench = Workbench(demo_copy, progress=False)
    (asked,) = workbench.drift(CUSTOMER).plan("there", create=True)
    assert asked.plan
    assert dict(asked.plan.counts.select("action", "records").rows()) == {"insert": 9}
    with pytest.raises(UsageError, match="cannot take values from 'here'"):
        workbench.drift(CUSTOMER).plan("here")


def test_what_is_masked_is_seen_nowhere_on_the_page(demo_copy: Path) -> None:
    settings = demo_copy / "mdsync.yaml"
    text = settings.read_text("utf-8")
    assert "mask: []" in text
    settings.write_text(text.replace("mask: []", "mask: [Phone No., Currency Code]"), "utf-8")
    found = Workbench(demo_copy, progress=False).drift(CUSTOMER).narrow("Phone No.")
    page = found._repr_html_()
    assert "•••" in page
    assert found.cells["there"][0] not in page
    assert "SEK" not in page


def test_a_load_is_named_by_a_time_of_any_zone(workbench: Workbench) -> None:
    past = workbench.drift("Customer", there="NORDIC@2026-03-02T23:00+02:00", here="NORDIC")
    assert past.sides["as_of"][0] < past.sides["as_of"][1]


def test_numbers_that_are_masked_are_not_said_of_records_left_out(demo_copy: Path) -> None:
    settings = demo_copy / "mdsync.yaml"
    text = settings.read_text("utf-8")
    settings.write_text(text.replace("mask: []", 'mask: ["No."]'), "utf-8")
    found = Workbench(demo_copy, progress=False).drift(CUSTOMER).plan("there")
    assert {one.masked for one in found} == {("No.",)}
