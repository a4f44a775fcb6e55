"""The proof: every row of every file is in exactly one box, counted from both ends."""

from __future__ import annotations

from itertools import groupby

from mdsync_nb.engine.comparison import Comparison
from mdsync_nb.reports import tally, wording
from mdsync_nb.reports.markup import Html, Part, tag
from mdsync_nb.reports.tally import Row

HEADS = (
    ("rows in file", "sum"),
    ("not compared¹", "wide"),
    ("set aside²", ""),
    ("only there", "before"),
    ("agree³", "middle wide"),
    ("differ", "middle"),
    ("undecided", "middle before"),
    ("only here", "wide"),
    ("set aside²", ""),
    ("not compared¹", ""),
    ("rows in file", "sum wide"),
)
LEDE = (
    "From the left, the rows of {there}’s file; from the right, the rows of {here}’s. "
    "They meet in the middle, where a pair counts once on each side. "
)
NOTES = (
    "¹ Outside the filter of the mapping, or no file on one side. "
    "² A row that cannot be read safely, or the counterpart of one. "
)


def reconciliation(c: Comparison) -> Html:
    """Give every line of the comparison with all its boxes, and whether it adds up."""
    title = tag("h2", "Every row is in exactly one box")
    lines = tally.lines(c)
    if not lines:
        return tag(
            "section",
            title,
            tag("p", "No file was read, so there is no row to place.", class_="lede"),
        )
    grid = tag(
        "table",
        tag("caption", "Rows of both files, box by box", class_="unseen"),
        _head(c),
        *_bodies(c, lines),
        tag("tfoot", *_totals(c)),
        class_="proof",
    )
    return tag(
        "section",
        title,
        tag("p", c.words.said(LEDE) + _summary(lines), class_="lede"),
        tag("div", grid, class_="scroll"),
        _notes(c),
        _remarks(c),
        class_="new-page",
    )


def off_by(boxes: Row) -> tuple[int, int]:
    """Give how many rows of the file there and of the file here are in no box, or in two."""
    both = tally.pairs(boxes)
    there = both + boxes["source_not_compared"] + boxes["source_set_aside"]
    here = both + boxes["destination_not_compared"] + boxes["destination_set_aside"]
    return (
        boxes["source_rows"] - there - boxes["only_source"] - boxes["undecided_source"],
        boxes["destination_rows"]
        - here
        - boxes["only_destination"]
        - boxes["undecided_destination"],
    )


def _summary(lines: list[Row]) -> str:
    holding = {line["table"]: 0 for line in lines if line["source_file"]}
    for line in lines:
        if line["table"] in holding:
            holding[line["table"]] = max(holding[line["table"]], line["source_rows"])
    theirs = [line["destination_rows"] for line in lines if line["destination_file"]]
    rows, files = sum(holding.values()) + sum(theirs), len(holding) + len(theirs)
    right = sum(off_by(line) == (0, 0) for line in lines)
    adds = f"{wording.number(right)} of {wording.count(len(lines), 'line')} add up."
    return f"{wording.count(rows, 'row')} of {wording.count(files, 'table')} were read; {adds}"


def _head(c: Comparison) -> Html:
    there, here = c.words.nouns
    sides_and_both = ((there, 4, ""), ("On both sides", 3, "middle"), (here, 4, ""))
    groups = [
        tag("th", name, colspan=span, scope="colgroup", class_=f"group {class_}".strip())
        for name, span, class_ in sides_and_both
    ]
    sides = [tag("th", name, scope="col") for name in ("Table", c.words.one.capitalize())]
    heads = [
        tag("th", name, scope="col", class_=f"right {class_.replace('sum', '')}".strip())
        for name, class_ in HEADS
    ]
    check = tag("th", tag("span", "Check", class_="unseen"), scope="col")
    above = tag("tr", tag("td", colspan=2), *groups, tag("td"))
    return tag("thead", above, tag("tr", *sides, *heads, check))


def _bodies(c: Comparison, lines: list[Row]) -> list[Html]:
    order = {table: place for place, table in enumerate(tally.tables(c))}
    firms = {firm.code: place for place, firm in enumerate(tally.companies(c))}
    ordered = sorted(lines, key=lambda x: (order[x["table"]], firms.get(x["company"], len(firms))))
    bodies = []
    for table, grouped in groupby(ordered, key=lambda line: str(line["table"])):
        mine = [(tally.named(c, line["company"]), line, off_by(line)) for line in grouped]
        bodies.append(tag("tbody", *_rows(table, mine)))
    return bodies


def _totals(c: Comparison) -> list[Html]:
    firms = tally.subsidiaries(c)
    lines = tally.lines(c)
    mine = [[line for line in lines if line["company"] == firm.code] for firm in firms]
    sums = [(f.name, tally.sums(own), _all_off(own)) for f, own in zip(firms, mine, strict=True)]
    return _rows("All tables", sums)


def _all_off(lines: list[Row]) -> tuple[int, int]:
    """Rows too many and rows too few do not make up for each other."""
    there, here = zip(*map(off_by, lines), strict=True) if lines else ((0,), (0,))
    return sum(map(abs, there)), sum(map(abs, here))


def _rows(title: str, lines: list[tuple[str, Row, tuple[int, int]]]) -> list[Html]:
    side = tag("th", title, scope="rowgroup", rowspan=len(lines))
    return [
        tag("tr", side if not place else None, tag("td", name), *_boxes(line), _check(*off))
        for place, (name, line, off) in enumerate(lines)
    ]


def _boxes(line: Row) -> list[Html]:
    shown = [
        _read(line, "source"),
        _many(line["source_not_compared"]),
        _many(line["source_set_aside"]),
        _many(line["only_source"]),
        _many(line["agree"]),
        _many(line["differ"]),
        _undecided(line["undecided_source"], line["undecided_destination"]),
        _many(line["only_destination"]),
        _many(line["destination_set_aside"]),
        _many(line["destination_not_compared"]),
        _read(line, "destination"),
    ]
    return [
        tag("td", text, class_=" ".join(["right", class_, "zero" * (text == wording.ZERO)]).strip())
        for (_, class_), text in zip(HEADS, shown, strict=True)
    ]


def _many(number: int) -> str:
    return wording.number(number) if number else wording.ZERO


def _read(line: Row, side: str) -> str:
    return wording.number(line[f"{side}_rows"]) if line.get(f"{side}_file", True) else "no file"


def _undecided(there: int, here: int) -> str:
    return _many(there) if there == here else f"{wording.number(there)} / {wording.number(here)}"


def _check(there: int, here: int) -> Html:
    if not there and not here:
        return tag("td", "adds up", class_="check")
    said = " and ".join(wording.number(abs(off)) for off in (there, here) if off)
    where = f"at the holding {wording.number(there)}, in the subsidiary {wording.number(here)}"
    return tag("td", f"off by {said}", class_="check off", title=where)


def _notes(c: Comparison) -> Html:
    same = "; ".join(tally.only_blank(c))
    alike = f" A blank currency means the own one: {same}." if same else None
    return tag("p", NOTES, "³ Equal in meaning.", alike, class_="note wide-note")


def _remarks(c: Comparison) -> Part:
    rows = c.remarks.to_dicts()
    if not rows:
        return None
    told = [_remark(row, tally.named(c, row["company"])) for row in rows]
    summary = tag("summary", f"What was not checked: {wording.count(len(rows), 'remark')}")
    return tag("details", summary, tag("ul", *(tag("li", one) for one in told)))


def _remark(row: Row, firm: str) -> str:
    text = row["text"] or row["kind"]
    where = ", ".join(part for part in (firm, row["table"]) if part)
    return text if not firm or firm in text else f"{where}: {text}"
