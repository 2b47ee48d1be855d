"""Programmes by traffic: a rule applies from an upper threshold on until a lower one, and for a shortest time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from traffic_core import require
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from signal_plans.mode import Mode

MOST_VEH_H = 100_000.0
LONGEST_DWELL_S = 12 * 3_600


class Quantity(StrEnum):
    """What a rule looks at."""

    FLOW_VEH_H = "flow_veh_h"
    """Sum over its detectors."""
    OCCUPANCY_SHARE = "occupancy_share"
    """Mean of its detectors."""
    LOAD = "load"
    """Highest degree of saturation among its junctions."""


_MOST = {Quantity.FLOW_VEH_H: MOST_VEH_H, Quantity.OCCUPANCY_SHARE: 1.0, Quantity.LOAD: 10.0}
_JOIN: Mapping[Quantity, Callable[[Sequence[float]], float]] = {
    Quantity.FLOW_VEH_H: sum,
    Quantity.OCCUPANCY_SHARE: lambda values: sum(values) / len(values),
    Quantity.LOAD: max,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficRule:
    """At `junctions` run `mode` from `on_at` on, until the quantity has fallen to `off_at`; the first rule counts."""

    id: str
    junctions: tuple[str, ...]
    quantity: Quantity
    sources: tuple[str, ...]
    """Detectors, or junctions for the load."""
    on_at: float
    off_at: float
    dwell_s: int
    """Shortest time between its beginning and its end, and between its end and its next beginning."""
    mode: Mode

    def __post_init__(self) -> None:
        require.identifier("traffic_rule.id", self.id)
        where = f"traffic_rule[{self.id}]"
        for name, values in (("junctions", self.junctions), ("sources", self.sources)):
            if not values:
                raise InvalidValueError(f"{where}.{name}", (), "must not be empty")
        require.between(f"{where}.on_at", self.on_at, 0.0, _MOST[self.quantity])
        require.between(f"{where}.off_at", self.off_at, 0.0, _MOST[self.quantity])
        if self.off_at >= self.on_at:
            raise InvalidValueError(f"{where}.off_at", self.off_at, f"must be below on_at, {self.on_at:g}")
        require.between(f"{where}.dwell_s", self.dwell_s, 0, LONGEST_DWELL_S)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficPicture:
    """What rules may look at in one second; nan means not known."""

    detector_row: Mapping[str, int]
    flow_veh_h: NDArray[np.float64]
    """(D,)"""
    occupancy_share: NDArray[np.float64]
    """(D,)"""

    def value(self, rule: TrafficRule, junction_row: Mapping[str, int], load: NDArray[np.float64]) -> float:
        """Quantity of a rule; nan where one of its sources is not known.  load : (J,), nan where not known."""
        if rule.quantity is Quantity.LOAD:
            rows, values = junction_row, load
        else:
            rows = self.detector_row
            values = self.flow_veh_h if rule.quantity is Quantity.FLOW_VEH_H else self.occupancy_share
        found = [float(values[rows[source]]) if source in rows else math.nan for source in rule.sources]
        return math.nan if any(map(math.isnan, found)) else _JOIN[rule.quantity](found)


@dataclass(frozen=True, slots=True)
class RuleState:
    """Whether a rule applies, since when, and whether its data are known."""

    applies: bool = False
    since_s: float = -math.inf
    is_known: bool = True

    def after(self, rule: TrafficRule, value: float, now_s: float) -> RuleState:
        """State with a new value at `now_s`; nan means not known: the rule does not apply then, at once."""
        if math.isnan(value):
            since_s = now_s if self.applies else self.since_s
            return RuleState(applies=False, since_s=since_s, is_known=False)
        turns = value <= rule.off_at if self.applies else value >= rule.on_at
        if turns and not 0.0 <= now_s - self.since_s < rule.dwell_s:
            return RuleState(applies=not self.applies, since_s=now_s)
        return RuleState(applies=self.applies, since_s=self.since_s)


@dataclass(frozen=True, slots=True)
class RuleValue:
    """A rule that applies, and the value that made it."""

    rule: TrafficRule
    value: float

    @property
    def detail(self) -> str:
        """For the log."""
        rule = self.rule
        return f"{rule.id}: {rule.quantity.value} {self.value:.4g} (on {rule.on_at:g}, off {rule.off_at:g})"
