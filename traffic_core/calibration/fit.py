"""How well modelled flows meet counted ones: GEH, flow bands and root mean square error, counts held out apart."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from traffic_core import require
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

GOOD_GEH = 5.0
LOW_FLOW_VEH_H = 700.0
HIGH_FLOW_VEH_H = 2_700.0
LOW_BAND_VEH_H = 100.0
MIDDLE_BAND_SHARE = 0.15
HIGH_BAND_VEH_H = 400.0


def geh(modelled_veh_h: float, counted_veh_h: float) -> float:
    """GEH statistic of two hourly flows, veh/h: sqrt(2 (m - c)² / (m + c)); 0 where both are 0.

    It is made for hours: a flow of a day must be divided into hours first.
    Source: UK Design Manual for Roads and Bridges, volume 12a (1996), section 4.2.
    """
    mean_veh_h = (modelled_veh_h + counted_veh_h) / 2.0
    if mean_veh_h <= 0.0:
        return 0.0
    return abs(modelled_veh_h - counted_veh_h) / math.sqrt(mean_veh_h)


def allowed_difference_veh_h(counted_veh_h: float) -> float:
    """Half width of the flow band of a count, veh/h: 100 below 700, 15 % from 700 to 2,700, 400 above.

    Source: UK Design Manual for Roads and Bridges, volume 12a (1996), table 4.2.
    """
    if counted_veh_h < LOW_FLOW_VEH_H:
        return LOW_BAND_VEH_H
    if counted_veh_h <= HIGH_FLOW_VEH_H:
        return MIDDLE_BAND_SHARE * counted_veh_h
    return HIGH_BAND_VEH_H


@dataclass(frozen=True, slots=True, kw_only=True)
class CountFit:
    """One counted hour of one link beside the model's flow."""

    count_id: str
    link_id: str
    hour_label: str
    """Which hour it is, in words such as `07-08`."""
    counted_veh_h: float
    modelled_veh_h: float
    held_out: bool
    """Whether the estimate was made without this count."""

    def __post_init__(self) -> None:
        require.identifier("fit.count_id", self.count_id)
        for name in ("counted_veh_h", "modelled_veh_h"):
            require.not_negative(f"fit[{self.count_id},{self.hour_label}].{name}", getattr(self, name))

    @property
    def difference_veh_h(self) -> float:
        """Model minus count."""
        return self.modelled_veh_h - self.counted_veh_h

    @property
    def geh(self) -> float:
        """GEH of this hour."""
        return geh(self.modelled_veh_h, self.counted_veh_h)

    @property
    def in_band(self) -> bool:
        """Whether the difference stays in the flow band; its edge belongs to it."""
        return abs(self.difference_veh_h) <= allowed_difference_veh_h(self.counted_veh_h)


@dataclass(frozen=True, slots=True, kw_only=True)
class FitSummary:
    """Figures over several counted hours."""

    n: int
    geh_below_5_share: float
    in_band_share: float
    mean_geh: float
    rmse_percent: float | None
    """Root of the mean square difference over the mean count, %; None where nothing was counted but zeros."""
    modelled_to_counted_ratio: float | None
    """Sum of the model over the sum of the counts; None where nothing was counted but zeros."""
    worst: CountFit
    """The one with the largest GEH, the first of equals."""

    @classmethod
    def of(cls, fits: Sequence[CountFit]) -> FitSummary:
        """Summary of at least one counted hour.

        Raises
        ------
        InvalidValueError
            Where there is none.
        """
        n = len(fits)
        if n == 0:
            raise InvalidValueError("fits", 0, "must be at least one counted hour")
        counted_veh_h = math.fsum(fit.counted_veh_h for fit in fits)
        rmse_veh_h = math.sqrt(math.fsum(fit.difference_veh_h**2 for fit in fits) / n)
        modelled_veh_h = math.fsum(fit.modelled_veh_h for fit in fits)
        return cls(
            n=n,
            geh_below_5_share=sum(fit.geh < GOOD_GEH for fit in fits) / n,
            in_band_share=sum(fit.in_band for fit in fits) / n,
            mean_geh=math.fsum(fit.geh for fit in fits) / n,
            rmse_percent=100.0 * rmse_veh_h / (counted_veh_h / n) if counted_veh_h > 0.0 else None,
            modelled_to_counted_ratio=modelled_veh_h / counted_veh_h if counted_veh_h > 0.0 else None,
            worst=max(fits, key=lambda fit: fit.geh),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FitReport:
    """Fits of the counts that the estimate used, and apart from them of those it never saw."""

    used: FitSummary | None
    held_out: FitSummary | None
    fits: tuple[CountFit, ...]
    """All of them, in the order given."""

    @classmethod
    def of(cls, fits: Iterable[CountFit]) -> FitReport:
        """Report of any number of counted hours; a part without any is None."""
        everything = tuple(fits)
        used = [fit for fit in everything if not fit.held_out]
        held_out = [fit for fit in everything if fit.held_out]
        return cls(
            used=FitSummary.of(used) if used else None,
            held_out=FitSummary.of(held_out) if held_out else None,
            fits=everything,
        )
