"""Where things lie: lengths, drawn ends, nodes and links too near to each other."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import cKDTree

from traffic_core.consistency.facts import named
from traffic_core.consistency.findings import Finding, Severity, error, note, warning
from traffic_core.geometry import EARTH_RADIUS_M, distance_m, line_length_m

if TYPE_CHECKING:
    from traffic_core.consistency.facts import ModelFacts
    from traffic_core.network import Link

LENGTH_RATIO = 0.01
LENGTH_M = 2.5
"""Half of what a link tolerates at all."""
ENDS_MEET_M = 1.0
ENDS_APART_M = 5.0
NODES_APART_M = 5.0
LARGEST_DETOUR = 3.0
DETOUR_FROM_M = 200.0


def check_lengths(facts: ModelFacts) -> list[Finding]:
    """Lengths against coordinates: beside the drawn line, shorter than the bee line, much longer than it."""
    findings = []
    for link in facts.network.links.values():
        drawn_m = line_length_m(link.line)
        nodes = facts.network.nodes
        straight_m = distance_m(nodes[link.from_node].position, nodes[link.to_node].position)
        if abs(link.length_m - drawn_m) > LENGTH_M + LENGTH_RATIO * drawn_m:
            text = f"{named(link)} is {link.length_m:.1f} m long, but drawn {drawn_m:.1f} m."
            findings.append(_length(Severity.NOTE, "length", link, f"{drawn_m:.1f} m ± 1 % + 2.5 m", text))
        if link.length_m < straight_m - LENGTH_M - LENGTH_RATIO * straight_m:
            text = f"{named(link)} is {link.length_m:.1f} m long, but its nodes lie {straight_m:.1f} m apart."
            findings.append(_length(Severity.WARNING, "length_too_short", link, f"at least {straight_m:.1f} m", text))
        if link.length_m > max(DETOUR_FROM_M, LARGEST_DETOUR * straight_m):
            text = f"{named(link)} is {link.length_m:.0f} m long between nodes only {straight_m:.0f} m apart."
            limit = f"at most {LARGEST_DETOUR:g} times the bee line, from {DETOUR_FROM_M:g} m"
            findings.append(_length(Severity.NOTE, "detour", link, limit, text))
    return findings


def _length(severity: Severity, kind: str, link: Link, limit: str, text: str) -> Finding:
    value = f"{link.length_m:.1f} m"
    return Finding(severity=severity, kind=kind, record=f"link {link.id}", value=value, limit=limit, sentence=text)


def check_ends(facts: ModelFacts) -> list[Finding]:
    """Drawn ends away from their nodes: an error beyond 5 m, else a note beyond 1 m."""
    findings = []
    for link in facts.network.links.values():
        for node_id, point in ((link.from_node, link.line[0]), (link.to_node, link.line[-1])):
            off_m = distance_m(facts.network.nodes[node_id].position, point)
            if off_m <= ENDS_MEET_M:
                continue
            findings.append(
                (error if off_m > ENDS_APART_M else note)(
                    "drawn_end",
                    f"link {link.id}",
                    f"{off_m:.1f} m",
                    f"at most {ENDS_MEET_M:g} m",
                    f"{named(link)} is drawn to a point {off_m:.1f} m from its node {node_id}.",
                )
            )
    return findings


def check_near_nodes(facts: ModelFacts) -> list[Finding]:
    """Pairs of nodes nearer than 5 m to each other: perhaps one junction entered twice."""
    nodes = list(facts.network.nodes.values())
    if len(nodes) < 2:
        return []
    middle = math.radians(sum(node.position[1] for node in nodes) / len(nodes))
    degrees = np.array([node.position for node in nodes], dtype=np.float64)
    plane = np.radians(degrees) * EARTH_RADIUS_M * np.array([math.cos(middle), 1.0])
    # candidates with room for what the plane distorts; the distance on the sphere decides
    pairs = sorted(cKDTree(plane).query_pairs(2 * NODES_APART_M))
    findings = []
    for first, second in pairs:
        a, b = nodes[first], nodes[second]
        apart_m = distance_m(a.position, b.position)
        if apart_m < NODES_APART_M:
            findings.append(
                warning(
                    "near_nodes",
                    f"node {a.id}",
                    f"{apart_m:.1f} m",
                    f"at least {NODES_APART_M:g} m",
                    f"Nodes {named(a)} and {named(b)} lie {apart_m:.1f} m apart.",
                )
            )
    return findings


def check_unused_nodes(facts: ModelFacts) -> list[Finding]:
    """Nodes without any link."""
    return [
        warning(
            "unused_node",
            f"node {node.id}",
            "0 links",
            "at least 1 link",
            f"No link begins or ends at node {named(node)}.",
        )
        for node in facts.network.nodes.values()
        if not facts.come[node.id] and not facts.go[node.id]
    ]


def check_parallel_links(facts: ModelFacts) -> list[Finding]:
    """Links with the same ends: an error where they are drawn alike (entered twice), else a note."""
    findings = []
    for node in facts.network.nodes:
        first: dict[str, Link] = {}
        for link in facts.go[node]:
            known = first.setdefault(link.to_node, link)
            if known is link:
                continue
            alike = known.line == link.line
            how = "drawn alike" if alike else "drawn differently"
            findings.append(
                (error if alike else note)(
                    "parallel_links",
                    f"link {link.id}",
                    f"{node} to {link.to_node}, {how}",
                    "one link in each direction between two nodes",
                    f"{named(link)} has the same ends as {named(known)}, {how}.",
                )
            )
    return findings
