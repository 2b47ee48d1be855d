"""A signal controller at the roadside: runs what the centre commands, and keeps the safety itself."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

from signal_plans.decision import stage_wish
from signal_plans.errors import UnsafeProgrammeError
from signal_plans.interval_check import SHORTEST_RED_S
from signal_plans.lamp import Lamp
from signal_plans.monitor import Memory, programme_fault, switch_fault
from signal_plans.programme import LONGEST_CYCLE_S, SignalProgramme
from signal_plans.stage_leaving import longest_stand, may_follow
from traffic_core.errors import InvalidValueError
from traffic_core.kernels.monitor import LONG_AGO

if TYPE_CHECKING:
    from collections.abc import Collection

    from signal_plans.junction import Junction
    from signal_plans.signal_group import SignalGroup

LONG_AGO_S = -math.inf
PATIENCE_S = LONGEST_CYCLE_S
"""How long a late switch waits for a moment at which the two programmes join without a fault."""
TOLERANCE_S = 10.0
"""How long a command holds beyond its validity: for slow lines, and clocks that differ."""
MOVING = frozenset({Lamp.RED_AMBER, Lamp.GREEN})


class FaceState(NamedTuple):
    """A signal group in a second: its lamp, and the ages that decide what follows.

    An age is held at the longest time it is compared with, and infinite where nothing asks for it under this lamp.  Two
    equal states therefore have the same future.
    """

    lamp: Lamp
    green_age_s: float = math.inf
    """Since green began; negative in red-amber."""
    ended_age_s: float = math.inf
    """Since green ended."""
    red_age_s: float = math.inf


Snapshot: TypeAlias = tuple[FaceState, ...]
"""All groups of a junction in the order of its layout."""


@dataclass(frozen=True, slots=True)
class Takeover:
    """A programme that is to run from a second on, and since when it waits for a safe one."""

    programme: SignalProgramme
    at_s: float
    waits_since_s: float | None = None


class Wish(NamedTuple):
    """Groups that are to be green instead of those of a programme, from a second on."""

    groups: frozenset[str]
    at_s: float


class Orders(NamedTuple):
    """What a controller obeys: what runs, what waits, and until when the last command holds."""

    programme: SignalProgramme
    waiting: Takeover | None
    wish: Wish | None
    """In force; the programme then does not run."""
    next_wish: Wish | None
    valid_until_s: float


@dataclass(slots=True, eq=False)
class _Face:
    """One signal group: what it shows and since when."""

    group: SignalGroup
    longest_s: int
    """Longest time after the end of its green that anybody asks for."""
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
        cycle_s = programme.cycle_s
        self.green, self.worth = [False] * cycle_s, [False] * cycle_s
        for window in programme.greens[self.group.id]:
            for second in range(window.start_s, window.start_s + window.length_s):
                self.green[second % cycle_s] = True
            first = window.start_s - self.group.red_amber_s
            for second in range(first, first + window.length_s - self.group.min_green_s + 1):
                self.worth[second % cycle_s] = True

    def go_on(self, now_s: float, *, wanted: bool) -> None:
        """What follows a lamp by itself, green for as long as it is wanted; everything but the way out of red."""
        if self.lamp is Lamp.GREEN:
            if not wanted and now_s - self.green_at_s >= self.group.min_green_s:
                self.green_ended_s = self.red_since_s = now_s
                self.lamp = Lamp.AMBER if self.group.amber_s else Lamp.RED
        elif self.lamp is Lamp.AMBER:
            if now_s - self.green_ended_s >= self.group.amber_s:
                self.red_since_s = now_s
                self.lamp = Lamp.RED
        elif self.lamp is Lamp.RED_AMBER and now_s >= self.green_at_s:
            self.lamp = Lamp.GREEN

    def begin(self, now_s: float, *, worth: bool) -> None:
        """End red where a second of it was seen, the green is worth it and no conflicting group is in the way."""
        if self.lamp is not Lamp.RED or not worth or now_s - self.red_since_s < SHORTEST_RED_S:
            return
        green_s = now_s + self.group.red_amber_s
        for other, intergreen_s in self.clearing:
            if other.lamp in MOVING or green_s - other.green_ended_s < intergreen_s:
                return
        self.green_at_s = green_s
        self.lamp = Lamp.RED_AMBER if self.group.red_amber_s else Lamp.GREEN

    def state(self, now_s: float) -> FaceState:
        """What decides its future."""
        if self.lamp is Lamp.GREEN:
            return FaceState(self.lamp, green_age_s=min(now_s - self.green_at_s, self.group.min_green_s))
        if self.lamp is Lamp.RED_AMBER:
            return FaceState(self.lamp, green_age_s=now_s - self.green_at_s)
        ended_age_s = min(now_s - self.green_ended_s, self.longest_s)
        if self.lamp is Lamp.AMBER:
            return FaceState(self.lamp, ended_age_s=ended_age_s)
        return FaceState(self.lamp, ended_age_s=ended_age_s, red_age_s=min(now_s - self.red_since_s, SHORTEST_RED_S))

    def take(self, now_s: float, state: FaceState) -> None:
        """Go on from a state."""
        self.lamp = state.lamp
        self.green_at_s = now_s - state.green_age_s
        self.green_ended_s = now_s - state.ended_age_s
        self.red_since_s = now_s - state.red_age_s

    def held(self, *, wanted: bool) -> FaceState:
        """Its state after a wish has been in force for long."""
        if wanted:
            return FaceState(Lamp.GREEN, green_age_s=self.group.min_green_s)
        return FaceState(Lamp.RED, ended_age_s=self.longest_s, red_age_s=SHORTEST_RED_S)

    def remembered(self, now_s: float) -> tuple[int, int, int]:
        """Lamp, its age and the age of the end of green as the monitor knows them when second `now_s` comes next."""
        began_s = {
            Lamp.RED: self.red_since_s,
            Lamp.RED_AMBER: self.green_at_s - self.group.red_amber_s,
            Lamp.GREEN: self.green_at_s,
            Lamp.AMBER: self.green_ended_s,
        }[self.lamp]
        ended_s = 0 if self.lamp is Lamp.GREEN else min(now_s - 1 - self.green_ended_s, LONG_AGO)
        return int(self.lamp), int(min(now_s - began_s, LONG_AGO)), int(ended_s)

    def settled(self, programme: SignalProgramme, second: int) -> FaceState:
        """Its state in a second of a programme that has run for long and that nothing disturbs."""
        cycle_s, group = programme.cycle_s, self.group
        windows = programme.greens[group.id]
        ages_s = [(second - window.start_s) % cycle_s for window in windows]
        for age_s, window in zip(ages_s, windows, strict=True):
            if age_s < window.length_s:
                return FaceState(Lamp.GREEN, green_age_s=min(age_s, group.min_green_s))
        if (next_s := cycle_s - max(ages_s)) <= group.red_amber_s:
            return FaceState(Lamp.RED_AMBER, green_age_s=-next_s)
        ended_age_s = min(age_s - window.length_s for age_s, window in zip(ages_s, windows, strict=True))
        held_s = min(ended_age_s, self.longest_s)
        if ended_age_s < group.amber_s:
            return FaceState(Lamp.AMBER, ended_age_s=held_s)
        red_age_s = min(ended_age_s - group.amber_s, SHORTEST_RED_S)
        return FaceState(Lamp.RED, ended_age_s=held_s, red_age_s=red_age_s)


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

    Instead of a programme it takes wishes for groups that are to be green.  A programme that cannot follow on them at
    its time, or its own where wishes are not said again, it steers to by itself, and joins it as soon as the monitor
    lets it.
    """

    def __init__(self, junction: Junction) -> None:
        self._layout = junction.layout
        self._own = junction.fallback
        self._waiting: Takeover | None = None
        self._wish: Wish | None = None
        self._next_wish: Wish | None = None
        self._valid_until_s = math.inf
        self._commanded: tuple[SignalProgramme, SignalProgramme] | None = None
        times_s = junction.layout.intergreen.times_s
        self._faces = {
            name: _Face(group, max([group.amber_s, *(time_s for pair, time_s in times_s.items() if pair[0] == name)]))
            for name, group in junction.layout.groups.items()
        }
        for (clearing, entering), time_s in times_s.items():
            self._faces[entering].clearing.append((self._faces[clearing], time_s))
        self._keeps_time = all(
            time_s >= junction.layout.groups[entering].red_amber_s for (_, entering), time_s in times_s.items()
        )
        self.programme = self._own
        self._follow(self.programme)

    @property
    def lamps(self) -> dict[str, Lamp]:
        """What each group shows in the second of the last `step`."""
        return {name: face.lamp for name, face in self._faces.items()}

    def command(self, programme: SignalProgramme, valid_from_s: float, valid_until_s: float = math.inf) -> None:
        """Take the newest command; what waited for its time is dropped.  The same command again prolongs it.

        Raises what `checked` raises; the running programme then goes on.
        """
        self.obey(self.checked(programme), valid_from_s, valid_until_s)

    def checked(self, programme: SignalProgramme) -> SignalProgramme:
        """A programme as this controller runs it.

        The controller checks it against its own supply data, in both ways: second by second and by intervals.

        Raises
        ------
        UnsafeProgrammeError
            It breaks a rule of this junction's layout.
        InvalidValueError
            It is for another junction or names unknown groups.
        """
        if programme.layout.junction_id != self._layout.junction_id:
            limit = f"must be a programme for junction {self._layout.junction_id}"
            raise InvalidValueError("programme.layout.junction_id", programme.layout.junction_id, limit)
        if self._commanded is None or self._commanded[0] != programme:
            if fault := programme_fault(self._layout, programme.cycle_s, programme.greens):
                raise UnsafeProgrammeError(programme.id, (str(fault),))
            is_own = programme.layout is self._layout
            self._commanded = programme, programme if is_own else replace(programme, layout=self._layout)
        return self._commanded[1]

    def obey(self, checked: SignalProgramme, valid_from_s: float, valid_until_s: float) -> None:
        """Take a command whose programme comes from `checked`."""
        self._valid_until_s = valid_until_s
        waiting = self._waiting
        self._next_wish = None
        if checked == self.programme and self._wish is None:
            self._waiting = None
        elif waiting is None or (waiting.programme, waiting.at_s) != (checked, valid_from_s):
            self._waiting = Takeover(checked, valid_from_s)

    def wish(
        self, groups: Collection[str], valid_from_s: float, valid_until_s: float = math.inf, *, leads: bool = False
    ) -> None:
        """Show these groups green from a second on, in place of the programme; a programme that waits is dropped.

        A wish that `leads` to the programme that was commanded before it drops nothing.

        Raises `InvalidValueError` where a group is not known or two of them conflict.
        """
        wished = frozenset(stage_wish(self._layout, groups, 0).groups)
        if leads and self._waiting is None:
            return
        if not leads:
            self._waiting = None
        self._valid_until_s = valid_until_s
        self._next_wish = None
        if self._wish is None or self._wish.groups != wished:
            self._next_wish = Wish(wished, valid_from_s)

    def step(self, now_s: float) -> bool:
        """Set the lamps for the second that begins at `now_s`; return whether one changed.  Called for every second."""
        self._take_orders(now_s)
        faces = self._faces.values()
        before = [face.lamp for face in faces]
        if self._wish is not None:
            wanted = worth = [name in self._wish.groups for name in self._faces]
        else:
            second = self.programme.second_at(now_s)
            wanted, worth = [face.green[second] for face in faces], [face.worth[second] for face in faces]
        for face, wants in zip(faces, wanted, strict=True):
            face.go_on(now_s, wanted=wants)
        for face, may in zip(faces, worth, strict=True):
            face.begin(now_s, worth=may)
        return before != [face.lamp for face in faces]

    def _take_orders(self, now_s: float) -> None:
        """Begin what is due in the second `now_s`."""
        if now_s > self._valid_until_s + TOLERANCE_S:
            self._valid_until_s = math.inf
            self._next_wish = None
            runs = self._wish is None and self.programme == self._own
            self._waiting = None if runs else Takeover(self._own, LONG_AGO_S)
        if self._next_wish is not None and now_s >= self._next_wish.at_s:
            self._wish, self._next_wish = self._next_wish, None
        if self._waiting is not None and self._is_time_for(self._waiting, now_s):
            self._follow(self._waiting.programme)
            self._waiting = self._wish = None

    # ---- what it takes to leave out steps --------------------------------------------------------------------------

    @property
    def orders(self) -> Orders:
        """What it obeys."""
        return Orders(self.programme, self._waiting, self._wish, self._next_wish, self._valid_until_s)

    def snapshot(self, now_s: float) -> Snapshot:
        """State of all groups in the second `now_s` of the last `step`.

        Where it is the same as one cycle ago, under the same programme and before `undisturbed_until_s`, it is the same
        in every cycle: what follows depends on nothing but the state and the programme's second.
        """
        return tuple(face.state(now_s) for face in self._faces.values())

    def restore(self, now_s: float, snapshot: Snapshot, orders: Orders) -> None:
        """Go back or on to the second `now_s`, as if it were that of the last `step`."""
        for face, state in zip(self._faces.values(), snapshot, strict=True):
            face.take(now_s, state)
        if orders.programme is not self.programme:
            self._follow(orders.programme)
        self._waiting, self._valid_until_s = orders.waiting, orders.valid_until_s
        self._wish, self._next_wish = orders.wish, orders.next_wish

    def settled(self, now_s: float) -> Snapshot | None:
        """The snapshot that the running programme returns to in the second `now_s` of every cycle, or a wish comes to.

        A safe programme leaves each group the minimum of its green and a red of at least a second, and each green
        comes after its intergreens.  So the groups follow it to the second, once they do.  Where an intergreen is
        shorter than red-amber, red-amber has to wait for the end of the other green: then nothing is said (None).
        """
        if self._wish is not None:
            return tuple(face.held(wanted=name in self._wish.groups) for name, face in self._faces.items())
        if not self._keeps_time:
            return None
        second = self.programme.second_at(now_s)
        return tuple(face.settled(self.programme, second) for face in self._faces.values())

    def undisturbed_until_s(self) -> float:
        """The first whole second in which a command may change something; infinite without one, in the past if due."""
        expires_s = self._valid_until_s + TOLERANCE_S
        until_s = expires_s if math.isinf(expires_s) else math.floor(expires_s) + 1.0
        if self._next_wish is not None:
            until_s = min(until_s, math.ceil(self._next_wish.at_s))
        if self._waiting is None:
            return until_s
        at_s = self._waiting.at_s
        return min(until_s, at_s if math.isinf(at_s) else math.ceil(at_s))

    def _is_time_for(self, takeover: Takeover, now_s: float) -> bool:
        if now_s < takeover.at_s:
            return False
        since_s = takeover.waits_since_s
        if since_s is None:
            since_s = now_s
            self._waiting = replace(takeover, waits_since_s=now_s)
        following, second = takeover.programme, self.programme.second_at(now_s)
        if self._wish is not None:
            safe = self._joins(following, now_s)
            if not safe and takeover.waits_since_s is None:
                self._wish = Wish(self._steady_groups(following), now_s)
        else:
            safe = switch_fault(self.programme, second, following, following.second_at(now_s)) is None
        return safe or now_s - since_s >= PATIENCE_S

    def _joins(self, following: SignalProgramme, now_s: float) -> bool:
        """Whether the monitor lets a programme follow in second `now_s` on what was really shown."""
        faces = [face.remembered(now_s) for face in self._faces.values()]
        lamp, shown_s, ended_s = zip(*faces, strict=True)
        memory = Memory(np.array(lamp, np.uint8), np.array(shown_s, np.int64), np.array(ended_s, np.int64))
        return may_follow(memory, following, following.second_at(now_s))

    @staticmethod
    def _steady_groups(programme: SignalProgramme) -> frozenset[str]:
        """Groups of the longest time in a programme's cycle in which no lamp changes."""
        row = longest_stand(programme)
        return frozenset(group for group, lamp in zip(programme.layout.groups, row, strict=True) if lamp == Lamp.GREEN)

    def _follow(self, programme: SignalProgramme) -> None:
        self.programme = programme
        for face in self._faces.values():
            face.follow(programme)
