"""What of an executed notebook belongs on a page: its sentences and results, not its machinery."""

from __future__ import annotations

import base64
import re
from typing import Any

from mdsync_nb.reports.markup import STYLE_END, STYLE_START, Html, tag
from mdsync_nb.reports.verdict import stopped

LEFT_OUT = frozenset(
    {"parameters", "injected-parameters", "remove-cell", "papermill-error-cell-tag"}
)
"""Cells with one of these tags are not on the page."""

COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
PROGRESS = re.compile(r"\r|\d+%\|")
OUR_STYLE = re.compile(re.escape(STYLE_START) + ".*?" + re.escape(STYLE_END), re.DOTALL)
NOTEBOOK_LINK = re.compile(r"\[([^\]]*)\]\([^)\s]*\.ipynb\)")
IMAGES = ("image/png", "image/jpeg", "image/gif")
MACHINERY = frozenset({"application/vnd.jupyter.widget-view+json", "application/javascript"})
"""Outputs that need a running notebook. Our views keep a page of themselves beside; of others the
text only says what they are."""

Output = dict[str, Any]


def on_the_page(cells: list[Any]) -> list[Any]:
    """Give the cells a reader wants, each code cell with the outputs that are worth showing.

    Notebooks are not beside a page, so prose names them and does not lead there.
    """
    kept = [cell for cell in cells if LEFT_OUT.isdisjoint(cell.metadata.get("tags", []))]
    for cell in kept:
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if _worth_showing(output)]
        else:
            cell.source = NOTEBOOK_LINK.sub(r"*\1*", cell.source)
    return kept


def shown(output: Output) -> Html:
    """Give an output as HTML: our fragments without their style, images in the page, text as text.

    An error is its sentences: what happened, what to do. Its traceback stays in the notebook.
    """
    if output["output_type"] == "error":
        return _stopped(output)
    if output["output_type"] == "stream":
        return tag("pre", COLOURS.sub("", _text(output["text"])))
    content = output["data"]
    if "text/html" in content:
        return Html.trusted(OUR_STYLE.sub("", _text(content["text/html"])))
    return _image(content) or tag("pre", COLOURS.sub("", _text(content.get("text/plain", ""))))


def _worth_showing(output: Output) -> bool:
    kind = output["output_type"]
    if kind == "stream":
        progress = output["name"] == "stderr" or PROGRESS.search(_text(output["text"]))
        return not progress
    if kind == "error":
        return True
    readable = {"text/html", "text/markdown", "text/plain", "image/svg+xml", *IMAGES}
    if not MACHINERY.isdisjoint(output["data"]):
        return STYLE_START in _text(output["data"].get("text/html", ""))
    return not readable.isdisjoint(output["data"])


def _stopped(output: Output) -> Html:
    """The sentences of an error. Ours are lines without colours, and the second is the hint."""
    lines = output.get("traceback", [])
    ours = 1 < len(lines) <= 3 and not any(COLOURS.search(line) for line in lines)
    hint = " ".join(lines[1:]) if ours else ""
    sentence = COLOURS.sub("", f"{output['ename']}: {output['evalue']}")
    return stopped("The notebook stopped here.", sentence, hint)


def _image(content: Output) -> Html:
    """A picture as part of the page. A drawing is one too, so nothing in it can run."""
    alt = _text(content.get("text/plain", "")) or "A picture without a description"
    if "image/svg+xml" in content:
        drawn = base64.b64encode(_text(content["image/svg+xml"]).encode()).decode()
        return tag("img", src=f"data:image/svg+xml;base64,{drawn}", alt=alt)
    for kind in IMAGES:
        if kind in content:
            inline = re.sub(r"\s", "", _text(content[kind]))
            return tag("img", src=f"data:{kind};base64,{inline}", alt=alt)
    return Html()


def _text(found: str | list[str]) -> str:
    return found if isinstance(found, str) else "".join(found)
