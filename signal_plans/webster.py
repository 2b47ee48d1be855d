"""Programmes from traffic flows, by Webster's cycle time and equal degrees of saturation, for the whole town."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from signal_plans.programme import COMPUTED_ID
from signal_plans.timing import programme_from_stages
from signal_plans.town import Town, town_of
from traffic_core.kernels.timing import cycle_times, green_splits

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from signal_plans.layout import SignalLayout
    from signal_plans.programme import SignalProgramme
    from signal_plans.settings import SignalSettings


def stage_greens_s(town: Town, flow_veh_h: NDArray[np.float64], settings: SignalSettings) -> NDArray[np.int64]:
    """Greens of all stages (S,), s, from the flows of all groups (G,)."""
    ratios = town.flow_ratios(flow_veh_h)
    bounds = float(settings.shortest_cycle_s), float(settings.longest_cycle_s)
    cycle_s = np.ceil(cycle_times(ratios, town.first_stage, town.lost_s, *bounds)).astype(np.int64)
    return green_splits(ratios, town.first_stage, cycle_s, town.lost_s, town.stage_min_green_s)


def compute_programmes(
    layouts: Sequence[SignalLayout], flows_veh_h: Mapping[tuple[str, str], float], settings: SignalSettings
) -> list[SignalProgramme]:
    """One programme for each junction from flows by (junction, group); a group that is not listed has none.

    Raises
    ------
    InvalidValueError, UnsafeProgrammeError
        Where the minimum greens of a junction do not fit into the longest cycle a programme may have, or the order of
        its stages cannot be made safe.
    """
    town = town_of(layouts)
    flows = np.array([flows_veh_h.get(place, 0.0) for place in town.group_ids], np.float64)
    greens_s = stage_greens_s(town, flows, settings)
    return [
        programme_from_stages(layout, greens_s[town.stages(j)].tolist(), COMPUTED_ID)
        for j, layout in enumerate(layouts)
    ]
