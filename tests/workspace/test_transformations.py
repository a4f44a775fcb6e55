"""Transformation rules: what ships, how a field names one, and what is wrong with one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import indent

import pytest

from mdsync_nb.errors import SettingsError
from mdsync_nb.workspace import Workspace, fingerprint
from mdsync_nb.workspace.packs import product_rules, shipped_packs
from mdsync_nb.workspace.transformation_checks import transformation_faults

Opens = Callable[..., Workspace]

NAMED = "mappings: {CUSTOMER: {fields: {Name: {transformation: %s}}}}\n"


def chain(workspace: Workspace) -> list[str]:
    fields = {one.local: one for one in workspace.mapping("DE/CUSTOMER").fields}
    return [one.type.value for one in fields["Name"].transformation]


def test_the_product_s_13_rules_are_there_and_nothing_is_wrong_with_them(opened: Opens) -> None:
    rules = product_rules()
    assert list(rules) == [
        "UPPERCASE", "LOWERCASE", "TITLECASE", "TRIM", "FOURTH_TO_SIXTH_CHAR", "YYYYMMDD_DATE",
        "YYYYMMDDHHMMSS_FMT", "ALPHANUMERIC_ONLY", "DK_DECIMAL_FORMAT", "US_DATE_FORMAT",
        "US_DATETIME_FORMAT", "UNIXTIMESTAMP", "DELETE_NOTPROVIDED",
    ]  # fmt: skip
    own = opened().settings.model_copy(update={"transformations": rules})
    assert list(transformation_faults(own, ())) == []
    assert "transformations" not in shipped_packs()


@pytest.mark.parametrize("code", sorted(product_rules()))
def test_a_field_may_name_each_of_them(opened: Opens, code: str) -> None:
    assert chain(opened(NAMED % code)) == [product_rules()[code].type.value]


def test_a_chain_is_in_force_in_its_order(opened: Opens) -> None:
    text = """\
transformations:
  FIRST: {type: trim, next: SECOND}
  SECOND: {type: replace, find: a, replace: b, next: UPPERCASE}
"""
    assert chain(opened(text + NAMED % "FIRST")) == ["trim", "replace", "uppercase"]


def test_a_rule_of_the_workspace_takes_the_place_of_the_product_s(opened: Opens) -> None:
    own = "transformations: {TRIM: {type: remove_non_alphanumeric}}\n"
    assert chain(opened(own + NAMED % "TRIM")) == ["remove_non_alphanumeric"]


def test_a_pack_brings_rules_of_its_own_and_a_link_may_do_without(
    opened: Opens, tmp_path: Path
) -> None:
    (tmp_path / "ours.yaml").write_text(
        "pack: ours\ntransformations: {OURS: {type: trim}}\n" + NAMED % "OURS", "utf-8"
    )
    packs = "packs: [master_data, ours.yaml]\n"
    assert chain(opened(packs)) == ["trim"]
    without = "companies: {HQ: {}, DE: {tables: {Customer: c.csv}}}\nlinks:\n  DE:\n    local: DE\n    integration: HQ\n"
    own = indent(NAMED % '""', "    ")
    assert chain(opened(packs + without + own)) == []


def test_a_pack_that_names_a_rule_nobody_knows_is_told_with_its_own_line(
    opened: Opens, tmp_path: Path
) -> None:
    (tmp_path / "ours.yaml").write_text(
        "pack: ours\nmappings:\n  CUSTOMER:\n    fields:\n      Name: {transformation: TRIMM}\n"
        "transformations:\n  OURS: {type: replace}\n"
    )
    with pytest.raises(SettingsError) as raised:
        opened("packs: [master_data, ours.yaml]")
    assert (raised.value.file, raised.value.line) == ("ours.yaml", 5)
    assert "TRIM" in raised.value.right
    assert "ours.yaml, line 7: transformations.OURS.find: found 'nothing'" in raised.value.hint


@pytest.mark.parametrize(
    ("text", "moves"),
    [
        (NAMED % "TRIM", False),
        (NAMED % "UPPERCASE", True),
        ("transformations: {TRIM: {type: trim, next: UPPERCASE}}\n" + NAMED % "TRIM", True),
        ("transformations: {X: {type: trim}}\n" + NAMED % "X", False),
        ("transformations: {X: {type: uppercase}}\n" + NAMED % "TRIM", False),
        ("", True),
    ],
)
def test_the_fingerprint_moves_with_the_rules_and_not_with_their_names(
    opened: Opens, text: str, moves: bool
) -> None:
    before = fingerprint(opened(NAMED % "TRIM").mapping("DE/CUSTOMER"))
    assert (fingerprint(opened(text).mapping("DE/CUSTOMER")) != before) is moves


def test_the_fingerprint_moves_with_the_rule_of_a_field_that_is_switched_off(opened: Opens) -> None:
    """Its rule rewrites the source value all the same (semantics.md 5.3)."""
    text = "mappings: {CUSTOMER: {fields: {Name: {enabled: no, transformation: %s}}}}"
    found = {
        fingerprint(opened(text % one).mapping("DE/CUSTOMER")) for one in ("TRIM", "UPPERCASE")
    }
    assert len(found) == 2


WRONG = [
    # case or "", what is written of the rule, the word, what would be right, in part
    ("", "type: trimm", "type", "trim"),
    ("", "type: round, precison: 1", "precison", "precision"),
    ("", "type: replace", "find", "the text to find"),
    ("", "type: regex_match", "find", "the text to find"),
    ("", "type: regex_replace, find: ''", "find", "the text to find"),
    ("", "type: regex_match, find: (a", "find", "as many `)` as `(`"),
    ("", "type: substring, start_position: -1", "start_position", "0 or a larger whole number"),
    ("", "type: substring, length: many", "length", "a whole number"),
    ("TR-022", "type: substring, start_position: 19, starting_text: a", "starting_text",
     "leave out `starting_text`"),
    ("TR-022", "type: substring, length: 2, ending_text: b", "ending_text", "leave out `ending_text`"),
    ("", "type: date_formatting, format: yyyyMMdd, culture: de-DE", "format", "leave out `format`"),
    ("", "type: date_formatting", "format", "`culture`, like de-DE"),
    ("", "type: date_time_formatting, format: d", "format", "written out"),
    ("", "type: decimal_formatting, culture: de", "culture", "en-US, en-GB, de-DE, fr-FR, da-DK"),
    ("", "type: trim, find: x", "find", "no `find`; trim does not use it"),
    ("", "type: round, direction: =", "precision", "like 0.01"),
    ("", "type: round, precision: 1", "direction", "=, < or >"),
    ("", "type: round, precision: 0, direction: =", "precision", "a number above 0"),
    ("", "type: round, precision: NaN, direction: =", "precision", "a number above 0"),
    ("", "type: round, precision: 1e-99, direction: =", "precision", "a number above 0"),
    ("", "type: round, precision: 1, direction: up", "direction", "=, < or >"),
    ("", "type: extract_from_date", "part", "day, month or year"),
    ("", "type: extract_from_date, part: week", "part", "day, month or year"),
    ("", "type: field_lookup, source_field: Code, target_field: Name", "table", "the table to look in"),
    ("", "type: field_lookup, table: Country, source_field: Code, target_field: Name", "table",
     "Country/Region"),
    ("", "type: field_lookup, table: Country/Region, source_field: Cod, target_field: Name",
     "source_field", "a field of Country/Region, like Code"),
    ("", "type: field_lookup, table: Country/Region, source_field: Code, target_field: Code",
     "target_field", "another field"),
    ("", "type: field_lookup, table: Country/Region, source_field: Code, target_field: Name, "
     "lookup_result: original", "lookup_result", "target or original_if_blank"),
    ("", "type: trim, next: UPERCASE", "next", "UPPERCASE"),
    ("", "type: trim, next: RULE", "next", "RULE -> RULE"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("case", "written", "word", "right"),
    WRONG,
    ids=[f"{n} {one[0]}" for n, one in enumerate(WRONG)],
)
def test_what_is_wrong_with_a_rule_is_told_with_its_line_and_what_would_be_right(
    opened: Opens, case: str, *, written: str, word: str, right: str
) -> None:
    del case
    text = f"transformations:\n  RULE: {{{written}}}\n"
    with pytest.raises(SettingsError) as raised:
        opened(text)
    assert raised.value.file == "mdsync.yaml"
    assert raised.value.key == f"transformations.RULE.{word}"
    assert raised.value.line
    assert right in raised.value.right


def test_a_circle_of_rules_is_told_at_each_of_them(opened: Opens) -> None:
    text = (
        "transformations:\n  A: {type: trim, next: B}\n  B: {type: trim, next: A}\n"
        "  C: {type: trim, next: A}\n"
    )
    with pytest.raises(SettingsError) as raised:
        opened(text + NAMED % "C")
    assert raised.value.key == "transformations.A.next"
    assert "A -> B -> A" in raised.value.right
    assert "transformations.B.next" in raised.value.hint
    assert "transformations.C" not in raised.value.hint


@pytest.mark.parametrize("case", ["TR-023"])
def test_a_rule_that_a_field_names_has_to_be_there(opened: Opens, case: str) -> None:
    """The product does not let a rule in use be deleted; here, the file no longer opens."""
    del case
    with pytest.raises(SettingsError) as raised:
        opened(NAMED % "FOURTH_CHAR")
    assert raised.value.key == "mappings.CUSTOMER.fields.Name.transformation"
    assert "FOURTH_TO_SIXTH_CHAR" in raised.value.right


def test_a_constant_is_not_transformed(opened: Opens) -> None:
    with pytest.raises(SettingsError, match="either `constant` or `transformation`"):
        opened("mappings: {CUSTOMER: {fields: {Name: {constant: x, transformation: TRIM}}}}")
