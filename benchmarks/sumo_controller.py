"""Stadttakt's adaptive control as the plug-in `Stadttakt` of a SUMO case runner: readings in, wishes for stages out.

`Stadttakt(sensors="area")` sees vehicles in front of the stop lines, `Stadttakt(sensors="loops")` the induction loops
at the stop lines and upstream of them.  Other arguments are those of `AdaptiveSettings`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from sumo_streams import loops_of, staged_junction, turning_flows, ways_to_stop_lines

from signal_plans.adaptive.control import KEEP, AdaptiveControl, RunningStages
from signal_plans.adaptive.settings import AdaptiveSettings
from signal_plans.adaptive.sightings import Sightings
from signal_plans.loops.estimator import LoopEstimator
from signal_plans.streams.model import Right, StreamTown
from traffic_core.errors import InvalidValueError

EXIT_M = 12.0
"""Who crawls within the first metres of an exit blocks it."""
CRAWLING_M_S = 1.5
LOOP_SIGHT_M = 40.0
SENSORS = ("area", "loops")


class Stadttakt:
    """See the head of `setup`, `step` for what comes in."""

    def __init__(self, *, sensors: str = "area", counts: bool = True, **settings: Any) -> None:
        if sensors not in SENSORS:
            raise InvalidValueError("sensors", sensors, f"must be one of {', '.join(SENSORS)}")
        self.needs = {sensors}
        self._counts = counts
        values = {name: tuple(value) if isinstance(value, list) else value for name, value in settings.items()}
        self._settings = AdaptiveSettings(**values)

    def setup(self, network: dict[str, Any]) -> None:
        """Take the description of the signals; those with one stage have nothing to choose."""
        signals = network["tls"]
        self._ids = [name for name, tls in signals.items() if len(tls["stages"]) > 1]
        self._junctions = [staged_junction(name, network) for name in self._ids]
        flows = {name: turning_flows(name, network, counted=self._counts) for name in self._ids}
        lengths_m = {name: lane["length"] for name, lane in network["lanes"].items()}
        edges = {name: lane["edge"] for name, lane in network["lanes"].items()}
        self._from: dict[str, list[tuple[int, float, float]]] = {}
        loops, lanes = [], 0
        for junction in self._junctions:
            tls = signals[junction.id]
            place = {lane.id: lanes + i for i, lane in enumerate(junction.lanes)}
            lanes += len(place)
            flow = dict.fromkeys(place, 0.0)
            for link, count in zip(tls["links"], flows[junction.id], strict=True):
                flow[link["from"]] += count + 1.0
            for lane, ways in ways_to_stop_lines(tls, lengths_m, place, flow).items():
                self._from.setdefault(lane, []).extend(ways)
            loops += loops_of(tls, edges, place) if "loops" in self.needs else []
        seen_m = [LOOP_SIGHT_M] * lanes if loops else [0.0] * lanes
        for lane, ways in self._from.items():
            for target, way_m, _ in ways if not loops else ():
                seen_m[target] = max(seen_m[target], way_m + lengths_m[lane])
        town = StreamTown(junctions=tuple(self._junctions))
        self._control = AdaptiveControl(town, self._settings, flows, seen_m)
        self._estimator = LoopEstimator(town, loops) if loops else None
        self._loops = [loop.id for loop in loops]
        self._exit = {name: (x, lengths_m[name]) for x, name in enumerate(self._control.places.exits)}

    def step(self, obs: dict[str, Any]) -> dict[str, int]:
        """Stages wished for at time `t`, from the state of the signals (`tls`) and `lanes` or `loops`."""
        state = [obs["tls"][name] for name in self._ids]
        stage = [s["stage"] if s["phase"] == "green" else s["next"] for s in state]
        running = RunningStages(
            stage=np.array(stage, np.int64),
            elapsed_s=np.array([s["elapsed"] for s in state]).astype(np.int64),
            ready=np.array([s["ready"] for s in state], np.bool_),
            green=np.array([s["phase"] == "green" for s in state], np.bool_),
        )
        slow = np.zeros(len(self._exit), np.bool_)
        if self._estimator is None:
            sightings = self._seen(obs["lanes"], slow)
        else:
            sightings = self._reckoned(int(obs["t"]), obs["loops"], state, self._estimator)
        wishes = self._control.step(sightings, running, slow)
        return {
            name: int(was if wish == KEEP else wish) for name, wish, was in zip(self._ids, wishes, stage, strict=True)
        }

    def _seen(self, lanes: dict[str, list[tuple[float, float]]], slow: np.ndarray) -> Sightings:
        """Vehicles as (distance to the lane's end, speed); `slow` is set where somebody blocks an exit."""
        rows = [
            (target, way_m + distance_m, speed_m_s, share)
            for name, vehicles in lanes.items()
            for target, way_m, share in self._from.get(name, ())
            for distance_m, speed_m_s in vehicles
            if way_m + distance_m <= self._settings.sight_m
        ]
        for name, vehicles in lanes.items():
            if name in self._exit:
                x, length_m = self._exit[name]
                slow[x] = any(length_m - d < EXIT_M and v < CRAWLING_M_S for d, v in vehicles)
        lane, distance_m, speed_m_s, weight = zip(*rows, strict=True) if rows else ((), (), (), ())
        return Sightings(
            np.array(lane, np.int64), np.array(distance_m, float), np.array(speed_m_s, float), np.array(weight, float)
        )

    def _reckoned(
        self, t: int, loops: dict[str, tuple[int, int, int]], state: list[dict[str, Any]], estimator: LoopEstimator
    ) -> Sightings:
        """Vehicles that the loops let one expect; (rising, falling, occupied) by loop, none for quiet ones."""
        rising, falling, occupied = np.array([loops.get(name, (0, 0, 0)) for name in self._loops], np.int64).T
        sightings = estimator.step(t, rising.copy(), falling.copy(), occupied.astype(np.bool_), self._rights(state))
        self._control.lanes.rate_veh_s[:] = estimator.arrival_veh_s
        return sightings

    def _rights(self, state: list[dict[str, Any]]) -> np.ndarray:
        """The most that the streams of each lane may do; during a change what both stages grant."""
        rights = []
        for junction, shown in zip(self._junctions, state, strict=True):
            ending = junction.stages[shown["stage"]]
            starting = ending if shown["phase"] == "green" else junction.stages[shown["next"]]
            own = [Right.RED] * len(junction.lanes)
            for stream, a, b in zip(junction.streams, ending.rights, starting.rights, strict=True):
                own[stream.lane] = max(own[stream.lane], min(a, b))
            rights += own
        return np.array(rights, np.int64)
