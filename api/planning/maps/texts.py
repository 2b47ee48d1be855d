"""Names and figures on a map."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from matplotlib.patheffects import withStroke

from api.planning.maps.content import figure_text, rounding_step
from api.planning.maps.furniture import INK, SOFT, width_points
from api.planning.maps.geometry import point_along, right_of
from api.planning.maps.labels import Label, placed_labels
from api.planning.maps.layout import MAP_POINTS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from api.planning.maps.content import MapContent
    from api.planning.maps.labels import Bands
    from api.planning.maps.layout import Drawing
    from api.planning.results.courses import Place

MOST_LABELS = 70
ASKED_PER_LABEL = 5
"""So many places are looked at for each label that may stand: a large network has tens of thousands."""
FIGURE_SIZE, GATE_SIZE, DISTRICT_SIZE = 6.5, 6.2, 9.5
GAP_POINTS = 0.7


def draw_places(
    axes: Axes, drawing: Drawing, known: tuple[Place, ...], marks: list[Label], bands: Bands
) -> list[Label]:
    """Names of gates and districts, where they fit, gates first; return all that is taken, marks included."""
    taken = list(marks)
    for gate in (True, False):
        wanted: list[list[Label]] = []
        for place, (x, y) in zip(known, drawing.places, strict=True):
            if place.gate is gate:
                at = drawing.point(x, y)
                size = GATE_SIZE if gate else DISTRICT_SIZE
                wanted.append(_around(Label(text=place.name, x=at[0], y=at[1], size=size)))
        for label in placed_labels(wanted, taken, width=MAP_POINTS[0], height=MAP_POINTS[1], bands=bands):
            _write(axes, drawing, label, INK if gate else SOFT, style="italic" if gate else "normal")
            taken.append(label)
    return taken


def _around(label: Label) -> list[Label]:
    """The label at its place, above and below it; at the edge pulled into the map so that it can be read."""
    x = min(max(label.x, label.half_width + 4.0), MAP_POINTS[0] - label.half_width - 4.0)
    moves = (0.0, 1.2, -1.2, 2.4, -2.4)
    ys = [label.y + move * label.size for move in moves]
    low, high = label.half_height + 4.0, MAP_POINTS[1] - label.half_height - 4.0
    return [replace(label, x=x, y=min(max(y, low), high)) for y in ys]


def draw_figures(axes: Axes, drawing: Drawing, content: MapContent, taken: list[Label], bands: Bands) -> None:
    """Figures of the streets with the largest values, both directions in one."""
    largest = float(content.value.max(initial=0.0))
    step = rounding_step(largest)
    wanted: list[list[Label]] = []
    for index in range(len(drawing.lines)):
        pair = drawing.section(index)
        value = float(round(float(content.label[pair].sum()) / step) * step)
        if pair[0] != index or value == 0.0 or not content.value[pair].any():
            continue
        text = figure_text(value, signed=content.signed)
        street = content.links.names[index] or content.links.ids[index]
        label = Label(text=text, x=0.0, y=0.0, size=FIGURE_SIZE, street=street, value=value)
        widths = [width_points(float(content.value[each]), largest) for each in pair]
        wanted.append(_beside(label, drawing, pair, widths))
    wanted.sort(key=lambda group: -abs(group[0].value))
    asked = wanted[: ASKED_PER_LABEL * MOST_LABELS]
    placed = placed_labels(asked, taken, width=MAP_POINTS[0], height=MAP_POINTS[1], bands=bands)
    for label in placed[:MOST_LABELS]:
        _write(axes, drawing, label, INK)


def _beside(label: Label, drawing: Drawing, pair: list[int], widths: list[float]) -> list[Label]:
    """Places for a figure, at three points of a link: on bands that are wide enough, beside them otherwise."""
    line = drawing.lines[pair[0]]
    right_width, left_width = widths[0], widths[1] if len(widths) > 1 else 0.0
    gap = label.half_height + GAP_POINTS
    asides = [right_width + gap, -(left_width + gap)]
    if min(widths) > gap:
        asides = [0.0 if len(widths) > 1 else right_width / 2.0]
    found: list[Label] = []
    for share in (0.5, 0.35, 0.65):
        x, y, angle = point_along(line, share)
        at, right = drawing.point(x, y), right_of(line, share)
        for aside in asides:
            moved = (at[0] + aside * right[0], at[1] + aside * right[1])
            found.append(replace(label, x=moved[0], y=moved[1], angle_degrees=angle))
    return found


def _write(axes: Axes, drawing: Drawing, label: Label, colour: str, style: str = "normal") -> None:
    axes.text(
        drawing.left + label.x * drawing.per_point,
        drawing.bottom + label.y * drawing.per_point,
        label.text,
        fontsize=label.size,
        rotation=label.angle_degrees,
        rotation_mode="anchor",
        ha="center",
        va="center_baseline" if label.angle_degrees else "center",
        color=colour,
        fontstyle=style,
        path_effects=[withStroke(linewidth=1.8, foreground="white")],
        zorder=6,
    )
