"""Push buttons: who has pressed and still waits, and buttons that are dead or stuck.

A button that fails counts as pressed whenever its group is red: better a green for nobody than nobody's green.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from traffic_core import require

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from traffic_core.readings import ButtonPress

SILENT_S = 24 * 3_600.0
"""A button that nobody has pressed for so long is taken as dead; the town may say otherwise."""
STUCK_S = 3_600.0
"""Nobody holds a button for so long."""
SERIES_S = 60.0
"""Presses that follow each other faster, without end, come from a stuck button that repeats itself."""


class Buttons:
    """Fed with presses that have passed the gate and, each second, with the groups that are green.

    Nothing here reads a clock.  At the start somebody is taken to wait at every button: nobody knows who has pressed.
    """

    def __init__(self, places: Mapping[str, int], *, silent_s: float = SILENT_S, stuck_s: float = STUCK_S) -> None:
        """`places`: positions (G) of the groups by the names of their buttons."""
        require.positive("buttons.silent_s", silent_s)
        require.positive("buttons.stuck_s", stuck_s)
        self._silent_s, self._stuck_s = silent_s, stuck_s
        self._place = dict(places)
        self._pressed_at_s: dict[int, float] = {}
        """The last press of each group; at first when it was looked at first."""
        self._held_since_s: dict[int, float] = {}
        """Since when the button is down, or presses itself again and again."""
        self._told_release: set[int] = set()
        self._waits_since_s: dict[int, float] = {}
        self._faulty: dict[int, str] = {}

    def accept(self, press: ButtonPress) -> None:
        """Take a press or a release; one of a stranger changes nothing."""
        group = self._place.get(press.source_id)
        if group is None:
            return
        at_s = press.measured_at_s
        if not press.pressed:
            self._told_release.add(group)
            self._held_since_s.pop(group, None)
            return
        before_s = self._pressed_at_s.get(group, at_s)
        if group not in self._held_since_s or (group not in self._told_release and at_s - before_s > SERIES_S):
            self._held_since_s[group] = at_s
        self._pressed_at_s[group] = at_s
        self._waits_since_s.setdefault(group, at_s)

    def look(self, now_s: float, green: NDArray[np.bool_] | None) -> list[tuple[int, str]]:
        """Let who waits go where it is `green` (G,), None where that is not known; return what has begun to fail."""
        begun = []
        for group in self._place.values():
            if group not in self._pressed_at_s or self._pressed_at_s[group] > now_s + SERIES_S:  # clock set back
                self._pressed_at_s[group] = now_s
                self._held_since_s.pop(group, None)
                self._waits_since_s[group] = now_s
            fault = self._fault(group, now_s)
            if fault and group not in self._faulty:
                begun.append((group, fault))
            if fault:
                self._faulty[group] = fault
            else:
                self._faulty.pop(group, None)
            if green is not None and green[group]:
                self._waits_since_s.pop(group, None)
            elif fault:
                self._waits_since_s.setdefault(group, now_s)
        return begun

    def waited_s(self, now_s: float, groups: int) -> NDArray[np.float64]:
        """(G,) how long somebody has been waiting, nan where nobody does."""
        waited_s = np.full(groups, np.nan)
        for group, since_s in self._waits_since_s.items():
            waited_s[group] = max(0.0, now_s - since_s)
        return waited_s

    def _fault(self, group: int, now_s: float) -> str:
        """What is wrong with a button; empty where nothing is known to be."""
        silent_s = now_s - self._pressed_at_s[group]
        since_s = self._held_since_s.get(group)
        goes_on = group in self._told_release or silent_s <= SERIES_S
        if since_s is not None and goes_on and now_s - since_s >= self._stuck_s:
            return f"button stuck: pressed for {self._stuck_s / 3_600.0:g} h"
        if silent_s >= self._silent_s:
            return f"button silent for {self._silent_s / 3_600.0:g} h"
        return ""
