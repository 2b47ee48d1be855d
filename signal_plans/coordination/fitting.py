"""Programmes of several junctions on one cycle, and the arterial they make."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from signal_plans.coordination.arterial import Arterial, ArterialSignal, CoordinatedGreen, SectionWay, SpeedRange
from signal_plans.timing import lost_time_s, programme_from_stages, stage_min_green_s
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from signal_plans.coordination.route import Route
    from signal_plans.layout import SignalLayout
    from signal_plans.programme import SignalProgramme
    from traffic_core.network import Network


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveSettings:
    """What the planner wants of a green wave."""

    slowest_share: float = 0.85
    """Lowest progression speed as a share of the free speed, which is the highest and the wanted one."""
    largest_change_m_s: float = 1.5
    queue_s: float = 0.0
    """First seconds of each green that belong to vehicles from side streets."""
    outbound_weight: float = 1.0
    inbound_weight: float = 1.0
    balance: float = 0.1
    """See `Arterial.balance`."""


def fit_to_cycle(programme: SignalProgramme, cycle_s: int) -> SignalProgramme:
    """The programme with another cycle: shares of the stages kept as minimum greens and whole seconds allow.

    A programme that has the cycle already comes back as it is.

    Raises
    ------
    InvalidValueError
        Where minimum greens and interstages need more than the cycle.
    UnsafeProgrammeError
        Where the greens of the new cycle break a safety rule.
    """
    if programme.cycle_s == cycle_s:
        return programme
    layout = programme.layout
    shortest_s = stage_min_green_s(layout)
    free_s = cycle_s - lost_time_s(layout) - sum(shortest_s)
    if free_s < 0:
        where = f"junction[{layout.junction_id}].cycle_s"
        raise InvalidValueError(where, cycle_s, f"must be at least {cycle_s - free_s} s for minimum greens")
    longer_s = [max(0, now - least) for now, least in zip(stage_greens_s(programme), shortest_s, strict=True)]
    if not any(longer_s):
        longer_s = [1] * len(shortest_s)
    shares = _whole_shares(free_s, longer_s)
    greens_s = [least + more for least, more in zip(shortest_s, shares, strict=True)]
    return programme_from_stages(layout, greens_s, programme.id, programme.offset_s)


def shortest_cycle_s(layout: SignalLayout) -> int:
    """Cycle of minimum greens and interstages."""
    return lost_time_s(layout) + sum(stage_min_green_s(layout))


def stage_greens_s(programme: SignalProgramme) -> list[int]:
    """Seconds of a cycle in which all groups of each stage are green; a second counts for the largest such stage."""
    groups = tuple(programme.greens)
    shown = [
        frozenset(group for group in groups if programme.is_green(group, second)) for second in range(programme.cycle_s)
    ]
    stages = programme.layout.stages
    greens_s = [0] * len(stages)
    for green in shown:
        running = [place for place, stage in enumerate(stages) if stage.groups <= green]
        if running:
            greens_s[max(running, key=lambda place: (len(stages[place].groups), -place))] += 1
    return greens_s


def _whole_shares(total: int, weights: Sequence[int]) -> list[int]:
    """Whole parts of `total` in proportion to the weights; the largest remainders get what is left."""
    exact = [total * weight / sum(weights) for weight in weights]
    parts = [int(value) for value in exact]
    by_remainder = sorted(range(len(parts)), key=lambda i: (parts[i] - exact[i], i))
    for i in by_remainder[: total - sum(parts)]:
        parts[i] += 1
    return parts


def coordinated_green(programme: SignalProgramme, group: str, queue_s: float) -> CoordinatedGreen:
    """Longest green of the group; no more of it is given to the queue than it has."""
    window = max(programme.greens[group], key=lambda window: (window.length_s, -window.start_s))
    return CoordinatedGreen(window=window, queue_s=min(queue_s, window.length_s - 1.0))


def arterial_of(
    network: Network, routes: tuple[Route, Route], programmes: Sequence[SignalProgramme], settings: WaveSettings
) -> Arterial:
    """Arterial of an outbound and an inbound route; `programmes` of its junctions in outbound order, one cycle."""
    outbound, inbound = routes
    cycles = [programme.cycle_s for programme in programmes]
    if len(set(cycles)) > 1:
        raise InvalidValueError("programmes.cycle_s", cycles, "must be one cycle")
    signals = tuple(
        ArterialSignal(
            id=junction,
            outbound=coordinated_green(programme, there, settings.queue_s),
            inbound=coordinated_green(programme, back, settings.queue_s),
        )
        for junction, programme, there, back in zip(
            outbound.junctions, programmes, outbound.groups, reversed(inbound.groups), strict=True
        )
    )
    sections = range(len(outbound.sections))
    return Arterial(
        cycle_s=cycles[0],
        signals=signals,
        outbound=tuple(_way(network, outbound, i, settings) for i in sections),
        inbound=tuple(_way(network, inbound, i, settings) for i in reversed(sections)),
        outbound_weight=settings.outbound_weight,
        inbound_weight=settings.inbound_weight,
        largest_change_m_s=settings.largest_change_m_s,
        balance=settings.balance,
    )


def _way(network: Network, route: Route, section: int, settings: WaveSettings) -> SectionWay:
    free_m_s = route.free_speed_m_s(network, section)
    speed = SpeedRange(
        wanted_m_s=free_m_s, slowest_m_s=max(1.0, free_m_s * settings.slowest_share), fastest_m_s=free_m_s
    )
    return SectionWay(length_m=route.length_m(network, section), speed=speed)
