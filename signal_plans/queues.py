"""Traffic to reckon with where a queue stands on an approach: a detector under a queue counts too little."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from signal_plans.programme import SignalProgramme


USED_SHARE = 0.75
"""Of what a green could let pass: from here on it counts as used; assumed."""


def standing(
    occupancy_share: NDArray[np.float64] | None, known: NDArray[np.bool_], least_share: float
) -> NDArray[np.bool_]:
    """Groups (G,) on whose approach a queue stands: covered for `least_share` of the time; not known means no."""
    if occupancy_share is None:
        return np.zeros_like(known)
    stands: NDArray[np.bool_] = known & (np.nan_to_num(occupancy_share, nan=0.0) >= least_share)
    return stands


def assumed_flows(
    flow_veh_h: NDArray[np.float64],
    stands: NDArray[np.bool_],
    passes_veh_h: NDArray[np.float64],
    growth: float,
) -> NDArray[np.float64]:
    """Demand (G,), veh/h: the counted flow, and under a standing queue at least what the present green lets pass.

    Where the count shows that the green is used, demand is taken to be above it.  A queue that hardly moves is held up
    downstream: more green would help nobody.

    passes_veh_h : (G,) saturation flow times the share of green that runs; growth : at least 1
    """
    is_used = flow_veh_h >= USED_SHARE * passes_veh_h
    least_veh_h = np.where(is_used, growth, 1.0) * passes_veh_h
    return np.where(stands, np.maximum(flow_veh_h, least_veh_h), flow_veh_h)


def cuts_a_queue(running: SignalProgramme, following: SignalProgramme, stands: NDArray[np.bool_]) -> bool:
    """Whether a group whose queue stands would have a smaller share of green.  stands : of the junction's groups."""
    for group, is_standing in zip(running.layout.groups, stands.tolist(), strict=True):
        if is_standing and green_share(following, group) < green_share(running, group) - 1e-9:
            return True
    return False


def green_share(programme: SignalProgramme, group: str) -> float:
    """Green of a group over the cycle."""
    return sum(window.length_s for window in programme.greens[group]) / programme.cycle_s
