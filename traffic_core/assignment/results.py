"""What an assignment says of each link, over an hour or a day: volumes, load, times, totals.  Arithmetic alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from traffic_core.assignment.solver import Assignment

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LinkResults:
    """R links of interest and M classes over one period of one or more slices, in the units of the network."""

    class_names: tuple[str, ...]
    class_volume: Floats
    """(M, R) vehicles of the period."""
    capacity: Floats
    """(R,) passenger-car equivalents per slice."""
    volume_capacity_ratio: Floats
    """(R,) of the slice with the highest ratio; NaN where the link has no capacity, 0 where it has no end."""
    peak_slice: NDArray[np.int64]
    """(R,) index of that slice, the first of equals."""
    peak_volume: Floats
    """(R,) vehicles in that slice."""
    free_flow_time: Floats
    time: Floats
    """(R,) mean over the vehicles of the period; over the slices where none drives."""
    peak_time: Floats
    """(R,) in the slice with the highest ratio."""
    cost: Floats
    """(M, R) mean generalised cost over the vehicles of the class; over the slices where none drives."""
    length: Floats

    @property
    def volume(self) -> Floats:
        """(R,) vehicles of all classes."""
        total: Floats = self.class_volume.sum(axis=0)
        return total

    @property
    def vehicle_time(self) -> float:
        """Time spent on the links by all vehicles."""
        return float(np.dot(self.volume, self.time))

    @property
    def vehicle_distance(self) -> float:
        """Distance driven on the links by all vehicles."""
        return float(np.dot(self.volume, self.length))


def volume_capacity_ratio(volume: Floats, capacity: Floats) -> Floats:
    """Volume over capacity of links, both in passenger-car equivalents of the same time; NaN where capacity is 0."""
    ratio = np.full(volume.shape, np.nan)
    np.divide(volume, capacity, out=ratio, where=capacity > 0.0)
    return ratio


def slice_results(assignment: Assignment, rows: NDArray[np.int64]) -> LinkResults:
    """Results of the links at `rows` (R,), indices into the links of the assignment's network."""
    network = assignment.network
    class_volume = np.ascontiguousarray(assignment.class_volume[:, rows])
    time, capacity = assignment.time[rows], network.capacity[rows]
    return LinkResults(
        class_names=tuple(trip_class.name for trip_class in assignment.classes),
        class_volume=class_volume,
        capacity=capacity,
        volume_capacity_ratio=volume_capacity_ratio(assignment.volume[rows], capacity),
        peak_slice=np.zeros(len(rows), dtype=np.int64),
        peak_volume=class_volume.sum(axis=0),
        free_flow_time=network.free_flow_time[rows],
        time=time,
        peak_time=time,
        cost=np.ascontiguousarray(assignment.cost[:, rows]),
        length=network.length[rows],
    )


def period_results(slices: Sequence[LinkResults]) -> LinkResults:
    """Sum of slices of the same links and classes, such as the 24 hours of a day.

    Raises
    ------
    InvalidValueError
        Where there is no slice, or their classes or numbers of links differ.
    """
    if not slices:
        raise InvalidValueError("slices", 0, "must be at least one")
    first = slices[0]
    for other in slices[1:]:
        if other.class_names != first.class_names or other.class_volume.shape != first.class_volume.shape:
            raise InvalidValueError("slices.class_names", other.class_names, f"must be {first.class_names} in all")
    ratio = np.stack([each.volume_capacity_ratio for each in slices])
    peak = np.argmax(np.where(np.isnan(ratio), -1.0, ratio), axis=0)
    links = np.arange(len(first.length))
    volume = np.stack([each.volume for each in slices])
    time = np.stack([each.time for each in slices])
    class_volume = np.stack([each.class_volume for each in slices])
    return LinkResults(
        class_names=first.class_names,
        class_volume=class_volume.sum(axis=0),
        capacity=first.capacity,
        volume_capacity_ratio=ratio[peak, links],
        peak_slice=peak,
        peak_volume=volume[peak, links],
        free_flow_time=first.free_flow_time,
        time=_mean_over_vehicles(time, volume),
        peak_time=time[peak, links],
        cost=_mean_over_vehicles(np.stack([each.cost for each in slices]), class_volume),
        length=first.length,
    )


def _mean_over_vehicles(values: Floats, volume: Floats) -> Floats:
    """Mean over the first axis, weighted by volume; unweighted where no vehicle drives."""
    total = volume.sum(axis=0)
    mean: Floats = values.mean(axis=0)
    driven = np.where(volume > 0.0, values, 0.0)  # a closed link has an infinite cost and no vehicle
    np.divide((driven * volume).sum(axis=0), total, out=mean, where=total > 0.0)
    return mean
