"""How often the level of a car park changes at each hour of the week, learned from its own past."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

HOUR_S = 3_600.0
HOURS_OF_WEEK = 168
HOURS_OF_DAY = 24
EPOCH_HOUR_OF_WEEK = 72
"""1970-01-01 was a Thursday; hours count from Monday 00:00 UTC."""
SLOT_S = 300.0
DEFAULT_CHANCE = 0.1
"""Where nothing is known: one change in ten slots of 5 min, as of a quiet car park; then 8 nats take 6 to 11 h."""
DAY_WEIGHT = 12.0
"""Slots that the default is worth: one hour of slots."""
WEEK_WEIGHT = 24.0
"""Slots that the same hour of all days is worth against the hour of the week: two weeks of it."""
HALF_LIFE_WEEKS = 8.0
MOST_CHANCE = 0.97
"""Nothing is more certain to move than this: one slot is worth at most 3.5 nats."""
_WEEK_KEPT = 0.5 ** (1.0 / (HALF_LIFE_WEEKS * HOUR_S / SLOT_S))
_DAY_KEPT = _WEEK_KEPT ** (1.0 / 7.0)


class Movement:
    """Chance that the level changes within a slot of 5 min.

    Each hour of the week holds how many slots were seen and in how many the level changed, forgotten with a half-life
    of 8 weeks; it leans on the same hour of all days, and that on the default:

        chance = (changed + WEEK_WEIGHT * of_day) / (seen + WEEK_WEIGHT)
        of_day = (changed_on_all_days + DAY_WEIGHT * default) / (seen_on_all_days + DAY_WEIGHT)

    Between the middles of two hours it is linear.  Hours are those of UTC: a change of summer time moves the pattern
    by an hour, which the next weeks learn.
    """

    def __init__(self, default: float = DEFAULT_CHANCE) -> None:
        self._default = default
        self._changed = [0.0] * HOURS_OF_WEEK
        self._seen = [0.0] * HOURS_OF_WEEK
        self._day_changed = [0.0] * HOURS_OF_DAY
        self._day_seen = [0.0] * HOURS_OF_DAY

    def chance(self, at_s: float) -> float:
        """Chance of a change in the slot that ends at `at_s`."""
        place = at_s / HOUR_S + EPOCH_HOUR_OF_WEEK - 0.5
        hour = int(place // 1.0)
        share = place - hour
        return (1.0 - share) * self._of_hour(hour) + share * self._of_hour(hour + 1)

    def changes_a_day(self) -> float:
        """Slots with a change on an average day."""
        slots = HOUR_S / SLOT_S
        return slots / 7.0 * sum(self._of_hour(hour) for hour in range(HOURS_OF_WEEK))

    def learn(self, at_s: float, *, changed: bool) -> None:
        """Take in one slot that ended at `at_s`."""
        hour = int(at_s // HOUR_S + EPOCH_HOUR_OF_WEEK) % HOURS_OF_WEEK
        self._changed[hour] = self._changed[hour] * _WEEK_KEPT + changed
        self._seen[hour] = self._seen[hour] * _WEEK_KEPT + 1.0
        day = hour % HOURS_OF_DAY
        self._day_changed[day] = self._day_changed[day] * _DAY_KEPT + changed
        self._day_seen[day] = self._day_seen[day] * _DAY_KEPT + 1.0

    def state(self) -> dict[str, list[float]]:
        """What was learned, rounded, to be kept over a restart."""
        names = ("_changed", "_seen", "_day_changed", "_day_seen")
        return {name[1:]: [round(value, 2) for value in getattr(self, name)] for name in names}

    def restore(self, state: dict[str, Sequence[float]]) -> None:
        """Take over what `state` gave.  Raises `ValueError` for anything else."""
        for name, length in (("changed", 168), ("seen", 168), ("day_changed", 24), ("day_seen", 24)):
            values = [float(value) for value in state[name]]
            if len(values) != length or not all(0.0 <= value < 1e6 for value in values):
                raise ValueError(f"{name}: must be {length} numbers of at least 0")
            setattr(self, f"_{name}", values)

    def _of_hour(self, hour: int) -> float:
        place = hour % HOURS_OF_WEEK
        day = place % HOURS_OF_DAY
        of_day = (self._day_changed[day] + DAY_WEIGHT * self._default) / (self._day_seen[day] + DAY_WEIGHT)
        chance = (self._changed[place] + WEEK_WEIGHT * of_day) / (self._seen[place] + WEEK_WEIGHT)
        return min(chance, MOST_CHANCE)
