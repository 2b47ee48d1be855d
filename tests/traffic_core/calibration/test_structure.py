"""The structure of a town's trips, and gates at roads that pass the town."""

from __future__ import annotations

from dataclasses import replace

import pytest

from traffic_core.calibration.structure import Structure, parse_structure, passing_zones
from traffic_core.demand import TripKind
from traffic_core.errors import InvalidValueError
from traffic_core.network import RoadClass


def test_percentages_are_read():
    assert parse_structure("10/58/32").shares == pytest.approx(
        {TripKind.THROUGH: 0.10, TripKind.ORIGIN_DESTINATION: 0.58, TripKind.INTERNAL: 0.32}
    )


@pytest.mark.parametrize("text", ["10/58", "10/58/33", "a/b/c", "", "-10/78/32", "nan/58/32"])
def test_what_is_no_structure_is_refused(text: str):
    with pytest.raises(InvalidValueError, match="structure"):
        parse_structure(text)


def test_a_structure_needs_a_tolerance():
    with pytest.raises(InvalidValueError, match=r"structure\.tolerance = 0"):
        Structure(shares=dict.fromkeys(TripKind, 1.0 / 3.0), tolerance_share=0.0)
    with pytest.raises(InvalidValueError, match="town trips = nan"):
        parse_structure("10/58/32", float("nan"))


def test_gates_on_motorways_alone_pass_the_town(town):
    links = {
        name: replace(link, road_class=RoadClass.MOTORWAY) if "GN" in name or "GE" in name else link
        for name, link in town.network.links.items()
    }
    assert passing_zones(town.demand, replace(town.network, links=links)) == {"GN", "GE"}
