"""Which mode each junction is to have: an operator's wish before a traffic rule before the day plan."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from signal_plans.day_plan import planned
from signal_plans.mode import ADAPTIVE, RESERVED, Mode, check_unattended
from signal_plans.operator_wish import LONGEST_S
from signal_plans.reasons import SignalReason
from signal_plans.selection_by_traffic import RuleState, RuleValue
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from signal_plans.day_plan import DayPlans, Planned
    from signal_plans.junction import Junction
    from signal_plans.operator_wish import OperatorWish
    from signal_plans.selection_by_traffic import TrafficPicture, TrafficRule


CLOCKS_DIFFER_S = 60
"""By which a wish may seem to begin in the future."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectionData:
    """What a town supplies for the selection of programmes; all of it may be missing."""

    plans: DayPlans | None = None
    rules: tuple[TrafficRule, ...] = ()


NO_SELECTION = SelectionData()


class Choice(NamedTuple):
    """The mode a junction is to have, why, and the programme that replaces it while data for it are missing."""

    mode: Mode
    reason: SignalReason
    detail: str = ""
    otherwise: str = ""
    """Empty means the junction's fallback."""


BY_ITSELF = Choice(ADAPTIVE, SignalReason.FALLBACK)
"""Without plan, rule and wish: adaptive where allowed, else computed, else the fallback."""


class Happening(NamedTuple):
    """Something for the log of a junction."""

    junction: int
    reason: SignalReason
    detail: str


def check_selection(data: SelectionData, junctions: Mapping[str, Junction]) -> None:
    """Raise `InvalidValueError` where a plan or rule names an unknown junction or programme, or switches lamps off."""
    for junction_id, junction in junctions.items():
        for programme in junction.programmes:
            if programme.id in RESERVED:
                where = f"junction[{junction_id}].programmes"
                raise InvalidValueError(where, programme.id, "is the word of another mode")
    plans = data.plans.plans if data.plans is not None else ()
    for plan in plans:
        for kind, times in plan.days.items():
            for entry in times:
                where = f"day_plan[{plan.id}].{kind}[{entry.clock}]"
                for junction_id in plan.junctions:
                    programmes = _programmes(f"day_plan[{plan.id}].junctions", junction_id, junctions)
                    check_unattended(f"{where}.run", entry.mode, programmes)
                    if entry.otherwise and entry.otherwise not in programmes:
                        raise InvalidValueError(
                            f"{where}.otherwise", entry.otherwise, "must be one of " + ", ".join(programmes)
                        )
    for rule in data.rules:
        for junction_id in rule.junctions:
            programmes = _programmes(f"traffic_rule[{rule.id}].junctions", junction_id, junctions)
            check_unattended(f"traffic_rule[{rule.id}].run", rule.mode, programmes)


def _programmes(where: str, junction_id: str, junctions: Mapping[str, Junction]) -> tuple[str, ...]:
    if junction_id not in junctions:
        raise InvalidValueError(where, junction_id, "must name a signalised junction")
    return tuple(programme.id for programme in junctions[junction_id].programmes)


class ProgrammeSelection:
    """Keeps wishes and the state of rules, and says each second what every junction is to do.

    Nothing here reads a clock; the same calls give the same choices.
    """

    def __init__(self, junctions: Mapping[str, Junction], data: SelectionData = NO_SELECTION) -> None:
        check_selection(data, junctions)
        self._row = {junction_id: j for j, junction_id in enumerate(junctions)}
        self._data = data
        self._plan_of = [None if data.plans is None else data.plans.place_of(name) for name in junctions]
        self._rules_of: list[list[int]] = [[] for _ in junctions]
        for place, rule in enumerate(data.rules):
            for junction_id in rule.junctions:
                self._rules_of[self._row[junction_id]].append(place)
        self._states = [RuleState() for _ in data.rules]
        self._applying: dict[int, RuleValue] = {}
        self._wishes: dict[int, OperatorWish] = {}
        self._choices: tuple[Choice, ...] = (BY_ITSELF,) * len(self._row)
        self._holds_s = (math.inf, -math.inf)
        """From when until when the choices hold unless a wish or a rule changes; empty at first."""

    def wish(self, j: int) -> OperatorWish | None:
        """The wish for a junction."""
        return self._wishes.get(j)

    def put_wish(self, j: int, wish: OperatorWish | None) -> None:
        """Take a wish in place of the one before, or None to take it back."""
        self._wishes.pop(j, None)
        if wish is not None:
            self._wishes[j] = wish
        self._holds_s = (math.inf, -math.inf)

    def choices(
        self, now_s: float, traffic: TrafficPicture | None, load: NDArray[np.float64]
    ) -> tuple[tuple[Choice, ...], list[Happening]]:
        """Choice for each junction at `now_s`, and what happened to wishes and rules.

        load : (J,) degree of saturation of each junction, nan where not known
        """
        happened = self._expire(now_s)
        changed = self._follow_rules(now_s, traffic, load, happened)
        if changed or not self._holds_s[0] <= now_s < self._holds_s[1]:
            self._choose(now_s)
        return self._choices, happened

    def _expire(self, now_s: float) -> list[Happening]:
        held_s = LONGEST_S + CLOCKS_DIFFER_S  # also as seen by a clock that was set back
        gone = [j for j, wish in sorted(self._wishes.items()) if not 0 < wish.valid_until_s - now_s <= held_s]
        happened = [Happening(j, SignalReason.WISH_EXPIRED, self._wishes[j].detail) for j in gone]
        for j in gone:
            self.put_wish(j, None)
        return happened

    def _follow_rules(
        self, now_s: float, traffic: TrafficPicture | None, load: NDArray[np.float64], happened: list[Happening]
    ) -> bool:
        """Bring the rules to `now_s`; whether one began or ended."""
        changed = False
        for place, rule in enumerate(self._data.rules):
            before = self._states[place]
            value = math.nan if traffic is None else traffic.value(rule, self._row, load)
            after = self._states[place] = before.after(rule, value, now_s)
            rows = [self._row[junction_id] for junction_id in rule.junctions]
            if before.is_known and not after.is_known:
                happened += [Happening(j, SignalReason.TRAFFIC_RULE_UNKNOWN, rule.id) for j in rows]
            elif before.applies and not after.applies:
                detail = RuleValue(rule, value).detail
                happened += [Happening(j, SignalReason.TRAFFIC_RULE_ENDED, detail) for j in rows]
            if before.applies != after.applies:
                changed = True
                self._applying.pop(place, None)
                if after.applies:
                    self._applying[place] = RuleValue(rule, value)
        return changed

    def _choose(self, now_s: float) -> None:
        data = self._data.plans
        plans = [] if data is None else [planned(plan, data.calendar, now_s) for plan in data.plans]
        ends_s = [wish.valid_until_s for wish in self._wishes.values()]
        self._holds_s = (
            max((plan.from_s for plan in plans), default=-math.inf),
            min([*ends_s, *(plan.until_s for plan in plans)], default=math.inf),
        )
        self._choices = tuple(self._choice(j, plans) for j in range(len(self._choices)))

    def _choice(self, j: int, plans: list[Planned]) -> Choice:
        place = self._plan_of[j]
        otherwise = "" if place is None else plans[place].entry.otherwise
        wish = self._wishes.get(j)
        if wish is not None:
            return Choice(wish.mode, SignalReason.OPERATOR_WISH, wish.detail, otherwise)
        for number in self._rules_of[j]:
            if number in self._applying:
                found = self._applying[number]
                return Choice(found.rule.mode, SignalReason.TRAFFIC_RULE, found.detail, otherwise)
        if place is None or self._data.plans is None:
            return BY_ITSELF
        plan = plans[place]
        detail = f"{self._data.plans.plans[place].id}: {plan.kind} {plan.entry.clock} {plan.entry.mode}"
        return Choice(plan.entry.mode, SignalReason.DAY_PLAN, detail, otherwise)
