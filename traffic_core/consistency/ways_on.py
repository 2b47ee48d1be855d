"""Ends of links: where one cannot go on, where a turn is missing, where one turns round."""

from __future__ import annotations

from typing import TYPE_CHECKING

from traffic_core.bearings import bearing_at_end_deg, bearing_at_start_deg, deflection_deg
from traffic_core.consistency.facts import named
from traffic_core.consistency.findings import Finding, error, note, warning
from traffic_core.network import Movement, NodeControl, RoadClass

if TYPE_CHECKING:
    from traffic_core.consistency.facts import ModelFacts
    from traffic_core.network import Link

BACKWARDS_DEG = 150.0
"""A turn missing beyond this is not an obvious one: it would nearly be a U-turn."""


def check_dead_ends(facts: ModelFacts) -> list[Finding]:
    """Nodes with one neighbour that are no gates: a note where trips start and end there, else a warning."""
    findings = []
    for node in facts.network.nodes.values():
        if not facts.is_dead_end(node.id):
            continue
        used = node.id in facts.zone_nodes
        why = "trips start and end there" if used else "no zone and no car park is there"
        findings.append(
            (note if used else warning)(
                "dead_end",
                f"node {node.id}",
                "1 neighbour",
                "a gate, or at least 2 neighbours",
                f"{node.name} is a dead end inside the network; {why}.",
            )
        )
    return findings


def check_ways_on(facts: ModelFacts) -> list[Finding]:
    """Links without a permitted turn at their end or into their start, though other links go on there."""
    findings = []
    for link in facts.network.links.values():
        onward = any(other.to_node != link.from_node for other in facts.go[link.to_node])
        if onward and not facts.turns_from[link.id] and not facts.is_gate(link.to_node):
            text = f"At the end of {named(link)} at node {link.to_node} no turn is permitted."
            findings.append(_closed(facts, link, "no_way_on", link.to_node, text))
        inward = any(other.from_node != link.to_node for other in facts.come[link.from_node])
        if inward and link.id not in facts.entered and not facts.is_gate(link.from_node):
            text = f"No turn at node {link.from_node} leads into {named(link)}."
            findings.append(_closed(facts, link, "no_way_in", link.from_node, text))
    return findings


def _closed(facts: ModelFacts, link: Link, kind: str, node: str, text: str) -> Finding:
    return (warning if node in facts.zone_nodes else error)(kind, f"link {link.id}", "0 turns", "at least 1 turn", text)


def check_missing_turns(facts: ModelFacts) -> list[Finding]:
    """Obvious movements that no turn permits; a ban is possible, so they are notes.

    Left out are interchanges and the way from one ramp straight into another.
    """
    findings = []
    for link in facts.network.links.values():
        node = facts.network.nodes[link.to_node]
        if node.control in {NodeControl.GATE, NodeControl.GRADE_SEPARATED}:
            continue
        known = {turn.to_link for turn in facts.turns_from[link.id]}
        for other in facts.go[link.to_node]:
            if link.road_class is RoadClass.RAMP and other.road_class is RoadClass.RAMP:
                continue
            deflection = deflection_deg(bearing_at_end_deg(link.line), bearing_at_start_deg(other.line))
            if other.to_node == link.from_node or other.id in known or abs(deflection) > BACKWARDS_DEG:
                continue
            text = f"At {node.name} no turn leads from {named(link)} into {named(other)}."
            findings.append(
                note(
                    "missing_turn",
                    f"node {node.id}",
                    f"{link.id} to {other.id}, {deflection:.0f}°",
                    "a turn, unless it is banned",
                    text,
                )
            )
    return findings


def check_u_turns(facts: ModelFacts) -> list[Finding]:
    """U-turns at nodes that are no dead ends."""
    return [
        note(
            "u_turn",
            f"turn {turn.id}",
            turn.movement.value,
            "U-turns at dead ends only",
            f"At {facts.network.nodes[turn.node_id].name} a U-turn is permitted, which is no dead end.",
        )
        for turn in facts.network.turns.values()
        if turn.movement is Movement.U_TURN and len(facts.neighbours(turn.node_id)) > 1
    ]
