"""What is known of an export as a whole: when it was taken, whether it is whole, what it counts."""

import hashlib
import json
import os
from datetime import UTC, datetime, timedelta, timezone

import pytest

from mdsync_nb.errors import SourceUnreadable
from mdsync_nb.model import Completeness

TEXT = "No.,Name\n1,a\n2,b\n"
TAKEN = datetime(2026, 11, 1, 6, 0)


def manifest(company, **facts):
    company.write(json.dumps(facts), "manifest.json")


def written_at(path, moment):
    seconds = moment.replace(tzinfo=UTC).timestamp()
    os.utime(path, (seconds, seconds))


def test_the_manifest_says_when_the_files_were_taken(company):
    company.write(TEXT)
    for text in ("2026-11-01T06:00:00Z", "2026-11-01T08:00:00+02:00", "2026-11-01T06:00:00"):
        manifest(company, taken_at=text)
        assert company.stage(as_of="2026-01-01").as_of == TAKEN


def test_without_a_manifest_the_settings_say_it_in_the_company_s_time_zone(company):
    company.write(TEXT)
    zone = {"time_zone": "Europe/Berlin"}
    assert company.stage(as_of="2026-11-01T07:00:00", format=zone).as_of == TAKEN
    assert company.stage(as_of="2026-11-01T06:00:00Z", format=zone).as_of == TAKEN
    assert company.stage(as_of="2026-11-01").as_of == datetime(2026, 11, 1)


def test_else_the_newest_file_says_when_they_were_taken(company):
    written_at(company.write(TEXT, "p1.csv"), TAKEN)
    written_at(company.write("No.,Name\n3,c\n", "p2.csv"), TAKEN - timedelta(days=1))
    assert company.stage(file="p*.csv").as_of == TAKEN


def test_nothing_was_taken_in_the_future(company):
    company.write(TEXT)
    manifest(company, taken_at="2026-11-01T06:00:00Z")
    now = datetime(2026, 10, 1, tzinfo=timezone(timedelta(hours=2)))
    staged = company.stage(clock=lambda: now)
    assert staged.as_of == datetime(2026, 9, 30, 22)
    assert "taken at 2026-11-01 06:00 UTC, which is in the future; now is used" in staged.notes


@pytest.mark.parametrize(
    ("said", "settings", "complete"),
    [
        ({"complete": True}, "no", Completeness.YES),
        ({"complete": False}, "yes", Completeness.NO),
        ({}, "yes", Completeness.YES),
        ({}, "unknown", Completeness.UNKNOWN),
    ],
)
def test_the_manifest_s_word_on_completeness_goes_before_the_settings(
    company, said, settings, complete
):
    company.write(TEXT)
    manifest(company, **said)
    assert company.stage(complete=settings).complete is complete


def test_a_count_that_fits_is_silent_and_counts_rows_of_all_companies(company):
    company.write("Co,No.,Name\nDE,1,a\nFR,2,b\nFR,2,c\n")
    manifest(company, rows={"Customer": 3, "Vendor": 9})
    staged = company.stage(file={"file": "customer.csv", "where": {"Co": "DE"}})
    assert staged.rows == 1


@pytest.mark.parametrize(
    ("counted", "reason"),
    [(420, "counts 420 rows and 2 are there, so it was cut off"), (1, "counts 1 rows, but 2")],
)
def test_a_count_that_does_not_fit_takes_nothing(company, counted, reason):
    company.write(TEXT)
    manifest(company, rows={"Customer": counted})
    with pytest.raises(SourceUnreadable, match=reason):
        company.stage()


def test_a_file_that_is_not_the_one_the_manifest_was_written_for_is_not_taken(company):
    company.write(TEXT)
    sha256 = hashlib.sha256(TEXT.encode()).hexdigest()
    for name in ("customer.csv", "Customer"):
        manifest(company, sha256={name: sha256.upper()})
        assert company.stage().files[0].sha256 == sha256
        manifest(company, sha256={name: "0" * 64})
        with pytest.raises(SourceUnreadable, match="sha256"):
            company.stage()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('{"complete": tr', "not JSON, or it was cut off"),
        ("[]", "it is not what a manifest holds"),
        ('{"taken_at": "soon"}', "taken_at is not what a manifest holds"),
        ('{"rows": {"Customer": "many"}}', "rows.Customer is not what a manifest holds"),
    ],
)
def test_a_broken_manifest_takes_nothing(company, content, reason):
    company.write(TEXT)
    company.write(content, "manifest.json")
    with pytest.raises(SourceUnreadable, match=reason) as raised:
        company.stage()
    assert raised.value.file == "manifest.json"


def test_a_manifest_may_begin_with_a_mark(company):
    company.write(TEXT)
    company.write('{"complete": true}', "manifest.json", encoding="utf-8-sig")
    assert company.stage().complete is Completeness.YES


def test_the_files_are_known_by_their_content(company):
    company.write(TEXT)
    (file,) = company.stage().files
    assert (file.path, file.size) == ("customer.csv", len(TEXT))
    assert file.sha256 == hashlib.sha256(TEXT.encode()).hexdigest()
