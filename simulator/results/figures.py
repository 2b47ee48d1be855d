"""The figures of a run.

Trips count that began in the period, [begin_s, end_s), whatever was on the streets before:

- done: the driver was there, or had found his place to park, by `end_s`
- lost: no way led to his destination; in no other figure
- unfinished: still under way at `end_s`

Means are of trips that are done.  Where many are not, the means mislead: those missing are the long ones, which makes a
jammed town look better than it is.  `total_delay_h` therefore takes in the delay so far of those under way, and
`warnings_of` tells when the means should not be compared.

The streets count all vehicles, those that came during the warm-up and buses too: `stops_per_trip`, `driven_km`,
`longest_queue_veh`.  So do the tallies `gave_up_veh` and `turned_by_sign_veh` with drivers who began before the period.
Buses are no trips.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from simulator.results.run_result import FIGURES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.results.recorder import Recorder
    from simulator.results.trip_log import Tally, TripLog

    Flags = NDArray[np.bool_]

HOUR_S = 3_600.0
M_PER_KM = 1_000.0


class Fates(NamedTuple):
    """What became of each trip of a log by the end of a period, (M,); none of them: it began outside the period."""

    done: Flags
    unfinished: Flags
    lost: Flags


def fates_of(trips: TripLog, begin_s: float, end_s: float) -> Fates:
    """Fates of the trips that began in [begin_s, end_s)."""
    begun = (trips.at_s >= begin_s) & (trips.at_s < end_s)
    lost = begun & np.isposinf(trips.end_s)
    done = begun & (trips.end_s <= end_s)
    return Fates(done=done, unfinished=begun & ~done & ~lost, lost=lost)


def figures(trips: TripLog, recorder: Recorder, tally: Tally) -> dict[str, float | None]:
    """All of `FIGURES` in their order, for the period of the recorder; None for a mean of nothing.

    mean_trip_s : from the wish to start to the place found, with the wait outside the network and the search
    mean_delay_s : of that what is beyond the planned way on the empty network; a driver whom a sign sends to a nearer
        car park may have less than none
    total_delay_h : of those done, and max(0, end_s - at_s - free_s) of those unfinished
    stops_per_trip : stops at the ends of links of all vehicles in the period, per trip done
    parking_search_s, parking_walk_m : of trips done that parked in a car park

    Raises
    ------
    InvalidValueError
        Before the recorder's last interval is closed.
    """
    fates = fates_of(trips, recorder.begin_s, recorder.end_s)
    trip_s = trips.end_s[fates.done] - trips.at_s[fates.done]
    delay_s = trip_s - trips.free_s[fates.done]
    under_way_s = recorder.end_s - trips.at_s[fates.unfinished]
    delay_so_far_s = np.maximum(0.0, under_way_s - trips.free_s[fates.unfinished])
    done = int(fates.done.sum())
    made = {
        "mean_delay_s": mean_of(delay_s),
        "mean_trip_s": mean_of(trip_s),
        "total_delay_h": math.fsum([*delay_s.tolist(), *delay_so_far_s.tolist()]) / HOUR_S,
        "stops_per_trip": recorder.stops_veh / done if done else None,
        "trips_done": float(done),
        "trips_unfinished": float(fates.unfinished.sum()),
        "lost_trips": float(fates.lost.sum()),
        "driven_km": recorder.driven_m / M_PER_KM,
        "longest_queue_veh": float(recorder.longest_queue_veh),
        "parking_search_s": mean_of(_known(trips.parking_s[fates.done])),
        "parking_walk_m": mean_of(_known(trips.walk_m[fates.done])),
        "gave_up_veh": float(tally.gave_up_veh),
        "turned_by_sign_veh": float(tally.turned_by_sign_veh),
    }
    return {figure.name: made[figure.name] for figure in FIGURES}


def mean_of(values: NDArray[np.float64]) -> float | None:
    """None without values; the sum is rounded once, so that it is the same on every machine."""
    return math.fsum(values.tolist()) / values.size if values.size else None


def _known(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return values[~np.isnan(values)]
