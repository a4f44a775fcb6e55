"""`mdsync mapping`: mappings looked at and changed on the demo, the diff first."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from mdsync_nb import Workbench
from mdsync_nb.cli import asking
from mdsync_nb.errors import PlanStale, SettingsError, UsageError

CHANGES = {
    "disable CUSTOMER": "+    enabled: no",
    "disable CUSTOMER VENDOR --field Search* --field Contact --field City": "+      City: no",
    "enable CURRENCYEXCHRATE": "-    enabled: no   ",
    "set CUSTOMER only_coupled=no limits.updates=30%": "+    only_coupled: no",
    "set NORDIC/CUSTOMER overwrite_local_change=yes --field City": "+            overwrite_local_",
    "set LUMIERE/CUSTOMER match=yes --field E-Mail": "+        match: [VAT Registration No., Name, E-",
    "set LUMIERE/CUSTOMER match=no --field Name": "+        match: [VAT Registration No.]",
    "reset CONTACT": "-    filter: {Type: Person} ",
    "reset LUMIERE/CUSTOMER --field No.": "-        fields: {No.: no}",
    "add-table Location": "+  LOCATION:",
}


@pytest.fixture
def somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    """A person sits in front of the terminal."""
    monkeypatch.setattr(asking, "somebody_there", lambda: True)


def settings_of(folder: Path) -> bytes:
    return (folder / "mdsync.yaml").read_bytes()


def test_the_list_shows_what_is_switched_off_too(demo: Path, mdsync_json: Any) -> None:
    found, code = mdsync_json("mapping", "list", "NORDIC", folder=demo)
    rows = {row["mapping"]: row for row in found["mappings"]}
    assert code == 0
    assert rows["NORDIC/CURRENCYEXCHRATE"]["enabled"] is False
    customer = rows["NORDIC/CUSTOMER"]
    assert customer["coupled"] > 400
    assert (customer["table"], customer["match"]) == ("Customer", "No.")
    assert 0 < customer["fields_enabled"] < customer["fields"]
    assert customer["filter"] == 'Blocked = ""'


def test_the_list_takes_patterns(demo: Path, mdsync: Any) -> None:
    told = mdsync("mapping", "list", "*/CUST*", folder=demo).stdout
    assert "LUMIERE/CUSTOMER" in told
    assert "VENDOR" not in told


def test_one_mapping_is_shown_with_every_word_and_field(demo: Path, mdsync: Any) -> None:
    ended = mdsync("mapping", "show", "LUMIERE/CUSTOMER", folder=demo)
    assert ended.exit_code == 0
    for line, place in (
        ("match ", "links.LUMIERE"),
        ("templates ", "pack master_data"),
        ("No. ", "links.LUMIERE"),
        ("limits.updates ", "limits"),
    ):
        assert any(
            one.startswith(line) and one.rstrip().endswith(place)
            for one in ended.stdout.splitlines()
        ), line


@pytest.mark.parametrize("words", CHANGES)
def test_a_change_is_shown_and_refused_while_nobody_answers(
    words: str, demo_copy: Path, mdsync: Any
) -> None:
    before = settings_of(demo_copy)
    ended = mdsync("mapping", *words.split(), folder=demo_copy)
    assert ended.exit_code == 2
    assert CHANGES[words] in ended.stdout
    assert "Write this into mdsync.yaml?" in ended.stderr
    assert settings_of(demo_copy) == before


@pytest.mark.parametrize("words", CHANGES)
def test_a_change_with_yes_is_written_and_can_be_read(
    words: str, demo_copy: Path, mdsync: Any
) -> None:
    ended = mdsync("mapping", *words.split(), "--yes", folder=demo_copy)
    assert ended.exit_code == 0, ended.stderr
    assert Workbench(demo_copy, progress=False).workspace.mappings
    assert not list(demo_copy.glob(".mdsync.yaml-*"))
    again = mdsync("mapping", *words.split(), "--yes", folder=demo_copy)
    assert "nothing to write" in again.stdout or again.exit_code == 2


@pytest.mark.usefixtures("somebody")
@pytest.mark.parametrize(("typed", "code"), [("n\n", 1), ("y\n", 0), ("", 2)])
def test_a_person_answers(typed: str, code: int, demo_copy: Path, mdsync: Any) -> None:
    before = settings_of(demo_copy)
    ended = mdsync("mapping", "disable", "ITEM", folder=demo_copy, typed=typed)
    assert ended.exit_code == code
    assert (settings_of(demo_copy) != before) == (code == 0)


def test_off_and_on_again_gives_the_same_file(demo_copy: Path, mdsync: Any) -> None:
    before = settings_of(demo_copy)
    for words in ("CUSTOMER VENDOR", "NORDIC --field City", "LUMIERE/CONTACT"):
        for verb in ("disable", "enable"):
            ended = mdsync("mapping", verb, *words.split(), "--yes", folder=demo_copy)
            assert ended.exit_code == 0, ended.stderr
        if words != "NORDIC --field City":
            assert settings_of(demo_copy) == before


def test_wrong_words_are_refused_with_the_right_ones(demo_copy: Path, mdsync: Any) -> None:
    before = settings_of(demo_copy)
    for words, right in {
        "set CUSTOMER onli_coupled=no": "only_coupled",
        "set CUSTOMER only_coupled=perhaps": "yes or no",
        "set CUSTOMER match=[Nme]": "Name",
        "disable CUSTOMRE": "NORDIC/CUSTOMER",
        "disable CUSTOMER --field Phone": "Phone No.",
        "set CUSTOMER": "only_coupled=no",
        "add-table Locatoin": "Location",
    }.items():
        ended = mdsync("mapping", *words.split(), "--yes", folder=demo_copy)
        assert ended.exit_code == 2, words
        assert right in ended.stderr, words
    assert settings_of(demo_copy) == before


def test_json_says_what_was_written(demo_copy: Path, mdsync_json: Any) -> None:
    found, code = mdsync_json("mapping", "disable", "ITEM", "--yes", folder=demo_copy)
    assert code == 0
    assert found["written"] is True
    assert "+    enabled: no" in found["diff"]
    again, _ = mdsync_json("mapping", "disable", "ITEM", folder=demo_copy)
    assert again == {"written": False, "diff": "", "notes": []}


def test_a_column_of_an_extension_becomes_a_field_that_is_off(demo_copy: Path, mdsync: Any) -> None:
    for file in demo_copy.glob("*/*/item.csv"):
        lines = file.read_bytes().split(b"\n")
        mark = b"," if b"HOLDING" in str(file).upper().encode() else b";"
        more = [line.rstrip(b"\r") + mark + b"x" for line in lines[1:] if line.strip()]
        head = lines[0].rstrip(b"\r") + mark + b"Shelf"
        file.write_bytes(b"\n".join([head, *more]) + b"\n")
    ended = mdsync("mapping", "refresh-fields", "ITEM", "--yes", folder=demo_copy)
    assert ended.exit_code == 0, ended.stderr
    assert "Item: Shelf is only delivered by HOLDING, NORDIC, LUMIERE." in ended.stderr
    told = (demo_copy / "mdsync.yaml").read_text("utf-8")
    (demo_copy / "mdsync.yaml").write_text(
        told.replace("      Item: {file: Deutschland.xlsx, layout: package}\n", ""), "utf-8"
    )
    ended = mdsync("mapping", "refresh-fields", "ITEM", "--yes", folder=demo_copy)
    assert "Item: 1 added, switched off; 0 removed." in ended.stderr
    bench = Workbench(demo_copy, progress=False)
    assert not bench.load("HOLDING")["refused"].any()
    shown = bench.show_mapping("NORDIC/ITEM").fields.filter(field="Shelf")
    assert shown["enabled"].to_list() == [False]


def test_a_file_that_was_changed_meanwhile_is_not_written(demo_copy: Path) -> None:
    bench = Workbench(demo_copy, progress=False)
    edit = bench.disable_mappings("ITEM")
    file = demo_copy / "mdsync.yaml"
    file.write_text(file.read_text("utf-8") + "# by hand\n", "utf-8")
    before = settings_of(demo_copy)
    with pytest.raises(UsageError, match="changed meanwhile"):
        bench.write_settings(edit)
    assert settings_of(demo_copy) == before
    bench.write_settings(bench.disable_mappings("ITEM"))
    assert settings_of(demo_copy).endswith(b"# by hand\n")


def test_an_edit_that_cannot_be_read_is_not_written(demo_copy: Path) -> None:
    bench = Workbench(demo_copy, progress=False)
    before = settings_of(demo_copy)
    with pytest.raises(SettingsError):
        bench.set_mappings("CUSTOMER", words={"match": "[Nme]"})
    assert settings_of(demo_copy) == before


@pytest.mark.skipif(os.name == "nt", reason="rights of Unix")
def test_the_mark_line_ends_and_rights_of_the_file_stay(demo_copy: Path) -> None:
    file = demo_copy / "mdsync.yaml"
    odd = b"\xef\xbb\xbf" + settings_of(demo_copy).replace(b"\n", b"\r\n")
    file.write_bytes(odd)
    file.chmod(0o640)
    bench = Workbench(demo_copy, progress=False)
    bench.write_settings(bench.disable_mappings("ITEM"))
    assert settings_of(demo_copy).startswith(b"\xef\xbb\xbf#")
    assert b"\n" not in settings_of(demo_copy).replace(b"\r\n", b"")
    assert file.stat().st_mode & 0o777 == 0o640
    bench.write_settings(bench.enable_mappings("ITEM"))
    assert settings_of(demo_copy) == odd


def test_a_plan_made_before_its_mapping_was_switched_off_is_stale(demo_copy: Path) -> None:
    bench = Workbench(demo_copy, progress=False)
    plan = bench.plan("NORDIC/ITEM")
    bench.write_settings(bench.disable_mappings("NORDIC/ITEM"))
    with pytest.raises(PlanStale):
        bench.apply(plan.plan_id)
