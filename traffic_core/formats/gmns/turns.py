"""Turns of GMNS folders of other programs: movement.csv where it speaks of a node, elsewhere all but ways back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from traffic_core.formats.gmns.words import MOVEMENT_OF, bars_cars, cell, id_cell, word
from traffic_core.formats.identifiers import identifier_of
from traffic_core.network import Turn
from traffic_core.turning import movement_between, permitted_turns

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from traffic_core.formats.imported import Warnings
    from traffic_core.network import Link
    from traffic_core.tables import Row


def turns_of_folder(
    rows: Iterable[Row], links: Mapping[str, Link], links_of: Mapping[str, list[Link]], warnings: Warnings
) -> dict[str, Turn]:
    """Turns by id.  A node of which no row for cars speaks permits every way but those back.

    Raises
    ------
    FileError
        For a row that names a missing link, or two links that do not meet at its node.
    """
    turns: dict[str, Turn] = {}
    ways: set[tuple[str, str]] = set()
    told: set[str] = set()
    for row in rows:
        if bars_cars(row):
            warnings.add("movement not for cars: left out", f"row {row.number}")
            continue
        node_id = identifier_of(id_cell(row, "node_id"))
        come, go = (_link(row, name, node_id, links_of) for name in ("ib_link_id", "ob_link_id"))
        told.add(node_id)
        if come is None or go is None:
            warnings.add("movement of a link that was left out: left out", f"row {row.number}")
        elif (come.id, go.id) in ways:
            warnings.add("movement given twice: left out", f"row {row.number}")
        else:
            ways.add((come.id, go.id))
            turn = _turn(row, node_id, come, go, turns)
            turns[turn.id] = turn
    for turn in permitted_turns(links).values():
        if turn.node_id not in told:
            turns[turn.id] = turn
    if told:
        for node_id in dict.fromkeys(link.to_node for link in links.values() if link.to_node not in told):
            warnings.add("node without movements in the file: all turns but those back", f"node {node_id}")
    return turns


def _link(row: Row, name: str, node_id: str, links_of: Mapping[str, list[Link]]) -> Link | None:
    """Direction of a link that ends (ib) or starts (ob) at the node; None where its row was left out."""
    link_id = id_cell(row, name)
    if link_id not in links_of:
        raise row.error(name, "must name a link_id of link.csv")
    inbound = name == "ib_link_id"
    for link in links_of[link_id]:
        if node_id == (link.to_node if inbound else link.from_node):
            return link
    if links_of[link_id]:
        raise row.error(name, f"must {'end' if inbound else 'start'} at node {node_id}")
    return None


def _turn(row: Row, node_id: str, come: Link, go: Link, known: Mapping[str, Turn]) -> Turn:
    """Turn with the file's id, or a made one; its direction by the word of the file, otherwise by bearings."""
    turn_id = identifier_of(id_cell(row, "mvmt_id") or f"T{node_id}-{come.id}-{go.id}")
    if turn_id in known:
        raise row.error("mvmt_id", "must occur once")
    movement = MOVEMENT_OF.get(word(cell(row, "type"))) or movement_between(come.line, go.line)
    return Turn(id=turn_id, node_id=node_id, from_link=come.id, to_link=go.id, movement=movement)
