"""Matrices as demand of a weekday."""

from __future__ import annotations

import numpy as np
import pytest

from traffic_core.demand import DayType, Purpose, Zone, ZoneKind
from traffic_core.errors import InvalidValueError
from traffic_core.formats.default_profile import SHARES, profile_rows
from traffic_core.formats.imported import Warnings
from traffic_core.formats.matrix_demand import cells_of_trips, weekday_factor, weekday_trips
from traffic_core.provenance import Confidence, Provenance

WEEKDAY = SHARES[DayType.WEEKDAY]


def zone(name: str, kind: ZoneKind) -> Zone:
    provenance = Provenance(source="a test", confidence=Confidence.ESTIMATED)
    return Zone(id=name, name=name, kind=kind, nodes=("N",), provenance=provenance)


ZONES = (zone("A", ZoneKind.INSIDE), zone("B", ZoneKind.OUTSIDE), zone("C", ZoneKind.OUTSIDE))


@pytest.mark.parametrize(
    ("from_h", "to_h", "share"),
    [
        (7.0, 8.0, WEEKDAY[7]),
        (7.5, 8.5, (WEEKDAY[7] + WEEKDAY[8]) / 2),
        (23.0, 1.0, WEEKDAY[23] + WEEKDAY[0]),
        (31.0, 32.0, WEEKDAY[7]),
        (47.0, 46.0, sum(WEEKDAY) - WEEKDAY[22]),
        (48.0, 24.5, WEEKDAY[0] / 2),
        (0.0, 24.0, sum(WEEKDAY)),
        (0.0, 0.0, sum(WEEKDAY)),
        (None, 8.0, sum(WEEKDAY)),
    ],
)
def test_a_part_of_the_day_is_brought_to_the_whole_day_by_the_profile(from_h, to_h, share):
    assert weekday_factor(from_h, to_h) == pytest.approx(sum(WEEKDAY) / share)


def test_what_was_assumed_of_the_time_is_counted():
    warnings = Warnings()
    assert weekday_trips(np.ones((1, 1)), 7.0, 8.0, "peak.mtx", warnings)[0, 0] == pytest.approx(1 / WEEKDAY[7], 1e-4)
    weekday_trips(np.ones((1, 1)), None, None, "any.mtx", warnings)
    weekday_trips(np.ones((1, 1)), 0.0, 24.0, "day.mtx", warnings)
    assert warnings.counts.total() == 2
    assert warnings.examples["time of the matrix not stated: taken as a weekday"] == ["any.mtx"]


def test_trips_become_cells_through_trips_between_outside_zones():
    warnings = Warnings()
    trips = np.array([[5.0, 1.0, 0.0], [2.0, 0.0, 3.0], [0.0, 0.0, 0.0]])
    cells = cells_of_trips(trips, ZONES, "a matrix", warnings)
    assert [(cell.origin, cell.destination, cell.purpose, cell.veh_24h) for cell in cells] == [
        ("A", "B", Purpose.INTERNAL, 1.0),
        ("B", "A", Purpose.INTERNAL, 2.0),
        ("B", "C", Purpose.THROUGH, 3.0),
    ]
    assert warnings.examples == {"trips inside a zone: left out": ["zone A: 5"]}


def test_a_table_of_another_size_is_refused():
    with pytest.raises(InvalidValueError, match="3 by 3 zones"):
        cells_of_trips(np.zeros((2, 2)), ZONES, "a matrix", Warnings())


def test_the_assumed_profile_names_all_days_and_says_that_it_is_assumed():
    rows = profile_rows()
    assert len(rows) == 72
    assert all(row[4] == "estimated" and "assumed on import" in row[5] for row in rows)
    assert sum(WEEKDAY) == pytest.approx(1.0, abs=1e-3)
