"""`stadttakt assign` with a town's model."""

from __future__ import annotations

import csv
import json

import pytest

from traffic_core.gmns import read_network


def table(path):
    with path.open(encoding="utf-8", newline="") as stream:
        return {row["link_id"]: row for row in csv.DictReader(stream)}


def test_an_hour_has_its_share_of_the_day_in_units_that_are_named(stadttakt, village, tmp_path):
    flows = tmp_path / "flows.csv"
    said = stadttakt("assign", village, "--hour", "7", "--gap", "1e-8", "--flows", flows, "--json").json
    assert said["trips"] == pytest.approx(1_900)
    assert said["period"] == "weekday, 7–8 h"
    assert (said["zones"], said["nodes"], said["links"]) == (3, 5, 10)
    rows = table(flows)
    assert float(rows["WA"]["volume_veh_h"]) == pytest.approx(900, abs=0.01)
    assert float(rows["AW"]["volume_veh_h"]) == pytest.approx(1_000, abs=0.01)
    assert sum(float(rows[link]["volume_veh_h"]) for link in ("AB", "AC")) == pytest.approx(900, abs=0.01)
    assert float(rows["WA"]["volume_capacity_ratio"]) == pytest.approx(1.0, abs=0.001)
    assert float(rows["WA"]["free_flow_time_s"]) == pytest.approx(float(rows["WA"]["length_m"]) * 3.6 / 50, abs=0.01)
    assert float(rows["WA"]["time_s"]) > float(rows["WA"]["free_flow_time_s"])
    speed_km_h = 3.6 * float(rows["WA"]["length_m"]) / float(rows["WA"]["time_s"])
    assert float(rows["WA"]["speed_km_h"]) == pytest.approx(speed_km_h, abs=0.01)
    assert rows["WA"]["name"] == "Street AW"


def test_a_day_is_the_sum_of_its_hours_and_tells_the_peak(stadttakt, village, tmp_path):
    flows = tmp_path / "flows.csv"
    said = stadttakt("assign", village, "--flows", flows, "--json").json
    assert said["period"] == "weekday, 24 hours"
    assert said["trips"] == pytest.approx(19_000, rel=1e-4)
    rows = table(flows)
    assert float(rows["WA"]["volume_veh_24h"]) == pytest.approx(9_000, rel=1e-4)
    assert rows["WA"]["peak_hour"] == "7"
    assert float(rows["WA"]["peak_volume_veh_h"]) == pytest.approx(900)
    assert float(rows["WA"]["volume_capacity_ratio"]) == pytest.approx(1.0)
    assert float(rows["WA"]["peak_time_s"]) > float(rows["WA"]["time_s"]) > float(rows["WA"]["free_flow_time_s"])
    for total, column, divisor in (("veh_km", "length_m", 1_000), ("veh_h", "time_s", 3_600)):
        expected = sum(float(row["volume_veh_24h"]) * float(row[column]) for row in rows.values()) / divisor
        assert said[total] == pytest.approx(expected, rel=1e-4)


def test_a_saturday_and_a_sunday_have_their_level(stadttakt, village):
    for day, trips in (("saturday", 0.8 * 19_000), ("sunday", 0.6 * 19_000)):
        said = stadttakt("assign", village, "--day", day, "--json").json
        assert said["trips"] == pytest.approx(trips, rel=1e-4)
        assert said["period"].lower() == f"{day}, 24 hours"


def test_geojson_has_the_columns_of_the_table_and_the_label_of_the_model(stadttakt, village, tmp_path):
    flows, picture = tmp_path / "flows.csv", tmp_path / "flows.geojson"
    assert stadttakt("assign", village, "--hour", "7", "--flows", flows, "--geojson", picture).code == 0
    document = json.loads(picture.read_text(encoding="utf-8"))
    assert document["type"] == "FeatureCollection"
    assert document["about"]["label_en"] == "synthetic on real anchors"
    by_id = {feature["properties"]["link_id"]: feature for feature in document["features"]}
    rows = table(flows)
    assert list(by_id) == list(rows)
    assert list(by_id["AC"]["properties"]) == list(rows["AC"])
    assert by_id["AC"]["properties"]["volume_veh_h"] == float(rows["AC"]["volume_veh_h"])
    assert by_id["AC"]["geometry"] == {"type": "LineString", "coordinates": [[9.11, 48.7], [9.12, 48.705]]}


def test_all_trips_from_and_to_a_zone_are_selected_once(stadttakt, village, tmp_path):
    pairs, flows = tmp_path / "od.csv", tmp_path / "flows.csv"
    options = ("--hour", "7", "--selected-od", pairs, "--flows", flows, "--json")
    said = stadttakt("assign", village, "--select-zone", "ZC", "--select-zone", "ZW", *options).json
    assert said["selected"]["zones"] == ["ZC", "ZW"]
    assert said["selected"]["trips"] == pytest.approx(1_900)
    said = stadttakt("assign", village, "--select-zone", "ZC", *options).json
    assert said["selected"]["trips"] == pytest.approx(100)
    assert pairs.read_text(encoding="utf-8").splitlines() == [
        "o_zone_id,d_zone_id,class,volume_veh_h",
        "ZC,ZW,car,100.0",
    ]
    assert float(table(flows)["AW"]["selected_veh_h"]) == pytest.approx(100, abs=0.01)
    assert float(table(flows)["WA"]["selected_veh_h"]) == 0.0


def test_a_screenline_tells_volume_and_counts_by_direction(stadttakt, village, tmp_path):
    lines = tmp_path / "screenlines.yaml"
    lines.write_text(
        "screenlines:\n  west:\n    in: [WA]\n    out: [AW]\n  middle:\n    east: [AB, AC]\n", encoding="utf-8"
    )
    day = stadttakt("assign", village, "--screenlines", lines, "--json").json["screenlines"]
    directions = [(each["screenline"], each["direction"]) for each in day]
    assert directions == [("west", "in"), ("west", "out"), ("middle", "east")]
    assert day[0]["counted"] == 8_000
    assert day[0]["volume"] == pytest.approx(9_000, rel=1e-4)
    assert day[0]["difference_percent"] == pytest.approx(12.5, abs=0.1)
    assert day[0]["geh"] is None
    assert day[2]["counted"] is None
    assert day[2]["volume"] == pytest.approx(9_000, rel=1e-4)
    assert day[2]["volume_capacity_ratio"] == pytest.approx(0.5)
    hour = stadttakt("assign", village, "--hour", "7", "--screenlines", lines, "--json").json["screenlines"]
    assert hour[0]["counted"] == pytest.approx(800, rel=1e-4)
    assert hour[0]["geh"] == pytest.approx((2 * 100**2 / 1_700) ** 0.5, rel=1e-3)
    sunday = stadttakt("assign", village, "--day", "sunday", "--screenlines", lines, "--json").json["screenlines"]
    assert sunday[0]["counted"] is None
    people = stadttakt("assign", village, "--hour", "7", "--screenlines", lines)
    assert "screenlines" in people.out
    assert "busiest links" in people.out


def test_the_same_screenlines_as_a_table(stadttakt, village, tmp_path):
    lines = tmp_path / "screenlines.csv"
    lines.write_text("screenline_id,direction,link_id\nmiddle,east,AB\nmiddle,east,AC\n", encoding="utf-8")
    said = stadttakt("assign", village, "--hour", "7", "--screenlines", lines, "--json").json["screenlines"]
    assert [each["links"] for each in said] == [["AB", "AC"]]


def test_maps_of_load_selection_and_closure_say_what_they_show(stadttakt, village, tmp_path):
    options = ("--hour", "7", "--map", tmp_path / "load.svg", "--selected-map", tmp_path / "selected.svg")
    said = stadttakt("assign", village, *options, "--select-link", "AC", "--close", "AC", "--json")
    assert said.code == 0
    assert [path.rsplit("/", 1)[1] for path in said.json["written"]] == ["load.svg", "selected.svg", "load_closed.svg"]
    load = (tmp_path / "load.svg").read_text(encoding="utf-8")
    for words in (
        "Umlegung Werktag, 7–8 Uhr",
        "Assignment, weekday, 7–8 h",
        "synthetisch auf realen Ankern · synthetic on real anchors",
        "Kfz/h",
        "veh/h",
        "Auslastung",
        "Lizenz / licence",
        "relative gap",
    ):
        assert words in load, words
    selected = (tmp_path / "selected.svg").read_text(encoding="utf-8")
    assert "Fahrten über AC Street AC" in selected
    assert "gewählte Strecke / chosen link" in selected
    closed = (tmp_path / "load_closed.svg").read_text(encoding="utf-8")
    assert "gesperrt: AC Street AC" in closed
    assert "gesperrt / closed" in closed


@pytest.mark.slow
def test_the_shipped_model_is_assigned_for_a_day(stadttakt, le_model, tmp_path):
    flows = tmp_path / "flows.csv"
    said = stadttakt("assign", "--flows", flows, "--json")
    assert said.code == 0
    assert said.json["network"] == "Leinfelden-Echterdingen"
    assert said.json["converged"] is True
    assert said.json["relative_gap"] <= 1e-6
    assert len(table(flows)) == said.json["links"] == len(read_network(le_model).links)
