"""What can be stored: readings as they are, and rows for what the service said and decided.

This is the one place where a row becomes the values of a table, and back.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import IntEnum
from typing import TYPE_CHECKING, Any, TypeVar

from api.store import schema
from traffic_core import require
from traffic_core.errors import InvalidValueError
from traffic_core.readings import EARLIEST_S, LATEST_S, BayReading, DetectorReading, OccupancyReading, Quality

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import RowMapping, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class SignContentRow:
    """What a sign was told to show; `payload_json` is the text that was published."""

    sign_id: str
    sequence: int
    issued_at_s: float
    valid_until_s: float
    payload_json: str

    def __post_init__(self) -> None:
        _check_time("sign_content.issued_at_s", self.issued_at_s)
        _check_time("sign_content.valid_until_s", self.valid_until_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalCommandRow:
    """Which programme a junction was told to run, from when on, and when it was told."""

    junction_id: str
    valid_from_s: float
    issued_at_s: float
    programme_id: str
    reason: str
    payload_json: str

    def __post_init__(self) -> None:
        _check_time("signal_command.valid_from_s", self.valid_from_s)
        _check_time("signal_command.issued_at_s", self.issued_at_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class StageWishRow:
    """Which stage a junction under adaptive control was told to go to; its mode and programme stay as commanded."""

    junction_id: str
    issued_at_s: float
    valid_from_s: float
    stage_id: str
    """Empty where the groups are not those of a stage."""
    groups_json: str
    reason: str

    def __post_init__(self) -> None:
        _check_time("stage_wish.issued_at_s", self.issued_at_s)
        _check_time("stage_wish.valid_from_s", self.valid_from_s)


WISH, ADAPTIVE = "signal_wish", "signal_adaptive"
PARKING_MEMORY = "parking_memory"
"""What was learned of a car park: how it moves, what its counts are worth, which fault stands."""
LASTING_KINDS = (WISH, ADAPTIVE, PARKING_MEMORY)
"""Kinds of decisions that hold until another of the same kind and subject takes their place, however old."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRow:
    """Why something was decided: the inputs and the outcome as JSON texts, the reason as a word."""

    at_s: float
    kind: str
    subject_id: str
    reason: str
    inputs_json: str
    outcome_json: str

    def __post_init__(self) -> None:
        _check_time("decision.at_s", self.at_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectCountRow:
    """How many readings were rejected for a reason in the interval that ends at `at_s`."""

    at_s: float
    reason: str
    rejected: int

    def __post_init__(self) -> None:
        _check_time("reject_count.at_s", self.at_s)
        require.between("reject_count.rejected", self.rejected, 0, 2**63 - 1)


Row = (
    DetectorReading
    | OccupancyReading
    | BayReading
    | SignContentRow
    | SignalCommandRow
    | StageWishRow
    | DecisionRow
    | RejectCountRow
)  # fmt: skip
RowT = TypeVar("RowT", bound=Row)
ReadingT = TypeVar("ReadingT", DetectorReading, OccupancyReading, BayReading)


class Importance(IntEnum):
    """Which rows go first when too many wait: the lowest."""

    DETECTOR = 0
    BAY = 1
    STAGE_WISH = 2
    OCCUPANCY = 3
    REJECTS = 4
    DECISION = 5
    SIGNAL_COMMAND = 6
    SIGN_CONTENT = 7


TABLES: Mapping[type, Table] = {
    DetectorReading: schema.detector_reading,
    OccupancyReading: schema.occupancy_reading,
    BayReading: schema.bay_reading,
    SignContentRow: schema.sign_content,
    SignalCommandRow: schema.signal_command,
    StageWishRow: schema.stage_wish,
    DecisionRow: schema.decision,
    RejectCountRow: schema.reject_count,
}
IMPORTANCE: Mapping[type, Importance] = {
    DetectorReading: Importance.DETECTOR,
    OccupancyReading: Importance.OCCUPANCY,
    BayReading: Importance.BAY,
    SignContentRow: Importance.SIGN_CONTENT,
    SignalCommandRow: Importance.SIGNAL_COMMAND,
    StageWishRow: Importance.STAGE_WISH,
    DecisionRow: Importance.DECISION,
    RejectCountRow: Importance.REJECTS,
}
_FIELDS: Mapping[type, tuple[str, ...]] = {kind: tuple(field.name for field in fields(kind)) for kind in TABLES}


def values_of(row: Row) -> dict[str, Any]:
    """Column values of a row."""
    values = {name: getattr(row, name) for name in _FIELDS[type(row)]}
    if "quality" in values:
        values["quality"] = values["quality"].value
    return values


def row_of(kind: type[RowT], values: RowMapping) -> RowT:
    """Row of a kind from its column values; raises `InvalidValueError` for what the kind cannot hold."""
    arguments = {name: values[name] for name in _FIELDS[kind]}
    try:
        if "quality" in arguments:
            arguments["quality"] = Quality(arguments["quality"])
        return kind(**arguments)
    except InvalidValueError:
        raise
    except (TypeError, ValueError) as error:  # a database holds what others wrote, SQLite even in the wrong type
        raise InvalidValueError(TABLES[kind].name, arguments, f"must be readable: {error}") from error


def _check_time(field: str, at_s: float) -> None:
    require.between(field, at_s, EARLIEST_S, LATEST_S)
