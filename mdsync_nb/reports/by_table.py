"""Where the companies differ: tables down, subsidiaries across, the number before the colour."""

from __future__ import annotations

from mdsync_nb.engine.comparison import Comparison
from mdsync_nb.reports import tally, wording
from mdsync_nb.reports.markup import Html, joined, tag
from mdsync_nb.reports.tally import Company, Row
from mdsync_nb.reports.waiting import Address, nowhere

STEPS = ((0.05, "share-1"), (0.10, "share-2"), (0.20, "share-3"))
"""Below this share of pairs that differ, this ground."""

MANY = 6
"""From this many subsidiaries on, columns are narrow: what is alone stands below the numbers."""

KEY = (
    ("share-0", "none"),
    ("share-1", "under 5 %"),
    ("share-2", "5 to 10 %"),
    ("share-3", "10 to 20 %"),
    ("share-4", "20 % and more"),
)
LEDE = (
    "Pairs that differ, of all pairs found; a stronger colour is a larger share. "
    "Then the records on one side only."
)


def matrix(c: Comparison, *, page: Address = nowhere) -> Html:
    """Give how many pairs differ a table and subsidiary, of how many, and what is alone.

    page: gives the address of a table's page by its line of the reconciliation.
    """
    title = tag("h2", "Where it differs")
    firms, tables = tally.subsidiaries(c), tally.tables(c)
    if not firms or not tables:
        return tag(
            "section",
            title,
            tag("p", f"No table of any {c.words.one} was compared.", class_="lede"),
        )
    key = tag("ul", *(_key(ground, words) for ground, words in KEY), class_="key")
    return tag("section", title, tag("p", LEDE, class_="lede"), key, _table(c, firms, tables, page))


def ground(differ: int, pairs: int) -> str:
    """Give the ground of a share: nothing differs, or under 5, 10, 20 per cent, or more."""
    if not differ or not pairs:
        return "share-0"
    return next((name for limit, name in STEPS if differ / pairs < limit), "share-4")


def _key(ground_: str, words: str) -> Html:
    return tag("li", tag("span", class_=f"box {ground_}", aria_hidden="true"), words)


def _table(c: Comparison, firms: list[Company], tables: list[str], page: Address) -> Html:
    lines = tally.lines(c)
    head = tag(
        "tr", *(tag("th", name, scope="col") for name in ("Table", *(f.name for f in firms)))
    )
    body = [
        _row(
            table,
            [_cell(c, firm, [x for x in lines if _is(x, table, firm)], page) for firm in firms],
        )
        for table in tables
    ]
    total = [_counts(tally.sums_of(c, firm.code), "total") for firm in firms]
    grid = tag(
        "table",
        tag("caption", f"Pairs that differ, a table and {c.words.one}", class_="unseen"),
        tag("colgroup", tag("col", class_="side"), *(tag("col") for _ in firms)),
        tag("thead", head),
        tag("tbody", *body),
        tag("tfoot", _row("All tables", total)),
        class_="matrix narrow" if len(firms) >= MANY else "matrix",
        style=_widths(c, firms),
    )
    return tag("div", grid, class_="scroll")


def _is(line: Row, table: str, firm: Company) -> bool:
    return bool(line["table"] == table and line["company"] == firm.code)


def _row(name: str, cells: list[Html]) -> Html:
    return tag("tr", tag("th", name, scope="row"), *(tag("td", cell) for cell in cells))


def _cell(c: Comparison, firm: Company, lines: list[Row], page: Address) -> Html:
    if not lines:
        return _word("not mapped")
    if not any(line["source_file"] for line in lines):
        return _word(f"no file {c.words.at}")
    if not any(line["destination_file"] for line in lines):
        package = "package" in (firm.row["delivers"] or "").casefold()
        return _word("not in the package" if package else "no file")
    boxes = tally.sums(lines)
    address = page(lines[0])
    return _counts(boxes, ground(boxes["differ"], tally.pairs(boxes)), address)


def _word(text: str) -> Html:
    return tag("div", tag("span", text), class_="cell unseen-file")


def _counts(boxes: Row, ground_: str, address: str = "") -> Html:
    alone = zip(_alone(boxes), ("missing", "only here"), strict=True)
    said = [f"{wording.number(many)} {words}" for many, words in alone if many]
    number = wording.number(boxes["differ"])
    return tag(
        "div",
        tag("b", tag("a", number, href=address) if address else number),
        tag("span", f"of {wording.number(tally.pairs(boxes))}", class_="of"),
        tag("span", joined(said or ["all found"], tag("br"))),
        class_=f"cell {ground_}",
    )


def _alone(boxes: Row) -> tuple[int, int]:
    return boxes["only_source"], boxes["only_destination"]


def _widths(c: Comparison, firms: list[Company]) -> str:
    """The room of the two numbers, the same in every cell: as wide as the longest one."""
    totals = [tally.sums_of(c, firm.code) for firm in firms]
    differ = max(len(wording.number(boxes["differ"])) for boxes in totals)
    pairs = max(len(wording.number(tally.pairs(boxes))) for boxes in totals)
    alone = max(len(wording.number(max(_alone(boxes)))) for boxes in totals)
    first, second, third = max(2.5, 0.8 * differ), max(3.9, 1.3 + 0.55 * pairs), 5.4 + 0.55 * alone
    each = max(first + second + 1.5, third) if len(firms) >= MANY else first + second + third
    least = 8.6 + len(firms) * each
    return f"--differ:{first:.1f}em;--of:{second:.1f}em;min-width:{least:.1f}em"
