from __future__ import annotations

from dataclasses import replace

import pytest
from defusedxml.ElementTree import fromstring

from signal_plans.drawing import svg
from signal_plans.drawing.timing_plan import LEFT, RIGHT, timing_plan
from signal_plans.drawing.words import Language
from signal_plans.programme import GreenWindow, SignalProgramme
from signal_plans.timing import programme_from_stages

NAMESPACE = {"s": "http://www.w3.org/2000/svg"}


def rows(drawing):
    return {row.get("data-group"): row for row in fromstring(drawing).iterfind(".//s:g[@data-group]", NAMESPACE)}


def seconds(element, cycle_s):
    return float(element.get("width")) * cycle_s / (RIGHT - LEFT)


def texts(element):
    return [text.text for text in element.iterfind(".//s:text", NAMESPACE)]


@pytest.fixture
def programme(crossing):
    return programme_from_stages(crossing, (22, 22), "P1", 7)


def test_every_group_has_a_row_in_the_order_of_the_layout(programme):
    assert list(rows(timing_plan(programme))) == list(programme.layout.groups)


def test_widths_of_bars_are_their_seconds(programme):
    for name, row in rows(timing_plan(programme)).items():
        group = programme.layout.groups[name]
        shown = {"green": 0.0, "amber": 0.0, "red_amber": 0.0}
        fills = {svg.GREEN: "green", "url(#amber)": "amber", "url(#red-amber)": "red_amber"}
        for bar in row.iterfind("s:rect", NAMESPACE):
            shown[fills[bar.get("fill")]] += seconds(bar, programme.cycle_s)
        green_s = sum(window.length_s for window in programme.greens[name])
        assert shown["green"] == pytest.approx(green_s, abs=0.01)
        assert shown["amber"] == pytest.approx(group.amber_s, abs=0.01)
        assert shown["red_amber"] == pytest.approx(group.red_amber_s, abs=0.01)


def test_green_over_the_end_of_the_cycle_is_drawn_in_two_parts(programme):
    shifted = {
        group: tuple(
            GreenWindow(start_s=(window.start_s + 45) % programme.cycle_s, length_s=window.length_s)
            for window in windows
        )
        for group, windows in programme.greens.items()
    }
    turned = replace(programme, greens=shifted)
    row = rows(timing_plan(turned))["N"]
    greens = [bar for bar in row.iterfind("s:rect", NAMESPACE) if bar.get("fill") == svg.GREEN]
    assert [round(seconds(bar, 60)) for bar in greens] == [7, 15]
    assert texts(row)[-3:] == ["45", "7", "22"]


def test_start_end_and_length_stand_in_the_table(programme):
    assert texts(rows(timing_plan(programme))["E"])[-3:] == ["30", "52", "22"]


def test_title_names_node_programme_cycle_and_offset(programme):
    german = " ".join(texts(fromstring(timing_plan(programme))))
    assert "Signalzeitenplan" in german
    assert all(part in german for part in ("J", "Programm P1", "Umlaufzeit 60 s", "Versatz 7 s"))
    english = " ".join(texts(fromstring(timing_plan(programme, Language.ENGLISH))))
    assert all(part in english for part in ("Signal timing plan", "Programme P1", "Cycle 60 s", "Offset 7 s"))


def test_green_is_hatched_in_the_seconds_in_which_others_go_first(programme):
    # N is green from 0 to 22, FE as well, FN with E and W from 30 on
    drawing = timing_plan(programme, gives_way={"N": ("FE",), "E": ("N",)})
    hatched = {
        name: sum(
            seconds(bar, 60) for bar in row.iterfind("s:rect", NAMESPACE) if bar.get("fill") == "url(#permissive)"
        )
        for name, row in rows(drawing).items()
    }
    together_s = len(set(green_seconds(programme, "N")) & set(green_seconds(programme, "FE")))
    assert together_s > 10
    assert hatched["N"] == pytest.approx(together_s, abs=0.05)
    assert sum(hatched.values()) == hatched["N"], "nobody goes first while E is green"
    assert "wartet auf FE" in texts(rows(drawing)["N"])
    assert "Grün, Abbieger wartepflichtig" in texts(fromstring(drawing))
    assert "Grün, Abbieger wartepflichtig" not in texts(fromstring(timing_plan(programme)))


def green_seconds(programme, group):
    return [(w.start_s + n) % programme.cycle_s for w in programme.greens[group] for n in range(w.length_s)]


def test_same_programme_gives_the_same_bytes(programme):
    assert timing_plan(programme) == timing_plan(programme)


def test_strange_and_long_names_do_not_break_the_drawing(build):
    long = "Gruppe mit Namen <&> " + "x" * 60
    groups = [build.vehicle(long), build.vehicle("B")]
    layout = build.layout(groups, {(long, "B"): 5}, [[long], ["B"]], "K & <1>")
    programme = programme_from_stages(layout, (20, 20), "P", 0)
    drawing = timing_plan(programme)
    assert list(rows(drawing)) == [long, "B"]
    assert max(len(words) for words in texts(rows(drawing)[long])) < 40


def test_thirty_groups_and_two_greens_of_one_fit_on_the_page(build):
    groups = [build.vehicle(f"A{i}") for i in range(15)] + [build.vehicle(f"B{i}") for i in range(15)]
    times_s = {(f"A{i}", f"B{j}"): 5 for i in range(15) for j in range(15)}
    stages = [[f"A{i}" for i in range(15)], [f"B{i}" for i in range(15)]]
    layout = build.layout(groups, times_s, stages)
    twice = (GreenWindow(start_s=0, length_s=15), GreenWindow(start_s=60, length_s=15))
    other = (GreenWindow(start_s=30, length_s=15), GreenWindow(start_s=90, length_s=15))
    greens = {f"A{i}": twice for i in range(15)} | {f"B{i}": other for i in range(15)}
    drawing = timing_plan(SignalProgramme(id="P", layout=layout, cycle_s=120, offset_s=0, greens=greens))
    root = fromstring(drawing)
    assert len(rows(drawing)) == 30
    for box in root.iterfind(".//s:rect", NAMESPACE):
        if box.get("x") is not None:
            assert float(box.get("x")) + float(box.get("width")) <= svg.PAGE_WIDTH
            assert float(box.get("y")) + float(box.get("height")) <= svg.PAGE_HEIGHT
