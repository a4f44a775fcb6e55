"""A masked value is nowhere: not on the page, not in the workbook."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import polars as pl
import pytest

from mdsync_nb import frames
from mdsync_nb.engine.comparison import Comparison
from mdsync_nb.reports import front, masked, write_worklist
from mdsync_nb.reports.masking import MASK

SECRETS = ("e.brun@harbour.example", "elodie@lumiere.example", "was@harbour.example")


def everything(path: Path) -> str:
    with ZipFile(path) as book:
        return "".join(book.read(name).decode() for name in book.namelist())


@pytest.fixture
def secret(with_rows: Callable[..., Comparison]) -> Comparison:
    there, here, before = SECRETS
    values = {"source": there, "destination": here, "base": before, "source_changed": True}
    return replace(
        with_rows(
            {"field": "E-Mail", **values, "state": "true conflict"},
            {"field": "Name, e-mail", **values},
        ),
        masked=("E-Mail",),
    )


def test_a_masked_value_is_not_on_the_page(secret: Comparison):
    shown = front(secret).markup
    assert not any(value in shown for value in SECRETS)
    assert shown.count(MASK) == 6
    assert "Values of E-Mail are masked in this report." in shown


def test_a_masked_value_is_not_in_the_workbook(secret: Comparison, tmp_path: Path):
    inside = everything(write_worklist(secret, tmp_path / "worklist.xlsx"))
    assert not any(value in inside for value in SECRETS)
    assert "Values of E-Mail are masked in this workbook." in inside


def test_a_name_that_is_masked_is_not_what_a_record_is_called(secret: Comparison, tmp_path: Path):
    hidden = replace(secret, masked=("E-Mail", "Name"))
    assert "Havblik" not in front(hidden).markup
    assert "Havblik" not in everything(write_worklist(hidden, tmp_path / "worklist.xlsx"))


def test_a_number_that_is_masked_is_not_what_a_record_is_called(secret: Comparison):
    assert "Customer 10250 ·" in front(secret).markup
    assert "Customer 10250 ·" not in front(replace(secret, masked=("No.",))).markup


def test_cells_are_masked_and_what_is_not_there_stays_away():
    cells = pl.DataFrame(
        {
            "field": ["E-Mail", "Phone No.", None, "E-Mail"],
            "source": ["a@b", "1", "x", ""],
            "destination": [None, "2", "y", "c@d"],
            "base": ["e@f", None, "z", None],
        },
        schema_overrides={"base": pl.String},
    )
    shown = masked(cells, ["e-mail "])
    assert shown.rows() == [
        ("E-Mail", MASK, None, MASK),
        ("Phone No.", "1", "2", None),
        (None, "x", "y", "z"),
        ("E-Mail", MASK, MASK, None),
    ]


def test_a_field_is_not_masked_for_having_a_part_of_the_name():
    rows = pl.DataFrame(
        {"field": ["E-Mail 2"], "source": ["a"], "destination": ["b"], "base": ["c"]}
    )
    assert masked(rows, ["E-Mail"]).rows() == rows.rows()


def test_nothing_is_masked_where_nothing_is_named():
    rows = frames.empty(frames.WORKLIST)
    assert masked(rows, ()) is rows
