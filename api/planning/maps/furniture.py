"""What stands around a map: title, legend, scale bar, north arrow, sources."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from matplotlib.lines import Line2D
from matplotlib.patches import Polygon, Rectangle

from api.planning.maps.content import figure_text, nice_values, rounding_step
from api.planning.maps.layout import PAGE_INCHES as PAGE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from api.planning.maps.content import MapContent, Wording

INK, SOFT = "#17202a", "#515c68"
WIDEST_POINTS = 10.0
THINNEST_POINTS = 0.5
WIDTH_POWER = 0.6
"""Widths grow slower than volumes, so that town streets stay visible beside a motorway."""
LEGEND_LEFT_INCHES = 8.95
LONGEST_TITLE = 80
"""Characters that fit at the full size of the letters."""


def width_points(value: float, largest: float) -> float:
    """Width of a band in points."""
    if largest <= 0.0:
        return THINNEST_POINTS
    return max(THINNEST_POINTS, float(WIDEST_POINTS * (value / largest) ** WIDTH_POWER))


def draw_title(figure: Figure, wording: Wording) -> None:
    """German and English title, name, and what the model says of itself; long titles get smaller."""
    title = f"{wording.name}: {wording.title_de}"
    size = min(14.0, 14.0 * LONGEST_TITLE / len(title))
    figure.text(0.35 / PAGE[0], 7.93 / PAGE[1], title, fontsize=size, color=INK, weight="bold")
    small = min(10.0, 10.0 * LONGEST_TITLE / max(len(wording.title_en), 1))
    figure.text(0.35 / PAGE[0], 7.64 / PAGE[1], wording.title_en, fontsize=small, color=SOFT)
    if wording.kind:
        box = {"facecolor": "#ffe3a6", "edgecolor": "none", "boxstyle": "round,pad=0.35"}
        right = 11.34 / PAGE[0]
        figure.text(
            right, 7.64 / PAGE[1], wording.kind, fontsize=9, color="#3d2a00", ha="right", weight="bold", bbox=box
        )


def draw_legend(figure: Figure, content: MapContent, largest: float) -> None:
    """Widths with their figures, colours with their meaning, notes; from the top of the map downwards."""
    top = _draw_widths(figure, content, largest, 7.2)
    top = _draw_colours(figure, content, top - 0.22)
    step = rounding_step(largest)
    both = f"Zahlen: beide Richtungen, auf {step:.0f} gerundet\nFigures: both directions, to the nearest {step:.0f}"
    _text(figure, top - 0.22, both, size=7.0)
    top -= 0.62
    marks = ((content.crossed, "✕  gesperrt / closed"), (content.ringed, "○  gewählte Strecke / chosen link"))
    for note in (*(text for places, text in marks if places), *content.wording.notes):
        lines = textwrap.wrap(note, 46)
        _text(figure, top, "\n".join(lines), size=7.0)
        top -= 0.13 * len(lines) + 0.09


def _draw_widths(figure: Figure, content: MapContent, largest: float, top: float) -> float:
    _heading(figure, top, content.width_title)
    top -= 0.42
    for value in nice_values(largest):
        _band(figure, top + 0.04, width_points(value, largest), "#6b7680")
        _text(figure, top + 0.09, figure_text(value), size=8.0, left=LEGEND_LEFT_INCHES + 0.75)
        top -= 0.24
    return top


def _draw_colours(figure: Figure, content: MapContent, top: float) -> float:
    if not content.colour_key:
        return top
    _heading(figure, top, content.colour_title)
    top -= 0.42
    for colour, text in content.colour_key:
        _band(figure, top + 0.04, 7.0, colour)
        _text(figure, top + 0.09, text, size=8.0, left=LEGEND_LEFT_INCHES + 0.75)
        top -= 0.22
    return top


def _heading(figure: Figure, top: float, title: tuple[str, str]) -> None:
    left = LEGEND_LEFT_INCHES / PAGE[0]
    figure.text(left, top / PAGE[1], title[0], fontsize=8.5, color=INK, weight="bold", va="top")
    figure.text(left, (top - 0.16) / PAGE[1], title[1], fontsize=7.5, color=SOFT, va="top")


def _band(figure: Figure, middle: float, width: float, colour: str) -> None:
    ends = (LEGEND_LEFT_INCHES / PAGE[0], (LEGEND_LEFT_INCHES + 0.6) / PAGE[0])
    figure.add_artist(Line2D(ends, (middle / PAGE[1],) * 2, linewidth=width, color=colour, solid_capstyle="butt"))


def _text(figure: Figure, top: float, text: str, *, size: float, left: float = LEGEND_LEFT_INCHES) -> None:
    figure.text(left / PAGE[0], top / PAGE[1], text, fontsize=size, color=INK, va="top", linespacing=1.3)


def draw_sources(figure: Figure, wording: Wording) -> None:
    """Source and licence lines at the foot of the page."""
    lines = [line for source in wording.sources for line in textwrap.wrap(source, 215)]
    figure.text(
        0.35 / PAGE[0], 0.6 / PAGE[1], "\n".join(lines[:6]), fontsize=5.6, color=SOFT, va="top", linespacing=1.35
    )


def draw_scale_bar(axes: Axes, m_per_point: float) -> None:
    """A bar of a round length of about an inch, lower left."""
    target_m = 110.0 * m_per_point
    length_m = nice_values(target_m, 1)[0]
    x0, y0 = axes.get_xlim()[0] + 12.0 * m_per_point, axes.get_ylim()[0] + 13.0 * m_per_point
    height = 3.2 * m_per_point
    back = Rectangle(
        (x0 - 6 * m_per_point, y0 - 7 * m_per_point),
        length_m + 36 * m_per_point,
        25 * m_per_point,
        facecolor="white",
        alpha=0.85,
        edgecolor="none",
        zorder=7,
    )
    axes.add_patch(back)
    for part in range(4):
        colour = INK if part % 2 == 0 else "white"
        axes.add_patch(
            Rectangle(
                (x0 + part * length_m / 4, y0),
                length_m / 4,
                height,
                facecolor=colour,
                edgecolor=INK,
                linewidth=0.5,
                zorder=8,
            )
        )
    text = f"{length_m / 1000:g} km" if length_m >= 1_000.0 else f"{length_m:g} m"
    axes.text(x0, y0 + 6 * m_per_point, "0", fontsize=6.5, color=INK, ha="center", zorder=8)
    axes.text(x0 + length_m, y0 + 6 * m_per_point, text, fontsize=6.5, color=INK, ha="center", zorder=8)


def draw_compass(axes: Axes) -> None:
    """A north arrow, upper right: the map's top is north."""
    right, top = axes.get_xlim()[1], axes.get_ylim()[1]
    unit = (right - axes.get_xlim()[0]) / 100.0
    x, y = right - 3.0 * unit, top - 5.6 * unit
    arrow = [(x, y + 2.8 * unit), (x + 0.9 * unit, y), (x, y + 0.6 * unit), (x - 0.9 * unit, y)]
    axes.add_patch(Polygon(arrow, closed=True, facecolor=INK, edgecolor="white", linewidth=0.8, zorder=8))
    axes.text(x, y + 3.0 * unit, "N", fontsize=9, weight="bold", color=INK, ha="center", va="bottom", zorder=8)
