"""A fake service, and a page in headless Chromium that looks at it."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # importlib mode: helpers beside the tests are found by name
from fake_service import FakeService

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture
def service() -> Iterator[FakeService]:
    fake = FakeService()
    fake.start()
    yield fake
    fake.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("the page tests need the program 'chromium' on the PATH (Debian: apt-get install chromium)")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  (not needed where chromium is missing)

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture
def problems() -> list[str]:
    """What went wrong in the page: errors on the console, exceptions, failed or foreign requests."""
    return []


@pytest.fixture
def open_page(browser: Browser, service: FakeService, problems: list[str]) -> Iterator[Callable[..., Page]]:
    """Open the page; `clock` gives the test command of the page's wall clock."""
    contexts = []

    def open_one(
        *, locale: str = "de-DE", width: int = 1000, height: int = 640, dark: bool = False, clock: bool = False
    ) -> Page:
        context = browser.new_context(
            locale=locale,
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        if clock:
            page.clock.install()
        page.on(
            "console", lambda message: problems.append(f"console: {message.text}") if message.type == "error" else None
        )
        page.on("pageerror", lambda error: problems.append(f"exception: {error}"))
        page.on("request", lambda request: _note_foreign(request.url, service, problems))
        page.goto(service.address)
        page.wait_for_selector(".thing-sign button")
        page.wait_for_selector(".connection-live")
        return page

    yield open_one
    for context in contexts:
        context.close()


def _note_foreign(url: str, service: FakeService, problems: list[str]) -> None:
    if not url.startswith((service.address, f"blob:{service.address}", "data:")):
        problems.append(f"foreign request: {url}")
