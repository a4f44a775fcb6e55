"""Dates and times as SQL: strict, in UTC, and never by the time zone of a machine."""

from __future__ import annotations

import duckdb

from mdsync_nb.connectors.sql import frame_of, literal
from mdsync_nb.errors import UsageError
from mdsync_nb.model.company import FileFormat

CLOCK = r"[0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?"
YEAR = r"(000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})"
ISO_DAY = rf"{YEAR}-[0-9]{{1,2}}-[0-9]{{1,2}}"
YEAR_FIRST = rf"{YEAR}[./-][0-9]{{1,2}}[./-][0-9]{{1,2}}"
YEAR_LAST = rf"[0-9]{{1,2}}[./-][0-9]{{1,2}}[./-]{YEAR}"
ZONE = r" ?(Z|[+-][0-9]{2}(:?[0-9]{2})?)"
MIDNIGHT = r"([T ]0{1,2}:00(:00([.]0+)?)?|[T ]12:00(:00)? [Aa][Mm])(Z|[+-][0-9]{2}:?[0-9]{2})?$"
DAY_BEFORE_CLOCK = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]"
ORDERS = {"dmy": "%d-%m-%Y", "mdy": "%m-%d-%Y", "ymd": "%Y-%m-%d"}
CLOCKS = (" %H:%M:%S", " %H:%M", " %I:%M:%S %p", " %I:%M %p", " %H:%M:%S.%f", "")
LAST = "'9999-12-31 23:59:59.999999'"
WORDS = {"dmy": "day month year", "mdy": "month day year", "ymd": "year month day"}


def parsed_date(text: str, format: FileFormat) -> str:
    """Give the SQL for a day: ISO, or in the order of the format; a time must be midnight."""
    whole = f"trim({text})"
    day = (
        f"case when length({whole}) > 10"
        f" then regexp_replace({whole}, {literal(MIDNIGHT)}, '') else {whole} end"
    )
    ordered = f"try_strptime({_dashed(day)}, {literal(ORDERS[format.date_order])})"
    return (
        f"case when {_is(text, ISO_DAY)} then try_cast({text} as date)"
        f" when {_is(day, ISO_DAY)} then try_cast({day} as date)"
        f" when {_is(day, YEAR_FIRST)} then try_cast({_dashed(day)} as date)"
        f" when {_is(day, YEAR_LAST)} then cast({ordered} as date) end"
    )


def parsed_datetime(text: str, format: FileFormat) -> str:
    """Give the SQL for a moment in UTC: ISO with or without an offset, or in the format's order.

    Without an offset it is a time of the format's time zone.
    """
    moment = f"trim({text})"
    day = f"regexp_extract({moment}, '^[^ T]+')"
    iso = f"{ISO_DAY}([T ]{CLOCK})?"
    patterns = ", ".join(literal(ORDERS[format.date_order] + clock) for clock in CLOCKS)
    ordered = f"try_strptime({_dashed(moment)}, [{patterns}])"
    return (
        f"case when {text} like '____-__-__T__:__:__.___Z' then try_cast({text} as timestamp)"
        f" when {_is(moment, iso + ZONE)}"
        f" then timezone('UTC', try_cast({moment} as timestamptz))"
        f" when {_is(moment, iso)} then {in_utc(f'try_cast({moment} as timestamp)', format)}"
        f" when {_is(day, f'{YEAR_FIRST}|{YEAR_LAST}')} then {in_utc(ordered, format)} end"
    )


def parsed_time(text: str) -> str:
    """Give the SQL for a time of day; a day before it, as databases and Excel write, is dropped."""
    clock = f"rtrim(regexp_replace(trim({text}), {literal(DAY_BEFORE_CLOCK)}, ''), 'Z')"
    return f"case when {_is(clock, CLOCK)} then try_cast({clock} as time) end"


def check_zone(zone: str, connection: duckdb.DuckDBPyConnection) -> None:
    """Make sure that somebody knows the time zone; raises UsageError."""
    try:
        frame_of(connection, "select timezone($zone, timestamp '2000-01-01')", {"zone": zone})
    except duckdb.Error as error:
        raise UsageError(
            f"There is no time zone {zone!r}.",
            hint="Write `time_zone:` in mdsync.yaml as UTC or as Europe/Berlin.",
        ) from error


def in_utc(moment: str, format: FileFormat) -> str:
    """Give the SQL that reads a time without an offset in the format's time zone."""
    if format.time_zone.upper() == "UTC":
        return moment
    return f"timezone('UTC', timezone({literal(format.time_zone)}, {moment}))"


def calendar_day(day: str) -> str:
    """Give the SQL for a day that calendars have, null for "infinity" and the like."""
    return f"case when {day} between date '0001-01-01' and date '9999-12-31' then {day} end"


def calendar_moment(moment: str) -> str:
    """Give the SQL for a moment that calendars have, null for "infinity" and the like."""
    return (
        f"case when {moment} between timestamp '0001-01-01' and timestamp {LAST} then {moment} end"
    )


def without_blank_day(parsed: str) -> str:
    """Give the SQL that leaves out the two days that mean "no date"."""
    return f"case when {parsed} not in (date '0001-01-01', date '1753-01-01') then {parsed} end"


def without_blank_moment(parsed: str) -> str:
    """Give the SQL that leaves out the moments that mean "no time", whatever their offset was.

    The last moment of all stays in the last year when it is brought to UTC.
    """
    nothing = (
        f"{parsed} < timestamp '0001-01-03'"
        f" or {parsed} between timestamp '1752-12-31' and timestamp '1753-01-02'"
    )
    return f"case when not ({nothing}) then least({parsed}, timestamp {LAST}) end"


def _is(text: str, pattern: str) -> str:
    return f"regexp_full_match({text}, {literal(pattern)})"


def _dashed(text: str) -> str:
    return f"translate({text}, './', '--')"
