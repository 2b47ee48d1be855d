"""Area detectors become sightings on the lanes of the town, readiness of junctions, and exits that are full."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from signal_plans.adaptive.area import AreaDetector, assumed_area_detectors, read_area_detectors
from signal_plans.adaptive.full_links import FullLinks
from signal_plans.adaptive.sensors import AreaSensors
from signal_plans.adaptive.town_sensors import adaptive_town
from signal_plans.streams.from_layout import stream_town
from signal_plans.town import town_of
from traffic_core.errors import FileError, InvalidValueError
from traffic_core.network import Lane, Movement
from traffic_core.provenance import Confidence, Provenance
from traffic_core.readings import ApproachReading, SeenVehicle

NOW_S = 1_795_246_200.0
MADE_UP = Provenance(source="made up", confidence=Confidence.ESTIMATED)


def reading(source_id, *vehicles, at_s=NOW_S):
    seen = tuple(SeenVehicle(*vehicle) for vehicle in vehicles)
    return ApproachReading(source_id=source_id, measured_at_s=at_s, received_at_s=at_s, vehicles=seen)


def detector(link, reach_m=100.0, name=None):
    return AreaDetector(id=name or f"area_{link}", link_id=link, reach_m=reach_m, provenance=MADE_UP)


@pytest.fixture(name="junction")
def junction_fixture(build):
    """Sensors of one crossing with a detector on each approach, and its network and town."""
    network, layout = build.network(["J"]), build.crossing("J")
    town = stream_town(network, [layout])
    return AreaSensors(town, network, assumed_area_detectors(network, [layout])), network, town


def lanes_of(town):
    return [lane.id for junction in town.junctions for lane in junction.lanes]


def as_rows(sightings):
    return sorted(zip(*(column.tolist() for column in sightings), strict=True))


def test_each_approach_of_vehicles_gets_one_assumed_detector(build):
    network = build.network(["J"])
    found = assumed_area_detectors(network, [build.crossing("J")])
    assert [one.link_id for one in found] == ["JNin", "JEin", "JSin", "JWin"]
    assert {one.reach_m for one in found} == {150.0}
    assert all("assumed" in one.provenance.source for one in found)


def test_vehicles_stand_on_the_lane_of_their_link_where_they_were_seen(junction):
    sensors, _, town = junction
    sensors.accept(reading("area_JSin", (1, 30.0, 10.0), (None, 5.0, 0.0)))
    lanes = lanes_of(town)
    found = as_rows(sensors.picture(NOW_S).sightings)
    assert found == [(lanes.index("JSin/1"), 5.0, 0.0, 1.0), (lanes.index("JSin/1"), 30.0, 10.0, 1.0)]


def test_a_vehicle_of_unknown_lane_stands_on_all_lanes_by_the_share_of_their_streams(build):
    network = build.network(["J"])
    wide = replace(network.links["JNin"], lanes=2)
    lanes = (
        Lane(link_id="JNin", number=1, movements=frozenset({Movement.RIGHT, Movement.THROUGH})),
        Lane(link_id="JNin", number=2, movements=frozenset({Movement.LEFT})),
    )
    network = replace(network, links=dict(network.links) | {"JNin": wide}, lanes=lanes)
    layout = build.crossing("J")
    town = stream_town(network, [layout])
    sensors = AreaSensors(town, network, assumed_area_detectors(network, [layout]))
    sensors.accept(reading("area_JNin", (None, 40.0, 8.0), (2, 3.0, 0.0), (3, 90.0, 8.0)))
    found = sensors.picture(NOW_S).sightings
    first = lanes_of(town).index("JNin/1")
    # through 0.7 and right 0.15 on the right lane, left 0.15 on the other; there is no third lane
    expected = [
        (first, 40.0, 8.0, 0.85),
        (first, 90.0, 8.0, 0.85),
        (first + 1, 3.0, 0.0, 1.0),
        (first + 1, 40.0, 8.0, 0.15),
        (first + 1, 90.0, 8.0, 0.15),
    ]
    np.testing.assert_allclose(as_rows(found), expected)


@pytest.mark.parametrize(("age_s", "distance_m"), [(0.0, 30.0), (1.0, 20.0), (2.0, 10.0), (3.0, 10.0)])
def test_a_vehicle_goes_on_with_its_speed_for_two_seconds(junction, age_s, distance_m):
    sensors = junction[0]
    sensors.accept(reading("area_JSin", (1, 30.0, 10.0)))
    assert sensors.picture(NOW_S + age_s).sightings.distance_m.tolist() == [distance_m]


def test_nobody_drives_over_the_stop_line_unseen_and_news_of_more_than_three_seconds_are_dropped(junction):
    sensors = junction[0]
    sensors.accept(reading("area_JSin", (1, 5.0, 10.0)))
    assert sensors.picture(NOW_S + 2.0).sightings.distance_m.tolist() == [0.0]
    assert sensors.picture(NOW_S + 3.1).sightings.distance_m.size == 0


def test_a_junction_is_ready_while_all_its_approaches_are_seen(junction):
    sensors = junction[0]
    for link in ("JNin", "JEin", "JSin"):
        sensors.accept(reading(f"area_{link}"))
    assert sensors.picture(NOW_S).ready.tolist() == [False]
    sensors.accept(reading("area_JWin", at_s=NOW_S + 2.0))
    assert sensors.picture(NOW_S + 2.0).ready.tolist() == [True]
    assert sensors.picture(NOW_S + 3.5).ready.tolist() == [False]


def test_an_older_reading_and_one_of_a_stranger_change_nothing(junction):
    sensors = junction[0]
    sensors.accept(reading("area_JSin", (1, 30.0, 0.0), at_s=NOW_S))
    sensors.accept(reading("area_JSin", (1, 99.0, 0.0), at_s=NOW_S - 1.0))
    sensors.accept(reading("stranger", (1, 50.0, 0.0)))
    assert sensors.picture(NOW_S).sightings.distance_m.tolist() == [30.0]


def test_news_from_far_in_the_future_are_forgotten_as_a_clock_was_set_back(junction):
    sensors = junction[0]
    sensors.accept(reading("area_JSin", (1, 30.0, 0.0), at_s=NOW_S + 100.0))
    assert sensors.picture(NOW_S).sightings.lane.size == 0
    sensors.accept(reading("area_JSin", (1, 20.0, 0.0), at_s=NOW_S))
    assert sensors.picture(NOW_S).sightings.distance_m.tolist() == [20.0]


def test_of_two_detectors_on_a_link_the_second_serves_while_the_first_is_silent(build):
    network, layout = build.network(["J"]), build.crossing("J")
    sensors = AreaSensors(
        stream_town(network, [layout]), network, [detector("JNin", name="a"), detector("JNin", 60.0, name="b")]
    )
    sensors.accept(reading("a", (1, 10.0, 0.0)))
    sensors.accept(reading("b", (1, 11.0, 0.0), at_s=NOW_S + 2.0))
    assert sensors.picture(NOW_S + 2.0).sightings.distance_m.tolist() == [10.0]
    assert sensors.picture(NOW_S + 4.0).sightings.distance_m.tolist() == [11.0]
    assert sensors.seen_m[0] == 60.0
    assert sensors.seen_m[1:] == (0.0, 0.0, 0.0)


def test_vehicles_beyond_the_sight_of_the_control_are_left_out(build):
    network, layout = build.network(["J"]), build.crossing("J")
    town = stream_town(network, [layout])
    sensors = AreaSensors(town, network, assumed_area_detectors(network, [layout]), sight_m=120.0)
    sensors.accept(reading("area_JNin", (1, 120.0, 9.0), (1, 121.0, 9.0)))
    assert sensors.picture(NOW_S).sightings.distance_m.tolist() == [120.0]


def test_an_exit_is_closed_while_somebody_stands_in_its_first_metres(build):
    network, layout = build.network(["J"]), build.crossing("J")
    town = stream_town(network, [layout])
    length_m = network.links["JNout"].length_m
    sensors = AreaSensors(town, network, [detector("JNout", length_m), detector("JEout", 100.0)])
    closed = [name == "JNout" for name in sensors.exits]
    for speed_m_s, distance_m, expected in (
        (0.0, length_m - 5.0, closed),
        (5.0, length_m - 5.0, [False] * 4),
        (0.0, length_m - 20.0, [False] * 4),
    ):
        fresh = AreaSensors(town, network, [detector("JNout", length_m), detector("JEout", 100.0)])
        fresh.accept(reading("area_JNout", (1, distance_m, speed_m_s)))
        picture = fresh.picture(NOW_S, {"JNout"})
        assert picture.exit_slow.tolist() == expected, "what is seen goes before what others reckon"
        assert picture.sightings.lane.size == 0, "an exit leads to no signal here"


def test_the_queue_of_the_link_counts_where_its_beginning_is_not_seen(build):
    network, layout = build.network(["J"]), build.crossing("J")
    sensors = AreaSensors(stream_town(network, [layout]), network, [detector("JEout", 100.0)])
    sensors.accept(reading("area_JEout", (1, 90.0, 0.0)))
    slow = sensors.picture(NOW_S, {"JEout", "JSout"}).exit_slow
    assert {name for name, is_slow in zip(sensors.exits, slow, strict=True) if is_slow} == {"JEout", "JSout"}


def test_a_link_is_full_where_its_queue_fills_the_room_and_its_detector_is_covered(build):
    network, layout = build.network(["J"]), build.crossing("J")
    town = town_of([layout])
    full = FullLinks([layout], network)
    room_veh = full.room_veh
    covered = np.where(town.is_vehicle, 0.5, math.nan)
    north = np.array([name == "N" for name in layout.groups])
    assert full.of(np.where(north, room_veh, 0.5 * room_veh), covered) == {"JNin"}
    assert full.of(room_veh, np.full(covered.size, math.nan)) == frozenset()
    assert full.of(np.where(north, 0.9 * room_veh, 0.0), covered) == frozenset()


def test_the_control_looks_as_far_as_the_detectors_see(build):
    network, layout = build.network(["J"]), build.crossing("J")
    junction = build.junction("J")
    area = adaptive_town(
        network, {"J": junction}, [detector("JNin", 80.0), *assumed_area_detectors(network, [layout])[1:]]
    )
    assert area.control.lanes.sight_m.tolist() == [80.0, 120.0, 120.0, 120.0]
    assert area.control.places.exits == area.sensors.area.exits


def test_every_vehicle_in_sight_weighs_one(junction):
    sensors, network, town = junction

    @given(
        st.lists(st.tuples(st.sampled_from([None, 1, 2, 7]), st.floats(0.0, 160.0), st.floats(0.0, 30.0)), max_size=20),
        st.floats(0.0, 3.0),
    )
    def holds(vehicles, age_s):
        fresh = AreaSensors(town, network, [detector("JEin", 170.0)])
        fresh.accept(reading("area_JEin", *vehicles))
        found = fresh.picture(NOW_S + age_s).sightings
        assert sensors.seen_m[0] == 150.0
        assert found.weight_veh.sum() == pytest.approx(len(vehicles))
        assert (found.distance_m >= 0.0).all()
        assert found.lane.dtype == np.int64

    holds()


def write(folder, text):
    (folder / "area_detector.csv").write_text("detector_id,link_id,reach_m,confidence,source\n" + text)
    return folder


def test_the_table_of_a_model_folder_is_read(build, tmp_path):
    network = build.network(["J"])
    assert read_area_detectors(tmp_path, network) == ()
    (found,) = read_area_detectors(write(tmp_path, "R1,JNin,85.5,anchor,plan of the site\n"), network)
    assert (found.id, found.link_id, found.reach_m) == ("R1", "JNin", 85.5)


@pytest.mark.parametrize(
    ("row", "field", "value"),
    [
        ("R1,nowhere,80,anchor,plan", "link_id", "nowhere"),
        ("R1,JNin,5,anchor,plan", "area_detector[R1].reach_m", "5.0"),
        ("R1,JNin,far,anchor,plan", "reach_m", "far"),
        ("R/1,JNin,80,anchor,plan", "area_detector.id", "R/1"),
        ("R1,JNin,80,guess,plan", "confidence", "guess"),
        ("R1,JNin,80,anchor,plan\nR1,JEin,80,anchor,plan", "detector_id", "R1"),
    ],
)
def test_a_bad_row_is_named_with_file_field_and_value(build, tmp_path, row, field, value):
    with pytest.raises(FileError) as refused:
        read_area_detectors(write(tmp_path, row + "\n"), build.network(["J"]))
    for part in ("area_detector.csv", field, value):
        assert part in str(refused.value)


@pytest.mark.parametrize(
    ("vehicle", "field"),
    [((0, 5.0, 0.0), "lane"), ((1, -1.0, 0.0), "distance_m"), ((1, 5.0, math.nan), "speed_m_s")],
)
def test_a_reading_with_an_impossible_vehicle_cannot_be_made(vehicle, field):
    with pytest.raises(InvalidValueError, match=rf"vehicles\[1\]\.{field}"):
        reading("R1", (1, 5.0, 0.0), vehicle)


def test_a_reading_holds_at_most_200_vehicles():
    assert len(reading("R1", *[(1, 5.0, 0.0)] * 200).vehicles) == 200
    with pytest.raises(InvalidValueError, match="at most 200"):
        reading("R1", *[(1, 5.0, 0.0)] * 201)
