"""When commands are said to the roadside: new ones at once, those in force now and then, so that they never expire."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from signal_plans.mode import ModeKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from signal_plans.control import SignalControl
    from signal_plans.decision import SignalDecision

COMMAND_VALIDITY_S = 300.0
"""How long a controller obeys a command that is not said again."""
COMMANDS_EVERY_S = 120.0
"""How often the commands in force are said again: twice within their validity."""
WISH_VALIDITY_S = 30.0
"""How long a controller shows a wished stage that is not said again."""
WISHES_EVERY_S = 10.0


def validity_s(decision: SignalDecision) -> float:
    """How long a controller obeys a command that is not said again."""
    return WISH_VALIDITY_S if decision.kind is ModeKind.ADAPTIVE else COMMAND_VALIDITY_S


class Announcement:
    """Remembers when the commands in force were said."""

    def __init__(self) -> None:
        self._said_at_s = -math.inf
        self._wished_at_s: dict[str, float] = {}
        """When a junction was last told which stage it is to show."""

    @property
    def again_at_s(self) -> float:
        """When the commands in force are due again."""
        return min(
            [self._said_at_s + COMMANDS_EVERY_S, *(at_s + WISHES_EVERY_S for at_s in self._wished_at_s.values())]
        )

    def due(self, control: SignalControl, new: Iterable[SignalDecision], now_s: float) -> list[SignalDecision]:
        """Commands to say at `now_s`, after a step of the control that decided `new`: of a junction the newest."""
        if not 0.0 <= now_s - self._said_at_s < COMMANDS_EVERY_S:
            self._said_at_s = now_s
            new = control.commands()
        newest = {decision.junction_id: decision for decision in new}
        for junction_id, at_s in self._wished_at_s.items():
            if junction_id not in newest and not 0.0 <= now_s - at_s < WISHES_EVERY_S:
                newest[junction_id] = control.coming(junction_id)
        for junction_id, decision in newest.items():
            self._wished_at_s.pop(junction_id, None)
            if decision.kind is ModeKind.ADAPTIVE:
                self._wished_at_s[junction_id] = now_s
        return list(newest.values())
