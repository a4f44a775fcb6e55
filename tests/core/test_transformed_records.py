"""Source records as their rules leave them: in order, typed again, and failing alone."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from mdsync_nb.core.transfer import FieldPair, source_text
from mdsync_nb.core.transform.records import (
    FAILED,
    Rewrite,
    keys_are_rewritten,
    lookups_needed,
    rewrites_of,
    rewritten,
)
from mdsync_nb.model import (
    Direction,
    Field,
    FieldMapping,
    FieldType,
    TableMapping,
    TableSchema,
    TransformationRule,
    TransformationType,
)

TYPES = {"decimal": pl.Decimal(38, 20), "decimal(2)": pl.Decimal(38, 2), "integer": pl.Int64,
         "boolean": pl.Boolean, "date": pl.Date, "datetime": pl.Datetime("us"), "time": pl.Time}  # fmt: skip
FIELDS = {
    "text(5)": Field(name="F", type=FieldType.TEXT, length=5),
    "code(5)": Field(name="F", type=FieldType.CODE, length=5),
    "decimal(2)": Field(name="F", type=FieldType.DECIMAL, scale=2),
    "option": Field(name="F", type=FieldType.OPTION, options=("", "Ship", "All"),
                    captions=(" ", "Lieferung", "Alle")),
    "option no blank": Field(name="F", type=FieldType.OPTION, options=("Ship", "All")),
}  # fmt: skip


def rule(type: str, **words: Any) -> TransformationRule:
    return TransformationRule(type=TransformationType(type), **words)


def becomes(text: str) -> TransformationRule:
    """A rule that makes this of every value."""
    return rule("regex_replace", find="^.*$", replace=text.replace("$", "$$"))


def field_of(kind: str) -> Field:
    return FIELDS.get(kind) or Field(name="F", type=FieldType(kind))


def one(kind: str, value: Any, *rules: TransformationRule) -> tuple[Any, str | None]:
    records = pl.DataFrame({"s:F": pl.Series([value], dtype=TYPES.get(kind, pl.String))})
    told = rewritten(records, [Rewrite(field_of(kind), rules)], {})
    return told.row(0)  # type: ignore[return-value]


FITS = [
    # type, value before, what the rules make of it, value after
    ("text(5)", "a", "abcde", "abcde"),
    ("text(5)", "a", "", None),
    ("code(5)", "A", " ab1 ", "AB1"),
    ("integer", 1, "+007", 7),
    ("decimal", Decimal("1"), "1.50", Decimal("1.5")),
    ("decimal(2)", Decimal("1"), "1.5000", Decimal("1.5")),
    ("boolean", False, "Yes", True),
    ("boolean", True, "0", False),
    ("date", date(2020, 1, 2), "2026-02-28", date(2026, 2, 28)),
    ("date", date(2020, 1, 2), "", None),
    ("datetime", datetime(2020, 1, 2), "2015-12-13T03:04:05Z", datetime(2015, 12, 13, 3, 4, 5)),
    ("time", None, "06:07:08", datetime(2000, 1, 1, 6, 7, 8).time()),
    ("option", "Ship", "alle", "All"),
    ("option", "Ship", "2", "All"),
    ("option", "Ship", "", None),
    ("option", "Ship", "0", None),
    ("guid", None, "00000000-0000-4000-8000-00000000000a", "00000000-0000-4000-8000-00000000000a"),
    ("date_formula", "1M", "30D", "30D"),
]


@pytest.mark.parametrize(("kind", "before", "text", "after"), FITS)
def test_what_a_rule_gives_becomes_a_value_of_the_source_field(
    kind: str, before: Any, *, text: str, after: Any
) -> None:
    value, failed = one(kind, before, becomes(text))
    assert failed is None
    assert value == after


MISFITS = [
    # type, what the rules make of a value, why it does not fit
    ("text(5)", "abcdef", "'abcdef' has 6 characters, and it holds 5"),
    ("code(5)", "abcdef", "'abcdef' has 6 characters, and it holds 5"),
    ("integer", "1.5", "'1.5' is not a whole number"),
    ("integer", "", "'' is not a whole number"),
    ("integer", "99999999999999999999", "'99999999999999999999' is not a whole number"),
    ("decimal", "1,5", "'1,5' is not a number"),
    ("decimal", "", "'' is not a number"),
    ("decimal(2)", "1.005", "'1.005' is not a number"),
    ("boolean", "maybe", "'maybe' is not yes or no"),
    ("date", "2026-02-30", "'2026-02-30' is not a date like 2026-11-20"),
    ("date", "28.02.2026", "'28.02.2026' is not a date like 2026-11-20"),
    ("datetime", "2026-02-28", "'2026-02-28' is not a time like 2026-11-20T06:00:00Z"),
    ("time", "25:00:00", "'25:00:00' is not a time of day like 06:00:00"),
    ("option", "Nothing", "'Nothing' is not one of its options"),
    ("option no blank", "", "'' is not one of its options"),
    ("guid", "{x}", "'{x}' is not an id"),
]


@pytest.mark.parametrize(("kind", "text", "why"), MISFITS)
def test_what_does_not_fit_the_source_field_fails_in_words(kind: str, text: str, why: str) -> None:
    held = {"integer": 7, "boolean": True, "decimal": Decimal(7), "decimal(2)": Decimal(7)}
    before = held.get(kind, None if kind in TYPES else "old")
    assert one(kind, before, becomes(text)) == (None, f"F: {why}.")


def test_a_value_the_rules_leave_as_it_was_stays_even_where_it_would_not_fit() -> None:
    assert one("text(5)", "abcdefg", rule("trim")) == ("abcdefg", None)
    assert one("integer", None, rule("trim")) == (None, None)


ROUNDS = """
    culture | precision | expected
            | 0.1       | 1234.6
    en-US   | 0.1       | 1234.6
    de-DE   | 0.1       | 1234.6
    fr-FR   | 1         | 1235
    sv-SE   | 1000      | 1000
"""


@pytest.mark.parametrize(
    ("culture", "precision", "expected"),
    [[cell.strip() for cell in line.split("|")] for line in ROUNDS.strip().splitlines()[1:]],
)
def test_a_number_is_rounded_the_same_whatever_culture_it_is_written_in(
    culture: str, precision: str, expected: str
) -> None:
    round_ = rule("round", precision=precision, direction="=", culture=culture)
    assert one("decimal", Decimal("1234.567"), round_) == (Decimal(expected), None)
    xml = rule("decimal_formatting", culture=culture)
    assert one("decimal", Decimal("1234.567"), round_, xml) == (Decimal(expected), None)


def test_two_rules_on_one_source_field_chain_in_the_order_of_the_field_mappings() -> None:
    records = pl.DataFrame({"s:F": ["a"]})
    field = Field(name="F")
    chain = [Rewrite(field, (becomes("$x"),)), Rewrite(field, (rule("uppercase"),))]
    assert rewritten(records, chain, {})["s:F"].to_list() == ["$X"]
    assert rewritten(records, chain[::-1], {})["s:F"].to_list() == ["$x"]


def test_the_first_thing_that_goes_wrong_is_told_and_other_records_go_on() -> None:
    amount, name = Field(name="Limit {x}"), Field(name="Name", length=3)
    records = pl.DataFrame({"s:Limit {x}": ["1", "one", "2"], "s:Name": ["Ann", "Anna", "Ben"]})
    rewrites = [
        Rewrite(amount, (rule("round", precision="1", direction="="),)),
        Rewrite(name, (rule("replace", find="n", replace="nn"),)),
    ]
    told = rewritten(records, rewrites, {})
    assert told[FAILED].to_list() == [
        "Name: 'Annnn' has 5 characters, and it holds 3.",
        "Limit {x}: 'one' is not a number.",
        "Name: 'Benn' has 4 characters, and it holds 3.",
    ]


def pair(local: Field, source: Field) -> FieldPair:
    mapping = FieldMapping(
        local=local.name, integration=source.name, transformation=(rule("trim"),)
    )
    return FieldPair(local, source, mapping)


@pytest.mark.parametrize(
    ("kind", "text", "fails"),
    [
        ("date", "2026-02-28", False), ("date", "28.02.2026", True), ("date", "", True),
        ("datetime", "2026-02-28T01:02:03Z", False), ("datetime", "", True), ("text", "", False),
    ],
)  # fmt: skip
def test_a_date_here_has_to_come_out_as_xml_writes_it(kind: str, text: str, *, fails: bool) -> None:
    source, local = Field(name="F"), Field(name="Day", type=FieldType(kind))
    records = pl.DataFrame({"s:F": [text or None]}, schema={"s:F": pl.String})
    told = rewritten(records, [Rewrite(source, (rule("trim"),))], {}, [pair(local, source)])
    assert (told[FAILED][0] is not None) is fails
    assert not fails or told[FAILED][0].startswith(f"Day: '{text}' is not a date")


@pytest.mark.parametrize(
    ("kind", "text", "written"),
    [
        ("datetime", "2026-02-28T01:02:03Z", "2026-02-28T01:02:03.000000Z"),
        ("decimal", "1.50", "1.5"),
        ("code", "ab ", "AB"),
        ("integer", "many", None),
    ],
)
def test_a_transformed_text_is_compared_as_the_field_here_writes_it(
    kind: str, text: str, written: str | None
) -> None:
    expr = source_text(pair(Field(name="F", type=FieldType(kind)), Field(name="F")))
    assert pl.DataFrame({"s:F": [text]}).select(expr).item() == written


TRIM = (rule("trim"),)
LOOK = rule("field_lookup", table="T", source_field="A", target_field="B")


def mapped(*fields: FieldMapping) -> TableMapping:
    return TableMapping(
        name="SUB/C", link="SUB", local="SUB", integration="HQ", table="C", integration_table="C",
        fields=fields,
    )  # fmt: skip


def test_rules_run_for_fields_switched_off_too_and_not_for_constants_or_the_other_way() -> None:
    mapping = mapped(
        FieldMapping(local="A", integration="A", enabled=False, transformation=TRIM),
        FieldMapping(local="B", integration="B", constant="x", transformation=TRIM),
        FieldMapping(
            local="C", integration="C", direction=Direction.TO_INTEGRATION, transformation=TRIM
        ),
        FieldMapping(local="D", integration="Nowhere", transformation=TRIM),
        FieldMapping(local="E", integration="A"),
        FieldMapping(local="F", integration="B", transformation=(LOOK, LOOK)),
    )
    source = TableSchema(table="C", fields=tuple(Field(name=n) for n in "ABC"), key=("A",))
    assert [found.field.name for found in rewrites_of(mapping, source)] == ["A", "B"]
    assert lookups_needed(mapping) == (LOOK,)
    assert keys_are_rewritten(mapping, ("E",))
    assert not keys_are_rewritten(mapping, ("D2", "B"))
