"""`stadttakt assign` refuses what it cannot use: exit code 2, one line with field, value and limit, nothing written."""

from __future__ import annotations

import pytest


def refused(said, *parts):
    assert said.code == 2
    assert said.out == ""
    assert said.err.count("\n") == 1, said.err
    for part in parts:
        assert part in said.err, said.err


@pytest.mark.parametrize(
    ("options", "parts"),
    [
        (("--gap", "0"), ("--gap", "0.0", "above 0")),
        (("--gap", "nan"), ("--gap", "nan")),
        (("--gap", "inf"), ("--gap", "inf")),
        (("--toll-weight", "-1"), ("--toll-weight", "-1.0", "at least 0")),
        (("--distance-weight", "inf"), ("--distance-weight", "inf", "at least 0")),
        (("--max-iterations", "0"), ("--max-iterations", "0", "from 1")),
        (("--hour", "24"), ("--hour", "24", "from 0 to 23")),
        (("--hour", "7"), ("need a town's model",)),
        (("--day", "sunday"), ("need a town's model",)),
        (("--close", "99"), ("--close", "'99'", "must be a link of braess_net")),
        (("--close", "1", "--close", "1-3"), ("--close", "'1-3'", "must be named once")),
        (("--select-link", "x"), ("--select-link", "'x'", "must be a link")),
        (("--select-zone", "9"), ("--select-zone", "'9'", "must be a zone")),
        (("--select-zone", "1", "--select-link", "1"), ("--select-zone", "not be given together")),
        (("--selected-od", "od.csv"), ("--selected-od", "od.csv", "needs --select-link")),
        (("--flows", "flows.txt"), ("--flows", "flows.txt", "must end in .csv")),
        (("--map", "map.jpg"), ("--map", "map.jpg", "must end in .svg or .png")),
        (("--map", "map.svg"), ("--map", "map.svg", "needs coordinates", "--nodes")),
        (("--geojson", "flows.geojson"), ("--geojson", "needs longitudes and latitudes")),
        (("--flows", "nowhere/flows.csv"), ("--flows", "nowhere", "cannot be written")),
        (("--model-classes", "classes.yaml"), ("TRIPS", "must not be given together")),
        (("--screenlines", "missing.yaml"), ("--screenlines", "missing.yaml", "cannot be read")),
        (("--screenlines", "lines.txt"), ("--screenlines", "lines.txt", "must end in")),
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, tuple) else None,
)
def test_an_option_that_cannot_be_used(stadttakt, braess, tmp_path, monkeypatch, options, parts):
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.iterdir())
    refused(stadttakt("assign", *braess, *options, "--json"), *parts)
    assert sorted(tmp_path.iterdir()) == before


def test_two_outputs_must_not_be_one_file(stadttakt, braess, tmp_path):
    flows = tmp_path / "flows.csv"
    options = ("--flows", flows, "--selected-od", tmp_path / "." / "flows.csv", "--select-link", "1")
    refused(stadttakt("assign", *braess, *options), "--selected-od", "another file than that of --flows")


def test_an_output_must_not_be_a_folder(stadttakt, braess, tmp_path):
    (tmp_path / "flows.csv").mkdir()
    refused(stadttakt("assign", *braess, "--flows", tmp_path / "flows.csv"), "--flows", "must be a file")


def test_a_network_file_needs_trips(stadttakt, braess):
    refused(stadttakt("assign", braess[0]), "TRIPS", "must be given")


def test_a_missing_file_is_named(stadttakt, braess, tmp_path):
    refused(stadttakt("assign", tmp_path / "no_net.tntp", braess[1]), "no_net.tntp")
    refused(stadttakt("assign", tmp_path, braess[1]), "model.yaml")


def test_a_negative_capacity_names_file_and_row(stadttakt, braess):
    text = braess[0].read_text(encoding="utf-8")
    braess[0].write_text(text.replace("3 4 1 1 10", "3 4 -1 1 10"), encoding="utf-8")
    refused(stadttakt("assign", *braess), "braess_net.tntp, row 10", "capacity", "-1.0", "must not be negative")


def test_demand_from_a_missing_zone_names_file_and_row(stadttakt, braess):
    text = braess[1].read_text(encoding="utf-8")
    braess[1].write_text(text.replace("2 : 6.0", "7 : 6.0"), encoding="utf-8")
    refused(stadttakt("assign", *braess), "braess_trips.tntp, row 5", "destination", "7")


def test_trips_without_a_way_name_the_pair_and_leave_nothing_behind(stadttakt, braess, tmp_path):
    flows = tmp_path / "flows.csv"
    said = stadttakt("assign", *braess, "--close", "3", "--close", "5", "--flows", flows)
    refused(said, "1", "2", "6.0")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["braess_net.tntp", "braess_trips.tntp"]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("screenlines: [1]", ("screenlines",)),
        ("screenlines: {a: {in: []}}", ("screenlines.a.in",)),
        ("screenlines: {a: {in: ['1', '8']}}", ("a.in", "'8'", "must be a link")),
        ("screenlines: {a: {in: ['1', '1']}}", ("a.in", "must name each link once")),
        ("{", ("is no YAML",)),
    ],
)
def test_screenlines_that_cannot_be_used(stadttakt, braess, tmp_path, text, parts):
    lines = tmp_path / "lines.yaml"
    lines.write_text(text, encoding="utf-8")
    said = stadttakt("assign", *braess, "--screenlines", lines)
    assert said.code == 2
    for part in ("lines.yaml", *parts):
        assert part in said.err


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("classes: []", ("classes",)),
        ("classes: [{name: Car, trips: t.tntp}]", ("classes.0.name", "Car")),
        ("classes: [{name: car, trips: t.tntp, pce: 0}]", ("classes.0.pce", "0")),
        ("classes: [{name: car, trips: t.tntp, toll_weight: .nan}]", ("classes.0.toll_weight",)),
        ("classes: [{name: car, trips: none.tntp}]", ("none.tntp",)),
        ("classes: [{name: car, trips: braess_trips.tntp, closed_links: ['9']}]", ("car.closed_links", "'9'")),
        (
            "classes: [{name: car, trips: braess_trips.tntp}, {name: car, trips: braess_trips.tntp}]",
            ("classes.name", "must each occur once"),
        ),
    ],
)
def test_classes_that_cannot_be_used(stadttakt, braess, tmp_path, text, parts):
    classes = tmp_path / "classes.yaml"
    classes.write_text(text, encoding="utf-8")
    said = stadttakt("assign", braess[0], "--model-classes", classes)
    assert said.code == 2
    for part in parts:
        assert part in said.err


def test_a_node_without_coordinates_is_named(stadttakt, braess, tmp_path):
    nodes = tmp_path / "nodes.tntp"
    nodes.write_text("1 0 0 ;\n2 1 0 ;\n3 1 1 ;\n", encoding="utf-8")
    said = stadttakt("assign", *braess, "--nodes", nodes, "--map", tmp_path / "map.svg")
    refused(said, "--nodes", "'4'", "must have coordinates")


def test_a_link_between_nodes_must_be_the_only_one(stadttakt, braess):
    text = braess[0].read_text(encoding="utf-8").replace("<NUMBER OF LINKS> 5", "<NUMBER OF LINKS> 6")
    braess[0].write_text(text + "3 4 1 1 20 0 1 0 0 1 ;\n", encoding="utf-8")
    refused(stadttakt("assign", *braess, "--close", "3-4"), "--close", "'3-4'", "are 4, 6")


def test_a_town_has_its_own_demand_and_zones(stadttakt, village, braess):
    refused(stadttakt("assign", village, braess[1]), "TRIPS", "holds its own demand")
    refused(stadttakt("assign", village, "--select-zone", "Z99"), "--select-zone", "'Z99'", "must be a zone")
    refused(stadttakt("assign", village, "--close", "XY"), "--close", "'XY'", "must be a link")
    demand = village / "demand.csv"
    demand.write_text(demand.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    refused(stadttakt("assign", village), "demand.csv", "must hold trips")
