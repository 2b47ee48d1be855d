"""The search of adaptive control against a plain twin that plays every plan to its end."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from traffic_core.kernels import adaptive as kernel
from traffic_core.kernels.adaptive import KEEP, PERMISSIVE, PROTECTED, RED


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
            "saved": [self.case.headway_s - (0.0 if g else self.case.start_loss_s) for g in green],
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
                state["saved"][i] = h - self.case.start_loss_s
            state["queue"][i] = queue = max(0.0, queue)
            waits = [k for k in own if rights[k] == PERMISSIVE and not self.is_blocked(k, t)]
            standing = queue + sum(state["pocket"][k] for k in waits)
            state["cost"] += self.weight[i] * (standing + self.case.stop_cost_s * min(queue, self.moving[i, t]))
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
        self.play(t, t + min(1, pause_s), before, state)
        state["pocket"] = [p if r == PERMISSIVE else 0.0 for p, r in zip(state["pocket"], after, strict=True)]
        both = [min(pair) for pair in zip(before, after, strict=True)]
        self.play(t + min(1, pause_s), t + pause_s, both, state)
        return t + pause_s

    def left(self, stage, state):
        waits = [0.0 if any(self.case.rights[stage][k] for k in own) else self.case.left_cost_s for own in self.own]
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
    return {
        "streams": streams,
        "rights": tuple(rights),
        "queues": tuple(draw(st.integers(0, 7)) for _ in streams),
        "coming": tuple(draw(st.lists(st.tuples(st.integers(0, len(streams) - 1), st.integers(0, 20)), max_size=5))),
        "interstage_s": draw(st.integers(0, 4)),
        "min_green_s": draw(st.integers(1, 5)),
        "max_green_s": draw(st.integers(5, 40)),
        "elapsed_s": draw(st.integers(0, 45)),
        "horizon_s": horizon_s,
        "keep_s": (0, 2, 5, 8),
        "second_s": (0, 3),
        "headway_s": draw(st.sampled_from((1.8, 2.0, 2.4))),
        "foes": tuple(tuple(draw(st.lists(st.sampled_from(own), max_size=2, unique=True))) for own in others),
        "weight": tuple(draw(st.sampled_from((0.1, 1.0, 2.5))) for _ in streams),
        "blocked_s": draw(st.sampled_from((0.0, 0.0, 8.0))),
        "running": draw(st.integers(0, len(rights) - 1)),
    }


# a street whose exit was blocked saves up green: its queue then leaves a vehicle sooner than at a steady rate
SAVED_UP = {
    "streams": (1, 1),
    "rights": ((2, 0), (2, 2)),
    "queues": (7, 1),
    "blocked_s": 8.0,
    "interstage_s": 0,
    "horizon_s": 16,
    "keep_s": (0, 2, 5, 8),
    "second_s": (0, 3),
    "max_green_s": 40,
    "weight": (1.0, 0.1),
}


@given(cases())
@example(SAVED_UP)
def test_the_chosen_plan_is_the_cheapest_of_all_in_the_grid(junctions, described):
    case = junctions.Case(**described)
    twin = Twin(case)
    _, _, plans = junctions.chosen(case)
    grid = list(twin.plans())
    (plan,) = plans
    assert tuple(plan) in grid
    assert twin.cost(plan) == pytest.approx(min(twin.cost(each) for each in grid), rel=1e-9, abs=1e-9)


@given(cases())
@example(SAVED_UP)
def test_the_least_cost_is_never_above_what_a_plan_still_costs(junctions, described):
    """From each second on in which the running stage may be left, for every plan that leaves it then."""
    case = junctions.Case(**described)
    twin = Twin(case)
    scratch = (search := junctions.chosen(case)[0]).scratch
    for plan in twin.plans():
        if plan[0] < case.horizon_s:
            least_s = kernel._least_cost(0, search, scratch.first[plan[0]])
            assert least_s <= twin.cost(plan) - scratch.first_cost_s[plan[0]] + 1e-9


@given(st.lists(cases(), min_size=2, max_size=3), st.integers(0, 5))
@hypothesis_settings(max_examples=30)
def test_junctions_do_not_depend_on_their_neighbours_and_chosen_stages_exist(junctions, several, turn):
    several = [junctions.Case(**described) for described in several]
    _, wishes, plans = junctions.chosen(*several, turn=turn)
    for case, wish, plan in zip(several, wishes, plans, strict=True):
        _, alone, plan_alone = junctions.chosen(case)
        assert ([wish], [plan]) == (alone, plan_alone)
        assert wish in {KEEP, *range(len(case.rights))} - {case.running}
