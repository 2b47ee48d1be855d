"""One guidance cycle: what every sign shows, who is sent where, and the record of why."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from parking import content
from parking.arrival import lead_times_s
from parking.assignment import GuidancePlan, Planner
from parking.display import DisplayBoard
from parking.display_rows import INVITING, RowState, forced_row
from parking.event_plan import NO_EVENTS
from parking.guidance_log import Basis, Decision, facility_decision, plan_decision, sign_decision, subject_of_cell
from parking.ladder import forces_of
from parking.override_desk import OverrideDesk
from parking.settings import GuidanceSettings
from parking.sign import Display, Rung, SignContent
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    from parking.assignment import Cell
    from parking.event_plan import EventEntry, EventPlan
    from parking.forecast.forecasts import Forecasts
    from parking.ladder import Forces
    from parking.model import ParkingModel
    from parking.occupancy import PlacesEstimate
    from parking.sign import RowContent, Sign

__all__ = ["Decision", "Guidance", "GuidanceResult"]

TURN_S = 10.0
TURNS = 4


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
    failures: tuple[str, ...] = ()
    """Rows and signs that could not be decided, and why; the others go on."""


_Visible = tuple[object, ...]
_Shown = tuple[tuple[_Visible, ...], tuple[bool, ...]]


class Guidance:
    """Turns estimates into sign contents, cycle by cycle.

    `drive_time_s` : (signs, facilities) driving time from each sign to each facility, s, infinite where there is no
    way; beeline with a detour where it is not given.
    `events` : what is announced to show at which times, below operators and above the data.
    """

    def __init__(
        self,
        model: ParkingModel,
        settings: GuidanceSettings | None = None,
        drive_time_s: NDArray[np.float64] | None = None,
        events: EventPlan = NO_EVENTS,
    ) -> None:
        content.check_library()
        self._model = model
        self._settings = settings or GuidanceSettings()
        display = self._settings.display
        self._planner = Planner(model, self._settings, drive_time_s)
        self._lead_s = lead_times_s(model, drive_time_s, display.lead_s)
        self._board = DisplayBoard(model, display, self._settings.hold_s, self._lead_s)
        self._subjects = [subject_of_cell(cell) for cell in self._planner.cells]
        self._events = events
        self.overrides = OverrideDesk(model, self._settings.hold_s, display.free_share, events)
        """What operators have put on signs; the next step shows it."""
        self._row_keys = {sign.id: [row.facility_ids for row in sign.rows] for sign in model.signs.values()}
        self._turns = {sign_id: place % TURNS for place, sign_id in enumerate(model.signs)}
        self._contents: dict[str, SignContent] = {}
        self._sequence: dict[str, int] = {}
        self._shown: dict[str, _Shown] = {}
        self._told: dict[str, _Visible] = {}
        self._sent: dict[str, str | None] = {}
        self._events_told: frozenset[str] = frozenset()

    @property
    def cells(self) -> tuple[Cell, ...]:
        """Cells of drivers, in the order of `demand_veh`."""
        return self._planner.cells

    def step(
        self,
        now_s: float,
        estimates: Mapping[str, PlacesEstimate],
        demand_veh: ArrayLike | None = None,
        forecasts: Forecasts | None = None,
    ) -> GuidanceResult:
        """Decide everything for this moment.

        `demand_veh` : (cells,) drivers of each cell who will follow the signs until the next plan; none where not told.
        `forecasts` : with them, "full" follows the probability of a place on arrival; without, the present values.

        Raises
        ------
        InvalidValueError
            Where demand is not a row of whole numbers of at least 0.
        """
        self.overrides.expire(now_s)
        events = self._events.at(now_s)
        decisions = self._event_decisions(now_s, events)
        forces = forces_of(self._model, self.overrides.facilities(now_s), self.overrides.rows(now_s), events)
        states = self._board.step(now_s, estimates, forecasts, forces)
        facilities = {key: states[key,].content for key in self._model.facilities}
        inviting = frozenset(key for key, row in facilities.items() if row.display in INVITING)
        plan = self._planner.plan(now_s, estimates, inviting, demand_veh, forecasts)
        failures = list(self._board.failures)
        by_event = forces.recommended & inviting
        decisions += self._facility_decisions(now_s, estimates, states, forecasts, forces)
        decisions += self._plan_decisions(now_s, plan)
        recommended: dict[str, tuple[bool, ...]] = {}
        changed: list[str] = []
        for sign in self._model.signs.values():
            rows = [states[key] for key in self._row_keys[sign.id]]
            if forces.rows:
                rows = self._forced(now_s, sign, rows, forces, estimates)
            recommended[sign.id] = _recommended(self._row_keys[sign.id], rows, plan.of_sign.get(sign.id), by_event)
            reason = self._issue(now_s, sign.id, rows, recommended[sign.id], failures)
            if reason is not None:
                changed.append(sign.id)
                if reason != content.REISSUED:
                    told = {"recommended": list(recommended[sign.id]), "by": [state.by for state in rows]}
                    decisions.append(sign_decision(now_s, sign, self._contents[sign.id], told, reason))
        return GuidanceResult(
            at_s=now_s,
            contents=MappingProxyType(dict(self._contents)),
            changed=tuple(changed),
            recommended=MappingProxyType(recommended),
            facilities=MappingProxyType(facilities),
            plan=plan,
            decisions=tuple(decisions),
            failures=tuple(failures),
        )

    def restore(self, contents: Iterable[SignContent]) -> None:
        """Go on from contents issued before a restart: sequences keep rising, rows keep their hysteresis and dwell.

        The contents themselves are issued anew by the next step.  Signs that are no longer in the model are left out,
        and rows that somebody else had decided: what they show by themselves begins anew.
        """
        for old in sorted(contents, key=lambda known: known.issued_at_s):
            sign = self._model.signs.get(old.sign_id)
            if sign is None:
                continue
            self._sequence[sign.id] = max(old.sequence, self._sequence.get(sign.id, 0))
            if len(old.rows) == len(sign.rows):
                for row, shown in zip(sign.rows, old.rows, strict=True):
                    if shown.rung is Rung.AUTOMATIC:
                        self._board.restore(row.facility_ids, shown, old.issued_at_s)

    def _forced(
        self,
        now_s: float,
        sign: Sign,
        rows: list[RowState],
        forces: Forces,
        estimates: Mapping[str, PlacesEstimate],
    ) -> list[RowState]:
        """Rows with what operators and events want of this sign; "free" only where it is true."""
        shown = list(rows)
        for place, row in enumerate(sign.rows):
            force = forces.rows.get((sign.id, place))
            if force is None:
                continue
            used: list[PlacesEstimate] = []
            if force.show is Display.FREE:
                used = [
                    estimates[key]
                    for key in row.facility_ids
                    if self.overrides.may_be_free(key, forces, now_s, estimates[key])
                ]
            if used or force.show is not Display.FREE:
                shown[place] = forced_row(force, used)
        return shown

    def _issue(
        self,
        now_s: float,
        sign_id: str,
        rows: list[RowState],
        recommended: tuple[bool, ...],
        failures: list[str],
    ) -> str | None:
        """Issue a content where it is due; return why, or None where the last one goes on.

        One that cannot be made joins `failures`; the sign falls back by itself when the last one has run out.
        """
        until_s = now_s + self._settings.validity_s
        for state in rows:
            if state.until_s is not None and state.until_s < until_s:
                until_s = state.until_s
        shown = tuple([state.visible for state in rows]), recommended
        reason = self._why_issue(now_s, sign_id, shown, until_s)
        if reason is None:
            return None
        # Rising with the time, so that a sign is not deaf to us after a restart without memory.
        sequence = max(self._sequence.get(sign_id, 0) + 1, int(now_s))
        try:
            self._contents[sign_id] = SignContent(
                sign_id=sign_id,
                sequence=sequence,
                issued_at_s=now_s,
                valid_until_s=until_s,
                rows=tuple([state.content for state in rows]),
            )
        except InvalidValueError as error:
            failures.append(f"{sign_id}: {error}")
            return None
        self._sequence[sign_id], self._shown[sign_id] = sequence, shown
        return reason

    def _why_issue(self, now_s: float, sign_id: str, shown: _Shown, until_s: float) -> str | None:
        last = self._contents.get(sign_id)
        if last is None:
            return content.FIRST_CONTENT
        if shown[0] != self._shown[sign_id][0]:
            return content.CONTENT_CHANGED
        if shown[1] != self._shown[sign_id][1]:
            return content.RECOMMENDATION_CHANGED
        left_s = last.valid_until_s - now_s
        # Each sign has a turn of its own, so that not all are issued again in the same cycle.
        is_older = left_s <= self._settings.validity_s - TURN_S
        has_turn = is_older and self._turns[sign_id] == int(now_s // TURN_S) % TURNS
        expires = (has_turn or left_s < 2.0 * self._settings.hold_s) and until_s > last.valid_until_s
        if expires or until_s < last.valid_until_s or now_s < last.issued_at_s:
            return content.REISSUED
        return None

    def _event_decisions(self, now_s: float, events: Sequence[EventEntry]) -> list[Decision]:
        running = frozenset(entry.event_id for entry in events)
        if running == self._events_told:
            return []
        changes = sorted(running ^ self._events_told)
        self._events_told = running
        return [
            Decision(
                at_s=now_s,
                subject_id=f"event/{event_id}",
                inputs={"targets": [entry.target for entry in events if entry.event_id == event_id]},
                outcome="on" if event_id in running else "off",
                reason=content.EVENT_STARTED if event_id in running else content.EVENT_ENDED,
            )
            for event_id in changes
        ]

    def _facility_decisions(
        self,
        now_s: float,
        estimates: Mapping[str, PlacesEstimate],
        states: Mapping[tuple[str, ...], RowState],
        forecasts: Forecasts | None,
        forces: Forces,
    ) -> Iterable[Decision]:
        for place, key in enumerate(self._model.facilities):
            state = states[key,]
            if self._told.get(key) == state.visible:
                continue
            self._told[key] = state.visible
            p_arrival = self._board.p_arrival(key)
            reserve = forces.reserves.get(key)
            basis = Basis(
                reserve_rung=(Rung.AUTOMATIC if reserve is None else reserve.rung).value,
                reserve_by="" if reserve is None else reserve.by,
                reserve_veh=self._board.reserve_veh(key),
                p_arrival=p_arrival,
                lead_s=float(self._lead_s[place]),
                forecast="none" if forecasts is None or p_arrival is None else forecasts.source(key),
                full_below_share=self._settings.display.thresholds.full_below_share,
                free_above_share=self._settings.display.thresholds.free_above_share,
            )
            yield facility_decision(now_s, estimates[key], state, basis)

    def _plan_decisions(self, now_s: float, plan: GuidancePlan) -> Iterable[Decision]:
        for i, chosen in enumerate(plan.chosen):
            subject = self._subjects[i]
            if subject in self._sent and self._sent[subject] == chosen:
                continue
            self._sent[subject] = chosen
            yield plan_decision(now_s, plan, i, subject)


def _recommended(
    keys: list[tuple[str, ...]], rows: list[RowState], of_sign: frozenset[str] | None, by_event: frozenset[str]
) -> tuple[bool, ...]:
    """Which rows lead to what is recommended; what an event recommends goes before the plan, where a row invites."""
    if by_event:
        told = _leads_to(by_event, keys, rows)
        if any(told):
            return told
    return (False,) * len(rows) if of_sign is None else _leads_to(of_sign, keys, rows)


def _leads_to(facility_ids: frozenset[str], keys: list[tuple[str, ...]], rows: list[RowState]) -> tuple[bool, ...]:
    return tuple(
        [
            state.content.display in INVITING and not facility_ids.isdisjoint(key)
            for key, state in zip(keys, rows, strict=True)
        ]
    )
