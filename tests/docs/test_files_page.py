"""docs/files.md names the endings, types and words of a manifest that the library knows."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from docs_pages import blocks, read

from mdsync_nb.connectors.manifest import Manifest
from mdsync_nb.connectors.staging import READERS
from mdsync_nb.model import FieldType
from mdsync_nb.workspace import product_tables

PAGE = read("docs/files.md")


def test_every_ending_that_is_read_is_named_and_no_other() -> None:
    table = PAGE[PAGE.index("| Ending |") :].split("\n\n")[0]
    assert set(re.findall(r"`(\.\w+)`", table)) == set(READERS)


def test_the_manifest_shows_every_word_and_no_other() -> None:
    shown = json.loads(next(one.text for one in blocks(PAGE) if one.kind == "json"))
    assert set(shown) == set(Manifest.model_fields)
    assert Manifest.model_validate(shown).complete is True


def test_every_type_that_files_hold_is_named() -> None:
    table = PAGE[PAGE.index("| Type | Is read from |") :].split("\n\n")[0]
    named = {one for line in table.splitlines()[2:] for one in line.split("|")[1].split(",")}
    said = {one.strip().replace(" ", "_") for one in named}
    elsewhere = {"big_integer", "duration", "blob", "media", "record_id"}
    assert said == {one.value for one in FieldType} - elsewhere


def test_the_number_of_known_tables_is_right() -> None:
    assert f"for the {len(product_tables())} tables of the product and Dataverse" in " ".join(
        PAGE.split()
    )
