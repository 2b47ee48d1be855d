"""What a sign showed at a moment and why, gathered from the store."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from api.errors import ConfigError
from api.signs_desk import OVERRIDE, stored_subject
from api.wire.base import WireModel, instant_text
from api.wire.overrides import OverridePayload
from api.wire.publications import RowPayload, SignPayload
from parking import content
from parking.override import LONGEST_S
from parking.sign import Rung
from traffic_core.readings import OccupancyReading

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.store.rows import DecisionRow
    from api.store.store import Store
    from api.town import Town

LOOKED_BACK_S = 1_800.0
"""Older reports carry nothing that a sign says."""


class FacilityWhy(WireModel):
    """What was known of one facility of a row when the content was issued."""

    facility_id: str
    name: str
    display: str | None
    reason: str | None
    """Why the facility alone showed this, since `decided_at`."""
    decided_at: str | None
    free_veh: int | None
    """Free places of the last report before; null where it told none, or none came."""
    occupied_veh: int | None
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


class RowWhy(WireModel):
    """One row: what it showed, who decided it, and what it rested on."""

    row: int
    shown: RowPayload
    age_s: float | None
    """Age of the oldest value used, at the moment asked for."""
    by: str
    """Key or event that decided; empty where the data did."""
    event_name_de: str | None = None
    event_name_en: str | None = None
    override: OverridePayload | None
    recommendation: str | None
    """What the plan sent drivers to, by the district of the row's first facility."""
    facilities: list[FacilityWhy]


class SignWhy(WireModel):
    """A sign at a moment."""

    sign_id: str
    name: str
    at: str
    timezone: str
    state: str
    """`shown`, or `expired`: the content had run out and the sign showed its fallback by itself."""
    sequence: int
    content_id: str
    issued_at: str
    valid_until: str
    issue_reason: str | None
    """Why the sign's content last changed."""
    changed_at: str | None
    rows: list[RowWhy]


def explain(store: Store, town: Town, sign_id: str, at_s: float) -> SignWhy:
    """Gather what a sign showed at a moment.

    Raises
    ------
    ConfigError
        For an unknown sign, and for a moment before the first content that is kept.
    """
    if sign_id not in town.parking.signs:
        raise ConfigError("sign", sign_id, f"must be a sign of the model {town.info.id}")
    row = store.last_content(sign_id, at_s)
    if row is None:
        limit = f"must lie in the history of {store.name}: nothing is kept of {sign_id} up to then"
        raise ConfigError("time", instant_text(at_s), limit)
    payload = SignPayload.model_validate_json(row.payload_json)
    changed = store.last_decision(f"sign/{sign_id}", at_s)
    told = {} if changed is None else json.loads(changed.inputs_json)
    overrides = _overrides(store, at_s)
    rows = []
    for place, shown in enumerate(payload.rows):
        by = _of_row(told, "by", place) or ""
        event = town.events.names.get(by) if shown.rung == Rung.EVENT else None
        passed_s = at_s - row.issued_at_s
        rows.append(
            RowWhy(
                row=place + 1,
                shown=shown,
                age_s=None if shown.age_s is None else round(shown.age_s + passed_s, 1),
                by=by,
                event_name_de=None if event is None else event[0],
                event_name_en=None if event is None else event[1],
                override=_override(overrides, sign_id, shown) if shown.rung == Rung.OPERATOR else None,
                recommendation=_recommendation(store, town, sign_id, shown, row.issued_at_s),
                facilities=[_facility(store, town, key, row.issued_at_s, at_s) for key in shown.facility_ids],
            )
        )
    return SignWhy(
        sign_id=sign_id,
        name=payload.name,
        at=instant_text(at_s),
        timezone=town.info.timezone,
        state="shown" if at_s < row.valid_until_s else "expired",
        sequence=payload.sequence,
        content_id=payload.content_id,
        issued_at=payload.issued_at,
        valid_until=payload.valid_until,
        issue_reason=None if changed is None else changed.reason,
        changed_at=None if changed is None else instant_text(changed.at_s),
        rows=rows,
    )


def _of_row(inputs: Mapping[str, object], name: str, place: int) -> str | None:
    column = inputs.get(name)
    return str(column[place]) if isinstance(column, list) and place < len(column) else None


def _overrides(store: Store, at_s: float) -> dict[str, DecisionRow]:
    """What operators had asked by a moment, the last of each sign and car park."""
    rows = store.decisions_of_kind(OVERRIDE, at_s - LONGEST_S)
    asked = {content.OVERRIDE_TAKEN, content.OVERRIDE_WITHDRAWN}
    return {row.subject_id: row for row in rows if row.at_s <= at_s and row.reason in asked}


def _override(overrides: Mapping[str, DecisionRow], sign_id: str, shown: RowPayload) -> OverridePayload | None:
    for subject in (f"sign/{sign_id}", *(f"parking/{key}" for key in shown.facility_ids)):
        row = overrides.get(stored_subject(subject))
        if row is not None and row.reason == content.OVERRIDE_TAKEN:
            return OverridePayload.model_validate_json(row.outcome_json)
    return None


def _recommendation(store: Store, town: Town, sign_id: str, shown: RowPayload, at_s: float) -> str | None:
    first = town.parking.facilities.get(shown.facility_ids[0])
    if first is None:
        return None
    row = store.last_decision(f"guidance/{sign_id}/{first.district}", at_s)
    return None if row is None else str(json.loads(row.outcome_json))


def _facility(store: Store, town: Town, facility_id: str, issued_at_s: float, at_s: float) -> FacilityWhy:
    known = town.parking.facilities.get(facility_id)
    decision = store.last_decision(f"facility/{facility_id}", issued_at_s)
    told = {} if decision is None else json.loads(decision.inputs_json)
    reports = store.history(OccupancyReading, facility_id, issued_at_s - LOOKED_BACK_S, issued_at_s + 1.0)
    last = next((report for report in reversed(reports) if report.received_at_s <= issued_at_s), None)
    return FacilityWhy(
        facility_id=facility_id,
        name=facility_id if known is None else known.name,
        display=None if decision is None else str(json.loads(decision.outcome_json)),
        reason=None if decision is None else decision.reason,
        decided_at=None if decision is None else instant_text(decision.at_s),
        free_veh=None if last is None else last.free_veh,
        occupied_veh=None if last is None else last.occupied_veh,
        is_open=told.get("is_open"),
        measured_at=None if last is None else instant_text(last.measured_at_s),
        received_at=None if last is None else instant_text(last.received_at_s),
        age_s=None if last is None else round(at_s - min(last.measured_at_s, last.received_at_s), 1),
        quality="unknown" if last is None else last.quality.value,
        capacity_veh=told.get("capacity_veh"),
        reserve_veh=told.get("reserve_veh"),
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
