"""Every type of a field: which texts it reads, as what, and which texts are set aside."""

import os
import subprocess
import sys
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from mdsync_nb.errors import UsageError

BLANK, ASIDE = None, "set aside"


def read(company, type_, texts, **format_):
    """Give what became of each text in a field of that type, "set aside" for those that were."""
    lines = [f'{n:03},"{text}"' for n, text in enumerate(texts)]
    company.write("No.,Value\n" + "\n".join(lines) + "\n")
    staged = company.stage({"No.": "code", "Value": type_}, format=format_)
    found = dict(company.rows(staged, "_id", "Value"))
    assert {row - 2 for row, *_ in company.aside(staged)} == set(range(len(texts))) - {
        int(number) for number in found
    }
    return [found.get(f"{n:03}", ASIDE) for n in range(len(texts))]


def assert_read(company, type_, table, **format_):
    assert dict(zip(table, read(company, type_, list(table), **format_), strict=True)) == table


def test_a_code_is_trimmed_and_in_capitals_and_keeps_its_zeros(company):
    table = {"00010": "00010", " de 1 ": "DE 1", "größe": "GRÖßE", "": BLANK, "  \t ": BLANK}
    assert_read(company, "code", table)


def test_a_text_is_taken_as_it_is(company):
    table = {
        " a ": " a ",
        "x\r\ny": "x\r\ny",
        "null": "null",
        " ": " ",
        "_x0020_": "_x0020_",
        "": BLANK,
    }
    assert_read(company, "text", table)


def test_a_decimal_with_a_point_keeps_every_digit(company):
    table = {
        "123456789012345.1234": Decimal("123456789012345.1234"),
        "-0.01": Decimal("-0.01"),
        "+5": Decimal(5),
        ".5": Decimal("0.5"),
        "1E-05": Decimal("0.00001"),
        " 7 ": Decimal(7),
        "1,234.50": Decimal("1234.5"),
        "1,234,567": Decimal(1234567),
        "": Decimal(0),
        "12,34.5": ASIDE,
        "1,5": ASIDE,
        "0x1F": ASIDE,
        "1_000": ASIDE,
        "10 EUR": ASIDE,
        "NaN": ASIDE,
        "-": ASIDE,
        "1234567890123456789": ASIDE,
    }
    assert_read(company, "decimal", table)


def test_a_decimal_with_a_comma_has_points_and_spaces_only_between_thousands(company):
    table = {
        "1.234.567,89": Decimal("1234567.89"),
        "1 234,5": Decimal("1234.5"),
        "1\u00a0234,5": Decimal("1234.5"),
        "1\u202f234": Decimal(1234),
        "1.234": Decimal(1234),
        "-0,5": Decimal("-0.5"),
        "12": Decimal(12),
        "10.50": ASIDE,
        "1.23.456": ASIDE,
        "1,234.5": ASIDE,
        "1,2,3": ASIDE,
    }
    assert_read(company, "decimal", table, decimal=",")


def test_a_decimal_with_a_declared_scale_loses_no_digit_silently(company):
    table = {"1.50": Decimal("1.50"), "2.5000": Decimal("2.50"), "1.005": ASIDE}
    assert_read(company, {"type": "decimal", "scale": 2}, table)
    staged = pl.read_parquet(company.root / "staged" / "customer.parquet")
    assert staged.schema["Value"] == pl.Decimal(38, 2)


def test_a_whole_number_is_not_rounded(company):
    table = {
        "10": 10,
        "-3": -3,
        "007": 7,
        "10.0": 10,
        "1,000": 1000,
        "9223372036854775807": 2**63 - 1,
        "": 0,
        "1.5": ASIDE,
        "9223372036854775808": ASIDE,
        "ten": ASIDE,
    }
    assert_read(company, "integer", table)
    assert_read(company, "big_integer", table)


def test_yes_and_no_are_read_in_the_languages_of_the_product(company):
    yes = ("true", "TRUE", "1", "Yes", "ja", "Wahr", "oui", "vrai")
    no = ("false", "0", "No", "Nein", "falsch", "non", "FAUX", "")
    table = dict.fromkeys(yes, True) | dict.fromkeys(no, False) | {"2": ASIDE, "x": ASIDE}
    assert_read(company, "boolean", table)


def test_nothing_stays_apart_from_zero_where_the_product_does_not_know_the_table(company):
    for kind in ("decimal", "integer", "boolean"):
        assert read(company, {"type": kind, "blank_is_zero": False}, ["", " "]) == [None, None]


OPTION = {
    "type": "option",
    "options": ("", "Ship", "Credit/Memo", "A.b-C"),
    "captions": (" ", "Liefern", "Gutschrift", "Abc"),
}


def test_an_option_is_read_by_name_caption_number_and_as_services_write_it(company):
    table = {
        "Ship": "Ship",
        "ship ": "Ship",
        "LIEFERN": "Ship",
        "1": "Ship",
        "Credit_x002F_Memo": "Credit/Memo",
        "A_x002e_b_x002D_C": "A.b-C",
        "Gutschrift": "Credit/Memo",
        "": BLANK,
        " ": BLANK,
        "_x0020_": BLANK,
        "0": BLANK,
        "4": ASIDE,
        "Shipped": ASIDE,
    }
    assert_read(company, OPTION, table)


def test_an_option_without_a_blank_member_reads_nothing_as_its_first(company):
    option = {"type": "option", "options": ("Open", "Closed")}
    assert_read(company, option, {"": "Open", " ": "Open", "0": "Open", "closed": "Closed"})


def test_an_option_may_count_its_members_in_its_own_way(company):
    option = {
        "type": "option",
        "options": ("Bin", "Rank"),
        "ordinals": (100, 200),
        "captions": ("Fach", "Rang"),
    }
    assert_read(company, option, {"100": "Bin", "Rang": "Rank", "0": ASIDE, "1": ASIDE, "": "Bin"})


def test_an_option_whose_members_nobody_knows_is_taken_as_it_is(company):
    assert_read(company, "option", {"Open": "Open", "_x0020_": BLANK, "": BLANK})


DAY = date(2026, 1, 31)
NO_DAY = ("", " ", "0001-01-01", "1753-01-01", "01.01.0001", "0001-01-01T00:00:00Z")


@pytest.mark.parametrize(
    ("order", "texts"),
    [
        ("ymd", ("2026-01-31", "2026/1/31", "2026.01.31")),
        ("dmy", ("31.01.2026", "31/1/2026", "31-01-2026", "2026-01-31")),
        ("mdy", ("01/31/2026", "1-31-2026", "01.31.2026", "2026-01-31", "1/31/2026 12:00:00 AM")),
    ],
)
def test_a_date_is_iso_or_in_the_order_of_the_format(company, order, texts):
    assert read(company, "date", texts, date_order=order) == [DAY] * len(texts)


def test_a_date_that_is_none_is_set_aside(company):
    texts = [
        "31.02.2026",
        "29.02.2025",
        "2026-02-31",
        "01.13.2026",
        "31.1.26",
        "20260131",
        "infinity",
        "epoch",
        "2026-01-31 (BC)",
        "today",
        "0000-01-01",
    ]
    assert read(company, "date", texts, date_order="dmy") == [ASIDE] * len(texts)
    assert read(company, "date", ["01/31/2026"], date_order="ymd") == [ASIDE]


def test_a_date_with_a_time_is_one_only_at_midnight(company):
    table = {
        "2026-01-31T00:00:00Z": DAY,
        "2026-01-31 00:00:00.000": DAY,
        "2026-01-31T00:00:00+01:00": DAY,
        "31.01.2026 00:00": DAY,
        "2026-01-31T10:00:00Z": ASIDE,
    }
    assert_read(company, "date", table, date_order="dmy")


@pytest.mark.parametrize("order", ["ymd", "dmy", "mdy"])
def test_all_spellings_of_no_date_are_one_blank(company, order):
    texts = [text for text in NO_DAY if order != "ymd" or "." not in text]
    assert read(company, "date", texts, date_order=order) == [BLANK] * len(texts)


def test_a_moment_is_brought_to_utc(company):
    table = {
        "2026-03-29T07:05:33.123Z": datetime(2026, 3, 29, 7, 5, 33, 123000),
        "2026-03-29T07:05:33.1234567Z": datetime(2026, 3, 29, 7, 5, 33, 123456),
        "2026-03-29T09:05:33+02:00": datetime(2026, 3, 29, 7, 5, 33),
        "2026-03-29 09:05+0200": datetime(2026, 3, 29, 7, 5),
        "2026-03-28T23:05:33-08": datetime(2026, 3, 29, 7, 5, 33),
        "2026-03-29 07:05:33": datetime(2026, 3, 29, 7, 5, 33),
        "2026-03-29": datetime(2026, 3, 29),
        "2026-03-29T25:00:00Z": ASIDE,
        "2026-02-31T07:00:00Z": ASIDE,
        "yesterday": ASIDE,
    }
    assert_read(company, "datetime", table)


def test_a_moment_without_an_offset_is_of_the_format_s_time_zone(company):
    table = {
        "2026-01-15 08:00:00": datetime(2026, 1, 15, 7),
        "2026-07-15 08:00:00": datetime(2026, 7, 15, 6),
        "2026-07-15T08:00:00Z": datetime(2026, 7, 15, 8),
        "15.07.2026 08:00:00": datetime(2026, 7, 15, 6),
        "15.07.2026 08:00": datetime(2026, 7, 15, 6),
        "2026-03-29 03:30:00": datetime(2026, 3, 29, 1, 30),
    }
    assert_read(company, "datetime", table, time_zone="Europe/Berlin", date_order="dmy")


def test_the_hour_that_comes_twice_is_the_second_one_and_the_one_that_is_skipped_an_hour_later(
    company,
):
    table = {
        "2026-10-25 01:59:59": datetime(2026, 10, 24, 23, 59, 59),
        "2026-10-25 02:00:00": datetime(2026, 10, 25, 1),
        "2026-10-25 02:59:59": datetime(2026, 10, 25, 1, 59, 59),
        "2026-10-25T02:30:00+02:00": datetime(2026, 10, 25, 0, 30),
        "2026-10-25 03:00:00": datetime(2026, 10, 25, 2),
        "2026-03-29 01:59:59": datetime(2026, 3, 29, 0, 59, 59),
        "2026-03-29 02:00:00": datetime(2026, 3, 29, 1),
        "2026-03-29 02:30:00": datetime(2026, 3, 29, 1, 30),
        "2026-03-29 03:00:00": datetime(2026, 3, 29, 1),
    }
    assert_read(company, "datetime", table, time_zone="Europe/Berlin")


def test_a_moment_with_am_and_pm_is_read(company):
    table = {
        "1/31/2026 1:05:00 PM": datetime(2026, 1, 31, 13, 5),
        "1/31/2026 12:05:00 AM": datetime(2026, 1, 31, 0, 5),
    }
    assert_read(company, "datetime", table, date_order="mdy")


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/Los_Angeles"])
def test_all_spellings_of_no_moment_are_one_blank(company, zone):
    texts = [
        "",
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00",
        "1753-01-01 00:00:00",
        "0001-01-01T00:00:00+01:00",
        "1753-01-01T00:00:00.000Z",
    ]
    assert read(company, "datetime", texts, time_zone=zone) == [BLANK] * len(texts)


STAGE_AND_PRINT = """
import sys
from datetime import datetime
from pathlib import Path
import polars as pl
from mdsync_nb.connectors.staging import stage
from mdsync_nb.model import CompanySettings, Field, TableSchema
fields = (Field(name="No.", type="code"), Field(name="At", type="datetime"), Field(name="On", type="date"))
root = Path(sys.argv[1])
settings = CompanySettings(tables={"T": "t.csv"}, format={"time_zone": "Europe/Copenhagen"})
staged = stage("DE", settings, "T", TableSchema(table="T", fields=fields, key=("No.",)), root=root,
               snapshot=None, clock=lambda: datetime(2027, 1, 1), into=root / "t.parquet")
print(pl.read_parquet(staged.path).sort("_id").rows())
"""


def test_the_time_zone_of_the_machine_changes_nothing(company):
    company.write(
        "No.,At,On,SystemModifiedAt\n"
        "1,2026-03-29T01:30:00Z,2026-03-29,2026-10-25T00:30:00.500Z\n"
        "2,2026-10-25 02:30:00,2026-10-25,2026-03-29T02:30:00+01:00\n",
        "t.csv",
    )
    (company.root / "stage.py").write_text(STAGE_AND_PRINT, "utf-8")
    package = str(Path(__file__).parents[2])
    printed = {
        subprocess.run(
            [sys.executable, str(company.root / "stage.py"), str(company.root)],
            env={**os.environ, "TZ": zone, "PYTHONPATH": package},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for zone in ("UTC", "America/New_York", "Australia/Lord_Howe")
    }
    assert len(printed) == 1
    assert "datetime.datetime(2026, 3, 29, 1, 30)" in printed.pop()


def test_a_time_zone_nobody_knows_is_a_question_to_the_settings(company):
    with pytest.raises(UsageError, match="Mars"):
        read(company, "datetime", ["2026-01-01"], time_zone="Mars/Olympus")


def test_a_time_of_day_is_read(company):
    table = {
        "07:05:33": time(7, 5, 33),
        "7:05": time(7, 5),
        "07:05:33.250": time(7, 5, 33, 250000),
        "1753-01-01 07:05:00": time(7, 5),
        "00:00:00": time(0, 0),
        "": BLANK,
        "25:00:00": ASIDE,
        "noon": ASIDE,
    }
    assert_read(company, "time", table)


GUID = "11bd5a05-0a0b-4c0d-8e0f-0123456789ab"


def test_five_spellings_of_a_guid_are_one(company):
    bare = GUID.replace("-", "")
    texts = [GUID, GUID.upper(), "{" + GUID.upper() + "}", bare, "{" + bare + "}"]
    assert read(company, "guid", texts) == [GUID] * 5


def test_no_guid_is_blank_and_a_broken_one_is_set_aside(company):
    table = {"": BLANK, "00000000-0000-0000-0000-000000000000": BLANK, GUID[:-1]: ASIDE}
    table |= {"{00000000-0000-0000-0000-000000000000}": BLANK, "X" + GUID[1:]: ASIDE}
    assert_read(company, "guid", table)


def test_a_date_formula_loses_its_brackets(company):
    assert_read(
        company, "date_formula", {"<1M+7d>": "1M+7D", " 14d ": "14D", "": BLANK, "<>": BLANK}
    )


def test_duration_blob_media_and_record_id_are_text(company):
    for kind in ("duration", "blob", "media", "record_id"):
        assert_read(company, kind, {"PT1H": "PT1H", " x": " x", "": BLANK})


def test_the_staged_file_has_the_types_of_the_schema(company):
    kinds = {"decimal": pl.Decimal(38, 20), "integer": pl.Int64(), "big_integer": pl.Int64()}
    kinds |= {
        "boolean": pl.Boolean(),
        "date": pl.Date(),
        "datetime": pl.Datetime("us"),
        "time": pl.Time(),
    }
    kinds |= dict.fromkeys(("code", "text", "guid", "option", "blob"), pl.String())
    company.write("No.," + ",".join(kinds) + "\n1" + "," * len(kinds) + "\n")
    staged = company.stage({"No.": "code", **{kind: kind for kind in kinds}})
    moment = pl.Datetime("us")
    assert pl.read_parquet_schema(staged.path) == {
        "_id": pl.String(),
        "_modified_at": moment,
        "_created_at": moment,
        "_modified_by": pl.String(),
        "No.": pl.String(),
        **kinds,
    }
