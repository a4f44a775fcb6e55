"""Page one in a real browser, cut off from the network: it loads, reads and prints."""

from pathlib import Path
from typing import Any

import nbformat
import pytest

from mdsync_nb.engine.comparison import Comparison
from mdsync_nb.reports import front, render

pytestmark = pytest.mark.browser

GROUNDS = {"light": "rgb(255, 255, 255)", "dark": "rgb(18, 23, 29)"}


@pytest.fixture
def page_one(group: Comparison, tmp_path: Path) -> str:
    """The address of the rendered page one."""
    html = front(group)._repr_html_()
    output = nbformat.v4.new_output("display_data", data={"text/html": html})
    cell = nbformat.v4.new_code_cell("front(comparison)", outputs=[output])
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "run.ipynb")
    return render(tmp_path / "run.ipynb", tmp_path / "report.html", title="Differences").as_uri()


def opened(browser: Any, address: str, **options: Any) -> tuple[Any, list[str]]:
    """A page without a network, and what went wrong or was asked of elsewhere."""
    page, troubles = browser.new_page(**options), []
    page.context.set_offline(True)
    page.on("console", lambda said: troubles.append(f"{said.type}: {said.text}"))
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("request", lambda asked: asked.url == address or troubles.append(asked.url))
    page.goto(address)
    page.wait_for_load_state("networkidle")
    return page, troubles


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_one_needs_no_network_and_follows_the_system(browser: Any, page_one: str, scheme: str):
    page, troubles = opened(browser, page_one, color_scheme=scheme)
    ground = page.evaluate("getComputedStyle(document.querySelector('main')).backgroundColor")
    seen = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert (ground, seen) == (GROUNDS[scheme], GROUNDS[scheme])
    assert page.get_by_role("heading", name="Where do the companies differ?").is_visible()
    assert page.get_by_role("region", name="Result and sources").is_visible()
    assert troubles == []
    page.close()


@pytest.mark.parametrize("width", [1280, 800, 400])
def test_page_one_never_scrolls_sideways_as_a_whole(browser: Any, page_one: str, width: int):
    page, _ = opened(browser, page_one, viewport={"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


def test_print_is_light_and_its_remarks_are_open(browser: Any, page_one: str):
    page, _ = opened(browser, page_one, color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    ground = page.evaluate("getComputedStyle(document.querySelector('main')).backgroundColor")
    assert ground == GROUNDS["light"]
    height = page.evaluate("document.querySelector('details ul').getBoundingClientRect().height")
    assert height > 0
    page.close()


def test_an_output_follows_the_theme_of_the_notebook(browser: Any, group: Comparison):
    page = browser.new_page(color_scheme="dark")
    for light, scheme in (("true", "light"), ("false", "dark")):
        output = front(group)._repr_html_()
        page.set_content(f'<body data-jp-theme-light="{light}">{output}</body>')
        ground = page.evaluate(
            "getComputedStyle(document.querySelector('.mdsync')).backgroundColor"
        )
        assert ground == GROUNDS[scheme]
    page.close()
