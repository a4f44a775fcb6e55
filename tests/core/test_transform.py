"""Every type of transformation rule, with the inputs at its edges (semantics.md 12)."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mdsync_nb.core.transform import Lookup, transformed
from mdsync_nb.core.transform.dates import exact
from mdsync_nb.core.transform.patterns import pattern
from mdsync_nb.model.culture import CULTURES
from mdsync_nb.model.transformation import TransformationRule, TransformationType

POUND = "1 British Pound = 701.37865 Comoros Franc "
COUNTRY = {
    "table": "Country/Region",
    "source_field": "ISO Code",
    "target_field": "Code",
}
LOOKUP = Lookup(
    pl.DataFrame(
        {"source": ["DE", "DE", "FR", None], "target": ["GERMANY", "OTHER", None, "NOWHERE"]}
    ),
    is_code=True,
)
LOOKUPS = {("Country/Region", "ISO Code", "Code"): LOOKUP}


def rule(type: str, **words: Any) -> TransformationRule:
    return TransformationRule(type=TransformationType(type), **words)


def result(text: str | None, *rules: TransformationRule) -> tuple[str | None, str | None]:
    return transformed(pl.Series([text], dtype=pl.String), rules, LOOKUPS).row(0)  # type: ignore[return-value]


CASES = {
    # case: the rules, what goes in, what comes out
    "TR-001": ([rule("substring", starting_text="(", ending_text=")")],
               "British Pound(GBP)/Algerian Dinar(DZD)", "GBP"),
    "TR-002": ([rule("substring", starting_text="'1 British Pound = '", ending_text="' '")],
               POUND, "701.37865"),
    "TR-004": ([rule("substring", start_position=19)], POUND, "701.37865 Comoros Franc "),
    "TR-006": ([rule("substring", starting_text="nowhere")], "any text", ""),
    "TR-007": ([rule("remove_non_alphanumeric"), rule("replace", find="abc")],
               "abc - 123 - def", "123def"),
    "TR-008": ([rule("regex_match", find=r"abc(\d+)d")], "abc123def", "123"),
    "TR-009": ([rule("regex_match", find=r"(?<one>\d+)\D+(?<two>\d+)")], "abc123def456", "123456"),
    "TR-010": ([rule("regex_match", find=r"(\d+)")], "abc", ""),
    "TR-011": ([rule("round", precision="0.00001", direction="=")], "12.3456789", "12.34568"),
    "TR-012": ([rule("date_time_formatting", format="yyyyMMddHHmmss")],
               "20151213030405", "2015-12-13T03:04:05Z"),
    "TR-013": ([rule("date_time_formatting", culture="en-US")],
               "12/13/2015 1:14:15 PM", "2015-12-13T13:14:15Z"),
    "TR-014": ([rule("date_time_formatting", format="yyyyMMddHHmmss")], "not a date", "not a date"),
    "TR-017": ([rule("trim")], "  x  ", "x"),
    "TR-018": ([rule("decimal_formatting", culture="da-DK")], "abc", "0"),
    "TR-019": ([rule("field_lookup", **COUNTRY)], "missing", ""),
    "TR-025": ([rule("substring", start_position=19, ending_text='" "')], POUND, "701.37865"),
    "TR-027": ([rule("substring", start_position=4, length=3)], "EURDKK", "DKK"),
    "TR-028": ([rule("title_case")], "john roberts", "John Roberts"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_rule_does_what_the_product_s_test_says(case: str) -> None:
    rules, text, expected = CASES[case]
    assert result(text, *rules) == (expected, None)


CULTURE_NUMBERS = """
    culture | text                  | decimal_formatting
    da-DK   | 1.234,50              | 1234.5
    da-DK   | 1234,56               | 1234.56
    de-DE   | -1.234.567,8          | -1234567.8
    de-DE   | 12,5-                 | -12.5
    en-US   | 1,234.50              | 1234.5
    en-GB   | .5                    | 0.5
    fr-FR   | 1 234,5               | 1234.5
    sv-SE   | −5                    | -5
    nb-NO   | 1 234                 | 1234
    nl-NL   | 1.5                   | 15
    it-IT   | 0,000                 | 0
    es-ES   | -0                    | 0
            | 1,000,000.010         | 1000000.01
    en-US   | 1.2.3                 | 0
    en-US   | 1e3                   | 0
    en-US   | -                     | 0
    en-US   | -1-                   | 0
    en-US   | 99999999999999999999999999999999 | 0
"""


def drawn(text: str) -> list[list[str]]:
    """The rows of a table drawn as text."""
    return [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()[1:]]


@pytest.mark.parametrize(("culture", "text", "expected"), drawn(CULTURE_NUMBERS))
def test_a_number_of_a_culture_becomes_a_number_of_xml_and_anything_else_zero(
    culture: str, text: str, expected: str
) -> None:
    assert result(text, rule("decimal_formatting", culture=culture)) == (expected, None)


ROUNDS = """
    text       | precision | direction | culture | expected
    1234.5678  | 0.01      | =         |         | 1,234.57
    1.005      | 0.01      | =         |         | 1.01
    -1.005     | 0.01      | =         |         | -1.01
    1.001      | 0.01      | >         |         | 1.01
    -1.001     | 0.01      | >         |         | -1.01
    1.009      | 0.01      | <         |         | 1
    -1.009     | 0.01      | <         |         | -1
    12.37      | 0.05      | =         |         | 12.35
    12345678901234567890123456.785 | 0.01 | = |    | 12,345,678,901,234,567,890,123,456.79
    1250       | 1000      | =         |         | 1,000
    1500       | 1000      | =         |         | 2,000
    -0.001     | 0.01      | =         |         | 0
    1,234.5    | 1         | =         | en-US   | 1,235
    1.234,567  | 0.01      | =         | de-DE   | 1.234,57
"""


@pytest.mark.parametrize(("text", "precision", "direction", "culture", "expected"), drawn(ROUNDS))
def test_round_reads_and_writes_numbers_with_separators_of_thousands(
    text: str, *, precision: str, direction: str, culture: str, expected: str
) -> None:
    one = rule("round", precision=precision, direction=direction, culture=culture)
    assert result(text, one) == (expected, None)


@pytest.mark.parametrize("text", ["abc", "", None, "1.2.3", "12/13"])
def test_round_fails_alone_on_what_is_no_number(text: str | None) -> None:
    one = rule("round", precision="1", direction="=")
    assert result(text, one) == (None, f"'{text or ''}' is not a number")


DATES = """
    format or culture   | text                        | type 8     | type 12
    yyyyMMdd            | 20151213                    | 2015-12-13 | 2015-12-13T00:00:00Z
    yyyyMMdd            | 2015-12-13                  | unchanged  | unchanged
    yyyyMMdd            | 20151313                    | unchanged  | unchanged
    d/M/yy              | 3/4/49                      | 2049-04-03 | 2049-04-03T00:00:00Z
    d/M/yy              | 3/4/50                      | 1950-04-03 | 1950-04-03T00:00:00Z
    dd MMM yyyy         | 03 apr 2015                 | 2015-04-03 | 2015-04-03T00:00:00Z
    dddd, MMMM d, yyyy  | Friday, April 3, 2015       | 2015-04-03 | 2015-04-03T00:00:00Z
    dddd, MMMM d, yyyy  | Monday, April 3, 2015       | unchanged  | unchanged
    yyyy-MM-dd'T'HH:mm:sszzz | 2015-04-03T23:30:00+05:00 | 2015-04-03 | 2015-04-03T23:30:00Z
    yyyy-MM-ddTHH:mm:ss.fffK | 2015-04-03T23:30:00.123Z  | 2015-04-03 | 2015-04-03T23:30:00Z
    MM/dd/yyyy hh:mm tt | 04/03/2015 12:05 AM         | 2015-04-03 | 2015-04-03T00:05:00Z
    MM/dd/yyyy hh:mm tt | 04/03/2015 13:05 AM         | unchanged  | unchanged
    en-US               | 12/13/2015                  | 2015-12-13 | 2015-12-13T00:00:00Z
    en-US               | 13/12/2015                  | unchanged  | unchanged
    en-US               | 2015-12-13T23:59:59Z        | 2015-12-13 | 2015-12-13T23:59:59Z
    en-US               | December 13, 2015 1:14 PM   | 2015-12-13 | 2015-12-13T13:14:00Z
    en-US               | 12/13                       | unchanged  | unchanged
    en-GB               | 13/12/2015                  | 2015-12-13 | 2015-12-13T00:00:00Z
    de-DE               | 13.12.2015 14:15            | 2015-12-13 | 2015-12-13T14:15:00Z
    de-DE               | 13. Dezember 2015           | 2015-12-13 | 2015-12-13T00:00:00Z
    fr-FR               | 13 déc. 2015                | 2015-12-13 | 2015-12-13T00:00:00Z
    fr-FR               | 13 jui 2015                 | unchanged  | unchanged
    es-ES               | 13 de diciembre de 2015     | 2015-12-13 | 2015-12-13T00:00:00Z
    nl-NL               | 13 mrt 2015                 | 2015-03-13 | 2015-03-13T00:00:00Z
    da-DK               | 13-12-2015 14.15.16         | 2015-12-13 | 2015-12-13T14:15:16Z
    it-IT               | 3/4/15                      | 2015-04-03 | 2015-04-03T00:00:00Z
    nb-NO               | 3.4.2015                    | 2015-04-03 | 2015-04-03T00:00:00Z
    sv-SE               | 15-04-03                    | 2015-04-03 | 2015-04-03T00:00:00Z
    de-DE               | 31.02.2015                  | unchanged  | unchanged
    de-DE               |                             | unchanged  | unchanged
"""


@pytest.mark.parametrize(("how", "text", "day", "moment"), drawn(DATES))
def test_a_date_is_read_by_its_format_or_culture_and_else_left_as_it_is(
    how: str, text: str, day: str, moment: str
) -> None:
    words = {"culture" if how in CULTURES else "format": how}
    for type, expected in (("date_formatting", day), ("date_time_formatting", moment)):
        found = result(text, rule(type, **words))
        assert found == (text if expected == "unchanged" else expected, None)


@pytest.mark.parametrize(
    ("format", "right"),
    [
        ("d", "written out"),
        ("yyyy-MM", "written out"),
        ("HH:mm", "written out"),
        ("yyyyy-MM-dd", "without yyyyy"),
        ("dd.MM.yyyy g", "without g"),
        ("dd dd MM yyyy", "names each part once"),
    ],
)
def test_a_format_that_cannot_be_read_says_what_would_be_right(format: str, right: str) -> None:
    with pytest.raises(ValueError, match=right):
        exact(format)


EXTRACTED = """
    text                 | culture | day | month | year
    2015-12-03           |         | 3   | 12    | 2015
    2015-12-03T04:05:06Z |         | 3   | 12    | 2015
    12/3/2015            |         | 3   | 12    | 2015
    3.12.2015            | de-DE   | 3   | 12    | 2015
"""


@pytest.mark.parametrize(("text", "culture", "day", "month", "year"), drawn(EXTRACTED))
def test_a_part_of_a_date_is_a_number_without_zeros_or_separators(
    text: str, *, culture: str, day: str, month: str, year: str
) -> None:
    for part, expected in (("day", day), ("month", month), ("year", year)):
        one = rule("extract_from_date", part=part, culture=culture)
        assert result(text, one) == (expected, None)


@pytest.mark.parametrize("text", ["", "no date", "13/13/2015", "2015-02-30"])
def test_extract_from_date_fails_alone_on_what_is_no_date(text: str) -> None:
    one = rule("extract_from_date", part="day")
    assert result(text, one) == (None, f"'{text}' is not a date")


TEXTS = [
    # the rule, what goes in, what comes out
    (rule("uppercase"), "Straße, é 1", "STRAßE, É 1"),
    (rule("uppercase"), "plain", "PLAIN"),
    (rule("lowercase"), "ÉCOLE İ ΟΔΟΣ", "école İ οδοσ"),
    (rule("lowercase"), "PLAIN", "plain"),
    (rule("title_case"), "the USA and o'brien's café", "The USA And O'brien's Café"),
    (rule("title_case"), "élan-vital 3rd mixedCASE", "Élan-Vital 3Rd Mixedcase"),
    (rule("trim"), " \ta b \n ", "\ta b \n"),
    (rule("substring"), "whole", "whole"),
    (rule("substring", start_position=2, length=99), "abc", "bc"),
    (rule("substring", start_position=4), "abc", ""),
    (rule("substring", length=2), "äöü", "äö"),
    (rule("substring", ending_text=","), ",abc", ""),
    (rule("substring", ending_text=","), "abc", ""),
    (rule("substring", starting_text="=", length=2), "a=bcd=e", "bc"),
    (rule("substring", starting_text="=", ending_text="="), "a=b=c", "b"),
    (rule("substring", starting_text="A"), "a=b", ""),
    (rule("substring", starting_text="'"), "a'b", "b"),
    (rule("replace", find="$1", replace="\\0$2"), "a$1b$1", "a\\0$2b\\0$2"),
    (rule("replace", find="A", replace="x"), "aAbA", "axbx"),
    (rule("replace", find=".", replace=""), "a.b", "ab"),
    (rule("regex_replace", find="NOTPROVIDED"), "notProvided X", " X"),
    (rule("regex_replace", find=r"^(\w)(?<rest>.*)$", replace="${rest}-$1"), "abc", "bc-a"),
    (rule("regex_replace", find=r"\d+", replace=r"\n$0$$$9"), "a1", r"a\n1$$9"),
    (rule("remove_non_alphanumeric"), "Zoë-Ж_1²!", "ZoëЖ1"),
    (rule("regex_match", find="a"), "xa", ""),
    (rule("regex_match", find="a"), "aA", "A"),
    (rule("regex_match", find=r"(\d)(-)?"), "1-2", "1-22"),
    (rule("regex_match", find=r"(?:(\d)-?)+"), "1-2-3 x 4-5", "1234-545"),
    (rule("regex_match", find=r"(?<n>b)(a)"), "ba", "ab"),
    (rule("regex_match", find=r"((a)|b)+"), "abba", "abbaaa"),
    (rule("custom"), "as it is", "as it is"),
    (rule("unix_timestamp"), "1450012455", "2015-12-13T13:14:15Z"),
    (rule("unix_timestamp"), "-1", "1969-12-31T23:59:59Z"),
    (rule("unix_timestamp"), "soon", ""),
    (rule("unix_timestamp"), "1.5", ""),
    (rule("unix_timestamp"), "999999999999999", ""),
    (rule("unix_timestamp"), "", ""),
    (rule("field_lookup", **COUNTRY), "de ", "GERMANY"),
    (rule("field_lookup", **COUNTRY), "FR", ""),
    (rule("field_lookup", **COUNTRY), "", "NOWHERE"),
    (rule("field_lookup", **COUNTRY, lookup_result="original_if_blank"), "FR", "FR"),
    (rule("field_lookup", **COUNTRY, lookup_result="original_if_blank"), "DE", "GERMANY"),
    (rule("field_lookup", **COUNTRY, lookup_result="original_if_blank"), "missing", ""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("one", "text", "expected"), TEXTS, ids=[f"{n} {one[0].type}" for n, one in enumerate(TEXTS)]
)
def test_a_text_becomes_what_its_rule_makes_of_it(
    one: TransformationRule, text: str, expected: str
) -> None:
    assert result(text, one) == (expected, None)


def test_every_type_stands_in_a_table_above() -> None:
    named = {one[0].type for one in TEXTS} | {
        one.type for rules, _, _ in CASES.values() for one in rules
    }
    here = {TransformationType("date_formatting"), TransformationType("extract_from_date")}
    assert named | here == set(TransformationType)


def test_a_lookup_in_a_table_nobody_loaded_is_a_fault_and_not_a_blank() -> None:
    found = transformed(pl.Series(["DE", None]), [rule("field_lookup", **COUNTRY)])
    why = "Country/Region was not loaded here with ISO Code and Code"
    assert found.rows() == [(None, why), (None, why)]


def test_what_failed_stays_failed_through_the_rest_of_the_chain() -> None:
    chain = [
        rule("round", precision="1", direction="="),
        rule("uppercase"), rule("title_case"), rule("substring", starting_text="x"),
        rule("unix_timestamp"), rule("field_lookup", **COUNTRY),
        rule("decimal_formatting"), rule("extract_from_date", part="day"),
    ]  # fmt: skip
    assert result("abc", *chain) == (None, "'abc' is not a number")


@pytest.mark.parametrize(
    ("written", "right"),
    [
        ("(", "as many `[)]`"), ("a)", "as many `[(]`"), ("*a", "something before"),
        ("a**", "one quantifier"), ("[a", "not cut off"), (r"\q", "without"),
        ("(?<a>x)(?<a>y)", "another name"), ("(?(1)a)", "without"), ("(?<1>a)", "without"),
        ("(?<=a+)b", "read here"), ("(?<=(a))b", "stands before"), (r"\2(a)", "a group 2"),
        ("(?x)a", "option x"), (r"\p{Zx}", "category"), ("a{3,2}", "smaller"), ("[z-a]", "read here"),
        ("a\\", "not cut off"), (r"[\d-z]", "range"), (r"\u12", "hexadecimal"), (r"\k1", "a name"),
    ],
)  # fmt: skip
def test_a_pattern_that_cannot_be_read_says_what_would_be_right(written: str, right: str) -> None:
    with pytest.raises(ValueError, match=right):
        pattern(written)


SPELLINGS = [
    # pattern, text, what `[$&]` makes of it
    ("a{,2}", "a{,2}", "[a{,2}]"),
    (r"[]a]+", "x]a", "x[]a]"),
    (r"[\w-[aeiou]]+", "hello", "[h]e[ll]o"),
    (r"[^\p{L}]+", "aé1", "aé[1]"),
    (r"\p{Lu}", "é", "[é]"),
    (r"(?-i:A)b", "ABab", "[AB]ab"),
    (r"a(?-i)B|c", "aB ab AB C", "[aB] ab [AB] C"),
    (r"(?s)a.b", "a\nb", "[a\nb]"),
    (r"(?m)^.", "a\nb", "[a]\n[b]"),
    (r"b\Z", "b\n", "[b]\n"),
    (r"b\z", "b\n", "b\n"),
    (r"(?#remark)a(?>b+)", "abb", "[abb]"),
    (r"(?<=a)b(?!c)", "abc ab", "abc a[b]"),
    (r"\x41\u0042\t", "ab\t", "[ab\t]"),
    (r"(?<q>['-])x\k<q>", "'x' 'x-", "['x'] 'x-"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "text", "expected"), SPELLINGS)
def test_patterns_are_read_as_the_product_s_platform_writes_them(
    written: str, text: str, expected: str
) -> None:
    assert pattern(written).replaced(text, "[$&]") == expected


REPEATED = ["(a|b)*c", "(a+?)+b", "((a)b?)+c?", "(?:(a)|(b))+?c", "(a){2,3}(b)?", "(?=(a))(a|b)+",
            "(?>(a)|b)+c", r"(a|b)+\1", "(?!c)(a|bb)+"]  # fmt: skip


@pytest.mark.parametrize("written", REPEATED)
@given(text=st.text("abc", max_size=12))
def test_the_last_of_several_captures_is_the_one_python_knows(written: str, text: str) -> None:
    read = pattern(written)
    assert read.repeats
    for found in read.compiled.finditer(text):
        every = read.captures(text, found.start())
        last = {number: (start, end) for number, start, end in every}
        assert last == {n: found.span(n) for n in read.order if found[n] is not None}


def test_a_group_may_repeat_as_often_as_a_text_is_long() -> None:
    assert result("ab" * 20_000, rule("regex_match", find="(a|b)+")) == ("ab" * 20_000, None)


@given(st.lists(st.sampled_from(["1.5", "x", "", None, "2"]), max_size=20))
def test_values_come_back_in_their_order_one_for_one(values: list[str | None]) -> None:
    chain = [rule("round", precision="1", direction="="), rule("replace", find="2", replace="two")]
    series = pl.Series(values, dtype=pl.String)
    assert transformed(series, chain).rows() == [result(one, *chain) for one in values]


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-10**9, max_value=10**9),
       st.sampled_from(sorted(CULTURES)))  # fmt: skip
def test_what_round_writes_in_a_culture_is_read_back_by_it(value: Any, culture: str) -> None:
    written, _ = result(f"{value:f}", rule("round", precision="0.0001", direction="="))
    there, _ = result(
        written,
        rule("decimal_formatting"),
        rule("replace", find=".", replace=CULTURES[culture].decimal),
        rule("round", precision="0.0001", direction="=", culture=culture),
        rule("decimal_formatting", culture=culture),
    )
    assert there is not None
    assert float(there) == float(value)
