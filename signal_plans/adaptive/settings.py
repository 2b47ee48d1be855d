"""Settings of adaptive control."""

from __future__ import annotations

from dataclasses import dataclass, fields

from traffic_core import require
from traffic_core.errors import InvalidValueError


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
    """Seconds of waiting that a stop is worth."""
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

    def __post_init__(self) -> None:
        where = "adaptive"
        require.between(f"{where}.horizon_s", self.horizon_s, 10, 120)
        require.between(f"{where}.base_s", self.base_s, 10, self.horizon_s)
        require.between(f"{where}.gap_s", self.gap_s, 1, 8)
        require.between(f"{where}.sight_m", self.sight_m, 20.0, 500.0)
        for name in ("smoothing_s", "acceleration_m_s2", "patience_s"):
            require.positive(f"{where}.{name}", getattr(self, name))
        for name in ("keep_s", "second_s"):
            choices = getattr(self, name)
            if not choices or choices[0] != 0 or list(choices) != sorted(set(choices)):
                raise InvalidValueError(f"{where}.{name}", choices, "must ascend from 0")
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, int | float):
                require.between(f"{where}.{field.name}", value, 0, 10_000)
