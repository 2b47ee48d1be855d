"""Numbers as they are written in German and English sentences."""

from __future__ import annotations

import math
from typing import Literal, TypeAlias

Language: TypeAlias = Literal["de", "en"]
MINUS = "−"
_MOST_DECIMALS = 4


def decimals_for(half_width: float) -> int:
    """Decimals that leave two digits of an uncertainty, so that a number claims no more than is known."""
    if half_width <= 0 or not math.isfinite(half_width):
        return 1
    return min(_MOST_DECIMALS, max(0, 1 - math.floor(math.log10(half_width))))


def number(value: float, decimals: int, language: Language, *, signed: bool = False) -> str:
    """`1234.5` as "1.234,5" or "1,234.5"; a true minus sign; "+" before positive ones if `signed`."""
    digits = f"{abs(value):,.{decimals}f}"
    if language == "de":
        digits = digits.replace(",", " ").replace(".", ",").replace(" ", ".")
    if not any(digit in "123456789" for digit in digits):
        return digits
    if value < 0:
        return MINUS + digits
    return "+" + digits if signed else digits


def percent(share: float, language: Language) -> str:
    """A change as "+31 %"; with one decimal below ten percent."""
    value = 100.0 * share
    return number(value, 0 if abs(value) >= 9.95 else 1, language, signed=True) + " %"
