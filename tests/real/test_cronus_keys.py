"""R1: post codes, whose key is two fields, and contacts; written into the published files' copies."""

from __future__ import annotations

import difflib
import shutil
from pathlib import Path

import pytest

from mdsync_nb.workbench import Workbench

SETTINGS = """
packs: [master_data]
companies:
  W1: {{currency: GBP, complete: yes, folder: files, tables: {tables[W1]}}}
  US: {{currency: USD, complete: yes, folder: files, write: in_place, tables: {tables[US]}}}
  FR: {{currency: EUR, complete: yes, folder: files, write: in_place, tables: {tables[FR]}}}
links:
  US: {{local: US, integration: W1, first_sync: source_wins}}
  FR: {{local: FR, integration: W1, first_sync: source_wins}}
limits: {{updates: 100%}}
"""
TABLES = "{{Post Code: {{file: post_code.csv, {0}}}, Contact: {{file: contact.csv, {0}}}}}"


@pytest.fixture(scope="module")
def bench(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Workbench:
    """Three companies, coupled."""
    root = tmp_path_factory.mktemp("cronus_keys")
    (root / "files").mkdir()
    for file in ("post_code.csv", "contact.csv"):
        shutil.copyfile(published / "cronus" / file, root / "files" / file)
    tables = {one: TABLES.format(f"where: {{company: CRONUS_{one}}}") for one in ("W1", "US", "FR")}
    (root / "mdsync.yaml").write_text(SETTINGS.format(tables=tables), "utf-8")
    bench = Workbench(root, progress=False)
    bench.load()
    for mapping in bench.workspace.select():
        bench.couple(mapping.name)
    return bench


def test_renames_of_a_key_of_two_fields_go_into_the_file_and_back_out(bench: Workbench) -> None:
    path = bench.workspace.root / "files" / "post_code.csv"
    before = path.read_text("utf-8")
    plan = bench.plan("POSTCODE")
    applied = bench.apply(plan.plan_id)
    assert [one.counts["modified"] for one in applied] == [10, 6]
    after = path.read_text("utf-8")
    lines = list(difflib.ndiff(before.splitlines(), after.splitlines()))
    assert len([line for line in lines if line.startswith("+ ")]) == 16
    assert "+ CRONUS_FR,FR,75000,FR-75000,PARIS," in lines
    assert "+ CRONUS_US,US,IL 61236,US-IL 61236,Chicago," in lines
    loaded = bench.load("US", "FR").filter(table="Post Code")
    assert loaded.select("inserted", "changed", "deleted").rows() == [(0, 0, 0)] * 2
    assert bench.sql("select count(*) from pending").item() == 0
    assert bench.plan("POSTCODE").writes == 0

    for one in applied:
        bench.undo(one.job_id)
    assert path.read_text("utf-8") == before


def test_what_would_change_the_meaning_of_a_blank_currency_waits(bench: Workbench) -> None:
    """A blank code means pounds there, dollars or euros here; written as it stands it would lie."""
    compared = bench.compare("CONTACT")
    for company in ("US", "FR"):
        waits = compared.decisions.filter(mapping=f"{company}/CONTACT", rule="currency-meaning")
        assert waits.height == 249
    assert bench.plan("CONTACT").writes == 1
