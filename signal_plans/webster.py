"""Greens from traffic flows, by Webster's cycle time and equal degrees of saturation, for the whole town."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from traffic_core.kernels.timing import cycle_times, green_splits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from signal_plans.settings import SignalSettings
    from signal_plans.town import Town


def stage_greens_s(town: Town, flow_veh_h: NDArray[np.float64], settings: SignalSettings) -> NDArray[np.int64]:
    """Greens of all stages (S,), s, from the flows of all groups (G,)."""
    ratios = town.flow_ratios(flow_veh_h)
    bounds = float(settings.shortest_cycle_s), float(settings.longest_cycle_s)
    cycle_s = np.ceil(cycle_times(ratios, town.first_stage, town.lost_s, *bounds)).astype(np.int64)
    return green_splits(ratios, town.first_stage, cycle_s, town.lost_s, town.stage_min_green_s)
