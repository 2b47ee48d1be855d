"""Sign contents and car parks as they are published, and contents as a sign reads them."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from api.wire.base import instant_text
from api.wire.publications import FacilityPayload, FallbackPayload, RowPayload, SignPayload
from parking.content import FALLBACK, REASONS, content_id, display_text, spoken_text
from parking.sign import Display, RowContent, Rung, SignContent
from traffic_core.quality_outcome import REASON_WORDS
from traffic_core.readings import Quality

if TYPE_CHECKING:
    from collections.abc import Collection

    from parking.facility import Facility
    from parking.occupancy import PlacesEstimate
    from parking.sign import Sign, SignRow

AGE_DIGITS = 1
_instant = lru_cache(maxsize=64)(instant_text)
"""Most signs are issued at the same moments."""


def sign_payload(sign: Sign, content: SignContent, recommended: Collection[int], model_label: str) -> SignPayload:
    """Content of a sign; `recommended` are the rows, from 0, that guidance would send the next driver to."""
    lon, lat = sign.position
    words = display_text(FALLBACK, None)
    return SignPayload(
        sign_id=sign.id,
        name=sign.name,
        lon=lon,
        lat=lat,
        link_id=sign.link_id,
        sequence=content.sequence,
        issued_at=_instant(content.issued_at_s),
        valid_until=_instant(content.valid_until_s),
        content_id=content_id(content.rows),
        rows=[
            _row(fixed, variable, number in recommended)
            for number, (fixed, variable) in enumerate(zip(sign.rows, content.rows, strict=True))
        ],
        fallback=FallbackPayload(display=FALLBACK.value, text_de=words.de, text_en=words.en),
        model_label=model_label,
    )


def content_of(payload: SignPayload) -> SignContent:
    """The content a payload carries.  Raises `InvalidValueError`: nothing dishonest gets in."""
    return SignContent(
        sign_id=payload.sign_id,
        sequence=payload.sequence,
        issued_at_s=_seconds(payload.issued_at),
        valid_until_s=_seconds(payload.valid_until),
        rows=tuple(
            RowContent(
                display=Display(row.display),
                free_veh=row.free_veh,
                quality=Quality(row.quality),
                age_s=row.age_s,
                reason=row.reason,
                p_free=row.p_free,
                rung=Rung(row.rung),
            )
            for row in payload.rows
        ),
    )


def facility_payload(
    facility: Facility, estimate: PlacesEstimate, shown: RowContent, valid_until_s: float
) -> FacilityPayload:
    """State of a car park; `shown` is what its name would show on a sign by itself."""
    lon, lat = facility.position
    trend_veh_h = estimate.trend_veh_h
    measured_at_s = estimate.measured_at_s
    fault, refused = estimate.fault, estimate.refused
    return FacilityPayload(
        facility_id=facility.id,
        name=facility.name,
        district=facility.district,
        kind=facility.kind.value,
        lon=lon,
        lat=lat,
        free_veh=estimate.free_veh,
        capacity_veh=estimate.capacity_veh,
        display=shown.display.value,
        trend_veh_h=None if trend_veh_h is None else round(trend_veh_h, 1),
        quality=estimate.quality.value,
        age_s=_age(estimate.age_s),
        measured_at=None if measured_at_s is None else instant_text(measured_at_s),
        valid_until=_instant(valid_until_s),
        is_open=estimate.is_open,
        reason=shown.reason,
        reason_de=REASONS[shown.reason].de,
        reason_en=REASONS[shown.reason].en,
        fault=None if fault is None else fault.rule.value,
        fault_since=None if fault is None else instant_text(fault.since_s),
        fault_de=None if fault is None else fault.explanation_de,
        fault_en=None if fault is None else fault.explanation_en,
        refused=None if refused is None else refused.value,
        refused_de=None if refused is None else REASON_WORDS[refused][0],
        refused_en=None if refused is None else REASON_WORDS[refused][1],
        sigma_veh=None if estimate.sigma_veh is None else round(estimate.sigma_veh),
        drift_veh=None if estimate.drift_veh is None else round(estimate.drift_veh, 1),
    )


@lru_cache(maxsize=1_024)  # the same rows stand on many signs
def _row(fixed: SignRow, variable: RowContent, recommended: bool) -> RowPayload:
    words = display_text(variable.display, variable.free_veh)
    spoken = spoken_text(fixed, variable.display, variable.free_veh)
    return RowPayload(
        label_de=fixed.label_de,
        label_en=fixed.label_en,
        arrow=fixed.arrow.value,
        facility_ids=list(fixed.facility_ids),
        display=variable.display.value,
        free_veh=variable.free_veh,
        text_de=words.de,
        text_en=words.en,
        quality=variable.quality.value,
        age_s=_age(variable.age_s),
        reason=variable.reason,
        reason_de=REASONS[variable.reason].de,
        reason_en=REASONS[variable.reason].en,
        recommended=recommended,
        spoken_de=spoken.de,
        spoken_en=spoken.en,
        p_free=None if variable.p_free is None else round(variable.p_free, 3),
        rung=variable.rung.value,
    )


def _age(age_s: float | None) -> float | None:
    return None if age_s is None else round(age_s, AGE_DIGITS)


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
