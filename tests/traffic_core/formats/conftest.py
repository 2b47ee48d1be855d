"""A small OpenStreetMap file, written object by object in metres."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

import pytest

from traffic_core.formats.osm.reader import read_osm
from traffic_core.geometry import EARTH_RADIUS_M

if TYPE_CHECKING:
    from pathlib import Path

LON, LAT = 9.0, 48.7
M_PER_DEG = math.radians(1.0) * EARTH_RADIUS_M


class OsmTown:
    """Nodes at x m east and y m north of a point, ways and relations; `path` is written by `write`."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "town.osm"
        self.parts = {"node": [], "way": [], "relation": []}

    @staticmethod
    def position(x_m, y_m):
        return LON + x_m / (M_PER_DEG * math.cos(math.radians(LAT))), LAT + y_m / M_PER_DEG

    def node(self, number, x_m, y_m, **tags):
        lon, lat = self.position(x_m, y_m)
        self._add("node", f'id="{number}" lon="{lon:.7f}" lat="{lat:.7f}"', [], tags)

    def way(self, number, *nodes, **tags):
        self._add("way", f'id="{number}"', [f'<nd ref="{node}"/>' for node in nodes], tags)

    def relation(self, number, *members, **tags):
        """Members are (role, kind, number)."""
        texts = [f'<member type="{kind}" ref="{ref}" role="{role}"/>' for role, kind, ref in members]
        self._add("relation", f'id="{number}"', texts, tags)

    def without(self, kind, number):
        """Take an object away, to write another one in its place."""
        self.parts[kind] = [line for line in self.parts[kind] if f' id="{number}"' not in line]

    def cross(self, **tags):
        """Node 1 with arms of 200 m: west (way 20), north (30), east (40), south (50), each drawn towards node 1."""
        self.node(1, 0, 0)
        for number, (x_m, y_m) in enumerate([(-200, 0), (0, 200), (200, 0), (0, -200)], 2):
            self.node(number, x_m, y_m)
            self.way(10 * number, number, 1, **({"highway": "residential", "name": f"Straße {number}"} | tags))

    def text(self):
        objects = [line for lines in self.parts.values() for line in lines]
        return "\n".join(["<?xml version='1.0' encoding='UTF-8'?>", '<osm version="0.6">', *objects, "</osm>\n"])

    def write(self):
        self.path.write_text(self.text(), encoding="utf-8")
        return self.path

    def read(self):
        return read_osm(self.write())

    def _add(self, kind, attributes, children, tags):
        lines = [f"<tag k={quoteattr(key.replace('__', ':'))} v={quoteattr(value)}/>" for key, value in tags.items()]
        self.parts[kind].append(f'<{kind} version="1" {attributes}>{"".join([*children, *lines])}</{kind}>')


@pytest.fixture
def town(tmp_path):
    """Empty town; `__` in the name of a tag stands for a colon."""
    return OsmTown(tmp_path)
