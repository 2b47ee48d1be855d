"""Two planned switches in a row: from a programme to a second, and on to a third as soon as may be.

`plan_switch` judges a switch as if the programme that is left had run for long; `may_leave_s` says from when on that
is so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from signal_plans.monitor import Fault, OnlineMonitor, lamps_of, monitor_rules, read_fault
from signal_plans.switching import may_leave_s, plan_switch
from signal_plans.verifying.programmes import T0_S
from signal_plans.verifying.violation import Check, Findings, seen

if TYPE_CHECKING:
    from signal_plans.junction import Junction
    from signal_plans.programme import SignalProgramme


def check_successions(junction: Junction) -> Findings:
    """All ordered triples of a junction's programmes, the second one left as soon after it was entered as may be."""
    found = Findings()
    for first in junction.programmes:
        for second in junction.programmes:
            for third in junction.programmes:
                _check(first, second, third, found)
    return found


def _check(first: SignalProgramme, second: SignalProgramme, third: SignalProgramme, found: Findings) -> None:
    one = plan_switch(first, second, T0_S)
    if isinstance(one, Fault):
        return
    joined, entered_s = one
    two = plan_switch(joined, third, may_leave_s(joined, entered_s))
    if isinstance(two, Fault):
        return
    last, left_s = two
    layout = first.layout
    spans = (
        (first, entered_s - 2 * first.cycle_s, entered_s),
        (joined, entered_s, left_s),
        (last, left_s, left_s + 2 * last.cycle_s),
    )
    lamps = np.concatenate(
        [
            lamps_of(layout, programme.cycle_s, programme.greens, programme.second_at(from_s), end_s - from_s)
            for programme, from_s, end_s in spans
        ]
    )
    found.cases += 1
    found.node_seconds += len(lamps)
    fault = read_fault(layout, OnlineMonitor(monitor_rules([layout])).judge_sequence(lamps)[0])
    if fault is not None:
        names = (first.id, second.id, third.id)
        found.violations.append(seen(Check.SUCCESSION, layout.junction_id, names, fault))
