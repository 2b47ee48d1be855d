"""`stadttakt import`: a folder that all readers accept, a summary, and nothing left of what failed."""

from __future__ import annotations

import filecmp
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from api.town import load_town
from traffic_core.demand_files import read_demand
from traffic_core.formats.abstract_folder import read_abstract
from traffic_core.formats.tntp.reader import read_tntp_network, read_tntp_trips
from traffic_core.gmns import read_network

FORMATS = Path(__file__).parents[2] / "traffic_core" / "formats"

OSM = """<?xml version='1.0' encoding='UTF-8'?>
<osm version="0.6">
<node version="1" id="1" lon="9.000" lat="48.700"/><node version="1" id="2" lon="9.004" lat="48.700"/>
<node version="1" id="3" lon="9.002" lat="48.702"/>
<way version="1" id="7"><nd ref="1"/><nd ref="2"/><tag k="highway" v="residential"/><tag k="name" v="Weg"/></way>
<way version="1" id="8"><nd ref="2"/><nd ref="3"/><tag k="highway" v="residential"/></way>
<way version="1" id="9"><nd ref="3"/><nd ref="1"/><tag k="highway" v="residential"/></way>
</osm>
"""
MATRIX = "$O;D3\n* from to\n0.00 24.00\n* factor\n1.00\n{rows}$NAMES\n"


@pytest.fixture
def gmns(tmp_path):
    folder = tmp_path / "quelle"
    folder.mkdir()
    nodes = "node_id,x_coord,y_coord,zone_id\n1,9.0,48.0,1\n2,9.005,48.0,2\n"
    (folder / "node.csv").write_text(nodes, encoding="utf-8")
    links = "link_id,from_node_id,to_node_id,directed,facility_type\n5,1,2,0,primary\n"
    (folder / "link.csv").write_text(links, encoding="utf-8")
    return folder


def test_a_tntp_instance_becomes_an_abstract_folder(stadttakt, braess, tmp_path):
    said = stadttakt("import", "tntp", *braess, "--out", tmp_path / "out", "--json")
    assert said.code == 0
    assert said.err == ""
    summary = said.json
    assert (summary["nodes"], summary["links"], summary["zones"], summary["trips"]) == (4, 5, 2, 6.0)
    assert summary["name"] == "braess"
    assert summary["next"] == f"stadttakt assign {tmp_path / 'out'}"
    network, trips = read_abstract(tmp_path / "out")
    expected = read_tntp_network(braess[0])
    assert (network.b == expected.b).all()
    assert (trips == read_tntp_trips(braess[1], expected.zone_ids)).all()


def test_the_network_alone_and_coordinates_are_accepted(stadttakt, braess, tmp_path):
    assert stadttakt("import", "tntp", braess[0], "--out", tmp_path / "a").code == 0
    nodes = tmp_path / "nodes.tntp"
    nodes.write_text("node x y\n1 0 0\n2 5 6\n3 1 1\n9 0 0\n", encoding="utf-8")
    said = stadttakt("import", "tntp", *braess, nodes, "--out", tmp_path / "b", "--json").json
    assert said["bbox"] == [0.0, 0.0, 5.0, 6.0]
    assert {warning["kind"] for warning in said["warnings"]} == {
        "node without coordinates",
        "coordinates of a node that the network has not",
    }


def test_a_gmns_folder_becomes_a_model_that_the_service_loads(stadttakt, gmns, tmp_path):
    out = tmp_path / "new" / "model"
    said = stadttakt("import", "gmns", gmns, "--out", out, "--name", "Dorf", "--json").json
    assert (said["nodes"], said["links"], said["turns"], said["zones"]) == (2, 2, 2, 2)
    assert said["street_km"] == 0.4
    assert said["bbox"] == [9.0, 48.0, 9.005, 48.0]
    assert said["peak_memory_mb"] > 0
    assert any(warning["kind"] == "lanes taken from the road class" for warning in said["warnings"])
    town = load_town(out)
    assert town.info.name == "Dorf"
    assert len(read_demand(out, town.network).zones) == 2
    document = json.loads((out / "network.geojson").read_text(encoding="utf-8"))
    assert len(document["features"]) == 4


def test_the_summary_for_people_names_figures_warnings_and_the_next_command(stadttakt, gmns, tmp_path):
    said = stadttakt("import", "gmns", gmns, "--out", tmp_path / "out")
    for word in ("nodes", "km of street", "turns", "signals", "car parks", "box", "MB at most"):
        assert word in said.out
    assert f"next: stadttakt network check {tmp_path / 'out'}" in said.out.replace("\n", "")
    assert "lanes taken from" in said.err


def test_a_model_folder_of_our_own_is_checked_and_copied_whole(stadttakt, le_model, tmp_path):
    out = tmp_path / "copy"
    assert stadttakt("import", "gmns", le_model, "--out", out).code == 0
    names = [path.name for path in le_model.iterdir() if path.is_file()]
    assert filecmp.cmpfiles(le_model, out, names, shallow=False) == (names, [], [])
    named = tmp_path / "named"
    assert stadttakt("import", "gmns", le_model, "--out", named, "--name", "Anderswo").code == 0
    assert load_town(named).info.name == "Anderswo"
    assert load_town(named).junctions.keys() == load_town(le_model).junctions.keys()


def test_a_copy_may_be_changed_although_its_source_may_not(stadttakt, le_model, tmp_path):
    source = tmp_path / "source"
    shutil.copytree(le_model, source)
    for path in [*source.iterdir(), source]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    assert stadttakt("import", "gmns", source, "--out", tmp_path / "copy", "--name", "Anderswo").code == 0
    source.chmod(0o755)
    for path in [tmp_path / "copy", *(tmp_path / "copy").iterdir()]:
        assert path.stat().st_mode & 0o200


def test_a_file_that_cannot_be_copied_is_named(stadttakt, le_model, tmp_path):
    shutil.copytree(le_model, tmp_path / "source")
    (tmp_path / "source" / "notes").symlink_to("gone")
    said = stadttakt("import", "gmns", tmp_path / "source", "--out", tmp_path / "copy")
    assert said.code == 2
    assert "notes: file = " in said.err
    assert "must be a file that can be copied" in said.err
    assert not (tmp_path / "copy").exists()


@pytest.mark.parametrize(
    ("name", "text", "part"),
    [
        ("stage.csv", "junction_id,stage_id\n", "stage.csv, row 1: groups = None: must be a column"),
        ("stop.csv", "stop_id\n", "stop.csv, row 1: name = None: must be a column"),
    ],
)
def test_a_damaged_model_folder_of_our_own_is_refused(stadttakt, le_model, tmp_path, name, text, part):
    shutil.copytree(le_model, tmp_path / "mine")
    (tmp_path / "mine" / name).write_text(text, encoding="utf-8")
    said = stadttakt("import", "gmns", tmp_path / "mine", "--out", tmp_path / "out")
    assert said.code == 2
    assert part in said.err
    assert not (tmp_path / "out").exists()


def test_a_folder_is_not_copied_into_itself(stadttakt, le_model, tmp_path):
    shutil.copytree(le_model, tmp_path / "mine")
    said = stadttakt("import", "gmns", tmp_path / "mine", "--out", tmp_path / "mine" / "copy")
    assert said.code == 2
    assert "must not lie inside the folder that is copied" in said.err


def test_an_openstreetmap_file_is_imported(stadttakt, tmp_path):
    path = tmp_path / "dorf.osm"
    path.write_text(OSM, encoding="utf-8")
    said = stadttakt("import", "osm", path, "--out", tmp_path / "out", "--json").json
    assert said["links"] >= 2
    assert "ODbL" in load_town(tmp_path / "out").info.licence


def test_a_sumo_network_is_imported(stadttakt, tmp_path):
    said = stadttakt("import", "sumo", FORMATS / "crossing.net.xml", "--out", tmp_path / "out", "--json").json
    assert said["signals"] >= 1
    assert load_town(tmp_path / "out").junctions == {}
    assert (tmp_path / "out" / "aside" / "signal_phase.csv").is_file()


def test_a_visum_network_with_matrices_is_imported(stadttakt, tmp_path):
    plain = stadttakt("import", "visum", FORMATS / "dorf.net", "--out", tmp_path / "plain", "--json").json
    zones = sorted(read_demand(tmp_path / "plain", read_network(tmp_path / "plain")).zones)
    assert plain["trips"] == 0
    paths = []
    for name, factor in (("pkw", 1), ("lkw", 2)):
        paths.append(tmp_path / f"{name}.mtx")
        rows = f"{zones[0]} {zones[1]} {10 * factor}\n{zones[0]} {zones[0]} 5\n"
        paths[-1].write_text(MATRIX.format(rows=rows), encoding="utf-8")
    said = stadttakt("import", "visum", FORMATS / "dorf.net", *paths, "--out", tmp_path / "out", "--json").json
    assert said["trips"] == 30.0
    assert any(warning["kind"] == "trips inside a zone: left out" for warning in said["warnings"])
    (cell,) = read_demand(tmp_path / "out", read_network(tmp_path / "out")).cells
    assert (cell.origin, cell.destination, cell.veh_24h) == (zones[0], zones[1], 30.0)
    assert cell.provenance.source == "matrices pkw.mtx, lkw.mtx"


def refused(stadttakt, out: Path, *arguments) -> str:
    """Message of an import that fails and leaves nothing."""
    before = set(out.parent.rglob("*"))
    said = stadttakt("import", *arguments, "--out", out)
    assert said.code == 2, said
    assert said.out == ""
    assert said.err.startswith("stadttakt: ")
    assert set(out.parent.rglob("*")) == before
    return said.err


@pytest.mark.parametrize("kind", ["osm", "visum", "sumo", "gmns", "tntp"])
def test_a_missing_file_is_named(stadttakt, tmp_path, kind):
    message = refused(stadttakt, tmp_path / "out", kind, tmp_path / "none.xyz")
    assert "none.xyz: " in message
    assert "that exists" in message


def test_a_truncated_tntp_file_says_what_was_promised_and_found(stadttakt, braess, tmp_path):
    net, trips = braess
    net.write_text(net.read_text(encoding="utf-8")[:-40], encoding="utf-8")
    message = refused(stadttakt, tmp_path / "out", "tntp", net, trips)
    assert "braess_net.tntp, row 4: <NUMBER OF LINKS> = 5" in message
    assert "5 promised, 4 found" in message


def test_demand_from_a_missing_zone_and_negative_values_are_named(stadttakt, gmns, tmp_path):
    demand = gmns / "demand.csv"
    demand.write_text("o_zone_id,d_zone_id,volume\n1,3,10\n", encoding="utf-8")
    assert "demand.csv, row 2: d_zone_id = '3'" in refused(stadttakt, tmp_path / "out", "gmns", gmns)
    demand.write_text("o_zone_id,d_zone_id,volume\n1,2,-10\n", encoding="utf-8")
    assert "demand.csv, row 2: volume = '-10'" in refused(stadttakt, tmp_path / "out", "gmns", gmns)


def test_a_matrix_of_a_missing_zone_is_refused(stadttakt, tmp_path):
    matrix = tmp_path / "m.mtx"
    matrix.write_text(MATRIX.format(rows="4711 4712 1\n"), encoding="utf-8")
    message = refused(stadttakt, tmp_path / "out", "visum", FORMATS / "dorf.net", matrix)
    assert "m.mtx, row 6: origin = '4711'" in message


@pytest.mark.parametrize(("kind", "name", "share"), [("sumo", "crossing.net.xml", 0.6), ("visum", "dorf.net", 0.3)])
def test_a_file_cut_off_is_refused(stadttakt, tmp_path, kind, name, share):
    raw = (FORMATS / name).read_bytes()
    (tmp_path / name).write_bytes(raw[: int(len(raw) * share)])
    assert name in refused(stadttakt, tmp_path / "out", kind, tmp_path / name)


def test_an_openstreetmap_file_cut_off_is_refused(stadttakt, tmp_path):
    (tmp_path / "dorf.osm").write_text(OSM[: int(len(OSM) * 0.6)], encoding="utf-8")
    assert "dorf.osm" in refused(stadttakt, tmp_path / "out", "osm", tmp_path / "dorf.osm")


def test_a_folder_in_use_is_refused_before_anything_is_read(stadttakt, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").touch()
    message = refused(stadttakt, tmp_path / "out", "osm", tmp_path / "none.osm")
    assert "out = " in message
    assert "must not exist or be an empty folder" in message


def test_an_empty_name_is_refused(stadttakt, gmns, tmp_path):
    assert "--name = ' '" in refused(stadttakt, tmp_path / "out", "gmns", gmns, "--name", " ")


def test_a_missing_option_is_a_usage_error(stadttakt, gmns):
    said = stadttakt("import", "gmns", gmns)
    assert said.code == 2
    assert "--out" in said.err


def test_nothing_but_json_is_on_stdout_of_a_process(gmns, tmp_path):
    command = [sys.executable, "-m", "api", "import", "gmns", str(gmns), "--out", str(tmp_path / "out"), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ | {"COLUMNS": "40"})
    assert json.loads(done.stdout)["format"] == "gmns"
    assert len(done.stdout.splitlines()) == 1
    assert done.stderr == ""


@pytest.mark.shared
def test_the_neighbouring_town_is_imported(stadttakt, shared_data, tmp_path):
    said = stadttakt(
        "import", "osm", shared_data / "osm" / "boeblingen.osm.pbf", "--out", tmp_path / "out", "--json"
    ).json
    assert said["links"] > 1_000
    assert said["signals"] > 30
    assert load_town(tmp_path / "out").parking.facilities
