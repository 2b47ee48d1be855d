"""Recounts by operators: they reach the picture of the town, the gate, and the store, from which a restart has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic_core import to_json

from api.store.rows import DecisionRow
from api.wire.base import instant_text
from api.wire.parking_operator import RecountAnswer
from traffic_core.errors import InvalidValueError
from traffic_core.readings import OccupancyReading

if TYPE_CHECKING:
    from collections.abc import Callable

    from api.city import City
    from api.clock import Clock
    from api.store.recorder import Recorder
    from api.wire.parking_operator import RecountBody
    from traffic_core.quality_gate import QualityGate

RECOUNT = "parking_recount"
"""Kind of a recount in the decision log."""
_APART_S = 0.001


class RecountDesk:
    """Belongs to the event loop's thread.  `changed` is called when signs must be decided anew at once."""

    def __init__(
        self, city: City, gate: QualityGate, clock: Clock, recorder: Recorder, changed: Callable[[], None]
    ) -> None:
        self._city = city
        self._gate = gate
        self._clock = clock
        self._recorder = recorder
        self._changed = changed
        self._last_s = 0.0

    def knows(self, facility_id: str) -> bool:
        """Whether a car park is in the model."""
        return facility_id in self._gate.sources.facility_capacity_veh

    def take(self, facility_id: str, body: RecountBody, key_id: str) -> RecountAnswer:
        """Take a recount.

        Raises
        ------
        InvalidValueError
            Where more is counted than the car park has places, or its capacity is unknown.
        """
        capacity_veh = self._gate.sources.facility_capacity_veh[facility_id]
        if capacity_veh is None:
            raise InvalidValueError("capacity_veh", None, f"must be known in the model for a recount of {facility_id}")
        name, told_veh = ("occupied_veh", body.occupied_veh)
        if told_veh is None:
            name, told_veh = "free_veh", body.free_veh or 0
        if told_veh > capacity_veh:
            raise InvalidValueError(name, told_veh, f"must be at most {capacity_veh}, the places of {facility_id}")
        occupied_veh = told_veh if name == "occupied_veh" else capacity_veh - told_veh
        free_told_veh = None if name == "occupied_veh" else told_veh
        # time is its key in the store: two recounts of a moment must not be one
        now_s = self._last_s = max(self._clock.now_s(), self._last_s + _APART_S)
        before = self._city.occupancy.estimates(now_s)[facility_id].held_veh
        fed = self._city.watch.tells_level(facility_id, now_s)
        reading = OccupancyReading(
            source_id=facility_id,
            measured_at_s=now_s,
            received_at_s=now_s,
            # as it was told: a feed may have reported another capacity than the model has
            free_veh=free_told_veh,
            occupied_veh=occupied_veh if free_told_veh is None else None,
        )
        self._city.recount(reading)
        self._gate.remember(reading)
        alarm = self._city.occupancy.counting.alarmed_at(facility_id) == now_s
        answer = RecountAnswer(
            facility_id=facility_id,
            counted_at=instant_text(now_s),
            occupied_veh=occupied_veh,
            free_veh=capacity_veh - occupied_veh,
            drift_veh=None if before is None else float(before - (capacity_veh - occupied_veh)),
            drift_alarm=alarm,
            feed_goes_on=fed,
        )
        row = DecisionRow(
            at_s=now_s,
            kind=RECOUNT,
            subject_id=f"facility/{facility_id}",
            reason=RECOUNT,
            inputs_json=to_json({"key_id": key_id, "reason": body.reason}).decode(),
            outcome_json=to_json(answer).decode(),
        )
        self._recorder.put([reading, row])
        self._changed()
        return answer
