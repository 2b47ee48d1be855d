"""When a wish that is taken now can begin, by the rules that the control will follow."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from signal_plans.joining import plan_change
from signal_plans.mode import WITHOUT_LAMPS, ModeKind
from signal_plans.monitor import Fault
from signal_plans.reasons import SignalReason
from signal_plans.target import programme_named

if TYPE_CHECKING:
    from signal_plans.control import SignalControl
    from signal_plans.decision import SignalDecision
    from signal_plans.operator_wish import OperatorWish


def begins_at_s(control: SignalControl, j: int, wish: OperatorWish, now_s: float) -> int | Fault:
    """First second in which a wish for junction `j` can run, since 1970, or why no switch leads to its programme.

    After the end of a hold, after the notice that a roadside controller gets, and where the programmes can be joined.
    What is to be computed, and a programme that follows on adaptive control, begin when that is done: for these the
    earliest moment is told that is possible.
    """
    running, mode = control.running(wish.junction_id), wish.mode
    now = math.floor(now_s)
    if running is None:
        return now
    before, next_s = _before(control, j, wish, running, now)
    is_named = mode.kind is ModeKind.PROGRAMME
    if mode.kind is before.kind and (not is_named or mode.programme_id == before.programme.id):
        return now if before is running else before.valid_from_s
    if mode.kind is ModeKind.COMPUTED:
        return next_s
    earliest_s = next_s + control.settings.notice_s
    if not is_named or before.kind is ModeKind.ADAPTIVE or mode.programme_id == before.programme.id:
        return earliest_s
    programme = programme_named(control.junction(j), mode.programme_id)
    plan = plan_change(before, programme, earliest_s, in_step=True)
    return plan if isinstance(plan, Fault) else plan[1]


def _before(
    control: SignalControl, j: int, wish: OperatorWish, running: SignalDecision, now: int
) -> tuple[SignalDecision, int]:
    """What a wish takes the place of, and the step in which it does."""
    next_s = now + (now == control.now_s)  # this second may be done
    if wish.mode.kind not in WITHOUT_LAMPS:
        next_s = max(next_s, control.held_until_s(j))
    coming = control.coming(wish.junction_id)
    begun = coming.valid_from_s <= next_s
    gives_way = coming.reason is not SignalReason.OPERATOR_WISH
    if begun or (gives_way and next_s + control.settings.notice_s <= coming.valid_from_s):
        return (coming if begun else running), next_s
    return coming, coming.valid_from_s
