"""A dynamic sign and what it shows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from traffic_core import require
from traffic_core.errors import InvalidValueError
from traffic_core.geometry import LonLat, require_lon_lat
from traffic_core.readings import Quality

if TYPE_CHECKING:
    from traffic_core.provenance import Provenance

LONGEST_VALIDITY_S = 300.0
LARGEST_NUMBER_VEH = 99_999
"""Largest number a row can show; where more is free, it says "free"."""


class Arrow(StrEnum):
    """Direction a row points to."""

    LEFT = "left"
    STRAIGHT = "straight"
    RIGHT = "right"
    HERE = "here"


class Display(StrEnum):
    """What the variable part of a row shows."""

    NUMBER = "number"
    FREE = "free"
    FULL = "full"
    CLOSED = "closed"
    NEUTRAL = "neutral"


class Rung(StrEnum):
    """Who decided what a row shows: the highest of these that says something."""

    OPERATOR = "operator"
    EVENT = "event"
    AUTOMATIC = "automatic"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignRow:
    """The fixed part of one line of a sign: name, arrow, and the facilities it stands for (a district: several)."""

    label_de: str
    label_en: str
    arrow: Arrow
    facility_ids: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.facility_ids:
            raise InvalidValueError(f"row[{self.label_de}].facility_ids", (), "must name at least one facility")
        if len(set(self.facility_ids)) != len(self.facility_ids):
            raise InvalidValueError(f"row[{self.label_de}].facility_ids", self.facility_ids, "must name each once")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """A dynamic sign beside a link."""

    id: str
    name: str
    position: LonLat
    link_id: str
    rows: tuple[SignRow, ...]
    provenance: Provenance

    def __post_init__(self) -> None:
        require.identifier("sign.id", self.id)
        require_lon_lat(f"sign[{self.id}].position", self.position)
        require.between(f"sign[{self.id}].rows", len(self.rows), 1, 8)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowContent:
    """The variable part of one line, and why it shows that.

    `free_veh` is present exactly when `display` is NUMBER.  `age_s` is the age of the oldest value used.
    """

    display: Display
    free_veh: int | None
    quality: Quality
    age_s: float | None
    reason: str
    """A word of `parking.content.REASONS`; the page and the decision log translate it."""
    p_free: float | None = None
    """Probability that a driver who reads the sign finds a place; None where it is not known, or for several."""
    rung: Rung = Rung.AUTOMATIC

    def __post_init__(self) -> None:
        if (self.display is Display.NUMBER) != (self.free_veh is not None):
            raise InvalidValueError("row.free_veh", self.free_veh, "must be given exactly for the display 'number'")
        if self.free_veh is not None:
            require.between("row.free_veh", self.free_veh, 0, LARGEST_NUMBER_VEH)
        if self.quality is Quality.UNKNOWN and self.display in {Display.NUMBER, Display.FREE}:
            raise InvalidValueError("row.display", self.display.value, "unknown is never free")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignContent:
    """All rows of a sign at one moment.  After `valid_until_s` the sign falls back to neutral by itself."""

    sign_id: str
    sequence: int
    issued_at_s: float
    valid_until_s: float
    rows: tuple[RowContent, ...]

    def __post_init__(self) -> None:
        require.not_negative("content.sequence", self.sequence)
        window_s = self.valid_until_s - self.issued_at_s
        require.between("content.valid_until_s - issued_at_s", window_s, 0.001, LONGEST_VALIDITY_S)
