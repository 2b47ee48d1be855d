"""The sketch of a junction on one page: lanes, turns, groups, detectors, crossings."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from signal_plans.drawing import streets, svg
from signal_plans.drawing.sketch import ARM_M
from signal_plans.drawing.words import Language, kind_word, named, word

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from signal_plans.drawing.sketch import Sketch, SketchArm
    from signal_plans.layout import SignalLayout

COLOURS = (
    *("#c1272d", "#1f6fb4", "#1b7f3b", "#8a3fa0", "#b8600b", "#0b7c86", "#6b4a2b", "#c2277f"),
    *("#33415c", "#7d7a00", "#d1495b", "#5a6acf"),
)
LIST_LEFT = 2010.0
ROOM = (1780.0, 1640.0)
"""Width and height for the plan."""
FARTHEST_LOOP_M = ARM_M - 6.0
LOOP_STEP_M = 9.0
LEGEND_TOP = 1650.0
LABEL_M, LABEL_STEP_M = 18.0, 6.0
"""Labels of the groups lie so far behind the stop line, and so far from each other."""


def junction_sketch(sketch: Sketch, layout: SignalLayout, language: Language = Language.GERMAN) -> str:
    """Draw a junction as SVG."""
    middle = svg.MARGIN + ROOM[0] / 2, 300 + ROOM[1] / 2
    frame = streets.Frame(middle, 0.5 * ROOM[1] / (sketch.radius_m() + 8.0))
    colours = _colours(sketch)
    name = named(sketch.id, sketch.name)
    facts = (
        f"{len(layout.groups)} {word('groups', language)}   ·   {sum(len(arm.lanes) for arm in sketch.arms)} "
        + word("lanes", language)
    )
    parts = svg.heading(word("sketch", language), name, facts)
    parts += streets.streets(sketch, frame)
    for arm in sketch.arms:
        for lane in arm.lanes:
            parts += streets.lane_arrow(arm, lane, frame)
        for group in arm.crossings:
            parts.append(svg.group("crossing", group, streets.crossing(arm, frame, colours.get(group, svg.INK))))
        for group in arm.cycle_crossings:
            shape = streets.cycle_crossing(arm, frame, colours.get(group, svg.INK))
            parts.append(svg.group("crossing", group, shape))
    for turn in sketch.turns:
        pen = streets.Pen(colours.get(sketch.group_of(turn.id), svg.SOFT), 1.0, bool(turn.gives_way_to))
        parts.append(svg.group("turn", turn.id, streets.turn_arrow(sketch, turn, frame, pen)))
    for place, arm in enumerate(sketch.arms):
        parts += _street_name(arm, frame)
        parts += _loops(arm, frame)
        parts += _labels(sketch, place, frame, colours)
        parts += _crossing_labels(arm, frame, colours)
    parts += _north()
    parts += _list(sketch, layout, colours, language)
    return svg.page(f"{word('sketch', language)} {name}", parts)


def _colours(sketch: Sketch) -> Mapping[str, str]:
    return {group: COLOURS[place % len(COLOURS)] for place, group in enumerate(sketch.groups)}


def _labels(sketch: Sketch, place: int, frame: streets.Frame, colours: Mapping[str, str]) -> Iterator[str]:
    """Groups that an arm obeys, each on its lanes behind their arrows."""
    arm = sketch.arms[place]
    own = [turn for turn in sketch.turns if turn.from_arm == place]
    found = [(group, [turn for turn in own if turn.id in turns]) for group, turns in sketch.groups.items()]
    for i, (group, turns) in enumerate(found_one for found_one in found if found_one[1]):
        offset_m = sum(turn.start_offset_m for turn in turns) / len(turns)
        x, y = frame.at(arm.at(arm.stop_m + LABEL_M + LABEL_STEP_M * i, offset_m))
        yield from _chip((x, y), group, colours[group])


def _crossing_labels(arm: SketchArm, frame: streets.Frame, colours: Mapping[str, str]) -> Iterator[str]:
    """Groups that cross an arm, at the edge where vehicles leave the junction, off the street."""
    for i, group in enumerate((*arm.crossings, *arm.cycle_crossings)):
        place = frame.at(arm.at(arm.stop_m - 2.8, arm.edges_m[0] - 3.2 - LABEL_STEP_M * i))
        yield from _chip(place, group, colours.get(group, svg.INK))


def _chip(place: svg.Point, group: str, colour: str) -> Iterator[str]:
    """The name of a group, white on its colour."""
    x, y = place
    words = svg.fitted(group, 26, 150)
    width = svg.text_width(words, 26) + 20
    yield svg.rect((x - width / 2, y - 20), (width, 40), colour, stroke="white", width=3, radius=8)
    yield svg.text((x, y + 9), words, 26, colour="white", anchor="middle", bold=True)


def _street_name(arm: SketchArm, frame: streets.Frame) -> Iterator[str]:
    """Beyond the end of an arm to the north or south; of others beside it, where the driver's side has no detectors."""
    lines = svg.wrapped(arm.name, 30, 520)[:2]
    width = max((svg.text_width(words, 30) for words in lines), default=0.0)
    low, high = float(svg.MARGIN), svg.MARGIN + ROOM[0]
    north, east = (function(math.radians(arm.bearing_deg)) for function in (math.cos, math.sin))
    anchor = "middle"
    if abs(north) > 0.8:
        x, y = frame.at(arm.at(arm.stop_m + ARM_M + 1.0, sum(arm.edges_m) / 2))
        down = -12.0 - 34.0 * (len(lines) - 1) if north > 0 else 36.0
    elif abs(north) > 0.4:
        anchor = "start" if east > 0 else "end"
        x, y = frame.at(arm.at(arm.stop_m + ARM_M + 2.0, sum(arm.edges_m) / 2))
        x = min(x, high - width) if east > 0 else max(x, low + width)
        down = 10.0 - 17.0 * (len(lines) - 1)
    else:
        x, y = frame.at(arm.at(arm.stop_m + 0.65 * ARM_M, arm.edges_m[0]))
        x = min(max(x, low + width / 2), high - width / 2)
        # the edge falls or rises under the text
        rise = abs(north / east) * width / 2
        down = -16.0 - rise - 34.0 * (len(lines) - 1) if east < 0 else 40.0 + rise
    for i, words in enumerate(lines):
        yield svg.text((x, y + down + 34 * i), words, 30, anchor=anchor, bold=True, halo=True)


def _loops(arm: SketchArm, frame: streets.Frame) -> Iterator[str]:
    """Detectors, those far away at the end of the arm, with id and distance on the right side of the driver."""
    outer_m = FARTHEST_LOOP_M + LOOP_STEP_M
    turned = abs(math.cos(math.radians(arm.bearing_deg))) < 0.5
    for name, to_stop_m in sorted(arm.detectors, key=lambda found: -found[1]):
        along_m = max(1.0, min(to_stop_m, outer_m - LOOP_STEP_M))
        outer_m = along_m
        shape = streets.loop(arm, arm.stop_m + along_m, frame)
        x, y = frame.at(arm.at(arm.stop_m + along_m, arm.edges_m[1] + 1.6))
        far = "» " if to_stop_m > FARTHEST_LOOP_M else ""
        words = f"{svg.fitted(name, 24, 300)}  {far}{to_stop_m:g} m"
        if turned and len(arm.detectors) > 1:
            up = math.sin(math.radians(arm.bearing_deg)) > 0
            label = svg.text((x + 8 * (1 if up else -1), y), words, 24, turn_deg=-90 if up else 90, halo=True)
        else:
            east, north = -math.cos(math.radians(arm.bearing_deg)), math.sin(math.radians(arm.bearing_deg))
            anchor = "middle" if abs(east) < 0.5 else "start" if east > 0 else "end"
            down = -10 if north > 0.5 else 26 if north < -0.5 else 8
            label = svg.text((x, y + down), words, 24, anchor=anchor, halo=True)
        yield svg.group("detector", name, [shape, label])


def _north() -> Iterator[str]:
    x, y = svg.MARGIN + 40.0, 400.0
    yield svg.polygon([(x, y - 70), (x + 22, y), (x, y - 16), (x - 22, y)], svg.INK)
    yield svg.text((x, y + 38), "N", 34, anchor="middle", bold=True)


def _approaches(sketch: Sketch, group: str) -> str:
    """Streets from which a group is seen."""
    arms = [sketch.arms[turn.from_arm].name for turn in sketch.turns if turn.id in sketch.groups.get(group, ())]
    return ", ".join(dict.fromkeys(name for name in arms if name))


def _list(sketch: Sketch, layout: SignalLayout, colours: Mapping[str, str], language: Language) -> Iterator[str]:
    """All groups with their kind; notes below."""
    y, room = 340.0, svg.PAGE_WIDTH - svg.MARGIN - LIST_LEFT
    step = min(54.0, 1200.0 / max(1, len(layout.groups)))
    size = min(30.0, 0.7 * step)
    yield svg.text((LIST_LEFT, y), word("groups", language), 32, bold=True)
    missing = sketch.without_place()
    for group in layout.groups.values():
        y += step
        colour = svg.SOFT if group.id in missing else colours.get(group.id, svg.SOFT)
        words = kind_word(group.kind, language)
        if names := _approaches(sketch, group.id):
            words = f"{words}, {names}"
        if group.id in missing:
            words += f" ({word('no_position', language)})"
        row = [
            svg.rect((LIST_LEFT, y - 0.75 * size), (34, 0.9 * size), colour, radius=5),
            svg.text((LIST_LEFT + 52, y), svg.fitted(group.id, size, 190), size, bold=True),
            svg.text((LIST_LEFT + 260, y), svg.fitted(words, 0.85 * size, room - 260), 0.85 * size, colour=svg.SOFT),
        ]
        yield svg.group("group", group.id, row)
    yield from _legend(sketch, room, language)


def _legend(sketch: Sketch, room: float, language: Language) -> Iterator[str]:
    """What the shapes mean, as far as they are drawn, and notes."""
    x, y = LIST_LEFT, LEGEND_TOP
    shown: list[tuple[str, list[str]]] = []
    if any(arm.crossings for arm in sketch.arms):
        bars = (svg.line((x + 4 + 13 * i, -24), (x + 4 + 13 * i, 4), svg.SOFT, 6) for i in range(4))
        shown.append(("crossing", list(bars)))
    if any(arm.cycle_crossings for arm in sketch.arms):
        shown.append(("cycle_crossing", [svg.line((x, dy), (x + 50, dy), svg.SOFT, 5, "9 6") for dy in (-18, -2)]))
    if any(turn.gives_way_to for turn in sketch.turns):
        shown.append(("gives_way", [svg.line((x, -10), (x + 50, -10), svg.SOFT, 9, "15 12")]))
    if any(arm.detectors for arm in sketch.arms):
        shown.append(("detector", [svg.rect((x + 8, -22), (34, 26), streets.LOOP, stroke=svg.INK, width=2)]))
    for key, shapes in shown:
        yield f'<g transform="translate(0 {svg.number(y)})">{"".join(shapes)}</g>'
        for words in svg.wrapped(word(key, language), 26, room - 70):
            yield svg.text((x + 70, y), words, 26, colour=svg.SOFT)
            y += 34
        y += 10
    notes = [word("not_scale", language)]
    if any(not lane.described for arm in sketch.arms for lane in arm.lanes):
        notes.append(word("grey_lanes", language))
    for note in notes:
        for words in svg.wrapped(note, 24, room):
            yield svg.text((x, y), words, 24, colour=svg.SOFT)
            y += 32
