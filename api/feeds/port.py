"""The port of every feed: what a format makes of a body.  Nothing here raises on bad data; a refusal is a value."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from traffic_core.geometry import LonLat
    from traffic_core.readings import Reading

MAX_BODY_BYTES = 10 * 1024 * 1024
"""Largest body that is read or parsed, after decompression."""
MAX_RECORDS = 20_000
"""Largest number of records that one body may hold; the rest is refused."""


class RejectReason(StrEnum):
    """Why a body, a record or a field was refused."""

    MALFORMED = "malformed"
    MISSING_FIELD = "missing_field"
    WRONG_TYPE = "wrong_type"
    NAIVE_TIME = "naive_time"
    IMPOSSIBLE_TIME = "impossible_time"
    NOT_A_NUMBER = "not_a_number"
    OUT_OF_RANGE = "out_of_range"
    UNKNOWN_FACILITY = "unknown_facility"
    OVERSIZED = "oversized"
    BAD_ID = "bad_id"
    POSITION = "position"
    NO_VALUE = "no_value"
    """The record is well formed and tells nothing about occupancy or opening."""
    FORECAST = "forecast"
    """The record is about the future, not a measurement."""
    OUT_OF_ORDER = "out_of_order"
    DUPLICATE = "duplicate"
    """The same record stands twice in a body, or the same uplink came twice."""
    CONTRADICTORY = "contradictory"
    """Two statements about one facility and one moment that cannot both be true: neither is believed."""
    REPORTED_FAULT = "reported_fault"
    """The publisher says itself that its figures are wrong."""
    OWNED_BY_OTHER_FEED = "owned_by_other_feed"
    """Another feed tells of this car park or bay."""
    NOT_A_FACILITY = "not_a_facility"
    """The record describes a part of a facility, or something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedReject:
    """One refusal.  `source_id` is None where the record could not be identified; `line` is set for files of lines."""

    source_id: str | None
    field: str
    value: str
    explanation: str
    reason: RejectReason
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedFacility:
    """Static facts that a feed tells about a facility; None where it tells nothing usable."""

    id: str
    name: str
    capacity_veh: int | None
    position: LonLat | None
    is_bay: bool = False
    """A single marked bay, which is a part of a facility of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParseResult:
    """What one body held.  The three parts are independent: a reject never removes a reading of another record."""

    readings: tuple[Reading, ...] = ()
    facilities: tuple[FeedFacility, ...] = ()
    rejects: tuple[FeedReject, ...] = ()


class FeedFormat(Protocol):
    """A format is anything that can turn a body into a `ParseResult` without ever raising."""

    def parse(self, body: bytes, received_at_s: float) -> ParseResult:
        """Read `body`, which reached us at `received_at_s`."""
        ...
