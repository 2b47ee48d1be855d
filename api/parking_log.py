"""What is kept of the car parks' data: faults and doubts as they come and go, drift alarms, and what was learned."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import structlog
from pydantic_core import to_json

from api.store.rows import PARKING_MEMORY, DecisionRow
from parking.places_estimate import Doubt
from traffic_core.quality_outcome import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from api.city import City
    from api.store.recorder import Recorder
    from api.store.rows import Row
    from api.store.store import Store
    from parking.counting.estimator import DriftAlarm
    from parking.quality.faults import FacilityFault
    from parking.quality.watch import FaultEvent

log = structlog.get_logger(__name__)

FAULT = "parking_fault"
DRIFT = "parking_drift"
DOUBT = "parking_doubt"
"""Reason of what is kept when refused reports throw doubt on a value, and when that ends."""
MEMORY_EVERY_S = 3_600.0
FIRST_MEMORY_AFTER_S = 300.0


def memory_subject(facility_id: str) -> str:
    """Under which the store keeps what was learned of a car park."""
    return f"memory/{facility_id}"


class ParkingLog:
    """Turns events into rows for the recorder, which never waits, and back into what a restart must know."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._kept_at_s: float | None = None
        self._last_s: dict[tuple[str, str], float] = {}
        self._faults: Mapping[str, FacilityFault] = {}
        """Faults that the stored memory knows."""
        self._doubts: dict[str, Doubt] = {}
        """Doubts that the stored memory knows."""
        self._restored = False
        """Whether the memory of before was read: otherwise a young one must not take its place early."""

    def keep(self, city: City, now_s: float) -> None:
        """Keep what has happened since the last call: a restart a moment later must know it.

        With a fault that begins or ends goes what was learned of that car park; that of all of them once an hour.
        """
        rows: list[Row] = [self._fault(event) for event in city.watch.take_events()]
        rows += [self._drift(facility_id, alarm) for facility_id, alarm in city.occupancy.counting.take_alarms()]
        faults = city.watch.faults()
        if faults != self._faults:
            moved = [key for key in {**self._faults, **faults} if faults.get(key) != self._faults.get(key)]
            rows += self._memory(city, now_s, moved)
            self._faults = faults
        rows += self._doubted(city, now_s)
        if self._kept_at_s is None:
            self._kept_at_s = now_s - (MEMORY_EVERY_S - FIRST_MEMORY_AFTER_S if self._restored else 0.0)
        elif not 0.0 <= now_s - self._kept_at_s < MEMORY_EVERY_S:
            self._kept_at_s = now_s
            rows += self._memory(city, now_s)
        if rows:
            self._recorder.put(rows)

    def keep_all(self, city: City, now_s: float) -> None:
        """Keep everything that was learned: the service stops."""
        self.keep(city, now_s)
        if self._restored:
            self._recorder.put(self._memory(city, now_s))

    def restore(self, city: City, store: Store, facility_ids: Iterable[str]) -> int:
        """Take over what was learned before a restart; return of how many car parks.  Raises what the store raises.

        The doubts follow by `restore_doubts`, once the readings are known again.
        """
        taken = 0
        for facility_id in facility_ids:
            rows = [row for row in store.lasting_decisions(memory_subject(facility_id)) if row.kind == PARKING_MEMORY]
            if not rows:
                continue
            # a clock that was ahead must not make what is kept from now on look older than this
            self._last_s[PARKING_MEMORY, facility_id] = rows[-1].at_s
            try:
                self._take(city, facility_id, {row.reason: json.loads(row.outcome_json) for row in rows})
            except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:  # of an older version
                log.warning("parking_memory_not_taken_over", facility=facility_id, error=str(error))
                continue
            taken += 1
        city.occupancy.faults = self._faults = city.watch.faults()
        self._restored = True
        return taken

    def restore_doubts(self, city: City) -> None:
        """Go on with the doubts of before a restart."""
        for facility_id, doubt in self._doubts.items():
            city.occupancy.restore_doubt(facility_id, doubt)

    def _take(self, city: City, facility_id: str, known: Mapping[str, Mapping[str, Any]]) -> None:
        """Take over the last memory and the last doubt of a car park, `known` by reason."""
        doubted = known.get(DOUBT, {}).get("doubt")
        if doubted is not None:  # first: nothing else of the memory may keep it from being known
            self._doubts[facility_id] = Doubt(
                contradicted=bool(doubted["contradicted"]),
                rejected_at_s=None if doubted["rejected_at_s"] is None else float(doubted["rejected_at_s"]),
                refused=None if doubted["refused"] is None else Reason(doubted["refused"]),
            )
        watched = known.get(PARKING_MEMORY, {}).get("watch")
        if watched is not None:
            city.watch.restore(facility_id, watched)
        counted = known.get(PARKING_MEMORY, {}).get("count")
        if counted is not None:
            city.occupancy.restore_count(facility_id, counted)

    def _fault(self, event: FaultEvent) -> DecisionRow:
        told = event.fault
        log.warning("parking_fault", facility=event.facility_id, rule=told.rule.value, ended=event.ended)
        return DecisionRow(
            at_s=self._apart(FAULT, event.facility_id, event.at_s),
            kind=FAULT,
            subject_id=f"facility/{event.facility_id}",
            reason=told.rule.value,
            inputs_json=to_json({"from_s": told.from_s, "de": told.explanation_de, "en": told.explanation_en}).decode(),
            outcome_json=to_json("ended" if event.ended else "began").decode(),
        )

    def _drift(self, facility_id: str, alarm: DriftAlarm) -> DecisionRow:
        log.warning("parking_drift", facility=facility_id, seen=alarm.seen, innovation_veh=alarm.innovation_veh)
        return DecisionRow(
            at_s=self._apart(DRIFT, facility_id, alarm.at_s),
            kind=DRIFT,
            subject_id=f"facility/{facility_id}",
            reason=alarm.seen,
            inputs_json=to_json({"sigma_veh": round(alarm.sigma_veh, 2)}).decode(),
            outcome_json=to_json(round(alarm.innovation_veh, 2)).decode(),
        )

    def _memory(self, city: City, now_s: float, facility_ids: Iterable[str] | None = None) -> list[Row]:
        """What was learned of some car parks, or of all of them."""
        watched, counted = city.watch.state(), city.occupancy.counting.state()
        found = dict.fromkeys([*watched, *counted]) if facility_ids is None else facility_ids
        return [
            self._lasting(key, now_s, PARKING_MEMORY, {"watch": watched.get(key), "count": counted.get(key)})
            for key in found
        ]

    def _doubted(self, city: City, now_s: float) -> list[Row]:
        """Doubts that began or ended."""
        doubts = city.occupancy.doubts()
        if doubts == self._doubts:
            return []
        moved = [key for key in {**self._doubts, **doubts} if _is_news(self._doubts.get(key), doubts.get(key))]
        self._doubts = doubts
        return [self._lasting(key, now_s, DOUBT, {"doubt": doubts.get(key)}) for key in moved]

    def _lasting(self, facility_id: str, now_s: float, reason: str, outcome: Mapping[str, object]) -> DecisionRow:
        return DecisionRow(
            at_s=self._apart(PARKING_MEMORY, facility_id, now_s),
            kind=PARKING_MEMORY,
            subject_id=memory_subject(facility_id),
            reason=reason,
            inputs_json="{}",
            outcome_json=to_json(outcome).decode(),
        )

    def _apart(self, kind: str, facility_id: str, at_s: float) -> float:
        """Time, kind and subject are the key of a row: one moment may not hold two."""
        last_s = self._last_s.get((kind, facility_id), -math.inf)
        moment_s = self._last_s[kind, facility_id] = at_s if at_s > last_s else last_s + 0.001
        return moment_s


def _is_news(before: Doubt | None, now: Doubt | None) -> bool:
    """Whether a doubt must be kept; that another report was refused meanwhile changes nothing."""
    if before is None or now is None:
        return before is not now
    return before.contradicted != now.contradicted
