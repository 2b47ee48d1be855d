"""A page with the plan of one junction, as SVG: the same bytes for the same model."""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from api.planning.junctions.labels import aligned, write_arm_labels
from api.planning.junctions.symbols import ARM_M, GROUND, INK, draw_detector, draw_streets, draw_turn
from api.planning.junctions.words import (
    CONFIDENCE,
    CONFIDENCE_COLOUR,
    CONTROL,
    GROUPS,
    MERGED,
    NO_GROUPS,
    NO_TURNS,
    NOT_DESCRIBED,
    OTHER_GROUPS,
    SCHEMATIC,
    TURNS,
    movements_text,
    named,
    shortened,
)
from api.planning.maps.furniture import SOFT, draw_compass, draw_scale_bar
from traffic_core.network import NodeControl

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.axes import Axes

    from api.planning.junctions.plan import Arm, JunctionPlan

PAGE_INCHES = (8.27, 10.4)
PLAN_INCHES = (0.35, 2.55, 7.57, 6.95)
MARGIN_M = 27.0
LONGEST_DETECTOR_M = ARM_M - 6.0
COLOURS = ("#c1272d", "#1f6fb4", "#1b7f3b", "#8a3fa0", "#b8600b", "#0b7c86", "#6b4a2b", "#c2277f")
SETTINGS: Any = {
    "svg.hashsalt": "stadttakt",
    "svg.fonttype": "path",
    "font.family": "DejaVu Sans",
    "path.simplify": False,
}


def write_drawing(path: Path, plan: JunctionPlan, model: str) -> None:
    """Draw a junction into an SVG file; `model` is the name of the town."""
    with mpl.rc_context(SETTINGS):
        figure = draw_junction(plan, model)
        FigureCanvasSVG(figure).print_svg(path, metadata={"Date": None, "Creator": "Stadttakt"})  # type: ignore[no-untyped-call]


def draw_junction(plan: JunctionPlan, model: str) -> Figure:
    """Compose the page: title, plan, list of groups and turns, source."""
    figure = Figure(figsize=PAGE_INCHES, facecolor="white")
    left, bottom, width, height = PLAN_INCHES
    page_width, page_height = PAGE_INCHES
    axes = figure.add_axes((left / page_width, bottom / page_height, width / page_width, height / page_height))
    half_m = max(arm.stop_m for arm in plan.arms) + ARM_M + MARGIN_M
    axes.set_xlim(-half_m * width / height, half_m * width / height)
    axes.set_ylim(-half_m, half_m)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_facecolor(GROUND)
    colours = _colours(plan)
    draw_streets(axes, plan)
    _draw_turns(axes, plan, colours)
    write_arm_labels(axes, plan, 2.0 * half_m / (height * 72.0))
    for arm in plan.arms:
        _label_groups(axes, plan, arm, colours)
    _draw_detectors(axes, plan)
    draw_compass(axes)
    draw_scale_bar(axes, 2.0 * half_m / (height * 72.0))
    _write_title(figure, plan, model)
    _write_list(figure, plan, colours)
    return figure


def _colours(plan: JunctionPlan) -> dict[str, str]:
    """Colour of each turn: one per vehicle group where the junction has supply data, else one per approach."""
    keys: dict[str, str] = {}
    for group, turns in plan.groups.items():
        keys |= dict.fromkeys(turns, group)
    for path in plan.turns:
        keys.setdefault(path.turn.id, path.turn.from_link)
    order = {key: place for place, key in enumerate(dict.fromkeys(keys.values()))}
    return {turn: COLOURS[order[key] % len(COLOURS)] for turn, key in keys.items()}


def _draw_turns(axes: Axes, plan: JunctionPlan, colours: dict[str, str]) -> None:
    approaches = list(dict.fromkeys(path.turn.from_link for path in plan.turns))
    for path in plan.turns:
        ring_m = None
        if plan.node.control is NodeControl.ROUNDABOUT:
            place = approaches.index(path.turn.from_link)
            ring_m = path.come.stop_m * (0.53 + 0.38 * (place + 0.5) / len(approaches))
        draw_turn(axes, path, colours[path.turn.id], ring_m=ring_m)


def _label_groups(axes: Axes, plan: JunctionPlan, arm: Arm, colours: dict[str, str]) -> None:
    """Names of the signal groups that an approach obeys, on its right side at the stop line."""
    if arm.come is None:
        return
    own = {path.turn.id for path in plan.turns if path.turn.from_link == arm.come.id}
    groups = [(group, turns) for group, turns in plan.groups.items() if own & set(turns)]
    for place, (group, turns) in enumerate(groups):
        x, y = arm.at(arm.stop_m + 6.0 + 9.0 * place, arm.edges_m[1] + 4.5)
        box = {"facecolor": colours[turns[0]], "edgecolor": "white", "boxstyle": "round,pad=0.25", "linewidth": 0.8}
        axes.text(x, y, group, fontsize=8, weight="bold", color="white", ha="center", va="center", bbox=box, zorder=9)


def _draw_detectors(axes: Axes, plan: JunctionPlan) -> None:
    arms = {arm.come.id: arm for arm in plan.arms if arm.come is not None}
    for detector in plan.detectors:
        arm = arms[detector.link_id]
        far = detector.to_stop_line_m > LONGEST_DETECTOR_M
        along_m = arm.stop_m + min(detector.to_stop_line_m, LONGEST_DETECTOR_M)
        draw_detector(axes, arm, along_m)
        x, y = arm.at(along_m, arm.edges_m[1] + 1.5)
        text = f"{detector.id}\n{'» ' if far else ''}{detector.to_stop_line_m:g} m"
        across, up = aligned(-math.cos(math.radians(arm.bearing_deg)), math.sin(math.radians(arm.bearing_deg)))
        axes.text(x, y, text, fontsize=6.3, color=INK, ha=across, va=up, zorder=8)


def _write_title(figure: Figure, plan: JunctionPlan, model: str) -> None:
    node = plan.node
    width, height = PAGE_INCHES
    title = named(node.id, node.name, 60)
    size = min(15.0, 15.0 * 52 / len(title))
    figure.text(0.35 / width, 10.02 / height, title, fontsize=size, weight="bold", color=INK)
    figure.text(0.35 / width, 9.72 / height, f"{model} · {CONTROL[node.control]}", fontsize=8.5, color=SOFT)
    confidence = node.provenance.confidence
    box = {"facecolor": CONFIDENCE_COLOUR[confidence], "edgecolor": "none", "boxstyle": "round,pad=0.35"}
    right = (width - 0.35) / width
    figure.text(right, 9.72 / height, CONFIDENCE[confidence], fontsize=8, color=INK, ha="right", bbox=box)


def _write_list(figure: Figure, plan: JunctionPlan, colours: dict[str, str]) -> None:
    """Groups or approaches with their turns, then what else must be said, then the source."""
    width, height = PAGE_INCHES
    top = 2.36
    signal = plan.node.control is NodeControl.SIGNAL
    heading = GROUPS if plan.groups else f"{TURNS} ({NO_GROUPS})" if signal else TURNS
    figure.text(0.35 / width, top / height, heading, fontsize=8, weight="bold", color=INK, va="top")
    top -= 0.2
    rows = _rows(plan)
    indent = min(1.6, 0.12 + 0.085 * max((len(key) for key, _, _ in rows), default=0))
    for place, (key, turn, text) in enumerate(rows):
        column, row = (place % 2, place // 2) if len(rows) > 6 else (0, place)
        x, y = 0.35 + column * 3.85, top - 0.155 * row
        colour = colours.get(turn, SOFT)
        figure.text(x / width, y / height, key, fontsize=7, weight="bold", color=colour, va="top")
        figure.text((x + indent) / width, y / height, text, fontsize=6.8, color=INK, va="top")
    top -= 0.155 * (math.ceil(len(rows) / 2) if len(rows) > 6 else len(rows)) + 0.07
    notes = [f"{OTHER_GROUPS}: {', '.join(plan.other_groups)}"] if plan.other_groups else []
    if any(not lane.described for arm in plan.arms for lane in arm.lanes):
        notes.append(NOT_DESCRIBED)
    if plan.node.control is NodeControl.GRADE_SEPARATED:
        notes.append(MERGED)
    notes += [SCHEMATIC, plan.node.provenance.source]
    lines = [line for note in notes for line in textwrap.wrap(note, 138)]
    figure.text(0.35 / width, top / height, "\n".join(lines), fontsize=6, color=SOFT, va="top", linespacing=1.35)


def _rows(plan: JunctionPlan) -> list[tuple[str, str, str]]:
    """Key, one turn for the colour, and words, for each group or else each approach."""
    names = {arm.come.id: arm.come.name for arm in plan.arms if arm.come is not None}
    movements = {path.turn.id: path.turn.movement for path in plan.turns}
    approach = {path.turn.id: path.turn.from_link for path in plan.turns}
    keyed = dict(plan.groups)
    if not keyed:
        keyed = {link: tuple(turn for turn, own in approach.items() if own == link) for link in names}
    rows: list[tuple[str, str, str]] = []
    for key, turns in keyed.items():
        own = [turn for turn in turns if turn in movements]
        links = list(dict.fromkeys(approach[turn] for turn in own)) or [key][: key in names]
        streets = ", ".join(names[link] if link == key else f"{names[link]} ({link})" for link in links)
        words = movements_text([movements[turn] for turn in own]) if own else NO_TURNS
        text = f"{streets}: {words}"
        rows.append((shortened(key, 18), own[0] if own else "", shortened(text, 120)))
    return rows
