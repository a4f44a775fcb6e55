"""Hashes and fingerprints move when what they stand for does, and else stay for ever."""

import subprocess
import sys
from pathlib import Path

import pytest

from mdsync_nb.model import Condition, FieldMapping, TableMapping
from mdsync_nb.workspace import fingerprint, hash_of

MAPPING = TableMapping(
    name="DE/CUSTOMER",
    link="DE",
    local="DE",
    integration="HQ",
    table="Customer",
    integration_table="Customer",
    fields=(
        FieldMapping(local="No.", integration="No."),
        FieldMapping(local="Name", integration="Name", overwrite_local_change=True),
        FieldMapping(local="City", integration="City", enabled=False),
        FieldMapping(local="Straße", integration="Address", constant="Ö"),
    ),
)
FINGERPRINT = 16295395945503643426
HASH = "8a474334b07a"


def other(**changes):
    return MAPPING.model_copy(update=changes)


def test_the_fingerprint_is_the_same_in_every_version():
    assert fingerprint(MAPPING) == FINGERPRINT
    assert hash_of(MAPPING) == HASH


def test_the_fingerprint_is_the_same_in_another_process():
    program = "from tests.workspace.test_identity import MAPPING, fingerprint; print(fingerprint(MAPPING))"
    root = Path(__file__).parents[2]
    told = subprocess.run(
        [sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True
    )
    assert int(told.stdout) == FINGERPRINT


def test_the_fingerprint_is_a_number_of_64_bits():
    assert 0 <= fingerprint(MAPPING) < 2**64


@pytest.mark.parametrize(
    ("changes", "moves"),
    [
        ({"fields": MAPPING.fields[::-1]}, False),
        ({"fields": (*MAPPING.fields[:2], MAPPING.fields[3])}, False),
        ({"local_filter": (Condition(field="Blocked", values=("",)),)}, False),
        ({"integration_filter": (Condition(field="Blocked", values=("",)),)}, False),
        ({"name": "FR/CUSTOMER", "only_coupled": False}, False),
        ({"fields": MAPPING.fields[:2]}, True),
        ({"all_fields": True}, True),
        ({"fields": (MAPPING.fields[0].model_copy(update={"integration": "No. 2"}),)}, True),
        ({"fields": (MAPPING.fields[3].model_copy(update={"constant": "ö"}),)}, True),
    ],
)
def test_the_fingerprint_moves_with_the_enabled_fields_alone(changes, moves):
    before, after = fingerprint(MAPPING), fingerprint(other(**changes))
    assert (before != after) is moves


def test_switching_a_field_on_moves_the_fingerprint_and_back_gives_the_old_one():
    fields = list(MAPPING.fields)
    fields[2] = fields[2].model_copy(update={"enabled": True})
    switched = other(fields=tuple(fields))
    assert fingerprint(switched) != FINGERPRINT
    fields[2] = fields[2].model_copy(update={"enabled": False})
    assert fingerprint(other(fields=tuple(fields))) == FINGERPRINT


@pytest.mark.parametrize(
    "changes",
    [
        {"local_filter": (Condition(field="Blocked", values=("",)),)},
        {"only_coupled": False},
        {"enabled": False},
        {"fields": MAPPING.fields[:3]},
    ],
)
def test_the_hash_of_a_mapping_moves_with_every_setting(changes):
    assert hash_of(other(**changes)) != HASH


@pytest.mark.parametrize(
    ("text", "moves"),
    [
        ("# a remark, and the default written out\nlimits: {updates: 20%}", False),
        ("limits: {updates: 21%}", True),
        ("mappings: {CUSTOMER: {match: [No.]}}", True),
        ("name: Another", True),
        ("packs: [master_data, item]", True),
    ],
)
def test_the_hash_of_a_workspace_moves_with_what_is_set_and_not_with_how_it_is_written(
    opened, text, moves
):
    before, after = opened().settings_hash, opened(text).settings_hash
    assert (before != after) is moves


def test_a_workspace_gives_the_hash_and_fingerprint_of_its_mappings(opened):
    workspace = opened()
    mapping = workspace.mapping("DE/CUSTOMER")
    assert workspace.hash_of(mapping) == hash_of(mapping)
    assert workspace.fingerprint(mapping) == fingerprint(mapping)
