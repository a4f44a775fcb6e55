"""The band on top of what shows itself: a verdict in a sentence, and what to do next."""

from __future__ import annotations

from mdsync_nb.reports.markup import Html, Part, tag


def banded(
    headline: Part, *said: Part, label: str, above: Part = None, waits: bool = False
) -> Html:
    """Give a verdict with the sentences below it; those that say nothing are left out.

    label: what the band is called for whoever does not see it. waits: a person has to decide.
    """
    return tag(
        "div",
        tag("p", above, class_="above") if above else None,
        tag("p", headline, class_="headline"),
        *(one if _is_paragraph(one) else tag("p", one) for one in said if one),
        class_="band waits" if waits else "band",
        role="region",
        aria_label=label,
    )


def _is_paragraph(part: Part) -> bool:
    return isinstance(part, Html) and part.markup.startswith("<p")
