"""The controller: sightings in, wishes for stages out, each second for all junctions."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from signal_plans.adaptive.asking import Asking
from signal_plans.adaptive.callers import NO_CALLERS, with_callers
from signal_plans.adaptive.requests import NOBODY_ASKS
from signal_plans.adaptive.settings import AdaptiveSettings
from signal_plans.adaptive.town_arrays import NO_EXIT, street_places
from traffic_core.adaptive_arrays import Model, Picture, Scratch, Search
from traffic_core.errors import InvalidValueError
from traffic_core.kernels.adaptive import KEEP, choose
from traffic_core.kernels.adaptive_view import Lanes, look

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from signal_plans.adaptive.callers import Callers
    from signal_plans.adaptive.requests import Requests
    from signal_plans.adaptive.sightings import Sightings
    from signal_plans.adaptive.town_arrays import StreetPlaces
    from signal_plans.streams.model import StreamTown

__all__ = ["KEEP", "AdaptiveControl", "AdaptiveSettings", "RunningStages"]

BEYOND_S = 8
"""Columns of the picture beyond the look-ahead, so that its last second still sees the gaps that follow."""
STANDING_M = 7.5
"""Length of lane per standing vehicle."""
SHORTEST_ROOM_M = 25.0
"""Lanes that are shorter are not full with one vehicle."""
STUCK_S = 6.0
"""Who stands for longer before protected green is held up by something that no signal can change."""
STUCK_WEIGHT = 0.1
FULLEST_WEIGHT = 1.5
"""At most so many times `AdaptiveSettings.spill_weight`: reached where a queue is a quarter longer than its lane."""
MOST_PATIENCE_WEIGHT = 10.0
PATIENCE_STEP_S = 30.0
NO_RED_COST = np.zeros((0, 0))
ASSUMED_VEH_H = 100.0
"""Flow of a stream that nobody has counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningStages:
    """What each junction (J) shows."""

    stage: NDArray[np.int64]
    """Running stage, or the one that the running change leads to."""
    elapsed_s: NDArray[np.int64]
    ready: NDArray[np.bool_]
    """Whether the stage may end now; not during a change and not within its minimum."""
    green: NDArray[np.bool_]
    """Whether the stage is running, not a change."""


class AdaptiveControl:
    """Chooses the stages of a town: plays plans through a queue model each second and follows the cheapest.

    `flow_veh_h` are turning counts per junction, one for each stream; without them all streams of a lane are equal.
    `seen_m` is how far back each approach lane is seen, at most `AdaptiveSettings.sight_m`; default its own length.
    `callers` may ask for green.  Deterministic; nothing here reads a clock.
    """

    def __init__(
        self,
        town: StreamTown,
        settings: AdaptiveSettings,
        flow_veh_h: Mapping[str, Sequence[float]] | None = None,
        seen_m: Sequence[float] | None = None,
        callers: Callers = NO_CALLERS,
    ) -> None:
        streets, town = town, with_callers(town, callers)
        self.places = places = street_places(town, settings.base_s, settings.per_change, settings.horizon_s)
        self.settings = settings
        self.exits = tuple(name for name in places.exits if name != NO_EXIT)
        """(X,) links behind the junctions."""
        self._asking = Asking(streets, callers, settings, places.streets)
        self._street_lane = self._asking.places.street_lane
        flow = _stream_flows(town, places, flow_veh_h)
        own_lanes = list(chain.from_iterable(junction.lanes for junction in town.junctions))
        lane_of = np.repeat(np.arange(len(own_lanes)), np.diff(places.streets.first_stream))
        lane_flow = np.bincount(lane_of, weights=flow, minlength=len(own_lanes))
        share = (flow + 1.0) / np.bincount(lane_of, weights=flow + 1.0, minlength=len(own_lanes))[lane_of]
        lengths_m = np.array([lane.length_m for lane in own_lanes], np.float64)
        sight_m = lengths_m.copy()
        if seen_m is not None:
            if len(seen_m) != len(self._street_lane):
                raise InvalidValueError("seen_m", (len(seen_m),), f"must have the shape {self._street_lane.shape}")
            sight_m[self._street_lane] = seen_m
        self._room_m = np.maximum(SHORTEST_ROOM_M, lengths_m)
        self.lanes = Lanes(
            speed_m_s=np.array([lane.speed_m_s for lane in own_lanes], np.float64),
            sight_m=np.minimum(settings.sight_m, sight_m),
            first_stream=places.streets.first_stream,
            rate_veh_s=lane_flow / 3_600.0 if flow_veh_h is not None else np.zeros(len(own_lanes)),
            head_m=np.full(len(own_lanes), np.inf),
            head_speed_m_s=np.zeros(len(own_lanes)),
            head_wait_s=np.zeros(len(own_lanes)),
            standing_veh=np.zeros(len(own_lanes)),
            stuck_s=np.zeros(len(own_lanes)),
        )
        self._search = _search(town, places, settings, share)
        self._green_s = np.zeros(len(share))
        self._turn = 0
        self.wish = np.full(len(town.junctions), KEEP, np.int64)
        self.plan = np.zeros((len(town.junctions), 4), np.int64)

    def step(
        self,
        sightings: Sightings,
        running: RunningStages,
        exit_slow: NDArray[np.bool_],
        requests: Requests = NOBODY_ASKS,
        red_cost_s: NDArray[np.float64] | None = None,
    ) -> NDArray[np.int64]:
        """Wishes (J) for stages, KEEP where the running one goes on; valid till the next call.

        `exit_slow` (X,) says where somebody stands at the beginning of an exit, in the order of `exits`; `red_cost_s`
        (L, T) what a red second costs each lane of the streets, see `signal_plans.adaptive.green_windows`.
        """
        picture, settings = self._search.picture, self.settings
        exit_slow = np.append(exit_slow, np.zeros(len(self.places.exits) - exit_slow.size, np.bool_))
        sightings = sightings._replace(lane=self._street_lane[sightings.lane])
        rights = self._rights(running)
        self._green_s = np.where(rights > 0, self._green_s + 1.0, 0.0)
        free = ~exit_slow[self.places.streets.exit]
        look(
            *sightings, rights, self._green_s, free, self.lanes, picture.share, settings.smoothing_s,
            settings.acceleration_m_s2, picture.arrival_veh, picture.moving_veh, picture.head,
        )  # fmt: skip
        picture.blocked_s[:] = np.where(exit_slow, settings.blocked_s, 0.0)
        picture.weight[:] = self._weights()
        self._asking.write(requests, picture, self.lanes.standing_veh, self._moving(rights))
        self._search = self._search._replace(picture=picture._replace(red_cost_s=self._red_cost_s(red_cost_s)))
        self._turn += 1
        choose(running.ready, running.stage, running.elapsed_s, self._turn, self._search, self.wish, self.plan)
        return self.wish

    def _moving(self, rights: NDArray[np.uint8]) -> NDArray[np.bool_]:
        """Lanes (L,) of which some stream has green."""
        moves: NDArray[np.bool_] = np.maximum.reduceat(rights, self.places.streets.first_stream[:-1]) > 0
        return moves

    def _red_cost_s(self, of_streets: NDArray[np.float64] | None) -> NDArray[np.float64]:
        """The same with lanes of callers, (L, T); (0, 0) where there is none."""
        if of_streets is None:
            return NO_RED_COST
        cost_s = np.zeros((len(self.places.lanes), self.settings.horizon_s))
        cost_s[self._street_lane] = of_streets
        return cost_s

    def _rights(self, running: RunningStages) -> NDArray[np.uint8]:
        """What each stream (K,) may do; nothing while stages change."""
        streets = self.places.streets
        own = np.diff(streets.first_stream[streets.first_lane])
        junction = np.repeat(np.arange(len(own)), own)
        within = np.arange(len(junction)) - streets.first_stream[streets.first_lane[junction]]
        at = streets.first_right[junction] + running.stage[junction] * own[junction] + within
        return np.where(running.green[junction], streets.right[at], 0).astype(np.uint8)

    def _weights(self) -> NDArray[np.float64]:
        """Cost of a second of waiting on each lane (L,)."""
        settings, lanes = self.settings, self.lanes
        waited = (lanes.head_wait_s - settings.patience_s) / PATIENCE_STEP_S
        filled_share = lanes.standing_veh * STANDING_M / self._room_m
        weight = 1.0 + np.clip(waited, 0.0, MOST_PATIENCE_WEIGHT)
        weight += settings.spill_weight * np.clip(2.0 * filled_share - 1.0, 0.0, FULLEST_WEIGHT)
        weight[lanes.stuck_s > STUCK_S] = STUCK_WEIGHT
        return weight


def _stream_flows(
    town: StreamTown, places: StreetPlaces, flow_veh_h: Mapping[str, Sequence[float]] | None
) -> NDArray[np.float64]:
    """Flow of each stream (K,), veh/h, in the order of the arrays."""
    flows = np.full(len(places.stream), ASSUMED_VEH_H)
    first = 0
    for junction in town.junctions:
        end = first + len(junction.streams)
        if flow_veh_h is not None:
            own = np.asarray(flow_veh_h[junction.id], np.float64)
            streets = sum(1 for stream in junction.streams if stream.exit != NO_EXIT)
            if own.shape != (streets,) or not np.isfinite(own).all() or (own < 0.0).any():
                limit = f"must be {streets} flows of 0 or more"
                raise InvalidValueError(f"flow_veh_h[{junction.id}]", own.tolist(), limit)
            flows[places.stream[first:end]] = np.append(own, np.zeros(end - first - streets))
        first = end
    return flows


def _search(town: StreamTown, places: StreetPlaces, settings: AdaptiveSettings, share: NDArray[np.float64]) -> Search:
    lanes, rows = len(places.lanes), settings.horizon_s + 1
    ahead = settings.horizon_s + BEYOND_S
    streams = max(len(junction.streams) for junction in town.junctions)
    widest = max(len(junction.lanes) for junction in town.junctions)
    size = max(3 * len(junction.lanes) + 2 * len(junction.streams) for junction in town.junctions)
    return Search(
        streets=places.streets,
        picture=Picture(
            arrival_veh=np.zeros((lanes, ahead)),
            moving_veh=np.zeros((lanes, ahead)),
            share=share,
            head=share.copy(),
            weight=np.ones(lanes),
            blocked_s=np.zeros(len(places.exits)),
            called=np.zeros(len(town.junctions), np.bool_),
            call_s=np.zeros(lanes, np.int64),
            call_weight=np.zeros(lanes),
            may_begin=np.ones(len(places.streets.min_green_s), np.bool_),
            red_cost_s=NO_RED_COST,
        ),
        model=Model(
            stop_cost_s=settings.stop_cost_s,
            left_cost_s=settings.left_cost_s,
            gap_s=settings.gap_s,
            pocket_veh=settings.pocket_veh,
            start_loss_s=settings.start_loss_s,
            amber_used_s=settings.amber_used_s,
            keep_s=np.array(settings.keep_s, np.int64),
            second_s=np.array(settings.second_s, np.int64),
        ),
        scratch=Scratch(
            state=np.zeros(size),
            first=np.zeros((rows, size)),
            first_cost_s=np.zeros(rows),
            second=np.zeros((rows, size)),
            second_cost_s=np.zeros(rows),
            rights=np.zeros(streams, np.uint8),
            busy=np.zeros(widest, np.int64),
            arrived_veh=np.zeros((widest, rows)),
            arrived_veh_s=np.zeros((widest, rows)),
            moved_veh=np.zeros((widest, rows)),
        ),
    )
