"""The network as GeoJSON."""

from __future__ import annotations

import json

import pytest

from traffic_core.geojson import bounding_box, features, write_geojson
from traffic_core.gmns import read_network
from traffic_core.network import Network


@pytest.fixture(scope="module")
def network(le_model) -> Network:
    return read_network(le_model)


def of_kind(network: Network, kind: str) -> list[dict]:
    return [feature for feature in features(network) if feature["properties"]["kind"] == kind]


def test_each_link_is_a_line_in_driving_direction_with_what_a_map_shows(network):
    lines = of_kind(network, "link")
    assert len(lines) == len(network.links)
    link = next(iter(network.links.values()))
    first = lines[0]
    assert first["geometry"]["type"] == "LineString"
    assert first["geometry"]["coordinates"][0] == pytest.approx(link.line[0], abs=1e-6)
    properties = first["properties"]
    assert properties["free_speed_km_h"] == pytest.approx(link.free_speed_m_s * 3.6, abs=0.05)
    for name in ("id", "name", "from_node", "to_node", "lanes", "capacity_veh_h", "length_m", "road_class"):
        assert name in properties
    assert properties["confidence"] == link.provenance.confidence.value


def test_nodes_and_detectors_are_points_on_the_network(network):
    assert len(of_kind(network, "node")) == len(network.nodes)
    detectors = of_kind(network, "detector")
    assert len(detectors) == len(network.detectors)
    west, south, east, north = bounding_box(network)
    for point in detectors:
        lon, lat = point["geometry"]["coordinates"]
        assert west <= lon <= east
        assert south <= lat <= north


def test_a_written_file_is_one_feature_collection_with_a_feature_in_each_line(network, tmp_path):
    path = tmp_path / "network.geojson"
    write_geojson(path, network)
    document = json.loads(path.read_text(encoding="utf-8"))
    assert document["type"] == "FeatureCollection"
    assert document["bbox"] == bounding_box(network)
    assert document["features"] == list(features(network))
    assert len(path.read_text(encoding="utf-8").splitlines()) == len(document["features"]) + 4


def test_an_empty_network_has_no_box_and_is_still_a_collection(tmp_path):
    empty = Network(nodes={}, links={}, turns={})
    assert bounding_box(empty) is None
    write_geojson(tmp_path / "x.geojson", empty)
    assert json.loads((tmp_path / "x.geojson").read_text(encoding="utf-8")) == {
        "type": "FeatureCollection",
        "features": [],
    }
