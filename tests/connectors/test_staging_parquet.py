"""Parquet files: types that fit are taken as they are, others go through text, blanks are one."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

import duckdb
import polars as pl
import pytest

from mdsync_nb.errors import SourceUnreadable

FILE = "customer.parquet"
GUID = "11bd5a05-0a0b-4c0d-8e0f-0123456789ab"


def written(company, frame, name=FILE):
    frame.write_parquet(company.root / name)


def test_types_that_fit_are_taken_as_they_are(company):
    fields = {
        "No.": "code",
        "D": "decimal",
        "N": "integer",
        "B": "boolean",
        "On": "date",
        "At": "datetime",
        "T": "time",
    }
    frame = pl.DataFrame(
        {
            "No.": ["00010", "00020"],
            "D": pl.Series([Decimal("1.50"), None], dtype=pl.Decimal(38, 10)),
            "N": [7, None],
            "B": [True, None],
            "On": [date(2026, 1, 31), date(1753, 1, 1)],
            "At": [datetime(2026, 1, 31, 10), datetime(1, 1, 1)],
            "T": [time(7, 5), None],
        }
    )
    written(company, frame)
    assert company.rows(company.stage(fields, file=FILE)) == [
        (
            "00010",
            Decimal("1.5"),
            7,
            True,
            date(2026, 1, 31),
            datetime(2026, 1, 31, 10),
            time(7, 5),
        ),
        ("00020", Decimal(0), 0, False, None, None, None),
    ]


def test_types_that_do_not_fit_go_through_text(company):
    fields = {
        "No.": "code",
        "D": "decimal",
        "N": "integer",
        "B": "boolean",
        "On": "date",
        "At": "datetime",
        "G": "guid",
    }
    frame = pl.DataFrame(
        {
            "No.": [10.0, 20.0],
            "D": [0.1, 1e-7],
            "N": [3.0, 4.5],
            "B": [1, 0],
            "On": [datetime(2026, 1, 31), datetime(2026, 1, 31)],
            "At": ["2026-01-31T10:00:00Z", ""],
            "G": ["{" + GUID.upper() + "}", None],
        }
    )
    written(company, frame)
    staged = company.stage(fields, file=FILE)
    assert company.rows(staged) == [
        ("10", Decimal("0.1"), 3, True, date(2026, 1, 31), datetime(2026, 1, 31, 10), GUID)
    ]
    assert company.aside(staged, "row", "column", "value", "key") == [(3, "N", "4.5", "20")]


def test_moments_with_a_zone_are_utc_and_those_without_are_of_the_format(company):
    frame = pl.DataFrame(
        {
            "No.": ["1"],
            "Zoned": pl.Series([datetime(2026, 7, 1, 8, tzinfo=UTC)]).dt.convert_time_zone(
                "America/New_York"
            ),
            "Plain": pl.Series([datetime(2026, 7, 1, 8)], dtype=pl.Datetime("ms")),
        }
    )
    written(company, frame)
    fields = {"No.": "code", "Zoned": "datetime", "Plain": "datetime"}
    staged = company.stage(fields, file=FILE, format={"time_zone": "Europe/Berlin"})
    assert company.rows(staged) == [("1", datetime(2026, 7, 1, 8), datetime(2026, 7, 1, 6))]


def test_an_id_may_be_a_uuid(company):
    duckdb.sql(f"select '{GUID}'::uuid as SystemId, '1' as \"No.\"").write_parquet(
        str(company.root / FILE)
    )
    assert company.column(company.stage(file=FILE), "_id") == [GUID]


def test_days_and_moments_no_calendar_has_are_set_aside(company):
    query = """select '1' as "No.", 'infinity'::date as "On", null::timestamp as "At"
               union all select '2', null, '-infinity'::timestamp"""
    duckdb.sql(query).write_parquet(str(company.root / FILE))
    staged = company.stage({"No.": "code", "On": "date", "At": "datetime"}, file=FILE)
    assert company.aside(staged, "row", "column") == [(2, "On"), (3, "At")]


def test_columns_that_are_called_like_our_own_are_only_columns(company):
    frame = pl.DataFrame(
        {"No.": ["1", "1"], "_id": ["x", "y"], "_key": ["a", "b"], "_row": [8, 9], "_c0": [1, 2]}
    )
    written(company, frame)
    staged = company.stage(file=FILE)
    assert staged.unknown == ("_id", "_key", "_row", "_c0")
    assert company.aside(staged, "row", "key") == [(2, "1"), (3, "1")]


def test_rows_are_counted_within_each_of_several_files(company):
    written(company, pl.DataFrame({"No.": ["1", "2"], "Credit Limit": ["1", "x"]}), "p1.parquet")
    written(company, pl.DataFrame({"No.": ["3", "1"], "Credit Limit": ["y", "2"]}), "p2.parquet")
    staged = company.stage(file="p*.parquet")
    assert staged.set_aside.select("file", "row").rows() == [
        ("p1.parquet", 2),
        ("p1.parquet", 3),
        ("p2.parquet", 2),
        ("p2.parquet", 3),
    ]


def test_where_compares_typed_columns_as_text(company):
    written(company, pl.DataFrame({"No.": ["1", "2"], "Company": [10, 20]}))
    staged = company.stage(file={"file": FILE, "where": {"Company": "20"}})
    assert company.column(staged, "No.") == ["2"]


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_a_file_that_was_cut_off_is_not_taken(company, share):
    written(company, pl.DataFrame({"No.": [str(n) for n in range(5000)]}))
    content = (company.root / FILE).read_bytes()
    company.write(content[: int(len(content) * share)], FILE)
    with pytest.raises(SourceUnreadable, match="not a Parquet file, or it was cut off"):
        company.stage(file=FILE)


def test_a_file_that_is_damaged_within_is_not_taken(company):
    frame = pl.DataFrame({"No.": [f"{n * 7919 % 100_003}-{n}" for n in range(50_000)]})
    frame.write_parquet(company.root / FILE, compression="zstd", statistics=False)
    content = bytearray((company.root / FILE).read_bytes())
    content[5_000:60_000] = bytes(55_000)
    company.write(bytes(content), FILE)
    with pytest.raises(SourceUnreadable, match="damaged"):
        company.stage(file=FILE)
