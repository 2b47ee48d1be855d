"""How good the counts of a car park are, and what else is known of it."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from traffic_core import require
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Mapping

LIMITS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "miss_in_share": (0.0, 0.5),
        "miss_out_share": (0.0, 0.5),
        "bias_share": (0.0, 0.2),
        "night_veh": (0.0, 100_000.0),
        "night_sigma_share": (0.001, 0.5),
        "night_hour_utc": (0.0, 23.0),
        "bay_silent_s": (600.0, 864_000.0),
        "number_sigma_share": (0.001, 0.5),
        "word_sigma_share": (0.001, 0.5),
    }
)

LEAST_NUMBER_SIGMA_VEH = 3.0
"""A small car park may be wrong by as many places as a larger one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountingSettings:
    """Settings of one car park.  Shares of the capacity, but for the misses, which are shares of the movements."""

    miss_in_share: float = 0.01
    miss_out_share: float = 0.01
    """Vehicles that no sensor saw; 1 % is what makers of plate and loop counts claim."""
    bias_share: float = 0.001
    """Standard deviation of the unknown difference of both rates, which makes the count run away in one direction."""
    night_veh: float | None = None
    """Vehicles inside at the quietest hour; None: from the profile of the car park, where there is one."""
    night_sigma_share: float = 0.04
    """Error of the nightly minimum against the mean of the nights before, median of 25 recorded car parks."""
    night_hour_utc: float = 3.0
    bay_silent_s: float = 93_600.0
    """A bay sensor that is silent for 26 h has missed its daily sign of life and counts as missing."""
    number_sigma_share: float = 0.03
    """With a larger standard deviation there is no number (never below 3 places)."""
    word_sigma_share: float = 0.10
    """With a larger one nothing is known at all."""

    def __post_init__(self) -> None:
        for name, (low, high) in LIMITS.items():
            value = getattr(self, name)
            if value is not None:
                require.between(f"counting.{name}", value, low, high)

    def may_number(self, sigma_veh: float, capacity_veh: int) -> bool:
        """Whether an estimate is good enough for a number."""
        return sigma_veh <= max(LEAST_NUMBER_SIGMA_VEH, self.number_sigma_share * capacity_veh)

    def may_word(self, sigma_veh: float, capacity_veh: int) -> bool:
        """Whether an estimate says anything at all."""
        return sigma_veh <= max(LEAST_NUMBER_SIGMA_VEH, self.word_sigma_share * capacity_veh)

    def changed(self, name: str, value: float) -> CountingSettings:
        """The same with another value.

        Raises
        ------
        InvalidValueError
            For an unknown name, or a value outside its limits.
        """
        if name not in {known.name for known in fields(self)}:
            raise InvalidValueError("setting", name, "must be one of " + ", ".join(LIMITS))
        return replace(self, **{name: value})


DEFAULT_COUNTING = CountingSettings()
