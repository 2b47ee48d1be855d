"""What an operator asks of a junction, for a limited time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from traffic_core import require
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from signal_plans.mode import Mode
    from signal_plans.reasons import SignalReason

LONGEST_S = 12 * 3_600
"""A wish that is to hold longer must be said again."""
LONGEST_TEXT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorWish:
    """A mode for a junction until `valid_until_s`; `key_id` names the key that asked, never a person."""

    junction_id: str
    mode: Mode
    valid_from_s: float
    valid_until_s: float
    text: str
    """Why, in the operator's words."""
    key_id: str

    def __post_init__(self) -> None:
        require.identifier("wish.key_id", self.key_id)
        span_s = self.valid_until_s - self.valid_from_s
        if not 0.0 < span_s <= LONGEST_S:
            limit = f"must be above 0 s and at most {LONGEST_S} s ({LONGEST_S // 3600} h) from now"
            raise InvalidValueError("wish.valid_until", span_s, limit)
        if not 1 <= len(self.text) <= LONGEST_TEXT or not self.text.isprintable() or not self.text.strip():
            raise InvalidValueError("wish.reason", self.text, f"must be 1 to {LONGEST_TEXT} printable characters")

    @property
    def detail(self) -> str:
        """For the log."""
        return f"{self.mode} by {self.key_id}: {self.text}"


@dataclass(frozen=True, slots=True)
class WishRefusal:
    """Why a wish is not taken: the word, and the particulars."""

    reason: SignalReason
    detail: str
