"""Offsets, greens and stage sequences of connected junctions that share a cycle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signal_plans.fixed_time.single_junction import BETTER, SHORT_STEPS_S, climb

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from signal_plans.fixed_time.cyclic_evaluation import CyclicModel
    from signal_plans.fixed_time.timing import Stages, Timing

OFFSET_STEPS_S = (16, 8, 4, 2, 1)
FIRST_OFFSETS = 12
"""Offsets tried for each sequence in the first round."""
MOST_ROUNDS = 6
ENOUGH = 0.002
"""A round that gains less is the last."""
_MULTIPLIER, _INCREMENT, _MODULUS = 1_103_515_245, 12_345, 2**31


class Coordination:
    """A group of junctions with a common period, and the timing each runs."""

    def __init__(self, model: CyclicModel, members: Sequence[int], stages: Mapping[int, Stages], period_s: int) -> None:
        self._model, self._stages, self.period_s = model, stages, period_s
        self.members = tuple(members)
        self.timings: dict[int, Timing] = {}
        inside = set(members)
        self._near = {j: [j, *(k for k in model.arrays.downstream[j] if k in inside)] for j in members}

    def begin(self, timings: Mapping[int, Timing]) -> float:
        """Run these timings; return their cost."""
        self.timings = dict(timings)
        for j, timing in timings.items():
            self._model.run(j, timing)
        return self._model.cost_veh(self.period_s, self.members)

    def _cost(self, j: int, timing: Timing) -> float:
        self._model.run(j, timing)
        return self._model.cost_veh(self.period_s, self._near[j])

    def _settle(self, j: int, timing: Timing) -> None:
        """Keep a timing, so that the junctions around see what it sends."""
        self.timings[j] = timing
        self._cost(j, timing)

    def choose(self, j: int, alternatives: Sequence[Timing]) -> None:
        """The best of some timings at the best of evenly spread offsets."""
        best = self._cost(j, self.timings[j]), self.timings[j]
        for timing in alternatives:
            step_s = max(1, timing.cycle_s // FIRST_OFFSETS)
            for offset_s in range(0, timing.cycle_s, step_s):
                trial = timing._replace(offset_s=offset_s)
                value = self._cost(j, trial)
                if value < best[0] * (1.0 - BETTER):
                    best = value, trial
        self._settle(j, best[1])

    def improve(self, j: int) -> None:
        """Move the offset, then seconds of green, while that helps the junction and those behind it."""
        best = self._cost(j, self.timings[j]), self.timings[j]
        for step_s in OFFSET_STEPS_S:
            for change_s in (-step_s, step_s):
                while True:
                    timing = best[1]
                    trial = timing._replace(offset_s=(timing.offset_s + change_s) % timing.cycle_s)
                    value = self._cost(j, trial)
                    if value >= best[0] * (1.0 - BETTER):
                        break
                    best = value, trial
        best = climb(best, self._stages[j], lambda timing: self._cost(j, timing), SHORT_STEPS_S)
        self._settle(j, best[1])

    def descend(self, alternatives: Mapping[int, Sequence[Timing]]) -> tuple[float, dict[int, Timing]]:
        """Improve junction by junction, round by round; return the best cost of all and its timings."""
        best = self.begin(self.timings), dict(self.timings)
        for turn in range(MOST_ROUNDS):
            for j in self.members:
                if turn == 0:
                    self.choose(j, alternatives.get(j, ()))
                self.improve(j)
            cost = self.begin(self.timings)
            gained = best[0] - cost
            if gained > 0.0:
                best = cost, dict(self.timings)
            if gained < ENOUGH * best[0]:
                break
        self.begin(best[1])
        return best

    def shake(self, seed: int) -> int:
        """Move the offsets of half the junctions anywhere; return the next seed."""
        for j in self.members:
            seed = (seed * _MULTIPLIER + _INCREMENT) % _MODULUS
            if (seed >> 16) % 2 == 0:
                seed = (seed * _MULTIPLIER + _INCREMENT) % _MODULUS
                timing = self.timings[j]
                self.timings[j] = timing._replace(offset_s=(seed >> 8) % timing.cycle_s)
        return seed
