"""A bundle holds one job and nothing of any other, no secret, and no masked value."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import duckdb
import pytest

from mdsync_nb.errors import CouldNotRun, UnknownName, UsageError
from mdsync_nb.workbench import Workbench

FORMULA = '=HYPERLINK("http://evil.example/x")'
SECRET = "Zq7-not-for-you"
SETTINGS = """
companies:
  HQ: {{folder: "${{SHARE}}/HQ", complete: yes, tables: {{Customer: c.csv, Vendor: v.csv}}}}
  DE: {{folder: "${{SHARE}}/DE", complete: yes, tables: {{Customer: c.csv, Vendor: v.csv}}}}
limits: {{updates: 100%, inserts: 100%}}
report: {{mask: [{mask}]}}
packs: []
links:
  DE:
    local: DE
    integration: HQ
    mappings:
      CUSTOMER: {{table: Customer, match: [No.], integration_filter: {{Name: {{"<>": Zora}}}}}}
      VENDOR: {{table: Vendor, match: [No.]}}
"""
HERE = {
    "HQ": {
        "c": ["C1,Anne Secretive,Bonn", "C2,Berta,Aachen", "C3,Carl,Ulm"],
        "v": ["V1,Vera,Rome"],
    },
    "DE": {"c": ["C1,Anna Hidden,Bonn", "C2,Ours,Köln", "C3,Carl,Ulm"], "v": ["V1,Victor,Rome"]},
}


def write(root: Path, statement: str, *values: object) -> None:
    with duckdb.connect(str(root / ".mdsync" / "workbench.duckdb")) as db:
        db.execute(statement, list(values))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A workspace in which job 3 wrote C1 and C2, job 4 a vendor, and C3 never moved."""
    root = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHARE", str(root / SECRET))
        for company in HERE:
            (root / SECRET / company).mkdir(parents=True)
            for file, rows in HERE["DE"].items():
                _deliver(root, company, file, rows)
        _settings(root, "")
        bench = Workbench(root, progress=False)
        bench.load()
        bench.couple("CUSTOMER")
        bench.couple("VENDOR")
        for file in ("c", "v"):
            _deliver(root, "HQ", file, HERE["HQ"][file])
        bench.load("HQ")
        bench.sync(force=True)
    return root


def _deliver(root: Path, company: str, file: str, rows: list[str]) -> None:
    path = root / SECRET / company / f"{file}.csv"
    path.write_text("\n".join(["No.,Name,City", *rows]) + "\n", "utf-8")


def _settings(root: Path, mask: str) -> None:
    (root / "mdsync.yaml").write_text(SETTINGS.format(mask=mask), "utf-8")


@pytest.fixture
def workspace(made: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The workspace, to bundle from; gives the files of a bundle of job 3 as texts."""
    monkeypatch.setenv("SHARE", str(made / SECRET))
    return made


def bundled(root: Path, job: int = 3, mask: str = "") -> dict[str, str]:
    _settings(root, mask)
    path = Workbench(root, progress=False).bundle(job)
    try:
        with zipfile.ZipFile(path) as found:
            return {name: found.read(name).decode("utf-8") for name in found.namelist()}
    finally:
        path.unlink()


def test_a_bundle_holds_the_job_its_records_values_settings_and_versions(workspace: Path) -> None:
    files = bundled(workspace)
    assert set(files) == {
        "README.txt", "job.json", "plan.json", "records.csv", "couplings.csv", "cells.csv",
        "settings.json", "versions.json",
    }  # fmt: skip
    assert json.loads(files["job.json"])["modified"] == 2
    step = json.loads(files["plan.json"])["step"]
    assert step["mapping"] == "DE/CUSTOMER"
    assert "Anne Secretive" in files["cells.csv"]
    assert json.loads(files["settings.json"])["mapping"]["name"] == "DE/CUSTOMER"
    assert json.loads(files["versions.json"])["packages"]["duckdb"].startswith("2.")
    for name in set(files) - {"README.txt"}:
        assert name in files["README.txt"]


def test_no_other_record_and_no_other_mapping_is_in_it(workspace: Path) -> None:
    text = "\n".join(bundled(workspace).values())
    for other in ("Carl", "C3", "Vera", "Victor", "Rome", "VENDOR", "v.csv"):
        assert other not in text, other


def test_what_the_environment_fills_in_and_the_folder_are_not_in_it(workspace: Path) -> None:
    write(workspace, "update job set message = ?, traceback = ? where job_id = 3",
          f"cannot read {workspace}/{SECRET}/HQ with password=hunter2",
          f'File "{workspace}/x.py"\nhttps://hooks.example.com/services/T0/B0')  # fmt: skip
    files = bundled(workspace)
    text = "\n".join(files.values())
    for hidden in (SECRET, str(workspace), "hunter2", "services/T0"):
        assert hidden not in text
    assert "${SHARE}/HQ" in files["settings.json"]
    assert "${SHARE}/HQ" in json.loads(files["job.json"])["message"]
    assert 'File "./x.py"' in files["traceback.txt"]
    write(workspace, "update job set message = '', traceback = null where job_id = 3")


def test_values_of_a_masked_field_are_nowhere_in_it(workspace: Path) -> None:
    write(workspace, "update job_record set message = 'Name Anna Hidden: was Anne Secretive'")
    files = bundled(workspace, mask="name")
    write(workspace, "update job_record set message = ''")
    text = "\n".join(files.values())
    for hidden in ("Anna Hidden", "Anne Secretive", "Berta", "Ours", "Zora"):
        assert hidden not in text, hidden
    assert "Aachen" in text
    assert "Name •••: was •••" in files["records.csv"]
    assert "•••" in files["settings.json"]


def test_a_masked_number_hides_keys_and_ids(workspace: Path) -> None:
    text = "\n".join(bundled(workspace, mask="No.").values())
    for hidden in ("C1", "C2"):
        assert hidden not in text


def test_a_value_is_no_formula_in_a_spreadsheet(workspace: Path) -> None:
    write(workspace, "update job_record set message = ? where job_id = 3", FORMULA)
    records = bundled(workspace)["records.csv"]
    write(workspace, "update job_record set message = ''")
    assert "'=HYPERLINK" in records
    assert ",=HYPERLINK" not in records
    assert ',"=HYPERLINK' not in records


def test_the_queue_run_and_its_notebook_are_in_it_without_results(workspace: Path) -> None:
    notebook = {"cells": [
        {"cell_type": "markdown", "source": ["# Night"], "metadata": {}},
        {"cell_type": "code", "id": "a", "source": 'token = "abcdef"\nworkbench.compare()',
         "metadata": {"tags": ["parameters"], "papermill": {"duration": 1.5, "status": "failed", "x": 1}},
         "execution_count": 1, "outputs": [
            {"output_type": "stream", "text": "Carl of Ulm"},
            {"output_type": "error", "ename": "StoreBusy", "evalue": "held by x",
             "traceback": [f"\x1b[31mat {workspace}/n.py\x1b[0m"]}]}],
        "metadata": {"secret": "Vera"}, "nbformat": 4, "nbformat_minor": 5}  # fmt: skip
    folder = workspace / "reports"
    folder.mkdir(exist_ok=True)
    (folder / "2026-03-01_0800_night.ipynb").write_text(json.dumps(notebook), "utf-8")
    write(workspace, """insert into queue_log (log_id, status, report, traceback)
        values (7, 'error', 'reports/2026-03-01_0800_night.html', 'it stopped here');
        update job set queue_log = 7 where job_id = 3""")  # fmt: skip
    files = bundled(workspace)
    assert json.loads(files["queue_run.json"])["status"] == "error"
    assert "it stopped here" in files["traceback.txt"]
    text = files["notebook.ipynb"]
    cell = json.loads(text)["cells"][1]
    assert cell["metadata"]["papermill"] == {"duration": 1.5, "status": "failed"}
    assert [one["output_type"] for one in cell["outputs"]] == ["error"]
    assert cell["outputs"][0]["traceback"] == ["at ./n.py"]
    for hidden in ("Carl", "Vera", "abcdef", str(workspace)):
        assert hidden not in text


@pytest.mark.parametrize("report", ["../../outside.html", "reports/none.html", "/etc/passwd", ""])
def test_a_report_outside_the_folder_of_reports_is_not_taken(workspace: Path, report: str) -> None:
    (workspace.parent / "outside.ipynb").write_text('{"cells": []}', "utf-8")
    write(workspace, "delete from queue_log")
    write(
        workspace, "insert into queue_log (log_id, status, report) values (7, 'error', ?)", report
    )
    write(workspace, "update job set queue_log = 7 where job_id = 3")
    assert "notebook.ipynb" not in bundled(workspace)


def test_the_name_of_the_file_is_plain_and_no_file_is_overwritten(
    workspace: Path, tmp_path: Path
) -> None:
    _settings(workspace, "")
    bench = Workbench(workspace, progress=False)
    write(workspace, "update job set mapping = ? where job_id = 1", "../../x'; rm -rf ~;\n")
    path = bench.bundle(1)
    assert (path.parent, path.name) == (workspace, "job_1_x_rm_rf.zip")
    with pytest.raises(UsageError, match="is there already"):
        bench.bundle(1)
    path.unlink()
    with pytest.raises(UsageError, match=r"does not end in \.zip"):
        bench.bundle(3, file=tmp_path / "job.txt")
    with pytest.raises(CouldNotRun, match="cannot be written"):
        bench.bundle(3, file=tmp_path / "nowhere" / "job.zip")
    with pytest.raises(UnknownName):
        bench.bundle(99)
    assert bench.bundle(3, file=tmp_path / "job.zip") == tmp_path / "job.zip"
    assert list(tmp_path.iterdir()) == [tmp_path / "job.zip"]
