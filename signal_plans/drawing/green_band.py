"""The time-space diagram of a green wave: time from left to right, the street from bottom to top."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from signal_plans.drawing import svg
from signal_plans.drawing.words import Language, decimal, word
from traffic_core.units import KM_H_PER_M_S

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from signal_plans.coordination.arterial import Arterial, CoordinatedGreen
    from signal_plans.coordination.bands import Band
    from signal_plans.coordination.green_wave import GreenWave

LEFT, RIGHT = 790.0, svg.PAGE_WIDTH - svg.MARGIN - 130.0
TOP, BOTTOM = 360.0, 1800.0
CYCLES = 3
OUTBOUND, INBOUND = "#1f6fb4", "#d9730d"
THICKEST_BAR = 14.0
NAME_GAP = 70.0


@dataclass(frozen=True, slots=True, kw_only=True)
class BandLabels:
    """Names of the street and its signals, outbound order, and of the ends of the street."""

    street: str
    signals: tuple[str, ...]
    ends: tuple[str, str]
    """Where inbound and where outbound traffic goes."""
    facts: str = ""


def green_band(arterial: Arterial, wave: GreenWave, labels: BandLabels, language: Language = Language.GERMAN) -> str:
    """Draw the bands of a wave as SVG: reds of outbound above each line, of inbound below it."""
    ys = _heights(arterial)
    first_s, last_s = 0.0, float(CYCLES * arterial.cycle_s)
    facts = f"{word('cycle', language)} {wave.cycle_s} s" + (f"   ·   {labels.facts}" if labels.facts else "")
    parts = svg.heading(word("green_band", language), labels.street, facts)
    parts += _grid(arterial.cycle_s, last_s, language)
    clip = f'<clipPath id="inside"><rect x="{LEFT:g}" y="{TOP:g}" width="{RIGHT - LEFT:g}" height="{BOTTOM - TOP:g}"/>'
    strips = [*_strips(arterial, wave.outbound, ys, OUTBOUND), *_strips(arterial, wave.inbound, ys, INBOUND)]
    parts.append(f'<g clip-path="url(#inside)">{"".join(strips)}</g>')
    bar = _bar(ys)
    for i, signal in enumerate(arterial.signals):
        reds = [
            *_reds(signal.outbound, wave.offsets_s[i], arterial.cycle_s, (first_s, last_s), (ys[i] - bar - 1, bar)),
            *_reds(signal.inbound, wave.offsets_s[i], arterial.cycle_s, (first_s, last_s), (ys[i] + 1, bar)),
        ]
        parts.append(svg.group("signal", signal.id, reds))
    parts += _names(arterial, wave, ys, labels.signals, language)
    parts += _speeds(arterial, wave, ys)
    parts += _legend(wave, labels, language)
    title = f"{word('green_band', language)} {labels.street}"
    return svg.page(title, parts, f"{clip}</clipPath>")


def _x(second: float, cycle_s: int) -> float:
    return LEFT + (RIGHT - LEFT) * second / (CYCLES * cycle_s)


def _heights(arterial: Arterial) -> list[float]:
    """Height of each signal on the page, the first at the bottom."""
    along_m = list(accumulate((way.length_m for way in arterial.outbound), initial=0.0))
    room = BOTTOM - TOP - 120
    return [BOTTOM - 60 - room * place_m / along_m[-1] for place_m in along_m]


def _bar(ys: list[float]) -> float:
    """Thickness of the bars of red, less where signals are close to each other."""
    return min(THICKEST_BAR, max(3.0, 0.42 * min(a - b for a, b in pairwise(ys))))


def _grid(cycle_s: int, last_s: float, language: Language) -> Iterator[str]:
    for second in range(0, int(last_s) + 1, 10):
        x = _x(second, cycle_s)
        yield svg.line((x, TOP), (x, BOTTOM), svg.FINE_GRID, 1.5)
    for second in range(0, int(last_s) + 1, 30):
        x = _x(second, cycle_s)
        yield svg.line((x, TOP), (x, BOTTOM), svg.GRID, 1.5)
        yield svg.text((x, BOTTOM + 38), str(second), 28, colour=svg.SOFT, anchor="middle")
    for turn in range(CYCLES + 1):
        x = _x(turn * cycle_s, cycle_s)
        yield svg.line((x, TOP), (x, BOTTOM), svg.SOFT, 3, "14 8")
    yield svg.text(((LEFT + RIGHT) / 2, BOTTOM + 80), word("time", language), 28, colour=svg.SOFT, anchor="middle")


def _reds(
    green: CoordinatedGreen, offset_s: int, cycle_s: int, span_s: tuple[float, float], place: tuple[float, float]
) -> Iterator[str]:
    """Bars of red between the greens of one direction; `place` is their upper edge and thickness."""
    top, bar = place
    first = (green.window.start_s + offset_s + green.window.length_s) % cycle_s - cycle_s
    for turn in range(CYCLES + 2):
        begin = max(span_s[0], first + turn * cycle_s)
        end = min(span_s[1], first + (turn + 1) * cycle_s - green.window.length_s)
        if end > begin:
            x = _x(begin, cycle_s)
            yield svg.rect((x, top), (_x(end, cycle_s) - x, bar), svg.RED)


def _strips(arterial: Arterial, band: Band, ys: list[float], colour: str) -> Iterator[str]:
    if not band.exists:
        return
    cycle_s = arterial.cycle_s
    base = -(min(band.start_s) // -cycle_s) * cycle_s
    turns = int((max(band.start_s) - min(band.start_s)) // cycle_s) + CYCLES + 3
    for turn in range(-turns, turns + 1):
        shift = turn * cycle_s - base
        left = [(_x(start_s + shift, cycle_s), y) for start_s, y in zip(band.start_s, ys, strict=True)]
        right = [(_x(start_s + shift + band.width_s, cycle_s), y) for start_s, y in zip(band.start_s, ys, strict=True)]
        if max(x for x, _ in right) < LEFT or min(x for x, _ in left) > RIGHT:
            continue
        yield svg.polygon([*left, *reversed(right)], colour, opacity=0.28, stroke=colour, width=2)


def _names(
    arterial: Arterial, wave: GreenWave, ys: list[float], names: Sequence[str], language: Language
) -> Iterator[str]:
    """Names and distances left of the diagram, offsets right of it, moved apart where signals are close."""
    along_m = list(accumulate((way.length_m for way in arterial.outbound), initial=0.0))
    labels = _apart(ys)
    yield svg.text((LEFT - 40, TOP - 44), word("distance", language), 26, colour=svg.SOFT, anchor="end")
    yield svg.text((RIGHT + 30, TOP - 44), f"{word('offset', language)} s", 26, colour=svg.SOFT)
    size = min(28.0, 0.46 * NAME_GAP)
    for i, (y, label_y) in enumerate(zip(ys, labels, strict=True)):
        yield svg.line((LEFT, y), (RIGHT, y), svg.SOFT, 2)
        yield svg.line((LEFT - 30, label_y), (LEFT, y), svg.GRID, 2)
        yield svg.line((RIGHT + 22, label_y), (RIGHT, y), svg.GRID, 2)
        room = LEFT - svg.MARGIN - 150
        identifier = arterial.signals[i].id
        yield svg.text((svg.MARGIN, label_y - 0.15 * size), svg.fitted(identifier, size, room), size, bold=True)
        below = labels[i - 1] - label_y if i else BOTTOM - label_y
        most = 2 if below > NAME_GAP + 0.9 * size else 1
        for place, words in enumerate(_name_lines(names[i], identifier, 0.85 * size, room, most)):
            lower = label_y + (0.9 + place) * size
            yield svg.text((svg.MARGIN, lower), words, 0.85 * size, colour=svg.SOFT)
        yield svg.text((LEFT - 40, label_y + 10), f"{along_m[i]:.0f}", 28, colour=svg.SOFT, anchor="end")
        yield svg.text((RIGHT + 30, label_y + 11), str(wave.offsets_s[i]), 32, bold=True)


def _name_lines(name: str, identifier: str, size: float, room: float, most: int) -> list[str]:
    if name == identifier:
        return []
    lines = svg.wrapped(name, size, room)
    return lines if len(lines) <= most else [*lines[: most - 1], svg.fitted(" ".join(lines[most - 1 :]), size, room)]


def _apart(ys: list[float]) -> list[float]:
    """Places of labels, from the bottom up, at least a label apart where there is room for all."""
    gap = min(NAME_GAP, (BOTTOM - TOP) / max(1, len(ys) - 1))
    labels = list(ys)
    for i in range(1, len(labels)):
        labels[i] = min(labels[i], labels[i - 1] - gap)
    labels[-1] = max(labels[-1], TOP)
    for i in range(len(labels) - 2, -1, -1):
        labels[i] = max(labels[i], labels[i + 1] + gap)
    return labels


def _speeds(arterial: Arterial, wave: GreenWave, ys: list[float]) -> Iterator[str]:
    """Speed of each section at the middle of a strip; left out where the section is too low for it."""
    cycle_s = arterial.cycle_s
    # in cycles of their own the labels of the two directions never meet
    for band, ways, times_s, colour, turn in (
        (wave.outbound, arterial.outbound, wave.outbound_s, OUTBOUND, 0),
        (wave.inbound, arterial.inbound, wave.inbound_s, INBOUND, 1),
    ):
        if not band.exists:
            continue
        for i, (way, time_s) in enumerate(zip(ways, times_s, strict=True)):
            if ys[i] - ys[i + 1] < 2 * THICKEST_BAR + 44:
                continue
            middle_s = (band.start_s[i] + band.start_s[i + 1] + band.width_s) / 2
            second = middle_s % cycle_s + cycle_s * (turn + (middle_s % cycle_s < 0.15 * cycle_s))
            words = f"{way.length_m / time_s * KM_H_PER_M_S:.0f} km/h"
            at = (_x(second, cycle_s), (ys[i] + ys[i + 1]) / 2 + 10)
            yield svg.text(at, words, 27, colour=colour, anchor="middle", bold=True, halo=True)


def _legend(wave: GreenWave, labels: BandLabels, language: Language) -> Iterator[str]:
    x, y = float(svg.MARGIN), 1985.0
    for band, share, goal, colour in (
        (wave.outbound, wave.shares[0], labels.ends[1], OUTBOUND),
        (wave.inbound, wave.shares[1], labels.ends[0], INBOUND),
    ):
        width = word("no_band", language)
        if band.exists:
            width = f"{decimal(band.width_s, language)} s ({100 * share:.0f} %)"
        words = f"{word('towards', language)} {svg.fitted(goal, 28, 300)}: {width}"
        yield svg.rect((x, y - 28), (60, 34), colour)
        yield svg.text((x + 75, y), words, 28)
        x += 900
    yield svg.rect((x, y - 20), (60, THICKEST_BAR), svg.RED)
    above, below = svg.fitted(labels.ends[1], 28, 180), svg.fitted(labels.ends[0], 28, 180)
    yield svg.text((x + 75, y), word("red_place", language).format(f"→ {above}", f"→ {below}"), 28)
