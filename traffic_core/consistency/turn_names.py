"""Names of turns against the way the links lie."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from traffic_core.bearings import bearing_at_end_deg, bearing_at_start_deg, deflection_deg
from traffic_core.consistency.findings import Finding, warning
from traffic_core.network import Movement

if TYPE_CHECKING:
    from traffic_core.consistency.facts import ModelFacts
    from traffic_core.network import Link, Turn

FROM_LEFT = (Movement.U_TURN, Movement.LEFT, Movement.THROUGH, Movement.RIGHT)
WRONG_SIDE_DEG = 20.0
ORDER_TOLERANCE_DEG = 10.0


def check_turn_names(facts: ModelFacts) -> list[Finding]:
    """Turns named left that go right and the like, names in another order than the turns lie, turns given twice."""
    findings = []
    for link_id, turns in facts.turns_from.items():
        link = facts.network.links[link_id]
        angled = sorted(((_between_deg(link, facts.network.links[turn.to_link]), turn) for turn in turns), key=_angle)
        findings += [odd for deflection, turn in angled if (odd := _odd_name(deflection, turn))]
        forward = [pair for pair in angled if pair[1].movement is not Movement.U_TURN]
        for (left_deg, left), (right_deg, right) in pairwise(forward):
            if _crosses(left, right) and right_deg - left_deg > ORDER_TOLERANCE_DEG:
                findings.append(_out_of_order(link, left, right))
        targets = [turn.to_link for turn in turns]
        findings += [_twice(turn) for place, turn in enumerate(turns) if turn.to_link in targets[:place]]
    return findings


def _between_deg(come: Link, go: Link) -> float:
    return deflection_deg(bearing_at_end_deg(come.line), bearing_at_start_deg(go.line))


def _angle(pair: tuple[float, Turn]) -> float:
    return pair[0]


def _crosses(left: Turn, right: Turn) -> bool:
    return FROM_LEFT.index(left.movement) > FROM_LEFT.index(right.movement)


def _odd_name(deflection: float, turn: Turn) -> Finding | None:
    odd = {
        Movement.LEFT: deflection > WRONG_SIDE_DEG,
        Movement.RIGHT: deflection < -WRONG_SIDE_DEG,
        Movement.THROUGH: abs(deflection) > 100.0,
        Movement.U_TURN: abs(deflection) < 90.0,
    }[turn.movement]
    if not odd:
        return None
    return warning(
        "turn_name",
        f"turn {turn.id}",
        f"{turn.movement.value} by {deflection:.0f}°",
        "left below 20°, right above -20°, through within 100°, U-turn beyond 90° (right is positive)",
        f"Turn {turn.id} is called {turn.movement.value}, but its links meet at {deflection:.0f}°.",
    )


def _out_of_order(link: Link, left: Turn, right: Turn) -> Finding:
    return warning(
        "turn_order",
        f"link {link.id}",
        f"{left.movement.value}, {right.movement.value}",
        "left, through, right as the links lie",
        f"Into {left.to_link} the turn is called {left.movement.value}, but it lies left of {right.to_link} "
        f"({right.movement.value}).",
    )


def _twice(turn: Turn) -> Finding:
    return warning(
        "turn_twice",
        f"turn {turn.id}",
        f"{turn.from_link} to {turn.to_link}",
        "one turn between two links",
        f"Turn {turn.id} joins {turn.from_link} and {turn.to_link}, which another turn joins already.",
    )
