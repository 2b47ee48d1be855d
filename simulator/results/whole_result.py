"""Puts the result of a run together."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from simulator.results.figures import fates_of, figures, mean_of
from simulator.results.run_result import RunResult

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from simulator.buses import BusFigures
    from simulator.results.recorder import Recorder
    from simulator.results.run_result import Table
    from simulator.results.trip_log import Tally, TripLog

PUBLIC_TRANSPORT = "public_transport"


def result_of(
    trips: TripLog,
    recorder: Recorder,
    tally: Tally,
    *,
    scenario_id: str,
    seed: int,
    fingerprint: str,
    buses: BusFigures | None = None,
) -> RunResult:
    """The result of a run that is over; `buses`: all runs that began in the period, None for a town without lines.

    Raises
    ------
    InvalidValueError
        Before the recorder's last interval is closed.
    """
    return RunResult(
        scenario_id=scenario_id,
        seed=seed,
        fingerprint=fingerprint,
        begin_s=recorder.begin_s,
        end_s=recorder.end_s,
        figures=figures(trips, recorder, tally),
        tables={**recorder.tables(), "purpose": purpose_table(trips, recorder.begin_s, recorder.end_s, buses)},
    )


def purpose_table(trips: TripLog, begin_s: float, end_s: float, buses: BusFigures | None = None) -> Table:
    """Table `purpose` of `RunResult`: every purpose of the log in its order, also those without a trip; buses last.

    Means are NaN where nobody is done.  Delay of buses: over the empty network with the same times at the stops.
    """
    done = fates_of(trips, begin_s, end_s).done
    time_s = trips.end_s - trips.at_s
    counts, times, delays = [], [], []
    for purpose in range(len(trips.purposes)):
        chosen = done & (trips.purpose == purpose)
        counts.append(int(chosen.sum()))
        times.append(mean_of(time_s[chosen]))
        delays.append(mean_of(time_s[chosen] - trips.free_s[chosen]))
    if buses is not None:
        counts.append(buses.runs_done)
        times.append(buses.mean_travel_s)
        delays.append(buses.mean_delay_s)
    return {
        "purpose": trips.purposes if buses is None else (*trips.purposes, PUBLIC_TRANSPORT),
        "trips_done": np.array(counts, dtype=np.int64),
        "mean_time_s": _column(times),
        "mean_delay_s": _column(delays),
    }


def _column(means: Sequence[float | None]) -> NDArray[np.float64]:
    return np.array([math.nan if mean is None else mean for mean in means], dtype=np.float64)
