"""What one junction will show, as far as nothing but a command can change it: stepped once, not every second."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from signal_plans.decision import stage_wish
from signal_plans.lamp import Lamp
from signal_plans.monitor import lamps_of
from signal_plans.programme import LONGEST_CYCLE_S
from simulator.roadside_controller import RoadsideController

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from numpy.typing import NDArray

    from signal_plans.junction import Junction
    from signal_plans.programme import SignalProgramme
    from simulator.roadside_controller import Orders, Snapshot

LONGEST_S = LONGEST_CYCLE_S
"""Seconds of a forecast that does not repeat itself."""
LOOKS_EVERY_S = 4
"""How often a stretch is compared with the settled programme."""


class Moment(NamedTuple):
    """A controller as a step left it."""

    snapshot: Snapshot
    orders: Orders


class LampForecast:
    """Lamps of one junction in the seconds from `origin_s` to `until_s`; the table repeats itself or ends there.

    The lamps are those of a `RoadsideController` that is stepped every second.  A command at t counts from the first
    whole second at or after t.  `begin_s` is the first second that is stepped, a whole number.
    """

    def __init__(self, junction: Junction, begin_s: int) -> None:
        self.controller = RoadsideController(junction)
        self._layout = junction.layout
        self._moments = {begin_s - 1: Moment(self.controller.snapshot(begin_s - 1), self.controller.orders)}
        """By second; of a table that repeats itself only what was before it."""
        self._loops_from_s: int | None = None
        self.origin_s = begin_s - 1
        self.until_s: float = math.inf
        self.lamps: NDArray[np.uint8] = np.zeros((1, len(junction.layout.groups)), np.uint8)
        """(n, groups) lamps of second `origin_s + k` in row k modulo n; n is at most `LONGEST_S`."""
        self._look_ahead(begin_s)

    @property
    def renew_at_s(self) -> float:
        """When `go_on` must be called: a second early, so that the table at hand never ends."""
        return self.until_s - 1.0

    def rows(self, first_s: int, end_s: int) -> NDArray[np.uint8]:
        """Lamps (seconds, groups) from `first_s` to before `end_s`, within the forecast."""
        seconds = np.arange(first_s - self.origin_s, end_s - self.origin_s)
        found: NDArray[np.uint8] = self.lamps[seconds % len(self.lamps)]
        return found

    def last_moment(self, now_s: float) -> Moment:
        """The second under way; at a whole second the one just over, for a command may still change what follows."""
        return self._moment(math.ceil(now_s) - 1)

    def go_on(self) -> None:
        """Look further ahead, at `renew_at_s`."""
        first_s = int(self.until_s)
        kept = {second: self._moment(second) for second in (first_s - 2, first_s - 1)}
        self._restore(first_s - 1, kept[first_s - 1])
        self._moments = kept
        self._look_ahead(first_s)

    def command(
        self, now_s: float, programme: SignalProgramme, valid_from_s: float, valid_until_s: float = math.inf
    ) -> bool:
        """Obey at `now_s`; return whether what was foreseen is replaced.

        Raises as `RoadsideController.checked`; then nothing changes.
        """
        checked = self.controller.checked(programme)
        return self._obey(now_s, lambda: self.controller.obey(checked, valid_from_s, valid_until_s))

    def wish(
        self, now_s: float, groups: Collection[str], valid_from_s: float, valid_until_s: float, *, leads: bool
    ) -> bool:
        """Obey a wish at `now_s`; return and raise as `command` and `RoadsideController.wish`."""
        stage_wish(self._layout, groups, 0)
        return self._obey(now_s, lambda: self.controller.wish(groups, valid_from_s, valid_until_s, leads=leads))

    def _obey(self, now_s: float, take: Callable[[], None]) -> bool:
        first_s = math.ceil(now_s)
        if self._loops_from_s is not None and first_s >= self._loops_from_s:
            self._moments.clear()  # the orders they hold are not the last ones any more
            take()
            self.until_s = self.controller.undisturbed_until_s()
            if self.until_s >= first_s + 2:
                return False
            self._restore(first_s - 1, self._moment(first_s - 1))
        else:
            self._restore(first_s - 1, self._moment(first_s - 1))
            take()
        self._moments = {first_s - 1: Moment(self.controller.snapshot(first_s - 1), self.controller.orders)}
        self._look_ahead(first_s)
        return True

    def _restore(self, at_s: int, moment: Moment) -> None:
        self.controller.restore(at_s, moment.snapshot, moment.orders)

    def _moment(self, second: int) -> Moment:
        kept = self._moments.get(second)
        if kept is not None:
            return kept
        settled = self.controller.settled(second)
        assert settled is not None  # noqa: S101  only what repeats itself is asked for beyond the moments
        return Moment(settled, self.controller.orders)

    def _look_ahead(self, first_s: int) -> None:
        """Foresee the seconds from `first_s` on; the controller is as the step before has left it."""
        controller = self.controller
        self._loops_from_s = None
        if self._is_settled(first_s - 1) and controller.undisturbed_until_s() >= first_s + 2:
            self._repeat(first_s)
            return
        end_s = first_s
        while end_s < first_s + LONGEST_S - 1:
            controller.step(end_s)
            self._moments[end_s] = Moment(controller.snapshot(end_s), controller.orders)
            end_s += 1
            if (end_s - first_s) % LOOKS_EVERY_S == 0 and self._is_settled(end_s - 1):
                break
        self.origin_s, self.until_s = first_s - 1, float(end_s)
        shown = [self._moments[second].snapshot for second in range(first_s - 1, end_s)]
        self.lamps = np.array([[state.lamp for state in snapshot] for snapshot in shown], np.uint8)

    def _repeat(self, first_s: int) -> None:
        """Foresee the running programme, or the wish that has come true, until a command interferes."""
        if (wish := self.controller.orders.wish) is not None:
            self._loops_from_s = first_s
            self.until_s = self.controller.undisturbed_until_s()
            self.origin_s = first_s - 1
            row = [Lamp.GREEN if group in wish.groups else Lamp.RED for group in self._layout.groups]
            self.lamps = np.array([row], np.uint8)
            return
        programme = self.controller.programme
        self._loops_from_s = first_s
        self.until_s = self.controller.undisturbed_until_s()
        self.origin_s = first_s - 1 - programme.second_at(first_s - 1)
        self.lamps = lamps_of(self._layout, programme.cycle_s, programme.greens, 0, programme.cycle_s)

    def _is_settled(self, second: int) -> bool:
        """Whether the running programme repeats itself from `second` on."""
        controller = self.controller
        return (
            controller.undisturbed_until_s() > second + 1
            and controller.settled(second) == self._moments[second].snapshot
        )
