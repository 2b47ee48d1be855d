"""Where trips start and end: zones and car parks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from traffic_core.consistency.facts import named
from traffic_core.consistency.findings import Finding, error, note, warning
from traffic_core.demand import ZoneKind
from traffic_core.geometry import distance_m
from traffic_core.network import RoadClass

if TYPE_CHECKING:
    from traffic_core.consistency.facts import CarPark, ModelFacts
    from traffic_core.demand import Zone

WITHOUT_DRIVEWAYS = {RoadClass.MOTORWAY, RoadClass.TRUNK, RoadClass.RAMP}
FARTHEST_ACCESS_M = 400.0
BOTH_WAYS = "links in both directions"


def check_zones(facts: ModelFacts) -> list[Finding]:
    """Zones at missing nodes or nodes without a way in or out, outside zones without a gate, gates without one."""
    findings = []
    for zone in facts.zones:
        for node in zone.nodes:
            findings += _reference(facts, zone, node) or _kind(facts, zone, node)
    outside = {node for zone in facts.zones if zone.kind is ZoneKind.OUTSIDE for node in zone.nodes}
    if facts.zones:
        for gate in facts.network.nodes.values():
            if facts.is_gate(gate.id) and gate.id not in outside:
                text = f"Gate {named(gate)} belongs to no zone outside: no traffic comes from there."
                findings.append(warning("gate_without_zone", f"node {gate.id}", "no zone", "a zone outside", text))
    return findings


def _reference(facts: ModelFacts, zone: Zone, node: str) -> list[Finding]:
    record, begins = f"zone {zone.id}", f"Zone {named(zone)} begins at node {node}"
    if node not in facts.network.nodes:
        text = f"{begins}, which the network does not have."
        return [error("zone_node_missing", record, node, "a node of the network", text)]
    if not facts.come[node] and not facts.go[node]:
        text = f"{begins}, where no link begins or ends."
        return [error("zone_without_link", record, f"{node}, 0 links", "at least 1 link", text)]
    if zone.kind is ZoneKind.INSIDE and not (facts.come[node] and facts.go[node]):
        text = f"{begins}, and there is no link {'into' if facts.go[node] else 'out of'} it."
        return [error("zone_one_way", record, node, BOTH_WAYS, text)]
    return []


def _kind(facts: ModelFacts, zone: Zone, node: str) -> list[Finding]:
    gate = facts.is_gate(node)
    if zone.kind is ZoneKind.OUTSIDE and not gate:
        text = f"Zone {named(zone)} lies outside, but its node {node} is no gate."
        return [note("outside_zone_inside", f"zone {zone.id}", node, "a gate", text)]
    if zone.kind is ZoneKind.INSIDE and gate:
        text = f"Zone {named(zone)} lies inside, but its node {node} is a gate."
        return [warning("inside_zone_at_gate", f"zone {zone.id}", node, "a node inside", text)]
    return []


def check_car_parks(facts: ModelFacts) -> list[Finding]:
    """Car parks whose access node is missing, on a road without driveways, or far away."""
    findings = []
    for park in facts.car_parks:
        if park.access_node in facts.network.nodes:
            findings += _access(facts, park)
            continue
        text = f"The driveway of {park.id} begins at node {park.access_node}, which the network does not have."
        limit = "a node of the network"
        findings.append(error("access_missing", f"car park {park.id}", park.access_node, limit, text))
    return findings


def _access(facts: ModelFacts, park: CarPark) -> list[Finding]:
    findings = []
    record, node = f"car park {park.id}", park.access_node
    begins = f"The driveway of {park.id} begins at node {node}"
    links = facts.come[node] + facts.go[node]
    if not facts.come[node] or not facts.go[node]:
        text = f"{begins}, which cannot be driven to or cannot be left."
        findings.append(error("access_one_way", record, node, BOTH_WAYS, text))
    if links and all(link.road_class in WITHOUT_DRIVEWAYS for link in links):
        text = f"{begins}, which lies on motorways, trunk roads or ramps only."
        value = ", ".join(sorted({link.road_class.value for link in links}))
        findings.append(warning("access_on_motorway", record, value, "a road with driveways", text))
    away_m = distance_m(park.position, facts.network.nodes[node].position)
    if away_m > FARTHEST_ACCESS_M:
        text = f"{park.id} lies {away_m:.0f} m from node {node}, where its driveway begins."
        limit = f"at most {FARTHEST_ACCESS_M:g} m"
        findings.append(warning("access_far", record, f"{away_m:.0f} m", limit, text))
    return findings
