"""What a sign showed at a moment and why, gathered from the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.errors import ConfigError
from api.signs.why_facility import GUIDANCE, FacilitiesThen, FacilityWhy, inputs_of, plain
from api.wire.base import WireModel, instant_text
from api.wire.overrides import OverridePayload
from api.wire.publications import RowPayload, SignPayload
from parking.sign import Rung

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.store.rows import SignContentRow
    from api.store.store import Store
    from api.town import Town


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
        For an unknown sign, for a moment before the first content that is kept, and for a content that cannot be read.
    """
    if sign_id not in town.parking.signs:
        raise ConfigError("sign", sign_id, f"must be a sign of the model {town.info.id}")
    row = store.last_content(sign_id, at_s)
    if row is None:
        limit = f"must lie in the history of {store.name}: nothing is kept of {sign_id} up to then"
        raise ConfigError("time", instant_text(at_s), limit)
    payload = _payload(row)
    changed = store.last_decision(f"sign/{sign_id}", at_s, GUIDANCE)
    told = inputs_of(changed)
    facilities = FacilitiesThen(store, town, row.issued_at_s, at_s)
    rows = []
    for place, shown in enumerate(payload.rows):
        by = _of_row(told, "by", place) or ""
        event = town.events.names.get(by) if shown.rung == Rung.EVENT else None
        by_operator = shown.rung == Rung.OPERATOR
        passed_s = at_s - row.issued_at_s
        rows.append(
            RowWhy(
                row=place + 1,
                shown=shown,
                age_s=None if shown.age_s is None else round(shown.age_s + passed_s, 1),
                by=by,
                event_name_de=None if event is None else event[0],
                event_name_en=None if event is None else event[1],
                override=facilities.overrides.of_row(sign_id, place, shown, by) if by_operator else None,
                recommendation=_recommendation(store, town, sign_id, shown, row.issued_at_s),
                facilities=[facilities.of(key) for key in shown.facility_ids],
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


def _payload(row: SignContentRow) -> SignPayload:
    try:
        return SignPayload.model_validate_json(row.payload_json)
    except ValueError as error:
        limit = "is stored in a form that this version cannot read: ask the version that wrote it"
        raise ConfigError("content", f"{row.sign_id}, number {row.sequence}", limit) from error


def _of_row(inputs: Mapping[str, object], name: str, place: int) -> str | None:
    column = inputs.get(name)
    return str(column[place]) if isinstance(column, list) and place < len(column) else None


def _recommendation(store: Store, town: Town, sign_id: str, shown: RowPayload, at_s: float) -> str | None:
    first = town.parking.facilities.get(shown.facility_ids[0])
    if first is None:
        return None
    row = store.last_decision(f"guidance/{sign_id}/{first.district}", at_s, GUIDANCE)
    return None if row is None else str(plain(row.outcome_json))
