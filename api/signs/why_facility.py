"""What was known of a car park when a sign's content was issued, gathered from the store."""

from __future__ import annotations

import json
import math
from functools import cached_property
from typing import TYPE_CHECKING, Any

from api.signs.overrides_then import OverridesThen
from api.wire.base import WireModel, instant_text
from api.wire.overrides import OverridePayload
from parking.counting.settings import DEFAULT_COUNTING
from parking.sign import Rung
from traffic_core.readings import BayReading, OccupancyReading

if TYPE_CHECKING:
    from api.store.rows import DecisionRow
    from api.store.store import Store
    from api.town import Town

GUIDANCE = "guidance"
"""Kind of the decisions on what is shown, in the decision log."""
LOOKED_BACK_S = 1_800.0
"""Older reports carry nothing that a sign says."""


class BaysWhy(WireModel):
    """What single bays had reported."""

    known: int
    occupied: int
    measured_at: str
    """Of the latest of them."""


class FacilityWhy(WireModel):
    """What was known of one facility of a row when the content was issued."""

    facility_id: str
    name: str
    display: str | None
    reason: str | None
    """Why the facility alone showed this, since `decided_at`."""
    rung: str | None
    """Who decided that: `operator`, `event` or `automatic`."""
    by: str
    """Key or event that decided it; empty where the data did."""
    event_name_de: str | None
    event_name_en: str | None
    override: OverridePayload | None
    """The override of this car park that was in force."""
    decided_at: str | None
    free_veh: int | None
    """Free places of the last report before; null where it told none, or none came."""
    occupied_veh: int | None
    entered_veh: int | None
    left_veh: int | None
    bays: BaysWhy | None
    """Single bays, where no report of the whole told anything of free places."""
    is_open: bool | None
    measured_at: str | None
    received_at: str | None
    age_s: float | None
    """Of that report at the moment asked for."""
    quality: str
    capacity_veh: int | None
    reserve_veh: int | None
    p_free: float | None
    """Probability, when it was decided, that more than the reserve is free at that moment."""
    p_arrival: float | None
    """The same on arrival, `lead_s` later, by the forecast."""
    lead_s: float | None
    forecast: str | None
    full_below_share: float | None
    free_above_share: float | None
    estimate: str | None
    """State of the data behind the decision."""
    fault: str | None
    """Rule by which its data were not believed; null where they were."""
    fault_de: str | None
    fault_en: str | None


def plain(text: str) -> Any:
    """What a decision of the log holds; an empty object where it cannot be read."""
    try:
        return json.loads(text)
    except ValueError:
        return {}


def inputs_of(row: DecisionRow | None) -> dict[str, Any]:
    """Inputs of a decision; empty where there is none, or it cannot be read."""
    found = {} if row is None else plain(row.inputs_json)
    return found if isinstance(found, dict) else {}


class FacilitiesThen:
    """Car parks as known at `issued_at_s`; ages are told at `at_s`."""

    def __init__(self, store: Store, town: Town, issued_at_s: float, at_s: float) -> None:
        self._store = store
        self._town = town
        self._issued_at_s = issued_at_s
        self._at_s = at_s
        self.overrides = OverridesThen(store, issued_at_s)

    def of(self, facility_id: str) -> FacilityWhy:
        """One of them.  Raises what the store raises."""
        store, known = self._store, self._town.parking.facilities.get(facility_id)
        decision = store.last_decision(f"facility/{facility_id}", self._issued_at_s, GUIDANCE)
        told = inputs_of(decision)
        last = self._last(facility_id)
        override = self._override(facility_id, told)
        kept_veh = None if override is None else override.reserve_veh
        by, rung = str(told.get("by") or ""), told.get("rung")
        event = self._town.events.names.get(by) if rung == Rung.EVENT else None
        return FacilityWhy(
            facility_id=facility_id,
            name=facility_id if known is None else known.name,
            display=None if decision is None else str(plain(decision.outcome_json)),
            reason=None if decision is None else decision.reason,
            rung=rung,
            by=by,
            event_name_de=None if event is None else event[0],
            event_name_en=None if event is None else event[1],
            override=override,
            decided_at=None if decision is None else instant_text(decision.at_s),
            free_veh=None if last is None else last.free_veh,
            occupied_veh=None if last is None else last.occupied_veh,
            entered_veh=None if last is None else last.entered_veh,
            left_veh=None if last is None else last.left_veh,
            bays=self._bays(facility_id) if last is None or _tells_nothing(last) else None,
            is_open=told.get("is_open"),
            measured_at=None if last is None else instant_text(last.measured_at_s),
            received_at=None if last is None else instant_text(last.received_at_s),
            age_s=None if last is None else round(self._at_s - min(last.measured_at_s, last.received_at_s), 1),
            quality="unknown" if last is None else last.quality.value,
            capacity_veh=told.get("capacity_veh"),
            reserve_veh=told.get("reserve_veh") if kept_veh is None else kept_veh,
            p_free=told.get("p_free"),
            p_arrival=told.get("p_arrival"),
            lead_s=told.get("lead_s"),
            forecast=told.get("forecast"),
            full_below_share=told.get("full_below_share"),
            free_above_share=told.get("free_above_share"),
            estimate=told.get("estimate"),
            fault=told.get("fault"),
            fault_de=told.get("fault_de"),
            fault_en=told.get("fault_en"),
        )

    def _last(self, facility_id: str) -> OccupancyReading | None:
        at_s = self._issued_at_s
        reports = self._store.history(OccupancyReading, facility_id, at_s - LOOKED_BACK_S, at_s + 1.0)
        return next((report for report in reversed(reports) if report.received_at_s <= at_s), None)

    def _override(self, facility_id: str, told: dict[str, Any]) -> OverridePayload | None:
        """The override of a car park; of those who put something on its signs only the one that decided."""
        override = self.overrides.of_facility(facility_id)
        if override is None or override.show is None:
            return override
        return override if told.get("by", override.key_id) == override.key_id else None

    def _bays(self, facility_id: str) -> BaysWhy | None:
        quality = self._town.parking.quality.get(facility_id)
        settings = DEFAULT_COUNTING if quality is None else quality.counting
        since_s = self._issued_at_s - settings.bay_silent_s
        bays = [bay for bay in self._all_bays.get(facility_id, []) if bay.received_at_s >= since_s]
        if not bays:
            return None
        return BaysWhy(
            known=len(bays),
            occupied=sum(bay.occupied for bay in bays),
            measured_at=instant_text(max(bay.measured_at_s for bay in bays)),
        )

    @cached_property
    def _all_bays(self) -> dict[str, list[BayReading]]:
        found: dict[str, list[BayReading]] = {}
        for bay in self._store.latest_bays(math.nextafter(self._issued_at_s, math.inf)):
            found.setdefault(bay.source_id.rpartition(".")[0], []).append(bay)
        return found


def _tells_nothing(report: OccupancyReading) -> bool:
    told = (report.free_veh, report.occupied_veh, report.entered_veh, report.left_veh)
    return all(value is None for value in told)
