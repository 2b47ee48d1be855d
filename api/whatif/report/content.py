"""What a report says, as plain data; checked where it is made."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from api.whatif.report.hbs import require_control
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LonLat = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A text in both languages, without markup."""

    de: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A mean over seeds and its 95 % interval; `low` and `high` equal the mean where it is not known."""

    mean: float
    low: float
    high: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low <= self.mean <= self.high):
            raise InvalidValueError("estimate", (self.low, self.mean, self.high), "must be finite and in this order")


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonRow:
    """One figure of base and variant; None where no run has it."""

    name: str
    label: Words
    unit: str
    base: Estimate | None
    variant: Estimate | None
    difference: Estimate | None
    """Variant minus base, of the pairs with the same seed."""
    relative_share: float | None
    """Difference of the means over the mean of the base."""
    significant: bool
    lower_is_better: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkShape:
    """A link as a map shows it."""

    link_id: str
    name: str
    line: tuple[LonLat, ...]
    lanes: int

    def __post_init__(self) -> None:
        if len(self.line) < 2:
            raise InvalidValueError(f"link[{self.link_id}].line", self.line, "must have at least two points")


@dataclass(frozen=True, slots=True, kw_only=True)
class Approach:
    """A link that ends at a junction; `control` is that of the junction, as `traffic_core.network.NodeControl`."""

    junction_id: str
    name: str
    """Of the junction."""
    control: str
    link_id: str

    def __post_init__(self) -> None:
        require_control(self.control)


@dataclass(frozen=True, slots=True, kw_only=True)
class CarPark:
    """A car park by its name."""

    facility_id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MapPlace:
    """A name on the maps."""

    name: str
    position: LonLat


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FacilityCurve:
    """A car park over K intervals, mean of the seeds."""

    occupied_veh: Floats
    """(K,)"""
    capacity_veh: Floats
    """(K,)"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScenarioTables:
    """Means over the seeds of one scenario: L links in the order of `ReportContent.links`, K intervals."""

    entered_veh: Floats
    """(L, K)"""
    left_veh: Floats
    """(L, K)"""
    mean_delay_s: Floats
    """(L, K) of those who left; NaN where nobody did."""
    longest_queue_veh: Floats
    """(L, K)"""
    town_queued_veh: Floats
    """(K,) at the ends of the intervals, as are the car parks."""
    facilities: Mapping[str, FacilityCurve]

    @property
    def intervals(self) -> int:
        """Number of intervals K."""
        return int(self.town_queued_veh.shape[0])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScenarioContent:
    """The base or a variant: what it is, and its means over the seeds."""

    id: str
    title: Words
    description: Words
    measures: tuple[Words, ...]
    """One sentence each; none for a base as it is."""
    fingerprint: str
    tables: ScenarioTables


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class VariantContent:
    """A variant against the base."""

    scenario: ScenarioContent
    rows: tuple[ComparisonRow, ...]
    sentences: tuple[Words, ...]
    """What is and what is not significant."""
    marked_links: tuple[str, ...] = ()
    """Where the measures are, marked on the maps; links that the network does not have are left out."""
    entered_half_width_veh: Floats | None = None
    """(L,) half the 95 % interval of the paired difference of the vehicles of the period; None where not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedRun:
    """A run without a result."""

    scenario_id: str
    seed: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ReportContent:
    """Everything a report says."""

    title: Words
    town: str
    model_label: Words
    """What the model says of itself, as `synthetic on real anchors`."""
    attribution: tuple[str, ...]
    licence: str
    timezone: str
    begin_s: float
    """Since 1970; the period that counts."""
    end_s: float
    interval_s: float
    seeds: int
    """Complete pairs: seeds with a result of the base and of every variant."""
    failed_runs: tuple[FailedRun, ...]
    stopped_because: Words
    software_version: str
    commands: tuple[str, ...]
    """Command lines that make the same report again."""
    links: tuple[LinkShape, ...]
    box: tuple[float, float, float, float]
    """West, south, east, north of the town in degrees: what the maps show."""
    approaches: tuple[Approach, ...]
    car_parks: tuple[CarPark, ...]
    base: ScenarioContent
    variants: tuple[VariantContent, ...]
    places: tuple[MapPlace, ...] = ()
    notes: tuple[Words, ...] = field(default_factory=tuple)
    """Further sentences on data and licences."""

    def __post_init__(self) -> None:
        if not self.variants:
            raise InvalidValueError("variants", 0, "must be at least one")
        if not self.links:
            raise InvalidValueError("links", 0, "must be at least one")
        west, south, east, north = self.box
        if not (west < east and south < north):
            raise InvalidValueError("box", self.box, "must be west, south, east, north")
        known = {link.link_id for link in self.links}
        for approach in self.approaches:
            if approach.link_id not in known:
                raise InvalidValueError("approach.link_id", approach.link_id, "must name a link")
        for scenario in (self.base, *(variant.scenario for variant in self.variants)):
            self._check_tables(scenario)
        for variant in self.variants:
            width = variant.entered_half_width_veh
            if width is not None:
                _check_shape(f"{variant.scenario.id}.entered_half_width_veh", width, (len(self.links),))

    def _check_tables(self, scenario: ScenarioContent) -> None:
        tables, where = scenario.tables, scenario.id
        intervals = self.base.tables.intervals
        if abs(intervals * self.interval_s - (self.end_s - self.begin_s)) >= self.interval_s:
            raise InvalidValueError("end_s", self.end_s, f"must be {intervals} intervals after begin_s")
        for name in ("entered_veh", "left_veh", "mean_delay_s", "longest_queue_veh"):
            _check_shape(f"{where}.{name}", getattr(tables, name), (len(self.links), intervals))
        _check_shape(f"{where}.town_queued_veh", tables.town_queued_veh, (intervals,))
        for facility_id, curve in tables.facilities.items():
            _check_shape(f"{where}.facilities[{facility_id}].occupied_veh", curve.occupied_veh, (intervals,))
            _check_shape(f"{where}.facilities[{facility_id}].capacity_veh", curve.capacity_veh, (intervals,))


def _check_shape(where: str, values: Floats, shape: tuple[int, ...]) -> None:
    if values.shape != shape:
        raise InvalidValueError(f"{where}.shape", values.shape, f"must be {shape}")
