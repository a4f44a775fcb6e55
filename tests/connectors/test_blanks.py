"""An empty text and no value: one blank for the product, two values where a format says so."""

from __future__ import annotations

import io
from pathlib import Path

import polars as pl
import pytest

from mdsync_nb.workbench import Workbench

DISTINCT = {"blank": "distinct"}
FIELDS = {"No.": "code", "Name": "text", "Post Code": "code", "Credit Limit": "decimal"}
CSV = 'No.,Name,Post Code,Credit Limit\n1,,,\n2,"","",""\n3," "," ",0\n'
JSON = (
    '[{"No.": "1", "Post Code": null, "Credit Limit": null},'
    ' {"No.": "2", "Name": "", "Post Code": "", "Credit Limit": ""},'
    ' {"No.": "3", "Name": " ", "Post Code": " ", "Credit Limit": 0}]'
)
ROWS = pl.DataFrame(
    {
        "No.": ["1", "2", "3"],
        "Name": [None, "", " "],
        "Post Code": [None, "", " "],
        "Credit Limit": [None, "", "0"],
    }
)


def parquet() -> bytes:
    stream = io.BytesIO()
    ROWS.write_parquet(stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("file", "content"), [("c.csv", CSV), ("c.json", JSON), ("c.parquet", parquet())]
)
def test_only_texts_of_a_distinct_format_keep_an_empty_text_apart(company, file, content):
    company.write(content, file)
    others = [("1", None, 0), ("2", None, 0), ("3", None, 0)]
    for format, names in ({}, [None, None, " "]), (DISTINCT, [None, "", " "]):
        staged = company.stage(FIELDS, file=file, format=format)
        assert company.column(staged, "Name") == names
        assert company.rows(staged, "No.", "Post Code", "Credit Limit") == others


def test_an_empty_text_is_a_blank_key_in_any_format(company):
    company.write('No.,Name\n"",a\n,b\n1,c\n')
    for format in ({}, DISTINCT):
        staged = company.stage({"No.": "text", "Name": "text"}, format=format)
        assert company.rows(staged, "No.") == [("1",)]


def test_the_format_of_one_file_goes_before_that_of_the_company(company):
    company.write(CSV)
    file = {"file": "customer.csv", "format": DISTINCT}
    assert company.column(company.stage(FIELDS, file=file), "Name") == [None, "", " "]


SETTINGS = """
companies:
  S: {folder: S, complete: yes, format: {blank: distinct}, tables: {Person: p.csv}}
  D: {folder: D, complete: yes, format: {blank: distinct}, tables: {Person: p.csv}}
tables: {Person: {key: Id, fields: {Id: text, A: text, B: text}}}
links: {D: {local: D, integration: S, mappings: {PERSON: {table: Person, match: [Id], update_conflict: merge}}}}
limits: {updates: 100%}
"""


def company_file(root: Path, company: str, text: str) -> None:
    (root / company).mkdir(exist_ok=True)
    (root / company / "p.csv").write_text(text, "utf-8")


def test_a_change_set_keeps_them_apart_so_that_its_import_agrees(tmp_path: Path) -> None:
    for one in "SD":
        company_file(tmp_path, one, 'Id,A,B\n1,,a\n2,"",a\n3,x,a\n4,x,a\n')
    (tmp_path / "mdsync.yaml").write_text(SETTINGS, "utf-8")
    bench = Workbench(tmp_path, progress=False)
    bench.load()
    bench.couple("PERSON")
    company_file(tmp_path, "S", 'Id,A,B\n1,"",a\n2,,a\n3,"",a\n4,,a\n5,"",\n')
    bench.load()
    assert bench.plan().counts.filter(action="modify")["records"].sum() == 4
    bench.sync(full=True)
    modified = next(tmp_path.rglob("*_modify.csv")).read_text("utf-8")
    inserted = next(tmp_path.rglob("*_insert.csv")).read_text("utf-8")
    assert modified == 'Id,A\n1,""\n2,\n3,""\n4,\n'
    assert inserted == 'Id,A,B\n5,"",\n'

    company_file(tmp_path, "D", 'Id,A,B\n1,"",a\n2,,a\n3,"",a\n4,,a\n5,"",\n')
    bench.load("D")
    assert bench.sql("select count(*) from pending").item() == 0
    assert bench.compare().classes.select("class", "records").rows() == [("agrees", 5)]
