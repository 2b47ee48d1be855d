"""What is kept of the service's own words: contents, commands, decisions, counts of rejects."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pydantic_core import to_json

from api.store.rows import DecisionRow, RejectCountRow, SignalCommandRow, SignContentRow, StageWishRow
from api.wire.signals import command_of
from signal_plans.announcement import validity_s
from signal_plans.mode import ModeKind
from signal_plans.reasons import SignalReason

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from api.intake import Intake
    from api.store.recorder import Recorder
    from api.store.rows import Row
    from parking.guidance import GuidanceResult
    from signal_plans.decision import SignalDecision, SignalState, StageWish

REJECTS_EVERY_S = 60.0
STAGE_REASONS = frozenset({SignalReason.ADAPTIVE_ON, SignalReason.ADAPTIVE_LONGEST_RED})
"""Why adaptive control goes to a stage; other reasons say something about the mode."""


class History:
    """Turns decisions into rows for the recorder, which never waits."""

    def __init__(self, recorder: Recorder, intake: Intake) -> None:
        self._recorder = recorder
        self._intake = intake
        self._counted: dict[str, int] = {}
        self._counted_at_s: float | None = None
        self._commanded: dict[str, SignalDecision] = {}
        """Last command kept as a whole, by junction."""

    def signals(self, now_s: float, state: SignalState) -> None:
        """Keep new commands and the events of one second; of a mere change of the stage what is new in it."""
        rows: list[Row] = []
        for decision in state.decisions:
            wish = self._stage_wish(decision)
            if wish is not None:
                rows.append(_wish_row(now_s, decision, wish))
                continue
            self._commanded[decision.junction_id] = decision
            payload = to_json(command_of(decision, now_s + validity_s(decision))).decode()
            rows.append(
                SignalCommandRow(
                    junction_id=decision.junction_id,
                    valid_from_s=float(decision.valid_from_s),
                    issued_at_s=now_s,
                    programme_id=decision.programme.id,
                    reason=decision.reason.value,
                    payload_json=payload,
                )
            )
        rows += _selected(now_s, state) + _events(state)
        self._recorder.put(rows)

    def _stage_wish(self, decision: SignalDecision) -> StageWish | None:
        """The wish where nothing else has changed since the last command that was kept."""
        before = self._commanded.get(decision.junction_id)
        if decision.kind is not ModeKind.ADAPTIVE or decision.reason not in STAGE_REASONS or before is None:
            return None
        goes_on = before.kind is ModeKind.ADAPTIVE and before.programme == decision.programme
        return decision.wish if goes_on else None

    def guidance(self, now_s: float, result: GuidanceResult, published: Mapping[str, bytes]) -> None:
        """Keep the contents issued in a cycle, its decisions, and now and then the counts of rejects."""
        rows: list[Row] = [
            SignContentRow(
                sign_id=sign_id,
                sequence=result.contents[sign_id].sequence,
                issued_at_s=result.contents[sign_id].issued_at_s,
                valid_until_s=result.contents[sign_id].valid_until_s,
                payload_json=body.decode(),
            )
            for sign_id, body in published.items()
        ]
        rows += [
            DecisionRow(
                at_s=decision.at_s,
                kind="guidance",
                subject_id=decision.subject_id,
                reason=decision.reason,
                inputs_json=to_json(dict(decision.inputs), inf_nan_mode="null").decode(),
                outcome_json=to_json(decision.outcome).decode(),
            )
            for decision in result.decisions
        ]
        rows += self._rejects(now_s)
        self._recorder.put(rows)

    def _rejects(self, now_s: float) -> Iterable[Row]:
        if self._counted_at_s is not None and 0.0 <= now_s - self._counted_at_s < REJECTS_EVERY_S:
            return
        counts = self._intake.counters().rejected
        for reason, count in counts.items():
            if more := count - self._counted.get(reason, 0):
                yield RejectCountRow(at_s=now_s, reason=reason, rejected=more)
        self._counted, self._counted_at_s = dict(counts), now_s


def _wish_row(now_s: float, decision: SignalDecision, wish: StageWish) -> StageWishRow:
    return StageWishRow(
        junction_id=decision.junction_id,
        issued_at_s=now_s,
        valid_from_s=float(wish.from_s),
        stage_id=wish.stage_id,
        groups_json=to_json(wish.groups).decode(),
        reason=decision.reason.value,
    )


def _selected(now_s: float, state: SignalState) -> list[Row]:
    """Why programmes were selected, where the word of the reason does not tell it all."""
    return [
        DecisionRow(
            at_s=now_s,
            kind="signal_selection",
            subject_id=f"signal/{decision.junction_id}",
            reason=decision.reason.value,
            inputs_json=to_json({"detail": decision.detail}).decode(),
            outcome_json=to_json({"run": str(decision.mode), "valid_from_s": decision.valid_from_s}).decode(),
        )
        for decision in state.decisions
        if decision.detail
    ]


def _events(state: SignalState) -> list[Row]:
    """Events of one second; those of one junction are kept apart by a millisecond each, as time is their key."""
    told: Counter[tuple[str, int]] = Counter()
    rows: list[Row] = []
    for event in state.events:
        place = told[event.junction_id, event.at_s]
        told[event.junction_id, event.at_s] += 1
        rows.append(
            DecisionRow(
                at_s=event.at_s + place / 1_000.0,
                kind="signal_event",
                subject_id=f"signal/{event.junction_id}",
                reason=event.reason.value,
                inputs_json="{}",
                outcome_json=to_json(event.detail).decode(),
            )
        )
    return rows
