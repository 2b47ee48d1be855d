"""Groups that ask for green without a street that detectors watch: pedestrians and cycles with a button, bus lanes.

Each becomes a lane of its own with one stream, so that the look-ahead prices its waiting like that of vehicles.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from signal_plans.adaptive.call_points import call_points
from signal_plans.adaptive.town_arrays import NO_EXIT
from signal_plans.signal_group import GroupKind
from signal_plans.streams.model import ApproachLane, Right, Stream, StreamTown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from signal_plans.layout import SignalLayout
    from signal_plans.streams.model import StagedJunction
    from traffic_core.network import Network

HEADWAY_S = 1.0
_LANE_M, _SPEED_M_S = 25.0, 10.0


class Caller(NamedTuple):
    """A group that asks."""

    name: str
    """As buses and buttons call it, see `call_points`."""
    group: int
    """Position among all groups of the town."""
    green_in: tuple[bool, ...]
    """One for each stage of its junction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Callers:
    """What adaptive control must know of those who ask, in the order of the layouts."""

    of_junction: tuple[tuple[Caller, ...], ...]
    street_lanes: Mapping[str, tuple[tuple[int, int], ...]]
    """Lanes by the name that a bus calls, as (junction, lane within it), where it drives among other vehicles."""
    needs: tuple[tuple[int, tuple[int, ...]], ...]
    """Stages (position in the town) that serve nobody unless one of these groups (positions) is asked for."""


NO_CALLERS = Callers(of_junction=(), street_lanes={}, needs=())


def callers_of(network: Network, layouts: Sequence[SignalLayout], town: StreamTown) -> Callers:
    """Who may ask in a town; `town` comes from `stream_town` for the same layouts."""
    of_junction, needs, first_group, first_stage = [], [], 0, 0
    for layout in layouts:
        place = {group: first_group + g for g, group in enumerate(layout.groups)}
        of_junction.append(
            tuple(
                Caller(f"{layout.junction_id}.{name}", place[name], tuple(name in s.groups for s in layout.stages))
                for name, group in layout.groups.items()
                if (group.on_request or group.kind is GroupKind.BUS) and any(name in s.groups for s in layout.stages)
            )
        )
        asked = {name for name, group in layout.groups.items() if group.on_request}
        elsewhere = {name for stage in layout.stages if not stage.groups & asked for name in stage.groups}
        for s, stage in enumerate(layout.stages):
            if stage.groups & asked and stage.groups - asked <= elsewhere:
                needs.append((first_stage + s, tuple(place[name] for name in sorted(stage.groups & asked))))
        first_group += len(place)
        first_stage += len(layout.stages)
    return Callers(
        of_junction=tuple(of_junction), street_lanes=_street_lanes(network, layouts, town), needs=tuple(needs)
    )


def _street_lanes(
    network: Network, layouts: Sequence[SignalLayout], town: StreamTown
) -> dict[str, tuple[tuple[int, int], ...]]:
    found = {}
    places = {junction.id: j for j, junction in enumerate(town.junctions)}
    for name, (junction_id, group, link) in call_points(network, layouts).items():
        junction = town.junctions[places[junction_id]]
        lanes = {stream.lane for stream in junction.streams if stream.group == group}
        own = sorted(i for i in lanes if link is not None and junction.lanes[i].id.rpartition("/")[0] == link)
        if own:
            found[name] = tuple((places[junction_id], i) for i in own)
    return found


def with_callers(town: StreamTown, callers: Callers) -> StreamTown:
    """The town with a lane for each caller behind the lanes of its junction."""
    if not any(callers.of_junction):
        return town
    junctions = tuple(_extended(*pair) for pair in zip(town.junctions, callers.of_junction, strict=True))
    return replace(town, junctions=junctions)


def _extended(junction: StagedJunction, callers: Sequence[Caller]) -> StagedJunction:
    lanes, streams = list(junction.lanes), list(junction.streams)
    for caller in callers:
        stream = Stream(
            id=caller.name, lane=len(lanes), exit=NO_EXIT, group=caller.name, headway_s=HEADWAY_S, crossing_s=0.0
        )
        streams.append(stream)
        lanes.append(ApproachLane(id=caller.name, length_m=_LANE_M, speed_m_s=_SPEED_M_S))
    stages = tuple(
        replace(
            stage,
            rights=(
                *stage.rights,
                *(Right.PROTECTED if caller.green_in[s] else Right.RED for caller in callers),
            ),
        )
        for s, stage in enumerate(junction.stages)
    )
    return replace(junction, lanes=tuple(lanes), streams=tuple(streams), stages=stages)


class CallerPlaces:
    """Where lanes lie among all lanes of `with_callers`."""

    def __init__(self, town: StreamTown, callers: Callers) -> None:
        """`town`: without the lanes of callers."""
        streets = [len(junction.lanes) for junction in town.junctions]
        own = [len(callers) for callers in callers.of_junction] or [0] * len(streets)
        first = np.cumsum([0, *np.add(streets, own)])
        self.street_lane: NDArray[np.int64] = np.concatenate(
            [first[j] + np.arange(count) for j, count in enumerate(streets)]
        ).astype(np.int64)
        """(streets,) lanes of the streets, in the order of `town`."""
        self.by_name: dict[str, tuple[int, tuple[int, ...]]] = {
            name: (lanes[0][0], tuple(int(first[j]) + i for j, i in lanes))
            for name, lanes in callers.street_lanes.items()
        }
        """Junction and lanes on which a bus of that name drives among others."""
        self.alone: dict[str, int] = {}
        """Lane of each caller by its name."""
        self.group: dict[int, int] = {}
        """Lane of each caller by its group."""
        for j, (count, ones) in enumerate(zip(streets, callers.of_junction, strict=False)):
            for i, caller in enumerate(ones):
                self.alone[caller.name] = self.group[caller.group] = int(first[j]) + count + i
