"""What a value becomes in a field of another type or length, drawn as a table."""

import polars as pl
import pytest

from mdsync_nb.core.conversion import conversion, has_tail, is_direct, lost
from mdsync_nb.model import Field
from mdsync_nb.workspace.facts import type_of

STAYS = "(stays)"
TABLE = """
    from              | to                     | value                | becomes                     | warning
    text(100)         | text(5)                | 1234567              | 12345                       | cut to 5 characters
    text(100)         | text(5)                | 12345                | 12345                       | .
    text              | code(5)                | ' abcdefg'           | ABCD                        | cut to 5 characters
    text              | code(5)                | ' ab '               | AB                          | .
    text              | code(5)                | '  '                 | -                           | .
    code(10)          | text(50)               | NET 14               | NET 14                      | .
    code(10)          | code(3)                | ABCD                 | ABC                         | cut to 3 characters
    integer           | text(2)                | 123                  | 12                          | cut to 2 characters
    text              | option(A, B)           | b                    | B                           | .
    text              | option(A, B)           | 1                    | B                           | .
    text              | option(A, B)           | 99                   | (stays)                     | '99' is not one of its options; not transferred
    text              | option(A, B)           | -1                   | (stays)                     | '-1' is not one of its options; not transferred
    text              | option(A, B)           | C                    | (stays)                     | 'C' is not one of its options; not transferred
    text              | option(A, B)           | -                    | (stays)                     | a blank is not transferred
    text              | option( , A)           | -                    | -                           | .
    text              | option( , A)           | 0                    | -                           | .
    option(A, B)      | option(X, B, A)        | A                    | A                           | .
    option(A, B)      | option(X, Y)           | B                    | Y                           | .
    option(A, B, C)   | option(X, Y)           | C                    | (stays)                     | 'C' is not one of its options; not transferred
    text              | decimal                | 1,234.56             | 1.234                       | .
    text              | decimal                | -7,50                | -7.5                        | .
    text              | decimal                | 12                   | 12                          | .
    text              | decimal                | 5,                   | (stays)                     | '5,' is not a number; not transferred
    text              | decimal                | abc                  | (stays)                     | 'abc' is not a number; not transferred
    text              | decimal                | -                    | (stays)                     | a blank is not transferred
    integer           | decimal                | 3                    | 3                           | .
    decimal           | integer                | 3                    | 3                           | .
    decimal           | integer                | 3.5                  | (stays)                     | '3.5' is not a whole number; not transferred
    decimal           | integer                | -                    | -                           | .
    decimal           | decimal(2)             | 1.239                | 1.24                        | .
    text              | integer                | 12.0                 | (stays)                     | '12.0' is not a whole number; not transferred
    text              | boolean                | Yes                  | true                        | .
    text              | boolean                | maybe                | (stays)                     | 'maybe' is not yes or no; not transferred
    text              | guid                   | 7                    | (stays)                     | '7' is not an id; not transferred
    text              | guid                   | -                    | -                           | .
    text              | date                   | 2/3/2026 12:00 AM    | 2026-02-03                  | .
    text              | date                   | 2026-02-03           | (stays)                     | '2026-02-03' is not a date and time like 11/20/2026 6:00 AM; not transferred
    text              | date                   | 13/40/2026 1:00      | (stays)                     | '13/40/2026 1:00' is not a date and time like 11/20/2026 6:00 AM; not transferred
    text              | date                   | 1/1/4501 0:00        | -                           | .
    text              | datetime               | 2/3/2026 4:05:06 PM  | 2026-02-03T16:05:06.000000Z | .
    text              | datetime               | 2/3/2026 12:05 AM    | 2026-02-03T00:05:00.000000Z | .
    date              | date                   | 2026-02-03           | 2026-02-03                  | .
    date              | date                   | -                    | (stays)                     | a blank is not transferred
    datetime          | date                   | 2026-02-03T04:00:00Z | 2026-02-03                  | .
    datetime          | date                   | 4501-01-01T00:00:00Z | -                           | .
    date              | datetime               | 2026-02-03           | (stays)                     | '2026-02-03' is not a time like 2026-11-20T06:00:00Z; not transferred
    text              | date_formula           | 1M                   | 1M                          | .
"""


def rows():
    head, *lines = TABLE.strip().splitlines()
    names = [one.strip() for one in head.split("|")]
    for line in lines:
        yield dict(zip(names, (one.strip() for one in line.split("|")), strict=True))


def field(written: str) -> Field:
    return type_of(written).model_copy(update={"name": "F"})


def value(written: str) -> str | None:
    return None if written == "-" else written.strip("'")


@pytest.mark.parametrize("row", list(rows()), ids=lambda row: f"{row['from']} {row['value']}")
def test_a_value_becomes_what_the_product_makes_of_it(row):
    source, destination = field(row["from"]), field(row["to"])
    text = pl.col("v")
    becomes = conversion(text, source, destination)
    stays = pl.lit(value=False) if becomes.stays is None else becomes.stays
    frame = pl.DataFrame({"v": [value(row["value"])]}, schema={"v": pl.String})
    told = frame.select(
        becomes=becomes.text, stays=stays, said=lost(text, becomes, source, destination)
    ).row(0, named=True)
    assert told["stays"] is (row["becomes"] == STAYS)
    if not told["stays"]:
        assert told["becomes"] == value(row["becomes"])
    assert (told["said"] or ".") == row["warning"]


DIRECT = """
    text(50) | text(50)  | yes | no
    text(50) | text(80)  | yes | yes
    text(80) | text(50)  | no  | no
    text     | text(50)  | no  | no
    text     | text      | yes | no
    code(10) | code(20)  | yes | no
    code(10) | text(20)  | no  | no
    decimal  | decimal   | yes | no
    option(A, B) | option(A, B) | yes | no
    option(A, B) | option(B, A) | no  | no
"""


@pytest.mark.parametrize("line", DIRECT.strip().splitlines())
def test_a_value_of_one_type_goes_over_as_it_is_where_it_fits(line):
    there, here, direct, tail = (one.strip() for one in line.split("|"))
    assert is_direct(field(there), field(here)) is (direct == "yes")
    assert has_tail(field(there), field(here)) is (tail == "yes")


def test_members_of_another_option_go_by_their_captions_too():
    source = Field(name="F", type="option", options=("P", "C"), captions=("Person", "Company"))
    here = Field(name="F", type="option", options=("Company", "Person"))
    told = pl.DataFrame({"v": ["P", "C"]}).select(conversion(pl.col("v"), source, here).text)
    assert told.to_series().to_list() == ["Person", "Company"]


def test_the_number_of_a_member_nobody_declared_stays_where_people_add_members():
    here = Field(name="F", type="option", options=("A",), extensible=True)
    text = Field(name="F")
    told = pl.DataFrame({"v": ["7", "x"]}).select(conversion(pl.col("v"), text, here).text)
    assert told.to_series().to_list() == ["7", None]
