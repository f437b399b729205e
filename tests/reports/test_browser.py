"""In a real browser: filters work, nothing is asked of any network, nothing complains, anyone can use it."""

from __future__ import annotations

import re
import shutil
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from girafe.settings import Settings
from reports import dashboard, digest
from reports.tables import read_tables

pytestmark = pytest.mark.browser
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
SIZES = ((1440, 900), (390, 844))
Tables = dict[str, list[dict[str, Any]]]
Make = Callable[[Tables], Path]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def file(marts: Path, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "dashboard.html"
    path.write_text(
        dashboard.show(dashboard.pages(read_tables(marts), settings, ("fr", "en"))), encoding="utf-8"
    )
    return path


class Visit:
    """One tab, with everything it complained about and everything it asked for."""

    def __init__(
        self, browser: Any, path: Path, *, width: int = 1440, height: int = 900, **options: Any
    ) -> None:
        self.page = browser.new_page(viewport={"width": width, "height": height}, **options)
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.page.on(
            "console", lambda m: self.complaints.append(m.text) if m.type in ("error", "warning") else None
        )
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(path.as_uri())
        self.drawn()

    def drawn(self) -> None:
        # A selector, not a function: the page's own policy forbids the evaluation that polling needs.
        self.page.wait_for_selector("html[data-drawn]", state="attached")

    def choose(self, name: str, value: str) -> None:
        before = self.page.evaluate("document.documentElement.dataset.drawn")
        self.page.locator(f".page:not([hidden]) [data-filter={name}]").select_option(value)
        self.page.wait_for_selector(f"html[data-drawn]:not([data-drawn='{before}'])", state="attached")

    def text(self, selector: str) -> str:
        return str(self.page.locator(f".page:not([hidden]) {selector}").first.inner_text())


@pytest.fixture
def visit(browser: Any, file: Path) -> Iterator[Visit]:
    found = Visit(browser, file)
    yield found
    found.page.close()


def test_it_asks_nothing_of_any_network_and_complains_of_nothing(visit: Visit, file: Path) -> None:
    for name, value in (
        ("period", "1"),
        ("platform", "hackernews"),
        ("language", "en"),
        ("company", "houblon-fils"),
    ):
        visit.choose(name, value)
    visit.page.get_by_role("button", name="English").first.click()
    visit.page.wait_for_timeout(300)
    assert [url for url in visit.requests if not url.startswith(("data:", file.as_uri()))] == []
    assert visit.complaints == []


def test_the_company_filter_changes_the_headline(visit: Visit) -> None:
    assert "Brasserie Lumen" in visit.text("h1")
    visit.choose("company", "houblon-fils")
    assert "Houblon & Fils" in visit.text("h1")


def test_period_platform_and_language_change_the_figures(visit: Visit) -> None:
    seen = {visit.text("[data-slot='hero.lede']")}
    for name, value in (("period", "1"), ("platform", "mastodon"), ("language", "fr")):
        visit.choose(name, value)
        seen.add(visit.text("[data-slot='hero.lede']"))
    assert len(seen) == 4


def test_a_choice_redraws_chart_and_table(visit: Visit) -> None:
    line = "[data-chart=change] svg path[stroke='#0f6e68']"
    before = visit.page.locator(f".page:not([hidden]) {line}").first.get_attribute("d")
    rows = visit.page.locator(".page:not([hidden]) [data-rows=change]").inner_html()
    visit.choose("platform", "mastodon")
    assert visit.page.locator(f".page:not([hidden]) {line}").first.get_attribute("d") != before
    assert visit.page.locator(".page:not([hidden]) [data-rows=change]").inner_html() != rows


def test_a_choice_with_nothing_to_publish_says_so(
    browser: Any, make_marts: Make, tables: Tables, settings: Settings, tmp_path: Path
) -> None:
    mix = "rpt_conversation_mix_weekly"
    heard = [row for row in tables[mix] if (row["platform"], row["language"]) != ("rss", "en")]
    path = tmp_path / "dashboard.html"
    found = read_tables(make_marts({**tables, mix: heard}))
    path.write_text(dashboard.show(dashboard.pages(found, settings, ("fr", "en"))), encoding="utf-8")
    visit = Visit(browser, path)
    assert visit.page.locator(".page:not([hidden]) [data-split]").is_visible()
    visit.choose("platform", "rss")
    visit.choose("language", "en")
    assert "Personne n’a parlé" in visit.text("h1")
    assert visit.page.locator(".page:not([hidden]) [data-split]").is_hidden()
    visit.page.close()


def test_the_choice_survives_a_reload(visit: Visit, file: Path) -> None:
    visit.choose("company", "houblon-fils")
    visit.page.reload()
    visit.drawn()
    assert "Houblon & Fils" in visit.text("h1")


def test_the_language_switch_leaves_no_word_of_the_other_language(visit: Visit) -> None:
    visit.page.get_by_role("button", name="English").first.click()
    visit.page.wait_for_timeout(500)
    text = str(visit.page.locator("body").inner_text())
    french = r"\b(entre|avec|semaines?|masqué|personnes|marque|collègues|échanges|janv|févr|avr|jour)\b"
    assert re.findall(french, text, re.IGNORECASE) == []
    assert visit.page.evaluate("document.documentElement.lang") == "en"
    assert visit.page.title() == "Brasserie Lumen: who carries the conversation?"


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_it_fits_the_screen(browser: Any, file: Path, width: int, height: int) -> None:
    visit = Visit(browser, file, width=width, height=height)
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
    visit.page.close()


def test_the_five_answers_are_on_the_first_screen(visit: Visit) -> None:
    for card in ("change", "colleagues", "about", "help"):
        box = visit.page.locator(f".page:not([hidden]) a.card[href$='-{card}']").bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 900


def test_words_are_painted_within_a_second(browser: Any, file: Path) -> None:
    visit = Visit(browser, file)
    paint = visit.page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    assert paint < 1000
    visit.page.close()


def test_it_can_be_read_and_steered_by_keyboard(visit: Visit) -> None:
    visit.page.keyboard.press("Tab")
    assert visit.page.evaluate("document.activeElement.className") == "skip"
    for _ in range(12):
        visit.page.keyboard.press("Tab")
        if visit.page.evaluate("document.activeElement.dataset.filter") == "period":
            break
    visit.page.keyboard.press("ArrowUp")
    visit.page.wait_for_timeout(300)
    assert visit.page.evaluate("document.querySelector('[data-filter=period]').value") == "1"
    assert "Brasserie Lumen" in str(visit.page.locator(".page:not([hidden]) .announce").text_content())


def test_it_is_readable_without_scripts(browser: Any, file: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(file.as_uri())
    assert "Brasserie Lumen" in page.locator("h1").first.inner_text()
    assert page.locator(".page:not([hidden]) figure svg").count() >= 8
    context.close()


def test_dark_and_light_differ_and_can_be_switched(browser: Any, file: Path) -> None:
    visit = Visit(browser, file, color_scheme="dark")
    colour = "getComputedStyle(document.body).backgroundColor"
    dark = visit.page.evaluate(colour)
    visit.page.locator(".page:not([hidden]) [data-theme-switch]").click()
    assert visit.page.evaluate(colour) != dark
    visit.page.close()


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The source of axe-core, through the ordinary client of its registry; a machine without one skips."""
    folder = tmp_path_factory.mktemp("axe")
    if not shutil.which("npm"):
        pytest.skip("no npm on this machine")
    run = subprocess.run(
        ["npm", "pack", "--silent", "axe-core@4"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    if run.returncode:
        pytest.skip("axe-core could not be fetched")
    with tarfile.open(next(folder.glob("*.tgz"))) as archive:
        member = archive.extractfile("package/axe.min.js")
        assert member is not None
        return member.read().decode()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_axe_finds_no_serious_issue(
    browser: Any, file: Path, axe: str, width: int, height: int, scheme: str
) -> None:
    visit = Visit(browser, file, width=width, height=height, color_scheme=scheme)
    visit.page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    visit.page.evaluate(axe)
    found = visit.page.evaluate("axe.run(document).then(result => result.violations)")
    told = [(v["id"], v["impact"], v["nodes"][0]["html"][:160]) for v in found]
    visit.page.close()
    assert [one for one in told if one[1] in ("serious", "critical", "moderate")] == []


def test_axe_finds_no_serious_issue_in_the_mail(
    browser: Any, axe: str, marts: Path, settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "digest.html"
    path.write_text(digest.digest(read_tables(marts), settings, "fr").html(), encoding="utf-8")
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(path.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.evaluate(axe)
    found = page.evaluate("axe.run(document).then(result => result.violations)")
    page.close()
    assert [v["id"] for v in found if v["impact"] in ("serious", "critical")] == []
