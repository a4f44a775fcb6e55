"""What is wrong in mdsync.yaml is told with file, line, key, what was found and what is right."""

from pathlib import Path

import pytest

from mdsync_nb.errors import SettingsError, UsageError
from mdsync_nb.workspace import open_workspace

COMPANIES = """\
companies:
  HQ:
    currency: GBP
    tables:
      Customer: customer.csv
      Item: item.csv
  DE:
    tables:
      Customer: customer.csv
links:
  DE:
    local: DE
    integration: HQ
"""
AFTER = COMPANIES.count("\n")
"""A line of a text added to COMPANIES is this many further down."""


def wrong(folder: Path, text: str) -> SettingsError:
    (folder / "mdsync.yaml").write_text(text, "utf-8")
    with pytest.raises(SettingsError) as raised:
        open_workspace(folder)
    error = raised.value
    assert error.file == "mdsync.yaml"
    assert error.exit_code == 2
    assert f"mdsync.yaml, line {error.line}: {error.key}: found" in str(error)
    return error


WRONG_IN_ADDED_LINES = [
    # what is added | line of it | key | found | what would be right, in part
    ("outt: x", 1, "outt", "outt", "out"),
    ("reprot:\n  mask: [Name]", 1, "reprot", "reprot", "report or reports"),
    ("report:\n  maks: [Name]", 2, "report.maks", "maks", "mask"),
    ("report:\n  worklist: many", 2, "report.worklist", "many", "a whole number"),
    ("report: short", 1, "report", "short", "a block of `name: value` lines"),
    ("packs: {master_data: yes}", 1, "packs", "a block of its own", "a list like [this, that]"),
    ("packs: [master]", 1, "packs[1]", "master", "item or master_data, or a .yaml file"),
    ("limits: {updates: 120%}", 1, "limits.updates", "120%", "a share between 0% and 100%"),
    ("limits:\n  inserts: much", 2, "limits.inserts", "much", "like 20%"),
    ("limits:\n  floor: 2.5", 2, "limits.floor", "2.5", "a whole number"),
    ("mappings:\n  CUSTMER: {match: [No.]}", 2, "mappings.CUSTMER", "CUSTMER", "CUSTOMER"),
    ("mappings:\n  A/B: {table: Item}", 2, "mappings.A/B", "A/B", "without quotes, dots, slashes"),
    ("mappings:\n  NEW: {table: Custmer}", 2, "mappings.NEW.table", "Custmer", "Customer"),
    (
        "mappings:\n  CUSTOMER:\n    match: [No]",
        3,
        "mappings.CUSTOMER.match[1]",
        "No",
        "a field of Customer, like No.",
    ),
    (
        "mappings:\n  CUSTOMER:\n    match:\n      - Name\n      - field: Nmae\n        priority: 2",
        5,
        "mappings.CUSTOMER.match[2].field",
        "Nmae",
        "Name",
    ),
    (
        "mappings:\n  CUSTOMER:\n    match: [{field: No., priority: first}]",
        3,
        "mappings.CUSTOMER.match[1].priority",
        "first",
        "a whole number",
    ),
    (
        "mappings:\n  CUSTOMER:\n    match: [[No., Name]]",
        3,
        "mappings.CUSTOMER.match[1]",
        "a list",
        "one text or a block",
    ),
    (
        "mappings:\n  CUSTOMER:\n    match: No.",
        3,
        "mappings.CUSTOMER.match",
        "No.",
        "a list like [this, that]",
    ),
    (
        "mappings:\n  CUSTOMER:\n    filter:\n      Blocked: All\n      Conutry/Region Code: FR",
        5,
        "mappings.CUSTOMER.filter.Conutry/Region Code",
        "Conutry/Region Code",
        "Country/Region Code",
    ),
    (
        "mappings:\n  CUSTOMER:\n    local_filter: {Blocked: [All, Al]}",
        3,
        "mappings.CUSTOMER.local_filter.Blocked[2]",
        "Al",
        "All",
    ),
    (
        "mappings:\n  CUSTOMER:\n    filter: {Credit Limit (LCY): {'>=': '1.000,00'}}",
        3,
        'mappings.CUSTOMER.filter.Credit Limit (LCY).>=',
        "1.000,00",
        "a decimal point, like 1250.5",
    ),
    (
        "mappings:\n  CUSTOMER:\n    filter: {No.: {=>: '1'}}",
        3,
        'mappings.CUSTOMER.filter."No.".=>',
        "=>",
        "=, <>, <, <=, >, >= or matches",
    ),
    (
        "mappings:\n  CUSTOMER:\n    filter: {No.: []}",
        3,
        'mappings.CUSTOMER.filter."No."',
        "a list",
        "at least one value",
    ),
    (
        "mappings:\n  ITEM:\n    table: Item\n    constants: {Blocked: perhaps}",
        4,
        "mappings.ITEM.constants.Blocked",
        "perhaps",
        "yes or no",
    ),
    (
        "mappings:\n  CUSTOMER:\n    constants: {No.: '123456789012345678901'}",
        3,
        'mappings.CUSTOMER.constants."No."',
        "123456789012345678901",
        "at most 20 characters",
    ),
    (
        "mappings:\n  CUSTOMER:\n    fields:\n      Phone No: no",
        4,
        "mappings.CUSTOMER.fields.Phone No",
        "Phone No",
        "Phone No.",
    ),
    (
        "mappings:\n  CUSTOMER:\n    fields:\n      Phone No.: maybe",
        4,
        'mappings.CUSTOMER.fields."Phone No."',
        "maybe",
        "yes or no",
    ),
    (
        "mappings:\n  CUSTOMER:\n    fields:\n      Image: yes",
        4,
        "mappings.CUSTOMER.fields.Image",
        "yes",
        "no, because files hold no pictures",
    ),
    (
        "mappings:\n  CUSTOMER:\n    update_conflict: merged",
        3,
        "mappings.CUSTOMER.update_conflict",
        "merged",
        "merge",
    ),
    (
        "mappings:\n  CUSTOMER:\n    fields:\n      Name: {overwrite: yes}",
        4,
        "mappings.CUSTOMER.fields.Name.overwrite",
        "overwrite",
        "overwrite_local_change",
    ),
    (
        "mappings:\n  CUSTOMER:\n    fields:\n      Name: {constant: x, integration: Name 2}",
        4,
        "mappings.CUSTOMER.fields.Name",
        "a block of its own",
        "either `constant` or `integration`",
    ),
    (
        "mappings:\n  CUSTOMER:\n    fields: {onyl: [No.]}",
        3,
        "mappings.CUSTOMER.fields.onyl",
        "onyl",
        "only",
    ),
    (
        "mappings:\n  CUSTOMER:\n    fields: {all: yes, only: [No.]}",
        3,
        "mappings.CUSTOMER.fields",
        "a block of its own",
        "either `all: yes` or `only:`",
    ),
    (
        "mappings:\n  CUSTOMER:\n    fields: {only: [No., Nmae]}",
        3,
        "mappings.CUSTOMER.fields.only[2]",
        "Nmae",
        "Name",
    ),
    (
        "mappings:\n  CUSTOMER:\n    direction: bidirectional",
        3,
        "mappings.CUSTOMER.direction",
        "bidirectional",
        "from_integration, because master data only flows from the source company",
    ),
    (
        "mappings:\n  CUSTOMER:\n    depends_on: [SALESPERSON, CURENCY]",
        3,
        "mappings.CUSTOMER.depends_on[2]",
        "CURENCY",
        "CURRENCY",
    ),
    (
        "mappings:\n  CUSTOMER:\n    first_sync: source",
        3,
        "mappings.CUSTOMER.first_sync",
        "source",
        "ask or source_wins",
    ),
    ("tables:\n  Ship:\n    fields: {Name: text}", 2, "tables.Ship.key", "nothing", "Ship is not"),
    (
        "tables:\n  Ship:\n    key: IMO\n    fields: {Built: dat}",
        4,
        "tables.Ship.fields.Built",
        "dat",
        "date",
    ),
    (
        "tables:\n  Ship:\n    key: IMO\n    fields: {Tons: decimal(many)}",
        4,
        "tables.Ship.fields.Tons",
        "decimal(many)",
        "decimal",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("added", "line", "key", "found", "right"), WRONG_IN_ADDED_LINES)
def test_a_wrong_word_is_told_with_its_line_its_key_and_what_would_be_right(
    tmp_path, added, *, line, key, found, right
):
    error = wrong(tmp_path, COMPANIES + added + "\n")
    assert (error.line, error.key, error.found) == (AFTER + line, key, found)
    assert right in error.right


WRONG_BY_ITSELF = [
    # the file | line | key | found | what would be right, in part
    ("", None, "the file", "nothing", "`companies:` and what follows"),
    ("- companies", None, "the file", "a list", "`companies:` and what follows"),
    ("name: Trial", None, "companies", "nothing", "a value for it"),
    ("companies:", 1, "companies", "nothing", "a value for it"),
    ("companies:\n\tHQ:", 2, "the file", "found character '\\t'", "never tabs"),
    ("companies:\n  HQ:\n    name: a: b", 3, "the file", "mapping values are not", "a colon"),
    ("companies:\n  HQ:\n    name: 'open", 3, "the file", "found unexpected end", "quotes"),
    ("companies: &a\n  HQ: *a", 2, "companies.HQ", "a reference to itself", "the words"),
    ("companies: {HQ: {}}\nname: a\nname: b", 3, "name", "name again", "stands in line 2"),
    ("companies:\n  HQ: {}\n  ? [a, b]\n  : {}", 3, "companies.", "a list or block", "a name"),
    ("companies:\n  HQ: hq", 2, "companies.HQ", "hq", "a block of `name: value` lines"),
    ("companies:\n  HQ:\n    complete: maybe", 3, "companies.HQ.complete", "maybe", "yes, no or unknown"),
    ("companies:\n  HQ:\n    write: inplace", 3, "companies.HQ.write", "inplace", "change_set or in_place"),
    ("companies:\n  HQ:\n    as_of: yesterday", 3, "companies.HQ.as_of", "yesterday", "a time like"),
    ("companies:\n  HQ:\n    curency: GBP", 3, "companies.HQ.curency", "curency", "currency"),
    ("companies:\n  HQ:\n    format: {date_order: ddmm}", 3, "companies.HQ.format.date_order", "ddmm", "ymd, dmy or mdy"),
    ("companies:\n  HQ:\n    format: {encoding: utf-9}", 3, "companies.HQ.format.encoding", "utf-9", "windows-1252"),
    ("companies:\n  HQ:\n    format: {time_zone: Europe/Olso}", 3, "companies.HQ.format.time_zone", "Europe/Olso", "Europe/Oslo"),
    ("companies: {HQ: {}}\nreport: {time_zone: Europe/Olso}", 2, "report.time_zone", "Europe/Olso", "Europe/Oslo"),
    ("companies:\n  HQ:\n    format: {blank: none}", 3, "companies.HQ.format.blank", "none", "canonical or distinct"),
    ("companies:\n  HQ:\n    write: in_place\n    format: {blank: distinct}", 4, "companies.HQ.format.blank", "distinct", "canonical, because files"),
    ("companies:\n  HQ:\n    write: in_place\n    tables: {Customer: {file: c.csv, format: {blank: distinct}}}", 4, "companies.HQ.tables.Customer.format.blank", "distinct", "canonical, because files"),
    ("companies:\n  HQ:\n    tables: {customer: c.csv}", 3, "companies.HQ.tables.customer", "customer", "Customer"),
    ("companies:\n  HQ:\n    tables: {Country_Region: c.csv}", 3, "companies.HQ.tables.Country_Region", "Country_Region", "Country/Region"),
    ("companies:\n  HQ:\n    tables: {Customer: [a.csv]}", 3, "companies.HQ.tables.Customer", "a list", "a block of `name: value` lines or one text"),
    ("companies:\n  HQ:\n    tables: {Customer: {sheet: A}}", 3, "companies.HQ.tables.Customer.file", "nothing", "a value for it"),
    ("companies:\n  HQ:\n    tables: {Customer: {file: c.csv, layout: excel}}", 3, "companies.HQ.tables.Customer.layout", "excel", "auto, plain or package"),
    ("companies:\n  HQ:\n    tables: {Customer: {file: c.csv, columns: {Nr: No}}}", 3, "companies.HQ.tables.Customer.columns.Nr", "No", "a field of Customer, like No."),
    ("companies:\n  main: {}", 2, "companies.main", "main", "another name"),
    ("companies:\n  Temp: {}", 2, "companies.Temp", "Temp", "another name"),
    ("companies:\n  system: {}", 2, "companies.system", "system", "another name"),
    ("companies:\n  pg_catalog: {}", 2, "companies.pg_catalog", "pg_catalog", "another name"),
    ("companies:\n  INFORMATION_SCHEMA: {}", 2, "companies.INFORMATION_SCHEMA", "INFORMATION_SCHEMA", "another name"),
    ("companies:\n  A.G.: {}", 2, 'companies."A.G."', "A.G.", "dots"),
    ("companies:\n  A/S: {}", 2, "companies.A/S", "A/S", "slashes"),
    ("companies:\n  O'Hara: {}", 2, "companies.O'Hara", "O'Hara", "quotes"),
    ("companies:\n  DE: {}\n  De: {}", 3, "companies.De", "De", "differs from DE by more than capitals"),
    ("companies: {A: {}, B: {}}\nlinks:\n  X: {local: A, integration: B}\n  x: {local: A, integration: B}", 4, "links.x", "x", "by more than capitals"),
    ("companies: {A: {}, BERLIN: {}}\nlinks:\n  X:\n    local: A\n    integration: BERLNI", 5, "links.X.integration", "BERLNI", "BERLIN"),
    ("companies: {A: {}, B: {}}\nlinks:\n  X:\n    local: A\n    integration: A", 5, "links.X.integration", "A", "another company than A"),
    ("companies: {A: {}, B: {}}\nlinks:\n  X:\n    local: A", 3, "links.X.integration", "nothing", "a value for it"),
    ("companies: {A: {}, B: {}}\nlinks:\n  X:\n    local:\n    integration: B", 4, "links.X.local", "nothing", "a value for it"),
    ("companies: {A: {}, B: {}}\nlinks:\n  X:\n    kind: dataverses\n    local: A\n    integration: B", 4, "links.X.kind", "dataverses", "dataverse"),
    ("companies: {A: {}, B: {}}\nlinks:\n  X:\n    local: A\n    integration: B\n    only: [CUSTOMR]", 6, "links.X.only[1]", "CUSTOMR", "CUSTOMER"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line", "key", "found", "right"), WRONG_BY_ITSELF)
def test_a_file_that_cannot_be_is_told_with_its_line_its_key_and_what_would_be_right(
    tmp_path, text, *, line, key, found, right
):
    (tmp_path / "mdsync.yaml").write_text(text, "utf-8")
    with pytest.raises(SettingsError) as raised:
        open_workspace(tmp_path)
    error = raised.value
    assert (error.file, error.line, error.key) == ("mdsync.yaml", line, key)
    assert found in str(error.found)
    assert right in error.right


def test_an_unknown_word_without_a_like_one_comes_with_the_words_there_are(tmp_path):
    error = wrong(tmp_path, COMPANIES + "report:\n  zebra: yes\n")
    assert error.right == "mask, worklist, culture or time_zone"


def test_the_first_error_of_several_is_raised_and_names_the_others(tmp_path):
    error = wrong(tmp_path, COMPANIES + "out: [a]\nreport: {maks: x}\nlimits: {floor: low}\n")
    assert (error.line, error.key) == (AFTER + 1, "out")
    assert f"line {AFTER + 2}: report.maks: found 'maks'; right would be mask" in error.hint
    assert f"line {AFTER + 3}: limits.floor: found 'low'" in error.hint


def test_an_error_within_a_link_names_the_key_of_the_link(tmp_path):
    error = wrong(tmp_path, COMPANIES + "    mappings:\n      CUSTOMER:\n        match: [Nam]\n")
    assert (error.line, error.key) == (AFTER + 3, "links.DE.mappings.CUSTOMER.match[1]")
    assert error.right == "a field of Customer, like Name"


def test_an_error_in_a_pack_of_its_own_names_the_file_of_the_pack(tmp_path):
    (tmp_path / "mdsync.yaml").write_text(COMPANIES + "packs: [master_data, ours.yaml]\n")
    (tmp_path / "ours.yaml").write_text(
        "pack: ours\nmappings:\n  CUSTOMER:\n    match: [VAT No.]\n    depends_on: [ITEMS]\n"
    )
    with pytest.raises(SettingsError) as raised:
        open_workspace(tmp_path)
    error = raised.value
    assert (error.file, error.line, error.key) == ("ours.yaml", 4, "mappings.CUSTOMER.match[1]")
    assert "VAT Registration No." in error.right
    assert "ours.yaml, line 5: mappings.CUSTOMER.depends_on[1]: found 'ITEMS'" in error.hint


def test_a_text_that_is_not_utf_8_is_told_with_its_line(tmp_path):
    (tmp_path / "mdsync.yaml").write_bytes("companies:\n  HQ: {name: Köln}\n".encode("cp1252"))
    with pytest.raises(SettingsError) as raised:
        open_workspace(tmp_path)
    assert (raised.value.line, raised.value.right) == (2, "UTF-8 text")


def test_without_a_file_the_hint_says_how_to_get_one(tmp_path):
    with pytest.raises(UsageError) as raised:
        open_workspace(tmp_path)
    assert "mdsync.yaml" in str(raised.value)
    assert "mdsync init" in raised.value.hint
