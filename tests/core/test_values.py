"""One text for each value, the same in both engines, and times that are later or not."""

from datetime import datetime, timedelta
from decimal import Decimal

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mdsync_nb.core.values import as_text, later
from mdsync_nb.model import Field, FieldType
from mdsync_nb.store.sql import column_type, text_of, value_of

KINDS = {
    FieldType.TEXT: st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=9),
    FieldType.INTEGER: st.integers(-(2**31), 2**31 - 1),
    FieldType.DECIMAL: st.decimals(-(10**12), 10**12, places=5),
    FieldType.BOOLEAN: st.booleans(),
    FieldType.DATE: st.dates(datetime(1800, 1, 1).date(), datetime(9999, 1, 1).date()),
    FieldType.DATETIME: st.datetimes(datetime(1800, 1, 1), datetime(9999, 1, 1)),
    FieldType.TIME: st.times(),
}


@pytest.fixture(scope="module")
def db():
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        yield connection


@pytest.mark.parametrize("kind", list(KINDS), ids=str)
@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_both_engines_write_a_value_as_the_same_text_and_read_it_back(db, kind, data):
    values = data.draw(st.lists(st.none() | KINDS[kind], min_size=1, max_size=9))
    field = Field(name="v", type=kind, scale=5 if kind is FieldType.DECIMAL else None)
    db.execute(f"create or replace table one (n integer, v {column_type(field)})")
    db.executemany("insert into one values (?, ?)", list(enumerate(values)))
    typed = db.sql("select v from one order by n").pl()
    told = db.sql(f"select {text_of(field, 'v')} as t from one order by n").pl()
    assert typed.select(as_text(pl.col("v"), field).alias("t")).equals(told)
    again = value_of(field, text_of(field, "v"))
    assert db.sql(f"select 1 from one where {again} is distinct from v").fetchall() == []


@pytest.mark.parametrize(
    ("value", "text"),
    [("10", "10"), ("10.50", "10.5"), ("0.00000", "0"), ("-100.10", "-100.1"), ("1000", "1000")],
)
def test_a_decimal_keeps_no_zeros_behind_and_all_before_the_point(value, text):
    field = Field(name="v", type=FieldType.DECIMAL)
    frame = pl.DataFrame({"v": [Decimal(value)]}, schema={"v": pl.Decimal(38, 20)})
    assert frame.select(as_text(pl.col("v"), field)).item() == text


@pytest.mark.parametrize(
    ("one", "other", "is_later"),
    [
        (0, 0, False),
        (9, 0, False),
        (10, 0, True),
        (0, 10, False),
        (0, None, True),
        (None, 0, False),
        (None, None, False),
    ],
)
def test_less_than_ten_milliseconds_is_not_later_and_a_blank_is_earliest(one, other, is_later):
    start = datetime(2026, 3, 2)
    times = [None if ms is None else start + timedelta(milliseconds=ms) for ms in (one, other)]
    frame = pl.DataFrame(
        {"a": [times[0]], "b": [times[1]]}, schema=dict.fromkeys("ab", pl.Datetime("us"))
    )
    assert frame.select(later(pl.col("a"), pl.col("b"))).item() is is_later
