"""What operators ask of signals, and what they are answered."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from api.wire.base import Instant, WireModel, instant_text, seconds_of
from signal_plans.mode import Mode, ModeKind, mode_of
from signal_plans.operator_wish import LONGEST_S, LONGEST_TEXT, OperatorWish


class WishBody(WireModel):
    """A programme or another mode for a junction, for a time: `valid_until`, or `minutes` from now."""

    programme: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    mode: Literal["computed", "adaptive", "off", "flashing", "local"] | None = None
    valid_until: Instant | None = None
    minutes: Annotated[float, Field(gt=0, le=LONGEST_S / 60)] | None = None
    reason: Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]
    """Why, in words; no names of persons."""

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        for one, other in (("programme", "mode"), ("valid_until", "minutes")):
            if (getattr(self, one) is None) == (getattr(self, other) is None):
                raise ValueError(f"must hold either {one} or {other}")
        return self

    def until_s(self, now_s: float) -> float:
        """When it ends.  Raises `ValueError` for a time outside the years 2000 to 2199."""
        if self.minutes is not None:
            return now_s + 60.0 * self.minutes
        assert isinstance(self.valid_until, datetime)  # noqa: S101  one of the two is there
        return seconds_of(self.valid_until)

    @property
    def asked(self) -> Mode:
        """The mode.  Raises `InvalidValueError` for a name that no programme may have."""
        return mode_of(self.mode) if self.mode else Mode(ModeKind.PROGRAMME, self.programme or "")


class AdaptiveBody(WireModel):
    """Whether the adaptive controller may work at a junction."""

    allowed: bool


class WishPayload(WireModel):
    """A wish in force.  `key_id` is the name of the key that asked."""

    junction_id: str
    mode: str
    """The name of a programme, or computed, adaptive, off, flashing, local."""
    valid_from: str
    valid_until: str
    reason: str
    key_id: str


class WishAnswer(WireModel):
    """What became of a request; a refusal says why in `reason` and `detail`."""

    accepted: bool
    reason: str
    reason_de: str
    reason_en: str
    detail: str
    wish: WishPayload | None
    waits_until: str | None = None
    """Of a wish that is taken and cannot begin yet: until when it waits at least; `reason` says why."""


class OperatorState(WireModel):
    """What an operator must know of a junction."""

    junction_id: str
    programmes: list[str]
    running: str | None
    """Mode, as in a wish; null before the first second."""
    running_reason: str | None
    wish: WishPayload | None
    wish_waits_until: str | None
    """Until when the wish waits at least, after a fault that the monitor found; null where it does not wait."""
    adaptive_allowed: bool
    adaptive_ready: bool


def wish_payload(wish: OperatorWish) -> WishPayload:
    """A wish on the wire."""
    return WishPayload(
        junction_id=wish.junction_id,
        mode=str(wish.mode),
        valid_from=instant_text(wish.valid_from_s),
        valid_until=instant_text(wish.valid_until_s),
        reason=wish.text,
        key_id=wish.key_id,
    )


def wish_of(payload: WishPayload) -> OperatorWish:
    """The wish a payload carries.  Raises `InvalidValueError` or another `ValueError` for one that cannot be held."""
    return OperatorWish(
        junction_id=payload.junction_id,
        mode=mode_of(payload.mode),
        valid_from_s=datetime.fromisoformat(payload.valid_from).timestamp(),
        valid_until_s=datetime.fromisoformat(payload.valid_until).timestamp(),
        text=payload.reason,
        key_id=payload.key_id,
    )
