"""One guidance cycle: what every sign shows, who is sent where, and the record of why."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from parking import content
from parking.assignment import GuidancePlan, Planner
from parking.display import INVITING, DisplayBoard
from parking.settings import GuidanceSettings
from parking.sign import SignContent

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import ArrayLike, NDArray

    from parking.assignment import Cell
    from parking.display import RowState
    from parking.model import ParkingModel
    from parking.occupancy import PlacesEstimate
    from parking.sign import RowContent, Sign


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One change that was decided, with what it rests on, for the decision log."""

    at_s: float
    subject_id: str
    """`facility/ID`, `sign/ID` or `guidance/SIGN/DISTRICT`."""
    inputs: Mapping[str, object]
    """Plain values: text, numbers, truth, None, or lists of them."""
    outcome: str
    reason: str
    """A word of `parking.content.REASONS`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuidanceResult:
    """Everything one cycle decided."""

    at_s: float
    contents: Mapping[str, SignContent]
    """The content in force of every sign."""
    changed: tuple[str, ...]
    """Signs whose content was issued in this cycle, anew or again."""
    recommended: Mapping[str, tuple[bool, ...]]
    """By sign: whether each row holds a recommended facility and invites."""
    facilities: Mapping[str, RowContent]
    """What a sign shows, or would show, for each facility alone."""
    plan: GuidancePlan
    decisions: tuple[Decision, ...]


_Shown = tuple[tuple[tuple[object, ...], ...], tuple[bool, ...]]


class Guidance:
    """Turns estimates into sign contents, cycle by cycle.

    `drive_time_s` : (signs, facilities) driving time from each sign to each facility, s, infinite where there is no
    way; beeline with a detour where it is not given.
    """

    def __init__(
        self,
        model: ParkingModel,
        settings: GuidanceSettings | None = None,
        drive_time_s: NDArray[np.float64] | None = None,
    ) -> None:
        self._model = model
        self._settings = settings or GuidanceSettings()
        self._board = DisplayBoard(model, self._settings.display, self._settings.hold_s)
        self._planner = Planner(model, self._settings, drive_time_s)
        self._contents: dict[str, SignContent] = {}
        self._sequence: dict[str, int] = {}
        self._shown: dict[str, _Shown] = {}
        self._told: dict[str, tuple[object, ...]] = {}
        self._sent: dict[tuple[str, str], str | None] = {}

    @property
    def cells(self) -> tuple[Cell, ...]:
        """Cells of drivers, in the order of `demand_veh`."""
        return self._planner.cells

    def step(
        self, now_s: float, estimates: Mapping[str, PlacesEstimate], demand_veh: ArrayLike | None = None
    ) -> GuidanceResult:
        """Decide everything for this moment.

        `demand_veh` : (cells,) drivers of each cell who will follow the signs until the next plan; none where not told.

        Raises
        ------
        InvalidValueError
            Where demand is not a row of whole numbers of at least 0.
        """
        states = self._board.step(now_s, estimates)
        facilities = {key: states[key,].content for key in self._model.facilities}
        inviting = frozenset(key for key, row in facilities.items() if row.display in INVITING)
        plan = self._planner.plan(now_s, estimates, inviting, demand_veh)
        decisions = [*self._facility_decisions(now_s, estimates, facilities), *self._plan_decisions(now_s, plan)]
        recommended: dict[str, tuple[bool, ...]] = {}
        changed: list[str] = []
        for sign in self._model.signs.values():
            rows = [states[row.facility_ids] for row in sign.rows]
            recommended[sign.id] = _recommended(sign, rows, plan)
            reason = self._issue(now_s, sign.id, rows, recommended[sign.id])
            if reason is not None:
                changed.append(sign.id)
            if reason not in {None, content.REISSUED}:
                decisions.append(_sign_decision(now_s, sign, self._contents[sign.id], recommended[sign.id], reason))
        return GuidanceResult(
            at_s=now_s,
            contents=MappingProxyType(dict(self._contents)),
            changed=tuple(changed),
            recommended=MappingProxyType(recommended),
            facilities=MappingProxyType(facilities),
            plan=plan,
            decisions=tuple(decisions),
        )

    def restore(self, contents: Iterable[SignContent]) -> None:
        """Go on from contents issued before a restart: sequences keep rising, rows keep their hysteresis and dwell.

        The contents themselves are issued anew by the next step.  Signs that are no longer in the model are left out.
        """
        for old in sorted(contents, key=lambda known: known.issued_at_s):
            sign = self._model.signs.get(old.sign_id)
            if sign is None:
                continue
            self._sequence[sign.id] = max(old.sequence, self._sequence.get(sign.id, 0))
            if len(old.rows) == len(sign.rows):
                for row, shown in zip(sign.rows, old.rows, strict=True):
                    self._board.restore(row.facility_ids, shown, old.issued_at_s)

    def _issue(self, now_s: float, sign_id: str, rows: list[RowState], recommended: tuple[bool, ...]) -> str | None:
        """Issue a content where it is due; return why, or None where the last one goes on."""
        limits_s = [state.until_s for state in rows if state.until_s is not None]
        until_s = min([now_s + self._settings.validity_s, *limits_s])
        shown = tuple(_visible(state.content) for state in rows), recommended
        reason = self._why_issue(now_s, sign_id, shown, until_s)
        if reason is None:
            return None
        # Rising with the time, so that a sign is not deaf to us after a restart without memory.
        self._sequence[sign_id] = max(self._sequence.get(sign_id, 0) + 1, int(now_s))
        self._shown[sign_id] = shown
        self._contents[sign_id] = SignContent(
            sign_id=sign_id,
            sequence=self._sequence[sign_id],
            issued_at_s=now_s,
            valid_until_s=until_s,
            rows=tuple(state.content for state in rows),
        )
        return reason

    def _why_issue(self, now_s: float, sign_id: str, shown: _Shown, until_s: float) -> str | None:
        last = self._contents.get(sign_id)
        if last is None:
            return content.FIRST_CONTENT
        if shown[0] != self._shown[sign_id][0]:
            return content.CONTENT_CHANGED
        if shown[1] != self._shown[sign_id][1]:
            return content.RECOMMENDATION_CHANGED
        expires = last.valid_until_s - now_s < 2.0 * self._settings.hold_s and until_s > last.valid_until_s
        if expires or until_s < last.valid_until_s or now_s < last.issued_at_s:
            return content.REISSUED
        return None

    def _facility_decisions(
        self, now_s: float, estimates: Mapping[str, PlacesEstimate], facilities: Mapping[str, RowContent]
    ) -> Iterable[Decision]:
        for key, row in facilities.items():
            told = _visible(row)
            if self._told.get(key) == told:
                continue
            self._told[key] = told
            inputs = _inputs(estimates[key]) | {"reserve_veh": self._model.facilities[key].reserve_veh}
            yield Decision(
                at_s=now_s, subject_id=f"facility/{key}", inputs=inputs, outcome=_outcome(row), reason=row.reason
            )

    def _plan_decisions(self, now_s: float, plan: GuidancePlan) -> Iterable[Decision]:
        for i, cell in enumerate(plan.cells):
            key = (cell.sign_id, cell.district)
            chosen = plan.recommended[key]
            if key in self._sent and self._sent[key] == chosen:
                continue
            self._sent[key] = chosen
            offered = np.flatnonzero(plan.cost_s[i, :-1] < plan.cost_s[i, -1]).tolist()
            yield Decision(
                at_s=now_s,
                subject_id=f"guidance/{cell.sign_id}/{cell.district}",
                inputs={
                    "demand_veh": int(plan.demand_veh[i]),
                    "facility_ids": [plan.facility_ids[f] for f in offered],
                    "cost_s": [round(float(plan.cost_s[i, f]), 1) for f in offered],
                    "price_s": [round(float(plan.price_s[f]), 1) for f in offered],
                    "supply_veh": [int(plan.supply_veh[f]) for f in offered],
                    "flow_veh": [int(plan.flow_veh[i, f]) for f in offered],
                },
                outcome="none" if chosen is None else chosen,
                reason=content.NOTHING_TO_OFFER if chosen is None else content.LEAST_COST,
            )


def _visible(row: RowContent) -> tuple[object, ...]:
    return row.display, row.free_veh, row.quality, row.reason


def _recommended(sign: Sign, rows: list[RowState], plan: GuidancePlan) -> tuple[bool, ...]:
    return tuple(
        state.content.display in INVITING and plan.recommends(sign.id, frozenset(row.facility_ids))
        for row, state in zip(sign.rows, rows, strict=True)
    )


def _outcome(row: RowContent) -> str:
    return content.display_text(row.display, row.free_veh).en if row.free_veh is not None else row.display.value


def _inputs(estimate: PlacesEstimate) -> dict[str, object]:
    return {
        "held_veh": estimate.held_veh,
        "capacity_veh": estimate.capacity_veh,
        "quality": estimate.quality.value,
        "measured_at_s": estimate.measured_at_s,
        "age_s": estimate.age_s,
        "p_free": estimate.p_free,
        "is_open": estimate.is_open,
        "estimate": estimate.reason,
    }


def _sign_decision(
    now_s: float, sign: Sign, issued: SignContent, recommended: tuple[bool, ...], reason: str | None
) -> Decision:
    return Decision(
        at_s=now_s,
        subject_id=f"sign/{sign.id}",
        inputs={
            "sequence": issued.sequence,
            "valid_until_s": issued.valid_until_s,
            "facility_ids": [";".join(row.facility_ids) for row in sign.rows],
            "reasons": [row.reason for row in issued.rows],
            "ages_s": [row.age_s for row in issued.rows],
            "recommended": list(recommended),
        },
        outcome=" | ".join(_outcome(row) for row in issued.rows),
        reason=reason or content.CONTENT_CHANGED,
    )
