"""Curves over the period: base and variant in one small picture."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from api.whatif.report.markup import Html, joined, tag
from api.whatif.report.numbers import clock, plain

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

WIDTH, HEIGHT = 340.0, 170.0
LEFT, RIGHT, TOP, BOTTOM = 42.0, 10.0, 10.0, 24.0
MOST_TICKS = 5
HOUR_S = 3_600.0
TICK_HOURS = (0.25, 0.5, 1.0, 2.0, 3.0, 4.0, 6.0, 12.0, 24.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The period that counts, as the axis of time."""

    begin_s: float
    end_s: float
    timezone: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Curve:
    """A line of a picture: K values at times; NaN interrupts it."""

    kind: str
    """base, variant or capacity: how it is drawn."""
    at_s: Floats
    values: Floats


def nice_ceiling(largest: float) -> tuple[float, float]:
    """Upper end of an axis from 0 and its step, both round: 1, 2 or 5 times a power of ten, 2 to 5 steps."""
    if not math.isfinite(largest) or largest <= 0.0:
        return 1.0, 1.0
    power = 10.0 ** math.floor(math.log10(largest / MOST_TICKS))
    step = next(f * power for f in (1.0, 2.0, 5.0, 10.0) if largest <= MOST_TICKS * f * power * (1.0 + 1e-9))
    step = max(step, 1.0)
    return step * math.ceil(largest / step - 1e-9), step


def time_step_s(period: Period) -> float:
    """Distance of the marks of time: at most six of them."""
    length_h = (period.end_s - period.begin_s) / HOUR_S
    return HOUR_S * next((step for step in TICK_HOURS if length_h / step <= MOST_TICKS), 24.0)


def curve_picture(curves: list[Curve], period: Period, name: str) -> Html:
    """Draw curves from 0 upwards; `name` is the id of the element that says what they show."""
    largest = max((float(np.nanmax(curve.values)) for curve in curves if np.isfinite(curve.values).any()), default=0.0)
    top, step = nice_ceiling(largest)
    return tag(
        "svg",
        _grid(top, step),
        _times(period),
        joined([_line(curve, period, top) for curve in curves]),
        viewBox=f"0 0 {WIDTH:.0f} {HEIGHT:.0f}",
        role="img",
        aria_labelledby=name,
    )


def _x(at_s: float, period: Period) -> float:
    share = (at_s - period.begin_s) / (period.end_s - period.begin_s)
    return LEFT + share * (WIDTH - LEFT - RIGHT)


def _y(value: float, top: float) -> float:
    return HEIGHT - BOTTOM - value / top * (HEIGHT - TOP - BOTTOM)


def _grid(top: float, step: float) -> Html:
    parts: list[Html] = []
    for index in range(round(top / step) + 1):
        y = f"{_y(index * step, top):.1f}"
        kind = "grid" if index else "axis"
        parts.append(tag("line", x1=f"{LEFT:.0f}", x2=f"{WIDTH - RIGHT:.0f}", y1=y, y2=y, class_=kind))
        label = plain(index * step)
        parts.append(tag("text", label, x=f"{LEFT - 6:.0f}", y=y, dy=".35em", text_anchor="end"))
    return joined(parts)


def _times(period: Period) -> Html:
    parts: list[Html] = []
    step_s = time_step_s(period)
    y = HEIGHT - BOTTOM
    for index in range(math.floor((period.end_s - period.begin_s) / step_s + 1e-9) + 1):
        at_s = period.begin_s + index * step_s
        x = f"{_x(at_s, period):.1f}"
        parts.append(tag("line", x1=x, x2=x, y1=f"{y:.0f}", y2=f"{y + 4:.0f}", class_="axis"))
        label = clock(at_s, period.timezone, end=index > 0)
        last = _x(at_s, period) > WIDTH - RIGHT - 12.0
        anchor = "end" if last else "middle"
        shift = f"{WIDTH - 1:.0f}" if last else x
        parts.append(tag("text", label, x=shift, y=f"{y + 17:.0f}", text_anchor=anchor))
    return joined(parts)


def _line(curve: Curve, period: Period, top: float) -> Html:
    """Polylines of the runs of finite values."""
    parts: list[str] = []
    drawing = False
    for at_s, value in zip(curve.at_s.tolist(), curve.values.tolist(), strict=True):
        if not math.isfinite(value):
            drawing = False
            continue
        parts.append(f"{'L' if drawing else 'M'}{_x(at_s, period):.1f} {_y(value, top):.1f}")
        drawing = True
    return tag("path", d="".join(parts), class_=f"curve {curve.kind}") if parts else Html("")
