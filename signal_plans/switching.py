"""How a junction changes from one programme to another without a moment of danger."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from signal_plans.monitor import FAULT_COLUMNS, OnlineMonitor, lamps_of, monitor_rules, switch_fault
from traffic_core.kernels.monitor import first_entry

if TYPE_CHECKING:
    from signal_plans.monitor import Fault
    from signal_plans.programme import SignalProgramme


def switch_second(programme: SignalProgramme) -> int:
    """The second at which all groups of the first stage have become green: where programmes are joined.

    0 for a programme that never shows its first stage as a whole.
    """
    groups = programme.layout.stages[0].groups
    starts = sorted(window.start_s for group in groups for window in programme.greens[group])
    for start in starts:
        now = all(programme.is_green(group, start) for group in groups)
        if now and not all(programme.is_green(group, start - 1) for group in groups):
            return start
    return 0


def may_leave_s(running: SignalProgramme, entered_s: int) -> int:
    """When a programme that was entered at some time may be left.

    Switches are judged as if the programme had run for long.  After one cycle that is so: every group has been green
    and red in it, so no age that counts comes from before.
    """
    return entered_s + running.cycle_s


def plan_switch(
    running: SignalProgramme, following: SignalProgramme, earliest_s: int
) -> tuple[SignalProgramme, int] | Fault:
    """Following programme with the offset that joins it to the running one, and the time of the switch.

    The running programme is left at its switch second, the first one at or after `earliest_s`; the following one is
    entered at its own, or, where the monitor objects, at the first second to which it does not.  Where it objects to
    all, the same is tried for the seconds after the switch second at which the running programme may be left.  A
    `Fault` comes back where there is none.
    """
    layout, best = running.layout, switch_second(following)
    rules = monitor_rules([layout])
    new = lamps_of(layout, following.cycle_s, following.greens, 0, following.cycle_s)
    fault = np.zeros((1, FAULT_COLUMNS), np.int64)
    first_leave = switch_second(running)
    for later_s in range(running.cycle_s):
        leave = (first_leave + later_s) % running.cycle_s
        watch = OnlineMonitor(rules)
        watch.judge_sequence(lamps_of(layout, running.cycle_s, running.greens, leave, 2 * running.cycle_s))
        memory = watch.memory
        enter = first_entry(new, best, following.cycle_s, memory.arrays, memory.copy().arrays, *rules, fault)
        if enter >= 0:
            at_s = earliest_s + (leave - running.second_at(earliest_s)) % running.cycle_s
            return replace(following, offset_s=(at_s - enter) % following.cycle_s), at_s
    refused = switch_fault(running, first_leave, following, best)
    assert refused is not None  # noqa: S101  it was refused above
    return refused


def is_worth_a_switch(running: SignalProgramme, following: SignalProgramme, smallest_change_s: int) -> bool:
    """Whether the cycle or the green of any group changes by at least `smallest_change_s`."""
    changes = [abs(_green_s(following, group) - _green_s(running, group)) for group in following.greens]
    return max(*changes, abs(following.cycle_s - running.cycle_s)) >= smallest_change_s


def _green_s(programme: SignalProgramme, group: str) -> int:
    return sum(window.length_s for window in programme.greens[group])
