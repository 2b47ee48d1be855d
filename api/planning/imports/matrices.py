"""Trip matrices beside a Visum network."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from traffic_core.errors import FileError, InvalidValueError
from traffic_core.formats.matrix_demand import cells_of_trips, weekday_trips
from traffic_core.formats.visum.matrix import read_visum_matrix

if TYPE_CHECKING:
    from pathlib import Path

    from traffic_core.formats.imported import ImportedModel

ZONE_TABLES = {"bezirk", "zone"}
NUMBER_COLUMNS = ("NR", "NO")


def with_matrices(model: ImportedModel, matrices: tuple[Path, ...]) -> ImportedModel:
    """Model with the sum of all matrices as demand of a weekday.

    Raises
    ------
    FileError
        For a matrix that cannot be read, for trips of a zone that no street reaches, and for a pair with more trips
        than the model can hold.
    """
    if not matrices:
        return model
    zones = [zone.id for zone in model.zones]
    numbers = [*zones, *(number for number in _numbers(model) if number not in set(zones))]
    total = np.zeros((len(numbers), len(numbers)))
    for path in matrices:
        matrix = read_visum_matrix(path, numbers)
        lost = np.argwhere((matrix.trips[len(zones) :].sum(axis=1) + matrix.trips[:, len(zones) :].sum(axis=0)) > 0.0)
        if lost.size:
            zone = numbers[len(zones) + int(lost[0, 0])]
            raise FileError(path.name, 0, "zone", zone, "must have a connector to a street of the model: it has trips")
        total += weekday_trips(matrix.trips, matrix.from_h, matrix.to_h, path.name, model.warnings)
    names = ", ".join(path.name for path in matrices)
    try:
        cells = cells_of_trips(total[: len(zones), : len(zones)], model.zones, f"matrices {names}", model.warnings)
    except InvalidValueError as error:
        raise FileError(names, 0, error.field, error.value, error.limit) from error
    return replace(model, cells=cells)


def _numbers(model: ImportedModel) -> list[str]:
    """Numbers of all zones of the file, also of those that are no zones of the model."""
    for table in model.aside:
        column = next((name for name in NUMBER_COLUMNS if name in table.columns), None)
        if table.name in ZONE_TABLES and column is not None:
            place = table.columns.index(column)
            return [row[place] for row in table.rows]
    return []
