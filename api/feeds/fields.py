"""Strict reading of single fields.  Each function returns the value or raises `FieldError` with a reason word."""

from __future__ import annotations

import math
import re
import reprlib
from datetime import datetime
from typing import Annotated
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, PlainValidator

from api.feeds.port import RejectReason
from traffic_core.readings import EARLIEST_S, LATEST_S

LARGEST_VEH = 100_000
LONGEST_ID = 200
LONGEST_NAME = 200
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)?", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d{1,12}", re.ASCII)
_DECIMAL = re.compile(r"[+-]?\d{1,12}(\.\d{1,20})?", re.ASCII)
_REPR = reprlib.Repr()
_REPR.maxstring = _REPR.maxother = 60
_REPR.maxlevel = 2


class FieldError(ValueError):
    """A field that cannot be used, with the word that is counted."""

    def __init__(self, reason: RejectReason, explanation: str) -> None:
        super().__init__(explanation)
        self.reason = reason
        self.explanation = explanation


def short_repr(value: object) -> str:
    """Bounded, printable picture of any value, also of a deeply nested one."""
    try:
        return clean_text(_REPR.repr(value), 80)
    except ValueError:  # whole numbers of thousands of digits cannot be printed
        return f"<{type(value).__name__}>"


def clean_text(text: str, longest: int = LONGEST_NAME) -> str:
    """Drop what cannot be printed (also lone surrogates), shorten to `longest` characters."""
    return "".join(sign for sign in text[: 2 * longest] if sign.isprintable())[:longest].strip()


def safe_id(value: object) -> str:
    """Identifier of a feed as one of ours.

    A sign that ours may not contain (`#`, `+`, `/`, unprintable ones) is percent-encoded (RFC 3986), so that two
    identifiers of a feed never become the same.
    """
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise FieldError(RejectReason.WRONG_TYPE, "must be text or a whole number")
    if isinstance(value, int) and abs(value) >= 10**18:
        raise FieldError(RejectReason.BAD_ID, "must have at most 18 digits")
    text = str(value).strip()
    if not text or len(text) > LONGEST_ID:
        raise FieldError(RejectReason.BAD_ID, f"must have 1 to {LONGEST_ID} characters")
    if any("\ud800" <= sign <= "\udfff" for sign in text):
        raise FieldError(RejectReason.BAD_ID, "holds half of a surrogate pair")
    return "".join(quote(sign, safe="") if sign in "#+/%" or not sign.isprintable() else sign for sign in text)


def count(value: object) -> int:
    """Whole number of vehicles or places from JSON; may be negative, because devices do report that."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise FieldError(RejectReason.WRONG_TYPE, "must be a whole number")
    if isinstance(value, float) and math.isnan(value):
        raise FieldError(RejectReason.NOT_A_NUMBER, "must be a whole number")
    if abs(value) > LARGEST_VEH:
        raise FieldError(RejectReason.OUT_OF_RANGE, f"must be from {-LARGEST_VEH} to {LARGEST_VEH}")
    if isinstance(value, float):
        raise FieldError(RejectReason.WRONG_TYPE, "must be a whole number without decimals")
    return value


def count_text(value: object) -> int:
    """Whole number of vehicles or places from text."""
    text = value if isinstance(value, str) else ""
    if text.lower().lstrip("+-") in {"nan", "inf", "infinity"}:
        raise FieldError(RejectReason.NOT_A_NUMBER, "must be a whole number")
    if not _WHOLE.fullmatch(text):
        if text.lstrip("+-").isdecimal():
            raise FieldError(RejectReason.OUT_OF_RANGE, f"must be from {-LARGEST_VEH} to {LARGEST_VEH}")
        raise FieldError(RejectReason.WRONG_TYPE, "must be a whole number without decimals")
    return count(int(text))


def count_any(value: object) -> int:
    """Whole number of vehicles or places, as a number or as its text, which may end in a decimal zero."""
    if not isinstance(value, str):
        return count(value)
    text = value.strip()
    return count_text(text.removesuffix(".0"))


def capacity(value: object) -> int:
    """Number of places, zero or more; text or number."""
    places = count_text(value) if isinstance(value, str) else count(value)
    if places < 0:
        raise FieldError(RejectReason.OUT_OF_RANGE, f"must be from 0 to {LARGEST_VEH}")
    return places


def capacity_number(value: object) -> int:
    """Number of places, zero or more; only a number."""
    if isinstance(value, str):
        raise FieldError(RejectReason.WRONG_TYPE, "must be a whole number")
    return capacity(value)


def coordinate(value: object) -> float:
    """Half of a position, as a number or as its decimal text."""
    if isinstance(value, str):
        if not _DECIMAL.fullmatch(value.strip()):
            raise FieldError(RejectReason.POSITION, "must be a decimal number")
        return float(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise FieldError(RejectReason.POSITION, "must be a decimal number")
    if not abs(value) <= 1e12:  # also false for NaN, and safe for whole numbers beyond every float
        raise FieldError(RejectReason.POSITION, "must be a finite decimal number")
    return float(value)


def coordinate_any(value: object) -> float:
    """Half of a position; a text may use a decimal comma."""
    return coordinate(value.replace(",", ".") if isinstance(value, str) else value)


def time_s(value: object, *, naive_is_utc: bool = False) -> float:
    """Time by RFC 3339 as seconds since 1970 UTC; without an offset only where a file's definition says it is UTC."""
    if not isinstance(value, str):
        raise FieldError(RejectReason.WRONG_TYPE, "must be a time written like 2026-11-21T07:30:00Z")
    match = _TIME.fullmatch(value.strip())
    if match is None:
        raise FieldError(RejectReason.IMPOSSIBLE_TIME, "must be a time written like 2026-11-21T07:30:00Z")
    if match[2] is None and not naive_is_utc:
        raise FieldError(RejectReason.NAIVE_TIME, "must have an offset from UTC or end in Z")
    try:
        seconds = datetime.fromisoformat(match[0] if match[2] else match[0] + "Z").timestamp()
    except (ValueError, OverflowError) as error:
        raise FieldError(RejectReason.IMPOSSIBLE_TIME, "is no time of any calendar day") from error
    if not EARLIEST_S <= seconds <= LATEST_S:
        raise FieldError(RejectReason.IMPOSSIBLE_TIME, "must be from 2000 to 2199")
    return seconds


def name(value: object) -> str:
    """Name for people, shortened and without signs that cannot be printed."""
    if not isinstance(value, str):
        raise FieldError(RejectReason.WRONG_TYPE, "must be text")
    return clean_text(value)


Count = Annotated[int, PlainValidator(count)]
CountText = Annotated[int, PlainValidator(count_text)]
CountAny = Annotated[int, PlainValidator(count_any)]
Capacity = Annotated[int, PlainValidator(capacity)]
CapacityNumber = Annotated[int, PlainValidator(capacity_number)]
Coordinate = Annotated[float, PlainValidator(coordinate)]
CoordinateAny = Annotated[float, PlainValidator(coordinate_any)]
Time = Annotated[float, PlainValidator(time_s)]
Name = Annotated[str, PlainValidator(name)]


class FeedFields(BaseModel):
    """Fields of one record of a foreign format: unknown ones are passed over, known ones are read strictly."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore", allow_inf_nan=False)


class StatusFields(FeedFields):
    """What a record says about now.  A format gives the fields their foreign names by aliases."""

    measured_at_s: Time | None = None
    free_veh: Count | None = None
    occupied_veh: Count | None = None
    capacity_veh: Capacity | None = None


class PlaceFields(FeedFields):
    """What a record says about a facility itself."""

    name: Name | None = None
    capacity_veh: Capacity | None = None
    lat: Coordinate | None = None
    lon: Coordinate | None = None
