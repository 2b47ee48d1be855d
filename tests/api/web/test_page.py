"""The page, alone, in headless Chromium."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import fake_town
import pytest
from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fake_service import FakeService
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
FIND_COLOURS = """async (source) => {
    const image = new Image();
    image.src = source;
    await image.decode();
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [image.width, image.height];
    const pen = canvas.getContext('2d');
    pen.drawImage(image, 0, 0);
    const pixels = new Uint32Array(pen.getImageData(0, 0, canvas.width, canvas.height).data.buffer);
    const hex = (n) => (n & 255).toString(16).padStart(2, '0');
    return [...new Set(pixels)].map((n) => `#${hex(n)}${hex(n >> 8)}${hex(n >> 16)}`);
}"""
LOAD_COLOURS = {"#2b9c8a", "#f2c230", "#ea7317", "#a50f2d", "#a3abb4"}  # the scale of the light map, and "not measured"
TABLES = ".switch button:nth-child(2)"


def _label(page: Page, key: str) -> str:
    return page.locator(f'[data-key="{key}"] button').get_attribute("aria-label") or ""


def _shows(page: Page, key: str, text: str) -> None:
    page.wait_for_selector(f'[data-key="{key}"] button[aria-label*="{text}"]')


def _missing_colours(page: Page, wanted: set[str]) -> set[str]:
    """Colours that a picture of the map's canvas lacks; the picture is taken anew until it is complete."""
    without_markers = ".markers, .map-buttons, .legend { visibility: hidden }"
    missing = wanted
    for _ in range(40):
        picture = page.locator(".maplibregl-canvas").screenshot(style=without_markers)
        source = f"data:image/png;base64,{base64.b64encode(picture).decode()}"
        missing = wanted - set(page.evaluate(FIND_COLOURS, source))
        if not missing:
            break
        page.wait_for_timeout(250)
    return missing


def test_page_loads_without_errors_or_foreign_requests_and_draws_a_map(
    open_page: Callable[..., Page], problems: list[str], tmp_path: Path
) -> None:
    page = open_page(width=1440, height=900)
    assert _missing_colours(page, LOAD_COLOURS) == set()
    picture = tmp_path / "page.png"
    page.screenshot(path=picture)
    assert picture.stat().st_size > 20_000
    assert page.locator(".model").inner_text() == "synthetisch auf realen Ankern"
    assert page.locator("h1").inner_text() == "Stadttakt Leinfelden-Echterdingen"
    assert problems == []


def test_signs_on_the_map_say_what_the_service_says(open_page: Callable[..., Page]) -> None:
    page = open_page()
    assert page.locator(".thing-sign").count() == len(fake_town.SIGNS)
    assert _label(page, "sign:S2") == (
        "Wegweiser Lammkreuzung Nord. Parkhaus Q1 links: 120; "
        "Zehntscheuer geradeaus: besetzt; Zeppelin-Carré geradeaus: frei"
    )
    assert _label(page, "sign:S4") == "Wegweiser Max-Lang-Straße. P+R Bahnhof hier: ohne Angabe"
    assert _label(page, "facility:Q1") == "Parkplatz Parkhaus Q1: 120 freie Plätze, gemessen"
    assert _label(page, "signal:N04") == "Signalanlage Hauptstraße/Heilbronner Straße: Phase 1"


def test_chosen_sign_is_mirrored_large_with_its_reasons(open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.focus('[data-key="sign:S2"] button')
    page.keyboard.press("Enter")
    page.wait_for_selector(".panel .sign-face")
    assert page.evaluate("document.activeElement.textContent") == "Lammkreuzung Nord"
    assert page.locator(".panel .why").first.inner_text() == "Warum: Aktueller Messwert."
    assert page.locator(".panel .lit-full").count() == 1
    page.keyboard.press("Escape")
    page.wait_for_selector(".figures")
    assert page.evaluate("document.activeElement.closest('[data-key]').dataset.key") == "sign:S2"


@pytest.mark.parametrize(
    ("key", "text"),
    [("facility:Q1", "274"), ("signal:N06", "Grünzeiten im Umlauf"), ("facility:L2", "Seit über 30 min")],
)
def test_side_panel_explains_the_chosen_thing(open_page: Callable[..., Page], key: str, text: str) -> None:
    page = open_page()
    page.locator(f'[data-key="{key}"] button').dispatch_event("click")
    page.wait_for_selector(".panel.has-choice")
    assert text.lower() in page.locator(".panel").inner_text().lower()


def test_a_car_park_tells_its_fault_its_uncertainty_and_its_drift(open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.locator('[data-key="facility:L2"] button').dispatch_event("click")
    page.wait_for_selector(".why.is-fault")
    fault = page.locator(".why.is-fault").inner_text()
    assert "seit 30 Minuten unverändert 40 freie Plätze" in fault
    assert "Messwert steht still" in fault
    page.locator('[data-key="facility:Q1"] button').dispatch_event("click")
    page.wait_for_selector(".why.is-fault", state="detached")
    facts = page.locator(".panel .facts").first.inner_text()
    assert "± 4" in facts
    assert "-3 Kfz" in facts
    page.click(TABLES)
    page.wait_for_selector("#table-parking tbody tr")
    assert "40 freie Plätze" in page.locator("#table-parking").inner_text()


def test_language_switches_at_once_and_is_remembered(open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.click(".language")
    page.wait_for_selector('html[lang="en"]')
    assert page.locator(".model").inner_text() == "synthetic on real anchors"
    _shows(page, "sign:S2", "Zehntscheuer straight on: full")
    page.reload()
    page.wait_for_selector(".thing-sign button")
    assert page.get_attribute("html", "lang") == "en"


def test_browser_that_is_not_german_starts_in_english(open_page: Callable[..., Page]) -> None:
    page = open_page(locale="fr-FR")
    assert page.get_attribute("html", "lang") == "en"


def test_tables_hold_every_sign_row_car_park_and_signal(open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.click(TABLES)
    page.wait_for_selector("#table-signs tbody tr")
    rows = {name: page.locator(f"#table-{name} tbody tr").count() for name in ("signs", "parking", "signals", "roads")}
    assert rows == {"signs": 8, "parking": 7, "signals": 8, "roads": 22}
    first = page.locator("#table-parking tbody tr").first.locator("td").all_inner_texts()
    assert first[:5] == ["120", "274", "-14 / h", "Echterdingen", "P+R"]
    assert page.locator("table caption").count() == 4
    assert page.locator("thead th:not([scope])").count() == 0


def test_update_changes_a_number_and_leaves_the_focus(open_page: Callable[..., Page], service: FakeService) -> None:
    page = open_page()
    page.focus('[data-key="sign:S1"] button')
    service.at += timedelta(seconds=10)
    changed = fake_town.signs(service.at)
    changed["signs"] = changed["signs"][:1]
    changed["signs"][0]["rows"][0].update(free_veh=95, text_de="95", text_en="95")
    service.say("signs", changed)
    _shows(page, "sign:S1", "Echterdingen Mitte geradeaus: 95")
    assert page.locator(".thing-sign").count() == len(fake_town.SIGNS)
    assert page.evaluate("document.activeElement.closest('[data-key]').dataset.key") == "sign:S1"


def test_everything_is_marked_stale_when_the_stream_falls_silent(
    open_page: Callable[..., Page], service: FakeService
) -> None:
    page = open_page(clock=True)
    page.clock.fast_forward(16_000)
    page.wait_for_selector(".banner")
    assert "veraltet" in page.locator(".banner").inner_text()
    assert page.locator(".connection").inner_text() == "Veraltet"
    page.wait_for_selector("main.is-stale")
    service.at += timedelta(seconds=60)
    service.say("clock", fake_town.clock(service.at))
    page.wait_for_selector(".clock time:text-matches('^17:31')")
    assert page.locator(".banner").count() == 1, "a ticking clock alone is no news of the town"
    service.say("signals", fake_town.signals(service.at))
    page.wait_for_selector(".banner", state="detached")
    assert page.locator("main.is-stale").count() == 0


def test_no_value_survives_a_minute_of_silence(open_page: Callable[..., Page]) -> None:
    page = open_page(clock=True)
    page.clock.fast_forward(61_000)
    _shows(page, "facility:Q1", "ohne Angabe")
    assert page.locator(".figures strong").first.inner_text() == "–"


def test_expired_sign_falls_back_to_neutral_though_the_service_is_alive(
    open_page: Callable[..., Page], service: FakeService
) -> None:
    page = open_page()
    service.at += timedelta(seconds=121)
    service.say("clock", fake_town.clock(service.at))
    _shows(
        page,
        "sign:S2",
        "Lammkreuzung Nord (abgelaufen). Parkhaus Q1 links: ohne Angabe; Zehntscheuer geradeaus: ohne Angabe",
    )
    assert page.locator(".connection").inner_text() == "Live"
    page.click(TABLES)
    assert "120" not in page.locator("#table-signs").inner_text()


def test_clock_shows_the_towns_time_and_its_speed(open_page: Callable[..., Page], service: FakeService) -> None:
    service.speed = 5.0
    page = open_page()
    page.wait_for_selector(".speed")
    assert page.locator(".speed").inner_text() == "×5"
    assert page.locator(".clock time").inner_text().startswith("17:3")


def test_page_polls_while_there_is_no_stream(open_page: Callable[..., Page], service: FakeService) -> None:
    page = open_page(clock=True)
    service.stream_works = False
    service.hang_up()
    service.at += timedelta(seconds=20)
    page.clock.fast_forward(12_000)
    page.wait_for_selector(".connection-polling")
    assert page.locator(".banner").count() == 0


def test_reconnect_forgets_what_the_service_no_longer_knows(
    open_page: Callable[..., Page], service: FakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_page()
    monkeypatch.setattr(fake_town, "SIGNS", fake_town.SIGNS[1:])
    service.hang_up()
    page.wait_for_selector('[data-key="sign:S1"]', state="detached")
    assert page.locator(".thing-sign").count() == 3


def test_hostile_names_stay_text(open_page: Callable[..., Page], service: FakeService, problems: list[str]) -> None:
    page = open_page()
    data = fake_town.parking(service.at + timedelta(seconds=1))
    data["facilities"][0]["name"] = "<img src=x onerror=alert(1)>"
    service.say("parking", data)
    _shows(page, "facility:Q1", "<img src=x onerror=alert(1)>")
    assert page.locator("img[src=x]").count() == 0
    assert problems == []


@pytest.mark.parametrize("view", ["map", "tables"])
@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing_serious_in_either_language(open_page: Callable[..., Page], view: str, dark: bool) -> None:
    page = open_page(dark=dark)
    if view == "tables":
        page.click(TABLES)
        page.wait_for_selector("#table-signs tbody tr")
    else:
        page.locator('[data-key="signal:N06"] button').dispatch_event("click")
        page.wait_for_selector(".panel.has-choice")
    assert _serious(page) == []
    page.click(".language")
    page.wait_for_selector('html[lang="en"]')
    assert _serious(page) == []


def test_axe_finds_nothing_serious_on_a_phone_with_stale_data(open_page: Callable[..., Page], tmp_path: Path) -> None:
    page = open_page(width=390, height=844, clock=True)
    page.clock.fast_forward(16_000)
    page.wait_for_selector(".banner")
    page.screenshot(path=tmp_path / "phone.png")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert _serious(page) == []


def _serious(page: Page) -> list[str]:
    answer = Axe().run(page).response
    assert any(passed["id"] == "color-contrast" for passed in answer["passes"]), "axe did not look at the colours"
    violations: list[dict[str, Any]] = answer["violations"]
    return [
        json.dumps({"rule": found["id"], "nodes": [node["target"] for node in found["nodes"]][:5]})
        for found in violations
        if found["impact"] in {"serious", "critical"}
    ]
