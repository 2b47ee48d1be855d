"""Columns of a result of an assignment: the same names and values in CSV and GeoJSON, units in the names."""

from __future__ import annotations

import math
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np

from traffic_core.units import KM_H_PER_M_S

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from api.planning.results.courses import ResultLinks
    from traffic_core.assignment.results import LinkResults

    Cell = str | int | float | None
    Columns = Mapping[str, list[Cell]]

TOWN_DIGITS = 3
"""Far below what a model knows of a town; networks in units of their own keep every digit."""


class Units(Enum):
    """Period and units of a result: ending of the volumes, German and English word for them."""

    OWN = ("", "Einheiten der Datei", "units of the file")
    HOUR = ("_veh_h", "Kfz/h", "veh/h")
    DAY = ("_veh_24h", "Kfz/24 h", "veh/24 h")

    @property
    def ending(self) -> str:
        """Of the names of volume columns."""
        return self.value[0]

    @property
    def words(self) -> tuple[str, str]:
        """German and English."""
        return self.value[1], self.value[2]

    @property
    def volume(self) -> str:
        """Name of the volume column."""
        return f"volume{self.ending}"

    @property
    def time(self) -> str:
        """Name of the time column."""
        return "time" if self is Units.OWN else "time_s"

    @property
    def length(self) -> str:
        """Name of the length column."""
        return "length" if self is Units.OWN else "length_m"


def result_columns(
    links: ResultLinks, results: LinkResults, units: Units, selected: NDArray[np.float64] | None = None
) -> Columns:
    """All columns of a result; `selected` (R,) is the volume of selected trips.  Unknown and infinite become None."""
    seconds = "" if units is Units.OWN else "_s"
    numbers = {units.volume: results.volume}
    if selected is not None:
        numbers[f"selected{units.ending}"] = selected
    if len(results.class_names) > 1:
        for name, volume in zip(results.class_names, results.class_volume, strict=True):
            numbers[f"volume_{name}{units.ending}"] = volume
    numbers["capacity" if units is Units.OWN else "capacity_veh_h"] = results.capacity
    if units is Units.DAY:
        numbers["peak_volume_veh_h"] = results.peak_volume
    numbers["volume_capacity_ratio"] = results.volume_capacity_ratio
    numbers[units.time] = results.time
    if units is Units.DAY:
        numbers["peak_time_s"] = results.peak_time
    numbers[f"free_flow_time{seconds}"] = results.free_flow_time
    for place, cost in enumerate(results.cost):
        whose = f"_{results.class_names[place]}" if len(results.class_names) > 1 else ""
        numbers[f"cost{whose}{seconds}"] = cost
    numbers[units.length] = results.length
    numbers["speed" if units is Units.OWN else "speed_km_h"] = _speed(results, units)
    columns: dict[str, list[Cell]] = {"link_id": [*links.ids], "from": [*links.from_nodes], "to": [*links.to_nodes]}
    if units is Units.OWN:
        columns |= {"init_node": [*links.from_nodes], "term_node": [*links.to_nodes]}
    else:
        columns["name"] = [*links.names]
    columns |= {name: [_cell(value, digits(units)) for value in values.tolist()] for name, values in numbers.items()}
    if units is Units.DAY:
        columns["peak_hour"] = [*results.peak_slice.tolist()]
    return columns


def digits(units: Units) -> int | None:
    """Digits after the point of figures in a file; None for all there are."""
    return None if units is Units.OWN else TOWN_DIGITS


def _speed(results: LinkResults, units: Units) -> NDArray[np.float64]:
    """Length over time, km/h in towns; NaN where the time is 0."""
    speed = np.full(results.time.shape, np.nan)
    np.divide(results.length, results.time, out=speed, where=results.time > 0.0)
    return speed if units is Units.OWN else speed * KM_H_PER_M_S


def _cell(value: float, kept: int | None) -> float | None:
    if not math.isfinite(value):
        return None
    return value if kept is None else round(value, kept)
