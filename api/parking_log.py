"""What is kept of the car parks' data: faults as they come and go, drift alarms, and what was learned, by the hour."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

import structlog
from pydantic_core import to_json

from api.store.rows import PARKING_MEMORY, DecisionRow

if TYPE_CHECKING:
    from api.city import City
    from api.store.recorder import Recorder
    from api.store.rows import Row
    from api.store.store import Store
    from parking.counting.estimator import DriftAlarm
    from parking.quality.watch import FaultEvent

log = structlog.get_logger(__name__)

FAULT = "parking_fault"
DRIFT = "parking_drift"
MEMORY_EVERY_S = 3_600.0


def memory_subject(facility_id: str) -> str:
    """Under which the store keeps what was learned of a car park."""
    return f"memory/{facility_id}"


class ParkingLog:
    """Turns events into rows for the recorder, which never waits."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._kept_at_s: float | None = None
        self._last_s: dict[tuple[str, str], float] = {}

    def keep(self, city: City, now_s: float) -> None:
        """Keep what has happened since the last call, and once an hour what was learned."""
        rows: list[Row] = [self._fault(event) for event in city.watch.take_events()]
        rows += [self._drift(facility_id, alarm) for facility_id, alarm in city.occupancy.counting.take_alarms()]
        if self._kept_at_s is None:
            self._kept_at_s = now_s
        elif not 0.0 <= now_s - self._kept_at_s < MEMORY_EVERY_S:
            self._kept_at_s = now_s
            rows += _memory(city, now_s)
        if rows:
            self._recorder.put(rows)

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

    def _apart(self, kind: str, facility_id: str, at_s: float) -> float:
        """Time, kind and subject are the key of a row: one moment may not hold two."""
        last_s = self._last_s.get((kind, facility_id), -math.inf)
        moment_s = self._last_s[kind, facility_id] = at_s if at_s > last_s else last_s + 0.001
        return moment_s


def _memory(city: City, now_s: float) -> list[Row]:
    watched, counted = city.watch.state(), city.occupancy.counting.state()
    return [
        DecisionRow(
            at_s=now_s,
            kind=PARKING_MEMORY,
            subject_id=memory_subject(facility_id),
            reason=PARKING_MEMORY,
            inputs_json="{}",
            outcome_json=to_json({"watch": watched.get(facility_id), "count": counted.get(facility_id)}).decode(),
        )
        for facility_id in dict.fromkeys([*watched, *counted])
    ]


def restore_memory(city: City, store: Store, facility_ids: list[str]) -> int:
    """Take over what was learned before a restart; return of how many car parks.  Raises what the store raises."""
    taken = 0
    for facility_id in facility_ids:
        rows = [row for row in store.lasting_decisions(memory_subject(facility_id)) if row.kind == PARKING_MEMORY]
        if not rows:
            continue
        try:
            known = json.loads(rows[-1].outcome_json)
            if known["watch"] is not None:
                city.watch.restore(facility_id, known["watch"])
            if known["count"] is not None:
                city.occupancy.restore_count(facility_id, known["count"])
        except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:  # of an older version
            log.warning("parking_memory_not_taken_over", facility=facility_id, error=str(error))
            continue
        taken += 1
    city.occupancy.faults = city.watch.faults()
    return taken
