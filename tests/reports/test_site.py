"""The report site: whole or not at all, safe names, files that no spreadsheet runs, masks."""

from __future__ import annotations

import csv
import re
import sys
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from zipfile import ZipFile

import duckdb
import fastexcel
import polars as pl
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from hostile import FORMULA, SCRIPT, SECRETS, Hostile, lived

from mdsync_nb.core.classify import BEFORE_VALUES
from mdsync_nb.core.resolve import AFTER_VALUES, INSERTING
from mdsync_nb.errors import CouldNotRun
from mdsync_nb.reports.site import files, places
from mdsync_nb.reports.site.questions import QUESTIONS
from mdsync_nb.reports.site.sheets import as_csv

TRACE = f'Traceback:\n  File "x.py", line 3, in f\n    g()\nValueError: {SECRETS[0]} {SCRIPT}'


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Hostile:
    """Two hostile companies with a life, three builds of their site, and runs of a queue."""
    found = lived(tmp_path_factory.mktemp("hostile"), mask=["E-Mail"])
    with duckdb.connect(str(found.root / ".mdsync" / "workbench.duckdb")) as db:
        db.execute(
            """insert into queue_log (log_id, entry_id, mapping, notebook, status, started_at,
                attempt, idle, message, hint, traceback, report) values
            (1, 1, 'SUB/CUSTOMER', '03_what_changed.ipynb', 'success', $at, 1, false, null, null, null,
                'reports/2026-03-02_0900_what_changed.html'),
            (2, 1, 'SUB/CUSTOMER', null, 'error', $at, 2, false, 'No answer.', 'Ask again.', $trace, null)""",
            {"at": found.now, "trace": TRACE},
        )
        db.execute("update job set queue_log = 1 where job_id = 3")
        db.execute("update job set queue_log = 2, status = 'failed' where job_id = 2")
    reports = found.root / "reports"
    reports.mkdir()
    for name in ("2026-03-02_0900_what_changed", "2026-03-02_0905_what_waits_2"):
        (reports / f"{name}.html").write_text("a report")
    for _ in range(3):
        found.bench.site()
        found.now = found.now.replace(minute=(found.now.minute + 1) % 60)
    return found


@pytest.fixture(scope="module")
def site(world: Hostile) -> Path:
    """The folder of the newest build."""
    return world.root / "reports" / "site"


class Seen(HTMLParser):
    """What a page is made of: links, headings, table heads, and its text."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.levels: list[int] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(page.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        words = dict(attrs)
        self.tags.append((tag, words))
        self.links += [words["href"]] if tag == "a" else []
        self.levels += [int(tag[1])] if re.fullmatch(r"h[1-6]", tag) else []

    def handle_data(self, text: str) -> None:
        self.text.append(text)


def pages(site: Path) -> list[Path]:
    return sorted(site.rglob("*.html"))


def the_conflict(site: Path) -> Path:
    """The page of the record both sides changed the credit limit of."""
    found = [page for page in pages(site) if "was 100.00 when they last agreed" in page.read_text()]
    assert len(found) == 1
    return found[0]


def test_every_link_leads_to_a_file_that_is_there_and_none_leads_away(site: Path):
    assert len(pages(site)) == 2 + 1 + 3 + 3
    for page in pages(site):
        for link in Seen(page).links:
            file, _, anchor = link.partition("#")
            assert "://" not in link
            assert (page.parent / unquote(file)).is_file() or anchor, (page.name, link)
            assert not anchor or f'id="{anchor}"' in page.read_text("utf-8")


def test_every_page_can_be_reached_from_the_index(site: Path):
    found, to_read = set(), [site / "index.html"]
    while to_read:
        page = to_read.pop()
        if page not in found and page.suffix == ".html" and site in page.parents:
            found.add(page)
            to_read += [(page.parent / unquote(link)).resolve() for link in Seen(page).links]
    assert found == set(pages(site))


def test_what_records_hold_is_text_and_never_markup(site: Path):
    for page in pages(site):
        seen = Seen(page)
        assert not {"script", "iframe", "img", "link", "form"} & {tag for tag, _ in seen.tags}
        assert not [words for _, words in seen.tags if any(one.startswith("on") for one in words)]
    record = the_conflict(site)
    assert SCRIPT in "".join(Seen(record).text)


def test_names_of_files_are_made_of_numbers_and_hashes(site: Path):
    allowed = re.compile(r"[a-z0-9-]+\.(html|csv|xlsx)")
    names = [one.name for one in site.rglob("*") if one.is_file()]
    assert [name for name in names if not allowed.fullmatch(name)] == []
    assert {one.name for one in site.iterdir() if one.is_dir()} == {
        "csv",
        "jobs",
        "records",
        "tables",
    }
    assert {one.name for one in (site / "jobs").iterdir()} == {"1.html", "2.html", "3.html"}


def test_two_mappings_never_share_a_page():
    alike = ["A/B C", "A/B-C", "a/b c", "A/B", "A/B/C" * 40, "A/B/C" * 41, "CON/NUL", "../.."]
    assert len({places.table_page(one) for one in alike}) == len(alike)
    assert all(re.fullmatch(r"tables/[a-z0-9-]+\.html", places.table_page(one)) for one in alike)


def test_a_page_is_fit_for_people_who_do_not_see_it(site: Path):
    for page in pages(site):
        seen = Seen(page)
        names = [tag for tag, _ in seen.tags]
        assert dict(seen.tags)["html"]["lang"] == "en"
        assert [names.count(one) for one in ("main", "h1")] == [1, 1]
        assert all(b - a <= 1 for a, b in zip(seen.levels, seen.levels[1:], strict=False)), page
        assert all("scope" in words for tag, words in seen.tags if tag == "th"), page
        assert names.count("caption") == names.count("table"), page
        assert names.count("svg") == names.count("desc"), page
        assert [words for tag, words in seen.tags if words.get("aria-current") == "page"]


def test_a_masked_value_is_in_no_file_of_the_site(site: Path):
    inside = everything(site)
    assert not any(secret in text for text in inside for secret in SECRETS)
    assert any("•••" in text for text in inside)


def everything(site: Path) -> list[str]:
    """What all files of a site hold, workbooks taken apart."""
    inside = [one.read_text("utf-8") for one in site.rglob("*") if one.suffix in (".html", ".csv")]
    for book in site.glob("*.xlsx"):
        with ZipFile(book) as parts:
            inside += [parts.read(name).decode("utf-8", "replace") for name in parts.namelist()]
    return inside


def test_a_number_that_is_masked_is_in_no_file_either(tmp_path: Path):
    world = lived(tmp_path, mask=["No.", "Name"])
    inside = everything(world.bench.site().parent)
    assert not any("10001" in text or "10005" in text for text in inside)
    assert any("mdsync decisions import" in text for text in inside)


def test_a_cell_that_looks_like_a_formula_is_text_in_csv_and_excel(site: Path):
    rows = list(csv.reader((site / "csv" / "front-worklist.csv").open(encoding="utf-8-sig")))
    number = rows[0].index("Number")
    assert {row[number] for row in rows[1:]} == {"10001", f"'{FORMULA}", "../../X"}
    for book in ("site.xlsx", "worklist.xlsx"):
        with ZipFile(site / book) as parts:
            sheets = [n for n in parts.namelist() if n.startswith("xl/worksheets/")]
            assert not any(b"<f>" in parts.read(name) for name in sheets)
    found = pl.read_excel(site / "site.xlsx", sheet_name="Worklist", infer_schema_length=0)
    assert FORMULA in found["Number"].to_list()


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"), ("+A1", "'+A1"), ("-A1", "'-A1"), ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"), ("＝1", "'＝1"), ("+45 55", "'+45 55"), ("-12.50", "-12.50"),
        ("+45", "+45"), ("00010", "00010"), ("a=b", "a=b"), ("'", "'"),
    ],
)  # fmt: skip
def test_a_csv_holds_nothing_a_spreadsheet_would_run(text: str, written: str):
    made = as_csv(pl.DataFrame({"Value": [text]})).decode("utf-8-sig")
    assert list(csv.reader(made.splitlines(keepends=True)))[1] == [written]


def test_every_sheet_of_the_workbook_is_on_some_page(site: Path):
    text = "".join(page.read_text("utf-8") for page in pages(site))
    names = fastexcel.read_excel(site / "site.xlsx").sheet_names
    assert all(f"sheet “{name}”" in text for name in names)
    assert {"Runs", "Jobs", "Worklist", "Values of records", "Records of jobs"} <= set(names)


def test_the_index_lists_runs_of_the_queue_reports_and_builds_newest_first(site: Path):
    rows = list(csv.reader((site / "csv" / "index-runs.csv").open(encoding="utf-8-sig")))[1:]
    told = [(what, outcome) for _, what, outcome, *_ in rows]
    assert [at for at, *_ in rows] == sorted((at for at, *_ in rows), reverse=True)
    assert sum(what.startswith("Where do the companies differ?") for what, _ in told) == 3
    queued = {what: outcome for what, outcome in told if "Customer in SUB" in what}
    assert list(queued.values()).count("done") == 1
    assert "failed, attempt 2: No answer. Ask again." in queued.values()
    assert sum("2026-03-02_0900" in row[3] for row in rows) == 1, "its report stands with its entry"
    waits = next(row for row in rows if "0905" in row[3])
    assert waits[1:3] == ["What waits", "not known: its notebook cannot be read"]


def test_a_trend_is_shown_from_the_third_build_on(site: Path, world: Hostile):
    front = (site / "front.html").read_text("utf-8")
    assert "The last 3 builds of the same tables" in front
    kept = world.bench.sql("select distinct run_id from site_figure order by all")
    assert kept["run_id"].to_list() == [1, 2, 3]


def test_a_job_says_what_became_of_its_records_and_how_to_undo_it(site: Path):
    text = "".join(Seen(site / "jobs" / "3.html").text)
    assert "1 record written, 3 records failed." in text
    assert "mdsync undo 3" in text
    assert "2026-03-02_0900_what_changed.html" in text
    assert "Errors by reason" in text
    failed = list(csv.reader((site / "csv" / "jobs-3-failed.csv").open(encoding="utf-8-sig")))
    assert len(failed) == 4


def test_a_traceback_shows_places_and_no_values_where_values_are_masked(site: Path):
    text = (site / "jobs" / "2.html").read_text("utf-8")
    assert "File &quot;x.py&quot;, line 3" in text
    assert "ValueError" not in text


def test_a_record_has_its_choices_with_what_would_be_then(site: Path):
    record = the_conflict(site)
    text = "".join(Seen(record).text)
    assert "Waits for a decision about" in text
    assert "Take the holding’s value" in text
    assert "would lose two values" in text
    assert "Was it changed here, and may that not be overwritten?" in text
    assert "Job 3" in text


def test_every_gate_is_a_question():
    rules = {rule.id for ladder in (BEFORE_VALUES, AFTER_VALUES, INSERTING) for rule in ladder}
    assert rules == set(QUESTIONS)


def test_a_page_of_a_record_that_no_longer_waits_goes(tmp_path: Path):
    world = lived(tmp_path)
    world.bench.site()
    gone = the_conflict(tmp_path / "reports" / "site")
    world.put("SUB", "10001", limit="250", mail=SECRETS[0])
    world.load()
    world.bench.site()
    assert not gone.exists()
    assert list(gone.parent.iterdir())
    left = {one.name for one in (tmp_path / "reports").iterdir()}
    assert left == {"site", ".site.lock"}


def test_a_site_that_cannot_be_finished_leaves_the_one_before(
    world: Hostile, site: Path, monkeypatch: pytest.MonkeyPatch
):
    before = {one: one.read_bytes() for one in pages(site)}

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "write_book", full)
    with pytest.raises(CouldNotRun, match="No space left on device") as raised:
        world.bench.site()
    assert "the site before still stands" in raised.value.hint
    assert {one: one.read_bytes() for one in pages(site)} == before
    assert not list(site.parent.glob(".site-*"))
    builds = world.bench.sql("select max(run_id) as last from site_run")
    assert builds["last"][0] == 3, "what was not shown is not kept"


def test_what_a_killed_build_left_is_put_right(tmp_path: Path):
    made = files.Pages("Title", datetime(2026, 3, 10, 6, 30))
    (tmp_path / ".site-before").mkdir()
    (tmp_path / ".site-before" / "front.html").write_text("good")
    (tmp_path / ".site-abc").mkdir()
    made.sheets["Runs"] = [pl.DataFrame({"What": ["x"]})]
    assert (files.written(made, tmp_path) / places.BOOK).is_file()
    assert {one.name for one in tmp_path.iterdir()} == {"site", ".site.lock"}


def test_a_site_without_anything_loaded_says_so(tmp_path: Path):
    world = Hostile(tmp_path)
    front = world.bench.site()
    text = "".join(Seen(front).text)
    assert "No record was found on both sides." in text
    assert "Nothing waits for a person." in text
    assert "No job ran yet." in "".join(Seen(front.with_name("index.html")).text)
