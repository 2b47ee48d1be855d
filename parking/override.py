"""What an operator puts on signs for a limited time.

A number can never be forced.  "Full", "closed" and neutral always can: they send nobody to a place that is not there.
"Free" can stand on a row of one sign only, and only while at least one of its facilities is known to have more than its
reserve free; where that ends, the row shows what it would show by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from parking.persistence import probability_more_than, sigma_veh
from parking.sign import Display, Rung
from traffic_core import require
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from parking.occupancy import PlacesEstimate

LONGEST_S = 12 * 3_600
"""What is to hold longer must be said again."""
CLOCK_TOLERANCE_S = 3_600.0
"""How far a clock may be set back before an override of the longest time counts as one of a time to come."""
LONGEST_TEXT = 200
LARGEST_RESERVE_VEH = 100_000
FOR_ROWS = frozenset({Display.FREE, Display.FULL, Display.CLOSED, Display.NEUTRAL})
FOR_FACILITIES = frozenset({Display.FULL, Display.CLOSED, Display.NEUTRAL})


@dataclass(frozen=True, slots=True, kw_only=True)
class Force:
    """What a row or a facility is to show by an operator or an event; at least one of both is given."""

    show: Display | None = None
    reserve_veh: int | None = None
    rung: Rung
    by: str
    """Name of the key that asked, or of the event."""

    def __post_init__(self) -> None:
        if self.show is None and self.reserve_veh is None:
            raise InvalidValueError("force", None, "must show something or set a reserve")
        if self.reserve_veh is not None:
            require.between("reserve_veh", self.reserve_veh, 0, LARGEST_RESERVE_VEH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """From when to when something holds, why, and who asked: the name of a key, never a person."""

    from_s: float
    until_s: float
    text: str
    key_id: str

    def __post_init__(self) -> None:
        require.identifier("override.key_id", self.key_id)
        span_s = self.until_s - self.from_s
        if not 0.0 < span_s <= LONGEST_S:
            limit = f"must be above 0 s and at most {LONGEST_S} s ({LONGEST_S // 3600} h) from now"
            raise InvalidValueError("override.valid_until", span_s, limit)
        if not 1 <= len(self.text) <= LONGEST_TEXT or not self.text.isprintable() or not self.text.strip():
            raise InvalidValueError("override.reason", self.text, f"must be 1 to {LONGEST_TEXT} printable characters")

    def holds(self, now_s: float) -> bool:
        """Whether it is in force.

        Its end alone tells: a clock that is set back a little moves its beginning into the future, and what was said
        stays said.  Where the end is further off than any may be, the clock was wrong when it was said.
        """
        return now_s < self.until_s <= now_s + LONGEST_S + CLOCK_TOLERANCE_S


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOverride:
    """What the rows of a sign show; None leaves a row as it is."""

    sign_id: str
    rows: tuple[Display | None, ...]
    term: Term

    def __post_init__(self) -> None:
        if not any(self.rows):
            raise InvalidValueError("override.rows", self.rows, "must set at least one row")
        for number, shown in enumerate(self.rows, start=1):
            if shown is not None and shown not in FOR_ROWS:
                raise InvalidValueError(f"override.rows[{number}]", shown.value, "must not force a number")


@dataclass(frozen=True, slots=True, kw_only=True)
class FacilityOverride:
    """What a facility shows on all its signs, or how many of its places are kept back."""

    facility_id: str
    show: Display | None
    reserve_veh: int | None
    term: Term

    def __post_init__(self) -> None:
        if (self.show is None) == (self.reserve_veh is None):
            raise InvalidValueError("override", self.show, "must hold either show or reserve_veh")
        if self.show is not None and self.show not in FOR_FACILITIES:
            raise InvalidValueError("override.show", self.show.value, "must be full, closed or neutral")
        if self.reserve_veh is not None:
            require.between("override.reserve_veh", self.reserve_veh, 0, LARGEST_RESERVE_VEH)


Override = SignOverride | FacilityOverride


def subject_of(override: Override) -> str:
    """`sign/ID` or `parking/ID`: what an override is about, one at a time of each."""
    if isinstance(override, SignOverride):
        return f"sign/{override.sign_id}"
    return f"parking/{override.facility_id}"


def p_more_than(reserve_veh: int, estimate: PlacesEstimate) -> float | None:
    """As `PlacesEstimate.p_free`, for another reserve than the usual one."""
    if estimate.p_free is None or estimate.held_veh is None:
        return None
    spread_veh = estimate.sigma_veh
    if spread_veh is None:
        spread_veh = sigma_veh(estimate.age_s or 0.0, estimate.capacity_veh or 0)
    return probability_more_than(reserve_veh, estimate.held_veh, spread_veh)


def is_known_free(estimate: PlacesEstimate, reserve_veh: int, until_s: float, free_share: float) -> bool:
    """Whether a facility is known, until a moment, to be open with more than its reserve free.

    Fresh data tell by their number; from older ones it must be clear with the probability `free_share`.
    """
    limits_s = [limit_s for limit_s in (estimate.number_until_s, estimate.word_until_s) if limit_s is not None]
    if estimate.is_open is False or estimate.held_veh is None or not limits_s or max(limits_s) < until_s:
        return False
    if estimate.held_veh <= reserve_veh:
        return False
    if estimate.number_until_s is not None and estimate.number_until_s >= until_s:
        return True
    return (p_more_than(reserve_veh, estimate) or 0.0) >= free_share
