"""How a junction changes from one programme to another without a moment of danger."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from signal_plans.monitor import Fault, switch_fault

if TYPE_CHECKING:
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


def plan_switch(
    running: SignalProgramme, following: SignalProgramme, earliest_s: int
) -> tuple[SignalProgramme, int] | Fault:
    """Following programme with the offset that joins it to the running one, and the time of the switch.

    The running programme is left at its switch second, the first one at or after `earliest_s`.  The following one is
    entered at its own, or, where the monitor objects, at the first second to which it does not.  A `Fault` comes back
    where there is none.
    """
    leave = switch_second(running)
    at_s = earliest_s + (leave - running.second_at(earliest_s)) % running.cycle_s
    best = switch_second(following)
    first_fault = None
    for i in range(following.cycle_s):
        enter = (best + i) % following.cycle_s
        fault = switch_fault(running, leave, following, enter)
        if fault is None:
            return replace(following, offset_s=(at_s - enter) % following.cycle_s), at_s
        first_fault = first_fault or fault
    assert first_fault is not None  # noqa: S101  a cycle has at least one second
    return first_fault


def is_worth_a_switch(running: SignalProgramme, following: SignalProgramme, smallest_change_s: int) -> bool:
    """Whether the cycle or the green of any group changes by at least `smallest_change_s`."""
    changes = [abs(_green_s(following, group) - _green_s(running, group)) for group in following.greens]
    return max(*changes, abs(following.cycle_s - running.cycle_s)) >= smallest_change_s


def _green_s(programme: SignalProgramme, group: str) -> int:
    return sum(window.length_s for window in programme.greens[group])
