"""What looks like a secret does not leave the house."""

from __future__ import annotations

import polars as pl
import pytest

from mdsync_nb.core.redaction import instead_of, scrubbed, scrubbed_text, without_secrets


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Nothing to hide: 00010, Müller & Co.", "Nothing to hide: 00010, Müller & Co."),
        ("password=hunter2 next", "password=•••"),
        ("Server=a;Password=hun ter;Pwd=x", "Server=a;Password=•••;Pwd=•••"),
        ("api_key: 'abc def' end", "api_key: ••• end"),
        ('{"client_secret": "abc"}', '{"client_secret": •••}'),
        ("AccountKey=Zm9vYmFy==;EndpointSuffix=x", "AccountKey=•••;EndpointSuffix=x"),
        ("https://anna:secret@host/x", "https://•••@host/•••"),
        ("postgresql://anna:p@ss@host:5432/db", "postgresql://•••@host:5432/db"),
        ("POST https://hooks.example.com/services/T0/B1/xyz failed", "POST https://hooks.example.com/••• failed"),
        ("https://x.example?sig=abc&se=1", "https://x.example/•••"),
        ("Authorization: Bearer abcdefghijkl", "Authorization: ••• •••"),
        ("sent Bearer abcdefghijkl on", "sent Bearer ••• on"),
        ("token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIx.abc", "token •••"),
        ("key " + "a1B2" * 12, "key •••"),
        ("design = 3; passing = 4; the secretary", "design = 3; passing = 4; the secretary"),
    ],
)  # fmt: skip
def test_a_text_loses_what_looks_like_a_secret(text: str, left: str) -> None:
    found = scrubbed_text(text)
    for word in ("hunter2", "abc def", "Zm9v", "services/T0", "eyJ", "abcdefghijkl", "p@ss"):
        assert word not in found
    assert found == left


def test_values_are_hidden_wherever_they_stand_the_longest_first() -> None:
    instead = instead_of(["Anna", "Anna Berg", "x", "", None])
    assert list(instead) == ["Anna Berg", "Anna"]
    texts = pl.DataFrame({"t": ["Anna Berg and Anna", None, "x.*"]})
    assert texts.select(scrubbed(pl.col("t"), instead))["t"].to_list() == [
        "••• and •••",
        None,
        "x.*",
    ]


def test_settings_lose_secrets_and_values_of_masked_fields_and_keep_placeholders() -> None:
    tree = {
        "folder": "${EXPORTS}/a",
        "password": "x",
        "tokens": ["a"],
        "url": "",
        "filter": [
            {"field": "VAT No.", "operator": "=", "values": ["DE1"]},
            {"field": "City", "operator": "=", "values": ["Bonn"]},
        ],
        "where": {"VAT No.": "DE1", "City": "Bonn"},
        "fields": [{"local": "vat no.", "constant": "DE1", "enabled": True}],
        "number": 3,
    }
    assert without_secrets(tree, {"vat no."}, {"Bonn": "town"}) == {
        "folder": "${EXPORTS}/a",
        "password": "•••",
        "tokens": "•••",
        "url": "",
        "filter": [
            {"field": "VAT No.", "operator": "=", "values": "•••"},
            {"field": "City", "operator": "=", "values": ["town"]},
        ],
        "where": {"VAT No.": "•••", "City": "town"},
        "fields": [{"local": "vat no.", "constant": "•••", "enabled": True}],
        "number": 3,
    }
