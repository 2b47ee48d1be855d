"""Legend of a map of differences: colours, marks, widths and the scale bar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.planning.maps.content import nice_values
from api.whatif.report.difference_map import VIEW_WIDTH
from api.whatif.report.markup import Html, both, tag
from api.whatif.report.numbers import german, plain

if TYPE_CHECKING:
    from api.whatif.report.difference_map import Ground, Steps


def map_legend(ground: Ground, steps: Steps, units: tuple[str, str], *, marked: bool) -> Html:
    """The legend below a map; `units` in German and English."""
    limits = [plain(limit, 0 if limit >= 1.0 else 2) for limit in steps.limits]
    ranked = [(rank, limits[rank - 1]) for rank in range(len(limits), 0, -1)]
    entries = [(f"more{rank}", both(f"≥\u00a0+{german(limit)}", f"≥\u00a0+{limit}")) for rank, limit in ranked]
    entries.append(("grey", both("dazwischen", "in between")))
    entries += [
        (f"less{rank}", both(f"≤\u00a0−{german(limit)}", f"≤\u00a0−{limit}")) for rank, limit in reversed(ranked)
    ]
    colours = [tag("li", _swatch(kind), said) for kind, said in entries]
    colours.insert(0, tag("li", tag("strong", both(f"Änderung, {units[0]}", f"Change, {units[1]}"))))
    more: list[Html] = []
    if marked:
        cross = tag("svg", _sign(), viewBox="-14 -14 28 28", width="20", height="20", aria_hidden="true")
        more.append(tag("li", cross, both("Ort einer Maßnahme", "place of a measure")))
    strip = tag("div", _scale_bar(ground), *_widths(steps), class_="strip")
    return tag("div", tag("ul", *colours, *more, class_="key"), strip, class_="legend")


def _swatch(kind: str) -> Html:
    line = tag("path", d="M1 7L29 7", class_=kind, stroke_width="7")
    return tag("svg", line, viewBox="0 0 30 14", width="30", height="14", aria_hidden="true")


def _sign() -> Html:
    return tag("g", tag("circle", cx="0", cy="0", r="11"), tag("path", d="M-5 -5L5 5M5 -5L-5 5"), class_="mark")


def _scale_bar(ground: Ground) -> Html:
    length_m = nice_values(0.24 * VIEW_WIDTH / ground.units_per_m, 1)[0]
    share = 100.0 * length_m * ground.units_per_m / VIEW_WIDTH
    shown = plain(length_m) + " m" if length_m < 1_000.0 else f"{length_m / 1_000.0:g} km"
    bar = tag("i", class_="bar", style=f"width:{share:.2f}%")
    return tag("div", bar, tag("span", shown), class_="scale-bar")


def _widths(steps: Steps) -> list[Html]:
    """Sample bands in the scale of the map above; each is as wide as the strip, so that a tenth of it is 100 units."""
    samples: list[Html] = []
    for place, veh in enumerate(nice_values(steps.largest_veh, 5)[::2]):
        width = steps.width(veh)
        band = tag("path", d="M0 10L1000 10", class_="grey", stroke_width=f"{width:.1f}")
        picture = tag("svg", band, viewBox="0 0 1000 20", aria_hidden="true")
        label = tag("span", both(f"{plain(veh)} Kfz", f"{plain(veh)} veh"))
        samples.append(tag("div", tag("div", picture), label, class_="width-sample", style=f"left:{34 + 23 * place}%"))
    return samples
