"""Search for the stages, greens and cycle of one junction whose arrivals do not change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from signal_plans.fixed_time.stage_orders import first_orders, neighbours, turned
from signal_plans.fixed_time.timing import Timing, stages_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from signal_plans.fixed_time.cyclic_evaluation import CyclicModel
    from signal_plans.fixed_time.settings import OptimiserSettings
    from signal_plans.fixed_time.timing import Stages

Found = tuple[float, Timing]
"""A cost, veh, and the timing that has it."""
TRIAL_CYCLES_S = (50, 70, 100)
"""Cycles at which stage sequences are compared first."""
GUESSES, CLIMBED, GROWN = 40, 6, 3
"""Sequences that are played, improved, and varied."""
LONG_STEPS_S, SHORT_STEPS_S = (6, 3, 1), (2, 1)
BETTER = 1e-6
"""A change has to gain that share at least."""


def junction_stages(model: CyclicModel, j: int, settings: OptimiserSettings) -> Stages:
    """Stages of a junction of the model with its flows."""
    flows, slots = model.flows, list(model.arrays.slots[j])
    lanes = model.lane_of[slots]
    flow = flows.share[slots] * flows.lane_flow_veh_s[lanes]
    by_lane = np.zeros(flows.lane_flow_veh_s.size)
    np.add.at(by_lane, lanes, flow * flows.headway_s[slots])
    return stages_of(model.arrays.town.junctions[j], by_lane[lanes], flow, all_=settings.serve_all_streams)


def climb(start: Found, stages: Stages, cost: Callable[[Timing], float], steps_s: Sequence[int]) -> Found:
    """Shift seconds of green between stages while that makes the cost smaller."""
    best_cost, best = start
    count = len(best.order)
    for step_s in steps_s:
        improved = count > 1
        while improved:
            improved = False
            for giver in range(count):
                for taker in range(count):
                    while giver != taker:
                        green_s = list(best.green_s)
                        green_s[giver] -= step_s
                        green_s[taker] += step_s
                        short = green_s[giver] < stages.min_green_s[best.order[giver]]
                        if short or green_s[taker] > stages.max_green_s[best.order[taker]]:
                            break
                        trial = best._replace(green_s=tuple(green_s))
                        if (value := cost(trial)) >= best_cost * (1.0 - BETTER):
                            break
                        best_cost, best, improved = value, trial, True
    return best_cost, best


class SingleJunction:
    """The search at one junction."""

    def __init__(self, model: CyclicModel, j: int, settings: OptimiserSettings) -> None:
        self._model, self._j, self._settings = model, j, settings
        self.stages = junction_stages(model, j, settings)
        self._orders: list[tuple[int, ...]] = []

    def cost(self, timing: Timing) -> float:
        """Cost of the junction alone with even arrivals."""
        self._model.run(self._j, timing)
        return self._model.cost_veh(timing.cycle_s, (self._j,))

    def _guess(self, order: tuple[int, ...], cycle_s: int) -> tuple[float, Timing] | None:
        guess = self.stages.guess(order, cycle_s)
        return None if guess is None else (guess[0], Timing(cycle_s, 0, order, guess[1]))

    def orders(self) -> list[tuple[int, ...]]:
        """Best stage sequences, best first."""
        if not self._orders:
            covering = first_orders(self.stages)
            tried = [self._played(covering, cycle_s) for cycle_s in self._trial_cycles_s(covering)]
            if not any(tried):
                return covering[:1]
            played = min(filter(None, tried), key=lambda found: found[0][0])
            cycle_s = played[0][1].cycle_s
            known = {turned(timing.order) for _, timing in played}
            best = sorted(climb(found, self.stages, self.cost, (6, 2)) for found in played[:CLIMBED])
            for _ in range(GROWN):
                near = [turned(order) for _, timing in best[:GROWN] for order in neighbours(timing.order, self.stages)]
                new = [order for order in dict.fromkeys(near) if order not in known]
                known.update(new)
                grown = [climb(found, self.stages, self.cost, (6, 2)) for found in self._played(new, cycle_s)[:CLIMBED]]
                before, best = best[0][0], sorted(best + grown)
                if not best[0][0] < before:
                    break
            self._orders = [timing.order for _, timing in best[: self._settings.orders]]
        return self._orders

    def _trial_cycles_s(self, orders: Sequence[tuple[int, ...]]) -> list[int]:
        """Cycles to compare sequences at, one at least that some sequence fits into."""
        low, high = self._settings.shortest_cycle_s, self._settings.longest_cycle_s
        needed_s = min(self.stages.bounds_s(order)[0] for order in orders)
        return sorted({min(high, max(low, cycle_s, needed_s)) for cycle_s in TRIAL_CYCLES_S})

    def _played(self, orders: Sequence[tuple[int, ...]], cycle_s: int) -> list[Found]:
        """The sequences whose guessed greens are best, with their cost; best first."""
        guesses = sorted(guess for order in orders if (guess := self._guess(order, cycle_s)) is not None)
        return sorted((self.cost(timing), timing) for _, timing in guesses[:GUESSES])

    def at(self, cycle_s: int, near: Sequence[Timing] = ()) -> list[Found]:
        """Best timing of each good sequence for one cycle, best first; empty where none fits.

        `near` holds timings for another cycle to begin with.
        """
        begun = {timing.order: timing for timing in near}
        found = []
        for order in self.orders():
            starts = [guess[1]] if (guess := self._guess(order, cycle_s)) is not None else []
            if order in begun and (scaled := self.stages.scaled(begun[order], cycle_s)) is not None:
                starts.append(scaled)
            if starts:
                start = min((self.cost(timing), timing) for timing in starts)
                found.append(climb(start, self.stages, self.cost, LONG_STEPS_S))
        return sorted(found)

    def refined(self, found: Found) -> Found:
        """The best cycle near that of a timing, to the second."""
        low, high = self._settings.shortest_cycle_s, self._settings.longest_cycle_s
        best = found
        for step_s in (4, 2, 1):
            for change_s in (-step_s, step_s):
                moving = True
                while moving:
                    cycle_s = best[1].cycle_s + change_s
                    scaled = self.stages.scaled(best[1], cycle_s) if low <= cycle_s <= high else None
                    if scaled is None:
                        break
                    trial = climb((self.cost(scaled), scaled), self.stages, self.cost, SHORT_STEPS_S)
                    moving = trial[0] < best[0] * (1.0 - BETTER)
                    best = trial if moving else best
        return best
