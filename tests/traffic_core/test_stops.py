"""Stops from stop.csv."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from traffic_core.errors import FileError, InvalidValueError
from traffic_core.network import Link, Network, Node, NodeControl, RoadClass
from traffic_core.provenance import Confidence, Provenance
from traffic_core.stops import Stop, StopType, read_stops

if TYPE_CHECKING:
    from pathlib import Path

KNOWN = Provenance(source="a list", confidence=Confidence.ANCHOR)
HEADER = "stop_id,name,type,lon,lat,node_id,link_id,confidence,source\n"
LINE = "100,Kirche,bus,9.1,48.7,,L1,anchor,a list\n"


@pytest.fixture(name="network", scope="module")
def network_fixture() -> Network:
    ends = {"A": (9.1, 48.7), "B": (9.101, 48.7)}
    nodes = {
        node: Node(id=node, name=node, position=at, control=NodeControl.NONE, provenance=KNOWN)
        for node, at in ends.items()
    }
    link = Link(
        id="L1",
        name="Kirchweg",
        from_node="A",
        to_node="B",
        line=tuple(ends.values()),
        length_m=73.4,
        free_speed_m_s=8.0,
        lanes=1,
        capacity_veh_h=800.0,
        road_class=RoadClass.RESIDENTIAL,
        provenance=KNOWN,
    )
    return Network(nodes=nodes, links={link.id: link}, turns={})


def written(folder: Path, *lines: str) -> Path:
    (folder / "stop.csv").write_text(HEADER + "".join(lines), encoding="utf-8")
    return folder


def test_stops_come_in_the_order_of_the_file_with_their_places(tmp_path: Path, network: Network):
    stops = read_stops(written(tmp_path, LINE, "007,Bahnhof,rail,9.1005,48.7,B,,derived,a map\n"), network)
    assert list(stops) == ["100", "007"]
    assert stops["100"].link_id == "L1"
    assert stops["100"].node_id is None
    assert stops["007"] == Stop(
        id="007",
        name="Bahnhof",
        type=StopType.RAIL,
        position=(9.1005, 48.7),
        node_id="B",
        link_id=None,
        provenance=Provenance(source="a map", confidence=Confidence.DERIVED),
    )


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        (LINE.replace("bus", "ferry"), "type", "ferry"),
        (LINE.replace("9.1,", "east,"), "lon", "east"),
        (LINE.replace("48.7", "98.7"), "lat", "98.7"),
        (LINE.replace("L1", "L9"), "link_id", "L9"),
        (LINE.replace(",,L1", ",Z,"), "node_id", "Z"),
        (LINE.replace(",,L1", ",A,L1"), "node_id/link_id", "A"),
        (LINE.replace(",,L1", ",,"), "node_id/link_id", "None"),
        (LINE.replace("anchor", "sure"), "confidence", "sure"),
        (LINE.replace("Kirche", ""), "name", ""),
        (LINE + LINE, "stop_id", "100"),
    ],
)
def test_bad_cell_is_named(tmp_path: Path, network: Network, line: str, field: str, value: str):
    with pytest.raises(FileError) as caught:
        read_stops(written(tmp_path, line), network)
    text = str(caught.value)
    assert "stop.csv" in text
    assert field in text
    assert value in text


def test_missing_file_is_named(tmp_path: Path, network: Network):
    with pytest.raises(FileError, match=r"stop\.csv"):
        read_stops(tmp_path, network)


def test_a_stop_without_a_place_is_refused():
    with pytest.raises(InvalidValueError, match="either a node or a link"):
        Stop(id="1", name="x", type=StopType.BUS, position=(9.0, 48.0), node_id=None, link_id=None, provenance=KNOWN)
