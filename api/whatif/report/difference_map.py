"""Map of the differences of a variant: colour by the change, width by the volume."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from api.planning.maps.content import nice_values
from api.planning.maps.geometry import moved_right, plane_lines, point_along
from api.planning.results.courses import Courses, Place
from api.whatif.report.markup import Html, joined, tag

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from api.planning.maps.geometry import Line
    from api.whatif.report.content import ReportContent

    Floats = NDArray[np.float64]

VIEW_WIDTH = 1_000.0
"""Units across a map; the page scales them."""
WIDEST, THINNEST = 16.0, 2.2
WIDTH_POWER = 0.6
"""Widths grow slower than volumes, as on the maps of the planning commands."""
EDGE_SHARE = 0.02
RANK_OF_TOP_STEP = 10
"""So many links have the strongest colour at least, unless fewer change."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ground:
    """Links and names in the units of a map, x to the right and y down."""

    lines: tuple[Line, ...]
    inside: tuple[bool, ...]
    """Whether the middle of a link lies in the town's box."""
    places: tuple[tuple[str, float, float], ...]
    """Names with their shares of width and height."""
    height: float
    units_per_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """Limits of the three colours either way, the least first, and the largest volume; shared by all variants."""

    limits: tuple[float, ...]
    largest_veh: float

    def colour(self, change: float) -> int:
        """-3 to 3; 0 where the change is below all limits or not known."""
        size = sum(abs(change) >= limit for limit in self.limits)
        return size if change > 0.0 else -size

    def width(self, veh: float) -> float:
        """Width of a band, units of the map."""
        if self.largest_veh <= 0.0:
            return THINNEST
        return max(THINNEST, float(WIDEST * (max(veh, 0.0) / self.largest_veh) ** WIDTH_POWER))


def ground_of(content: ReportContent) -> Ground:
    """Project the network so that the town's box with a small edge fills the map."""
    west, south, east, north = content.box
    corners = (Place(name="", position=(west, south)), Place(name="", position=(east, north)))
    places = tuple(Place(name=place.name, position=place.position) for place in content.places)
    courses = Courses(lines=tuple(link.line for link in content.links), places=(*corners, *places))
    lines, spots = plane_lines(courses)
    low, high = np.asarray(spots[0]), np.asarray(spots[1])
    extent = (high - low) * (1.0 + 2.0 * EDGE_SHARE)
    left, top = low[0] - EDGE_SHARE * (high - low)[0], high[1] + EDGE_SHARE * (high - low)[1]
    units = VIEW_WIDTH / float(extent[0])
    middles = [point_along(line, 0.5)[:2] for line in lines]
    return Ground(
        lines=tuple((line - (left, top)) * (units, -units) for line in lines),
        inside=tuple(bool((low <= middle).all() and (middle <= high).all()) for middle in middles),
        places=tuple(
            (place.name, float((x - left) / extent[0]), float((top - y) / extent[1]))
            for place, (x, y) in zip(places, spots[2:], strict=True)
        ),
        height=float(extent[1]) * units,
        units_per_m=units,
    )


def steps_of(changes: Sequence[Floats], largest_veh: float) -> Steps:
    """Round limits such that about ten links of the variant that changes most have the strongest colour."""
    tops = [0.0]
    for change in changes:
        ranked = np.sort(np.abs(change[np.isfinite(change)]))[::-1]
        ranked = ranked[ranked > 0.0]
        if ranked.size:
            tops.append(float(ranked[min(RANK_OF_TOP_STEP, ranked.size) - 1]))
    return Steps(limits=tuple(sorted(nice_values(max(tops), 3))), largest_veh=largest_veh)


def street_symbol(ground: Ground) -> Html:
    """All links as thin lines, once for all maps of the page."""
    course = "".join(_course(line) for line in ground.lines)
    streets = tag("path", id="streets", d=course)
    return tag("svg", tag("defs", streets), width="0", height="0", class_="defs", aria_hidden="true")


def map_picture(
    ground: Ground,
    steps: Steps,
    change: Floats,
    veh: Floats,
    *,
    marked: Sequence[int],
    titles: Sequence[str],
    name: str,
) -> Html:
    """The map itself; `name` is the id of the element that says what it shows.

    change : (L,) NaN where it is not to be shown
    veh : (L,) volume that gives the width
    """
    order = np.argsort(veh, kind="stable")[::-1]
    colours = [steps.colour(float(each)) if inside else 0 for each, inside in zip(change, ground.inside, strict=True)]
    bands = [_band(ground, steps, int(index), colours, veh, titles) for index in order if colours[index]]
    marks = [_mark(*point_along(ground.lines[index], 0.5)[:2]) for index in marked]
    height = f"{ground.height:.0f}"
    picture = tag(
        "svg",
        tag("use", href="#streets", class_="streets"),
        joined(bands),
        joined(marks),
        viewBox=f"0 0 {VIEW_WIDTH:.0f} {height}",
        role="img",
        aria_labelledby=name,
    )
    labels = [tag("span", label, style=f"left:{100.0 * x:.1f}%;top:{100.0 * y:.1f}%") for label, x, y in ground.places]
    return tag("div", picture, tag("div", *labels, class_="map-names", aria_hidden="true"), class_="map")


def _band(ground: Ground, steps: Steps, index: int, colours: Sequence[int], veh: Floats, titles: Sequence[str]) -> Html:
    width = steps.width(float(veh[index]))
    colour = colours[index]
    kind = f"{'more' if colour > 0 else 'less'}{abs(colour)}"
    line = moved_right(ground.lines[index] * (1.0, -1.0), width / 2.0 + 0.5) * (1.0, -1.0)
    # `title` is a tooltip of the mouse; what it says stands in the table of the links too.
    return Html(
        f'<path class="{kind}" stroke-width="{width:.1f}" d="{_course(line)}">{tag("title", titles[index])}</path>'
    )


def _mark(x: float, y: float) -> Html:
    cross = f"M{x - 6:.0f} {y - 6:.0f}l12 12m0-12l-12 12"
    return tag("g", tag("circle", cx=f"{x:.0f}", cy=f"{y:.0f}", r="13"), tag("path", d=cross), class_="mark")


def _course(line: Line) -> str:
    """Path data to a tenth of a unit, which is a metre in a town of 9 km."""
    points = [f"{x:.1f} {y:.1f}" for x, y in line]
    kept = [point for place, point in enumerate(points) if place == 0 or point != points[place - 1]]
    return f"M{kept[0]}L{' '.join(kept[1:] or kept)}"
