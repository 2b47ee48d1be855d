"""The YAML form of supply data: every key, its type and its limits.  The published schema is made from it.

Keys are those of the types they become; conflicts and references are checked by those.  This is the only module here
that knows pydantic.
"""

from __future__ import annotations

import json
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from signal_plans.supply.programmes import DAY_S, LONGEST_CYCLE_S, OffsetKind

__all__ = ["FORMAT", "SupplyDocument", "ValidationError", "schema_text"]

FORMAT = "stadttakt-signal-supply/1"

_ID_PATTERN = r"^[^#+/\s]([^#+/\x00-\x1f\x7f]*[^#+/\s])?$"
Id = Annotated[str, Field(min_length=1, max_length=80, pattern=_ID_PATTERN)]
MaybeId = Annotated[str, Field(max_length=80)]
Word = Annotated[str, Field(min_length=1, max_length=200)]  # its signs are checked by what it becomes
Code = Annotated[
    str,
    Field(pattern=r"^[0-9A-F]{2}$", description="Lamp code: 00 dark, 03 red, 0C amber, 0F red and amber, 30 green."),
]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Second = Annotated[int, Field(ge=0, le=LONGEST_CYCLE_S)]
ShortS = Annotated[int, Field(ge=0, le=60)]
Pair = tuple[Id, Id]


class Part(BaseModel):
    """Nothing is coerced, nothing unknown is accepted."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class LampStepPart(Part):
    """A picture of a transition."""

    code: Code
    seconds: Annotated[int, Field(ge=1, le=10)]


class GroupPart(Part):
    """A signal group."""

    id: Id
    traffic: Annotated[Word, Field(description="Kfz, Rad, Radfahrer, Fussgaenger, Bus, OeV, OePNV or Strassenbahn.")]
    open_code: Code = "30"
    closed_code: Annotated[
        Code, Field(description="Dark instead of red: a green arrow, or a signal for the blind.")
    ] = "03"
    min_green_s: ShortS
    min_red_s: ShortS = 1
    opening: Annotated[tuple[LampStepPart, ...], Field(description="Begins at the switch to open.")] = ()
    closing: Annotated[tuple[LampStepPart, ...], Field(description="Begins at the switch to closed.")] = ()


class IntergreenPart(Part):
    """From the end of one green to the start of another."""

    clearing: Id
    entering: Id
    seconds: ShortS


class SwitchPart(Part):
    """A switching time: the second at which the change begins."""

    second: Second
    code: Code


class LinePart(Part):
    """What one group does in a programme."""

    group: Id
    switches: tuple[SwitchPart, ...]
    start_code: Annotated[str, Field(pattern=r"^([0-9A-F]{2})?$")] = ""


class ProgrammePart(Part):
    """A programme."""

    id: Id
    cycle_s: Annotated[int, Field(ge=1, le=LONGEST_CYCLE_S)]
    on_second: Annotated[Second | None, Field(description="Switch-on point (EP).")] = None
    off_second: Annotated[Second | None, Field(description="Switch-off point (AP).")] = None
    change_second: Annotated[Second | None, Field(description="Point of change to another programme (UP).")] = None
    offset_s: Annotated[Second | None, Field(description="Shift against the reference second of the town (GSP).")] = (
        None
    )
    on_programme: MaybeId = ""
    off_programme: MaybeId = ""
    offset_matrices: tuple[Id, ...] = ()
    lines: tuple[LinePart, ...]


class EndProgrammePart(Part):
    """Switching the junction on or off."""

    id: Id
    switches_on: bool
    duration_s: Second
    lines: tuple[LinePart, ...]


class OffsetConditionPart(Part):
    """A condition between the greens of two groups."""

    base: Id
    dependent: Id
    seconds: Annotated[int, Field(ge=-LONGEST_CYCLE_S, le=LONGEST_CYCLE_S)]
    operator: Word


class OffsetMatrixPart(Part):
    """Offset conditions of one kind."""

    id: Id
    kind: OffsetKind
    conditions: tuple[OffsetConditionPart, ...]


class DetectorPart(Part):
    """A loop, push button or other input."""

    id: Id
    build: Annotated[str, Field(max_length=200, description="Schleife, Taster, or another word.")] = ""
    groups: tuple[Id, ...]


class ReportingPointPart(Part):
    """Where a bus reports."""

    id: Id
    number: Annotated[int, Field(ge=0, le=999_999_999)] | None = None


class RoutePointPart(Part):
    """A reporting point on the way to a stop line."""

    id: Word
    point: Word
    distance_m: Annotated[int, Field(ge=-5_000, le=5_000)]


class BusCallPart(Part):
    """What a report means."""

    memory: Word
    point: Word
    function: Word
    travel_s: Annotated[int, Field(ge=0, le=3_600)]


class BusRoutePart(Part):
    """Reports on one approach."""

    id: Id
    target: Id
    points: tuple[RoutePointPart, ...] = ()
    calls: tuple[BusCallPart, ...] = ()


class DayPart(Part):
    """A kind of day: from a second of the local day on, a programme; none where the command names none."""

    id: Id
    standard: bool
    commands: tuple[tuple[Annotated[int, Field(ge=0, le=DAY_S - 1)], MaybeId], ...]


class UnknownXmlPart(Part):
    """A piece of an imported file that is kept as it is, and its place; with a name it is an attribute."""

    path: Word
    position: Annotated[int, Field(ge=0, le=1_000_000)]
    xml: str
    name: Annotated[str, Field(max_length=200)] = ""


class SupplyDocument(Part):
    """Supply data of one signalised junction."""

    format: Literal["stadttakt-signal-supply/1"]
    sha256: Annotated[Sha256 | None, Field(description="Of all data but the releases; checked where given.")] = None
    id: Id
    name: Annotated[str, Field(max_length=200)]
    version: Word = "2.0.2"
    groups: Annotated[tuple[GroupPart, ...], Field(min_length=2)]
    incompatible: tuple[Pair, ...]
    intergreens: tuple[IntergreenPart, ...]
    programmes: Annotated[tuple[ProgrammePart, ...], Field(min_length=1)]
    end_programmes: tuple[EndProgrammePart, ...] = ()
    offset_matrices: tuple[OffsetMatrixPart, ...] = ()
    detectors: tuple[DetectorPart, ...] = ()
    reporting_points: tuple[ReportingPointPart, ...] = ()
    bus_routes: tuple[BusRoutePart, ...] = ()
    days: tuple[DayPart, ...] = ()
    unknown: tuple[UnknownXmlPart, ...] = ()
    imported_sha256: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")] = ""
    released: Annotated[
        tuple[tuple[Id, Sha256], ...], Field(description="Programmes released for use, with their SHA-256.")
    ] = ()


def document_of(content: object) -> SupplyDocument:
    """The document; raises `ValidationError`.  Lists become tuples as JSON's do."""
    return SupplyDocument.model_validate_json(json.dumps(content, default=str))


def schema_text() -> str:
    """JSON schema of a supply file, as docs/schemas/signal_supply.schema.json holds it."""
    made = SupplyDocument.model_json_schema()
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return json.dumps(head | made | {"title": "Stadttakt signal supply"}, indent=2, ensure_ascii=False) + "\n"
