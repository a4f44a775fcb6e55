"""What each company delivered: how old, how complete, how comparable, and what was not checked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

import polars as pl

from mdsync_nb import frames
from mdsync_nb.engine.found import StepFound
from mdsync_nb.model import CompanySettings, Completeness
from mdsync_nb.store import Image, Reading
from mdsync_nb.workspace import Workspace

KINDS = {
    ".csv": "CSV",
    ".txt": "CSV",
    ".tsv": "CSV",
    ".parquet": "Parquet",
    ".json": "OData pages",
    ".xlsx": "Excel",
    ".xlsm": "Excel",
    ".xls": "Excel",
}


def companies(reading: Reading, workspace: Workspace, founds: Sequence[StepFound]) -> pl.DataFrame:
    """Give one row a company that takes part (`frames.COMPANIES`), source companies first."""
    sources = {found.wanted.mapping.integration for found in founds}
    locals_ = [found.wanted.mapping.local for found in founds]
    names = [*sorted(sources), *dict.fromkeys(one for one in locals_ if one not in sources)]
    images = reading.images()
    rows = [
        _company(
            reading,
            workspace.company(name),
            name,
            is_source=name in sources,
            images=images,
            founds=founds,
        )
        for name in names
    ]
    return frames.conform(pl.DataFrame(rows, schema=frames.COMPANIES), frames.COMPANIES)


def _company(
    reading: Reading,
    settings: CompanySettings,
    name: str,
    *,
    is_source: bool,
    images: dict[tuple[str, str], Image],
    founds: Sequence[StepFound],
) -> dict[str, object]:
    own = [image for (company, _), image in images.items() if company == name]
    loads = [reading.last_load(image) for image in own]
    return {
        "company": name,
        "name": settings.name or name,
        "currency": settings.currency,
        "is_source": is_source,
        "delivers": _delivers(own),
        "as_of": max((image.as_of for image in own), default=None),
        "basis": "" if is_source else _basis(reading, name, founds),
        "complete": _complete(name, founds),
        "rows": sum(int(str(load["rows"])) for load in loads),
        "set_aside": sum(int(str(load["set_aside"])) for load in loads),
        "remark": _aside(reading, own),
    }


def _delivers(images: list[Image]) -> str:
    if not images:
        return "nothing loaded"
    suffixes = {PurePath(file).suffix.lower() for image in images for file in image.files}
    kinds = sorted({KINDS.get(suffix, suffix) for suffix in suffixes})
    ids = all(image.has_ids for image in images)
    times = all(image.has_times for image in images)
    known = {(True, True): "with ids and times", (True, False): "with ids, no times"}
    said = known.get((ids, times), "no ids or times" if not times else "no ids")
    tables = f"{len(images)} table" + ("s" if len(images) != 1 else "")
    return f"{', '.join(kinds)}, {tables}, {said}"


def _basis(reading: Reading, company: str, founds: Sequence[StepFound]) -> str:
    """Say on what the comparison of a subsidiary rests: a base, times, or values alone."""
    own = [one for one in founds if one.wanted.mapping.local == company and one.destination]
    asked = [
        reading.agreed_before_last_load(one.wanted.mapping.name, one.source, one.destination)
        for one in own
    ]
    since = [agreed for agreed in asked if agreed]
    if since:
        first = min(since)
        return f"three-way, since {first.day} {first:%b %Y}"
    by = dict.fromkeys(
        one.matched_by or " and ".join(m.field for m in one.wanted.mapping.match)
        for one in own
        if one.wanted.mapping.table in ("Customer", "Vendor") or len(own) == 1
    )
    words = " or ".join(one for one in by if one)
    coupled = any(reading.has_couplings(one.wanted.mapping.name) for one in own)
    timed = all(
        one.source and one.source.has_times and one.destination and one.destination.has_times
        for one in own
    )
    kind = "with times" if own and coupled and timed else "values only"
    return f"{kind}, by {words}" if words else kind


def _complete(company: str, founds: Sequence[StepFound]) -> str:
    """Say whether the tables that were compared are complete, and which are not."""
    sides = [
        (mapping.table, found.destination if mapping.local == company else found.source)
        for found in founds
        for mapping in [found.wanted.mapping]
        if company in (mapping.local, mapping.integration)
    ]
    states: dict[str, str] = {}
    for table, image in sides:
        states[table] = "no file" if image is None else str(image.complete)
    worst = [table for table, state in states.items() if state in ("no", "unknown")]
    if len(worst) == len(states):
        return "no" if "no" in states.values() else "unknown"
    missing = [f"no {table}" for table, state in states.items() if state == "no file"]
    doubtful = [f"{table} {'is not' if states[table] == 'no' else 'may not be'}" for table in worst]
    return ", but ".join(["yes", *([", ".join([*missing, *doubtful])] if missing or worst else [])])


def _aside(reading: Reading, images: list[Image]) -> str:
    said = []
    for image in images:
        reasons = reading.set_aside(image)["reason"].unique().sort().to_list()
        if reasons:
            said.append(f"{image.table}: {reasons[0]}")
    return "; ".join(said)


def remarks(reading: Reading, founds: Sequence[StepFound]) -> pl.DataFrame:
    """Give what was not checked, and why (`frames.REMARKS`), each thing once."""
    rows: list[dict[str, object]] = []
    for found in founds:
        mapping = found.wanted.mapping
        filters = dict.fromkeys(found.filters_not_evaluated)
        said = [
            *_files(found),
            *_fields_left_out(found),
            *(
                (mapping.local, "filter", f"The filter on {one} is not evaluated: not exported.", 1)
                for one in filters
            ),
            *_rows_set_aside(reading, found),
        ]
        rows += [
            {"company": company, "table": mapping.table, "kind": kind, "text": text, "count": n}
            for company, kind, text, n in said
        ]
    every = pl.DataFrame(rows, schema=frames.REMARKS, infer_schema_length=None)
    return every.unique(maintain_order=True)


Said = list[tuple[str, str, str, int]]
"""Company, kind, text, count."""


def _files(found: StepFound) -> Said:
    """What a side did not deliver, or may not have delivered whole."""
    mapping = found.wanted.mapping
    sides = (
        (mapping.integration, mapping.integration_table, found.source, found.destination),
        (mapping.local, mapping.table, found.destination, found.source),
    )
    said: Said = []
    for company, table, image, other in sides:
        if image is None:
            rows = other.rows if other else 0
            said.append((mapping.local, "no-file", f"{company} delivers no {table}.", rows))
        elif image.complete is not Completeness.YES:
            text = f"The {table} of {company} may not be complete: nothing is called missing."
            said.append((company, "incomplete", text, 1))
    return said


def _rows_set_aside(reading: Reading, found: StepFound) -> Said:
    said: Said = []
    for image in (found.source, found.destination):
        aside = reading.set_aside(image).height if image else 0
        if image and aside:
            text = f"{aside} rows of {image.company} {image.table} were set aside."
            said.append((image.company, "set-aside", text, aside))
    return said


def _fields_left_out(found: StepFound) -> Said:
    """The fields of a mapping that are not compared, each once, at the side that lacks it."""
    mapping = found.wanted.mapping
    sides = {"absent-there": mapping.integration, "absent-here": mapping.local}
    said: Said = []
    for reason, company in sides.items():
        absent = [one.field for one in found.not_compared if one.reason == reason]
        if absent:
            text = f"Not in the {mapping.table} file of {company}: {', '.join(absent)}."
            said.append((company, "absent-field", text, len(absent)))
    money = [one.field for one in found.not_compared if one.reason == "currency"]
    if money:
        there, here = found.wanted.currencies
        text = f"{', '.join(money)}: {there} there, {here} here."
        said.append((mapping.local, "currency", text, len(money)))
    return said
