"""Options of `stadttakt calibrate`, checked as far as they can be without reading the model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.errors import ConfigError
from traffic_core import require
from traffic_core.calibration.estimation import Limits
from traffic_core.calibration.structure import parse_structure
from traffic_core.formats.new_folder import require_new

if TYPE_CHECKING:
    from pathlib import Path

    from traffic_core.calibration.structure import Structure

KEEP, FREE = "keep", "free"


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrateSettings:
    """Options of the command; None stands for one that was not given."""

    model: Path | None
    counts: Path | None
    masses: Path | None
    deterrence_min: float
    structure: str
    town_trips: float | None
    passing: tuple[str, ...]
    symmetric: bool
    hold_out: float
    folds: int | None
    seed: int
    low: float
    high: float
    prior_error: float
    gap: float
    max_iterations: int
    whole: bool
    out: Path | None
    as_json: bool

    def limits(self) -> Limits:
        """How far the estimate may go."""
        return Limits(
            low=self.low, high=self.high, prior_error_share=self.prior_error, max_iterations=self.max_iterations
        )

    def wanted_structure(self) -> Structure | None:
        """The structure in numbers; None where it is to be kept or left free."""
        return None if self.structure in {KEEP, FREE} else parse_structure(self.structure, self.town_trips)

    def check(self) -> None:
        """Refuse what can be refused before anything is read, so that no work is lost.

        Raises
        ------
        ConfigError, InvalidValueError
            Name the option, its value and the limit.
        """
        self.limits()
        self.wanted_structure()
        require.between("--gap", self.gap, 1e-12, 0.1)
        require.between("--hold-out", self.hold_out, 0.0, 0.99)
        require.positive("--deterrence", self.deterrence_min)
        if self.town_trips is not None and self.wanted_structure() is None:
            raise ConfigError("--town-trips", self.town_trips, "needs --structure with numbers, like 10/58/32")
        if self.folds is not None and self.hold_out > 0.0:
            raise ConfigError("--folds", self.folds, "must not be given together with --hold-out")
        if self.out is not None:
            require_new(self.out)
