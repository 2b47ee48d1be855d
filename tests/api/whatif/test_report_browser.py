"""The report alone, opened from a file in headless Chromium."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

from api.whatif.report.page import render

sys.path.insert(0, str(Path(__file__).parent))
import report_town

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--no-first-run"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("the report's test needs the program 'chromium' on the PATH (Debian: apt-get install chromium)")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  (not needed where chromium is missing)

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield opened
        opened.close()


def _watch(page: Page, own: str, problems: list[str]) -> None:
    page.on("console", lambda said: problems.append(f"console: {said.text}") if said.type != "log" else None)
    page.on("pageerror", lambda error: problems.append(f"exception: {error}"))
    page.on(
        "request", lambda sent: problems.append(f"request: {sent.url}") if sent.url not in {own, "data:,"} else None
    )


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (320, True)])
def test_report_opens_switches_language_and_is_accessible(
    browser: Browser, tmp_path: Path, width: int, dark: bool
) -> None:
    file = tmp_path / "report.html"
    file.write_text(render(report_town.content()), encoding="utf-8")
    context = browser.new_context(
        locale="de-DE",
        viewport={"width": width, "height": 900},
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
    )
    problems: list[str] = []
    page = context.new_page()
    _watch(page, file.as_uri(), problems)
    page.goto(file.as_uri())
    assert page.locator("h1").inner_text() == "A study (de)"
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("radio", name="English").check(force=True)
    assert page.locator("h1").inner_text() == "A study (en)"
    assert (page.get_attribute("html", "lang"), page.title()) == ("en", "A study (en) · Stadttakt")
    assert "Zeitverlust" not in page.locator("body").inner_text()
    page.reload()
    assert page.locator("h1").inner_text() == "A study (en)"
    page.locator("details > summary").click()
    assert page.locator("#hbs-all-caption").is_visible()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert problems == []
    context.close()


def test_report_switches_language_without_its_script(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    file.write_text(render(report_town.content()), encoding="utf-8")
    context = browser.new_context(locale="en-GB", java_script_enabled=False)
    page = context.new_page()
    page.goto(file.as_uri())
    assert page.locator("h1").inner_text() == "A study (de)"
    page.get_by_text("English").click()
    assert page.locator("h1").inner_text() == "A study (en)"
    context.close()
