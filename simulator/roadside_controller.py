"""A signal controller at the roadside: runs what the centre commands, and keeps the safety itself."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from signal_plans.errors import UnsafeProgrammeError
from signal_plans.interval_check import SHORTEST_RED_S
from signal_plans.lamp import Lamp
from signal_plans.monitor import programme_fault, switch_fault
from signal_plans.programme import LONGEST_CYCLE_S, SignalProgramme
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from signal_plans.junction import Junction
    from signal_plans.signal_group import SignalGroup

LONG_AGO_S = -math.inf
PATIENCE_S = LONGEST_CYCLE_S
"""How long a late switch waits for a moment at which the two programmes join without a fault."""
TOLERANCE_S = 10.0
"""How long a command holds beyond its validity: for slow lines, and clocks that differ."""
MOVING = frozenset({Lamp.RED_AMBER, Lamp.GREEN})


@dataclass(slots=True, eq=False)
class _Face:
    """One signal group: what it shows and since when."""

    group: SignalGroup
    lamp: Lamp = Lamp.RED
    green_at_s: float = LONG_AGO_S
    green_ended_s: float = LONG_AGO_S
    red_since_s: float = LONG_AGO_S
    clearing: list[tuple[_Face, int]] = field(default_factory=list)
    """Conflicting groups and their intergreens before this one."""
    green: list[bool] = field(default_factory=list)
    """By the programme's second: whether it wants green."""
    worth: list[bool] = field(default_factory=list)
    """By the programme's second: whether red may end, so that the green that follows has its minimum."""

    def follow(self, programme: SignalProgramme) -> None:
        """Make the tables of a programme."""
        windows, cycle_s = programme.greens[self.group.id], programme.cycle_s
        left_s = [max(w.length_s - (second - w.start_s) % cycle_s for w in windows) for second in range(cycle_s)]
        self.green = [left > 0 for left in left_s]
        lead_s = self.group.red_amber_s
        self.worth = [left_s[(second + lead_s) % cycle_s] >= self.group.min_green_s for second in range(cycle_s)]

    def go_on(self, now_s: float, second: int) -> None:
        """What follows a lamp by itself; everything but the way out of red."""
        if self.lamp is Lamp.GREEN:
            if not self.green[second] and now_s - self.green_at_s >= self.group.min_green_s:
                self.green_ended_s = self.red_since_s = now_s
                self.lamp = Lamp.AMBER if self.group.amber_s else Lamp.RED
        elif self.lamp is Lamp.AMBER:
            if now_s - self.green_ended_s >= self.group.amber_s:
                self.red_since_s = now_s
                self.lamp = Lamp.RED
        elif self.lamp is Lamp.RED_AMBER and now_s >= self.green_at_s:
            self.lamp = Lamp.GREEN

    def begin(self, now_s: float, second: int) -> None:
        """End red where a second of it was seen, the green is worth it and no conflicting group is in the way."""
        if self.lamp is not Lamp.RED or not self.worth[second] or now_s - self.red_since_s < SHORTEST_RED_S:
            return
        green_s = now_s + self.group.red_amber_s
        for other, intergreen_s in self.clearing:
            if other.lamp in MOVING or green_s - other.green_ended_s < intergreen_s:
                return
        self.green_at_s = green_s
        self.lamp = Lamp.RED_AMBER if self.group.red_amber_s else Lamp.GREEN


@dataclass(slots=True)
class _Takeover:
    """A programme that is to run from a second on, and since when it waits for a safe one."""

    programme: SignalProgramme
    at_s: float
    waits_since_s: float | None = None


class RoadsideController:
    """Controller of one junction.

    It starts with the junction's first programme, its own, and stays there until it is told otherwise.  A commanded
    programme takes over in the second `valid_from_s`, for which the centre has verified the switch.  Where the
    controller hears of it later or runs something else, it looks for the first second at which the two programmes join
    without a fault of the monitor, for `PATIENCE_S` at most.  It goes back to its own programme in the same way when no
    command was said again for `TOLERANCE_S` beyond `valid_until_s`.

    Whatever is commanded, no conflicting green begins before its intergreen is over and no green ends before its
    minimum: where two programmes do not join, the greens of the new one begin late, or are left out for one cycle
    where less than their minimum would remain.
    """

    def __init__(self, junction: Junction) -> None:
        self._layout = junction.layout
        self._own = junction.fallback
        self._next: _Takeover | None = None
        self._valid_until_s = math.inf
        self._faces = {name: _Face(group) for name, group in junction.layout.groups.items()}
        for (clearing, entering), time_s in junction.layout.intergreen.times_s.items():
            self._faces[entering].clearing.append((self._faces[clearing], time_s))
        self.programme = self._own
        self._follow(self.programme)

    @property
    def lamps(self) -> dict[str, Lamp]:
        """What each group shows in the second of the last `step`."""
        return {name: face.lamp for name, face in self._faces.items()}

    def command(self, programme: SignalProgramme, valid_from_s: float, valid_until_s: float = math.inf) -> None:
        """Take the newest command; what waited for its time is dropped.  The same command again prolongs it.

        The controller checks it against its own supply data, in both ways: second by second and by intervals.

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
        if fault := programme_fault(self._layout, programme.cycle_s, programme.greens):
            raise UnsafeProgrammeError(programme.id, (str(fault),))
        checked = SignalProgramme(
            id=programme.id,
            layout=self._layout,
            cycle_s=programme.cycle_s,
            offset_s=programme.offset_s,
            greens=programme.greens,
        )
        self._valid_until_s = valid_until_s
        if checked == self.programme:
            self._next = None
        elif self._next is None or (self._next.programme, self._next.at_s) != (checked, valid_from_s):
            self._next = _Takeover(checked, valid_from_s)

    def step(self, now_s: float) -> bool:
        """Set the lamps for the second that begins at `now_s`; return whether one changed.  Called for every second."""
        if now_s > self._valid_until_s + TOLERANCE_S:
            self._valid_until_s = math.inf
            self._next = None if self.programme == self._own else _Takeover(self._own, LONG_AGO_S)
        if self._next is not None and self._is_time_for(self._next, now_s):
            self._follow(self._next.programme)
            self._next = None
        second = self.programme.second_at(now_s)
        faces = self._faces.values()
        before = [face.lamp for face in faces]
        for face in faces:
            face.go_on(now_s, second)
        for face in faces:
            face.begin(now_s, second)
        return before != [face.lamp for face in faces]

    def _is_time_for(self, takeover: _Takeover, now_s: float) -> bool:
        if now_s < takeover.at_s:
            return False
        if takeover.waits_since_s is None:
            takeover.waits_since_s = now_s
        following, second = takeover.programme, self.programme.second_at(now_s)
        if switch_fault(self.programme, second, following, following.second_at(now_s)) is None:
            return True
        return now_s - takeover.waits_since_s >= PATIENCE_S

    def _follow(self, programme: SignalProgramme) -> None:
        self.programme = programme
        for face in self._faces.values():
            face.follow(programme)
