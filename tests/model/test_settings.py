"""Settings are frozen, closed to unknown words, and hold values as they are meant."""

import pytest
from pydantic import ValidationError

from mdsync_nb.errors import UsageError
from mdsync_nb.model import (
    CompanySettings,
    Condition,
    Direction,
    FieldChoice,
    FieldSettings,
    Limits,
    MappingSettings,
    MatchField,
    TableMapping,
)
from mdsync_nb.model.base import Unsaid, from_environment, shape, without_secrets
from mdsync_nb.model.company import FileFormat, TableFile
from mdsync_nb.model.filter import conditions


def test_settings_cannot_be_changed_once_read():
    with pytest.raises(ValidationError, match="frozen"):
        Limits().updates = 0.5  # type: ignore[misc]


def test_an_unknown_word_is_an_error():
    with pytest.raises(ValidationError, match="curency"):
        CompanySettings.model_validate({"curency": "GBP"})


def test_a_key_with_nothing_behind_it_keeps_its_default():
    read = CompanySettings.model_validate({"currency": Unsaid(), "tables": Unsaid()})
    assert read == CompanySettings()


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ("x", "text"),
        (True, "text"),
        (["x"], "list"),
        (("x",), "list"),
        ({"x": "y"}, "block"),
        (Limits(), "block"),
    ],
)
def test_texts_lists_and_blocks_are_told_apart(value, named):
    assert shape(value) == named


@pytest.mark.parametrize(
    ("written", "share"),
    [("20%", 0.2), (" 2.5 % ", 0.025), ("0", 0.0), ("1", 1.0), ("0.2", 0.2), (0.3, 0.3)],
)
def test_a_share_is_a_percentage_or_a_number_up_to_one(written, share):
    assert Limits(updates=written).updates == pytest.approx(share)


@pytest.mark.parametrize("written", ["20", "120%", "-1%", "many", "20%%", ""])
def test_what_is_no_share_is_refused_with_what_would_be_one(written):
    with pytest.raises(ValidationError, match="a share between 0% and 100%, like 20%"):
        Limits(updates=written)


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ({"all": "yes"}, FieldChoice),
        ({"only": ["No."]}, FieldChoice),
        ({"except": ["No."]}, FieldChoice),
        (FieldChoice(all=True), FieldChoice),
        ({"Phone No.": "no"}, dict),
        ({"Name": {"clear_on_failed": "yes"}}, dict),
        ({}, dict),
    ],
)
def test_fields_are_a_choice_or_single_fields(written, kind):
    assert isinstance(MappingSettings(fields=written).fields, kind)


@pytest.mark.parametrize("words", [{}, {"all": True, "only": ("No.",)}])
def test_a_choice_is_of_all_fields_or_of_some(words):
    with pytest.raises(ValidationError, match="either `all: yes` or `only:`"):
        FieldChoice(**words)


def test_a_constant_comes_from_no_field():
    with pytest.raises(ValidationError, match="either `constant` or `integration`"):
        FieldSettings(constant="x", integration="Name")


def test_a_filter_as_people_write_it_becomes_conditions():
    written = {"Blocked": "", "Code": ("FR", "BE"), "Rate": {">=": "1", "<": "2"}}
    assert conditions(MappingSettings(filter=written).filter or {}) == (
        Condition(field="Blocked", values=("",)),
        Condition(field="Code", values=("FR", "BE")),
        Condition(field="Rate", operator=">=", values=("1",)),
        Condition(field="Rate", operator="<", values=("2",)),
    )


def test_a_match_is_a_name_or_says_more():
    read = MappingSettings.model_validate({"match": ["No.", {"field": "Name", "priority": "2"}]})
    assert read.match == ("No.", MatchField(field="Name", priority=2))


def test_a_table_is_a_file_or_says_more():
    company = CompanySettings(tables={"Customer": "c.csv", "Item": {"file": "i.csv"}})
    assert company.table_file("Customer") == TableFile(file="c.csv")
    assert company.table_file("Item") == TableFile(file="i.csv")
    assert company.table_file("Vendor") is None


@pytest.mark.parametrize("encoding", ["auto", "utf-8", "UTF-16", "windows-1252", "cp850"])
def test_an_encoding_is_one_that_is_known(encoding):
    assert FileFormat(encoding=encoding).encoding == encoding


@pytest.mark.parametrize("written", ["", "2026-11-20", "2026-11-20T06:00:00Z"])
def test_the_time_of_an_export_is_a_date_or_a_time(written):
    assert CompanySettings(as_of=written).as_of == written


def test_written_settings_read_back_as_they_were():
    written = {
        "fields": {"only": ["No."]},
        "filter": {"Code": ["FR"], "Rate": {"<": "2"}},
        "match": ["No.", {"field": "Name"}],
        "validate": ["Name"],
    }
    read = MappingSettings.model_validate(written)
    dumped = read.model_dump(mode="json", exclude_unset=True, by_alias=True)
    assert dumped == written
    assert MappingSettings.model_validate(dumped) == read


def test_only_the_source_company_gives():
    words = dict.fromkeys(
        ("name", "link", "local", "integration", "table", "integration_table"), "X"
    )
    with pytest.raises(ValidationError, match="only flows from the source company"):
        TableMapping(**words, fields=(), direction=Direction.TO_INTEGRATION)


def test_a_placeholder_is_filled_where_it_is_used_and_taken_out_of_what_is_shown(monkeypatch):
    monkeypatch.setenv("EXPORTS", "vault/42")
    assert from_environment("${EXPORTS}/de") == "vault/42/de"
    assert without_secrets("no file vault/42/de", "${EXPORTS}/de") == "no file ${EXPORTS}/de"


def test_a_placeholder_without_a_value_is_named(monkeypatch):
    monkeypatch.delenv("EXPORTS", raising=False)
    with pytest.raises(UsageError, match="The environment holds no EXPORTS") as raised:
        from_environment("${EXPORTS}")
    assert "Set EXPORTS" in raised.value.hint
