"""Free places of all facilities at coming moments, as quantiles."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Forecasts:
    """What is expected of every facility, made at one moment.

    Between leads and between levels values are linear; before the first lead and after the last they stay; beyond the
    outermost levels the outermost quantiles stand for the tails.
    """

    made_at_s: float
    facility_ids: tuple[str, ...]
    lead_s: tuple[float, ...]
    """(H,) times ahead, rising."""
    levels: tuple[float, ...]
    """(Q,) probabilities that no more than the quantile is free, rising, within 0 and 1."""
    free_veh: NDArray[np.float64]
    """(F, H, Q) quantiles of the free places, not falling along Q; NaN for a facility of which nothing can be said, and
    for one that is given with a value that is no number."""
    sources: tuple[str, ...]
    """(F,) what each rests on: `model`, `profile`, `persistence`, or `none`."""
    _place: Mapping[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        shape = (len(self.facility_ids), len(self.lead_s), len(self.levels))
        if self.free_veh.shape != shape or len(self.sources) != shape[0]:
            raise InvalidValueError("forecasts.free_veh.shape", self.free_veh.shape, f"must be {shape}")
        for name, values in (("lead_s", self.lead_s), ("levels", self.levels)):
            if not values or any(later <= earlier for earlier, later in pairwise(values)):
                raise InvalidValueError(f"forecasts.{name}", values, "must be rising and not empty")
        if self.levels[0] <= 0.0 or self.levels[-1] >= 1.0:
            raise InvalidValueError("forecasts.levels", self.levels, "must lie within 0 and 1")
        sound = np.isfinite(self.free_veh)
        if not sound.all():
            whole = sound.all(axis=(1, 2), keepdims=True)
            object.__setattr__(self, "free_veh", np.where(whole, self.free_veh, np.nan))
        object.__setattr__(self, "_place", {key: place for place, key in enumerate(self.facility_ids)})

    def quantile_veh(self, facility_id: str, lead_s: float, level: float) -> float | None:
        """Free places that are undercut with the probability `level` after `lead_s`; None where nothing can be said."""
        row = self._at(facility_id, lead_s)
        return None if row is None else float(np.interp(level, self.levels, row))

    def probability_more_than(self, facility_id: str, limit_veh: int, lead_s: float) -> float | None:
        """Probability that more than `limit_veh` places are free after `lead_s`; None where nothing can be said.

        Places are whole, so that "more than" begins half a place above the limit.
        """
        row = self._at(facility_id, lead_s)
        if row is None:
            return None
        limit = limit_veh + 0.5
        if limit < row[0]:
            return 1.0
        if limit >= row[-1]:
            return 0.0
        upper = int(np.searchsorted(row, limit, side="right"))
        low, high = row[upper - 1], row[upper]
        share = (limit - low) / (high - low)
        return float(1.0 - (self.levels[upper - 1] + share * (self.levels[upper] - self.levels[upper - 1])))

    def source(self, facility_id: str) -> str:
        """What the forecast of a facility rests on; `none` for one that is not in it."""
        place = self._place.get(facility_id)
        return "none" if place is None else self.sources[place]

    def _at(self, facility_id: str, lead_s: float) -> NDArray[np.float64] | None:
        place = self._place.get(facility_id)
        if place is None:
            return None
        quantiles = self.free_veh[place]
        if np.isnan(quantiles).any():
            return None
        later = int(np.searchsorted(self.lead_s, lead_s))
        if later == 0 or later == len(self.lead_s):
            outermost: NDArray[np.float64] = quantiles[0 if later == 0 else -1]
            return outermost
        from_s, to_s = self.lead_s[later - 1], self.lead_s[later]
        share = (lead_s - from_s) / (to_s - from_s)
        mixed: NDArray[np.float64] = quantiles[later - 1] + share * (quantiles[later] - quantiles[later - 1])
        return mixed
