"""What holds of every file, however messy: no row is lost, and none is taken that is not sure."""

import csv
import io
from datetime import datetime
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mdsync_nb import frames
from mdsync_nb.errors import SourceUnreadable

FIELDS = {
    "No.": "code",
    "Line": "integer",
    "Amount": "decimal",
    "On": "date",
    "At": "datetime",
    "Open": "boolean",
    "Kind": {"type": "option", "options": ("", "A", "B")},
    "Owner": "guid",
}
TEXT = st.sampled_from(
    ["", " ", "0", "1", "2", "a", "A", "1.5", "1,5", "x", "true", "2026-01-31", "31.02.2026"]
)
MESSY = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def as_csv(header, lines):
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([header, *lines])
    return text.getvalue()


@MESSY
@given(lines=st.lists(st.lists(TEXT, min_size=8, max_size=8), max_size=15), ids=st.booleans())
def test_every_row_is_kept_or_set_aside_with_a_reason(company, lines, ids):
    header = ["SystemId", *list(FIELDS)[1:], "No."] if ids else list(FIELDS)
    rows = [[*line, str(n % 4)] if ids else line for n, line in enumerate(lines)]
    company.write(as_csv(header, rows))
    staged = company.stage(FIELDS, key=("No.", "Line"))
    aside = frames.conform(staged.set_aside, frames.SET_ASIDE)
    assert staged.rows == len(lines)
    assert staged.rows - staged.kept == aside.select("file", "row").n_unique() * bool(aside.height)
    assert aside["reason"].str.len_chars().min() != 0
    assert set(aside["row"]) <= set(range(2, len(lines) + 2))


@MESSY
@given(lines=st.lists(st.lists(TEXT, min_size=8, max_size=8), max_size=15))
def test_what_is_kept_has_one_id_and_one_key_for_each_row(company, lines):
    company.write(as_csv(list(FIELDS), lines))
    staged = company.stage(FIELDS, key=("No.", "Line"))
    kept = pl.read_parquet(staged.path)
    assert kept.height == staged.kept == kept["_id"].n_unique()
    assert kept["_id"].null_count() == 0


@MESSY
@given(lines=st.lists(st.lists(TEXT, min_size=8, max_size=8), min_size=1, max_size=15))
def test_text_and_parquet_of_the_same_texts_are_the_same_rows(company, lines):
    company.write(as_csv(list(FIELDS), lines))
    pl.DataFrame(lines, schema=list(FIELDS), orient="row").write_parquet(
        company.root / "customer.parquet"
    )
    text = company.stage(FIELDS, key=("No.", "Line"))
    rows, aside = company.rows(text), company.aside(text, "row", "column", "value", "reason")
    parquet = company.stage(FIELDS, key=("No.", "Line"), file="customer.parquet")
    assert company.rows(parquet) == rows
    assert company.aside(parquet, "row", "column", "value", "reason") == aside


@MESSY
@given(st.decimals(min_value=-(10**17), max_value=10**17, places=20))
def test_a_decimal_is_exact_with_either_mark(company, value):
    text = f"{value:f}"
    for mark in (".", ","):
        company.write(f"No.;Name;Credit Limit\n1;x;{text.replace('.', mark)}\n")
        staged = company.stage(format={"decimal": mark})
        assert company.column(staged, "Credit Limit") == [Decimal(text)]


def test_reading_twice_is_reading_once(company):
    company.write("No.,Name,Credit Limit\n" + "".join(f"{n},x,{n}\n" for n in range(3000)))
    first, again = (company.rows(company.stage(), "_id", "Name") for _ in range(2))
    assert first == again


def test_a_file_that_changes_while_it_is_read_is_not_taken(company):
    path = company.write("No.,Name,Credit Limit\n1,x,1\n")

    def clock():
        path.write_text("No.,Name,Credit Limit\n1,y,1\n2,z,2\n", "utf-8")
        return datetime(2027, 1, 1)

    with pytest.raises(SourceUnreadable, match="changed while it was read"):
        company.stage(clock=clock)
    assert not (company.root / "staged" / "customer.parquet").exists()


def test_nothing_is_left_beside_the_staged_file(company):
    company.write("No.,Name,Credit Limit\n1,ü,1\n1,x,bad\n", encoding="utf-16")
    staged = company.stage()
    assert [path.name for path in staged.path.parent.iterdir()] == ["customer.parquet"]


def test_a_row_that_is_too_long_is_said_to_be(company):
    company.write("No.,Name\n1,a\n2," + "x" * 3_000_000 + "\n")
    with pytest.raises(SourceUnreadable, match=r"row 3 cannot be read: a row of it is longer"):
        company.stage()
