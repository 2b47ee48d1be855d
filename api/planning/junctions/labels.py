"""Texts at the outer ends of the arms of a junction, moved apart where they would cover each other."""

from __future__ import annotations

import math
import textwrap
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from api.planning.junctions.symbols import ARM_M, GROUND, INK
from api.planning.junctions.words import LINK_CONFIDENCE, named
from traffic_core.units import KM_H_PER_M_S

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from api.planning.junctions.plan import Arm, JunctionPlan

Across = Literal["left", "right", "center"]
Up = Literal["bottom", "top", "center"]

SIZE_POINTS = 7.0
LINE_POINTS = 1.5 * SIZE_POINTS
SIGN_POINTS = 0.6 * SIZE_POINTS
APART_M = 2.0
EDGE_M = 2.0
COMPASS_M = 14.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmLabel:
    """A text and the box that it takes, in metres."""

    text: str
    x: float
    low: float
    high: float
    left: float
    right: float
    across: Across
    above: bool
    """Whether it moves up, or else down, to make room."""


def write_arm_labels(axes: Axes, plan: JunctionPlan, m_per_point: float) -> None:
    """Street, where it leads, links, speed, lanes and confidence of every arm."""
    half_m = axes.get_xlim()[1]
    placed: list[ArmLabel] = []
    for arm in sorted(plan.arms, key=lambda arm: abs(math.cos(math.radians(arm.bearing_deg)))):
        placed.append(_inside(_moved(_label(plan, arm, half_m, m_per_point), placed), half_m))
    for label in placed:
        axes.text(
            label.x,
            label.high,
            label.text,
            fontsize=SIZE_POINTS,
            color=INK,
            ha=label.across,
            va="top",
            linespacing=1.25,
            bbox={"facecolor": GROUND, "edgecolor": "none", "boxstyle": "square,pad=0.1"},
            zorder=8,
        )


def aligned(east: float, north: float) -> tuple[Across, Up]:
    """Alignment of a text that lies in a direction from its point."""
    across: Across = "left" if east > 0.35 else "right" if east < -0.35 else "center"
    up: Up = "bottom" if north > 0.35 else "top" if north < -0.35 else "center"
    return across, up


def _label(plan: JunctionPlan, arm: Arm, half_m: float, m_per_point: float) -> ArmLabel:
    lines = _lines(plan, arm)
    east, north = math.sin(math.radians(arm.bearing_deg)), math.cos(math.radians(arm.bearing_deg))
    above = north >= 0.0
    across: Across = "center"
    x, y = arm.at(arm.stop_m + ARM_M + 3.0, sum(arm.edges_m) / 2.0)
    if abs(east) > 0.5:  # beside the arm, at the edge of the plan
        _, y = arm.at(arm.stop_m + ARM_M, arm.edges_m[1] if above == (east > 0.0) else arm.edges_m[0])
        y += APART_M if above else -APART_M
        x = math.copysign(half_m - EDGE_M, east)
        across = "right" if east > 0.0 else "left"
    height_m = len(lines) * LINE_POINTS * m_per_point
    width_m = max(len(line) for line in lines) * SIGN_POINTS * m_per_point
    low = y if above else y - height_m
    left = {"left": x, "center": x - width_m / 2.0, "right": x - width_m}[across]
    return ArmLabel(
        text="\n".join(lines),
        x=x,
        low=low,
        high=low + height_m,
        left=left,
        right=left + width_m,
        across=across,
        above=above,
    )


def _lines(plan: JunctionPlan, arm: Arm) -> list[str]:
    links = [link for link in (arm.come, arm.go) if link is not None]
    speed_km_h = links[0].free_speed_m_s * KM_H_PER_M_S
    lanes = f"{len(arm.lanes)}+{len(arm.out_offsets_m)}"
    return [
        *textwrap.wrap(links[0].name, 26),
        *textwrap.wrap("→ " + named(arm.neighbour, plan.names[arm.neighbour], 60), 30),
        f"{' / '.join(link.id for link in links)} · {speed_km_h:.0f} km/h · {lanes}",
        LINK_CONFIDENCE[links[0].provenance.confidence],
    ]


def _moved(label: ArmLabel, others: list[ArmLabel]) -> ArmLabel:
    """The label up or down beside those that stand already."""
    for other in sorted(others, key=lambda other: other.low, reverse=not label.above):
        if label.left > other.right or label.right < other.left or label.low > other.high or label.high < other.low:
            continue
        shift = other.high + APART_M - label.low if label.above else other.low - APART_M - label.high
        label = replace(label, low=label.low + shift, high=label.high + shift)
    return label


def _inside(label: ArmLabel, half_m: float) -> ArmLabel:
    """The label pulled below the upper edge of the plan and beside the north arrow in its corner."""
    down = max(0.0, label.high - (half_m - 3.0 * EDGE_M))
    aside = COMPASS_M if label.across == "right" and label.high - down > half_m - COMPASS_M else 0.0
    return replace(
        label,
        low=label.low - down,
        high=label.high - down,
        x=label.x - aside,
        left=label.left - aside,
        right=label.right - aside,
    )
