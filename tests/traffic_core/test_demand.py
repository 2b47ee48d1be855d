"""Demand is valid by construction, and its tables are read strictly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from traffic_core.demand import DayProfile, DayType, Demand, DemandCell, Purpose, TripKind, Zone, ZoneKind
from traffic_core.demand_files import read_demand
from traffic_core.errors import FileError, InvalidValueError
from traffic_core.network import Network, Node, NodeControl
from traffic_core.provenance import Confidence, Provenance

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = Provenance(source="made up for a test", confidence=Confidence.ESTIMATED)
FLAT = DayProfile(day_type=DayType.WEEKDAY, shares=(1.0 / 24.0,) * 24)


def zone(zone_id: str, kind: ZoneKind = ZoneKind.INSIDE) -> Zone:
    return Zone(id=zone_id, name=zone_id, kind=kind, nodes=("A",), provenance=SOURCE)


def cell(origin: str, destination: str, veh_24h: float = 240.0, purpose: Purpose = Purpose.COMMUTING) -> DemandCell:
    return DemandCell(origin=origin, destination=destination, purpose=purpose, veh_24h=veh_24h, provenance=SOURCE)


def demand(*cells: DemandCell, **changes: Any) -> Demand:
    zones = {"I": zone("I"), "J": zone("J"), "O": zone("O", ZoneKind.OUTSIDE), "P": zone("P", ZoneKind.OUTSIDE)}
    parts: dict[str, Any] = {"zones": zones, "cells": cells, "profiles": {DayType.WEEKDAY: FLAT}}
    return Demand(**(parts | changes))


@pytest.mark.parametrize(
    ("origin", "destination", "kind"),
    [
        ("O", "P", TripKind.THROUGH),
        ("O", "I", TripKind.ORIGIN_DESTINATION),
        ("I", "O", TripKind.ORIGIN_DESTINATION),
        ("I", "J", TripKind.INTERNAL),
    ],
)
def test_a_trip_kind_follows_from_its_ends(origin: str, destination: str, kind: TripKind):
    made = demand(cell(origin, destination))
    assert made.trip_kind(made.cells[0]) is kind


@pytest.mark.parametrize("veh_24h", [-1.0, float("nan"), float("inf"), 200_001.0])
def test_an_impossible_volume_is_refused(veh_24h: float):
    with pytest.raises(InvalidValueError, match=r"demand\[I,J,commuting\].veh_24h"):
        cell("I", "J", veh_24h)


def test_a_zone_needs_nodes_each_once():
    for nodes in ((), ("A", "A")):
        with pytest.raises(InvalidValueError, match=r"zone\[I\].nodes"):
            Zone(id="I", name="I", kind=ZoneKind.INSIDE, nodes=nodes, provenance=SOURCE)


def test_a_trip_within_a_zone_is_refused():
    with pytest.raises(InvalidValueError, match="differ"):
        cell("I", "I")


def test_a_cell_of_an_unknown_zone_is_refused():
    with pytest.raises(InvalidValueError, match="'X': must name a zone"):
        demand(cell("I", "X"))


def test_the_same_cell_twice_is_refused():
    with pytest.raises(InvalidValueError, match="must occur once"):
        demand(cell("I", "J"), cell("I", "J", 5.0))
    assert len(demand(cell("I", "J"), cell("I", "J", 5.0, Purpose.SHOPPING)).cells) == 2


def test_a_weekday_must_sum_to_one_and_other_days_keep_their_level():
    with pytest.raises(InvalidValueError, match="must sum to 1"):
        DayProfile(day_type=DayType.WEEKDAY, shares=(0.04,) * 24)
    saturday = DayProfile(day_type=DayType.SATURDAY, shares=(0.83 / 24.0,) * 24)
    assert saturday.level == pytest.approx(0.83)


def test_a_profile_has_24_hours_none_of_them_negative():
    with pytest.raises(InvalidValueError, match="24 hours"):
        DayProfile(day_type=DayType.WEEKDAY, shares=(0.5, 0.5))
    with pytest.raises(InvalidValueError, match=r"shares\[0\]"):
        DayProfile(day_type=DayType.WEEKDAY, shares=(-0.1, *(1.1 / 23.0,) * 23))


def test_demand_needs_a_weekday_and_profiles_under_their_own_name():
    with pytest.raises(InvalidValueError, match="weekday"):
        demand(profiles={})
    with pytest.raises(InvalidValueError, match="must be its key"):
        demand(profiles={DayType.WEEKDAY: FLAT, DayType.SUNDAY: FLAT})


# ---- tables ------------------------------------------------------------------------------------------------------

ZONES = """\
zone_id,name,kind,node_id,confidence,source
Z1,Mitte,inside,A,estimated,a guess
Z1,Mitte,inside,B,estimated,a guess
Z2,Tor,outside,B,estimated,a guess
"""
CELLS = """\
o_zone_id,d_zone_id,purpose,veh_24h,confidence,source
Z1,Z2,commuting,120,derived,a rule
Z2,Z1,fair,80.5,derived,a rule
"""
PROFILE = "day_type,hour,share,source\n" + "".join(f"weekday,{hour},{1 / 24:.8f},flat\n" for hour in range(24))


@pytest.fixture
def network() -> Network:
    def node(node_id: str, lon: float) -> Node:
        return Node(id=node_id, name=node_id, position=(lon, 48.0), control=NodeControl.NONE, provenance=SOURCE)

    return Network(nodes={"A": node("A", 9.0), "B": node("B", 9.1)}, links={}, turns={})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in (("zone.csv", ZONES), ("demand.csv", CELLS), ("profile.csv", PROFILE)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_demand_is_read_and_a_zone_may_have_several_nodes(folder: Path, network: Network):
    made = read_demand(folder, network)
    assert made.zones["Z1"].nodes == ("A", "B")
    assert made.zones["Z2"].kind is ZoneKind.OUTSIDE
    assert [(c.purpose, c.veh_24h) for c in made.cells] == [(Purpose.COMMUTING, 120.0), (Purpose.FAIR, 80.5)]
    assert made.profiles[DayType.WEEKDAY].shares[0] == pytest.approx(1 / 24)


@pytest.mark.parametrize(
    ("name", "old", "new", "row", "field", "limit"),
    [
        ("zone.csv", "inside,B", "inside,X", 3, "node_id", "node.csv"),
        ("zone.csv", "inside,B", "inside,A", 3, "zone_id/node_id", "row 2"),
        ("zone.csv", "inside,B", "outside,B", 3, "kind", "'inside' as in the zone's first row"),
        ("zone.csv", "Z1,Mitte,inside,B", "Z1,Rand,inside,B", 3, "name", "'Mitte' as in"),
        ("zone.csv", "outside", "nowhere", 4, "kind", "inside, outside"),
        ("demand.csv", "Z1,Z2", "Z1,Z9", 2, "d_zone_id", "zone.csv"),
        ("demand.csv", "Z1,Z2", "Z1,Z1", 2, "demand[Z1,Z1,commuting].destination", "differ"),
        ("demand.csv", ",fair,", ",holiday,", 3, "purpose", "park_and_ride"),
        ("demand.csv", "80.5", "NaN", 3, "veh_24h", "finite"),
        ("demand.csv", "80.5", "", 3, "veh_24h", "empty"),
        ("demand.csv", "80.5", "-3", 3, "demand[Z2,Z1,fair].veh_24h", "from 0"),
        ("demand.csv", "Z2,Z1,fair", "Z1,Z2,commuting", 3, "o_zone_id/d_zone_id/purpose", "row 2"),
        ("profile.csv", "weekday,23,", "weekday,24,", 25, "hour", "0 to 23"),
        ("profile.csv", "weekday,23,0.0", "weekday,23,1.0", 25, "share", "0 to 1"),
        ("profile.csv", "weekday,23,0.0", "weekday,23,0.9", 25, "profile[weekday].shares", "sum to 1"),
        ("profile.csv", "weekday,23,", "sunday,23,", 24, "hour", "24 times"),
    ],
)
def test_an_error_in_a_table_names_file_row_field_and_limit(
    folder: Path, network: Network, name: str, old: str, new: str, row: int, field: str, limit: str
):
    text = (folder / name).read_text(encoding="utf-8")
    assert text.count(old) == 1
    (folder / name).write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(FileError) as refused:
        read_demand(folder, network)
    assert (refused.value.file, refused.value.row, refused.value.field) == (name, row, field)
    assert limit in refused.value.limit
