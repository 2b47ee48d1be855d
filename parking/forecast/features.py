"""State of the forecast: profiles that go on learning, and the last eight days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from traffic_core.kernels import parking_forecast as kernels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from parking.forecast.calendar import Calendar

NAMES = (
    "free",
    "deviation",
    "profile_delta",
    "day_delta",
    "profile_forecast",
    "strayed_5_min",
    "strayed_15_min",
    "strayed_30_min",
    "strayed_60_min",
    "strayed_120_min",
    "change_15_min",
    "yesterday_delta",
    "yesterday_deviation",
    "last_week_delta",
    "last_week_deviation",
    "step_of_day",
    "day_class",
    "facility",
    "others_strayed",
    "others_deviation",
    "profile_curvature",
    "day_deviation",
)
"""What the kernel writes, in its order.  All shares of the capacity, but for the step, the class and the facility."""
FREE, DELTA, FACILITY = NAMES.index("free"), NAMES.index("profile_delta"), NAMES.index("facility")
DAY_SHARE = 0.1
"""Weight of a new day in the profile of its kind of day."""


@dataclass(slots=True, kw_only=True, eq=False)
class Watch:
    """Profiles and memory of F facilities, moved on step by step."""

    profile: NDArray[np.float64]
    """(F, 2016) free share by place of the week, NaN where never seen."""
    seen: NDArray[np.int64]
    """(F, 2016) how often each place was seen."""
    by_day: NDArray[np.float64]
    """(F, 864) free share by kind of day and step of the day."""
    ring: NDArray[np.float64]
    """(F, RING) the last values."""
    next_step: int
    """Step since 1970 that is looked at next."""

    @staticmethod
    def fresh(facilities: int, first_step: int) -> Watch:
        """One that has seen nothing."""
        return Watch(
            profile=np.full((facilities, kernels.WEEK), np.nan),
            seen=np.zeros((facilities, kernels.WEEK), np.int64),
            by_day=np.full((facilities, kernels.DAY_KINDS * kernels.DAY), np.nan),
            ring=np.full((facilities, kernels.RING), np.nan),
            next_step=first_step,
        )

    def copy(self) -> Watch:
        """One that goes its own way from here."""
        return Watch(
            profile=self.profile.copy(),
            seen=self.seen.copy(),
            by_day=self.by_day.copy(),
            ring=self.ring.copy(),
            next_step=self.next_step,
        )

    def advance(
        self,
        free_share: NDArray[np.float64],
        calendar: Calendar,
        half_life_weeks: float,
        leads: NDArray[np.int64],
        wanted: NDArray[np.bool_] | None = None,
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Look at (T, F) values of the next steps and learn from them; features and usability of the wanted ones.

        leads : (H,) steps ahead
        wanted : (T,) W of the steps; None: none

        Returns (W, F, H, K) features, undefined where not usable, and (W, F, H) whether they are.
        """
        wanted = np.zeros(free_share.shape[0], np.bool_) if wanted is None else wanted
        out = self._look(free_share, calendar, half_life_weeks, leads, wanted, learns=True)
        self.next_step += free_share.shape[0]
        return out

    def look(
        self, free_share: NDArray[np.float64], calendar: Calendar, leads: NDArray[np.int64]
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Features of (F,) values within the step that was taken in last; nothing is learned."""
        self.next_step -= 1
        row = np.ascontiguousarray(free_share, np.float64).reshape(1, -1)
        out = self._look(row, calendar, 1.0, leads, np.ones(1, np.bool_), learns=False)
        self.next_step += 1
        return out

    def _look(
        self,
        free_share: NDArray[np.float64],
        calendar: Calendar,
        half_life_weeks: float,
        leads: NDArray[np.int64],
        wanted: NDArray[np.bool_],
        *,
        learns: bool,
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        steps, facilities = free_share.shape
        shape = (int(wanted.sum()), facilities, leads.size)
        features, usable = np.zeros((*shape, kernels.FEATURES)), np.zeros(shape, np.bool_)
        before, after = kernels.BEHIND, kernels.AHEAD
        kernels.advance(
            np.ascontiguousarray(free_share, np.float64),
            calendar.places(self.next_step - before, before + steps + after),
            self.next_step,
            learns,
            wanted,
            leads,
            weekly_share(half_life_weeks),
            DAY_SHARE,
            self.profile,
            self.seen,
            self.by_day,
            self.ring,
            features,
            usable,
        )
        return features, usable


def weekly_share(half_life_weeks: float) -> float:
    """Weight of a new value in a profile whose memory halves in so many weeks."""
    return float(1.0 - 0.5 ** (1.0 / half_life_weeks))
