"""How many come and go at a facility, hour by hour, so that its usual occupancy results."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from parking.model import FacilityUse

HOUR_S = 3_600.0
USUAL_SHARE = 0.6
"""Occupied share of a facility whose profile nobody knows."""


@dataclass(frozen=True, slots=True)
class GarageFlow:
    """Arrivals, departures, and the rate at which each parked car leaves, for the 24 hours of a day."""

    arrivals_veh_h: tuple[float, ...]
    departures_veh_h: tuple[float, ...]
    leaving_per_h: tuple[float, ...]


def garage_flow(
    capacity_veh: int, occupied_share: Sequence[float], mean_stay_min: float, places_veh: int | None = None
) -> GarageFlow:
    """Flows that follow from the occupancy profile of `capacity_veh` places and the mean stay.

    With O cars parked and a mean stay of S hours, O / S leave per hour (Little 1961), or more where the profile falls
    faster; what comes is what leaves plus what the profile grows.  An empty profile counts as a constant one.

    Where `places_veh` is given and less, that many cars at most are parked: as many come as before, each parked car
    leaves at the same rate, so fewer leave, and the difference finds no place.
    """
    shares = tuple(occupied_share) or (USUAL_SHARE,) * 24
    places = capacity_veh if places_veh is None else places_veh
    stay_h = mean_stay_min / 60.0
    arrivals, departures, rates = [], [], []
    for share, following in pairwise((*shares, shares[0])):
        wanted_veh, then_veh = capacity_veh * share, capacity_veh * following
        mean_veh, growth_veh = (wanted_veh + then_veh) / 2.0, then_veh - wanted_veh
        parked_veh = (min(wanted_veh, places) + min(then_veh, places)) / 2.0
        leaving_veh = max(mean_veh / stay_h, -growth_veh)
        rate_per_h = leaving_veh / mean_veh if mean_veh > 0.0 else 1.0 / stay_h
        arrivals.append(leaving_veh + growth_veh)
        departures.append(rate_per_h * parked_veh)
        rates.append(rate_per_h)
    return GarageFlow(tuple(arrivals), tuple(departures), tuple(rates))


def flow_of_use(use: FacilityUse, capacity_veh: int) -> GarageFlow:
    """Flows of a facility that has `capacity_veh` places now: who wants to park depends on the usual number of them."""
    return garage_flow(use.wanted_places_veh(capacity_veh), use.occupied_share, use.mean_stay_min, capacity_veh)


def usually_parked_veh(use: FacilityUse, capacity_veh: int, second_of_day_s: float, level: float = 1.0) -> int:
    """Cars that usually stand in a facility with `capacity_veh` places: its profile times `level`, as far as they fit.

    Of a facility whose profile nobody knows `USUAL_SHARE` of the places is taken.
    """
    share = use.occupied_share_at(second_of_day_s)
    wanted_veh = use.wanted_places_veh(capacity_veh) * (USUAL_SHARE if share is None else share) * level
    return min(capacity_veh, round(wanted_veh))


def time_until_s(target: float, second_of_day_s: float, rate_per_h: Sequence[float]) -> float:
    """Time until the integral of an hourly rate reaches `target`, s; inf where the rate is zero all day.

    With `target` drawn from the unit exponential distribution this is the next event of a Poisson process with that
    rate (time change, Cinlar 1975): one random number an event, however the rate changes.
    """
    if max(rate_per_h) <= 0.0:
        return float("inf")
    hour, within_s = divmod(second_of_day_s, HOUR_S)
    at, waited_s, left_s = int(hour) % 24, 0.0, HOUR_S - within_s
    days, rest = divmod(target, sum(rate_per_h))
    while rest > rate_per_h[at] * left_s / HOUR_S:
        rest -= rate_per_h[at] * left_s / HOUR_S
        waited_s += left_s
        at, left_s = (at + 1) % 24, HOUR_S
    part_s = rest / rate_per_h[at] * HOUR_S if rate_per_h[at] > 0.0 else 0.0
    return days * 24.0 * HOUR_S + waited_s + part_s
