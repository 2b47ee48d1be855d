"""Lines of links: WKT in link.csv or geometry.csv, straight where there is none."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from traffic_core.formats.gmns.words import cell, id_cell
from traffic_core.geometry import distance_m
from traffic_core.gmns import ENDS_MEET_M

if TYPE_CHECKING:
    from collections.abc import Mapping

    from traffic_core.formats.gmns.units import Units
    from traffic_core.formats.imported import Warnings
    from traffic_core.geometry import LonLat
    from traffic_core.tables import Row

_LINESTRING = re.compile(r"LINESTRING\s*(?:ZM|Z|M)?\s*\(([^()]*)\)", re.IGNORECASE)


class LineReader:
    """Gives the line of a row of link.csv, from its first node to its last."""

    def __init__(self, geometries: Mapping[str, Row], units: Units, warnings: Warnings) -> None:
        self._geometries, self._units, self._warnings = geometries, units, warnings

    def line(self, row: Row, start: LonLat, end: LonLat) -> tuple[LonLat, ...]:
        """Points in driving direction; both ends are those of the nodes.

        A line that is drawn against the direction is turned.  Raises `FileError` for a geometry_id that is not in
        geometry.csv and for a point without longitude and latitude.
        """
        source = row
        if cell(row, "geometry_id") and not cell(row, "geometry"):
            geometry_id = id_cell(row, "geometry_id")
            if geometry_id not in self._geometries:
                raise row.error("geometry_id", "must name a geometry_id of geometry.csv")
            source = self._geometries[geometry_id]
        text = cell(source, "geometry")
        drawn = self._points(source, text) if text else []
        if len(drawn) < 2:
            if text:
                self._warnings.add("geometry that is no WKT LINESTRING: straight line taken", f"row {source.number}")
            return start, end
        if _ends_m(drawn, end, start) < _ends_m(drawn, start, end):  # says more than dir_flag, which is often wrong
            drawn = drawn[::-1]
        return self._joined(row, drawn, start, end)

    def _points(self, row: Row, text: str) -> list[LonLat]:
        found = _LINESTRING.fullmatch(text.strip())
        if found is None:
            return []
        points: list[LonLat] = []
        for pair in found[1].split(","):
            try:
                x, y = (float(part) for part in pair.split()[:2])
            except ValueError:
                return []
            points.append(self._units.place(row, x, y, ("geometry", "geometry")))
        return points

    def _joined(self, row: Row, drawn: list[LonLat], start: LonLat, end: LonLat) -> tuple[LonLat, ...]:
        """Line with its ends moved to the nodes, or led there where they are further than 5 m away."""
        near_start, near_end = distance_m(drawn[0], start) <= ENDS_MEET_M, distance_m(drawn[-1], end) <= ENDS_MEET_M
        if not (near_start and near_end):
            self._warnings.add("line ends away from its node: led to it", f"link {id_cell(row, 'link_id')}")
        inner = drawn[1 if near_start else 0 : -1 if near_end else None]
        return (start, *inner, end)


def _ends_m(drawn: list[LonLat], start: LonLat, end: LonLat) -> float:
    return distance_m(drawn[0], start) + distance_m(drawn[-1], end)
