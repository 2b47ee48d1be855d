"""Every ordered switch between two programmes of a junction, at every second, and what `plan_switch` makes of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from signal_plans.monitor import FAULT_COLUMNS, Fault, monitor_rules, switch_fault
from signal_plans.switching import plan_switch, switch_second
from signal_plans.verifying.fingerprint import programme_fingerprint
from signal_plans.verifying.programmes import T0_S, too_long_red
from signal_plans.verifying.tables import one_cycle, rules_of
from signal_plans.verifying.violation import Check, Findings, Violation
from traffic_core.kernels.monitor import judge_switches
from traffic_core.kernels.planning.verify import scan_switches

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from signal_plans.junction import Junction
    from signal_plans.programme import SignalProgramme
    from signal_plans.verifying.limits import Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchScan:
    """All switches from one programme to another: by the second it is left (C) and the second entered (C')."""

    kind: NDArray[np.uint8]
    """(C, C') first breach as the checker's kernel sees it, 0 if safe."""
    monitor_kind: NDArray[np.uint8]
    """(C, C') the same by the monitor that decides in operation."""
    longest_red_s: NDArray[np.int64]
    """(C, C') longest time without green that ended after the switch."""
    node_seconds: int


@dataclass(slots=True)
class SwitchFindings(Findings):
    """Findings and counts of switches."""

    pairs: int = 0
    """Pairs of a second left and a second entered."""
    safe_pairs: int = 0
    planned: int = 0
    """Calls of `plan_switch`, one for each ordered pair of programmes and second asked."""
    refused: int = 0
    """Of those, the ones for which it finds no safe moment."""
    avoidable: int = 0
    """Of those, the ones where some second left and some second entered would be safe: there must be none."""
    longest_red_s: int = 0
    """Longest time without green across a planned switch."""

    def join(self, other: SwitchFindings) -> None:
        """Take in another junction's switches."""
        self.add(other)
        self.pairs += other.pairs
        self.safe_pairs += other.safe_pairs
        self.planned += other.planned
        self.refused += other.refused
        self.avoidable += other.avoidable
        self.longest_red_s = max(self.longest_red_s, other.longest_red_s)


def scan(running: SignalProgramme, following: SignalProgramme) -> SwitchScan:
    """Judge each pair of a second left and a second entered with both kernels."""
    layout = running.layout
    rules = rules_of(layout)
    old = one_cycle(layout, rules, running.cycle_s, running.greens)
    new = one_cycle(layout, rules, following.cycle_s, following.greens)
    shape = (running.cycle_s, following.cycle_s)
    kind, longest_red_s = np.zeros(shape, np.uint8), np.zeros(shape, np.int64)
    watched_s = scan_switches(old, new, 2 * following.cycle_s, *rules, kind, longest_red_s)
    monitor_kind = np.zeros(shape, np.uint8)
    memory, memory_at = _memory(len(layout.groups)), _memory(len(layout.groups))
    fault = np.zeros((2, FAULT_COLUMNS), np.int64)
    watched_s += judge_switches(old, new, memory, memory_at, *monitor_rules([layout]), fault, monitor_kind)
    return SwitchScan(kind=kind, monitor_kind=monitor_kind, longest_red_s=longest_red_s, node_seconds=watched_s)


def _memory(groups: int) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]]:
    return np.zeros(groups, np.uint8), np.zeros(groups, np.int64), np.zeros(groups, np.int64)


def check_switches(junction: Junction, limits: Limits) -> SwitchFindings:
    """All ordered pairs of a junction's programmes, each also with itself under another offset."""
    found = SwitchFindings()
    for running in junction.programmes:
        for following in junction.programmes:
            target = following
            if following is running:
                target = replace(running, offset_s=(running.offset_s + running.cycle_s // 2) % running.cycle_s)
            _check_pair(running, target, limits, found)
    return found


def _check_pair(running: SignalProgramme, following: SignalProgramme, limits: Limits, found: SwitchFindings) -> None:
    judged = scan(running, following)
    safe = judged.kind == 0
    found.cases += 1
    found.node_seconds += judged.node_seconds
    found.pairs += safe.size
    found.safe_pairs += int(safe.sum())
    for leave, enter in np.argwhere(safe != (judged.monitor_kind == 0)).tolist():
        found.violations.append(_disagreement(running, following, leave, enter, "monitor and kernel disagree"))
    leave = switch_second(running)
    for enter in range(following.cycle_s):
        if (switch_fault(running, leave, following, enter) is None) != safe[leave, enter]:
            found.violations.append(_disagreement(running, following, leave, enter, "switch_fault and kernel disagree"))
    found.node_seconds += following.cycle_s * 2 * (running.cycle_s + following.cycle_s)
    expected = _first_safe(running, following, judged)
    for asked_s in range(T0_S, T0_S + running.cycle_s):
        _check_plan(running, following, asked_s, (judged, expected), limits, found)


def _first_safe(running: SignalProgramme, following: SignalProgramme, judged: SwitchScan) -> tuple[int, int] | None:
    """Seconds left and entered that `plan_switch` is to choose: the first safe pair from the switch seconds on."""
    first, best = switch_second(running), switch_second(following)
    safe = np.roll(np.roll(judged.kind == 0, -first, axis=0), -best, axis=1)
    found = np.argwhere(safe)
    if not len(found):
        return None
    return int(found[0, 0] + first) % running.cycle_s, int(found[0, 1] + best) % following.cycle_s


def _check_plan(
    running: SignalProgramme,
    following: SignalProgramme,
    asked_s: int,
    judgement: tuple[SwitchScan, tuple[int, int] | None],
    limits: Limits,
    found: SwitchFindings,
) -> None:
    """What `plan_switch` returns when asked at `asked_s` must be the first safe entry, in time, and nothing else.

    judgement : all pairs of seconds, and the pair that is to be chosen
    """
    judged, expected = judgement
    names = (running.id, following.id)
    junction_id = running.layout.junction_id
    found.planned += 1
    plan = plan_switch(running, following, asked_s)
    if isinstance(plan, Fault):
        found.refused += 1
        if expected is not None:
            found.avoidable += 1
            found.violations.append(_disagreement(running, following, *expected, "a safe switch is refused"))
        return
    joined, at_s = plan
    leave, enter = running.second_at(at_s), joined.second_at(at_s)
    told = f", asked at second {running.second_at(asked_s)}"
    if judged.kind[leave, enter] != 0 or (expected is not None and enter != expected[1]):
        found.violations.append(_disagreement(running, following, leave, enter, f"not the first safe entry{told}"))
    if (expected is not None and leave != expected[0]) or not asked_s <= at_s < asked_s + running.cycle_s:
        found.violations.append(_disagreement(running, following, leave, enter, f"wrong time of the switch{told}"))
    if programme_fingerprint(replace(joined, offset_s=following.offset_s)) != programme_fingerprint(following):
        found.violations.append(_disagreement(running, following, leave, enter, "another programme than asked for"))
    red_s = int(judged.longest_red_s[leave, enter])
    found.longest_red_s = max(found.longest_red_s, red_s)
    if red_s > min(limits.longest_red_s, 2 * max(running.cycle_s, following.cycle_s)):
        found.violations.append(too_long_red(junction_id, names, red_s, limits.longest_red_s, told))


def _disagreement(
    running: SignalProgramme, following: SignalProgramme, leave: int, enter: int, detail: str
) -> Violation:
    """Two answers to one question, so that one is wrong: told with the fault that is at stake, if there is one."""
    fault = switch_fault(running, leave, following, enter)
    return Violation(
        check=Check.SWITCH,
        junction_id=running.layout.junction_id,
        programmes=(running.id, following.id),
        rule="plan",
        clearing=fault.clearing if fault else "",
        entering=fault.entering if fault else "",
        second=leave,
        missing_s=fault.missing_s if fault else 0,
        detail=f"left at second {leave}, entered at {enter}: {detail}",
    )
