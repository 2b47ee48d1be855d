"""Settings of adaptive control."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Self

from traffic_core import require
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from signal_plans.adaptive.emissions import EmissionWeights


@dataclass(frozen=True, slots=True, kw_only=True)
class AdaptiveSettings:
    """Numbers of the queue model and of the look-ahead, the same for all junctions."""

    base_s: int = 28
    """Look-ahead beyond two changes of stage, s."""
    per_change: int = 3
    """Seconds of look-ahead for each second between two stages: it must hold two changes."""
    horizon_s: int = 60
    """Longest look-ahead, s."""
    keep_s: tuple[int, ...] = (0, 1, 3, 6, 11, 18, 28)
    """Choices for how long the running stage goes on, ascending from 0."""
    second_s: tuple[int, ...] = (0, 7, 18)
    """Choices for how much longer than its minimum the second stage goes on, ascending from 0."""
    stop_cost_s: float = 2.0
    """Seconds of waiting that a stop is worth; see `with_emissions`."""
    left_cost_s: float = 5.0
    """Seconds that a vehicle costs which is left at the horizon before a red light."""
    gap_s: int = 4
    """Seconds without a vehicle of the other stream that a permissive one needs."""
    pocket_veh: float = 1.0
    """Vehicles of a permissive stream that wait within the junction; they leave as its green ends."""
    start_loss_s: float = 1.5
    amber_used_s: int = 1
    acceleration_m_s2: float = 2.6
    smoothing_s: float = 900.0
    """Over which the arrivals beyond sight are averaged."""
    sight_m: float = 120.0
    """Vehicles further away are not looked at; what is not seen comes with the mean flow."""
    blocked_s: float = 8.0
    """How long an exit takes nobody after somebody was seen standing at its beginning."""
    patience_s: float = 40.0
    """Who stands first for longer counts for more."""
    spill_weight: float = 0.0
    """By how much more a vehicle counts where the queue fills its lane; 1 to 3 won nothing in the SUMO cases."""
    bus_persons: float = 20.0
    """On a bus that calls; 0 lets calls change nothing."""
    car_persons: float = 1.3
    """In a vehicle that waits."""
    bus_full_late_s: float = 120.0
    """A bus that is so late counts with all its persons, one that is not late with none, in between in proportion."""
    bus_ahead_s: float = 15.0
    """Calls count from so long before the bus should come: what is farther ahead is too unsure to hold green for."""
    button_weight: float = 1.0
    """Vehicles that a person at a button counts for, at first; more by 1 for each 30 s of waiting."""
    coordination_weight: float = 0.0
    """Seconds that it costs per second and lane not to show the coordinated green of the programme beside."""

    def __post_init__(self) -> None:
        where = "adaptive"
        require.between(f"{where}.horizon_s", self.horizon_s, 10, 120)
        require.between(f"{where}.base_s", self.base_s, 10, self.horizon_s)
        require.between(f"{where}.gap_s", self.gap_s, 1, 8)
        require.between(f"{where}.sight_m", self.sight_m, 20.0, 500.0)
        for name in ("smoothing_s", "acceleration_m_s2", "patience_s", "car_persons", "bus_full_late_s"):
            require.positive(f"{where}.{name}", getattr(self, name))
        for name in ("keep_s", "second_s"):
            choices = getattr(self, name)
            if not choices or choices[0] != 0 or list(choices) != sorted(set(choices)):
                raise InvalidValueError(f"{where}.{name}", choices, "must ascend from 0")
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, int | float):
                require.between(f"{where}.{field.name}", value, 0, 10_000)

    def with_emissions(self, weights: EmissionWeights) -> Self:
        """The same with the price of a stop that follows from grams of CO2."""
        return replace(self, stop_cost_s=weights.stop_cost_s)

    def bus_weight(self, late_s: float) -> float:
        """Vehicles that a called bus counts for, on top of being one."""
        lateness = min(1.0, max(0.0, late_s / self.bus_full_late_s))
        return self.bus_persons / self.car_persons * lateness
