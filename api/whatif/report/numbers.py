"""Numbers, intervals, units and times as German and English readers write them."""

from __future__ import annotations

import math
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from api.planning.maps.content import THIN_SPACE
from api.whatif.report.markup import Html, both, text

if TYPE_CHECKING:
    from api.whatif.report.content import Estimate

MINUS = "−"
NOTHING = "–"
UNITS = {"veh": ("Kfz", "veh"), "1": (NOTHING, NOTHING)}
"""Units that are not written as they are."""
DAYS_DE = ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So")
DAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def decimals_for(size: float) -> int:
    """Decimals that show four digits of a number of this size, at most three."""
    if not math.isfinite(size) or size == 0.0:
        return 1
    return min(3, max(0, 3 - math.floor(math.log10(abs(size)))))


def plain(value: float, decimals: int = 0, *, signed: bool = False) -> str:
    """A number with a decimal point, thin spaces between thousands, a true minus; never minus nought."""
    if not math.isfinite(value):
        return NOTHING
    shown = f"{abs(value):,.{decimals}f}".replace(",", THIN_SPACE)
    if not any(digit in "123456789" for digit in shown):
        return f"±{shown}" if signed else shown
    if value < 0.0:
        return MINUS + shown
    return f"+{shown}" if signed else shown


def german(number: str) -> str:
    """The same number with a decimal comma."""
    return number.replace(".", ",")


def number(value: float | None, decimals: int = 0, *, signed: bool = False) -> Html:
    """A number in both languages; a dash where there is none."""
    if value is None:
        return text(NOTHING)
    written = plain(value, decimals, signed=signed)
    return both(german(written), written)


def percent(share: float | None, decimals: int = 1) -> Html:
    """A signed share in per cent; a dash where there is none."""
    if share is None or not math.isfinite(share):
        return text(NOTHING)
    written = plain(100.0 * share, decimals, signed=True)
    return both(f"{german(written)}\u00a0%", f"{written}%")


def interval(estimate: Estimate | None, decimals: int, *, signed: bool = False) -> Html:
    """The 95 % interval in brackets; empty where there is none."""
    if estimate is None:
        return text("")
    low, high = (plain(end, decimals, signed=signed) for end in (estimate.low, estimate.high))
    return both(f"[{german(low)}; {german(high)}]", f"[{low}, {high}]")


def unit(name: str) -> Html:
    """A unit in both languages."""
    return both(*UNITS.get(name, (name, name)))


def clock(at_s: float, zone: str, *, end: bool = False) -> str:
    """Time of day as 07:15; `end` writes midnight as 24:00."""
    at = datetime.fromtimestamp(at_s, ZoneInfo(zone))
    return "24:00" if end and (at.hour, at.minute) == (0, 0) else f"{at:%H:%M}"


def day(at_s: float, zone: str) -> Html:
    """Date with its weekday."""
    at = datetime.fromtimestamp(at_s, ZoneInfo(zone))
    weekday = at.weekday()
    return both(f"{DAYS_DE[weekday]}, {at:%d.%m.%Y}", f"{DAYS_EN[weekday]}, {at:%Y-%m-%d}")
