"""What operators put on signs and car parks for a limited time, and what they are answered."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from api.wire.base import Instant, WireModel, instant_text, seconds_of
from parking.override import (
    LARGEST_RESERVE_VEH,
    LONGEST_S,
    LONGEST_TEXT,
    FacilityOverride,
    Override,
    SignOverride,
    Term,
    subject_of,
)
from parking.sign import Display

AUTOMATIC = "auto"
"""Leaves a row as it is."""


class _Timed(WireModel):
    """Until when, as `valid_until` or in `minutes` from now, and why."""

    valid_until: Instant | None = None
    minutes: Annotated[float, Field(gt=0, le=LONGEST_S / 60)] | None = None
    reason: Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]
    """Why, in words; no names of persons."""

    @model_validator(mode="after")
    def _ends(self) -> Self:
        if (self.valid_until is None) == (self.minutes is None):
            raise ValueError("must hold either valid_until or minutes: an override must end within 12 h")
        return self

    def term(self, now_s: float, key_id: str) -> Term:
        """From now until when.  Raises `ValueError` for a text or a time that no override can hold."""
        if self.minutes is not None:
            until_s = now_s + 60.0 * self.minutes
        else:
            assert isinstance(self.valid_until, datetime)  # noqa: S101  one of the two is there
            until_s = seconds_of(self.valid_until)
        return Term(from_s=now_s, until_s=until_s, text=self.reason, key_id=key_id)


class SignOverrideBody(_Timed):
    """Content of the rows of a sign from top to bottom, by its name in the library; `auto` leaves a row as it is."""

    rows: Annotated[list[Literal["auto", "free", "full", "closed", "neutral"]], Field(min_length=1, max_length=8)]

    def override(self, sign_id: str, now_s: float, key_id: str) -> SignOverride:
        """As the domain knows it.  Raises `ValueError` where nothing is set."""
        rows = tuple(None if shown == AUTOMATIC else Display(shown) for shown in self.rows)
        return SignOverride(sign_id=sign_id, rows=rows, term=self.term(now_s, key_id))


class FacilityOverrideBody(_Timed):
    """What a car park shows on all its signs, or how many of its places are kept back."""

    show: Literal["full", "closed", "neutral"] | None = None
    reserve_veh: Annotated[int, Field(ge=0, le=LARGEST_RESERVE_VEH)] | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if (self.show is None) == (self.reserve_veh is None):
            raise ValueError("must hold either show or reserve_veh")
        return self

    def override(self, facility_id: str, now_s: float, key_id: str) -> FacilityOverride:
        """As the domain knows it."""
        return FacilityOverride(
            facility_id=facility_id,
            show=None if self.show is None else Display(self.show),
            reserve_veh=self.reserve_veh,
            term=self.term(now_s, key_id),
        )


class OverridePayload(WireModel):
    """An override in force.  `key_id` is the name of the key that asked."""

    subject_id: str
    """`sign/ID` or `parking/ID`."""
    rows: list[str] | None
    show: str | None
    reserve_veh: int | None
    valid_from: str
    valid_until: str
    reason: str
    key_id: str


class OverrideAnswer(WireModel):
    """What became of a request; a refusal says why in `reason` and `detail`."""

    accepted: bool
    reason: str
    reason_de: str
    reason_en: str
    detail: str
    override: OverridePayload | None


class OverrideState(WireModel):
    """What an operator must know of a sign or a car park."""

    subject_id: str
    rows: int | None
    """Rows of a sign; null for a car park."""
    contents: list[str]
    """What may be asked for."""
    override: OverridePayload | None


def override_payload(override: Override) -> OverridePayload:
    """An override on the wire."""
    sign = override if isinstance(override, SignOverride) else None
    facility = override if isinstance(override, FacilityOverride) else None
    return OverridePayload(
        subject_id=subject_of(override),
        rows=None if sign is None else [AUTOMATIC if row is None else row.value for row in sign.rows],
        show=None if facility is None or facility.show is None else facility.show.value,
        reserve_veh=None if facility is None else facility.reserve_veh,
        valid_from=instant_text(override.term.from_s),
        valid_until=instant_text(override.term.until_s),
        reason=override.term.text,
        key_id=override.term.key_id,
    )


def override_of(payload: OverridePayload) -> Override:
    """The override a payload carries.  Raises `ValueError` for one that cannot be held."""
    kind, _, subject = payload.subject_id.partition("/")
    term = Term(
        from_s=datetime.fromisoformat(payload.valid_from).timestamp(),
        until_s=datetime.fromisoformat(payload.valid_until).timestamp(),
        text=payload.reason,
        key_id=payload.key_id,
    )
    if kind == "sign":
        rows = tuple(None if shown == AUTOMATIC else Display(shown) for shown in payload.rows or ())
        return SignOverride(sign_id=subject, rows=rows, term=term)
    show = None if payload.show is None else Display(payload.show)
    return FacilityOverride(facility_id=subject, show=show, reserve_veh=payload.reserve_veh, term=term)
