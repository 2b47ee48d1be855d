"""Where readings enter, whoever brings them: judged, counted, painted into the city, recorded."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from api.wire.publications import CountersPayload
from api.wire.readings import BatchAnswer, MalformedBatchError, RejectedItem, parse_batch
from traffic_core.quality_gate import Accepted, QualityGate, Rejected
from traffic_core.readings import PASSING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from api.bus.port import Bus
    from api.city import City
    from api.clock import Clock
    from api.feeds.port import FeedReject, ParseResult
    from api.store.receipt import Receipt
    from api.store.recorder import Recorder
    from traffic_core.readings import Reading


ACKNOWLEDGE_WITHIN_S = 2.0


def _anybody(_source_id: str) -> bool:
    return True


class Intake:
    """Judge readings and spread what is accepted."""

    def __init__(self, clock: Clock, gate: QualityGate, city: City, recorder: Recorder, bus: Bus) -> None:
        self.clock = clock
        self.gate = gate
        self.city = city
        self.recorder = recorder
        self.bus = bus
        self.refused_before: Counter[str] = Counter()
        """Refused before the gate could judge: not readable, or not allowed."""
        self._last_receipt: Receipt | None = None

    def take(self, readings: Iterable[Reading]) -> list[Accepted | Rejected]:
        """Judge readings in their order; the accepted ones count from now on."""
        outcomes = self.city.take(readings, self.gate, self.clock.now_s())
        kept = (outcome.reading for outcome in outcomes if isinstance(outcome, Accepted))
        # where single vehicles are is never kept, only counted
        self._last_receipt = self.recorder.put([r for r in kept if not isinstance(r, PASSING)])
        return outcomes

    def take_body(self, body: bytes, may_report: Callable[[str], bool]) -> BatchAnswer:
        """Take a batch as it came over the wire.  Raises `MalformedBatchError` for a body that is none."""
        try:
            items = parse_batch(body, self.clock.now_s())
        except MalformedBatchError as error:
            self.refused_before[error.reason] += 1
            raise
        rejected = [item for _, item in items if isinstance(item, RejectedItem)]
        readable = [(index, item) for index, item in items if not isinstance(item, RejectedItem)]
        return self._judge(readable, rejected, may_report)

    def take_result(self, result: ParseResult, may_report: Callable[[str], bool] = _anybody) -> BatchAnswer:
        """Take what a feed made of a body."""
        rejected = [_refused_by_feed(reject) for reject in result.rejects]
        return self._judge([(None, reading) for reading in result.readings], rejected, may_report)

    def _judge(
        self,
        readable: Sequence[tuple[int | None, Reading]],
        rejected: list[RejectedItem],
        may_report: Callable[[str], bool],
    ) -> BatchAnswer:
        forbidden = [_forbidden(index, r.source_id) for index, r in readable if not may_report(r.source_id)]
        allowed = [(index, r) for index, r in readable if may_report(r.source_id)]
        refused_before = [*rejected, *forbidden]
        self.refused_before.update(item.reason for item in refused_before)
        outcomes = self.take(reading for _, reading in allowed)
        judged = list(zip([index for index, _ in allowed], outcomes, strict=True))
        refused = [_told(index, outcome) for index, outcome in judged if isinstance(outcome, Rejected)]
        everything = sorted([*refused_before, *refused], key=lambda item: -1 if item.index is None else item.index)
        return BatchAnswer(
            accepted=len(allowed) - len(refused),
            repaired=sum(bool(outcome.repairs) for outcome in outcomes if isinstance(outcome, Accepted)),
            rejected=everything,
            stored=False,
        )

    async def receive(self, body: bytes, may_report: Callable[[str], bool]) -> BatchAnswer:
        """Take a batch and wait until what was accepted is stored, but not for long."""
        return await self.acknowledge(self.take_body(body, may_report))

    async def acknowledge(self, answer: BatchAnswer) -> BatchAnswer:
        """Wait until what was accepted last is stored, but not for long; say in the answer whether it is."""
        stored = await self.recorder.aflush(ACKNOWLEDGE_WITHIN_S, self._last_receipt)
        return answer.model_copy(update={"stored": stored})

    def counters(self) -> CountersPayload:
        """Outcomes since the start."""
        rejected = Counter({reason.value: count for reason, count in self.gate.rejected.items()})
        rejected.update(self.refused_before)
        if self.bus.counts.oversized:  # refused by the bus itself
            rejected["oversized"] += self.bus.counts.oversized
        return CountersPayload(
            accepted=dict(self.gate.accepted),
            repaired={reason.value: count for reason, count in self.gate.repaired.items()},
            rejected=dict(rejected),
        )


def _told(index: int | None, outcome: Rejected) -> RejectedItem:
    return RejectedItem(
        index=index,
        source_id=outcome.source_id,
        reason=outcome.reason.value,
        field=outcome.field,
        explanation=outcome.explanation,
    )


def _forbidden(index: int | None, source_id: str) -> RejectedItem:
    return RejectedItem(
        index=index,
        source_id=source_id,
        reason="forbidden_source",
        field="source_id",
        explanation="this key may not report for this source",
    )


def _refused_by_feed(reject: FeedReject) -> RejectedItem:
    return RejectedItem(
        index=None,
        source_id=reject.source_id,
        reason=reject.reason.value,
        field=reject.field,
        explanation=f"{reject.field} = {reject.value}: {reject.explanation}",
    )
