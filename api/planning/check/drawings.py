"""One drawing per junction into a folder."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote

from rich.console import Console
from rich.progress import track

from api.errors import ConfigError
from api.planning.junctions.drawing import write_drawing
from api.planning.junctions.plan import junction_plan
from api.planning.outputs import write_whole
from signal_plans.signal_group import GroupKind
from traffic_core.errors import InvalidValueError
from traffic_core.network import NodeControl

if TYPE_CHECKING:
    from pathlib import Path

    from api.town import Town
    from traffic_core.consistency.facts import ModelFacts

WORTH_DRAWING = {NodeControl.SIGNAL, NodeControl.ROUNDABOUT}
BAR_FROM = 20
"""So many drawings take long enough for a progress bar."""


def draw_junctions(
    folder: Path, town: Town, facts: ModelFacts, junctions: tuple[str, ...], *, every_node: bool
) -> tuple[Path, ...]:
    """Draw the named junctions, else every node, else signals and roundabouts; nodes without a link are left out.

    Files are named after the node; signs that a file name should not hold become `%` and two hexadecimal digits.

    Raises
    ------
    InvalidValueError
        For a junction that the network has not.
    ConfigError
        Where the folder cannot be written.
    """
    chosen = _chosen(facts, junctions, every_node=every_node)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(
            "--drawings", str(folder), f"must be a folder that can be written: {error.strerror}"
        ) from error
    console = Console(stderr=True)
    quiet = not console.is_terminal or len(chosen) < BAR_FROM
    paths: list[Path] = []
    for node_id in track(chosen, "drawing", console=console, disable=quiet, transient=True):
        plan = junction_plan(facts, node_id, _other_groups(town, node_id))
        path = folder / f"{quote(node_id, safe='~ ')}.svg"
        write_whole(path, partial(write_drawing, plan=plan, model=town.info.name))
        paths.append(path)
    return tuple(paths)


def _chosen(facts: ModelFacts, junctions: tuple[str, ...], *, every_node: bool) -> list[str]:
    nodes = facts.network.nodes
    for junction in junctions:
        if junction not in nodes:
            raise InvalidValueError("--junction", junction, "must be a node of the network")
        if not facts.neighbours(junction):
            raise InvalidValueError("--junction", junction, "must be a node with at least one link")
    if junctions:
        return list(dict.fromkeys(junctions))
    return [
        node.id
        for node in nodes.values()
        if (every_node or node.control in WORTH_DRAWING) and facts.neighbours(node.id)
    ]


def _other_groups(town: Town, node_id: str) -> tuple[str, ...]:
    junction = town.junctions.get(node_id)
    if junction is None:
        return ()
    return tuple(group.id for group in junction.layout.groups.values() if group.kind is not GroupKind.VEHICLE)
