"""Checks shared by all domain types.  Each raises `InvalidValueError` and returns nothing."""

from __future__ import annotations

import math

from traffic_core.errors import InvalidValueError


def identifier(field: str, value: str) -> None:
    """Accept a non-empty identifier of printable characters without blanks at its ends or MQTT wildcards inside."""
    if not value or value != value.strip() or not value.isprintable() or any(sign in value for sign in "#+/"):
        raise InvalidValueError(field, value, "must be printable, not empty, without '#', '+', '/' or outer blanks")


def between(field: str, value: float, low: float, high: float) -> None:
    """Accept a finite number in the closed interval from `low` to `high`."""
    if not math.isfinite(value) or not low <= value <= high:
        raise InvalidValueError(field, value, f"must be a number from {low:g} to {high:g}")


def positive(field: str, value: float) -> None:
    """Accept a finite number above zero."""
    if not math.isfinite(value) or value <= 0:
        raise InvalidValueError(field, value, "must be a number above 0")


def not_negative(field: str, value: float) -> None:
    """Accept a finite number from zero upwards."""
    if not math.isfinite(value) or value < 0:
        raise InvalidValueError(field, value, "must be a number of at least 0")
