"""The result of one run: figures and tables, the same bytes for the same model, scenario and seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Column: TypeAlias = "NDArray[np.float64] | NDArray[np.int64] | tuple[str, ...]"
    Table: TypeAlias = "Mapping[str, Column]"
    import numpy as np

INTERVAL_S = 900.0
"""Length of the intervals of the tables `link`, `facility` and `town`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure of a run as people read it."""

    name: str
    unit: str
    label_de: str
    label_en: str
    lower_is_better: bool | None
    """None where neither is better."""


FIGURES = (
    Figure(
        name="mean_delay_s",
        unit="s",
        label_de="Mittlerer Zeitverlust je Fahrt",
        label_en="Mean delay per trip",
        lower_is_better=True,
    ),
    Figure(
        name="mean_trip_s",
        unit="s",
        label_de="Mittlere Reisezeit je Fahrt",
        label_en="Mean travel time per trip",
        lower_is_better=True,
    ),
    Figure(
        name="total_delay_h",
        unit="h",
        label_de="Zeitverlust aller Fahrten",
        label_en="Delay of all trips",
        lower_is_better=True,
    ),
    Figure(
        name="stops_per_trip",
        unit="1",
        label_de="Halte je Fahrt",
        label_en="Stops per trip",
        lower_is_better=True,
    ),
    Figure(name="trips_done", unit="veh", label_de="Beendete Fahrten", label_en="Trips done", lower_is_better=None),
    Figure(
        name="trips_unfinished",
        unit="veh",
        label_de="Nicht beendete Fahrten",
        label_en="Unfinished trips",
        lower_is_better=True,
    ),
    Figure(
        name="lost_trips",
        unit="veh",
        label_de="Fahrten ohne Weg",
        label_en="Trips without a way",
        lower_is_better=True,
    ),
    Figure(name="driven_km", unit="km", label_de="Fahrleistung", label_en="Distance driven", lower_is_better=None),
    Figure(
        name="longest_queue_veh",
        unit="veh",
        label_de="Längster Stau einer Zufahrt",
        label_en="Longest queue of an approach",
        lower_is_better=True,
    ),
    Figure(
        name="parking_search_s",
        unit="s",
        label_de="Mittlere Parksuchzeit",
        label_en="Mean time to find a place to park",
        lower_is_better=True,
    ),
    Figure(
        name="parking_walk_m",
        unit="m",
        label_de="Mittlerer zusätzlicher Fußweg nach dem Parken",
        label_en="Mean additional walk after parking",
        lower_is_better=True,
    ),
    Figure(
        name="gave_up_veh",
        unit="veh",
        label_de="Abgewiesen an vollem oder geschlossenem Parkhaus",
        label_en="Turned away at a full or closed car park",
        lower_is_better=True,
    ),
    Figure(
        name="turned_by_sign_veh",
        unit="veh",
        label_de="Durch Anzeigen umgelenkt",
        label_en="Redirected by signs",
        lower_is_better=None,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """One run.  Tables are columns of equal length; rows are in a fixed order.

    `link` (link_id, interval_start_s, entered_veh, left_veh, mean_time_s, mean_delay_s, stops_veh, longest_queue_veh):
    per link and interval; mean time and delay of those who left, NaN where nobody did.
    `facility` (facility_id, interval_start_s, occupied_veh, capacity_veh, entered_veh, left_veh, gave_up_veh):
    occupied at the end of the interval.
    `town` (interval_start_s, inside_veh, waiting_outside_veh, queued_veh): at the end of the interval.
    `purpose` (purpose, trips_done, mean_time_s, mean_delay_s): trips that began in the period; `public_transport` are
    buses.
    """

    scenario_id: str
    seed: int
    fingerprint: str
    """Of model, scenario and programme: results of different fingerprints are not mixed."""
    begin_s: float
    end_s: float
    figures: Mapping[str, float | None]
    """By name as in FIGURES; None where it is undefined, as the mean of no trips."""
    tables: Mapping[str, Table]
