"""`stadttakt assign` with TNTP files and abstract folders."""

from __future__ import annotations

import csv

import pytest

from traffic_core.formats.abstract_folder import write_abstract
from traffic_core.formats.tntp.reader import read_tntp_network, read_tntp_trips

from .conftest import BRAESS_OBJECTIVE

EXPECTED = {"1": 4.0, "2": 2.0, "3": 2.0, "4": 2.0, "5": 4.0}
NODES = "node X Y ;\n1 0 0 ;\n2 2000 0 ;\n3 1000 700 ;\n4 1000 -700 ;\n"


def table(path):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_braess_network_is_assigned_to_its_known_equilibrium(stadttakt, braess):
    said = stadttakt("assign", *braess, "--gap", "1e-10", "--json")
    assert said.code == 0
    figures = said.json
    assert figures["objective"] == pytest.approx(BRAESS_OBJECTIVE, rel=1e-9)
    assert 0.0 <= figures["relative_gap"] <= 1e-10
    assert figures["converged"] is True
    assert (figures["zones"], figures["nodes"], figures["links"], figures["trips"]) == (2, 4, 5, 6.0)
    assert figures["iterations"] >= 1
    assert figures["cpu_s"] >= 0.0
    assert figures["compile_s"] >= 0.0
    assert figures["vehicle_time"] == pytest.approx(6 * 92.0)
    assert said.err == ""


def test_flows_keep_every_digit_and_name_the_nodes(stadttakt, braess, tmp_path):
    flows = tmp_path / "flows.csv"
    assert stadttakt("assign", *braess, "--gap", "1e-12", "--flows", flows).code == 0
    rows = table(flows)
    assert [row["link_id"] for row in rows] == list(EXPECTED)
    assert [(row["init_node"], row["term_node"]) for row in rows][:2] == [("1", "3"), ("1", "4")]
    for row in rows:
        assert float(row["volume"]) == pytest.approx(EXPECTED[row["link_id"]], rel=1e-9)
        assert repr(float(row["volume"])) == row["volume"]
    assert float(rows[3]["time"]) == pytest.approx(12.0)
    assert float(rows[3]["cost"]) == pytest.approx(12.0)
    assert float(rows[3]["volume_capacity_ratio"]) == pytest.approx(2.0)
    assert float(rows[1]["speed"]) == pytest.approx(2.0 / 52.0)


def test_tolls_and_lengths_weigh_as_asked(stadttakt, braess):
    """Tolled, nobody drives 1-4: of 6 vehicles x take the short cut and 6 - x take 3-2; a length is paid in full."""
    plain = stadttakt("assign", *braess, "--gap", "1e-10", "--json").json
    tolled = stadttakt("assign", *braess, "--gap", "1e-10", "--toll-weight", "1000", "--json").json
    # link 2 is shunned: 6 on 1-3, of them x by the short cut; 50 + (6 - x) = 10 + x + 10 x gives 46 / 12
    x = 46.0 / 12.0
    expected = 5 * 36 + 50 * (6 - x) + (6 - x) ** 2 / 2 + 10 * x + x * x / 2 + 5 * x * x
    assert tolled["objective"] == pytest.approx(expected, rel=1e-8)
    far = stadttakt("assign", *braess, "--gap", "1e-10", "--distance-weight", "2", "--json").json
    assert far["objective"] == pytest.approx(plain["objective"] + 2 * 6 * 3, rel=1e-8)


def test_a_closed_link_is_assigned_warm_and_cold(stadttakt, braess, tmp_path):
    """Without the short cut 3 vehicles take each way: twice 5 * 9 + 50 * 3 + 9 / 2."""
    flows = tmp_path / "flows.csv"
    said = stadttakt("assign", *braess, "--gap", "1e-10", "--close", "3-4", "--flows", flows, "--json").json
    assert said["closed"]["objective"] == pytest.approx(399.0, rel=1e-9)
    assert said["closed"]["links"] == ["3-4"]
    assert said["closed"]["relative_gap"] <= 1e-10
    assert set(said["closed"]) >= {"cpu_s", "cold_cpu_s", "share"}
    closed = {row["link_id"]: row for row in table(tmp_path / "flows_closed.csv")}
    assert float(closed["4"]["volume"]) == 0.0
    assert closed["4"]["cost"] == ""
    assert float(closed["1"]["volume"]) == pytest.approx(3.0)
    assert float(table(flows)[3]["volume"]) == pytest.approx(2.0)


def test_selected_trips_are_shown_on_all_links_and_by_zones(stadttakt, braess, tmp_path):
    flows, pairs = tmp_path / "flows.csv", tmp_path / "od.csv"
    options = ("--gap", "1e-10", "--flows", flows, "--selected-od", pairs, "--json")
    said = stadttakt("assign", *braess, "--select-link", "4", *options).json
    assert said["selected"]["trips"] == pytest.approx(2.0)
    assert [float(row["selected"]) for row in table(flows)] == pytest.approx([2.0, 0.0, 0.0, 2.0, 2.0], abs=1e-6)
    assert [(row["o_zone_id"], row["d_zone_id"], row["class"]) for row in table(pairs)] == [("1", "2", "trips")]
    assert float(table(pairs)[0]["volume"]) == pytest.approx(2.0)


def test_two_classes_come_from_a_file(stadttakt, braess, tmp_path):
    classes, flows = tmp_path / "classes.yaml", tmp_path / "flows.csv"
    half = (tmp_path / "braess_trips.tntp").read_text(encoding="utf-8").replace("6.0", "3.0")
    (tmp_path / "half.tntp").write_text(half, encoding="utf-8")
    (tmp_path / "lorries.tntp").write_text(half.replace("3.0", "1.5"), encoding="utf-8")
    classes.write_text(
        "classes:\n"
        "  - {name: car, trips: half.tntp}\n"
        "  - {name: lorry, trips: lorries.tntp, pce: 2, closed_links: ['4']}\n",
        encoding="utf-8",
    )
    said = stadttakt("assign", braess[0], "--model-classes", classes, "--gap", "1e-10", "--flows", flows, "--json").json
    assert said["classes"] == ["car", "lorry"]
    assert said["trips"] == pytest.approx(4.5)
    assert said["objective"] == pytest.approx(BRAESS_OBJECTIVE, rel=1e-8)
    rows = table(flows)
    assert float(rows[3]["volume_lorry"]) == 0.0
    assert float(rows[3]["volume_car"]) == pytest.approx(2.0)
    assert rows[3]["cost_lorry"] == ""
    assert float(rows[0]["volume_capacity_ratio"]) == pytest.approx(4.0)


def test_a_gap_that_is_not_reached_is_said_and_results_are_written_all_the_same(stadttakt, braess, tmp_path):
    flows = tmp_path / "flows.csv"
    said = stadttakt("assign", *braess, "--gap", "1e-300", "--max-iterations", "1", "--flows", flows, "--json")
    assert said.code == 1
    assert said.json["converged"] is False
    assert "not converged: relative gap" in said.err
    assert "wanted 1e-300" in said.err
    assert len(table(flows)) == 5


def test_the_table_for_people_has_the_digits_of_the_objective(stadttakt, braess):
    said = stadttakt("assign", *braess, "--gap", "1e-10")
    assert said.code == 0
    for word in ("objective", "relative_gap", "iterations", "cpu_s", "compile_s", "converged", "386.0"):
        assert word in said.out


def test_a_map_is_drawn_from_a_file_of_nodes(stadttakt, braess, tmp_path):
    nodes, picture = tmp_path / "nodes.tntp", tmp_path / "map.svg"
    nodes.write_text(NODES, encoding="utf-8")
    assert stadttakt("assign", *braess, "--nodes", nodes, "--map", picture).code == 0
    text = picture.read_text(encoding="utf-8")
    assert "braess_net: Umlegung" in text
    assert "units of the file" in text
    assert "<!-- N -->" not in text, "nobody knows where north is in plane coordinates"


def test_an_imported_abstract_folder_is_assigned_like_its_files(stadttakt, braess, tmp_path):
    network = read_tntp_network(braess[0])
    trips = read_tntp_trips(braess[1], network.zone_ids)
    write_abstract(tmp_path / "folder", network, trips, name="Braess", source="Braess 1968")
    said = stadttakt("assign", tmp_path / "folder", "--gap", "1e-10", "--json")
    assert said.json["objective"] == pytest.approx(BRAESS_OBJECTIVE, rel=1e-9)


@pytest.mark.shared
@pytest.mark.slow
def test_sioux_falls_reaches_its_published_objective(stadttakt, shared_data):
    folder = shared_data / "tntp" / "SiouxFalls"
    files = (folder / "SiouxFalls_net.tntp", folder / "SiouxFalls_trips.tntp")
    said = stadttakt("assign", *files, "--gap", "1e-12", "--json").json
    assert said["objective"] == pytest.approx(4_231_335.28710744, rel=1e-11)
