"""The tables of a run by interval, from what was counted in each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from simulator.results.counts import LinkCounts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from simulator.results.counts import Interval
    from simulator.results.run_result import Table

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]


def link_table(link_ids: Sequence[str], starts_s: Ints, intervals: Sequence[Interval]) -> Table:
    """Table `link` of `RunResult`: one link after the other, within each by time."""
    links = LinkCounts(*(_by_entity(column) for column in zip(*(one.links for one in intervals), strict=True)))
    return {
        "link_id": _each(link_ids, len(intervals)),
        "interval_start_s": np.tile(starts_s, len(link_ids)),
        "entered_veh": links.entered_veh,
        "left_veh": links.left_veh,
        "mean_time_s": _mean(links.time_s, links.left_veh),
        "mean_delay_s": _mean(links.delay_s, links.left_veh),
        "stops_veh": links.stops_veh,
        "longest_queue_veh": _by_entity([interval.longest_queue_veh for interval in intervals]),
    }


def facility_table(facility_ids: Sequence[str], starts_s: Ints, intervals: Sequence[Interval]) -> Table:
    """Table `facility` of `RunResult`: one car park after the other, within each by time."""
    names = ("occupied_veh", "capacity_veh", "entered_veh", "left_veh", "gave_up_veh")
    return {
        "facility_id": _each(facility_ids, len(intervals)),
        "interval_start_s": np.tile(starts_s, len(facility_ids)),
        **{name: _by_entity([one.garages[:, column] for one in intervals]) for column, name in enumerate(names)},
    }


def town_table(starts_s: Ints, intervals: Sequence[Interval]) -> Table:
    """Table `town` of `RunResult`, by time."""
    names = ("inside_veh", "waiting_outside_veh", "queued_veh")
    return {
        "interval_start_s": starts_s.copy(),
        **{
            name: np.array([one.town[column] for one in intervals], dtype=np.int64) for column, name in enumerate(names)
        },
    }


def _by_entity(columns: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """(L,) of each interval -> (L * intervals,), link by link; likewise for car parks."""
    return np.stack(columns, axis=1).ravel()


def _each(names: Iterable[str], count: int) -> tuple[str, ...]:
    return tuple(name for name in names for _ in range(count))


def _mean(total: Floats, count: Ints) -> Floats:
    """NaN where nobody was counted."""
    mean = np.full(total.size, np.nan)
    np.divide(total, count, out=mean, where=count > 0)
    return mean
