"""The report site in a real browser, cut off from the network: nothing runs, nothing is asked for."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from hostile import SCRIPT, lived

from tests.axe import needs_axe, serious

pytestmark = pytest.mark.browser

KINDS = ("index.html", "front.html", "tables", "jobs", "records")
GROUNDS = {"light": "rgb(255, 255, 255)", "dark": "rgb(18, 23, 29)"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a site of companies that are made to break it, with a trend."""
    world = lived(tmp_path_factory.mktemp("browsed"), mask=["E-Mail"])
    for _ in range(3):
        world.bench.site()
    return world.root / "reports" / "site"


def of_kind(site: Path, kind: str) -> Path:
    """A page of each kind; of records the one with a true conflict, of jobs the last."""
    place = site / kind
    every = [place] if place.is_file() else sorted(place.iterdir())
    telling = [page for page in every if "true conflict" in page.read_text("utf-8")]
    return (telling or every)[-1]


def opened(browser: Any, page: Path, **options: Any) -> tuple[Any, list[str]]:
    """A page without a network, and what went wrong or was asked of elsewhere."""
    shown, troubles = browser.new_page(**options), []
    shown.context.set_offline(True)
    shown.on("console", lambda said: troubles.append(f"{said.type}: {said.text}"))
    shown.on("pageerror", lambda error: troubles.append(str(error)))
    shown.on("request", lambda asked: asked.url == page.as_uri() or troubles.append(asked.url))
    shown.goto(page.as_uri())
    shown.wait_for_load_state("networkidle")
    return shown, troubles


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_asks_for_nothing_and_runs_nothing(browser: Any, site: Path, kind: str):
    page, troubles = opened(browser, of_kind(site, kind))
    assert troubles == []
    assert page.title() != "owned"
    assert page.locator("script, img").count() == 0
    if kind != "jobs":
        assert page.get_by_text(SCRIPT).first.is_visible()
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_follows_the_system_and_prints_light_with_everything_open(
    browser: Any, site: Path, scheme: str
):
    page, _ = opened(browser, of_kind(site, "records"), color_scheme=scheme)
    ground = "getComputedStyle(document.querySelector('.mdsync')).backgroundColor"
    assert page.evaluate(ground) == GROUNDS[scheme]
    page.emulate_media(media="print", color_scheme=scheme)
    assert page.evaluate(ground) == GROUNDS["light"]
    assert page.evaluate("document.querySelector('.support').getBoundingClientRect().height") > 0
    page.close()


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_never_scrolls_sideways_as_a_whole(browser: Any, site: Path, kind: str):
    page, _ = opened(browser, of_kind(site, kind), viewport={"width": 400, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    page.close()


def test_a_person_gets_from_the_index_to_a_record_to_its_job_and_on(browser: Any, site: Path):
    page, troubles = opened(browser, site / "index.html")
    page.get_by_role("region", name="Now").get_by_role("link").click()
    page.locator(".work a").first.click()
    page.get_by_role("heading", name="The three values").wait_for()
    page.get_by_role("link", name="Job 3").first.click()
    page.get_by_role("heading", name="Errors by reason").wait_for()
    page.get_by_role("navigation", name="Where you are").get_by_role("link").last.click()
    assert page.get_by_role("heading", name="How it went on").is_visible()
    assert all(one.startswith(site.as_uri()) for one in troubles)
    page.close()


@needs_axe
def test_axe_finds_nothing_serious_on_any_kind_of_page(browser: Any, site: Path):
    for scheme in GROUNDS:
        page = browser.new_page(color_scheme=scheme, bypass_csp=True)
        for kind in KINDS:
            assert serious(page, of_kind(site, kind)) == [], (scheme, kind)
        page.close()
