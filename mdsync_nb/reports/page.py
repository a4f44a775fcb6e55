"""An executed notebook as a page that anybody can open, read and print, without a network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mdsync_nb.reports.executed import on_the_page, shown
from mdsync_nb.reports.markup import Html, look

TEMPLATE = "mdsync_page"

TAGS = frozenset(
    {"a", "abbr", "b", "blockquote", "br", "code", "dd", "del", "details", "div", "dl", "dt", "em"}
    | {"h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "kbd", "li", "ol", "p", "pre", "s"}
    | {"small", "span", "strong", "sub", "summary", "sup", "ul"}
    | {"table", "tbody", "td", "tfoot", "th", "thead", "tr"}
)
"""What a markdown cell may bring along; anything else is shown as the text it is."""

PROTOCOLS = frozenset({"http", "https", "mailto", "data"})


def render(
    notebook_path: Path, html_path: Path, *, title: str, failure: Html | None = None
) -> Path:
    """Render an executed notebook as one HTML file without code, and give the path of the file.

    title: what the window is called. failure: a band for the top, when the run could not go on
    (`stopped`). The page asks for nothing: style and images are in it, scripts are not. Progress
    bars, widgets and messages to the operator stay in the notebook. nbconvert takes two seconds to
    import, so it is imported here.
    """
    import nbformat

    notebook = nbformat.read(notebook_path, as_version=4)  # type: ignore[no-untyped-call]
    notebook.metadata.pop("widgets", None)
    notebook.cells = on_the_page(notebook.cells)
    page = {"title": title, "look": look(), "failure": failure.markup if failure else ""}
    beside = {"path": str(notebook_path.parent)}
    text, _ = _exporter().from_notebook_node(notebook, {"metadata": beside, "mdsync": page})
    html_path.parent.mkdir(parents=True, exist_ok=True)
    part = html_path.with_name(html_path.name + ".part")
    part.write_text(text, encoding="utf-8", newline="\n")
    return part.replace(html_path)


def _exporter() -> Any:
    from nbconvert.exporters import HTMLExporter

    exporter: Any = HTMLExporter(  # type: ignore[no-untyped-call,unused-ignore]
        template_name=TEMPLATE,
        extra_template_basedirs=[str(Path(__file__).parent / "template")],
        exclude_input=True,
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        exclude_anchor_links=True,
        embed_images=True,
        mathjax_url="",
        require_js_url="",
        jquery_url="",
        mermaid_js_url="",
        jupyter_widgets_base_url="",
    )
    exporter.register_filter("shown", lambda output: shown(output).markup)
    exporter.register_filter("harmless", _harmless)
    return exporter


def _harmless(markup: str) -> str:
    """The HTML of a markdown cell without anything that runs or asks for something."""
    import bleach  # type: ignore[import-untyped,unused-ignore]

    clean: str = bleach.clean(
        markup, tags=TAGS, attributes=_may_stay, protocols=PROTOCOLS, strip_comments=True
    )
    return clean


def _may_stay(tag: str, name: str, value: str) -> bool:
    allowed = {"a": {"href", "title"}, "img": {"src", "alt", "title"}}
    if name in {"src", "href"} and tag in allowed:
        return value.startswith("data:image/") if name == "src" else not value.startswith("data:")
    return name in allowed.get(tag, set()) or name in {"colspan", "rowspan", "id"}
