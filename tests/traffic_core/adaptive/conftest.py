"""Junctions as the kernel of adaptive control takes them."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import pytest

from traffic_core.adaptive_arrays import Model, Picture, Scratch, Search, Streets
from traffic_core.kernels.adaptive import choose

AHEAD_S = 8


@dataclass(frozen=True, kw_only=True)
class Case:
    """A junction and what stands before it, as the kernel and its twin take it."""

    streams: tuple[int, ...]
    """Streams of each lane."""
    rights: tuple[tuple[int, ...], ...]
    queues: tuple[float, ...]
    """Standing vehicles of each lane."""
    coming: tuple[tuple[int, int], ...] = ()
    """(lane, second) of each moving vehicle."""
    interstage_s: int = 3
    min_green_s: int = 4
    max_green_s: int = 1
    horizon_s: int = 14
    keep_s: tuple[int, ...] = (0,)
    second_s: tuple[int, ...] = ()
    headway_s: float = 2.0
    foes: tuple[tuple[int, ...], ...] = ()
    share: tuple[float, ...] = ()
    weight: tuple[float, ...] = ()
    blocked_s: float = 0.0
    """Of the first stream's exit."""
    elapsed_s: int = 0
    running: int = 0
    stop_cost_s: float = 2.0
    left_cost_s: float = 5.0
    start_loss_s: float = 1.5
    calls: tuple[tuple[int, int, float], ...] = ()
    """(lane, second, weight) of each called vehicle."""
    closed: tuple[int, ...] = ()
    """Stages that may not begin."""
    red_cost_s: tuple[tuple[float, ...], ...] = ()
    """Of each lane and second; none in general."""

    def calls_of(self):
        """(second, weight) for each lane."""
        found = [(0, 0.0)] * len(self.streams)
        for lane, second, weight in self.calls:
            found[lane] = (second, weight)
        return found

    def lane_of(self):
        return [i for i, count in enumerate(self.streams) for _ in range(count)]

    def foes_of(self):
        return self.foes or ((),) * sum(self.streams)

    def shares(self):
        return self.share or tuple(1.0 / count for count in self.streams for _ in range(count))

    def arrivals(self):
        """(L, T + 8) vehicles that arrive, and those of them that move."""
        moving = np.zeros((len(self.streams), self.horizon_s + AHEAD_S))
        for lane, second in self.coming:
            moving[lane, second] += 1.0
        arriving = moving.copy()
        arriving[:, 0] += self.queues
        return arriving, moving


def pointers(sizes):
    return np.cumsum([0, *sizes], dtype=np.int64)


def search_of(*cases):
    """Arguments of the kernel for junctions side by side; horizons must be equal."""
    streams = [sum(case.streams) for case in cases]
    stages = [len(case.rights) for case in cases]
    foes = [own for case in cases for own in case.foes_of()]
    exits = pointers(streams)
    arrivals = [case.arrivals() for case in cases]
    share = np.array([value for case in cases for value in case.shares()])
    blocked_s = np.zeros(sum(streams))
    for case, first in zip(cases, exits, strict=False):
        blocked_s[first] = case.blocked_s
    streets = Streets(
        first_lane=pointers(len(case.streams) for case in cases),
        first_stage=pointers(stages),
        first_stream=pointers(count for case in cases for count in case.streams),
        lane=np.array([lane for case in cases for lane in case.lane_of()], np.int64),
        headway_s=np.repeat([case.headway_s for case in cases], streams),
        exit=np.arange(sum(streams)),
        first_foe=pointers(len(own) for own in foes),
        foe=np.array([foe for own in foes for foe in own], np.int64),
        first_right=pointers(np.multiply(stages, streams))[:-1].copy(),
        right=np.array([r for case in cases for row in case.rights for r in row], np.uint8),
        first_pair=pointers(np.square(stages))[:-1].copy(),
        interstage_s=np.repeat([case.interstage_s for case in cases], np.square(stages)),
        min_green_s=np.repeat([case.min_green_s for case in cases], stages),
        max_green_s=np.repeat([case.max_green_s for case in cases], stages),
        horizon_s=np.array([case.horizon_s for case in cases]),
    )
    picture = Picture(
        arrival_veh=np.vstack([arriving for arriving, _ in arrivals]),
        moving_veh=np.vstack([moving for _, moving in arrivals]),
        share=share,
        head=share.copy(),
        weight=np.array([w for case in cases for w in (case.weight or (1.0,) * len(case.streams))], np.float64),
        blocked_s=blocked_s,
        called=np.array([bool(case.calls) for case in cases]),
        call_s=np.array([second for case in cases for second, _ in case.calls_of()], np.int64),
        call_weight=np.array([weight for case in cases for _, weight in case.calls_of()], np.float64),
        may_begin=np.array([s not in case.closed for case in cases for s in range(len(case.rights))]),
        red_cost_s=np.array(cases[0].red_cost_s or np.zeros((0, 0)), np.float64),
    )
    first = cases[0]
    choices = np.array(first.keep_s, np.int64), np.array(first.second_s, np.int64)
    rows, size = first.horizon_s + 1, 2 * len(share) + 3 * len(picture.weight)
    scratch = Scratch(
        state=np.zeros(size),
        first=np.zeros((rows, size)),
        first_cost_s=np.zeros(rows),
        second=np.zeros((rows, size)),
        second_cost_s=np.zeros(rows),
        rights=np.zeros(max(streams), np.uint8),
        busy=np.zeros(len(picture.weight), np.int64),
        **{name: np.zeros((len(picture.weight), rows)) for name in ("arrived_veh", "arrived_veh_s", "moved_veh")},
    )
    model = Model(first.stop_cost_s, first.left_cost_s, 4, 1.0, first.start_loss_s, 1, *choices)
    return Search(streets, picture, model, scratch)


def chosen(*cases, turn=0, ready=True):
    """Search, wishes and plans of junctions side by side."""
    search = search_of(*cases)
    wish, plan = np.full(len(cases), 99), np.zeros((len(cases), 4), np.int64)
    choose(
        np.full(len(cases), ready),
        np.array([case.running for case in cases]),
        np.array([case.elapsed_s for case in cases]),
        turn,
        search,
        wish,
        plan,
    )
    return search, wish.tolist(), plan.tolist()


def first_queues(case, lane=0):
    """Vehicles of a lane before each second, if the running stage goes on, and the cost till then."""
    scratch = chosen(case)[0].scratch
    return scratch.first[:, lane].tolist(), scratch.first_cost_s.tolist()


@pytest.fixture(scope="session")
def junctions():
    """`Case` describes a junction; `chosen` and `first_queues` say what the kernel makes of it."""
    return SimpleNamespace(Case=Case, search_of=search_of, chosen=chosen, first_queues=first_queues)
