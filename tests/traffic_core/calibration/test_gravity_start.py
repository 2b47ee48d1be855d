"""A first trip table from masses: purposes, ways back, structure, and masses that contradict each other."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest

from traffic_core.calibration.gravity import Deterrence
from traffic_core.calibration.start import MASS_COLUMNS, Mass, Ways, gravity_cells, read_masses
from traffic_core.calibration.structure import Structure
from traffic_core.demand import DemandCell, Purpose, TripKind, Zone, ZoneKind
from traffic_core.errors import FileError, InvalidValueError
from traffic_core.provenance import Confidence, Provenance

if TYPE_CHECKING:
    from pathlib import Path

HERE = Provenance(source="made up", confidence=Confidence.ESTIMATED)
INSIDE, OUTSIDE = ("A", "B"), ("N", "S")


def ways(minutes: float = 5.0) -> Ways:
    zones = {name: Zone(id=name, name=name, kind=ZoneKind.INSIDE, nodes=(name,), provenance=HERE) for name in INSIDE}
    zones |= {name: Zone(id=name, name=name, kind=ZoneKind.OUTSIDE, nodes=(name,), provenance=HERE) for name in OUTSIDE}
    return Ways(zones=zones, cost=minutes * (1.0 - np.eye(4)), deterrence=Deterrence(scale=10.0))


def mass(zone: str, purpose: Purpose, production: float, attraction: float) -> Mass:
    return Mass(zone=zone, purpose=purpose, production_veh_24h=production, attraction_veh_24h=attraction)


def commuting() -> list[Mass]:
    """Of 1,000 who live in A and B half work there and half outside; 300 come in."""
    rows = [("A", 600, 400), ("B", 400, 400), ("N", 200, 300), ("S", 100, 200)]
    return [mass(zone, Purpose.COMMUTING, out, into) for zone, out, into in rows]


def veh(cells, purpose=None):
    return {(c.origin, c.destination): c.veh_24h for c in cells if purpose in {None, c.purpose}}


def test_the_way_back_is_the_way_there_turned_round():
    cells = gravity_cells(commuting(), ways())
    there, back = veh(cells, Purpose.COMMUTING), veh(cells, Purpose.COMMUTING_HOME)
    assert {(d, o): value for (o, d), value in there.items()} == pytest.approx(back)
    assert sum(there.values()) == pytest.approx(1_300.0)


def test_gates_exchange_through_trips_only():
    masses = [*commuting(), *(mass(gate, Purpose.THROUGH, 80.0, 80.0) for gate in OUTSIDE)]
    cells = gravity_cells(masses, ways())
    between = {(c.origin, c.destination, c.purpose) for c in cells if {c.origin, c.destination} <= set(OUTSIDE)}
    assert between == {("N", "S", Purpose.THROUGH), ("S", "N", Purpose.THROUGH)}


def test_attractions_follow_the_productions_of_their_purpose():
    masses = [mass("A", Purpose.SHOPPING, 90.0, 0.0), mass("B", Purpose.SHOPPING, 0.0, 1.0)]
    assert veh(gravity_cells(masses, ways())) == pytest.approx({("A", "B"): 90.0, ("B", "A"): 90.0}), "there and back"


def test_the_structure_is_met_and_trips_that_pass_the_town_are_left_alone():
    masses = [*commuting(), *(mass(gate, Purpose.THROUGH, 80.0, 80.0) for gate in OUTSIDE)]
    masses += [mass(zone, Purpose.LEISURE, 100.0, 100.0) for zone in INSIDE]
    shares = {TripKind.THROUGH: 0.1, TripKind.ORIGIN_DESTINATION: 0.58, TripKind.INTERNAL: 0.32}
    plain = gravity_cells(masses, ways())
    cells = gravity_cells(masses, ways(), structure=Structure(shares=shares))
    kinds: Counter[int] = Counter()
    for cell in cells:
        kinds[(cell.origin in INSIDE) + (cell.destination in INSIDE)] += cell.veh_24h
    total = kinds.total()
    assert [kinds[n] / total for n in range(3)] == pytest.approx([0.1, 0.58, 0.32])
    assert total == pytest.approx(sum(cell.veh_24h for cell in plain))
    more = gravity_cells(masses, ways(), structure=Structure(shares=shares, total_veh=5_000.0))
    assert sum(cell.veh_24h for cell in more) == pytest.approx(5_000.0)
    only_town = {TripKind.THROUGH: 0.0, TripKind.ORIGIN_DESTINATION: 0.5, TripKind.INTERNAL: 0.5}
    passed = gravity_cells(masses, ways(), structure=Structure(shares=only_town), passing=OUTSIDE)
    assert veh(passed, Purpose.THROUGH) == pytest.approx(veh(plain, Purpose.THROUGH))


def test_masses_that_contradict_each_other_name_the_purpose():
    outside = [mass("N", Purpose.COMMUTING, 100.0, 0.0), mass("S", Purpose.COMMUTING, 0.0, 100.0)]
    with pytest.raises(InvalidValueError, match=r"masses of commuting: rows\[2\]"):
        gravity_cells(outside, ways())
    with pytest.raises(InvalidValueError, match="masses of shopping"):
        gravity_cells([mass("A", Purpose.SHOPPING, 5.0, 0.0)], ways())


def test_purposes_without_masses_are_kept_and_scaled_with_the_rest():
    kept = DemandCell(origin="N", destination="S", purpose=Purpose.THROUGH, veh_24h=50.0, provenance=HERE)
    masses = [mass("A", Purpose.SHOPPING, 90.0, 0.0), mass("B", Purpose.SHOPPING, 0.0, 1.0)]
    assert kept in gravity_cells(masses, ways(), kept=[kept])
    shares = {TripKind.THROUGH: 0.5, TripKind.ORIGIN_DESTINATION: 0.0, TripKind.INTERNAL: 0.5}
    scaled = gravity_cells(masses, ways(), kept=[kept], structure=Structure(shares=shares))
    assert veh(scaled, Purpose.THROUGH) == pytest.approx({("N", "S"): 115.0})
    assert {cell.provenance.source for cell in scaled} == {"gravity model", "made up"}
    with pytest.raises(InvalidValueError, match="kept = 'through'"):
        gravity_cells([mass("N", Purpose.THROUGH, 1.0, 1.0), mass("S", Purpose.THROUGH, 1.0, 1.0)], ways(), kept=[kept])


def test_a_way_back_has_no_masses_of_its_own():
    with pytest.raises(InvalidValueError, match="commuting_home"):
        mass("A", Purpose.COMMUTING_HOME, 1.0, 1.0)


def test_masses_are_read_and_what_is_wrong_is_named(tmp_path: Path):
    path = tmp_path / "masses.csv"
    head = ",".join(MASS_COLUMNS) + "\n"
    path.write_text(head + "A,shopping,90,10,estimated,town\n", encoding="utf-8")
    assert read_masses(path, INSIDE) == (mass("A", Purpose.SHOPPING, 90.0, 10.0),)
    for row, part in (
        ("C,shopping,90,10,estimated,town\n", "zone_id = 'C'"),
        ("A,shopping,-9,10,estimated,town\n", "production_veh_24h = -9.0"),
        ("A,fishing,90,10,estimated,town\n", "purpose = 'fishing'"),
        ("A,shopping,90,nan,estimated,town\n", "attraction_veh_24h = 'nan'"),
        ("A,commuting_home,90,10,estimated,town\n", "must be that of the way there"),
    ):
        path.write_text(head + row, encoding="utf-8")
        with pytest.raises(FileError) as caught:
            read_masses(path, INSIDE)
        assert "masses.csv, row 2" in str(caught.value)
        assert part in str(caught.value)
