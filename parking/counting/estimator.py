"""The estimate of one car park that counts: which observation the filter gets when, and what drifted."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from parking.counting.bays import whole_of_part
from parking.counting.filter import TRUTH_SIGMA_VEH, CountingFilter
from parking.persistence import sigma_veh

if TYPE_CHECKING:
    from collections.abc import Mapping

    from parking.counting.bays import BaysSeen
    from parking.counting.settings import CountingSettings

LONGEST_GAP_S = 900.0
"""Counts cover the time since the reading before; after a longer silence some may be lost."""
BAYS_EVERY_S = 7_200.0
"""The same bays again are a new observation only once vehicles have changed."""
DOUBT = 2.0
"""A refused report widens the estimate to twice what a word may have."""
NIGHT_LENGTH_S = 3_600.0
DAY_S = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftAlarm:
    """An observation lay more than 4 sigma from what was counted."""

    at_s: float
    seen: str
    """`level` (a recount, or free places as told), `bays`, `night`, or `bounds` (counted below none or above all)."""
    innovation_veh: float
    """Vehicles more than counted."""
    sigma_veh: float
    """Standard deviation of the count before."""


class CountingEstimator:
    """Belongs to one car park of known capacity."""

    def __init__(self, capacity_veh: int, settings: CountingSettings, night_veh: float | None) -> None:
        """`night_veh`: vehicles inside at the quietest hour, None where nobody knows."""
        self.settings = settings
        self.capacity_veh = capacity_veh
        self._night_veh = night_veh
        self._filter = CountingFilter(
            capacity_veh=float(capacity_veh),
            n_veh=0.5 * capacity_veh,
            var_n=capacity_veh**2 / 12.0,  # anything from empty to full
            bias=0.0,
            var_bias=settings.bias_share**2,
        )
        self._at_s: float | None = None
        self._night_day: int | None = None
        self._bays_at_s: float | None = None
        self._told_bounds = False
        self.drift_veh: float | None = None
        """By how much the last recount or level lay above what was counted."""
        self.alarms: list[DriftAlarm] = []
        """Alarms not yet taken."""
        self.alarmed_at_s: float | None = None

    @property
    def free_veh(self) -> float:
        """Expected free places."""
        return self.capacity_veh - self._filter.n_veh

    @property
    def sigma_veh(self) -> float:
        """Standard deviation of the free places."""
        return self._filter.sigma_veh

    @property
    def may_number(self) -> bool:
        """Whether the estimate is good enough for a number; never after counts far beyond the bounds."""
        if self._told_bounds and self._filter.beyond_veh != 0.0:
            return False
        return self.settings.may_number(self.sigma_veh, self.capacity_veh)

    @property
    def may_word(self) -> bool:
        """Whether anything is known."""
        return self.settings.may_word(self.sigma_veh, self.capacity_veh)

    def counted(self, at_s: float, entered_veh: int, left_veh: int) -> None:
        """Take in entries and exits since the reading before."""
        gap_s = 0.0 if self._at_s is None else max(0.0, at_s - self._at_s)
        misses = self.settings.miss_in_share, self.settings.miss_out_share
        before_veh = math.sqrt(self._filter.free_var)
        if self._filter.beyond_veh == 0.0:
            self._told_bounds = False
        beyond_veh = self._filter.count(entered_veh, left_veh, misses, gap_s)
        if beyond_veh != 0.0 and not self._told_bounds:
            self._told_bounds = True
            self._alarm(at_s, "bounds", -beyond_veh, before_veh)
        if gap_s > LONGEST_GAP_S:
            self._filter.lose(sigma_veh(gap_s, self.capacity_veh))
        self._at_s = at_s if self._at_s is None else max(at_s, self._at_s)
        self._night(at_s)

    def at_least(self, at_s: float, latest_s: float) -> None:
        """Go on from `at_s` where the estimate lies beyond `latest_s`: the clock was set back, no counts are lost."""
        if self._at_s is not None and self._at_s > latest_s:
            self._at_s = at_s
            if self._bays_at_s is not None:
                self._bays_at_s = min(self._bays_at_s, at_s)

    def told(self, at_s: float, occupied_veh: float) -> None:
        """Take in an absolute number of vehicles inside."""
        had_known = self.may_word and self._at_s is not None
        before_veh = self.sigma_veh
        innovation, alarm = self._filter.observe(occupied_veh, TRUTH_SIGMA_VEH, truth=True)
        if had_known:
            self.drift_veh = innovation
        if alarm and had_known:
            self._alarm(at_s, "level", innovation, before_veh)
        self._at_s = at_s

    def saw_bays(self, seen: BaysSeen) -> None:
        """Take in what the bays say, as seldom as they tell something new."""
        if self._bays_at_s is None:  # the first to report are no fair sample of all
            self._bays_at_s = seen.at_s
        if seen.at_s - self._bays_at_s < BAYS_EVERY_S:
            return
        whole = whole_of_part(seen, self.capacity_veh)
        if whole is None:
            return
        self._bays_at_s = seen.at_s
        before_veh = self.sigma_veh
        innovation, alarm = self._filter.observe(whole[0], max(whole[1], TRUTH_SIGMA_VEH))
        if alarm:
            self._alarm(seen.at_s, "bays", innovation, before_veh)

    def doubt(self) -> None:
        """A report was refused: what it counted is lost."""
        self._filter.lose(DOUBT * self.settings.word_sigma_share * self.capacity_veh)

    def state(self) -> dict[str, Any]:
        """Plain values that `restore` takes back."""
        return {
            "filter": asdict(self._filter),
            "at_s": self._at_s,
            "night_day": self._night_day,
            "bays_at_s": self._bays_at_s,
            "drift_veh": self.drift_veh,
            "told_bounds": self._told_bounds,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what `state` gave.

        Raises
        ------
        ValueError, KeyError, TypeError
            For anything else, or for another capacity than today's.
        """
        known = CountingFilter(**{name: float(value) for name, value in state["filter"].items()})
        if known.capacity_veh != self.capacity_veh:
            raise ValueError(f"capacity_veh: {known.capacity_veh:g} then, {self.capacity_veh} now")
        if not all(math.isfinite(value) for value in asdict(known).values()) or min(known.var_n, known.var_bias) < 0:
            raise ValueError("filter: must be finite, with variances of at least 0")
        self._filter = known
        self._at_s, self._night_day = state["at_s"], state["night_day"]
        self._bays_at_s = state["bays_at_s"]
        self.drift_veh = state["drift_veh"]
        self._told_bounds = bool(state.get("told_bounds", False))

    @property
    def at_s(self) -> float | None:
        """The last moment that is in the estimate."""
        return self._at_s

    def _night(self, at_s: float) -> None:
        """Once a night, at the quietest hour, the usual number of vehicles is as good as seen."""
        if self._night_veh is None:
            return
        since_s = at_s - 3_600.0 * self.settings.night_hour_utc
        day = math.floor(since_s / DAY_S)
        if day == self._night_day or since_s - day * DAY_S >= NIGHT_LENGTH_S:
            return
        self._night_day = day
        sigma = max(TRUTH_SIGMA_VEH, self.settings.night_sigma_share * self.capacity_veh)
        before_veh = self.sigma_veh
        innovation, alarm = self._filter.observe(self._night_veh, sigma)
        if alarm:
            self._alarm(at_s, "night", innovation, before_veh)

    def _alarm(self, at_s: float, seen: str, innovation_veh: float, before_veh: float) -> None:
        self.alarmed_at_s = at_s
        self.alarms.append(DriftAlarm(at_s=at_s, seen=seen, innovation_veh=innovation_veh, sigma_veh=before_veh))
