"""Networks without geography as a folder of tables: nothing is lost on the way."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from traffic_core.assignment.problem import AssignmentNetwork
from traffic_core.errors import FileError, InvalidValueError
from traffic_core.formats.abstract_folder import is_abstract, read_abstract, write_abstract

NODES, LINKS, ZONES = 4, 5, 2


def network_of(**changes) -> AssignmentNetwork:
    arrays = {
        "node_ids": ("a", "b", "c", "Knoten 4"),
        "link_ids": ("1", "2", "3", "4", "5,5"),
        "zone_ids": ("Z2", "Z1"),
        "zone_node": np.array([1, 0]),
        "passable": np.array([0, 0, 1, 1], np.uint8),
        "from_node": np.array([0, 0, 2, 2, 3]),
        "to_node": np.array([2, 3, 1, 3, 1]),
        "free_flow_time": np.array([1.0, 0.1, 0.0, 1 / 3, 2e-9]),
        "capacity": np.array([1800.0, math.inf, 0.0, 1.0, 2.0]),
        "b": np.array([0.15, 0.0, 0.0, 1e9, 0.02]),
        "power": np.array([4.0, 0.0, 0.0, 1.0, 4.734]),
        "length": np.array([0.1, 0.2, 0.3, 0.4, 0.5]),
        "toll": np.array([0.0, 0.7, 0.0, 0.0, 1e-3]),
    }
    return AssignmentNetwork(**{**arrays, **changes})


def assert_same(a: AssignmentNetwork, b: AssignmentNetwork) -> None:
    for field in dataclasses.fields(AssignmentNetwork):
        first, second = getattr(a, field.name), getattr(b, field.name)
        if isinstance(first, tuple):
            assert first == second
        else:
            assert first.dtype == second.dtype
            np.testing.assert_array_equal(first, second)


TRIPS = np.array([[0.5, 1 / 3], [0.0, 0.0]])


def test_network_and_trips_come_back_to_the_last_digit(tmp_path):
    write_abstract(tmp_path / "new", network_of(), TRIPS, name="Klein", source="a test")
    network, trips = read_abstract(tmp_path / "new")
    assert_same(network, network_of())
    np.testing.assert_array_equal(trips, TRIPS)
    assert is_abstract(tmp_path / "new")


positive = st.floats(1e-300, 1e300)


@given(
    time=st.lists(st.floats(0.0, 1e300), min_size=LINKS, max_size=LINKS),
    capacity=st.lists(positive, min_size=LINKS, max_size=LINKS),
    volumes=st.lists(st.floats(0.0, 1e300), min_size=4, max_size=4),
)
def test_any_finite_number_comes_back(tmp_path_factory, time, capacity, volumes):
    network = network_of(free_flow_time=np.array(time), capacity=np.array(capacity))
    table = np.array(volumes).reshape(2, 2)
    folder = tmp_path_factory.mktemp("abstract") / "new"
    write_abstract(folder, network, table, name="x", source="y")
    found, trips = read_abstract(folder)
    assert_same(found, network)
    np.testing.assert_array_equal(trips, table)


def test_zones_at_the_same_node_and_coordinates_are_written(tmp_path):
    network = network_of(zone_node=np.array([1, 1]))
    write_abstract(tmp_path / "new", network, None, name="x", source="y", nodes_xy={"b": (9.1, -2.5)})
    lines = (tmp_path / "new" / "node.csv").read_text(encoding="utf-8").splitlines()
    assert lines[:3] == ["node_id,x_coord,y_coord,zone_id,passable", "a,,,,0", "b,9.1,-2.5,Z2;Z1,0"]
    found, trips = read_abstract(tmp_path / "new")
    assert found.zone_node.tolist() == [1, 1]
    assert not trips.any()


def test_a_folder_in_use_is_left_alone(tmp_path):
    (tmp_path / "mine").write_text("x", encoding="utf-8")
    with pytest.raises(InvalidValueError, match="must not exist or be an empty folder"):
        write_abstract(tmp_path, network_of(), None, name="x", source="y")
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_trips_of_another_size_are_refused_and_nothing_is_written(tmp_path):
    with pytest.raises(InvalidValueError, match="2 by 2 zones"):
        write_abstract(tmp_path / "new", network_of(), np.zeros((3, 3)), name="x", source="y")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("file", "old", "new", "part"),
    [
        ("link.csv", "1,a,c,1", "1,a,zz,1", r"link.csv, row 2: to_node_id = 'zz': must name a node_id of node.csv"),
        ("link.csv", "1,a,c,1", "1,a,c,0", r"link.csv, row 2: directed = '0': must be 1"),
        ("link.csv", "1800.0", "-1", r"link.csv, row 2: capacity = -1.0: must not be negative"),
        ("link.csv", "1800.0", "0", r"link.csv, row 2: capacity = 0.0: must be above 0 where b is above 0"),
        ("link.csv", "0.15,4.0", "0.15,0.5", r"link.csv, row 2: vdf_beta = 0.5: must be 0 or from 1"),
        ("link.csv", "0.15,4.0", "-0.15,4.0", r"link.csv, row 2: vdf_alpha = -0.15: must be a finite number"),
        ("link.csv", "0.15,4.0", "nan,4.0", r"link.csv, row 2: vdf_alpha = 'nan': must be a finite number"),
        ("node.csv", "a,,,Z1,0", "a,,,Z1,2", r"node.csv, row 2: passable = '2': must be 0 or 1"),
        ("node.csv", "a,,,Z1,0", "a,,,Z7,0", r"node.csv, row 2: zone_id = 'Z7': must agree with zone.csv"),
        ("zone.csv", "Z1,a", "Z1,zz", r"zone.csv, row 3: node_id = 'zz': must name a node_id"),
        ("demand.csv", "Z2,Z1", "Z2,Z9", r"demand.csv, row 3: d_zone_id = 'Z9': must name a zone_id of zone.csv"),
        ("demand.csv", "Z2,Z1", "Z2,Z2", r"demand.csv, row 3: d_zone_id = 'Z2': must occur once with origin Z2"),
        (
            "demand.csv",
            "Z2,Z2,0.5",
            "Z2,Z2,-0.5",
            r"demand.csv, row 2: volume = '-0.5': must be a number of at least 0",
        ),
        ("model.yaml", "kind: abstract", "kind: town", r"model.yaml: kind = None: must be 'abstract'"),
    ],
)
def test_a_cell_that_cannot_be_used_is_named(tmp_path, file, old, new, part):
    write_abstract(tmp_path / "new", network_of(), TRIPS, name="x", source="y")
    path = tmp_path / "new" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(FileError, match=part):
        read_abstract(tmp_path / "new")


def test_a_folder_without_model_yaml_is_refused(tmp_path):
    with pytest.raises(FileError, match=r"model\.yaml: file = .*must be readable YAML"):
        read_abstract(tmp_path)
