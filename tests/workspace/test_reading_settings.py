"""Every value of mdsync.yaml is the text that was written."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mdsync_nb.model import Completeness, Limits
from mdsync_nb.model.company import TableFile
from mdsync_nb.workspace import open_workspace
from mdsync_nb.workspace.document import read_document, spelled
from mdsync_nb.workspace.reading import nearest


def test_norway_is_a_link_and_a_value_and_not_a_no(opened):
    workspace = opened("""
        companies: {HQ: {tables: {Customer: c.csv}}, NORGE: {}}
        links:
          NO:
            local: NORGE
            integration: HQ
            mappings: {CUSTOMER: {filter: {Country/Region Code: [NO, ON, Y]}}}
    """)
    assert list(workspace.settings.links) == ["NO"]
    (condition,) = workspace.mapping("NO/CUSTOMER").local_filter
    assert condition.values == ("NO", "ON", "Y")


def test_a_number_with_leading_zeros_stays_as_it_is(opened):
    workspace = opened("""
        mappings:
          CUSTOMER: {filter: {No.: 00010, Post Code: [0150, 1e3, 0x1F, 1_000]}}
    """)
    first, second = workspace.mapping("DE/CUSTOMER").integration_filter
    assert first.values == ("00010",)
    assert second.values == ("0150", "1E3", "0X1F", "1_000")


@pytest.mark.parametrize(
    ("written", "meant"),
    [("yes", True), ("no", False), ("true", True), ("False", False), ("on", True), ("off", False)],
)
def test_yes_and_no_are_booleans_only_where_a_boolean_is_wanted(opened, written, meant):
    workspace = opened(f"""
        name: {written}
        mappings: {{CUSTOMER: {{overwrite_local_change: {written}}}}}
    """)
    assert workspace.settings.name == written
    assert workspace.mapping("DE/CUSTOMER").overwrite_local_change is meant


def test_complete_is_yes_without_a_warning(opened, recwarn):
    workspace = opened("companies: {HQ: {complete: yes}, DE: {complete: no}, FR: {}}")
    found = [company.complete for company in workspace.settings.companies.values()]
    assert found == [Completeness.YES, Completeness.NO, Completeness.UNKNOWN]
    assert not recwarn.list


def test_shares_may_be_written_in_percent(opened):
    workspace = opened("limits: {updates: 20%, inserts: 0.5, deletes: 1 %, floor: 5}")
    assert workspace.settings.limits == Limits(updates=0.2, inserts=0.5, deletes=0.01, floor=5)


def test_a_key_with_nothing_behind_it_keeps_its_default(opened):
    workspace = opened("""
        companies:
          HQ:
            currency:
            tables:
          DE: {tables: {Customer: {file: c.csv, where: {company: }}}}
        links:
        mappings:
        limits:
    """)
    assert workspace.settings.companies["HQ"].currency == ""
    assert workspace.settings.limits == Limits()
    assert workspace.mappings == {}
    file = workspace.company("DE").table_file("Customer")
    assert file == TableFile(file="c.csv", where={"company": ""})


def test_a_placeholder_stays_as_written_and_its_secret_is_never_read(opened, monkeypatch):
    monkeypatch.setenv("EXPORTS", "the-secret")
    workspace = opened("companies: {HQ: {folder: '${EXPORTS}/{snapshot}'}}")
    assert workspace.company("HQ").folder == "${EXPORTS}/{snapshot}"
    assert "the-secret" not in repr(workspace)


def test_a_workspace_is_found_from_a_folder_below_it_and_by_its_file(opened, tmp_path):
    at_root = opened()
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    assert open_workspace(below) == at_root == open_workspace(tmp_path / "mdsync.yaml")
    assert at_root.root == tmp_path.resolve()
    assert at_root.file.name == "mdsync.yaml"


def test_a_relative_folder_is_enough(opened, tmp_path, monkeypatch):
    opened()
    monkeypatch.chdir(tmp_path)
    assert open_workspace(type(tmp_path)(os.curdir)).root == tmp_path.resolve()


def test_what_is_written_once_may_be_meant_twice(opened):
    workspace = opened("""
        companies:
          HQ: {tables: &same {Customer: c.csv}}
          DE: {tables: *same}
    """)
    assert workspace.company("DE").tables == workspace.company("HQ").tables


@given(st.dictionaries(st.sampled_from(["a", "B c", "No.", "x"]), st.text("0Nonye.5-", min_size=1)))
def test_every_quoted_text_comes_back(tmp_path_factory, written):
    file = tmp_path_factory.mktemp("texts") / "some.yaml"
    file.write_text("top: 1\n" + "".join(f'{k}: "{v}"\n' for k, v in written.items()), "utf-8")
    assert read_document(file, "some.yaml").tree == {"top": "1"} | written


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (("links", "DE", "local"), "links.DE.local"),
        (("mappings", "CUSTOMER", "fields", "Phone No."), 'mappings.CUSTOMER.fields."Phone No."'),
        (("packs", 0), "packs[1]"),
        ((), "the file"),
    ],
)
def test_a_key_is_spelled_as_people_read_it(path, text):
    assert spelled(path) == text


@pytest.mark.parametrize(
    ("written", "known", "shown"),
    [
        ("currncy", ["name", "currency"], "currency"),
        ("VAT No.", ["No.", "Fax No.", "VAT Registration No."], "VAT Registration No."),
        ("zzz", ["a", "b", "c"], "a, b or c"),
        ("zzz", [], "nothing"),
        ("x", ["", "All"], '"" or All'),
    ],
)
def test_the_words_most_like_a_wrong_one_are_proposed(written, known, shown):
    assert nearest(written, known) == shown
