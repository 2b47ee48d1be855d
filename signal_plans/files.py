"""Read signal supply data from the tables of a model folder: signal_group, intergreen, stage, programme.

Only safe programmes come out: an unsafe one is refused with the row where it begins.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, TypeVar

from signal_plans.errors import UnsafeProgrammeError
from signal_plans.intergreen import IntergreenMatrix
from signal_plans.junction import Junction
from signal_plans.layout import SignalLayout, Stage
from signal_plans.programme import GreenWindow, SignalProgramme
from signal_plans.signal_group import GroupKind, SignalGroup
from traffic_core.errors import FileError
from traffic_core.network import NodeControl
from traffic_core.tables import PROVENANCE_COLUMNS, Row, read_table

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from traffic_core.network import Network

GROUP_COLUMNS = (
    *("junction_id", "group_id", "kind", "min_green_s", "amber_s", "red_amber_s", "saturation_flow_veh_h", "turns"),
    *PROVENANCE_COLUMNS,
)
GROUP_OPTIONAL = ("crossing_m", "for_blind", "gives_way_to", "on_request")
"""Way on foot, whether it is equipped for the blind (1 or 0), groups that a permissive group lets go first, whether it
has a button (1 or 0); as in `SignalGroup` and `SignalLayout`.  An empty cell is as good as no column."""
INTERGREEN_COLUMNS = ("junction_id", "clearing_group", "entering_group", "intergreen_s", *PROVENANCE_COLUMNS)
STAGE_COLUMNS = ("junction_id", "stage_id", "groups", *PROVENANCE_COLUMNS)
PROGRAMME_COLUMNS = (
    *("junction_id", "programme_id", "cycle_s", "offset_s", "group_id", "green_start_s", "green_length_s"),
    *PROVENANCE_COLUMNS,
)

_Key = TypeVar("_Key")


def read_junctions(folder: Path, network: Network) -> dict[str, Junction]:
    """Read all signalised junctions of a model folder, in the order of signal_group.csv.

    A node with signals that has no rows there is not among them: its supply data are not known, and none are invented.

    Raises
    ------
    FileError
        Names file, row, field, value and limit: of a cell that cannot be used, of a reference that leads nowhere, of a
        turn that no or several vehicle groups serve, of an unsafe programme.
    """
    key = ("junction_id", "group_id")
    groups = _by_junction(read_table(folder / "signal_group.csv", GROUP_COLUMNS, key=key, optional=GROUP_OPTIONAL))
    pair = ("junction_id", "clearing_group", "entering_group")
    intergreens = _by_junction(read_table(folder / "intergreen.csv", INTERGREEN_COLUMNS, key=pair))
    stages = _by_junction(read_table(folder / "stage.csv", STAGE_COLUMNS, key=("junction_id", "stage_id")))
    window = ("junction_id", "programme_id", "group_id", "green_start_s")
    programmes = _by_junction(read_table(folder / "programme.csv", PROGRAMME_COLUMNS, key=window))
    for others in (intergreens, stages, programmes):
        for junction_id, rows in others.items():
            if junction_id not in groups:
                raise rows[0].error("junction_id", "must name a junction of signal_group.csv")
    junctions = {}
    for junction_id, rows in groups.items():
        layout = _layout(network, rows, intergreens.get(junction_id, []), stages.get(junction_id, []))
        junctions[junction_id] = _junction(layout, programmes.get(junction_id, []))
    return junctions


def _by_junction(rows: list[Row]) -> dict[str, list[Row]]:
    return _grouped((row.text("junction_id"), row) for row in rows)


def _grouped(pairs: Iterable[tuple[_Key, Row]]) -> dict[_Key, list[Row]]:
    """Rows by key, both in the order of the file."""
    found: dict[_Key, list[Row]] = defaultdict(list)
    for key, row in pairs:
        found[key].append(row)
    return dict(found)


def _layout(network: Network, group_rows: list[Row], matrix_rows: list[Row], stage_rows: list[Row]) -> SignalLayout:
    node_id = group_rows[0].reference("junction_id", network.nodes, "a node of the network")
    node = network.nodes[node_id]
    if node.control is not NodeControl.SIGNAL:
        raise group_rows[0].error("junction_id", f"must be a node with signals, not with {node.control.value}")
    groups = {group.id: group for group in (_signal_group(row, node_id, network) for row in group_rows)}
    _check_every_turn_is_served(node_id, network, group_rows)
    known = f"a signal group of junction {node_id}"
    times_s = {}
    for row in matrix_rows:
        clearing, entering = (row.reference(field, groups, known) for field in ("clearing_group", "entering_group"))
        times_s[clearing, entering] = row.whole("intergreen_s")
    with group_rows[0].checked():
        matrix = IntergreenMatrix(times_s)
        stages = tuple(Stage(id=row.text("stage_id"), groups=frozenset(row.texts("groups"))) for row in stage_rows)
        return SignalLayout(
            junction_id=node_id,
            name=node.name,
            groups=groups,
            intergreen=matrix,
            stages=stages,
            permissive=frozenset(pair for row in group_rows for pair in _gives_way(row)),
        )


def _gives_way(row: Row) -> list[tuple[str, str]]:
    """Pairs (who gives way, who goes first) of a group; the layout checks them."""
    others = row.texts("gives_way_to") if row.cells.get("gives_way_to") else ()
    return [(row.text("group_id"), other) for other in others]


def _signal_group(row: Row, node_id: str, network: Network) -> SignalGroup:
    turns = row.texts("turns")
    for turn in turns:
        if turn not in network.turns or network.turns[turn].node_id != node_id:
            raise row.error("turns", f"must be turns of the network at node {node_id}, {turn} is not")
    with row.checked():
        return SignalGroup(
            id=row.text("group_id"),
            kind=row.choice("kind", GroupKind),
            min_green_s=row.whole("min_green_s"),
            amber_s=row.whole("amber_s"),
            red_amber_s=row.whole("red_amber_s"),
            turns=turns,
            saturation_flow_veh_h=row.decimal("saturation_flow_veh_h") if row.cells["saturation_flow_veh_h"] else 0.0,
            crossing_m=row.decimal("crossing_m") if row.cells.get("crossing_m") else 0.0,
            for_blind=bool(row.cells.get("for_blind")) and row.flag("for_blind"),
            on_request=bool(row.cells.get("on_request")) and row.flag("on_request"),
        )


def _check_every_turn_is_served(node_id: str, network: Network, group_rows: list[Row]) -> None:
    """Each turn belongs to exactly one vehicle group; it may belong to a bus or cycle group besides."""
    served: set[str] = set()
    for row in group_rows:
        if row.choice("kind", GroupKind) is not GroupKind.VEHICLE:
            continue
        for turn_id in row.texts("turns"):
            if turn_id in served:
                raise row.error("turns", f"must be served by one vehicle group, {turn_id} is served already")
            served.add(turn_id)
    for turn in network.turns.values():
        if turn.node_id == node_id and turn.id not in served:
            raise group_rows[0].error("turns", f"of junction {node_id} must serve turn {turn.id} too")


def _junction(layout: SignalLayout, rows: list[Row]) -> Junction:
    if not rows:
        limit = f"must hold a programme for junction {layout.junction_id}"
        raise FileError("programme.csv", 0, "junction_id", layout.junction_id, limit)
    by_id = _grouped((row.text("programme_id"), row) for row in rows)
    return Junction(layout=layout, programmes=tuple(_programme(layout, rows) for rows in by_id.values()))


def _programme(layout: SignalLayout, rows: list[Row]) -> SignalProgramme:
    first = rows[0]
    cycle_s, offset_s = first.whole("cycle_s"), first.whole("offset_s")
    greens: dict[str, tuple[GreenWindow, ...]] = {}
    for row in rows:
        for field, value in (("cycle_s", cycle_s), ("offset_s", offset_s)):
            if row.whole(field) != value:
                raise row.error(field, f"must be {value} as in row {first.number} of the same programme")
        group = row.reference("group_id", layout.groups, f"a signal group of junction {layout.junction_id}")
        window = GreenWindow(start_s=row.whole("green_start_s"), length_s=row.whole("green_length_s"))
        greens[group] = (*greens.get(group, ()), window)
    try:
        with first.checked():
            return SignalProgramme(
                id=first.text("programme_id"), layout=layout, cycle_s=cycle_s, offset_s=offset_s, greens=greens
            )
    except UnsafeProgrammeError as error:
        limit = "must be safe: " + "; ".join(error.violations)
        raise FileError(first.file, first.number, "programme_id", error.programme_id, limit) from error
