"""`stadttakt compare`: two results link by link."""

from __future__ import annotations

import csv
import json

import pytest

HEADER = "link_id,from,to,name,volume_veh_h,volume_capacity_ratio,time_s,length_m"
A_ROWS = ("WA,W,A,West,900,1.0,90,1000", "AB,A,B,Main,700,0.7,60,1500", "AC,A,C,Hill,0,0,70,1600")
B_ROWS = ("WA,W,A,West,900,1.0,90,1000", "AB,A,B,Main,500,0.5,54,1500", "CB,C,B,New,200,,72,1600")


@pytest.fixture
def results(tmp_path):
    paths = tmp_path / "a.csv", tmp_path / "b.csv"
    for path, rows in zip(paths, (A_ROWS, B_ROWS), strict=True):
        path.write_text("\n".join([HEADER, *rows, ""]), encoding="utf-8")
    return paths


def test_differences_sums_and_largest_changes(stadttakt, results, tmp_path):
    out = tmp_path / "difference.csv"
    said = stadttakt("compare", *results, "--out", out, "--json").json
    assert (said["links"], said["only_a"], said["only_b"]) == (2, ["AC"], ["CB"])
    km = {"a": 1.95, "b": 1.97}
    assert said["sums"]["veh_km"] == {
        "a": pytest.approx(km["a"] * 1_000),
        "b": pytest.approx(km["b"] * 1_000),
        "difference": pytest.approx(20.0),
        "percent": pytest.approx(100 * 20 / 1_950),
    }
    assert said["sums"]["veh_h"]["a"] == pytest.approx((900 * 90 + 700 * 60) / 3_600)
    assert said["sums"]["veh_h"]["b"] == pytest.approx((900 * 90 + 500 * 54 + 200 * 72) / 3_600)
    largest = [(each["link_id"], each["difference"], each["percent"]) for each in said["largest"]]
    assert largest == [("AB", -200.0, pytest.approx(-28.5714, rel=1e-4)), ("CB", 200.0, None)]
    with out.open(encoding="utf-8", newline="") as stream:
        rows = {row["link_id"]: row for row in csv.DictReader(stream)}
    assert list(rows) == ["WA", "AB", "CB", "AC"]
    assert rows["AB"]["difference_veh_h"] == "-200.0"
    assert rows["CB"]["present"] == "b"
    assert rows["CB"]["volume_a_veh_h"] == ""
    assert rows["CB"]["difference_percent"] == ""
    assert (rows["AB"]["time_a_s"], rows["AB"]["time_b_s"]) == ("60.0", "54.0")


def test_people_read_a_table(stadttakt, results):
    said = stadttakt("compare", *results, "--largest", "1").out
    for text in ("veh_km", "1,950.0", "-200.0", "1 links only in a.csv: AC", "1 links only in b.csv: CB"):
        assert text in said
    assert "New" not in said


def test_equal_results_differ_in_nothing(stadttakt, results):
    said = stadttakt("compare", results[0], results[0], "--json").json
    assert said["largest"] == []
    assert said["sums"]["veh_h"]["difference"] == 0.0


def test_a_closed_street_is_seen_on_the_map(stadttakt, village, tmp_path):
    """The whole way: assign with and without a street, then compare."""
    base, closed = tmp_path / "base.geojson", tmp_path / "base_closed.geojson"
    assert stadttakt("assign", village, "--hour", "7", "--close", "AC", "--geojson", base).code == 0
    picture, out = tmp_path / "change.svg", tmp_path / "change.geojson"
    options = ("--map", picture, "--geojson", out, "--net", village, "--json")
    said = stadttakt("compare", base, closed, *options).json
    assert {each["link_id"] for each in said["largest"][:3]} == {"AC", "CB", "AB"}
    assert said["sums"]["veh_h"]["difference"] > 0.0
    text = picture.read_text(encoding="utf-8")
    for words in ("Änderung der Verkehrsstärke, Werktag, 7–8 Uhr", "mehr / more (+)", "gesperrt / closed"):
        assert words in text
    features = json.loads(out.read_text(encoding="utf-8"))["features"]
    change = {each["properties"]["link_id"]: each["properties"]["difference_veh_h"] for each in features}
    assert change["AB"] == pytest.approx(-change["AC"], abs=0.01)
    assert change["WA"] == pytest.approx(0.0, abs=0.01)
    tables = (base.with_suffix(".csv"), closed.with_suffix(".csv"))
    assert stadttakt("assign", village, "--hour", "7", "--close", "AC", "--flows", tables[0]).code == 0
    assert stadttakt("compare", *tables, "--map", tmp_path / "again.png", "--net", village).code == 0
    assert (tmp_path / "again.png").read_bytes().startswith(b"\x89PNG")


def test_a_map_needs_courses(stadttakt, results, tmp_path):
    said = stadttakt("compare", *results, "--map", tmp_path / "map.svg")
    assert said.code == 2
    assert "link WA: has no course" in said.err
    assert "--net" in said.err


@pytest.mark.parametrize(
    ("change", "parts"),
    [
        (("900,1.0", "-900,1.0"), ("b.csv, row 2", "volume_veh_h", "-900", "at least 0")),
        (("900,1.0", "nan,1.0"), ("b.csv, row 2", "volume_veh_h", "nan")),
        (("900,1.0", ",1.0"), ("b.csv, row 2", "volume_veh_h")),
        (("0.5,54", "0.5,fast"), ("b.csv, row 3", "time_s", "fast")),
        (("AB,A,B", "WA,W,A"), ("b.csv, row 3", "link_id", "WA", "must occur once")),
        (("AB,A,B", ",A,B"), ("b.csv, row 3", "link_id", "must not be empty")),
        (("AB,A,B", "AB,A,X"), ("b.csv", "link[AB]", "A to X", "from A to B")),
        (("volume_veh_h", "volume_veh_24h"), ("b.csv", "volume_veh_24h", "volume_veh_h as in a.csv")),
        (("volume_veh_h", "flow"), ("b.csv, row 1", "volume", "must be a column")),
        (("link_id", "id"), ("b.csv, row 1", "link_id", "must be a column")),
        (("West,900", "West"), ("b.csv, row 2", "cells", "7", "must have 8")),
    ],
)
def test_a_result_that_cannot_be_used(stadttakt, results, change, parts):
    text = results[1].read_text(encoding="utf-8").replace(*change, 1)
    results[1].write_text(text, encoding="utf-8")
    said = stadttakt("compare", *results, "--json")
    assert said.code == 2
    assert said.out == ""
    for part in parts:
        assert part in said.err, said.err


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("{", ("must be readable JSON",)),
        ("[]", ("features", "must be the list")),
        ('{"features": []}', ("links = 0", "at least one")),
        ('{"features": [{"properties": {}}]}', ("row 1", "feature", "LineString")),
        (
            '{"features": [{"properties": {}, "geometry": {"coordinates": [[9, 48]]}}]}',
            ("row 1", "coordinates", "two finite points"),
        ),
    ],
)
def test_a_geojson_result_that_cannot_be_used(stadttakt, results, tmp_path, text, parts):
    path = tmp_path / "b.geojson"
    path.write_text(text, encoding="utf-8")
    said = stadttakt("compare", results[0], path)
    assert said.code == 2
    for part in ("b.geojson", *parts):
        assert part in said.err, said.err


def test_files_and_options_that_cannot_be_used(stadttakt, results, tmp_path):
    for arguments, part in (
        ((results[0], tmp_path / "none.csv"), "none.csv"),
        ((results[0], tmp_path / "b.xlsx"), "must end in .csv, .geojson or .json"),
        ((*results, "--out", tmp_path / "x.txt"), "--out"),
        ((*results, "--largest", "-1"), "--largest"),
    ):
        said = stadttakt("compare", *arguments)
        assert said.code == 2
        assert part in said.err
