"""Plans of stages and programmes of signal groups, each made from the other."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from signal_plans.fixed_time.plan import FixedTimePlan
from signal_plans.interval_check import violations
from signal_plans.programme import GreenWindow, SignalProgramme, groups_by_second
from signal_plans.signal_group import GroupKind
from signal_plans.streams.from_layout import right_of
from signal_plans.streams.model import ApproachLane, Right, Stream, StreamStage
from signal_plans.timing import programme_from_stages
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from signal_plans.layout import SignalLayout
    from signal_plans.streams.model import StagedJunction


def with_waiting_groups(junction: StagedJunction, layout: SignalLayout) -> StagedJunction:
    """The junction with a stream that nobody uses for each group of pedestrians, cyclists and buses.

    A plan that serves all streams then serves these groups too.
    """
    groups = [group.id for group in layout.groups.values() if group.kind is not GroupKind.VEHICLE]
    if not groups:
        return junction
    lane = len(junction.lanes)
    green = [stage.groups for stage in layout.stages]
    return replace(
        junction,
        lanes=(*junction.lanes, ApproachLane(id=f"{junction.id}/waiting", length_m=100.0, speed_m_s=1.0)),
        streams=(
            *junction.streams,
            *(Stream(id=group, lane=lane, exit="", group=group, headway_s=2.0, crossing_s=0.0) for group in groups),
        ),
        stages=tuple(
            replace(
                stage,
                rights=(
                    *stage.rights,
                    *(Right.PROTECTED if group in green[place] else Right.RED for group in groups),
                ),
            )
            for place, stage in enumerate(junction.stages)
        ),
    )


def programme_of_plan(layout: SignalLayout, plan: FixedTimePlan, programme_id: str) -> SignalProgramme:
    """Programme of a plan whose stages are those of the layout.

    Raises
    ------
    InvalidValueError
        Where a group is in none of the plan's stages, or in all of them.
    UnsafeProgrammeError
        Where the greens break a safety rule.
    """
    stages = tuple(layout.stages[place] for place in plan.order)
    where = f"plan[{plan.junction_id}].order"
    served = frozenset[str]().union(*(stage.groups for stage in stages))
    if missing := sorted(set(layout.groups) - served):
        raise InvalidValueError(where, tuple(stage.id for stage in stages), f"must serve {', '.join(missing)} too")
    in_order = replace(layout, stages=stages)
    made = programme_from_stages(in_order, plan.green_s, programme_id, plan.offset_s)
    return SignalProgramme(
        id=programme_id, layout=layout, cycle_s=made.cycle_s, offset_s=made.offset_s, greens=made.greens
    )


def lengthened(programme: SignalProgramme) -> SignalProgramme:
    """The programme with greens that end later and begin earlier wherever every safety rule still holds.

    Between two stages lies the longest intergreen of all their groups; pairs that need less get the rest.  Vehicles
    come first, and of them the larger flows.
    """
    layout = programme.layout
    order = sorted(layout.groups.values(), key=lambda group: (-group.saturation_flow_veh_h, group.id))
    greens = dict(programme.greens)
    for some in (
        [group.id for group in order if group.kind is GroupKind.VEHICLE],
        [group.id for group in order if group.kind is not GroupKind.VEHICLE],
    ):
        while _lengthen(layout, programme.cycle_s, greens, some):
            pass
    return replace(programme, greens=greens)


def _lengthen(
    layout: SignalLayout, cycle_s: int, greens: dict[str, tuple[GreenWindow, ...]], groups: list[str]
) -> bool:
    """Give each green of some groups a second at its end and one at its beginning where that is safe."""
    changed = False
    for group in groups:
        for place in range(len(greens[group])):
            for earlier_s in (0, 1):
                longer = {**greens, group: _longer(greens[group], place, earlier_s, cycle_s)}
                if not violations(layout, cycle_s, longer):
                    greens[group], changed = longer[group], True
    return changed


def _longer(windows: tuple[GreenWindow, ...], place: int, earlier_s: int, cycle_s: int) -> tuple[GreenWindow, ...]:
    window = windows[place]
    changed = GreenWindow(
        start_s=(window.start_s - earlier_s) % cycle_s, length_s=min(window.length_s + 1, cycle_s - 1)
    )
    return (*windows[:place], changed, *windows[place + 1 :])


def as_it_runs(junction: StagedJunction, programme: SignalProgramme) -> tuple[StagedJunction, FixedTimePlan]:
    """A programme as a junction whose stages are what it shows, and their plan.

    A stage is a time in which the same vehicle groups are green.  A time in which only those are green that are so
    before and after is the way from one stage to the next.
    """
    greens = {stream.group: programme.greens[stream.group] for stream in junction.streams}
    segments = _segments(greens, programme.cycle_s)
    count = len(segments)
    between = [
        count > 2 and shown == segments[place - 1][2] & segments[(place + 1) % count][2]
        for place, (_, _, shown) in enumerate(segments)
    ]
    kept = [segment for segment, way in zip(segments, between, strict=True) if not way]
    if len(kept) < 2:
        where = f"programme[{programme.layout.junction_id}/{programme.id}]"
        raise InvalidValueError(where, len(kept), "must show at least two stages")
    pauses_s = [[0] * len(kept) for _ in kept]
    for place, (start_s, length_s, _) in enumerate(kept):
        following = (place + 1) % len(kept)
        pauses_s[place][following] = (kept[following][0] - start_s - length_s) % programme.cycle_s
    stages = tuple(
        StreamStage(
            id=str(place + 1),
            rights=tuple(right_of(stream, junction.streams, shown) for stream in junction.streams),
            min_green_s=1,
            max_green_s=programme.cycle_s,
        )
        for place, (_, _, shown) in enumerate(kept)
    )
    plan = FixedTimePlan(
        junction_id=junction.id,
        cycle_s=programme.cycle_s,
        offset_s=(programme.offset_s + kept[0][0]) % programme.cycle_s,
        order=tuple(range(len(kept))),
        green_s=tuple(length_s for _, length_s, _ in kept),
    )
    shown_so = replace(junction, stages=stages, interstage_s=tuple(tuple(row) for row in pauses_s))
    return shown_so, plan


def _segments(greens: Mapping[str, tuple[GreenWindow, ...]], cycle_s: int) -> list[tuple[int, int, frozenset[str]]]:
    """Start, length and green groups of each time without a change, in order."""
    shown = groups_by_second(greens, cycle_s)
    starts = [second for second in range(cycle_s) if shown[second] != shown[second - 1]]
    return [
        (start_s, (end_s - start_s) % cycle_s, shown[start_s])
        for start_s, end_s in zip(starts, (*starts[1:], *starts[:1]), strict=True)
    ]
