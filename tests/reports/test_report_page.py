"""An executed notebook becomes a page without code, machinery or anything from elsewhere."""

import re
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from mdsync_nb.engine.comparison import Comparison
from mdsync_nb.reports import Html, figures, front, render, stopped
from mdsync_nb.reports.markup import tag

new = nbformat.v4
Page = Callable[..., str]
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5E"
    "rkJggg=="
)


def shows(**content: str) -> nbformat.NotebookNode:
    data = {key.replace("_", "/", 1): value for key, value in content.items()}
    return new.new_output("display_data", data=data)


def code(*outputs: nbformat.NotebookNode, tags: tuple[str, ...] = ()) -> nbformat.NotebookNode:
    cell = new.new_code_cell("secret_code()", outputs=list(outputs))
    cell.metadata.tags = list(tags)
    return cell


@pytest.fixture
def page(tmp_path: Path) -> Page:
    """Render cells and give the text of the page."""

    def rendered(*cells: nbformat.NotebookNode, failure: Html | None = None) -> str:
        notebook = new.new_notebook(cells=list(cells))
        notebook.metadata.widgets = {"application/vnd.jupyter.widget-state+json": {"state": {}}}
        nbformat.write(notebook, tmp_path / "run.ipynb")
        path = render(
            tmp_path / "run.ipynb", tmp_path / "out" / "r.html", title="A < B", failure=failure
        )
        assert [file.name for file in path.parent.iterdir()] == ["r.html"]
        return path.read_text(encoding="utf-8")

    return rendered


def body(page: str) -> str:
    return page[page.index("<main") :]


def test_the_page_shows_results_and_sentences_but_no_code(page: Page):
    shown = page(new.new_markdown_cell("# What differs?"), code(shows(text_plain="1 < 2")))
    assert "<title>A &lt; B</title>" in shown
    assert re.search(r"<h1[^>]*>What differs\?</h1>", shown)
    assert "<pre>1 &lt; 2</pre>" in shown
    assert "secret_code" not in shown
    assert "widget" not in body(shown)


def test_nothing_on_the_page_comes_from_elsewhere(page: Page, group: Comparison):
    shown = page(code(shows(text_html=front(group)._repr_html_())))
    assert not re.search(r"https?:|//[a-z]|@import|<script|<link|url\((?!#)", shown)
    assert "default-src 'none'" in shown


def test_the_look_is_there_once(page: Page, group: Comparison):
    output = shows(text_html=figures(group)._repr_html_())
    shown = page(code(output), code(output))
    assert shown.count("<style") == 1
    assert shown.count("--paper:") == 1
    assert body(shown).count('class="figures"') == 2


def test_cells_for_the_machine_are_left_out(page: Page):
    marked = [
        code(shows(text_plain=f"seen {tag}"), tags=(tag,))
        for tag in ("parameters", "injected-parameters", "remove-cell", "papermill-error-cell-tag")
    ]
    assert "seen" not in body(page(*marked))


def test_progress_bars_and_widgets_are_left_out(page: Page):
    widget = {"application/vnd.jupyter.widget-view+json": {"model_id": "x"}, "text/plain": "Bar()"}
    script = {"application/javascript": "alert(1)", "text/plain": "Javascript object"}
    shown = page(
        code(
            new.new_output("stream", name="stderr", text="loading 50%|#####"),
            new.new_output("stream", name="stdout", text="\r 10%|#  | 1/10"),
            new.new_output("display_data", data=widget),
            new.new_output("display_data", data=script),
            new.new_output("stream", name="stdout", text="Read \x1b[31m<8>\x1b[0m tables."),
        )
    )
    assert "<pre>Read &lt;8&gt; tables.</pre>" in shown
    assert not re.search(r"loading|10%|Bar\(\)|alert|Javascript", body(shown))


def test_a_view_of_ours_is_on_the_page_as_its_static_twin(page: Page):
    view = {
        "application/vnd.jupyter.widget-view+json": {"model_id": "x"},
        "text/html": Html(tag("p", "42 records wait"))._repr_html_(),
        "text/plain": "What waits",
    }
    shown = body(page(code(new.new_output("execute_result", data=view))))
    assert "<p>42 records wait</p>" in shown
    assert "model_id" not in shown


def test_a_notebook_is_named_and_not_led_to(page: Page):
    shown = body(
        page(new.new_markdown_cell("Then [What waits?](04_what_waits.ipynb), [a](b.html)"))
    )
    assert "<em>What waits?</em>" in shown
    assert ".ipynb" not in shown
    assert 'href="b.html"' in shown


def test_an_error_is_its_sentences_and_not_its_traceback(page: Page):
    ours = new.new_output(
        "error",
        ename="SourceUnreadable",
        evalue="DE <Customer> cannot be read.",
        traceback=["SourceUnreadable: DE <Customer> cannot be read.", "Run `mdsync load DE`."],
    )
    theirs = new.new_output(
        "error",
        ename="KeyError",
        evalue="'x'",
        traceback=["\x1b[31mKeyError\x1b[0m", "File /home/somebody/run.py", "KeyError: 'x'"],
    )
    shown = page(code(ours), code(theirs))
    assert "SourceUnreadable: DE &lt;Customer&gt; cannot be read." in shown
    assert "Run <code>mdsync load DE</code>." in shown
    assert "KeyError: &#x27;x&#x27;" in shown or "KeyError: 'x'" in shown
    assert "somebody" not in shown
    assert "\x1b" not in shown


def test_a_failure_stands_at_the_top(page: Page):
    shown = body(
        page(new.new_markdown_cell("# Question"), failure=stopped("Stopped <here>.", "S."))
    )
    assert shown.index("Stopped &lt;here&gt;.") < shown.index("Question")


def test_what_a_markdown_cell_may_not_bring_along_is_shown_as_text(page: Page):
    source = (
        "<script>alert(1)</script>\n\n<img src='https://evil.example/x.png' onerror='alert(2)'>\n\n"
        "[go](javascript:alert(3)) <iframe src='https://evil.example'></iframe> **bold**\n\n"
        "| a | b |\n|---|---|\n| 1 | 2 |\n"
    )
    shown = body(page(new.new_markdown_cell(source), code(shows(text_markdown=source))))
    assert shown.count("<strong>bold</strong>") == 2
    assert shown.count("<table>") == 2
    assert not re.search(r"<script|<iframe|<[^>]*(onerror|javascript:|src=.https)", shown)


def test_images_are_in_the_page(page: Page, tmp_path: Path):
    import base64

    (tmp_path / "chart.png").write_bytes(base64.b64decode(PIXEL))
    drawing = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    picture = new.new_output("display_data", data={"image/png": PIXEL, "text/plain": "A chart"})
    drawn = new.new_output("display_data", data={"image/svg+xml": drawing})
    shown = body(page(new.new_markdown_cell("![Chart](chart.png)"), code(picture, drawn)))
    assert shown.count("data:image/png;base64,") == 2
    assert 'alt="A chart"' in shown
    assert "data:image/svg+xml;base64," in shown
    assert "alert" not in shown


def test_a_page_is_the_same_for_the_same_notebook(page: Page, group: Comparison):
    cell = code(shows(text_html=front(group)._repr_html_()))
    assert page(cell) == page(cell)
