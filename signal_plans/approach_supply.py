"""What the signals of a town leave of its links: capacity and mean stop, for models that know no seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signal_plans.signal_group import GroupKind
from traffic_core.assignment.town import Approach

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from signal_plans.junction import Junction
    from signal_plans.programme import GreenWindow, SignalProgramme
    from traffic_core.network import Network


def signal_approaches(network: Network, junctions: Mapping[str, Junction]) -> dict[str, Approach]:
    """Capacity and stop of every link that ends at a signal, from the first programme of each junction.

    A group passes its saturation flow times its share of green; groups of one link add up.  The stop is the mean of the
    groups, weighted by saturation flow.  Links whose groups are never green in that programme keep one vehicle per
    cycle: the controller serves them on request.
    """
    found: dict[str, Approach] = {}
    for junction in junctions.values():
        programme = junction.fallback
        parts: dict[str, list[tuple[float, float, float]]] = {}
        for group in junction.layout.groups.values():
            if group.kind is not GroupKind.VEHICLE:
                continue
            windows = programme.greens.get(group.id, ())
            green_share = sum(window.length_s for window in windows) / programme.cycle_s
            stop_s = uniform_stop_s(windows, programme.cycle_s)
            for link in {network.turns[turn].from_link for turn in group.turns}:
                parts.setdefault(link, []).append((group.saturation_flow_veh_h, green_share, stop_s))
        for link, groups in parts.items():
            found[link] = _approach(groups, network.links[link].capacity_veh_h, programme)
    return found


def uniform_stop_s(windows: Sequence[GreenWindow], cycle_s: int) -> float:
    """Mean wait of evenly spread arrivals without queue, s: the sum of red ** 2 over twice the cycle.

    Source: uniform delay of Webster (1958), Road Research Technical Paper 39, at a flow ratio of zero.
    """
    if not windows:
        return cycle_s / 2.0
    ordered = sorted(windows, key=lambda window: window.start_s)
    total_s2 = 0.0
    for window, following in zip(ordered, (*ordered[1:], ordered[0]), strict=True):
        red_s = (following.start_s - window.start_s - window.length_s) % cycle_s
        total_s2 += red_s**2
    return total_s2 / (2.0 * cycle_s)


def _approach(groups: list[tuple[float, float, float]], most_veh_h: float, programme: SignalProgramme) -> Approach:
    saturation_veh_h = sum(flow for flow, _, _ in groups)
    passed_veh_h = sum(flow * green for flow, green, _ in groups)
    least_veh_h = 3_600.0 / programme.cycle_s
    stop_s = sum(flow * stop for flow, _, stop in groups) / saturation_veh_h
    return Approach(capacity_veh_h=min(most_veh_h, max(passed_veh_h, least_veh_h)), stop_s=stop_s)
