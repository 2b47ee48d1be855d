"""A signal controller at the roadside: runs what the centre commands, and keeps the safety itself."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from signal_plans.errors import UnsafeProgrammeError
from signal_plans.programme import SignalProgramme
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from signal_plans.junction import Junction

LONG_AGO_S = float("-inf")
SHORTEST_RED_S = 1.0
"""Between amber and red-amber a driver must see red."""


class Lamp(StrEnum):
    """What the lamps of a group show."""

    RED = "red"
    RED_AMBER = "red_amber"
    GREEN = "green"
    AMBER = "amber"


class RoadsideController:
    """Controller of one junction.

    It starts with the junction's first programme and stays there until it is told otherwise.  A commanded programme
    takes over at the first cycle start of the running one from `valid_from_s` on.  Between two programmes no
    conflicting green begins before its intergreen is over and no green ends before its minimum: the greens of the new
    programme begin late, or are left out for one cycle where less than their minimum would remain.
    """

    def __init__(self, junction: Junction) -> None:
        self._layout = junction.layout
        self.programme = junction.fallback
        self._waiting: tuple[SignalProgramme, float] | None = None
        groups = tuple(junction.layout.groups)
        self._lamps = dict.fromkeys(groups, Lamp.RED)
        self._green_at_s = dict.fromkeys(groups, LONG_AGO_S)
        self._red_at_s = dict.fromkeys(groups, LONG_AGO_S)
        self._full_red_at_s = dict.fromkeys(groups, LONG_AGO_S)
        pairs = junction.layout.intergreen.times_s.items()
        self._clearing = {
            group: tuple((a, time_s) for (a, entering), time_s in pairs if entering == group) for group in groups
        }

    @property
    def lamps(self) -> dict[str, Lamp]:
        """What each group shows in the second of the last `step`."""
        return dict(self._lamps)

    def command(self, programme: SignalProgramme, valid_from_s: float) -> None:
        """Accept a programme for later.  The controller checks it against its own supply data.

        Raises
        ------
        UnsafeProgrammeError
            It breaks a rule of this junction's layout.  The running programme goes on.
        InvalidValueError
            It is for another junction or names unknown groups.
        """
        if programme.layout.junction_id != self._layout.junction_id:
            limit = f"must be a programme for junction {self._layout.junction_id}"
            raise InvalidValueError("programme.layout.junction_id", programme.layout.junction_id, limit)
        if missing := sorted(set(self._layout.groups) - set(programme.greens)):
            raise UnsafeProgrammeError(programme.id, (f"groups without green: {', '.join(missing)}",))
        checked = SignalProgramme(
            id=programme.id,
            layout=self._layout,
            cycle_s=programme.cycle_s,
            offset_s=programme.offset_s,
            greens=programme.greens,
        )
        self._waiting = (checked, valid_from_s)

    def step(self, now_s: float) -> bool:
        """Set the lamps for the second that begins at `now_s`; return whether one changed.  Called for every second."""
        if self._waiting and now_s >= self._waiting[1] and self.programme.second_at(now_s) == 0:
            self.programme = self._waiting[0]
            self._waiting = None
        before = dict(self._lamps)
        for group, lamp in before.items():
            self._lamps[group] = self._gone_on(group, lamp, now_s)
        for group, lamp in self._lamps.items():
            if lamp is Lamp.RED and self._may_begin(group, now_s):
                kind = self._layout.groups[group]
                self._green_at_s[group] = now_s + kind.red_amber_s
                self._lamps[group] = Lamp.RED_AMBER if kind.red_amber_s else Lamp.GREEN
        return self._lamps != before

    def _gone_on(self, group: str, lamp: Lamp, now_s: float) -> Lamp:
        """What follows a lamp by itself; everything but the way out of red."""
        kind = self._layout.groups[group]
        if lamp is Lamp.RED_AMBER and now_s >= self._green_at_s[group]:
            return Lamp.GREEN
        if lamp is Lamp.AMBER and now_s - self._red_at_s[group] >= kind.amber_s:
            self._full_red_at_s[group] = now_s
            return Lamp.RED
        if lamp is not Lamp.GREEN or now_s - self._green_at_s[group] < kind.min_green_s:
            return lamp
        if self.programme.is_green(group, self.programme.second_at(now_s)):
            return lamp
        self._red_at_s[group] = now_s
        self._full_red_at_s[group] = now_s
        return Lamp.AMBER if kind.amber_s else Lamp.RED

    def _may_begin(self, group: str, now_s: float) -> bool:
        """Whether red may end now: a second of it was seen, the green is worth it and nobody is in the way."""
        green_s = now_s + self._layout.groups[group].red_amber_s
        seen_s = now_s - self._full_red_at_s[group]
        return seen_s >= SHORTEST_RED_S and self._worth_a_green(group, green_s) and self._cleared(group, green_s)

    def _worth_a_green(self, group: str, green_s: float) -> bool:
        """Whether the programme wants the group green at `green_s` for at least its minimum."""
        second, cycle_s = self.programme.second_at(green_s), self.programme.cycle_s
        left_s = max((w.length_s - (second - w.start_s) % cycle_s for w in self.programme.greens[group]), default=0)
        return left_s >= self._layout.groups[group].min_green_s

    def _cleared(self, group: str, green_s: float) -> bool:
        """Whether every conflicting group is red and its intergreen is over by `green_s`."""
        return all(
            self._lamps[other] in {Lamp.RED, Lamp.AMBER} and green_s - self._red_at_s[other] >= time_s
            for other, time_s in self._clearing[group]
        )
