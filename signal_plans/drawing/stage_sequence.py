"""The stage sequence: what is green in each stage, and the seconds from one to the next."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

from signal_plans.coordination.fitting import stage_greens_s
from signal_plans.drawing import streets, svg
from signal_plans.drawing.words import Language, named, word
from signal_plans.timing import interstages_s, stage_min_green_s

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signal_plans.drawing.sketch import Sketch, SketchTurn
    from signal_plans.drawing.svg import Point
    from signal_plans.layout import SignalLayout, Stage
    from signal_plans.programme import SignalProgramme

MOST_COLUMNS = 4
TOP, BOTTOM = 300.0, 1930.0
ARM_M = 24.0
"""Arms are shorter than on the sketch, so that the turns are larger."""
GAP = 190.0
HEAD, LISTING = 90.0, 130.0
LOW_LISTING = 70.0
"""Room for the names in low boxes: one line."""
CELL = (110.0, 52.0)


def stage_sequence(
    sketch: Sketch, layout: SignalLayout, programme: SignalProgramme | None = None, language: Language = Language.GERMAN
) -> str:
    """Draw the stages of a junction in their order as SVG; with the greens of a programme if given."""
    stages = layout.stages
    facts = ""
    if programme is not None:
        facts = f"{word('programme', language)} {programme.id}   ·   {word('cycle', language)} {programme.cycle_s} s"
    name = named(layout.junction_id, layout.name)
    parts = svg.heading(word("stage_sequence", language), name, facts)
    boxes, size = _boxes(len(stages))
    shown_s = stage_greens_s(programme) if programme is not None else [0] * len(stages)
    least_s = stage_min_green_s(layout)
    for stage, corner, green_s, min_s in zip(stages, boxes, shown_s, least_s, strict=True):
        green = f"{green_s} s" if green_s else f"{word('least_green', language)} {min_s} s"
        parts.append(svg.group("stage", stage.id, _box(sketch, layout, stage, (corner, size), (green, language))))
    for i, seconds in enumerate(interstages_s(layout)):
        parts.append(svg.group("interstage", str(i), _arrow(boxes, size, i, f"{seconds} s")))
    parts += _table(layout, boxes[-1][1] + size[1] + GAP, language)
    note = f"{word('interstage', language)}: {word('shortest', language)}"
    parts.append(svg.text((svg.MARGIN, 2010), note, 26, colour=svg.SOFT))
    if any(_gives_way(sketch, turn, stage) for stage in stages for turn in sketch.turns):
        words = word("gives_way_now", language)
        parts.append(svg.text((svg.PAGE_WIDTH - svg.MARGIN, 2010), words, 26, colour=svg.SOFT, anchor="end"))
    return svg.page(f"{word('stage_sequence', language)} {name}", parts)


def _table(layout: SignalLayout, top: float, language: Language) -> Iterator[str]:
    """Seconds from each stage to each other one, where the page has room for them."""
    stages = layout.stages
    width, height = CELL
    left, bottom = svg.MARGIN + 420.0, 1960.0
    if top + height * (len(stages) + 1) > bottom or left + width * len(stages) > svg.PAGE_WIDTH - svg.MARGIN:
        return
    yield svg.text((svg.MARGIN, top + 36), word("all_interstages", language), 30, bold=True)
    for column, stage in enumerate(stages):
        words = svg.fitted(stage.id, 28, width - 20)
        yield svg.text((left + width * (column + 0.5), top + 36), words, 28, anchor="middle", bold=True)
    for row, ending in enumerate(stages):
        y = top + height * (row + 1)
        yield svg.line((svg.MARGIN, y), (left + width * len(stages), y), svg.GRID, 2)
        words = svg.fitted(f"{word('from_stage', language)} {ending.id}", 28, 400)
        yield svg.text((svg.MARGIN, y + 38), words, 28)
        for column, starting in enumerate(stages):
            seconds = "–" if row == column else str(layout.interstage_s(ending, starting))
            yield svg.text((left + width * (column + 0.5), y + 38), seconds, 28, anchor="middle")


def _boxes(count: int) -> tuple[list[Point], Point]:
    """Upper left corners of the boxes and their size; rows run from left to right."""
    columns = min(MOST_COLUMNS, count) if count <= MOST_COLUMNS else math.ceil(count / math.ceil(count / MOST_COLUMNS))
    rows = math.ceil(count / columns)
    gap = GAP if rows < 3 else 0.7 * GAP
    width = (svg.PAGE_WIDTH - 2 * svg.MARGIN - gap * (columns - 1)) / columns
    width = min(width, 900.0)
    height = min((BOTTOM - TOP - gap * rows) / rows, width + HEAD + LISTING)
    left = (svg.PAGE_WIDTH - columns * width - (columns - 1) * gap) / 2
    top = TOP + 40
    corners = [(left + (i % columns) * (width + gap), top + (i // columns) * (height + gap)) for i in range(count)]
    return corners, (width, height)


def _box(
    sketch: Sketch, layout: SignalLayout, stage: Stage, place: tuple[Point, Point], words: tuple[str, Language]
) -> Iterator[str]:
    (x, y), (width, height) = place
    green, language = words
    yield svg.rect((x, y), (width, height), "#f7f8f9", stroke=svg.INK, width=4, radius=14)
    yield svg.text((x + width - 24, y + 60), green, 34, colour=svg.SOFT, anchor="end")
    title = f"{word('stage', language)} {stage.id}"
    yield svg.text((x + 24, y + 62), svg.fitted(title, 44, width - 72 - svg.text_width(green, 34)), 44, bold=True)
    listing_room = LISTING if height > 500.0 else LOW_LISTING
    room = height - HEAD - listing_room
    scale = 0.5 * min(room, width - 30) / sketch.radius_m(ARM_M)
    frame = streets.Frame((x + width / 2, y + HEAD + room / 2), scale, ARM_M)
    yield from streets.streets(sketch, frame)
    for turn in sketch.turns:
        if sketch.group_of(turn.id) in stage.groups:
            pen = streets.Pen(svg.GREEN, 1.3, _gives_way(sketch, turn, stage))
            yield from streets.turn_arrow(sketch, turn, frame, pen)
    for arm in sketch.arms:
        for group in arm.crossings:
            yield from streets.crossing(arm, frame, svg.GREEN if group in stage.groups else svg.RED)
        for group in arm.cycle_crossings:
            yield from streets.cycle_crossing(arm, frame, svg.GREEN if group in stage.groups else svg.RED)
    names = ", ".join(group for group in layout.groups if group in stage.groups)
    most = 3 if height > 500.0 else 1
    listing = svg.wrapped(f"{word('green_groups', language)}: {names}", 30, width - 48)
    if len(listing) > most:
        listing = [*listing[: most - 1], svg.fitted(" ".join(listing[most - 1 :]), 30, width - 48)]
    for i, part in enumerate(listing):
        yield svg.text((x + 24, y + height - listing_room + 48 + 36 * i), part, 30)


def _gives_way(sketch: Sketch, turn: SketchTurn, stage: Stage) -> bool:
    """Whether a turn that is green in a stage must let others of the stage go first."""
    return sketch.group_of(turn.id) in stage.groups and not stage.groups.isdisjoint(turn.gives_way_to)


def _arrow(boxes: list[Point], size: Point, i: int, seconds: str) -> Iterator[str]:
    """Arrow from a stage to the next; the last one leads back below all boxes."""
    width, height = size
    a, b = boxes[i], boxes[(i + 1) % len(boxes)]
    if i + 1 < len(boxes) and a[1] == b[1]:
        start, end = (a[0] + width + 14, a[1] + height / 2), (b[0] - 44, a[1] + height / 2)
        points = [start, end]
        label = ((start[0] + end[0] + 30) / 2, start[1] - 26)
        head = [(end[0] + 30, end[1]), (end[0] - 6, end[1] - 20), (end[0] - 6, end[1] + 20)]
    else:
        lane = a[1] + height + GAP * 0.42
        points = [(a[0] + width / 2, a[1] + height + 12), (a[0] + width / 2, lane)]
        if i + 1 == len(boxes) and a[1] == b[1]:
            end = (b[0] + width / 2, b[1] + height + 44)
            points += [(end[0], lane), end]
            head = [(end[0], end[1] - 30), (end[0] - 20, end[1] + 6), (end[0] + 20, end[1] + 6)]
        elif i + 1 == len(boxes):
            side = b[0] - 60
            end = (b[0] - 44, b[1] + height / 2)
            points += [(side, lane), (side, end[1]), end]
            head = [(end[0] + 30, end[1]), (end[0] - 6, end[1] - 20), (end[0] - 6, end[1] + 20)]
        else:
            end = (b[0] + width / 2, b[1] - 44)
            points += [(end[0], lane), end]
            head = [(end[0], end[1] + 30), (end[0] - 20, end[1] - 6), (end[0] + 20, end[1] - 6)]
        label = ((points[1][0] + points[2][0]) / 2, lane - 16)
    for before, after in pairwise(points):
        yield svg.line(before, after, svg.INK, 6)
    yield svg.polygon(head, svg.INK)
    yield svg.text(label, seconds, 36, anchor="middle", bold=True, halo=True)
