"""Where the files of a company lie: its folder, its snapshots, and what stays behind a name."""

import pytest

from mdsync_nb.connectors.staging import folder_of, snapshots
from mdsync_nb.errors import CouldNotRun, MdsyncError, SourceUnreadable, UnknownName, UsageError
from mdsync_nb.model import CompanySettings

TEXT = "No.,Name\n1,{}\n"


def test_the_newest_snapshot_by_name_is_read_unless_another_is_asked_for(company):
    for day in ("2026-11-01", "2026-10-01", "2026-11-15"):
        company.write(TEXT.format(day), f"de/{day}/customer.csv")
    newest = company.stage(folder="de/{snapshot}")
    assert newest.files[0].path == "de/2026-11-15/customer.csv"
    assert company.column(newest, "Name") == ["2026-11-15"]
    older = company.stage(folder="de/{snapshot}", snapshot="2026-10-01")
    assert company.column(older, "Name") == ["2026-10-01"]


def test_snapshots_are_the_folders_that_fill_the_name(tmp_path):
    for name in ("DE-2-full/de", "DE-1-full/de", "DE-3-full", "FR-4-full/de", "DE--full/de"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "DE-9-full").write_text("a file", "utf-8")
    settings = CompanySettings(folder="DE-{snapshot}-full/de")
    assert snapshots(settings, tmp_path) == ["1", "2"]
    assert folder_of(settings, tmp_path, None) == tmp_path / "DE-2-full" / "de"
    assert folder_of(settings, tmp_path, "1") == tmp_path / "DE-1-full" / "de"


def test_a_folder_without_snapshots_has_none(tmp_path):
    settings = CompanySettings(folder="de")
    assert snapshots(settings, tmp_path) == []
    assert folder_of(settings, tmp_path, None) == tmp_path / "de"
    with pytest.raises(UsageError, match="keeps no snapshots"):
        folder_of(settings, tmp_path, "2026-11-01")


def test_a_snapshot_nobody_took_is_an_unknown_name(tmp_path):
    settings = CompanySettings(folder="de/{snapshot}")
    with pytest.raises(CouldNotRun, match="no folder"):
        folder_of(settings, tmp_path, None)
    (tmp_path / "de" / "2026-11-01").mkdir(parents=True)
    with pytest.raises(UnknownName) as raised:
        folder_of(settings, tmp_path, "2026-11-02")
    assert raised.value.known == ("2026-11-01",)


def test_a_table_the_company_does_not_deliver_is_an_unknown_name(company):
    with pytest.raises(UnknownName, match="table of DE 'Customer'"):
        company.stage(tables={"Vendor": "v.csv"})


def test_a_secret_in_a_path_stays_behind_its_name(company, monkeypatch):
    monkeypatch.setenv("SHARE", str(company.root / "s3cret"))
    company.write("No.,Name,Credit Limit\n1,a,x\n", "s3cret/customer.csv")
    staged = company.stage(folder="${SHARE}")
    assert staged.files[0].path == "${SHARE}/customer.csv"
    assert company.aside(staged, "file") == [("${SHARE}/customer.csv",)]


@pytest.mark.parametrize("content", ["", "No.,Name\n1\n", '{"value": 1}', "PAR1"])
@pytest.mark.parametrize("name", [".csv", ".json", ".parquet", ".xlsx"])
def test_a_secret_is_in_no_error(company, monkeypatch, content, name):
    monkeypatch.setenv("WHO", "s3cret")
    company.write(content, f"s3cret{name}")
    company.write("", "s3cret/empty")
    with pytest.raises(MdsyncError) as raised:
        company.stage(folder="${WHO}/..", file="${WHO}" + name)
    assert "s3cret" not in f"{raised.value} {vars(raised.value)}"


def test_a_pattern_with_a_secret_finds_its_files_and_names_them_without_it(company, monkeypatch):
    monkeypatch.setenv("WHO", "s3cret")
    company.write("No.,Name\n1,a\n", "s3cret-p1.csv")
    company.write("No.,Name\n2,b\n", "s3cret-p2.csv")
    staged = company.stage(file="${WHO}-p*.csv")
    assert [file.path for file in staged.files] == ["${WHO}-p1.csv", "${WHO}-p2.csv"]


def test_a_pattern_that_no_file_fits_is_named(company):
    with pytest.raises(SourceUnreadable, match=r"exports/page\*\.csv cannot be read: no file"):
        company.stage(folder="exports", file="page*.csv")


def test_a_name_the_environment_does_not_hold_is_asked_for(company, monkeypatch):
    monkeypatch.delenv("NOWHERE", raising=False)
    with pytest.raises(UsageError, match="NOWHERE"):
        company.stage(folder="${NOWHERE}")
