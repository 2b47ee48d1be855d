"""Signal programmes as SUMO's `tlLogic`, with yellow and all-red put between the stages."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

from api.plans.sumo_net import GREEN, UNSIGNALLED
from signal_plans.fixed_time.plan import FixedTimePlan

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from api.plans.sumo_net import SumoSignal
    from api.plans.sumo_streams import FieldRules
    from signal_plans.streams.model import StagedJunction

PROGRAMME_ID = "stadttakt"


def phases(states: Sequence[str], plan: FixedTimePlan, rules: FieldRules) -> list[tuple[int, str]]:
    """Durations and states of a cycle.

    From one stage to the next, places that lose green show yellow, places green in both stay as they were, all others
    stay red; then those that lost are red too.
    """
    found: list[tuple[int, str]] = []
    for place, (stage, green_s) in enumerate(zip(plan.order, plan.green_s, strict=True)):
        state, following = states[stage], states[plan.order[(place + 1) % len(plan.order)]]
        found.append((green_s, state))
        if not any(a in GREEN and b not in GREEN for a, b in zip(state, following, strict=True)):
            continue
        yellow = "".join(_between(a, b) for a, b in zip(state, following, strict=True))
        found += [(rules.yellow_s, yellow), (rules.allred_s, yellow.replace("y", "r"))]
    return [(duration_s, state) for duration_s, state in found if duration_s > 0]


def _between(before: str, after: str) -> str:
    if before in UNSIGNALLED and before == after:
        return before
    if before not in GREEN:
        return "r"
    return before if after in GREEN else "y"


def additional_file(states: Mapping[str, Sequence[str]], plans: Sequence[FixedTimePlan], rules: FieldRules) -> str:
    """Text of an additional file with a programme for each junction of `plans`."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<additional>"]
    for plan in plans:
        lines.append(
            f'  <tlLogic id={quoteattr(plan.junction_id)} type="static" programID="{PROGRAMME_ID}"'
            f' offset="{plan.offset_s}">'
        )
        lines += [
            f'    <phase duration="{duration_s}" state="{state}"/>'
            for duration_s, state in phases(states[plan.junction_id], plan, rules)
        ]
        lines.append("  </tlLogic>")
    return "\n".join([*lines, "</additional>", ""])


def shipped_plan(
    signal: SumoSignal, states: Sequence[str], rules: FieldRules, junction: StagedJunction
) -> FixedTimePlan:
    """The programme of the file with the yellow, all-red and shortest green of `rules`; its cycle is kept roughly.

    Phases of the same state are one stage, as a plan runs each stage once.
    """
    green_s: dict[int, float] = {}
    for phase in signal.phases:
        if phase.state in states:
            stage = states.index(phase.state)
            green_s[stage] = green_s.get(stage, 0.0) + phase.duration_s
    order = tuple(green_s)
    lost_s = cycle_of(junction, order, (0,) * len(order))
    wanted_s = sum(phase.duration_s for phase in signal.phases)
    scale = max(0.3, (wanted_s - lost_s) / sum(green_s.values())) if sum(green_s.values()) > 0.0 else 1.0
    greens = tuple(
        min(max(rules.min_green_s, round(seconds * scale)), junction.stages[stage].max_green_s)
        for stage, seconds in green_s.items()
    )
    cycle_s = cycle_of(junction, order, greens)
    return FixedTimePlan(
        junction_id=signal.id,
        cycle_s=cycle_s,
        offset_s=round(signal.offset_s) % cycle_s,
        order=order,
        green_s=greens,
    )


def cycle_of(junction: StagedJunction, order: Sequence[int], green_s: Sequence[int]) -> int:
    """Greens and the times between stages, s."""
    if len(order) < 2:
        return sum(green_s)
    following = (*order[1:], order[0])
    return sum(green_s) + sum(junction.interstage_s[a][b] for a, b in zip(order, following, strict=True))
