"""Demand is valid by construction, and its tables are read strictly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    parts: dict[str, Any] = {"zones": zones, "cells": cells, "profiles": {FLAT.key: FLAT}}
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
    with pytest.raises(InvalidValueError, match="must hold a weekday for all purposes"):
        demand(profiles={})
    commuting = course(DayType.WEEKDAY, 1.0, Purpose.COMMUTING)
    with pytest.raises(InvalidValueError, match=r"profiles = .*weekday,commuting.*must hold a weekday"):
        demand(profiles={commuting.key: commuting})
    with pytest.raises(InvalidValueError, match=r"profile\[weekday\] = .*must be its key"):
        demand(profiles={FLAT.key: FLAT, (DayType.SUNDAY, None): FLAT})


# ---- profiles by purpose -----------------------------------------------------------------------------------------


def course(day_type: DayType, level: float, purpose: Purpose | None = None, hour: int = 7) -> DayProfile:
    shares = tuple(level if at == hour else 0.0 for at in range(24))
    return DayProfile(day_type=day_type, purpose=purpose, shares=shares)


def test_a_purpose_has_its_own_course_and_the_others_share_one():
    to_work = course(DayType.WEEKDAY, 1.0, Purpose.COMMUTING)
    made = demand(profiles={FLAT.key: FLAT, to_work.key: to_work})
    assert made.shares(DayType.WEEKDAY, Purpose.COMMUTING) == to_work.shares
    assert made.shares(DayType.WEEKDAY, Purpose.COMMUTING_HOME) == FLAT.shares


def test_a_day_without_a_course_of_the_purpose_takes_the_one_of_that_day():
    to_work, saturday = course(DayType.WEEKDAY, 1.0, Purpose.COMMUTING), course(DayType.SATURDAY, 0.8, hour=12)
    made = demand(profiles={profile.key: profile for profile in (FLAT, to_work, saturday)})
    assert made.shares(DayType.SATURDAY, Purpose.COMMUTING) == saturday.shares
    assert made.shares(DayType.SUNDAY, Purpose.COMMUTING) == to_work.shares, "a day without any is like a weekday"
    assert made.shares(DayType.SUNDAY, Purpose.SHOPPING) == FLAT.shares


def test_a_single_purpose_may_rest_on_a_sunday_but_the_town_may_not():
    assert course(DayType.SUNDAY, 0.0, Purpose.SHOPPING).level == 0.0
    with pytest.raises(InvalidValueError, match=r"profile\[sunday\].sum of shares = 0.0"):
        course(DayType.SUNDAY, 0.0)
    with pytest.raises(InvalidValueError, match=r"profile\[sunday,fair\].sum of shares = .*from 0 to 3"):
        DayProfile(day_type=DayType.SUNDAY, purpose=Purpose.FAIR, shares=(0.2,) * 24)


def test_a_weekday_of_every_purpose_sums_to_one():
    with pytest.raises(InvalidValueError, match=r"profile\[weekday,commuting\].shares = 0.5: must sum to 1"):
        course(DayType.WEEKDAY, 0.5, Purpose.COMMUTING)


def test_the_total_is_the_sum_over_purposes_by_hand():
    """240 to work, all at 7; 480 shopping, 20 an hour."""
    to_work = course(DayType.WEEKDAY, 1.0, Purpose.COMMUTING)
    cells = (cell("I", "J"), cell("J", "I", 480.0, Purpose.SHOPPING))
    made = demand(*cells, profiles={FLAT.key: FLAT, to_work.key: to_work})
    assert made.total_veh_h(DayType.WEEKDAY) == pytest.approx([260.0 if hour == 7 else 20.0 for hour in range(24)])


@given(st.lists(st.tuples(st.sampled_from(list(Purpose)), st.floats(0.0, 1e5)), max_size=8), st.integers(0, 23))
def test_no_trip_is_lost_between_the_hours(volumes: list[tuple[Purpose, float]], hour: int):
    profiles = {FLAT.key: FLAT} | {
        profile.key: profile
        for profile in (course(DayType.WEEKDAY, 1.0, purpose, hour) for purpose in list(Purpose)[::2])
    }
    cells = {purpose: cell("I", "J", veh_24h, purpose) for purpose, veh_24h in volumes}
    made = demand(*cells.values(), profiles=profiles)
    total = sum(made.total_veh_h(DayType.WEEKDAY))
    assert total == pytest.approx(sum(each.veh_24h for each in cells.values()))


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
PROFILE = "day_type,purpose,hour,share,source\n" + "".join(
    f"weekday,{purpose},{hour},{1 / 24:.8f},flat\n" for purpose in ("", "fair") for hour in range(24)
)


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
    assert list(made.profiles) == [(DayType.WEEKDAY, None), (DayType.WEEKDAY, Purpose.FAIR)]
    assert made.shares(DayType.WEEKDAY, Purpose.FAIR)[0] == pytest.approx(1 / 24)


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
        ("profile.csv", "weekday,,23,", "weekday,,24,", 25, "hour", "0 to 23"),
        ("profile.csv", "weekday,,23,0.0", "weekday,,23,1.0", 25, "share", "0 to 1"),
        ("profile.csv", "weekday,,23,0.0", "weekday,,23,0.9", 25, "profile[weekday].shares", "sum to 1"),
        ("profile.csv", "weekday,fair,23,0.0", "weekday,fair,23,0.9", 49, "profile[weekday,fair].shares", "sum to 1"),
        ("profile.csv", "weekday,,23,", "sunday,,23,", 24, "hour", "24 times, 0 to 23, for weekday and all purposes"),
        ("profile.csv", "weekday,fair,23,", "sunday,fair,23,", 48, "hour", "for weekday and fair"),
        ("profile.csv", "weekday,fair,23,", "weekday,play,23,", 49, "purpose", "commuting_home"),
        ("profile.csv", "weekday,fair,23,", "weekday,fair,22,", 49, "day_type/purpose/hour", "row 48"),
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
