"""Signalised nodes against signal supply data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from traffic_core.consistency.facts import named
from traffic_core.consistency.findings import Finding, error, warning
from traffic_core.network import NodeControl

if TYPE_CHECKING:
    from traffic_core.consistency.facts import ModelFacts


def check_supplies(facts: ModelFacts) -> list[Finding]:
    """Signals without supply data, supply data without a signal, approaches and turns that no group serves.

    A model taken from a map or a simulation has signals without supply data: they cannot be controlled, which is a
    warning.
    """
    findings = []
    for node in facts.network.nodes.values():
        if node.control is not NodeControl.SIGNAL:
            continue
        if node.id not in facts.supplies:
            text = f"{named(node)} has signals, but no supply data."
            findings.append(warning("signal_without_supply", f"node {node.id}", "no signal group", "supply data", text))
            continue
        findings += _unserved(facts, node.id)
    for junction, groups in facts.supplies.items():
        node_or_none = facts.network.nodes.get(junction)
        if node_or_none is None or node_or_none.control is not NodeControl.SIGNAL:
            value = "no such node" if node_or_none is None else node_or_none.control.value
            text = f"There are supply data for {junction}, which is no signalised node of the network."
            findings.append(error("supply_without_signal", f"node {junction}", value, "a signalised node", text))
            continue
        for group, turns in groups.items():
            for turn in turns:
                known = facts.network.turns.get(turn)
                if known is None or known.node_id != junction:
                    text = f"Signal group {group} of {junction} serves turn {turn}, which is not at this node."
                    findings.append(
                        error("group_of_other_turn", f"node {junction}", turn, f"a turn at {junction}", text)
                    )
    return findings


def _unserved(facts: ModelFacts, node_id: str) -> list[Finding]:
    served = {turn for turns in facts.supplies[node_id].values() for turn in turns}
    findings = []
    for link in facts.come[node_id]:
        missing = [turn.id for turn in facts.turns_from[link.id] if turn.id not in served]
        if not missing:
            continue
        if len(missing) == len(facts.turns_from[link.id]):
            text = f"No signal group of {node_id} serves the approach {named(link)}."
            findings.append(error("approach_unserved", f"node {node_id}", link.id, "a signal group", text))
        else:
            text = f"No signal group of {node_id} serves turn {', '.join(missing)} from {named(link)}."
            findings.append(error("turn_unserved", f"node {node_id}", ", ".join(missing), "a signal group", text))
    return findings
