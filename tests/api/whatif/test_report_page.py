"""The page of a study, as text."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from api.whatif.report.chapter_method import data, method
from api.whatif.report.content import CarPark, FailedRun, LinkShape, MapPlace, Words
from api.whatif.report.markup import VOID
from api.whatif.report.page import FOLDER, render
from traffic_core.gmns import read_network

sys.path.insert(0, str(Path(__file__).parent))
import report_town

HOSTILE = "</style></title><script>alert(1)</script><img src=x onerror=alert(2)>\"' onload='alert(3)"
LARGEST_BYTES = 3_000_000


class Outline(HTMLParser):
    """Elements, their ids and what refers to them; fails where tags do not close in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag


def outline(page: str) -> Outline:
    read = Outline()
    read.feed(page)
    read.close()
    assert read.open == []
    return read


@pytest.fixture(scope="module")
def page() -> str:
    return render(report_town.content())


def test_same_content_gives_the_same_bytes(page: str) -> None:
    assert render(report_town.content()).encode() == page.encode()


def test_elements_close_in_order_and_references_resolve(page: str) -> None:
    read = outline(page)
    ids = [attributes["id"] for _, attributes in read.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    for _, attributes in read.elements:
        for name in ("aria-labelledby", "for"):
            assert attributes.get(name) is None or attributes[name] in ids, attributes
        href = attributes.get("href")
        assert href is None or href == "data:," or (href[0] == "#" and href[1:] in ids), href


def test_page_has_its_eight_chapters_and_heads_for_every_table(page: str) -> None:
    elements = outline(page).elements
    chapters = [attributes["id"] for tag, attributes in elements if tag == "section"]
    assert chapters == ["summary", "figures", "maps", "queues", "parking", "quality", "method", "data"]
    assert all(attributes.get("scope") in {"col", "row"} for tag, attributes in elements if tag == "th")
    assert page.count("<table>") == page.count("<caption") == page.count("<thead>")
    assert all("aria-labelledby" in attributes for _, attributes in elements if attributes.get("role") == "img")


def test_page_says_what_was_studied_in_both_languages(page: str) -> None:
    for said in ("title of closed", "description of base", "measure of same", "Delay rises.", "narrow enough"):
        assert f'<span lang="de">{said} (de)</span><span lang="en">{said} (en)</span>' in page
    for said in ("Thresholds to be confirmed", "Grenzwerte noch zu bestätigen", "closed, Startwert 3", "worker ended"):
        assert said in page
    for said in (
        "stadttakt whatif base.yaml",
        "fingerprint-of-closed",
        "docs/models/simulation.md",
        "Counts of a town",
    ):
        assert said in page


def test_map_colours_certain_changes_inside_the_town_alone(page: str) -> None:
    # L1 gains 8 x 50 veh against an interval of +-10; L3 does not change; the second variant changes nothing
    assert len(re.findall(r'<path class="(?:more|less)\d" stroke-width="[\d.]+" d=', page)) == 4
    assert "Hauptstraße (L1): 800 → 1\u202f200 (+400)" in page
    wide = report_town.content().variants[0]
    unsure = replace(wide, entered_half_width_veh=np.full(3, 500.0))
    assert "(+400)" not in render(report_town.content(variants=(unsure,)))


def test_level_of_an_approach_falls_with_its_delay(page: str) -> None:
    assert "2 von 2 Zufahrten werden schlechter, 0 besser eingestuft." in page
    assert "0 von 2 Zufahrten werden schlechter, 0 besser eingestuft." in page
    assert 'level level-A">A</span></td><td class="num">' in page


def test_figure_without_a_base_is_named_and_not_drawn(page: str) -> None:
    assert "Ohne Prozentwert, weil die Basis null oder unbekannt ist: lost_trips (de), unknown (de)." in page
    assert page.count('role="listitem"') == 3


def test_interval_beyond_the_axis_ends_in_an_arrow() -> None:
    content = report_town.content()
    far = report_town.row("far", report_town.Estimate(mean=90.0, low=50.0, high=130.0))
    below = report_town.row("below", report_town.Estimate(mean=-90.0, low=-130.0, high=-50.0))
    page = render(replace(content, variants=(replace(content.variants[0], rows=(far, below)),)))
    assert 'class="beyond-right"><span lang="de">+150\u00a0%</span><span lang="en">+150%</span> ▸' in page
    assert 'class="beyond-left">◂ <span lang="de">−150\u00a0%</span>' in page


def test_car_park_of_one_scenario_alone_and_changed_capacity_are_drawn() -> None:
    content = report_town.content()
    smaller = report_town.tables(capacity_veh=30.0)
    new = {**smaller.facilities, "P2": smaller.facilities["P1"]}
    scenario = replace(content.variants[0].scenario, tables=replace(smaller, facilities=new))
    page = render(replace(content, variants=(replace(content.variants[0], scenario=scenario),)))
    assert "Capacity 50 → 30." in page
    assert "Highest: base –, variant 30 at" in page


def test_hostile_names_cannot_break_out() -> None:
    content = report_town.content()
    hostile = Words(de=HOSTILE, en=HOSTILE + "!")
    links = tuple(
        LinkShape(link_id=link.link_id, name=HOSTILE, line=link.line, lanes=link.lanes) for link in content.links
    )
    variant = content.variants[0]
    scenario = replace(variant.scenario, title=hostile, description=hostile, measures=(hostile,), fingerprint=HOSTILE)
    rows = tuple(replace(row, label=hostile, unit=HOSTILE) for row in variant.rows)
    attacked = replace(
        content,
        title=hostile,
        town=HOSTILE,
        model_label=hostile,
        attribution=(HOSTILE,),
        licence=HOSTILE,
        failed_runs=(FailedRun(scenario_id=HOSTILE, seed=1, reason=HOSTILE),),
        stopped_because=hostile,
        software_version=HOSTILE,
        commands=(HOSTILE,),
        links=links,
        approaches=tuple(replace(each, name=HOSTILE) for each in content.approaches),
        car_parks=(CarPark(facility_id="P1", name=HOSTILE),),
        places=(MapPlace(name=HOSTILE, position=(9.17, 48.69)),),
        notes=(hostile,),
        variants=(replace(variant, scenario=scenario, rows=rows, sentences=(hostile,)),),
    )
    elements = outline(render(attacked)).elements
    assert [tag for tag, _ in elements].count("script") == 1
    assert {tag for tag, _ in elements} & {"img", "iframe", "object"} == set()
    assert not [name for _, attributes in elements for name in attributes if name.startswith("on")]


def test_style_and_script_cannot_end_early_and_name_no_address() -> None:
    for name in ("style.css", "page.js"):
        source = (FOLDER / name).read_text(encoding="utf-8")
        assert "</" not in source
        assert "://" not in source
        assert "url(" not in source


def test_method_and_data_are_chapters_of_their_own() -> None:
    content = report_town.content(notes=(Words(de="Hinweis", en="A note"),))
    assert "Student-t" in method(content)
    assert "A note" in data(content)


def test_page_of_the_shipped_model_is_small_enough(le_model: Path) -> None:
    network = read_network(le_model)
    links = tuple(
        LinkShape(link_id=link.id, name=link.name, line=link.line, lanes=link.lanes) for link in network.links.values()
    )
    shape = (len(links), 96)
    base = replace(
        report_town.tables(),
        entered_veh=np.full(shape, 50.0),
        left_veh=np.full(shape, 50.0),
        mean_delay_s=np.full(shape, 12.3),
        longest_queue_veh=np.full(shape, 2.5),
        town_queued_veh=np.linspace(0.0, 300.0, 96),
        facilities={},
    )
    other = replace(base, entered_veh=np.full(shape, 70.0), mean_delay_s=np.full(shape, 45.6))
    content = report_town.content()
    variant = replace(
        content.variants[1],
        scenario=replace(content.base, tables=other),
        entered_half_width_veh=None,
    )
    approaches = tuple(replace(content.approaches[0], link_id=link.link_id) for link in links)
    town = replace(
        content,
        links=links,
        approaches=approaches,
        box=(9.1, 48.658, 9.22, 48.716),
        base=replace(content.base, tables=base),
        variants=(variant, variant),
        end_s=content.begin_s + 86_400.0,
    )
    assert len(render(town).encode()) < LARGEST_BYTES
