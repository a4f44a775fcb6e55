"""Conformance: transformation rules, in a run that takes a value from Dataverse."""

import pytest

from mdsync_nb.errors import SettingsError

from .pairs import FROM

POUND = "1 British Pound = 701.37865 Comoros Franc "
CURRENCIES = "British Pound(GBP)/Algerian Dinar(DZD)"
SECONDS = {"type": "date_time_formatting", "format": "yyyyMMddHHmmss"}
LOOKUP = {
    "type": "field_lookup",
    "table": "Client",
    "source_field": "City",
    "target_field": "No",
}


def with_rules(pairs, rules, named):
    """A mapping from Dataverse, whose mail goes through the rule named."""
    mail = {"integration": "Mail", "direction": FROM, "transformation": named}
    one = {"direction": FROM, "first_sync": "source_wins", "fields": {"Mail": mail}}
    return pairs({"CLIENT": one}, top={"transformations": rules})


def made_of(pairs, text, rules, named="RULE"):
    """What comes out of a rule for a text: what a run writes in place of an old value."""
    p = with_rules(pairs, rules, named)
    p.local.put("Client", "C", Mail="old")
    p.int.put("account", "C", Mail=text)
    p.couple("C")
    assert p.run() == {"from": {"modified": 1}}
    (found,) = p.held("LOCAL", "Mail")
    return found or ""


def case(name, text, expected, *rules):
    """A text and what a chain of rules makes of it."""
    names = ["RULE", *(f"RULE {n}" for n in range(2, len(rules) + 1))]
    nexts = [*names[1:], ""]
    chain = {
        name: {**rule, "next": then} for name, rule, then in zip(names, rules, nexts, strict=True)
    }
    return pytest.param(text, expected, chain, id=name, marks=pytest.mark.case(name))


@pytest.mark.parametrize(
    ("text", "expected", "rules"),
    [
        case("TR-001", CURRENCIES, "GBP",
             {"type": "substring", "starting_text": "(", "ending_text": ")"}),
        case("TR-002", POUND, "701.37865",
             {"type": "substring", "starting_text": "'1 British Pound = '", "ending_text": "' '"}),
        case("TR-004", POUND, "701.37865 Comoros Franc ",
             {"type": "substring", "start_position": "19"}),
        case("TR-006", "any text", "", {"type": "substring", "starting_text": "nowhere"}),
        case("TR-007", "abc - 123 - def", "123def",
             {"type": "remove_non_alphanumeric"}, {"type": "replace", "find": "abc"}),
        case("TR-008", "abc123def", "123", {"type": "regex_match", "find": r"abc(\d+)d"}),
        case("TR-009", "abc123def456", "123456",
             {"type": "regex_match", "find": r"(?<one>\d+)\D+(?<two>\d+)"}),
        case("TR-010", "abc", "", {"type": "regex_match", "find": r"(\d+)"}),
        case("TR-011", "12.3456789", "12.34568",
             {"type": "round", "precision": "0.00001", "direction": "="}),
        case("TR-012", "20151213030405", "2015-12-13T03:04:05Z", SECONDS),
        case("TR-013", "12/13/2015 1:14:15 PM", "2015-12-13T13:14:15Z",
             {"type": "date_time_formatting", "culture": "en-US"}),
        case("TR-014", "not a date", "not a date", SECONDS),
        case("TR-017", "  x  ", "x", {"type": "trim"}),
        case("TR-018", "abc", "0", {"type": "decimal_formatting", "culture": "da-DK"}),
        case("TR-019", "missing", "", LOOKUP),
        case("TR-025", POUND, "701.37865",
             {"type": "substring", "start_position": "19", "ending_text": "' '"}),
        case("TR-028", "john roberts", "John Roberts", {"type": "title_case"}),
    ],
)  # fmt: skip
def test_a_rule_makes_of_a_text_what_the_product_makes_of_it(pairs, text, expected, rules):
    assert made_of(pairs, text, rules) == expected


@pytest.mark.case("TR-027")
def test_the_shipped_rule_gives_the_fourth_to_the_sixth_character(pairs):
    assert made_of(pairs, "EURDKK", {}, named="FOURTH_TO_SIXTH_CHAR") == "DKK"


@pytest.mark.case("TR-023")
def test_a_rule_a_field_uses_cannot_be_deleted(pairs):
    p = with_rules(pairs, {"NEAT": {"type": "trim"}}, "NEAT")
    p.top = {"transformations": {}}
    with pytest.raises(SettingsError, match=r"CLIENT\.fields\.Mail\.transformation: found 'NEAT'"):
        p.open()


@pytest.mark.case("TR-022")
@pytest.mark.parametrize(
    ("said", "expected"),
    [({"starting_text": "R"}, "DKK"), ({"starting_text": "R", "ending_text": "K"}, "D")],
)
def test_a_text_said_of_a_rule_takes_the_place_of_its_position_and_its_length(
    pairs, said, expected
):
    """The shipped rule has a start position and a length; who edits it says it anew."""
    rules = {"FOURTH_TO_SIXTH_CHAR": {"type": "substring", **said}}
    assert made_of(pairs, "EURDKK", rules, named="FOURTH_TO_SIXTH_CHAR") == expected
