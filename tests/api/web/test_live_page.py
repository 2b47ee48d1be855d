"""The page on the running service: the simulated town, seen as a visitor sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


def test_the_demo_town_moves_on_the_page(browser: Browser, start_service: Callable, tmp_path: Path) -> None:
    problems: list[str] = []
    with start_service("--demo", "--start", "07:30", "--speed", "5") as (_, client):
        address = str(client.base_url)
        page = browser.new_page(viewport={"width": 1440, "height": 900}, locale="de-DE")
        page.on("console", lambda m: problems.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on(
            "request", lambda r: problems.append(r.url) if not r.url.startswith((address, "blob:", "data:")) else None
        )
        page.goto(address)
        page.wait_for_selector(".connection-live", timeout=60_000)
        page.wait_for_selector(".thing-sign button", timeout=60_000)
        assert page.get_by_text("synthetisch auf realen Ankern").first.is_visible()
        shown = page.locator("time").first.inner_text()
        page.wait_for_function("before => document.querySelector('time').innerText !== before", arg=shown)
        page.screenshot(path=tmp_path / "page.png")
        findings = Axe().run(page).response["violations"]
        page.close()
    assert problems == []
    assert [f["id"] for f in findings if f["impact"] in {"serious", "critical"}] == []
