"""What detectors tell: smoothed flows and vertical queues, for all approaches of the town in one call."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from traffic_core.jit import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray


def _smooth_flows(
    flow_veh_h: NDArray[np.float64],
    known: NDArray[np.uint8],
    count_veh: NDArray[np.float64],
    interval_s: NDArray[np.float64],
    fresh: NDArray[np.uint8],
    time_constant_s: float,
) -> None:
    """Take new counts into exponentially smoothed flows, in place.

    flow_veh_h : (D,) smoothed flow, changed where `fresh`
    known : (D,) whether the flow means anything; set by the first count
    count_veh, interval_s : (D,) vehicles counted and the length of their interval; read where `fresh`
    fresh : (D,) whether a detector reported since the last call
    time_constant_s : a step in the true flow is followed to 63 % after this time
    The weight of a count is 1 - exp(-interval / time constant), so that the result does not depend on how finely the
    time is cut.  The first count of a detector initialises it.
    """
    for d in range(flow_veh_h.shape[0]):
        if not fresh[d]:
            continue
        measured_veh_h = count_veh[d] * 3600.0 / interval_s[d]
        if known[d]:
            weight = 1.0 - math.exp(-interval_s[d] / time_constant_s)
            flow_veh_h[d] += weight * (measured_veh_h - flow_veh_h[d])
        else:
            flow_veh_h[d] = measured_veh_h
            known[d] = 1


def _advance_queues(
    queue_veh: NDArray[np.float64],
    arrival_veh_h: NDArray[np.float64],
    saturation_veh_h: NDArray[np.float64],
    is_green: NDArray[np.uint8],
    storage_veh: NDArray[np.float64],
    step_s: float,
) -> None:
    """Let vertical queues grow by arrivals and shrink by discharge at saturation flow while green, in place.

    queue_veh : (A,) vehicles waiting, stays within [0, storage_veh]
    arrival_veh_h, saturation_veh_h, storage_veh : (A,)
    is_green : (A,) 1 while the approach may discharge
    step_s : length of the step; the lamps do not change within it
    """
    for a in range(queue_veh.shape[0]):
        change_veh_h = arrival_veh_h[a]
        if is_green[a]:
            change_veh_h -= saturation_veh_h[a]
        queue_veh[a] = min(storage_veh[a], max(0.0, queue_veh[a] + change_veh_h * step_s / 3600.0))


def _example_smooth_flows() -> tuple[Any, ...]:
    return np.zeros(1), np.zeros(1, np.uint8), np.zeros(1), np.ones(1), np.zeros(1, np.uint8), 600.0


def _example_advance_queues() -> tuple[Any, ...]:
    return np.zeros(1), np.zeros(1), np.zeros(1), np.zeros(1, np.uint8), np.zeros(1), 1.0


smooth_flows = kernel(_example_smooth_flows)(_smooth_flows)
advance_queues = kernel(_example_advance_queues)(_advance_queues)
