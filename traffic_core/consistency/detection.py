"""Detectors: where they lie on their link, and whether anybody needs them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from traffic_core.consistency.facts import named
from traffic_core.consistency.findings import Finding, Severity, note
from traffic_core.network import NodeControl

if TYPE_CHECKING:
    from traffic_core.consistency.facts import ModelFacts
    from traffic_core.network import Detector

LINK_BEGINS_M = 5.0
"""Nearer to the upstream node than this a detector lies in that junction."""
FARTHEST_M = 300.0


def check_detectors(facts: ModelFacts) -> list[Finding]:
    """Detectors at or beyond the beginning of their link, far from the stop line, twice, or without need.

    Needed is a detector on an approach of a signal, on a link with a count, and on a link from or to a gate.
    """
    network = facts.network
    findings = []
    seen: dict[tuple[str, float], str] = {}
    for detector in network.detectors.values():
        link = network.links[detector.link_id]
        at_m = detector.to_stop_line_m
        if at_m > link.length_m - LINK_BEGINS_M:
            limit = f"at most {link.length_m - LINK_BEGINS_M:.0f} m, {LINK_BEGINS_M:g} m after the link begins"
            findings.append(_found(detector, Severity.WARNING, "detector_beyond_link", f"{at_m:g} m", limit))
        signal = network.nodes[link.to_node].control is NodeControl.SIGNAL
        if signal and at_m > FARTHEST_M:
            limit = f"at most {FARTHEST_M:g} m before the stop line"
            findings.append(_found(detector, Severity.NOTE, "detector_far", f"{at_m:g} m", limit))
        gate = facts.is_gate(link.from_node) or facts.is_gate(link.to_node)
        if not signal and not gate and link.id not in facts.counted_links:
            control = network.nodes[link.to_node].control.value
            limit = "a signal, a gate or a count"
            findings.append(_found(detector, Severity.NOTE, "detector_without_need", control, limit))
        if known := seen.get((link.id, at_m)):
            findings.append(
                _found(detector, Severity.WARNING, "detector_twice", f"{at_m:g} m", f"not where {known} is")
            )
        seen.setdefault((link.id, at_m), detector.id)
    return findings


def check_signal_approaches_are_counted(facts: ModelFacts) -> list[Finding]:
    """Approaches of a signal without any detector: its flows stay unknown."""
    with_detector = {detector.link_id for detector in facts.network.detectors.values()}
    return [
        note(
            "approach_without_detector",
            f"link {link.id}",
            "0 detectors",
            "at least 1 detector",
            f"{named(link)} leads to signal {link.to_node} and has no detector.",
        )
        for link in facts.network.links.values()
        if facts.network.nodes[link.to_node].control is NodeControl.SIGNAL
        and facts.turns_from[link.id]
        and link.id not in with_detector
    ]


def _found(detector: Detector, severity: Severity, kind: str, value: str, limit: str) -> Finding:
    return Finding(
        severity=severity,
        kind=kind,
        record=f"detector {detector.id}",
        value=value,
        limit=limit,
        sentence=f"Detector {detector.id} on link {detector.link_id}: {value} (expected: {limit}).",
    )
