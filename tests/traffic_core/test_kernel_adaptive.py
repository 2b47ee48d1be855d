"""The queue model and the search of adaptive control, calculated by hand and against all plans one by one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from traffic_core.kernels import adaptive as kernel
from traffic_core.kernels.adaptive import KEEP, PERMISSIVE, PROTECTED, RED, Model, Picture, Scratch, Search, Streets

AHEAD_S = 8
STOP_COST_S = 2.0
LEFT_COST_S = 5.0
START_LOSS_S = 1.5


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
        weight=np.array([w for case in cases for w in (case.weight or (1.0,) * len(case.streams))]),
        blocked_s=blocked_s,
    )
    first = cases[0]
    choices = np.array(first.keep_s, np.int64), np.array(first.second_s, np.int64)
    rows, size = first.horizon_s + 1, 2 * (len(share) + len(picture.weight))
    scratch = Scratch(
        state=np.zeros(size),
        first=np.zeros((rows, size)),
        first_cost_s=np.zeros(rows),
        second=np.zeros((rows, size)),
        second_cost_s=np.zeros(rows),
        rights=np.zeros(max(streams), np.uint8),
    )
    return Search(streets, picture, Model(STOP_COST_S, LEFT_COST_S, 4, 1.0, START_LOSS_S, 1, *choices), scratch)


def chosen(*cases, turn=0, ready=True):
    """Search, wishes and plans of junctions side by side."""
    search = search_of(*cases)
    wish, plan = np.full(len(cases), 99), np.zeros((len(cases), 4), np.int64)
    kernel.choose(
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


CROSSING = {"streams": (1, 1), "rights": ((PROTECTED, RED), (RED, PROTECTED))}


def test_a_queue_at_green_leaves_one_vehicle_at_once_and_then_one_in_each_headway():
    queue_veh, cost_s = first_queues(Case(**CROSSING, queues=(5, 0)))
    # a headway of 2 s is saved up: one vehicle in second 0, one in second 1, then half a vehicle in each
    assert queue_veh[1:7] == [4.0, 3.0, 2.5, 2.0, 1.5, 1.0]
    assert cost_s[:7] == [0.0, 4.0, 7.0, 9.5, 11.5, 13.0, 14.0]


def test_a_queue_that_gets_green_after_a_change_loses_its_start():
    case = Case(**CROSSING, queues=(0, 5))
    scratch = chosen(case)[0].scratch
    assert scratch.first[1:4, 1].tolist() == [5.0, 5.0, 5.0]
    # 3 s of change; then (1 + 2 - 1.5) / 2 vehicles in the first second and half a one in each that follows
    assert scratch.second[3:7, 1].tolist() == [5.0, 4.25, 3.75, 3.25]
    assert scratch.second_cost_s[3:7].tolist() == [15.0, 19.25, 23.0, 26.25]


def test_a_vehicle_that_comes_to_red_costs_a_stop_and_its_waiting_times_the_weight_of_its_lane():
    queue_veh, cost_s = first_queues(Case(**CROSSING, queues=(0, 0), coming=((1, 2),), weight=(1.0, 3.0)), lane=1)
    assert queue_veh[1:5] == [0.0, 0.0, 1.0, 1.0]
    assert cost_s[1:5] == [0.0, 0.0, 3.0 * (1.0 + STOP_COST_S), 3.0 * (2.0 + STOP_COST_S)]


def test_a_vehicle_that_comes_to_green_costs_nothing():
    _, cost_s = first_queues(Case(**CROSSING, queues=(0, 0), coming=((0, 2), (0, 5))))
    assert set(cost_s) == {0.0}


def test_nobody_leaves_into_an_exit_that_is_blocked():
    queue_veh, _ = first_queues(Case(**CROSSING, queues=(3, 0), blocked_s=3.0))
    assert queue_veh[1:6] == [3.0, 3.0, 3.0, 2.0, 1.0]


def test_green_into_a_blocked_exit_has_a_cost_of_its_own():
    """Of the vehicle at the head, whatever its lane weighs."""
    _, cost_s = first_queues(Case(**CROSSING, queues=(3, 0), blocked_s=2.0, weight=(0.0, 1.0)))
    assert cost_s[:4] == [0.0, kernel.BLOCKING_COST, 2 * kernel.BLOCKING_COST, 2 * kernel.BLOCKING_COST]


def test_a_shared_lane_is_blocked_as_far_as_its_first_vehicle_may_have_red():
    case = Case(streams=(2, 1), rights=((PROTECTED, RED, RED), (RED, PROTECTED, PROTECTED)), queues=(2, 0))
    case = Case(**{**vars(case), "share": (0.75, 0.25, 1.0)})
    scratch = chosen(case)[0].scratch
    # 2 - 0.75; then of the 0.75 that move up 0.5625 go; then of min(1, 0.6875) - 0.4375 = 0.25 it is 0.1875
    assert scratch.first[1:4, 0].tolist() == [1.25, 0.6875, 0.5]
    heads = slice(4, 6)
    assert scratch.first[1, heads].tolist() == [0.0, 0.25]
    assert scratch.first[2, heads].tolist() == [0.0, 0.4375]
    assert scratch.first[3, heads].tolist() == [0.0, 0.5]


def left_turn(**differing):
    """A permissive stream on lane 0 that gives way to lane 1, whose waiting costs nothing; lane 2 is red."""
    given_way = {
        "streams": (1, 1, 1),
        "rights": ((PERMISSIVE, PROTECTED, RED), (RED, RED, PROTECTED)),
        "foes": ((1,), (), ()),
        "weight": (1.0, 0.0, 0.0),
        "queues": (3, 20, 0),
    }
    return Case(**{**given_way, **differing})


def test_a_permissive_stream_finds_no_gap_in_a_queue_but_one_vehicle_waits_within_the_junction():
    case = left_turn(keep_s=(2,), max_green_s=2)
    scratch = chosen(case)[0].scratch
    pocket = 2 * 3 + 3
    assert scratch.first[1:10, 0].tolist() == [2.0] * 9
    assert scratch.first[1:10, pocket].tolist() == [1.0] * 9
    assert scratch.first_cost_s[1:4].tolist() == [3.0, 6.0, 9.0]
    # it leaves as its green ends, and the next one takes its place in the second of amber that is used
    assert scratch.second[5, 0] == 1.0


@pytest.mark.parametrize("case", [left_turn(queues=(3, 0, 0)), left_turn(rights=((1, 0, 0), (0, 2, 2)))])
def test_a_permissive_stream_goes_as_a_protected_one_where_nobody_comes_or_those_have_red(case):
    queue_veh, cost_s = first_queues(case)
    assert queue_veh[1:6] == [2.0, 1.0, 0.5, 0.25, 0.0625]
    assert cost_s[1:4] == [2.0, 3.0, 3.5]


def test_a_vehicle_that_comes_closes_the_gap_from_four_seconds_before():
    case = left_turn(queues=(0, 0, 0), coming=((0, 2), (1, 7)))
    assert first_queues(case)[0][3] == 0.0, "5 s before it comes"
    case = left_turn(queues=(0, 0, 0), coming=((0, 3), (1, 7)))
    scratch = chosen(case)[0].scratch
    pocket = 2 * 3 + 3
    assert scratch.first[4:8, pocket].tolist() == [1.0] * 4, "4 s before it comes, and 3, 2 and 1"
    assert scratch.first[4:8, 0].tolist() == [0.0] * 4


def test_while_stages_change_streams_of_both_go_on_and_amber_is_used_for_a_second():
    case = Case(streams=(1, 1, 1), rights=((2, 2, 0), (2, 0, 2)), queues=(5, 5, 5))
    scratch = chosen(case)[0].scratch
    assert scratch.second[3, :3].tolist() == [2.5, 4.0, 5.0]
    assert scratch.second_cost_s[3] == (4.0 + 3.0 + 2.5) + 3 * 4.0 + 3 * 5.0


def test_a_change_without_a_pause_takes_no_time():
    scratch = chosen(Case(**CROSSING, queues=(5, 5), interstage_s=0))[0].scratch
    assert scratch.second[0, :2].tolist() == [0.0, 0.0]
    assert scratch.second[1, :2].tolist() == [5.0, 4.25]


# --- obvious decisions ---

DECISION = {**CROSSING, "max_green_s": 60, "horizon_s": 30, "keep_s": (0, 1, 2, 4, 8), "second_s": (0, 5, 10)}


def test_green_goes_where_the_vehicles_are():
    assert chosen(Case(**DECISION, queues=(0, 4)))[1] == [1]
    assert chosen(Case(**DECISION, queues=(4, 0)))[1] == [KEEP]
    assert chosen(Case(**DECISION, queues=(0, 0)))[1] == [KEEP]


def test_the_running_stage_is_kept_for_a_platoon_that_is_about_to_arrive():
    _, wish, plan = chosen(Case(**DECISION, queues=(0, 1), coming=((0, 1), (0, 3))))
    assert wish == [KEEP]
    assert plan[0][:2] == [4, 1], "the other one has green as soon as the last of it has gone"


def test_a_stage_that_reached_its_longest_green_is_left_even_if_nobody_waits_elsewhere():
    for elapsed_s in (60, 75):
        assert chosen(Case(**DECISION, queues=(9, 0), elapsed_s=elapsed_s))[1] == [1]


def test_a_stage_is_never_planned_beyond_its_longest_green():
    _, wish, plan = chosen(Case(**DECISION, queues=(9, 0), elapsed_s=57))
    assert wish == [KEEP]
    assert plan[0][0] == 2


def test_who_is_not_ready_or_has_one_stage_keeps_it():
    _, wish, plan = chosen(Case(**DECISION, queues=(0, 9)), ready=False)
    assert (wish, plan[0][0]) == ([KEEP], 0)
    lone = Case(**{**DECISION, "streams": (1,), "rights": ((2,),), "queues": (3,)})
    assert chosen(lone)[1] == [KEEP]


def test_a_plan_that_keeps_its_stage_for_long_is_made_anew_every_third_second():
    case = Case(**DECISION, queues=(0, 9))
    search = search_of(case, case, case)
    begun = np.array([[9, 1, 30, KEEP]] * 3)
    wish, plan = np.zeros(3, np.int64), begun.copy()
    kernel.choose(np.ones(3, np.bool_), np.zeros(3, np.int64), np.zeros(3, np.int64), 4, search, wish, plan)
    assert wish.tolist() == [KEEP, KEEP, 1], "turn and place of the third one make 6"
    assert plan[:2].tolist() == [[8, 1, 29, KEEP]] * 2
    plan[:] = [kernel.RELAXED_S, 1, 30, KEEP]
    kernel.choose(np.ones(3, np.bool_), np.zeros(3, np.int64), np.zeros(3, np.int64), 4, search, wish, plan)
    assert wish.tolist() == [1, 1, 1]


# --- against a plain twin that plays every plan to its end ---


class Twin:
    """The same queue model written plainly; one junction, no pruning."""

    def __init__(self, case):
        self.case = case
        self.arriving, self.moving = case.arrivals()
        self.lane_of, self.share, self.foes = case.lane_of(), case.shares(), case.foes_of()
        self.own = [[k for k, lane in enumerate(self.lane_of) if lane == i] for i in range(len(case.streams))]
        self.weight = case.weight or (1.0,) * len(case.streams)

    def start(self):
        green = [any(self.case.rights[self.case.running][k] for k in own) for own in self.own]
        here = [min(1.0, self.arriving[i, 0]) for i in range(len(self.own))]
        return {
            "queue": [0.0] * len(self.own),
            "saved": [self.case.headway_s - (0.0 if g else START_LOSS_S) for g in green],
            "head": [here[i] * self.share[k] for k, i in enumerate(self.lane_of)],
            "pocket": [0.0] * len(self.lane_of),
            "cost": 0.0,
        }

    def gap(self, k, rights, t, state):
        expected = 0.0
        for foe in self.foes[k]:
            lane = self.lane_of[foe]
            if rights[foe] != RED:
                behind = max(0.0, state["queue"][lane] - 1.0) + self.arriving[lane, t + 1 : t + 5].sum()
                expected += state["head"][foe] + behind * self.share[foe]
        return max(0.0, 1.0 - expected)

    def second(self, t, rights, state):
        h = self.case.headway_s
        for i, own in enumerate(self.own):
            queue = state["queue"][i] + self.arriving[i, t]
            missing = min(1.0, queue) - sum(state["head"][k] for k in own)
            for k in own:
                state["head"][k] += max(0.0, missing) * self.share[k]
            risk = 0.0
            if any(rights[k] != RED for k in own):
                budget, used = state["saved"][i] + 1.0, 0.0
                for k in own:
                    if rights[k] == RED:
                        continue
                    if self.is_blocked(k, t):
                        risk += state["head"][k]
                        continue
                    going = self.going(k, rights, (t, max(0.0, budget)), state)
                    state["head"][k] -= going
                    queue -= going
                    used += going * h
                state["saved"][i] = min(h, budget - used)
            else:
                state["saved"][i] = h - START_LOSS_S
            state["queue"][i] = queue = max(0.0, queue)
            waits = [k for k in own if rights[k] == PERMISSIVE and not self.is_blocked(k, t)]
            standing = queue + sum(state["pocket"][k] for k in waits)
            state["cost"] += self.weight[i] * (standing + STOP_COST_S * min(queue, self.moving[i, t]))
            state["cost"] += kernel.BLOCKING_COST * risk

    def is_blocked(self, k, t):
        return k == 0 and t < self.case.blocked_s

    def going(self, k, rights, budget, state):
        t, budget_s = budget
        going, pocket = state["head"][k] * min(1.0, budget_s / self.case.headway_s), state["pocket"][k]
        if rights[k] == PROTECTED or (going == 0.0 and pocket == 0.0):
            return going
        gap = self.gap(k, rights, t, state)
        cleared = min(pocket, gap / self.case.headway_s)
        through = going * gap if pocket <= 0.0 else 0.0
        into = min(going - through, max(0.0, 1.0 - pocket + cleared))
        state["pocket"][k] = pocket - cleared + into
        return through + into

    def play(self, start, end, rights, state):
        for t in range(start, min(end, self.case.horizon_s)):
            self.second(t, rights, state)

    def change(self, t, old, new, state):
        pause_s = self.case.interstage_s
        before, after = self.case.rights[old], self.case.rights[new]
        state["pocket"] = [p if r == PERMISSIVE else 0.0 for p, r in zip(state["pocket"], after, strict=True)]
        self.play(t, t + min(1, pause_s), before, state)
        both = [min(pair) for pair in zip(before, after, strict=True)]
        self.play(t + min(1, pause_s), t + pause_s, both, state)
        return t + pause_s

    def left(self, stage, state):
        waits = [0.0 if any(self.case.rights[stage][k] for k in own) else LEFT_COST_S for own in self.own]
        rows = zip(self.weight, state["queue"], waits, strict=True)
        return sum(weight * queue * (wait + 0.5 * self.case.headway_s * queue) for weight, queue, wait in rows)

    def cost(self, plan):
        """Cost of a plan as the kernel writes it."""
        case, state = self.case, self.start()
        keep_s, second, leave, third = plan
        stage = case.running
        self.play(0, keep_s, case.rights[stage], state)
        if second != KEEP:
            t = self.change(keep_s, stage, second, state)
            self.play(t, leave, case.rights[second], state)
            stage = second
        if third != KEEP:
            t = self.change(leave, stage, third, state)
            self.play(t, case.horizon_s, case.rights[third], state)
            stage = third
        return state["cost"] + self.left(stage, state)

    def plans(self):
        case = self.case
        longest_s, stages = case.max_green_s - case.elapsed_s, range(len(case.rights))
        if longest_s >= case.horizon_s:
            yield case.horizon_s, KEEP, case.horizon_s, KEEP
        for keep_s in case.keep_s:
            if keep_s > max(0, longest_s) or keep_s >= case.horizon_s:
                continue
            for second in stages:
                if second == case.running:
                    continue
                yield keep_s, second, case.horizon_s, KEEP
                for more_s in case.second_s:
                    leave = keep_s + case.interstage_s + case.min_green_s + more_s
                    if leave < case.horizon_s:
                        yield from ((keep_s, second, leave, third) for third in stages if third != second)


@st.composite
def cases(draw, horizon_s=16):
    streams = tuple(draw(st.lists(st.integers(1, 2), min_size=2, max_size=3)))
    count = sum(streams)
    right = st.sampled_from((RED, RED, PERMISSIVE, PROTECTED))
    rights = draw(st.lists(st.lists(right, min_size=count, max_size=count).map(tuple), min_size=2, max_size=3))
    others = [[k for k in range(count) if k != s] for s in range(count)]
    return Case(
        streams=streams,
        rights=tuple(rights),
        queues=tuple(draw(st.integers(0, 7)) for _ in streams),
        coming=tuple(draw(st.lists(st.tuples(st.integers(0, len(streams) - 1), st.integers(0, 20)), max_size=5))),
        interstage_s=draw(st.integers(0, 4)),
        min_green_s=draw(st.integers(1, 5)),
        max_green_s=draw(st.integers(5, 40)),
        elapsed_s=draw(st.integers(0, 45)),
        horizon_s=horizon_s,
        keep_s=(0, 2, 5, 8),
        second_s=(0, 3),
        headway_s=draw(st.sampled_from((1.8, 2.0, 2.4))),
        foes=tuple(tuple(draw(st.lists(st.sampled_from(own), max_size=2, unique=True))) for own in others),
        weight=tuple(draw(st.sampled_from((0.1, 1.0, 2.5))) for _ in streams),
        blocked_s=draw(st.sampled_from((0.0, 0.0, 8.0))),
        running=draw(st.integers(0, len(rights) - 1)),
    )


# a street whose exit was blocked saves up green: its queue then leaves a vehicle sooner than at a steady rate
SAVED_UP = Case(
    streams=(1, 1), rights=((2, 0), (2, 2)), queues=(7, 1), blocked_s=8.0, interstage_s=0, horizon_s=16,
    keep_s=(0, 2, 5, 8), second_s=(0, 3), max_green_s=40, weight=(1.0, 0.1),
)  # fmt: skip


@given(cases())
@example(SAVED_UP)
def test_the_chosen_plan_is_the_cheapest_of_all_in_the_grid(case):
    twin = Twin(case)
    _, _, plans = chosen(case)
    grid = list(twin.plans())
    (plan,) = plans
    assert tuple(plan) in grid
    assert twin.cost(plan) == pytest.approx(min(twin.cost(each) for each in grid), rel=1e-9, abs=1e-9)


@given(cases())
@example(SAVED_UP)
def test_the_least_cost_is_never_above_what_a_plan_still_costs(case):
    """From each second on in which the running stage may be left, for every plan that leaves it then."""
    twin = Twin(case)
    scratch = (search := chosen(case)[0]).scratch
    for plan in twin.plans():
        if plan[0] < case.horizon_s:
            least_s = kernel._least_cost(0, search, scratch.first[plan[0]])
            assert least_s <= twin.cost(plan) - scratch.first_cost_s[plan[0]] + 1e-9


@given(st.lists(cases(), min_size=2, max_size=3), st.integers(0, 5))
@hypothesis_settings(max_examples=30)
def test_junctions_do_not_depend_on_their_neighbours_and_chosen_stages_exist(several, turn):
    _, wishes, plans = chosen(*several, turn=turn)
    for case, wish, plan in zip(several, wishes, plans, strict=True):
        _, alone, plan_alone = chosen(case)
        assert ([wish], [plan]) == (alone, plan_alone)
        assert wish in {KEEP, *range(len(case.rights))} - {case.running}
