"""Everything else of a SUMO network, kept aside in the file's own names and texts.

Not kept are what netconvert computes from the rest: edges and junctions inside junctions, right of way (`request`), and
the outlines of junctions and lanes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from traffic_core.formats.identifiers import identifier_of
from traffic_core.formats.imported import AsideTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from traffic_core.formats.sumo.raw import RawNet
    from traffic_core.formats.sumo.streets import Street
    from traffic_core.formats.sumo.turns import TurnTables
    from traffic_core.formats.sumo.xml import Element

_COMPUTED = {"shape", "incLanes", "intLanes"}


def aside_tables(
    raw: RawNet, streets: Mapping[str, Street], left_out: Mapping[str, str], tables: TurnTables
) -> list[AsideTable]:
    """Tables with at least one row.  `link_id`, `turn_id` are the model's, empty where nothing came of the element."""
    edges = [((street.link_id,), street.edge) for street in streets.values()]
    lanes = [
        ((street.link_id, str(street.lane_number.get(lane.index("index"), ""))), lane)
        for edge_id, street in streets.items()
        for lane in raw.lanes[edge_id]
    ]
    gone = [((reason,), raw.edges[edge_id]) for edge_id, reason in left_out.items()]
    junctions = [((identifier_of(name),), junction) for name, junction in raw.junctions.items()]
    connections = [
        ((turn_id,), connection) for turn_id, connection in zip(tables.turn_of_connection, raw.connections, strict=True)
    ]
    found = [
        _table("sumo_location", (), [] if raw.location is None else [((), raw.location)]),
        _table("sumo_type", (), [((), kind) for kind in raw.types]),
        _table("sumo_edge", ("link_id",), edges),
        _table("sumo_edge_left_out", ("reason",), gone, computed=_COMPUTED - {"shape"}),
        _table("sumo_lane", ("link_id", "lane_number"), lanes),
        _table("sumo_junction", ("node_id",), junctions),
        _table("sumo_connection", ("turn_id",), connections),
        _table("sumo_roundabout", (), [((), roundabout) for roundabout in raw.roundabouts]),
        _parameters(raw),
    ]
    return [table for table in found if table.rows]


def _table(
    name: str,
    own: Sequence[str],
    records: Sequence[tuple[tuple[str, ...], Element]],
    computed: Iterable[str] = _COMPUTED,
) -> AsideTable:
    """One row per element: our columns, then every attribute that occurs, in the order of its first occurrence."""
    keys = dict.fromkeys(key for _, element in records for key in element.attributes)
    columns = [key for key in keys if key not in computed]
    rows = tuple((*ours, *(element.attributes.get(key, "") for key in columns)) for ours, element in records)
    return AsideTable(name=name, columns=(*own, *columns), rows=rows)


def _parameters(raw: RawNet) -> AsideTable:
    """Free `<param key value>` of any element, also those inside edges."""
    outer = (*raw.edges.values(), *raw.junctions.values(), *raw.connections, *raw.programmes)
    holders = [*outer, *(child for element in outer for child in element.children)]
    rows = tuple(
        (
            holder.tag,
            holder.attributes.get("id", ""),
            param.attributes.get("key", ""),
            param.attributes.get("value", ""),
        )
        for holder in holders
        for param in holder.children
        if param.tag == "param"
    )
    return AsideTable(name="sumo_param", columns=("element", "id", "key", "value"), rows=rows)
