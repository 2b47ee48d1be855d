"""Whether somebody's request for green is plausible: calls of buses and presses of buttons.

Requests bear no order of their own: two buses may call one group in the same second, and the same again does no harm.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from traffic_core.quality_outcome import Accepted, Reason, Rejected, refuse
from traffic_core.readings import BusCall, Quality

if TYPE_CHECKING:
    from collections.abc import Collection

    from traffic_core.quality_outcome import GateSettings
    from traffic_core.readings import Request

MAX_AGE_S = 60.0
"""Of a request that was held up on its way; the bus, or whoever pressed, is still there."""
MAX_AHEAD_S = 600.0
"""A bus that is further away has not left the stops before."""
MAX_OVERDUE_S = 300.0
"""A bus that should have come longer ago went elsewhere."""


def check_request(
    request: Request, known: Collection[str], settings: GateSettings, now_s: float
) -> Accepted | Rejected:
    """Accept, repair or refuse a request at hand at `now_s`; `known` are the names of who may be asked for."""
    if request.source_id not in known:
        return refuse(request, Reason.UNKNOWN_SOURCE, "source_id", "no group of this name takes such requests")
    ahead_s = request.measured_at_s - now_s
    if ahead_s > settings.max_future_s:
        limit = f"{ahead_s:.0f} s in the future, at most {settings.max_future_s:.0f} s are believed"
        return refuse(request, Reason.FUTURE, "measured_at", limit)
    if -ahead_s > MAX_AGE_S:
        return refuse(request, Reason.TOO_OLD, "measured_at", f"{-ahead_s:.0f} s old, at most {MAX_AGE_S:.0f} s")
    repairs: tuple[Reason, ...] = ()
    if ahead_s > settings.tolerated_future_s:
        repairs = (Reason.FUTURE,)
        request = _at(request, now_s)
    if isinstance(request, BusCall) and request.arrival_s is not None and not request.cleared:
        in_s = request.arrival_s - now_s
        if not -MAX_OVERDUE_S <= in_s <= MAX_AHEAD_S:
            limit = f"in {in_s:.0f} s, must be from {-MAX_OVERDUE_S:.0f} to {MAX_AHEAD_S:.0f} s"
            return refuse(request, Reason.OUT_OF_RANGE, "arrival_at", limit)
    return Accepted(reading=request, repairs=repairs)


def _at(request: Request, now_s: float) -> Request:
    """The same by our clock: the device's runs ahead, with all the times that it tells."""
    if isinstance(request, BusCall) and request.arrival_s is not None:
        arrival_s = request.arrival_s - (request.measured_at_s - now_s)
        return replace(request, measured_at_s=now_s, arrival_s=arrival_s, quality=Quality.REPAIRED)
    return replace(request, measured_at_s=now_s, quality=Quality.REPAIRED)
