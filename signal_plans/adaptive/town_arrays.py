"""The streams of a town as the arrays that the kernels of adaptive control take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from signal_plans.streams.order import streams_by_lane
from traffic_core.adaptive_arrays import Streets

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from signal_plans.streams.model import StagedJunction, StreamTown


NO_EXIT = ""
"""Exit of those who leave no street: persons on foot, buses on lanes of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreetPlaces:
    """Where the parts of a town lie in the arrays."""

    streets: Streets
    stream: NDArray[np.int64]
    """(K,) place of each stream, in the order of the town: kernels want the streams of a lane side by side."""
    exits: tuple[str, ...]
    """(X,) in order of appearance; `NO_EXIT`, where there is one, comes last."""
    lanes: tuple[str, ...]
    """(L,)"""


def street_places(town: StreamTown, base_s: int, per_change: int, longest_s: int) -> StreetPlaces:
    """Arrays of all junctions in their order.

    The look-ahead of a junction is `base_s` and `per_change` times its mean time between two stages, as it must hold
    two changes; `longest_s` at most.
    """
    junctions = town.junctions
    orders = [streams_by_lane(junction) for junction in junctions]
    named = dict.fromkeys(stream.exit for junction in junctions for stream in junction.streams)
    exits = tuple(sorted(named, key=lambda name: name == NO_EXIT))
    exit_place = {name: x for x, name in enumerate(exits)}
    ordered = [junction.streams[s] for junction, order in zip(junctions, orders, strict=True) for s in order]
    foes: list[list[int]] = []
    for junction, order in zip(junctions, orders, strict=True):
        place = {s: k for k, s in enumerate(order)}
        foes += [sorted(place[f] for f in junction.streams[s].yields_to) for s in order]
    rights = [
        [int(stage.rights[s]) for stage in junction.stages for s in order]
        for junction, order in zip(junctions, orders, strict=True)
    ]
    pairs = [[time_s for row in junction.interstage_s for time_s in row] for junction in junctions]
    per_lane = [
        sum(1 for stream in junction.streams if stream.lane == i)
        for junction in junctions
        for i in range(len(junction.lanes))
    ]
    first_stream = _pointers(len(order) for order in orders)
    place_of = np.empty(len(ordered), np.int64)
    for j, order in enumerate(orders):
        for k, s in enumerate(order):
            place_of[first_stream[j] + s] = first_stream[j] + k
    stages = [stage for junction in junctions for stage in junction.stages]
    streets = Streets(
        first_lane=_pointers(len(junction.lanes) for junction in junctions),
        first_stage=_pointers(len(junction.stages) for junction in junctions),
        first_stream=_pointers(per_lane),
        lane=np.array([stream.lane for stream in ordered], np.int64),
        headway_s=np.array([stream.headway_s for stream in ordered], np.float64),
        exit=np.array([exit_place[stream.exit] for stream in ordered], np.int64),
        first_foe=_pointers(len(own) for own in foes),
        foe=np.array([f for own in foes for f in own], np.int64),
        first_right=_pointers(len(own) for own in rights)[:-1].copy(),
        right=np.array([r for own in rights for r in own], np.uint8),
        first_pair=_pointers(len(own) for own in pairs)[:-1].copy(),
        interstage_s=np.array([time_s for own in pairs for time_s in own], np.int64),
        min_green_s=np.array([stage.min_green_s for stage in stages], np.int64),
        max_green_s=np.array([stage.max_green_s for stage in stages], np.int64),
        horizon_s=np.array(
            [min(longest_s, base_s + round(per_change * _mean_interstage_s(junction))) for junction in junctions],
            np.int64,
        ),
    )
    lanes = tuple(lane.id for junction in junctions for lane in junction.lanes)
    return StreetPlaces(streets=streets, stream=place_of, exits=exits, lanes=lanes)


def _mean_interstage_s(junction: StagedJunction) -> float:
    """Mean time between two different stages, s."""
    stages = len(junction.stages)
    total_s = sum(time_s for a, row in enumerate(junction.interstage_s) for b, time_s in enumerate(row) if a != b)
    return total_s / (stages * (stages - 1)) if stages > 1 else 0.0


def _pointers(sizes: Iterable[int]) -> NDArray[np.int64]:
    return np.cumsum([0, *sizes], dtype=np.int64)
