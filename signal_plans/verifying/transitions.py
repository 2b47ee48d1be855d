"""Offset transitions: the way to a programme that runs by a fixed offset, asked for at every second."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from signal_plans.coordination.transition import Transitions
from signal_plans.monitor import Fault
from signal_plans.verifying.programmes import T0_S, too_long_red
from signal_plans.verifying.tables import Rules, in_words, one_cycle, rules_of, watch
from signal_plans.verifying.violation import Check, Findings, Violation, seen

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from signal_plans.coordination.transition import Transition
    from signal_plans.junction import Junction
    from signal_plans.programme import SignalProgramme


def check_transitions(junction: Junction) -> Findings:
    """All ordered pairs of programmes by their own offsets, each also to itself with half a cycle between.

    Asked for at every second until both cycles begin together again.  What is shown is judged by the checker's kernel,
    and must be the running programme before and the following one, by its offset, after.
    """
    found = Findings()
    rules = rules_of(junction.layout)
    for running in junction.programmes:
        for following in junction.programmes:
            target = following
            if following is running:
                target = replace(running, offset_s=(running.offset_s + running.cycle_s // 2) % running.cycle_s)
            _check(running, target, rules, found)
    return found


def _check(running: SignalProgramme, following: SignalProgramme, rules: Rules, found: Findings) -> None:
    layout, names = running.layout, (running.id, following.id)
    transitions = Transitions(running, following)
    old, new = (one_cycle(layout, rules, each.cycle_s, each.greens) for each in (running, following))
    limit_s = 2 * max(running.cycle_s, following.cycle_s)
    judged: set[tuple[int, int, tuple[int, ...]]] = set()
    for asked_s in range(T0_S, T0_S + math.lcm(running.cycle_s, following.cycle_s)):
        way = transitions.shortest(asked_s)
        if isinstance(way, Fault):
            continue
        found.cases += 1
        key = running.second_at(way.leave_s), following.second_at(way.arrive_s), way.seconds
        if key in judged:  # the same lamps, asked for at another second
            continue
        judged.add(key)
        lamps = np.ascontiguousarray(transitions.lamps(way))
        verdict, longest_red_s, watched_s = watch(lamps, rules, 0, len(lamps))
        found.node_seconds += watched_s
        if verdict[0]:
            found.violations.append(seen(Check.TRANSITION, layout.junction_id, names, in_words(layout, verdict)))
        elif longest_red_s > limit_s:
            told = f", asked at second {running.second_at(asked_s)}"
            found.violations.append(too_long_red(layout.junction_id, names, longest_red_s, limit_s, told))
        if not _keeps_time(way, lamps, (running, old), (following, new)):
            found.violations.append(
                Violation(
                    check=Check.TRANSITION,
                    junction_id=layout.junction_id,
                    programmes=names,
                    rule="offset",
                    second=running.second_at(asked_s),
                    detail="does not begin or end with the programme's own lamps by its offset",
                )
            )


def _keeps_time(
    way: Transition,
    lamps: NDArray[np.uint8],
    running: tuple[SignalProgramme, NDArray[np.uint8]],
    following: tuple[SignalProgramme, NDArray[np.uint8]],
) -> bool:
    """Whether two cycles before and after are those of the programmes, by the definition of their offsets."""
    own = []
    for (programme, cycle), from_s in ((running, way.leave_s - 2 * running[0].cycle_s), (following, way.arrive_s)):
        times = np.arange(from_s, from_s + 2 * programme.cycle_s)
        own.append(cycle[(times - programme.offset_s) % programme.cycle_s])
    before, after = own
    return bool((lamps[: len(before)] == before).all() and (lamps[len(lamps) - len(after) :] == after).all())
