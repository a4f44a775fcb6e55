"""A page of the site: its head, the way to it, its content, and the page before and after it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from mdsync_nb.reports.markup import Html, Part, joined, look, tag
from mdsync_nb.reports.site import places

ASKS_NOTHING = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'"
)


SCROLLS = '<div class="scroll">'


class Crumb(NamedTuple):
    """A page on the way to this one: its name, and its place; this page itself has none."""

    name: str
    place: str = ""


def document(
    place: str,
    title: str,
    content: Html,
    *,
    crumbs: Sequence[Crumb],
    foot: Html,
    kind: str = "",
) -> str:
    """Give a page as an HTML document that asks nobody for anything.

    kind: a class of the page, for its look and its paper.
    """
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        Html.trusted(f'<meta http-equiv="Content-Security-Policy" content="{ASKS_NOTHING}">'),
        tag("meta", name_="viewport", content="width=device-width, initial-scale=1"),
        tag("title", title),
        Html.trusted(f"<style>{look()}{site_look()}</style>"),
    )
    body = tag(
        "body",
        tag(
            "div",
            tag("header", _way(place, crumbs)),
            tag("main", _reachable(content)),
            foot,
            class_=f"mdsync site {kind}".strip(),
        ),
    )
    page = tag("html", head, body, lang="en", class_=f"mdsync-page {kind}".strip())
    return f"<!doctype html>\n{page.markup}\n"


def anchor(page: str, words: Part, place: str, **attributes: str) -> Html:
    """Give a link from a page to another place of the site."""
    return tag("a", words, href=places.link(page, place), **attributes)


def neighbours(page: str, label: str, before: Crumb | None, after: Crumb | None) -> Html:
    """Give the links to the page before this one and after it, where there are any."""
    found = [
        (before, "← ", "prev"),
        (after, "→ ", "next"),
    ]
    links = [
        anchor(page, f"{arrow}{one.name}", one.place, rel=rel) for one, arrow, rel in found if one
    ]
    if not links:
        return Html()
    return tag("nav", joined(links, " "), aria_label=label, class_="neighbours")


def _reachable(content: Html) -> Html:
    """The content of a page, so that what scrolls sideways can be scrolled without a mouse."""
    return Html.trusted(content.markup.replace(SCROLLS, f'{SCROLLS[:-1]} tabindex="0">'))


@cache
def site_look() -> str:
    """Give what the pages of the site add to the look."""
    return files("mdsync_nb.reports").joinpath("site", "site.css").read_text(encoding="utf-8")


def _way(page: str, crumbs: Sequence[Crumb]) -> Html:
    items = [
        tag("li", anchor(page, one.name, one.place))
        if one.place
        else tag("li", tag("span", one.name, aria_current="page"))
        for one in crumbs
    ]
    return tag("nav", tag("ol", *items), aria_label="Where you are", class_="crumbs")
