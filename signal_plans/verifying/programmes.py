"""Every programme by itself: interval algebra, monitor, the checker's kernel, waiting times, restarts, offsets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signal_plans.interval_check import violations
from signal_plans.monitor import OnlineMonitor, lamps_of, monitor_rules, programme_fault, read_fault
from signal_plans.verifying.tables import in_words, one_cycle, rules_of, watch
from signal_plans.verifying.violation import Check, Findings, Violation, in_intervals, seen

if TYPE_CHECKING:
    from signal_plans.junction import Junction
    from signal_plans.programme import SignalProgramme
    from signal_plans.verifying.limits import Limits

T0_S = 1_700_000_000
"""Any time will do: programmes are functions of the time modulo their cycle."""


def check_programme(programme: SignalProgramme, limits: Limits) -> Findings:
    """Whether a running programme keeps the rules in the eyes of both checks, and serves every group in time."""
    layout, cycle_s = programme.layout, programme.cycle_s
    junction_id, names = layout.junction_id, (programme.id,)
    found = Findings(cases=1, node_seconds=2 * cycle_s)
    found.violations += in_intervals(junction_id, programme.id, violations(layout, cycle_s, programme.greens))
    if (fault := programme_fault(layout, cycle_s, programme.greens)) is not None:
        found.violations.append(seen(Check.MONITOR, junction_id, names, fault))
    rules = rules_of(layout)
    verdict, longest_red_s, watched_s = watch(
        one_cycle(layout, rules, cycle_s, programme.greens), rules, 0, 2 * cycle_s
    )
    found.node_seconds += watched_s
    if verdict[0]:
        found.violations.append(seen(Check.KERNEL, junction_id, names, in_words(layout, verdict)))
    elif longest_red_s > limits.longest_red_s:
        found.violations.append(too_long_red(junction_id, names, longest_red_s, limits.longest_red_s))
    return found


def too_long_red(
    junction_id: str, programmes: tuple[str, ...], longest_red_s: int, limit_s: int, detail: str = ""
) -> Violation:
    """A group waits too long for its green."""
    return Violation(
        check=Check.LIVENESS,
        junction_id=junction_id,
        programmes=programmes,
        rule="longest_red",
        missing_s=longest_red_s - limit_s,
        detail=f"a group waits {longest_red_s} s for its green, the limit is {limit_s} s{detail}",
    )


def check_restarts(junction: Junction) -> Findings:
    """Start every programme in the middle of every second of its cycle, with lamps of unknown age."""
    found = Findings()
    layout = junction.layout
    rules = rules_of(layout)
    monitor = OnlineMonitor(monitor_rules([layout]))
    for programme in junction.programmes:
        names, cycle_s = (programme.id,), programme.cycle_s
        painted = one_cycle(layout, rules, cycle_s, programme.greens)
        for second in range(cycle_s):
            verdict, _, watched_s = watch(painted, rules, second, 2 * cycle_s)
            if verdict[0]:
                found.violations.append(seen(Check.RESTART, layout.junction_id, names, in_words(layout, verdict)))
            monitor.forget()
            lamps = lamps_of(layout, cycle_s, programme.greens, second, 2 * cycle_s)
            if (fault := read_fault(layout, monitor.judge_sequence(lamps)[0])) is not None:
                found.violations.append(seen(Check.RESTART, layout.junction_id, names, fault))
            found.cases += 1
            found.node_seconds += watched_s + 2 * cycle_s
    return found


def check_offset(programme: SignalProgramme) -> list[Violation]:
    """Whether the programme's second at a time is (time - offset) modulo the cycle, over a cycle."""
    return [
        Violation(
            check=Check.OFFSET,
            junction_id=programme.layout.junction_id,
            programmes=(programme.id,),
            rule="offset",
            second=programme.second_at(t),
            detail=f"second {programme.second_at(t)} at time {t} s with offset {programme.offset_s} s",
        )
        for t in range(T0_S, T0_S + programme.cycle_s)
        if (t - programme.offset_s - programme.second_at(t)) % programme.cycle_s
        or not 0 <= programme.second_at(t) < programme.cycle_s
    ]
