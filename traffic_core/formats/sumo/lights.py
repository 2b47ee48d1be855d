"""Signal programmes of a SUMO network, kept aside as tables.

They never become supply data of a junction: a simulation's states hold no intergreens that somebody supplied and
answers for, and the safety core takes intergreens from supply data only and derives none from a simulation.  A planner
reads the tables when the supply data are entered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from traffic_core.formats.imported import AsideTable

if TYPE_CHECKING:
    from traffic_core.formats.imported import Warnings
    from traffic_core.formats.sumo.raw import RawNet
    from traffic_core.formats.sumo.turns import TurnTables

PHASE_COLUMNS = ("tl", "programID", "type", "offset", "index", "duration", "state", "minDur", "maxDur", "name", "next")
LINK_COLUMNS = ("tl", "linkIndex", "turn_id", "node_id", "fromLane")


def phase_table(raw: RawNet) -> AsideTable:
    """Each phase of each programme, in the order of the file.

    Raises
    ------
    FileError
        Where a phase lacks its state or its duration is no finite number of at least 0.
    """
    rows: list[tuple[str, ...]] = []
    for programme in raw.programmes:
        of_programme = (programme.text("id"), *(programme.attributes.get(key, "") for key in PHASE_COLUMNS[1:4]))
        phases = [child for child in programme.children if child.tag == "phase"]
        for place, phase in enumerate(phases):
            phase.not_negative("duration")
            phase.text("state")
            of_phase = tuple(phase.attributes.get(key, "") for key in PHASE_COLUMNS[5:])
            rows.append((*of_programme, str(place), *of_phase))
    return AsideTable(name="signal_phase", columns=PHASE_COLUMNS, rows=tuple(rows))


def link_table(raw: RawNet, tables: TurnTables, warnings: Warnings) -> AsideTable:
    """Which place in the states of a signal each turn obeys; a turn with several lanes has several places.

    One signal may control several junctions: `node_id` says which one a row belongs to.
    """
    rows: list[tuple[str, ...]] = []
    nodes: dict[str, set[str]] = {}
    for connection, turn_id in zip(raw.connections, tables.turn_of_connection, strict=True):
        signal = connection.attributes.get("tl")
        if not signal or not turn_id:
            continue
        node = tables.turns[turn_id].node_id
        nodes.setdefault(signal, set()).add(node)
        rows.append((signal, str(connection.index("linkIndex")), turn_id, node, connection.text("fromLane")))
    _warn(raw, nodes, rows, warnings)
    return AsideTable(name="signal_link", columns=LINK_COLUMNS, rows=tuple(rows))


def _warn(raw: RawNet, nodes: dict[str, set[str]], rows: list[tuple[str, ...]], warnings: Warnings) -> None:
    for signal, controlled in nodes.items():
        if len(controlled) > 1:
            warnings.add("signal controls several junctions", f"{signal}: {', '.join(sorted(controlled))}")
    known = {programme.text("id") for programme in raw.programmes}
    for signal in nodes:
        if signal not in known:
            warnings.add("signal without a programme in the file", signal)
    for programme in raw.programmes:
        signal = programme.text("id")
        highest = max((int(row[1]) for row in rows if row[0] == signal), default=-1)
        if any(len(phase.text("state")) <= highest for phase in programme.children if phase.tag == "phase"):
            warnings.add("signal state shorter than the list of its turns", signal)
