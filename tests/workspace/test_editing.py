"""One word of a settings file changes, and every other byte stays as it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mdsync_nb.errors import UsageError
from mdsync_nb.workspace.document import KeyPath, document_of
from mdsync_nb.workspace.editing import (
    Edit,
    said_at,
    with_item,
    with_word,
    without_item,
    without_word,
)

DEMO = (Path(__file__).parents[2] / "data" / "demo" / "mdsync.yaml").read_text("utf-8")
ODD = """\
# written by hand
mappings:   # what holds everywhere
    # about customers
    CUSTOMER:
        match:
        - No.      # the number
        - Name
        fields: { Phone No.: no,   Name: yes }   # two

    VENDOR: {match: [No.], "enabled": 'no'}
    # a last remark
links:
    A: {local: "B",  integration: C}
"""
EMPTY = "companies: {}\nmappings:\n  # LOOK: nothing yet\n  # and no more\n"

TEXTS = {"demo": DEMO, "odd": ODD, "empty": EMPTY}
ENDINGS = {
    "lf": lambda text: text,
    "crlf": lambda text: text.replace("\n", "\r\n"),
    "no last line break": lambda text: text.rstrip("\n"),
}
SAID: list[tuple[str, KeyPath, Any]] = [
    ("demo", ("mappings", "CUSTOMER", "enabled"), "no"),
    ("demo", ("mappings", "CURRENCYEXCHRATE", "only_coupled"), "no"),
    ("demo", ("links", "NORDIC", "mappings", "CUSTOMER", "enabled"), "no"),
    ("demo", ("links", "LUMIERE", "mappings", "CUSTOMER", "fields", "Name"), "no"),
    ("demo", ("links", "LUMIERE", "mappings", "VENDOR", "limits", "updates"), "30%"),
    ("demo", ("tables", "Bin", "key"), ["Code", "a: b"]),
    ("demo", ("mappings", "BIN"), {"table": "Bin", "fields": {"Code": "no", "#": "no"}}),
    ("odd", ("mappings", "CUSTOMER", "enabled"), "no"),
    ("odd", ("mappings", "CUSTOMER", "fields", "City"), "no"),
    ("odd", ("mappings", "VENDOR", "fields", "Name"), "no"),
    ("odd", ("mappings", "ITEM", "enabled"), "no"),
    ("odd", ("links", "A", "mappings", "ITEM", "enabled"), "no"),
    ("odd", ("report", "worklist"), "10"),
    ("empty", ("mappings", "ITEM", "enabled"), "no"),
    ("empty", ("companies", "HQ", "currency"), ""),
]


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize(("name", "path", "value"), SAID)
def test_a_word_said_and_taken_back_gives_the_same_bytes(
    name: str, path: KeyPath, value: Any, ending: str
) -> None:
    before = ENDINGS[ending](TEXTS[name])
    after = with_word(before, path, value)
    assert said_at(after, path) == value
    if (name, path[0]) != ("empty", "companies"):
        assert without_word(after, path) == before


@pytest.mark.parametrize(("name", "path", "value"), SAID)
def test_every_line_that_was_there_stays_except_the_one_that_says_it(
    name: str, path: KeyPath, value: Any
) -> None:
    before = TEXTS[name].splitlines()
    after = with_word(TEXTS[name], path, value).splitlines()
    assert len([line for line in before if line not in after]) <= 1


def test_a_value_is_replaced_where_it_stands_and_its_remark_stays() -> None:
    path = ("mappings", "CURRENCYEXCHRATE", "enabled")
    changed = with_word(DEMO, path, "yes").splitlines()
    line = next(one for one in changed if "nothing to compare" in one)
    assert line.startswith("    enabled: yes  ")
    assert without_word(ODD, ("mappings", "VENDOR", "enabled")).splitlines()[9] == (
        "    VENDOR: {match: [No.]}"
    )


def test_items_of_lists_come_and_go_in_the_way_the_list_is_written() -> None:
    block = ("mappings", "CUSTOMER", "match")
    more = with_item(ODD, block, "City")
    assert "        - Name\n        - City\n        fields" in more
    assert without_item(more, block, "City") == ODD
    assert "        - No.      # the number\n        fields" in without_item(ODD, block, "Name")
    flow = ("packs",)
    assert "packs: [master_data, item, ours.yaml]" in with_item(DEMO, flow, "ours.yaml")
    assert "packs: [item]" in without_item(DEMO, flow, "master_data")


def test_blocks_left_empty_go_and_sections_with_remarks_stay() -> None:
    only = "links:\n  A:\n    local: B\n    mappings:\n      C:\n        enabled: no\n"
    assert without_word(only, ("links", "A", "mappings", "C", "enabled")) == (
        "links:\n  A:\n    local: B\n"
    )
    written = with_word(EMPTY, ("mappings", "C", "enabled"), "no")
    assert without_word(written, ("mappings", "C", "enabled")) == EMPTY


def test_remarks_below_a_mapping_that_stand_further_right_are_its_own() -> None:
    text = (
        "mappings:\n  A:\n    match: [No.]\n    # or [Name]\n  # B is next\n  B: {match: [No.]}\n"
    )
    said = with_word(text, ("mappings", "A", "enabled"), "no")
    assert "    # or [Name]\n    enabled: no\n  # B is next" in said
    assert (
        without_word(text, ("mappings", "A")) == "mappings:\n  # B is next\n  B: {match: [No.]}\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        "a: &one {x: y}\nb: *one\n",
        "b: [x, y]\n",
        "b: text\n",
    ],
)
def test_what_cannot_be_changed_by_itself_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="no command can change"):
        with_word(text, ("b", "z"), "no")


def test_the_diff_names_the_file_and_shows_what_changes() -> None:
    edit = Edit("mdsync.yaml", "a: b\n", "a: c\n")
    assert edit.changes
    assert edit.diff == "--- mdsync.yaml\n+++ mdsync.yaml, changed\n@@ -1 +1 @@\n-a: b\n+a: c"
    assert not Edit("mdsync.yaml", "a: b\n", "a: b\n").changes


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=9)
WORDS = st.one_of(
    NAMES, st.just(""), st.just("no"), st.sampled_from(["a: b", "# x", "- y", "[", "'"])
)


@settings(max_examples=60, deadline=None)
@given(base=st.sampled_from(sorted(TEXTS)), name=NAMES, word=WORDS)
def test_any_name_and_text_comes_back_as_it_was_said(base: str, name: str, word: str) -> None:
    path = ("mappings", "CUSTOMER", "constants", name)
    after = with_word(TEXTS[base], path, word)
    assert said_at(after, path) == word
    assert document_of(without_word(after, path), "x").tree == document_of(TEXTS[base], "x").tree
