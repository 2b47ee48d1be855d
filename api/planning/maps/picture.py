"""A map of results as SVG or PNG, the same bytes for the same input: no date, no chance, one font."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from api.planning.maps.furniture import (
    INK,
    draw_compass,
    draw_legend,
    draw_scale_bar,
    draw_sources,
    draw_title,
    width_points,
)
from api.planning.maps.geometry import moved_right, point_along, points_along
from api.planning.maps.labels import Bands, Label
from api.planning.maps.layout import FRAME_INCHES, PAGE_INCHES, laid_out
from api.planning.maps.texts import draw_figures, draw_places

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.axes import Axes

    from api.planning.maps.content import MapContent
    from api.planning.maps.geometry import Line
    from api.planning.maps.layout import Drawing

PNG_DOTS_PER_INCH = 200
MARK_POINTS = 10.0
DISC_POINTS = 3.0
GROUND, FRAME, STREET = "#f7f8f6", "#9aa3ac", "#c3c9cf"


def write_map(path: Path, content: MapContent, form: str) -> None:
    """Draw a map into a file; `form` is svg or png."""
    metadata = {"Date": None, "Creator": "Stadttakt"} if form == "svg" else {"Software": "Stadttakt"}
    with mpl.rc_context():
        _forget_settings()
        draw_map(content).savefig(path, format=form, dpi=PNG_DOTS_PER_INCH, metadata=metadata)


def _forget_settings() -> None:
    """No setting of a user changes a map, ids in an SVG are the same each time, and a `$` in a name is a `$`."""
    mpl.rcdefaults()
    mpl.rc("svg", hashsalt="stadttakt", fonttype="path")
    mpl.rc("font", family="DejaVu Sans")
    mpl.rc("text", parse_math=False)
    mpl.rc("path", simplify=False)


def draw_map(content: MapContent) -> Figure:
    """Compose the page."""
    figure = Figure(figsize=PAGE_INCHES, facecolor="white")
    left, bottom, width, height = FRAME_INCHES
    frame = (left / PAGE_INCHES[0], bottom / PAGE_INCHES[1], width / PAGE_INCHES[0], height / PAGE_INCHES[1])
    drawing = laid_out(content.links)
    axes = figure.add_axes(frame, facecolor=GROUND, xticks=[], yticks=[])
    for spine in axes.spines.values():
        spine.set_edgecolor(FRAME)
    axes.set_xlim(drawing.left, drawing.far[0])
    axes.set_ylim(drawing.bottom, drawing.far[1])
    largest = float(content.value.max(initial=0.0))
    _draw_streets(axes, drawing)
    bands = _draw_bands(axes, drawing, content, largest)
    marks = _draw_marks(axes, drawing, content)
    courses = content.links.courses
    taken = draw_places(axes, drawing, courses.places if courses is not None else (), marks, bands)
    draw_figures(axes, drawing, content, taken, bands)
    if courses is not None and courses.geographic:
        draw_scale_bar(axes, drawing.per_point)
        draw_compass(axes)
    draw_title(figure, content.wording)
    draw_legend(figure, content, largest)
    draw_sources(figure, content.wording)
    return figure


def _draw_streets(axes: Axes, drawing: Drawing) -> None:
    axes.add_collection(LineCollection(drawing.lines, colors=STREET, linewidths=0.7, zorder=1), autolim=False)


def _draw_bands(axes: Axes, drawing: Drawing, content: MapContent, largest: float) -> Bands:
    """One band per direction, on the right of the axis; the widest last and with a white rim."""
    order = [int(index) for index in np.argsort(content.value, kind="stable") if content.value[index] > 0.0]
    widths = [width_points(float(content.value[index]), largest) for index in order]
    lines: list[Line] = []
    for index, width in zip(order, widths, strict=True):
        lines.append(moved_right(drawing.lines[index], (width / 2.0 + 0.35) * drawing.per_point))
    colours = [content.colours[index] for index in order]
    rims = LineCollection(lines, colors="white", linewidths=[w + 0.7 for w in widths], capstyle="butt", zorder=2)
    axes.add_collection(rims, autolim=False)
    filled = LineCollection(lines, colors=colours, linewidths=widths, capstyle="round", joinstyle="round", zorder=3)
    axes.add_collection(filled, autolim=False)
    spots = [points_along(line, DISC_POINTS * drawing.per_point) for line in lines]
    corner = (drawing.left, drawing.bottom)
    return Bands(
        centre=(np.concatenate([np.empty((0, 2)), *spots]) - corner) / drawing.per_point,
        radius=np.repeat([width / 2.0 for width in widths], [len(spot) for spot in spots]),
    )


def _draw_marks(axes: Axes, drawing: Drawing, content: MapContent) -> list[Label]:
    """Crosses on closed links, rings on chosen ones; where they are, no label stands."""
    taken: list[Label] = []
    for places, marker, size in ((content.crossed, "X", 120.0), (content.ringed, "o", 80.0)):
        points = [point_along(drawing.lines[place], 0.5)[:2] for place in places]
        if points:
            x, y = zip(*points, strict=True)
            axes.scatter(x, y, s=size, marker=marker, c="white", edgecolors=INK, linewidths=1.8, zorder=7)
        spots = [drawing.point(*point) for point in points]
        taken += [Label(text="XX", x=spot[0], y=spot[1], size=MARK_POINTS) for spot in spots]
    return taken
