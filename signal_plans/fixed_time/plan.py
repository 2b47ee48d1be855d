"""A fixed-time plan of a staged junction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from traffic_core import require
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signal_plans.streams.model import StagedJunction

SHORTEST_CYCLE_S, LONGEST_CYCLE_S = 10, 300
"""What a cycle can be at all; the optimiser has narrower bounds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedTimePlan:
    """Stages in the order they run, with their greens.

    Second 0 of the plan is the start of the first stage's green; after each green comes the interstage to the next
    stage.  At time t the plan's second is (t - offset_s) mod cycle_s.  `check` compares it with its junction.
    """

    junction_id: str
    cycle_s: int
    offset_s: int
    order: tuple[int, ...]
    """Positions in `StagedJunction.stages`; stages may be left out, none may come twice."""
    green_s: tuple[int, ...]
    """One for each entry of `order`."""

    def __post_init__(self) -> None:
        where = f"plan[{self.junction_id}]"
        require.between(f"{where}.cycle_s", self.cycle_s, SHORTEST_CYCLE_S, LONGEST_CYCLE_S)
        require.between(f"{where}.offset_s", self.offset_s, 0, self.cycle_s - 1)
        if not self.order or len(set(self.order)) != len(self.order):
            raise InvalidValueError(f"{where}.order", self.order, "must name each stage at most once, and at least one")
        if len(self.green_s) != len(self.order):
            raise InvalidValueError(f"{where}.green_s", len(self.green_s), f"must be {len(self.order)} greens")

    def steps(self) -> Iterator[tuple[int, int, int]]:
        """Each stage in turn: its position, its green, s, and the stage that follows."""
        return zip(self.order, self.green_s, (*self.order[1:], self.order[0]), strict=True)

    def check(self, junction: StagedJunction) -> None:
        """Raise `InvalidValueError` where the plan does not fit the junction: minimum, maximum, sum, red streams."""
        where = f"plan[{self.junction_id}]"
        total_s = 0
        for stage in self.order:
            require.between(f"{where}.order", stage, 0, len(junction.stages) - 1)
        for stage, green_s, following in self.steps():
            kind = junction.stages[stage]
            if len(self.order) > 1:
                require.between(f"{where}.green_s[{kind.id}]", green_s, kind.min_green_s, kind.max_green_s)
            total_s += green_s + (junction.interstage_s[stage][following] if len(self.order) > 1 else 0)
        if total_s != self.cycle_s:
            raise InvalidValueError(f"{where}.cycle_s", self.cycle_s, f"greens and interstages add up to {total_s}")

    def served(self, junction: StagedJunction) -> tuple[bool, ...]:
        """Whether each stream of the junction is green in some stage of the plan."""
        return tuple(any(junction.stages[a].rights[s] for a in self.order) for s in range(len(junction.streams)))
