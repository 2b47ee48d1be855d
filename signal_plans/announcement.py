"""When commands are said to the roadside: new ones at once, those in force now and then, so that they never expire."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from signal_plans.control import SignalControl
    from signal_plans.decision import SignalDecision

COMMAND_VALIDITY_S = 300.0
"""How long a controller obeys a command that is not said again."""
COMMANDS_EVERY_S = 120.0
"""How often the commands in force are said again: twice within their validity."""


class Announcement:
    """Remembers when the commands in force were said."""

    def __init__(self) -> None:
        self._said_at_s = -math.inf

    @property
    def again_at_s(self) -> float:
        """When the commands in force are due again."""
        return self._said_at_s + COMMANDS_EVERY_S

    def due(self, control: SignalControl, new: Iterable[SignalDecision], now_s: float) -> list[SignalDecision]:
        """Commands to say at `now_s`, after a step of the control that decided `new`: of a junction the newest."""
        if not 0.0 <= now_s - self._said_at_s < COMMANDS_EVERY_S:
            self._said_at_s = now_s
            new = control.commands()
        return list({decision.junction_id: decision for decision in new}.values())
