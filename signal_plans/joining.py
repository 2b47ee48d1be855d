"""Changing to a supplied programme in step with its neighbours: with the offset it was supplied with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from signal_plans.mode import ModeKind
from signal_plans.monitor import lamps_of, switch_fault
from signal_plans.switching import may_leave_s, plan_switch

if TYPE_CHECKING:
    from signal_plans.decision import SignalDecision
    from signal_plans.monitor import Fault
    from signal_plans.programme import SignalProgramme

WAIT_AT_MOST_S = 180
"""How long a change may wait for a moment in step; about two cycles."""
TRIED_AT_MOST = 6
"""Moments the monitor is asked about."""


def plan_switch_in_step(
    running: SignalProgramme, following: SignalProgramme, earliest_s: int
) -> tuple[SignalProgramme, int] | Fault:
    """Following programme and the time of the switch, as `plan_switch`, but with its own offset where one is found.

    Candidates are seconds in which both programmes show the same lamps; the first to which the monitor does not object
    is taken.  Where there is none soon, the programme is joined with another offset.
    """
    for at_s in _alike_s(running, following, earliest_s)[:TRIED_AT_MOST]:
        if switch_fault(running, running.second_at(at_s), following, following.second_at(at_s)) is None:
            return following, at_s
    return plan_switch(running, following, earliest_s)


def plan_change(
    running: SignalDecision, following: SignalProgramme, earliest_s: int, *, in_step: bool
) -> tuple[SignalProgramme, int] | Fault:
    """As `plan_switch_in_step` or `plan_switch`, and no earlier than a running programme may be left."""
    if running.kind is ModeKind.PROGRAMME:
        earliest_s = max(earliest_s, may_leave_s(running.programme, running.valid_from_s))
    return (plan_switch_in_step if in_step else plan_switch)(running.programme, following, earliest_s)


def _alike_s(running: SignalProgramme, following: SignalProgramme, earliest_s: int) -> list[int]:
    """Seconds from `earliest_s` on before which, and in which, both show the same lamps."""
    seconds = np.arange(earliest_s - 1, earliest_s + WAIT_AT_MOST_S)
    shown = [
        lamps_of(each.layout, each.cycle_s, each.greens, 0, each.cycle_s)[(seconds - each.offset_s) % each.cycle_s]
        for each in (running, following)
    ]
    alike = (shown[0] == shown[1]).all(axis=1)
    found: list[int] = seconds[1:][alike[1:] & alike[:-1]].tolist()
    return found
