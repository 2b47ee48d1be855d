"""Limits of the rules that find faulty data, with where each default comes from, and their overrides by facility."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from parking.quality.movement import DEFAULT_CHANCE
from traffic_core import require
from traffic_core.errors import InvalidValueError
from traffic_core.quality_outcome import GateSettings

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityRules:
    """Limits for one car park.  Measured on three archives of 25 car parks, see docs/models/parking.md."""

    gate: GateSettings = field(default_factory=GateSettings)
    """Age, range, jump: what a single reading may say."""
    frozen_nats: float = 8.0
    """A level stands still once that has become less probable than exp(-8), one in 3,000."""
    usual_moves_share: float = DEFAULT_CHANCE
    """Slots of 5 min in which the level changes, where nothing has been learned yet."""
    together_s: float = 1_200.0
    """All car parks must have stood still for so long before that is a fault."""
    lively_s: float = 86_400.0
    """Within a narrow band for so long is a fault of a car park that usually moves at least twice an hour."""
    constant_s: float = 259_200.0
    """The same for any other: a weekend and a holiday in a row are quieter in real archives."""
    constant_veh: int = 10
    """Smaller car parks may stay as they are for days."""
    stuck_s: float = 604_800.0
    """None free, or all, for so long."""
    counts_veh: int = 10
    counts_share: float = 0.05
    """Level and counts may differ by so much, or this share of the capacity, within an hour; the greater counts."""

    def __post_init__(self) -> None:
        for name, (low, high) in LIMITS.items():
            require.between(f"quality.{name}", self.value(name), low, high)

    def value(self, name: str) -> float:
        """One limit by its name, those of the gate among them."""
        return float(getattr(self if name in _OWN else self.gate, name))

    def changed(self, name: str, value: float) -> QualityRules:
        """The same with another limit.

        Raises
        ------
        InvalidValueError
            For an unknown name, or a value outside its limits.
        """
        if name not in LIMITS:
            raise InvalidValueError("setting", name, "must be one of " + ", ".join(LIMITS))
        whole = name in {"repair_veh", "jump_veh", "counts_veh", "constant_veh"}
        if whole and value != int(value):
            raise InvalidValueError(f"quality.{name}", value, "must be a whole number")
        told: dict[str, Any] = {name: int(value) if whole else value}
        return replace(self, **told) if name in _OWN else replace(self, gate=replace(self.gate, **told))


LIMITS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "max_age_s": (60.0, 1_800.0),
        "max_future_s": (0.0, 3_600.0),
        "repair_share": (0.0, 0.5),
        "repair_veh": (0.0, 1_000.0),
        "jump_share": (0.01, 1.0),
        "jump_veh": (1.0, 10_000.0),
        "jump_interval_s": (60.0, 3_600.0),
        "frozen_nats": (3.0, 1_000.0),
        "usual_moves_share": (0.0, 0.95),
        "together_s": (600.0, 86_400.0),
        "lively_s": (3_600.0, 2_592_000.0),
        "constant_s": (3_600.0, 31_536_000.0),
        "constant_veh": (1.0, 100_000.0),
        "stuck_s": (3_600.0, 31_536_000.0),
        "counts_veh": (1.0, 10_000.0),
        "counts_share": (0.0, 1.0),
    }
)
"""What a setting may be; data past 30 min are never used, so no override makes them older."""
_OWN = frozenset(known.name for known in fields(QualityRules))
DEFAULT_RULES = QualityRules()
