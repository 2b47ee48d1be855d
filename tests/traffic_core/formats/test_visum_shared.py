"""Two real network files with German headers."""

from __future__ import annotations

from collections import Counter

import pytest

from traffic_core.errors import FileError
from traffic_core.formats.visum.reader import OPENSTREETMAP_LICENCE, read_visum
from traffic_core.network import NodeControl, RoadClass

pytestmark = pytest.mark.shared

MOVEMENT_OF_TYPE = {"1": "right", "2": "through", "3": "left", "4": "u_turn"}


@pytest.fixture(scope="module")
def leopoldshafen(shared_data):
    return read_visum(shared_data / "visum" / "leopoldshafen.net")


def test_a_town_is_read_whole(leopoldshafen):
    network = leopoldshafen.network
    assert (len(network.nodes), len(network.links), len(network.turns)) == (268, 603, 1_578)
    assert len(leopoldshafen.zones) == 10
    assert leopoldshafen.licence == OPENSTREETMAP_LICENCE
    assert Counter(link.road_class for link in network.links.values()) == {
        RoadClass.RESIDENTIAL: 463,
        RoadClass.SECONDARY: 90,
        RoadClass.TERTIARY: 20,
        RoadClass.TRUNK: 17,
        RoadClass.RAMP: 11,
        RoadClass.PRIMARY: 2,
    }
    assert sum(node.control is NodeControl.SIGNAL for node in network.nodes.values()) == 3


def test_nothing_had_to_be_assumed_but_what_the_file_does_not_say(leopoldshafen):
    assert leopoldshafen.warnings.counts == {
        "link closed to cars left out": 51,
        "free speed lowered to the top speed of cars on the link type": 2,
        "zone taken as inside: the file does not say that it lies at the cordon": 10,
    }


def test_the_town_lies_on_the_rhine_north_of_karlsruhe(leopoldshafen):
    for node in leopoldshafen.network.nodes.values():
        assert 8.37 < node.position[0] < 8.45
        assert 49.08 < node.position[1] < 49.12
    metres = sum(link.length_m for link in leopoldshafen.network.links.values())
    assert metres == pytest.approx(71_091, abs=1)


def test_directions_of_turns_agree_with_the_file_s_turn_types(leopoldshafen):
    network = leopoldshafen.network
    (table,) = (table for table in leopoldshafen.aside if table.name == "abbieger")
    kinds = {row[:3]: MOVEMENT_OF_TYPE.get(row[3]) for row in table.rows}
    agree = [
        kinds[network.links[turn.from_link].from_node, turn.node_id, network.links[turn.to_link].to_node]
        == turn.movement
        for turn in network.turns.values()
    ]
    assert sum(agree) / len(agree) > 0.93


def test_user_attributes_and_public_transport_are_kept_aside(leopoldshafen):
    aside = {table.name: table for table in leopoldshafen.aside}
    assert "OSM_WAY_ID" in aside["strecke"].columns
    assert len(aside["strecke"].rows) == 654
    assert {"linienroute", "haltestelle", "flaeche", "anbindung"} <= set(aside)


def test_the_smallest_network_lies_in_its_spherical_mercator(shared_data):
    model = read_visum(shared_data / "visum" / "simpleNetwork.net")
    assert len(model.network.links) == 2
    assert model.network.nodes["1"].position == pytest.approx((8.39819, 49.01170), abs=1e-5)
    assert [link.length_m for link in model.network.links.values()] == pytest.approx([125.431, 125.431], abs=1e-3)
    assert model.warnings.counts["capacity missing or unlimited: taken from the road class"] == 2


def test_a_real_file_that_is_cut_inside_a_row_is_refused(shared_data, tmp_path):
    data = (shared_data / "visum" / "leopoldshafen.net").read_bytes()
    path = tmp_path / "cut.net"
    path.write_bytes(data[: data.index(b"$STRECKENPOLY") - 500])
    with pytest.raises(FileError, match="must have a line end: the file is cut off"):
        read_visum(path)
