"""Turns of a Visum network that are open to cars; the direction of each comes from the drawn lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from traffic_core.bearings import bearing_at_end_deg, bearing_at_start_deg, deflection_deg, movement_of
from traffic_core.formats.visum.row import Keys, Record, records
from traffic_core.network import Movement, Turn
from traffic_core.turning import permitted_turns

if TYPE_CHECKING:
    from traffic_core.formats.imported import Warnings
    from traffic_core.formats.visum.cars import Cars
    from traffic_core.formats.visum.links import Links
    from traffic_core.formats.visum.nodes import Places
    from traffic_core.formats.visum.table import VisumFile

    Ends = tuple[str, str]
    """First and last node of a link."""


def read_turns(file: VisumFile, cars: Cars, places: Places, links: Links, warnings: Warnings) -> dict[str, Turn]:
    """Read the turns that cars may take.

    A turn with a set of transport systems without cars is forbidden, and so is a turn that the file does not list at a
    node of which it lists others.  At a node without any, every turn is permitted, U-turns only at dead ends.

    Raises
    ------
    FileError
        For a turn over a missing node or link, one that occurs twice, or a negative or non-finite capacity.
    """
    table = file.table("turn")
    if table is not None:
        table.require("from node", "via node", "to node")
    keys = Keys()
    listed: set[str] = set()
    turns: dict[str, Turn] = {}
    directions = _Directions(links)
    for row in records(table):
        start, via, end = keys.add(row, "from node", "via node", "to node")
        ends = ((start, via), (via, end))
        _check(row, ends, places, links)
        row.not_negative("capacity")
        listed.add(via)
        if not row.has("systems") or cars.may_use(row.text("systems")):
            turns.update(_turns(*ends, links, directions))
        elif all(pair in links.by_ends for pair in ends):
            warnings.add("turn forbidden to cars", "-".join((*ends[0], ends[1][1])))
    unlisted = _unlisted(links, listed)
    if unlisted:
        for node in dict.fromkeys(turn.node_id for turn in unlisted.values()):
            warnings.add("node without turns in the file: all permitted but U-turns", node)
        turns.update(unlisted)
    return turns


def _check(row: Record, ends: tuple[Ends, Ends], places: Places, links: Links) -> None:
    """Raise `FileError` for a node or link that the file does not have."""
    for word, pair in zip(("from node", "to node"), ends, strict=True):
        if pair in links.all_ends:
            continue
        for node_word, node in (("from node", ends[0][0]), ("via node", ends[0][1]), ("to node", ends[1][1])):
            if node not in places.nodes:
                raise row.error(node_word, "must name a node of the file")
        raise row.error(word, f"must make a turn over links of the file: none leads from {pair[0]} to {pair[1]}")


class _Directions:
    """Directions of the links at their ends, degrees from north, each worked out once."""

    def __init__(self, links: Links) -> None:
        self._links = links.links
        self._at_end: dict[str, float] = {}
        self._at_start: dict[str, float] = {}

    def between(self, come: str, go: str) -> Movement:
        """Direction of the turn from one link into the next as the driver sees it."""
        if come not in self._at_end:
            self._at_end[come] = bearing_at_end_deg(self._links[come].line)
        if go not in self._at_start:
            self._at_start[go] = bearing_at_start_deg(self._links[go].line)
        return movement_of(deflection_deg(self._at_end[come], self._at_start[go]))


def _turns(come: Ends, go: Ends, links: Links, directions: _Directions) -> dict[str, Turn]:
    """Turns from each of the parallel links of one pair of nodes into each of another."""
    turns: dict[str, Turn] = {}
    for from_link in links.by_ends.get(come, ()):
        for to_link in links.by_ends.get(go, ()):
            movement = Movement.U_TURN if come[0] == go[1] else directions.between(from_link, to_link)
            turn_id = f"{from_link}-{to_link}"
            turns[turn_id] = Turn(id=turn_id, node_id=go[0], from_link=from_link, to_link=to_link, movement=movement)
    return turns


def _unlisted(links: Links, listed: set[str]) -> dict[str, Turn]:
    """Turns at the nodes that no row of the table of turns mentions."""
    around = {
        link_id: link
        for link_id, link in links.links.items()
        if link.from_node not in listed or link.to_node not in listed
    }
    return {turn_id: turn for turn_id, turn in permitted_turns(around).items() if turn.node_id not in listed}
