"""Where two loads or companies of a table differ: by field, in which way, and in which part."""

from __future__ import annotations

import polars as pl

from mdsync_nb.core.drift_spread import is_measured
from mdsync_nb.core.drifting import COMPARED
from mdsync_nb.engine.drift import Drift
from mdsync_nb.reports import wording
from mdsync_nb.reports.markup import Html, Part, tag
from mdsync_nb.reports.masking import is_masked, masked
from mdsync_nb.reports.pieces.grid import Column, grid
from mdsync_nb.reports.tally import Row

FACETS, VALUES, PAIRS, RECORDS = 6, 8, 10, 50
"""Facets, their values, pairs of values and records that are shown; the rest is counted."""

WAYS = {"coupling": "coupled", "primary key": "by number", "id": "by id"}
NOT_COMPARED = {
    "currency": "amounts in two local currencies",
    "refers": "name records by other ids",
    "no value": "hold no value",
    "not kept": "no longer known as they were then",
}


def drift_page(d: Drift) -> Html:
    """Give a drift as it is narrowed: what differs by field, how, and in which part of it."""
    fields = d.asked.fields or tuple(d.fields.filter(pl.col("records") > 0)["field"].head(1))
    return Html(
        drift_head(d),
        drift_fields(d),
        *(drift_field(d, one) for one in fields),
        drift_facets(d),
        drift_records(d) if d.asked.asks else None,
    )


def drift_head(d: Drift) -> Html:
    """Give how many records differ, and which two sides these are."""
    there, here = d.names
    title = tag("h2", f"{d.table}: {there} and {here}")
    return Html(
        title, tag("p", drift_words(d), class_="lede"), tag("p", sides_of(d), class_="note")
    )


def drift_words(d: Drift) -> str:
    """Say how many records differ."""
    there, here = d.names
    differs = d.states["differs"]
    said = [
        wording.count(differs, "record differs", "records differ"),
        f"{wording.number(d.states['only there'])} only in {there}",
        f"{wording.number(d.states['only here'])} only in {here}",
        f"{wording.number(d.states['equal'])} equal",
    ]
    asked = f" Shown: {wording.number(len(d))}, {d.words}." if d.asked.asks else ""
    return f"Of {wording.count(d.whole, 'record')}: {', '.join(said)}.{asked}"


def sides_of(d: Drift) -> Html:
    """Say which two sides these are, and how their records were put together."""
    said: list[Part] = []
    for row, name in zip(d.sides.to_dicts(), d.names, strict=True):
        held = wording.count(row["records"], "record")
        files = "" if row["in_force"] else "as it was then, "
        said += [f"{name}: {files}files of ", wording.moment(row["as_of"]), f", {held}. "]
        if row["complete"] != "yes":
            said.append("They may not hold every record, so what is missing may only be left out. ")
    ways = [f"{wording.number(many)} {WAYS[way]}" for way, many in d.ways.items()]
    both = f", both with {d.through}" if d.through else ""
    said.append(f"Put together: {wording.listing(ways)}{both}." if ways else "Nothing in common.")
    return Html(*said)


def drift_fields(d: Drift) -> Html:
    """Give in how many records each field differs, and how."""
    rows = d.fields.filter(pl.col("records") > 0).to_dicts()
    most = rows[0]["records"] if rows else 0
    ways = said_of_fields(d)
    columns = (
        Column("Field", lambda one: _field(one, d)),
        Column("Records", "records", right=True),
        Column("Share", lambda one: f"{one['share']:.1%}", right=True),
        Column("", lambda one: bar(one["records"], most)),
        Column("How", lambda one: tag("span", ways.get(one["field"], ""), class_="small")),
    )
    none = "No field of these records differs."
    shown = grid(rows, columns, caption="Fields that differ", none=none)
    return tag("section", tag("h3", "By field"), tag("div", shown, class_="drift"), not_compared(d))


def said_of_fields(d: Drift, most: int = 2) -> dict[str, str]:
    """Say how each field differs, most frequent first."""
    said: dict[str, str] = {}
    for (field,), part in d.kinds.group_by("field", maintain_order=True):
        ways = [
            f"{what} {wording.number(many)}"
            for what, many in part.select("what", "records").iter_rows()
        ]
        more = [f"{len(ways) - most} more"] if len(ways) > most else []
        said[str(field)] = ", ".join([*ways[:most], *more])
    return said


def _field(one: Row, d: Drift) -> Part:
    if d.mapping and not one["carried"]:
        return Html(one["field"], tag("span", " not carried", class_="mute"))
    return str(one["field"])


def not_compared(d: Drift) -> Part:
    """Name the fields that were not compared, and why."""
    there, here = d.names
    words = {**NOT_COMPARED, "absent there": f"not in {there}", "absent here": f"not in {here}"}
    parts = d.fields.filter(pl.col("state") != COMPARED).group_by("state", maintain_order=True)
    said = [
        f"{wording.listing(part['field'].sort().to_list())} ({words[str(state)]})"
        for (state,), part in parts
    ]
    return tag("p", f"Not compared: {'; '.join(said)}.", class_="note") if said else None


def drift_field(d: Drift, name: str) -> Html:
    """Give how one field differs: the kinds, by how much, and the most frequent pairs of values."""
    kinds = masked(d.kinds.filter(field=name), d.masked)
    most = int(kinds["records"].sum())
    told = grid(
        kinds,
        (
            Column("How", "what"),
            Column("Records", "records", right=True),
            Column("", lambda one: bar(one["records"], most)),
        ),
        caption=f"How {name} differs",
        none=f"{name} does not differ.",
        shown=VALUES,
    )
    parts = [tag("div", told, _spread(d, name)), tag("div", _pairs(d, name))]
    return tag("section", tag("h3", name), tag("div", *parts, class_="drift beside"))


def _spread(d: Drift, name: str) -> Part:
    kind = d.compared.filter(field=name)["type"].item()
    steps = d.spread(name) if is_measured(kind) and not is_masked(name, d.masked) else None
    if steps is None or steps.is_empty():
        return None
    most = int(steps["records"].sum())
    columns = (
        Column(f"By how much, in {d.names[1]}", "what"),
        Column("Records", "records", right=True),
        Column("", lambda one: bar(one["records"], most)),
    )
    return grid(steps, columns, caption=f"By how much {name} differs", none="")


def _pairs(d: Drift, name: str) -> Html:
    rows = masked(d.values(name).with_columns(field=pl.lit(name)), d.masked)
    there, here = d.names
    kind = str(d.compared.filter(field=name)["type"].item())
    columns = (
        Column(there, lambda one: value_of(one["there"], kind)),
        Column(here, lambda one: value_of(one["here"], kind)),
        Column("Records", "records", right=True),
    )
    return grid(rows, columns, caption=f"Values of {name}", none="", shown=PAIRS)


def drift_facets(d: Drift) -> Part:
    """Give where records differ: by the values of fields, the most uneven first."""
    seen = facets_to_see(d)
    names = seen["facet"].unique(maintain_order=True).to_list()
    if not names:
        return None
    parts = [_facet(seen.filter(facet=one), one) for one in names[:FACETS]]
    lede = "How many of the records with a value differ; where it is most uneven comes first."
    head = tag("h3", "Where"), tag("p", lede, class_="lede")
    return tag("section", *head, tag("div", *parts, class_="drift beside"))


def _facet(rows: pl.DataFrame, name: str) -> Html:
    columns = (
        Column(name, lambda one: wording.value(one["value"])),
        Column("Differ", "differs", right=True),
        Column("Of", "records", right=True),
        Column("", lambda one: bar(one["differs"], one["records"])),
    )
    return tag("div", grid(rows, columns, caption=name, none="", shown=VALUES))


def drift_records(d: Drift) -> Html:
    """Give the records that are asked for, with the fields that differ."""
    fields = d.cells.group_by("record").agg(pl.col("field").cast(pl.String).sort())
    known = d.records.head(RECORDS).join(fields, on="record", how="left", maintain_order="left")
    rows = masked(known.with_columns(pl.col("field").list.join(", ").fill_null("")), d.masked)
    there, here = d.names
    words = {"only there": f"only in {there}", "only here": f"only in {here}"}
    columns = (
        Column("Record", lambda one: Html(tag("b", one["key"]), " ", one["name"] or "")),
        Column("State", lambda one: words.get(one["state"], "differs")),
        Column("Fields", lambda one: tag("span", one["field"], class_="small")),
    )
    shown = grid(rows, columns, caption="Records", none="None.")
    left = len(d) - rows.height
    more = (
        tag("p", f"The first {RECORDS} of {wording.number(len(d))}.", class_="note")
        if left > 0
        else None
    )
    return tag("section", tag("h3", "Records"), shown, more)


def value_of(text: str | None, kind: str) -> Html:
    """Give a value as people read it, by the type of its field; nothing is said as blank."""
    return wording.value(wording.amount(text, kind) if text else None)


def bar(many: int, most: int) -> Html:
    """Give a number as a bar, as long as its part of the most."""
    width = f"width:{100 * many / most:.0f}%" if most else "width:0"
    return tag("span", tag("i", style=width), class_="part")


def facets_to_see(d: Drift) -> pl.DataFrame:
    """Give the facets of a drift whose values may be seen (`frames.DRIFT_FACETS`)."""
    hidden = [one for one in d.divided if is_masked(one, d.masked)]
    return d.facets.filter(~pl.col("facet").is_in(hidden))
