"""Operators' wishes in the service: they reach the control, the store and, after a restart, the control again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from pydantic_core import to_json

from api.store.rows import ADAPTIVE, WISH, DecisionRow
from api.wire.base import instant_text
from api.wire.operator import AdaptiveBody, OperatorState, WishAnswer, WishPayload, wish_of, wish_payload
from signal_plans.operator_desk import OperatorDesk
from signal_plans.operator_wish import OperatorWish
from signal_plans.reasons import REASONS, SignalReason
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from api.clock import Clock
    from api.store.recorder import Recorder
    from api.wire.operator import WishBody
    from signal_plans.control import SignalControl

log = structlog.get_logger(__name__)


def subject_of(junction_id: str) -> str:
    """Under which the store keeps what operators asked of a junction."""
    return f"operator/{junction_id}"


class SignalsDesk:
    """Belongs to the event loop's thread, as the control does."""

    def __init__(self, control: SignalControl, clock: Clock, recorder: Recorder) -> None:
        self._control = control
        self._desk = OperatorDesk(control)
        self._clock = clock
        self._recorder = recorder
        self._logged_at_s = 0.0

    @property
    def junction_ids(self) -> tuple[str, ...]:
        """Junctions that can be operated."""
        return self._control.junction_ids

    def state(self, junction_id: str) -> OperatorState:
        """What an operator must know.  Raises `KeyError` for a junction that is not known."""
        j = self._control.index_of(junction_id)
        if j is None:
            raise KeyError(junction_id)
        wish = self._desk.wish(junction_id, self._clock.now_s())
        waits_until_s = 0 if wish is None else self._desk.waits_until_s(wish, self._clock.now_s())
        running = self._control.running(junction_id)
        return OperatorState(
            junction_id=junction_id,
            programmes=[programme.id for programme in self._control.junction(j).programmes],
            running=None if running is None else str(running.mode),
            running_reason=None if running is None else running.reason.value,
            wish=None if wish is None else wish_payload(wish),
            wish_waits_until=instant_text(waits_until_s) if waits_until_s else None,
            adaptive_allowed=self._desk.is_adaptive_allowed(junction_id),
            adaptive_ready=bool(self._control.adaptive_ready[j]),
        )

    def take(self, junction_id: str, body: WishBody, key_id: str) -> WishAnswer:
        """Take a wish, or refuse it.  Raises `ValueError` for a text or a time that no wish can hold."""
        now_s = self._clock.now_s()
        try:
            wish = OperatorWish(
                junction_id=junction_id,
                mode=body.asked,
                valid_from_s=now_s,
                valid_until_s=body.until_s(now_s),
                text=body.reason,
                key_id=key_id,
            )
        except InvalidValueError as error:
            if error.field == "wish.reason":
                raise
            refusal = self._desk.refuse(junction_id, key_id, error)
            return self._answer(junction_id, refusal.reason, refusal.detail, None)
        found = self._desk.take(wish, now_s)
        if found is not None:
            return self._answer(junction_id, found.reason, found.detail, None)
        answer = self._answer(junction_id, SignalReason.OPERATOR_WISH, wish.detail, wish_payload(wish))
        waits_until_s = self._desk.waits_until_s(wish, now_s)
        return answer if not waits_until_s else _waiting(answer, waits_until_s)

    def withdraw(self, junction_id: str, key_id: str) -> bool:
        """Take a wish back; False where there is none."""
        if not self._desk.withdraw(junction_id, key_id, self._clock.now_s()):
            return False
        self._keep(WISH, junction_id, SignalReason.WISH_WITHDRAWN, to_json({"key_id": key_id}), b"null")
        return True

    def allow_adaptive(self, junction_id: str, body: AdaptiveBody, key_id: str) -> None:
        """Let the adaptive controller work at a junction, or not.  Raises `KeyError` for one that is not known."""
        if not self._desk.allow_adaptive(junction_id, key_id, allowed=body.allowed):
            raise KeyError(junction_id)
        reason = SignalReason.ADAPTIVE_ALLOWED if body.allowed else SignalReason.ADAPTIVE_FORBIDDEN
        self._keep(ADAPTIVE, junction_id, reason, to_json({"key_id": key_id}), to_json(body))

    def restore(self, rows: Iterable[DecisionRow], now_s: float) -> int:
        """Take over what was stored of one junction, oldest first; return how many wishes are in force again."""
        wish_row, adaptive_row = None, None
        for row in rows:
            self._logged_at_s = max(self._logged_at_s, row.at_s)
            if row.kind == ADAPTIVE:
                adaptive_row = row
            elif row.kind == WISH and row.reason in {SignalReason.OPERATOR_WISH, SignalReason.WISH_WITHDRAWN}:
                wish_row = row
        try:
            if adaptive_row is not None:
                self._allow_again(adaptive_row)
            if wish_row is not None and wish_row.reason == SignalReason.OPERATOR_WISH:
                wish = wish_of(WishPayload.model_validate_json(wish_row.outcome_json))
                return int(self._desk.restore(wish, now_s))
        except ValueError as error:  # written by an older version, or no longer valid
            log.warning("wish_not_taken_over", error=str(error))
        return 0

    def _allow_again(self, row: DecisionRow) -> None:
        j = self._control.index_of(row.subject_id.partition("/")[2])
        if j is not None:
            self._control.adaptive_allowed[j] = AdaptiveBody.model_validate_json(row.outcome_json).allowed

    def _answer(self, junction_id: str, reason: SignalReason, detail: str, wish: WishPayload | None) -> WishAnswer:
        self._keep(WISH, junction_id, reason, to_json({"detail": detail}), to_json(wish))
        return WishAnswer(
            accepted=wish is not None,
            reason=reason.value,
            reason_de=REASONS[reason].de,
            reason_en=REASONS[reason].en,
            detail=detail,
            wish=wish,
        )

    def _keep(self, kind: str, junction_id: str, reason: SignalReason, inputs: bytes, outcome: bytes) -> None:
        """Hand a row to the recorder; time is its key, so no two get the same.

        Where the clock was set back, also between two lives of the service, the time is that of the row before and a
        millisecond: what was asked last must be told from what was asked before.
        """
        self._logged_at_s = max(self._clock.now_s(), self._logged_at_s + 0.001)
        row = DecisionRow(
            at_s=self._logged_at_s,
            kind=kind,
            subject_id=subject_of(junction_id),
            reason=reason.value,
            inputs_json=inputs.decode(),
            outcome_json=outcome.decode(),
        )
        self._recorder.put([row])


def _waiting(answer: WishAnswer, until_s: float) -> WishAnswer:
    """The answer to a wish that is taken and waits; the store keeps that it was taken."""
    reason, until = SignalReason.WISH_WAITS, instant_text(until_s)
    told = {
        "reason": reason.value,
        "reason_de": REASONS[reason].de,
        "reason_en": REASONS[reason].en,
        "detail": f"{answer.detail}; waits until {until} at least",
        "waits_until": until,
    }
    return answer.model_copy(update=told)
