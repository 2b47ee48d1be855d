"""Operators' overrides of signs in the service: they reach guidance, the store and, after a restart, guidance again."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import structlog
from pydantic_core import to_json

from api.logs import Throttle
from api.store.rows import DecisionRow
from api.wire.overrides import (
    OverrideAnswer,
    OverridePayload,
    OverrideState,
    override_of,
    override_payload,
)
from parking import content
from parking.override import CLOCK_TOLERANCE_S, FOR_FACILITIES, FOR_ROWS, LONGEST_S, subject_of
from parking.sign import Display
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from api.clock import Clock
    from api.store.recorder import Recorder
    from api.store.store import Store
    from api.wire.overrides import FacilityOverrideBody, SignOverrideBody
    from parking.model import ParkingModel
    from parking.occupancy import PlacesEstimate
    from parking.override import Override
    from parking.override_desk import OverrideDesk

log = structlog.get_logger(__name__)

OVERRIDE = "sign_override"
"""Kind of what operators asked, in the decision log."""
KEPT_FOR_S = LONGEST_S + CLOCK_TOLERANCE_S
"""How far back a restart must look: nothing older is in force."""


ASKED = frozenset({content.OVERRIDE_TAKEN, content.OVERRIDE_WITHDRAWN, content.OVERRIDE_EXPIRED})
"""What changes what is in force."""
LONGEST_DETAIL = 300
REFUSED_IN_S = 60.0
MOST_REFUSED = 30
"""Refused requests of one key in `REFUSED_IN_S` that are kept; the others are counted in the log."""


def stored_overrides(store: Store, now_s: float) -> list[DecisionRow]:
    """What operators asked that may still be in force, oldest first, to the newest row however many there are.

    Raises what the store raises.
    """
    found: list[DecisionRow] = []
    from_s = now_s - KEPT_FOR_S
    while rows := store.decisions_of_kind(OVERRIDE, from_s):
        found += [row for row in rows if row.reason in ASKED]
        from_s = math.nextafter(rows[-1].at_s, math.inf)  # no two have the same time, see `_keep`
    return found


def stored_subject(subject: str) -> str:
    """Under which the store keeps what operators asked of `sign/ID` or `parking/ID`."""
    return f"operator/{subject}"


class SignsDesk:
    """Belongs to the event loop's thread, as guidance does.

    estimates : state of the car parks at a moment, against which "free" is checked
    changed : called when signs must be decided anew at once
    """

    def __init__(
        self,
        model: ParkingModel,
        desk: OverrideDesk,
        clock: Clock,
        recorder: Recorder,
        estimates: Callable[[float], Mapping[str, PlacesEstimate]],
        changed: Callable[[], None],
    ) -> None:
        self._model = model
        self._desk = desk
        self._clock = clock
        self._recorder = recorder
        self._estimates = estimates
        self._changed = changed
        self._logged_at_s = 0.0
        self._refused: dict[str, tuple[float, int]] = {}
        self._complaints = Throttle(log)

    def knows(self, subject: str) -> bool:
        """Whether `sign/ID` or `parking/ID` is in the model."""
        kind, _, subject_id = subject.partition("/")
        return subject_id in (self._model.signs if kind == "sign" else self._model.facilities)

    def state(self, subject: str) -> OverrideState:
        """What an operator must know.  The subject must be known."""
        kind, _, subject_id = subject.partition("/")
        found = self._desk.of(subject, self._clock.now_s())
        allowed = FOR_ROWS if kind == "sign" else FOR_FACILITIES
        return OverrideState(
            subject_id=subject,
            rows=len(self._model.signs[subject_id].rows) if kind == "sign" else None,
            contents=[display.value for display in Display if display in allowed],
            override=None if found is None else override_payload(found),
        )

    def take(self, subject: str, body: SignOverrideBody | FacilityOverrideBody, key_id: str) -> OverrideAnswer:
        """Take an override, or refuse it.  Raises `ValueError` for a text or a time that none can hold."""
        now_s = self._clock.now_s()
        subject_id = subject.partition("/")[2]
        try:
            override = body.override(subject_id, now_s, key_id)
        except InvalidValueError as error:
            if error.field != "override.valid_until":
                raise
            return self._answer(subject, content.OVERRIDE_REFUSED_TIME, str(error), None, key_id)
        refusal = self._desk.take(override, now_s, self._estimates(now_s))
        if refusal is not None:
            return self._answer(subject, refusal.reason, refusal.detail, None, key_id)
        self._changed()
        return self._answer(subject, content.OVERRIDE_TAKEN, override.term.text, override, key_id)

    def note_unreadable(self, subject: str, detail: str, key_id: str) -> None:
        """Keep that a request could not be read, such as one without an end."""
        self._keep_refused(subject, content.OVERRIDE_REFUSED_BODY, detail, key_id)

    def withdraw(self, subject: str, key_id: str) -> bool:
        """Take an override back; False where there is none."""
        if self._desk.of(subject, self._clock.now_s()) is None:
            return False
        self._desk.withdraw(subject)
        self._changed()
        self._keep(subject, content.OVERRIDE_WITHDRAWN, to_json({"key_id": key_id}), b"null")
        return True

    def keep_end(self, override: Override) -> None:
        """Keep that an override has ended by itself: a clock set back later does not bring it back."""
        told = {"key_id": override.term.key_id, "valid_until_s": override.term.until_s}
        self._keep(subject_of(override), content.OVERRIDE_EXPIRED, to_json(told), b"null")

    def restore(self, rows: Iterable[DecisionRow], now_s: float) -> int:
        """Take over what was stored of all signs and car parks, oldest first; return how many are in force again."""
        last: dict[str, DecisionRow] = {}
        for row in rows:
            self._logged_at_s = max(self._logged_at_s, row.at_s)
            if row.reason in ASKED:
                last[row.subject_id] = row
        taken = 0
        for row in last.values():
            if row.reason != content.OVERRIDE_TAKEN:
                continue
            try:
                override = override_of(OverridePayload.model_validate_json(row.outcome_json))
            except ValueError as error:  # written by an older version, or no longer valid
                log.warning("override_not_taken_over", subject=row.subject_id, error=str(error))
                continue
            taken += self._desk.restore(override, now_s)
        return taken

    def _answer(self, subject: str, reason: str, detail: str, override: Override | None, key_id: str) -> OverrideAnswer:
        payload = None if override is None else override_payload(override)
        if payload is None:
            self._keep_refused(subject, reason, detail, key_id)
        else:
            self._keep(subject, reason, to_json({"key_id": key_id, "detail": detail}), to_json(payload))
        return OverrideAnswer(
            accepted=payload is not None,
            reason=reason,
            reason_de=content.REASONS[reason].de,
            reason_en=content.REASONS[reason].en,
            detail=detail,
            override=payload,
        )

    def _keep_refused(self, subject: str, reason: str, detail: str, key_id: str) -> None:
        """Keep a refusal, shortened; of a flood only the first ones, so that it cannot fill the store."""
        now_s = self._clock.now_s()
        began_s, count = self._refused.get(key_id, (now_s, 0))
        if not 0.0 <= now_s - began_s < REFUSED_IN_S:
            began_s, count = now_s, 0
        self._refused[key_id] = began_s, count + 1
        if count >= MOST_REFUSED:
            self._complaints.warning("refusals_not_kept", key=key_id, subject=subject, reason=reason)
            return
        short = detail if len(detail) <= LONGEST_DETAIL else f"{detail[: LONGEST_DETAIL - 1]}…"
        self._keep(subject, reason, to_json({"key_id": key_id, "detail": short}), b"null")

    def _keep(self, subject: str, reason: str, inputs: bytes, outcome: bytes) -> None:
        """Hand a row to the recorder; time is its key, so no two get the same, also where the clock was set back."""
        self._logged_at_s = max(self._clock.now_s(), self._logged_at_s + 0.001)
        row = DecisionRow(
            at_s=self._logged_at_s,
            kind=OVERRIDE,
            subject_id=stored_subject(subject),
            reason=reason,
            inputs_json=inputs.decode(),
            outcome_json=outcome.decode(),
        )
        self._recorder.put([row])
