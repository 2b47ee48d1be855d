"""Counts of a day or of hours beside an assigned day, as hours: GEH and flow bands are made for those."""

from __future__ import annotations

from typing import TYPE_CHECKING

from traffic_core.calibration.fit import CountFit
from traffic_core.demand import HOURS

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from traffic_core.calibration.observations import Observation

MEAN_HOUR = "mean hour"


def peak_of(course: Sequence[float]) -> tuple[int, float]:
    """Busiest hour of a day and its share of the day's trips; the first of equals."""
    hour = max(range(HOURS), key=course.__getitem__)
    return hour, course[hour] / sum(course)


def hour_label(hour: int) -> str:
    """An hour in words: 16-17."""
    return f"{hour:02d}-{hour + 1:02d}"


def peak_fits(
    observations: Sequence[Observation],
    modelled_veh: NDArray[np.float64],
    course: Sequence[float],
    held_out: Collection[str],
) -> tuple[CountFit, ...]:
    """One fit for each observation, (K,): an hour as it is, a day times the share of the busiest hour.

    A day's count does not know its hours, so count and model of the day are multiplied by the same share: that of the
    busiest hour in the course of all trips (`course`, 24 numbers).
    """
    hour, share = peak_of(course)
    return tuple(
        CountFit(
            count_id=each.count_id,
            link_id=each.link_id,
            hour_label=hour_label(hour if each.hour is None else each.hour),
            counted_veh_h=each.veh * (share if each.hour is None else 1.0),
            modelled_veh_h=float(veh) * (share if each.hour is None else 1.0),
            held_out=each.count_id in held_out,
        )
        for each, veh in zip(observations, modelled_veh, strict=True)
    )


def mean_fits(
    observations: Sequence[Observation], modelled_veh: NDArray[np.float64], held_out: Collection[str]
) -> tuple[CountFit, ...]:
    """One fit for each count: a day over 24, or the mean of the hours that were counted."""
    sums: dict[str, list[float]] = {}
    link_of: dict[str, str] = {}
    for each, veh in zip(observations, modelled_veh, strict=True):
        link_of[each.count_id] = each.link_id
        entry = sums.setdefault(each.count_id, [0.0, 0.0, 0.0])
        entry[0] += HOURS if each.hour is None else 1.0
        entry[1] += each.veh
        entry[2] += float(veh)
    return tuple(
        CountFit(
            count_id=count_id,
            link_id=link_of[count_id],
            hour_label=MEAN_HOUR,
            counted_veh_h=counted / hours,
            modelled_veh_h=modelled / hours,
            held_out=count_id in held_out,
        )
        for count_id, (hours, counted, modelled) in sums.items()
    )
