"""Lanes against turns."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from traffic_core.consistency.facts import named
from traffic_core.consistency.findings import Finding, note, warning
from traffic_core.network import Movement, NodeControl

if TYPE_CHECKING:
    from traffic_core.consistency.facts import ModelFacts
    from traffic_core.network import Lane, Link

FROM_RIGHT = {Movement.RIGHT: 0, Movement.THROUGH: 1, Movement.LEFT: 2, Movement.U_TURN: 3}


def check_lane_use(facts: ModelFacts) -> list[Finding]:
    """Lanes whose movement has no turn, turns that no lane serves, lanes whose movements cross each other."""
    findings = []
    for link in facts.network.links.values():
        lanes = facts.lanes_of.get(link.id, [])
        if not lanes:
            if facts.network.nodes[link.to_node].control is NodeControl.SIGNAL and facts.turns_from[link.id]:
                findings.append(_undescribed(link))
            continue
        turning = {turn.movement for turn in facts.turns_from[link.id]}
        for lane in lanes:
            findings += [_without_turn(link, lane, movement) for movement in sorted(lane.movements - turning)]
        if len(lanes) == link.lanes:
            served = frozenset[Movement]().union(*(lane.movements for lane in lanes))
            findings += [_without_lane(link, movement) for movement in sorted(turning - served)]
        findings += [_crossing(link, right, left) for right, left in pairwise(lanes) if _cross(right, left)]
    return findings


def _cross(right: Lane, left: Lane) -> bool:
    """Whether somebody from the right lane turns further left than somebody from the left lane."""
    return max(FROM_RIGHT[movement] for movement in right.movements) > min(FROM_RIGHT[m] for m in left.movements)


def _undescribed(link: Link) -> Finding:
    return note(
        "lanes_not_described",
        f"link {link.id}",
        "0 lanes described",
        f"{link.lanes} lanes",
        f"The use of the lanes of {named(link)} at signal {link.to_node} is not described.",
    )


def _without_turn(link: Link, lane: Lane, movement: Movement) -> Finding:
    return warning(
        "lane_without_turn",
        f"lane {link.id}/{lane.number}",
        movement.value,
        "a movement that a turn of the link has",
        f"Lane {lane.number} of {named(link)} is for {movement.value}, but no turn goes there.",
    )


def _without_lane(link: Link, movement: Movement) -> Finding:
    return warning(
        "turn_without_lane",
        f"link {link.id}",
        movement.value,
        "a lane for each turn",
        f"From {named(link)} a turn {movement.value} is permitted, but no lane serves it.",
    )


def _crossing(link: Link, right: Lane, left: Lane) -> Finding:
    return warning(
        "lanes_cross",
        f"link {link.id}",
        f"lane {right.number}: {_words(right)}; lane {left.number}: {_words(left)}",
        "no lane turns further left than the next one to its left",
        f"Movements of lanes {right.number} and {left.number} of {named(link)} cross each other.",
    )


def _words(lane: Lane) -> str:
    return "+".join(sorted(movement.value for movement in lane.movements))
