from __future__ import annotations

from itertools import pairwise

import pytest
from defusedxml.ElementTree import fromstring

from signal_plans.coordination.arterial import Arterial, ArterialSignal, CoordinatedGreen, SectionWay, SpeedRange
from signal_plans.coordination.green_wave import green_wave
from signal_plans.drawing import svg
from signal_plans.drawing.green_band import (
    CYCLES,
    INBOUND,
    LEFT,
    NAME_GAP,
    OUTBOUND,
    RIGHT,
    BandLabels,
    _apart,
    green_band,
)
from signal_plans.drawing.words import Language
from signal_plans.programme import GreenWindow

NAMESPACE = {"s": "http://www.w3.org/2000/svg"}
LABELS = BandLabels(street="Hauptstraße & Markt", signals=("A-Platz", "B <2>", "C"), ends=("S0", "S2"))


@pytest.fixture(scope="module")
def arterial():
    speed = SpeedRange(wanted_m_s=10.0, slowest_m_s=10.0, fastest_m_s=10.0)
    green = CoordinatedGreen(window=GreenWindow(start_s=10, length_s=30))
    ways = tuple(SectionWay(length_m=length_m, speed=speed) for length_m in (300.0, 300.0))
    signals = tuple(ArterialSignal(id=f"S{i}", outbound=green, inbound=green) for i in range(3))
    return Arterial(cycle_s=60, signals=signals, outbound=ways, inbound=ways)


@pytest.fixture(scope="module")
def drawing(arterial):
    return green_band(arterial, green_wave(arterial), LABELS)


def test_every_signal_has_its_reds_in_both_directions(arterial, drawing):
    found = fromstring(drawing).findall(".//s:g[@data-signal]", NAMESPACE)
    assert [signal.get("data-signal") for signal in found] == ["S0", "S1", "S2"]
    for signal in found:
        bars = signal.findall("s:rect", NAMESPACE)
        red_s = sum(float(bar.get("width")) for bar in bars) * CYCLES * arterial.cycle_s / (RIGHT - LEFT)
        assert red_s == pytest.approx(2 * CYCLES * 30, abs=0.5)
        assert all(LEFT - 0.1 <= float(bar.get("x")) <= RIGHT for bar in bars)
        assert len({bar.get("y") for bar in bars}) == 2


def test_strips_are_as_wide_as_the_bands_and_lie_between_the_reds(arterial, drawing):
    strips = fromstring(drawing).findall(".//s:g[@clip-path]/s:polygon", NAMESPACE)
    assert {strip.get("fill") for strip in strips} == {OUTBOUND, INBOUND}
    per_second = (RIGHT - LEFT) / (CYCLES * arterial.cycle_s)
    for strip in strips:
        corners = [tuple(float(value) for value in corner.split(",")) for corner in strip.get("points").split()]
        assert (corners[-1][0] - corners[0][0]) / per_second == pytest.approx(30.0, abs=0.1)
        assert (corners[3][0] - corners[2][0]) / per_second == pytest.approx(30.0, abs=0.1)
    # the green of the first signal begins at 10 s: so does the outbound strip
    starts = {round(float(strip.get("points").split()[0].split(",")[0])) for strip in strips}
    assert round(LEFT + 10 * per_second) in starts


def test_speeds_bands_and_offsets_are_written(drawing):
    words = [text.text for text in fromstring(drawing).iterfind(".//s:text", NAMESPACE)]
    assert words.count("36 km/h") == 4
    assert "Richtung S2: 30,0 s (50 %)" in words
    assert "B <2>" in words
    assert {"0", "30"} <= set(words)


def test_english_words(arterial):
    drawing = green_band(arterial, green_wave(arterial), LABELS, Language.ENGLISH)
    assert "Time-space diagram" in drawing
    assert "towards S2: 30.0 s (50 %)" in drawing


def test_direction_without_a_band_says_so(arterial):
    wave = green_wave(arterial)
    closed = type(wave.inbound)(width_s=0.0, start_s=wave.inbound.start_s)
    drawing = green_band(arterial, type(wave)(**{**fields(wave), "inbound": closed}), LABELS)
    assert "Richtung S0: kein durchgehendes Grünband" in drawing
    strips = fromstring(drawing).findall(".//s:g[@clip-path]/s:polygon", NAMESPACE)
    assert {strip.get("fill") for strip in strips} == {OUTBOUND}


def fields(wave):
    return {name: getattr(wave, name) for name in wave.__slots__}


def test_same_wave_gives_the_same_bytes(arterial, drawing):
    assert green_band(arterial, green_wave(arterial), LABELS) == drawing


def test_labels_of_close_signals_are_moved_apart():
    labels = _apart([1700.0, 1695.0, 1690.0, 900.0, 890.0])
    assert all(below - above >= NAME_GAP - 1e-9 for below, above in pairwise(labels))
    assert all(0 < label < svg.PAGE_HEIGHT for label in labels)
