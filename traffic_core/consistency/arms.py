"""Arms of junctions: how many there are for the kind of control, and at what angles they meet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from traffic_core.bearings import bearing_at_end_deg, bearing_at_start_deg
from traffic_core.consistency.facts import named
from traffic_core.consistency.findings import Finding, Severity, note
from traffic_core.network import NodeControl, RoadClass

if TYPE_CHECKING:
    from traffic_core.consistency.facts import ModelFacts
    from traffic_core.network import Node

NARROW_DEG = 20.0
MOST_ARMS = {NodeControl.ROUNDABOUT: 6, NodeControl.GIVE_WAY: 4, NodeControl.SIGNAL: 6, NodeControl.GATE: 2}
"""At a gate the carriageways of a motorway may begin at different nodes."""
FEWEST_ARMS = {NodeControl.ROUNDABOUT: 3, NodeControl.GIVE_WAY: 3, NodeControl.SIGNAL: 3}


def check_arm_counts(facts: ModelFacts) -> list[Finding]:
    """Nodes with more or fewer arms (neighbours) than their control suits, and junctions without any control."""
    findings = []
    for node in facts.network.nodes.values():
        arms = len(facts.neighbours(node.id))
        most, fewest = MOST_ARMS.get(node.control), FEWEST_ARMS.get(node.control, 0)
        if most is not None and arms > most:
            findings.append(_count(node, Severity.WARNING, "many_arms", arms, f"at most {most} arms"))
        if 0 < arms < fewest:
            findings.append(_count(node, Severity.NOTE, "few_arms", arms, f"at least {fewest} arms"))
        if node.control is NodeControl.NONE and arms > 2 and len(facts.come[node.id]) > 1:
            findings.append(_count(node, Severity.NOTE, "no_control", arms, "at most 2 arms without a control"))
    return findings


def _count(node: Node, severity: Severity, kind: str, arms: int, limit: str) -> Finding:
    return Finding(
        severity=severity,
        kind=kind,
        record=f"node {node.id}",
        value=f"{arms} arms",
        limit=limit,
        sentence=f"{named(node)} has {arms} arms and the control {node.control.value}.",
    )


def check_angles(facts: ModelFacts) -> list[Finding]:
    """Arms of a junction that lie nearer than 20° to each other; ramps, interchanges and gates are left out."""
    findings = []
    for node in facts.network.nodes.values():
        if node.control in {NodeControl.GATE, NodeControl.GRADE_SEPARATED}:
            continue
        arms = sorted(_arm_bearings(facts, node.id).items(), key=lambda arm: arm[1])
        if len(arms) < 3:
            continue
        for (one, one_deg), (other, other_deg) in zip(arms, arms[1:] + arms[:1], strict=True):
            between_deg = (other_deg - one_deg) % 360.0
            if between_deg < NARROW_DEG:
                findings.append(
                    note(
                        "narrow_angle",
                        f"node {node.id}",
                        f"{between_deg:.0f}°",
                        f"at least {NARROW_DEG:g}°",
                        f"At {named(node)} the arms to {one} and {other} lie {between_deg:.0f}° apart.",
                    )
                )
    return findings


def _arm_bearings(facts: ModelFacts, node_id: str) -> dict[str, float]:
    """Bearing of the arm to each neighbour, degrees; ramps left out."""
    found: dict[str, float] = {}
    for link in facts.come[node_id]:
        if link.road_class is not RoadClass.RAMP:
            found[link.from_node] = (bearing_at_end_deg(link.line) + 180.0) % 360.0
    for link in facts.go[node_id]:
        if link.road_class is not RoadClass.RAMP:
            found[link.to_node] = bearing_at_start_deg(link.line)
    return found
