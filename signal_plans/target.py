"""From a choice to what can be done now: adaptive, else computed, else a supplied programme."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from signal_plans.mode import WITHOUT_LAMPS, ModeKind
from signal_plans.programme import COMPUTED_ID
from signal_plans.reasons import SignalReason

if TYPE_CHECKING:
    from signal_plans.decision import SignalDecision
    from signal_plans.junction import Junction
    from signal_plans.programme import SignalProgramme
    from signal_plans.selection import Choice

SELECTED = frozenset({SignalReason.DAY_PLAN, SignalReason.TRAFFIC_RULE, SignalReason.OPERATOR_WISH})
"""Reasons why a programme was asked for by its name; it does not go on under one of them that no longer holds."""


class Conditions(NamedTuple):
    """What a junction is able to at a moment."""

    counts_known: bool
    adaptive_allowed: bool
    adaptive_ready: bool
    faulty: bool
    """The monitor has lately found a fault in what ran."""


class Target(NamedTuple):
    """What a junction is to do now; `programme` is None where the kind is not a supplied programme."""

    kind: ModeKind
    programme: SignalProgramme | None
    reason: SignalReason
    detail: str = ""

    def is_met_by(self, current: SignalDecision, fallback: SignalProgramme) -> bool:
        """Whether a decision that runs or is pending is what is wanted, with the right reason."""
        if self.kind is ModeKind.COMPUTED:  # the fallback runs until the junction's turn to be computed comes
            runs = current.programme.id in {COMPUTED_ID, fallback.id} and current.kind is ModeKind.PROGRAMME
            return runs and current.reason not in SELECTED
        if current.kind is not self.kind:
            return False
        if self.programme is not None and current.programme.id != self.programme.id:
            return False
        return current.reason is self.reason or (self.reason not in SELECTED and current.reason not in SELECTED)


def target_of(choice: Choice, junction: Junction, conditions: Conditions) -> Target:
    """The best that can be done of what was chosen."""
    kind = choice.mode.kind
    if kind in WITHOUT_LAMPS:
        return Target(kind, None, choice.reason, choice.detail)
    if conditions.faulty:
        return Target(ModeKind.PROGRAMME, junction.fallback, SignalReason.MONITOR_FAULT)
    if kind is ModeKind.PROGRAMME:
        programme = programme_named(junction, choice.mode.programme_id)
        return Target(kind, programme, choice.reason, choice.detail)
    if kind is ModeKind.ADAPTIVE and conditions.adaptive_allowed and conditions.adaptive_ready:
        return Target(kind, None, SignalReason.ADAPTIVE_ON, choice.detail)
    if conditions.counts_known:
        return Target(ModeKind.COMPUTED, None, SignalReason.COMPUTED_FROM_COUNTS, choice.detail)
    substitute = programme_named(junction, choice.otherwise) if choice.otherwise else junction.fallback
    return Target(ModeKind.PROGRAMME, substitute, SignalReason.DETECTORS_STALE, choice.detail)


def gives_way(pending: SignalDecision, target: Target) -> bool:
    """Whether what is pending is replaced at once: by a wish, or as it was wished itself and the wish is over."""
    wishes = (pending.reason is SignalReason.OPERATOR_WISH, target.reason is SignalReason.OPERATOR_WISH)
    return wishes[0] is not wishes[1]


def fits(junction: Junction, programme: SignalProgramme) -> bool:
    """Whether a programme is computed for the junction's layout, or one of its supply but for the offset."""
    if programme.id == COMPUTED_ID:
        return programme.layout == junction.layout
    return any(replace(programme, offset_s=own.offset_s) == own for own in junction.programmes)


def programme_named(junction: Junction, programme_id: str) -> SignalProgramme:
    """Supplied programme of a name that is known to exist."""
    return next(programme for programme in junction.programmes if programme.id == programme_id)
