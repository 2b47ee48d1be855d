"""Supply data as the junctions and day plans that the rest of the project works with.

What becomes of groups that a plain signal group cannot express:

* auxiliary: a light that only warns.  It lets nobody go, so it is in no matrix and is left out; supply files keep it.
* blind: goes where the pedestrians go, with conflicts and intergreens of its own: a pedestrian group.
* arrow: vehicles, but dark instead of red and without red-amber.  A vehicle group must show red-amber, so it becomes
  a group of kind bus, which carries turns and its own amber just as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from signal_plans.day_plan import HOLIDAY, WEEKDAYS, DayPlan, SwitchingTime
from signal_plans.intergreen import IntergreenMatrix
from signal_plans.junction import Junction
from signal_plans.layout import SignalLayout, Stage
from signal_plans.mode import Mode, ModeKind
from signal_plans.programme import SignalProgramme, groups_by_second
from signal_plans.signal_group import GroupKind, SignalGroup
from signal_plans.supply.fingerprint import check_releases
from signal_plans.supply.groups import GroupUse
from signal_plans.supply.windows import SwitchTime, green_windows, safety_groups
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from signal_plans.supply.groups import SupplyGroup
    from signal_plans.supply.supply import JunctionSupply

KINDS = {
    GroupUse.VEHICLE: GroupKind.VEHICLE,
    GroupUse.CYCLE: GroupKind.CYCLE,
    GroupUse.PEDESTRIAN: GroupKind.PEDESTRIAN,
    GroupUse.BUS: GroupKind.BUS,
    GroupUse.ARROW: GroupKind.BUS,
    GroupUse.BLIND: GroupKind.PEDESTRIAN,
}
SATURATION_FLOW_VEH_H = 1_800.0
"""Stands in where nothing is known: supply files say nothing of capacity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What a group serves in the network: turns, and their saturation flow together, veh/h."""

    turns: tuple[str, ...]
    saturation_flow_veh_h: float = SATURATION_FLOW_VEH_H


def to_junction(supply: JunctionSupply, services: Mapping[str, Service] | None = None) -> Junction:
    """The junction with all its programmes, the first of the file as its fallback.

    `services` says by group what it serves in the network.  Without an entry a vehicle group serves one turn of its own
    name, so that safety can be checked before the network is known.

    Raises
    ------
    InvalidValueError
        Where a value lies outside what a signal group or programme may be, a programme cannot be read as green windows,
        or a released programme is not what was released.
    UnsafeProgrammeError
        Where a programme breaks a safety rule.
    """
    check_releases(supply)
    layout = to_layout(supply, services)
    programmes = tuple(
        SignalProgramme(
            id=programme.id,
            layout=layout,
            cycle_s=programme.cycle_s,
            offset_s=programme.offset_s or 0,
            greens=green_windows(supply, programme, SwitchTime.OPENING_STARTS),
        )
        for programme in supply.programmes
    )
    return Junction(layout=layout, programmes=programmes)


def to_layout(
    supply: JunctionSupply,
    services: Mapping[str, Service] | None = None,
    stages: tuple[Stage, ...] | None = None,
) -> SignalLayout:
    """Groups, intergreens, and as stages what the first programme shows together, unless others are given."""
    services = services or {}
    for group_id in services:
        if all(group_id != group.id for group in supply.groups):
            raise InvalidValueError("services", group_id, f"must name a signal group of junction {supply.id}")
    groups = {group.id: _group(group, services.get(group.id)) for group in safety_groups(supply)}
    times_s = {(time.clearing, time.entering): time.seconds for time in supply.intergreens}
    return SignalLayout(
        junction_id=supply.id,
        name=supply.name,
        groups=groups,
        intergreen=IntergreenMatrix(times_s),
        stages=_stages(supply) if stages is None else stages,
    )


def _group(group: SupplyGroup, service: Service | None) -> SignalGroup:
    kind = KINDS[group.use]
    if service is None and kind is GroupKind.VEHICLE:
        service = Service(turns=(group.id,))
    return SignalGroup(
        id=group.id,
        kind=kind,
        min_green_s=group.min_green_s,
        amber_s=group.closing_s,
        red_amber_s=group.opening_s,
        for_blind=group.use is GroupUse.BLIND,
        turns=service.turns if service else (),
        saturation_flow_veh_h=service.saturation_flow_veh_h if service else 0.0,
    )


def _stages(supply: JunctionSupply) -> tuple[Stage, ...]:
    """Sets of groups that are green together in the first programme and in no larger set, in their order."""
    if not supply.programmes:
        raise InvalidValueError(f"junction[{supply.id}].programmes", (), "must hold at least one programme")
    programme = supply.programmes[0]
    greens = green_windows(supply, programme)
    shown: list[frozenset[str]] = []
    for together in groups_by_second(greens, programme.cycle_s):
        if together not in shown:
            shown.append(together)
    largest = [one for one in shown if not any(one < other for other in shown)]
    return tuple(Stage(id=str(number), groups=groups) for number, groups in enumerate(largest, start=1))


def to_day_plan(supply: JunctionSupply, day_of: Mapping[str, str]) -> DayPlan:
    """The day plan; `day_of` names the supply's day for each weekday and for holidays (see `signal_plans.day_plan`).

    Raises
    ------
    InvalidValueError
        Where a day is not known, a command names no programme, or its time is not a whole minute.
    """
    days = {day.id: day for day in supply.days}
    plan: dict[str, tuple[SwitchingTime, ...]] = {}
    for kind, day_id in day_of.items():
        if day_id not in days:
            raise InvalidValueError(f"day_of[{kind}]", day_id, "must be one of " + ", ".join(days))
        times = []
        for second, programme in days[day_id].commands:
            where = f"day[{day_id}].second"
            if second % 60:
                raise InvalidValueError(where, second, "must be a whole minute")
            if not programme:
                raise InvalidValueError(where, second, "must name a programme: switching off is no part of a day plan")
            times.append(SwitchingTime(minute=second // 60, mode=Mode(ModeKind.PROGRAMME, programme)))
        plan[kind] = tuple(time for before, time in pairwise((None, *times)) if time and _is_news(before, time))
    return DayPlan(id=supply.id, junctions=(supply.id,), days=plan)


def _is_news(before: SwitchingTime | None, time: SwitchingTime) -> bool:
    return before is None or before.mode != time.mode


def weekdays_of(working_day: str, saturday: str, sunday: str) -> dict[str, str]:
    """A usual week for `to_day_plan`: holidays are like Sundays."""
    return dict.fromkeys(WEEKDAYS[:5], working_day) | {"sat": saturday, "sun": sunday, HOLIDAY: sunday}
