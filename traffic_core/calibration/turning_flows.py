"""Typical turning flows as counts that an estimate can use, and their balance at each node."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from traffic_core.calibration.arm_balance import ARMS, arm_balances, by_arms, numbered_clockwise
from traffic_core.calibration.observations import Observation
from traffic_core.provenance import Confidence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from traffic_core.calibration.arm_balance import ArmBalance
    from traffic_core.calibration.turning_counts import TurningMovement
    from traffic_core.calibration.typical_day import TypicalDay

PLAIN_ARMS = {f"FV{arm}": arm for arm in range(1, ARMS + 1)}
"""Names of approaches from which the arm follows; FV12, FV31 and the like are second signal groups."""


def approach_flows(
    days: Mapping[TurningMovement, TypicalDay],
) -> dict[tuple[str, str], tuple[float, ...] | None]:
    """Vehicles of each hour that come in by each (node, approach): the sum of its turns, veh/h.

    None where one of the turns has no typical day: a sum with a hole would look like a count.
    """
    turns: dict[tuple[str, str], list[TypicalDay]] = defaultdict(list)
    for movement, day in days.items():
        turns[movement.node, movement.approach].append(day)
    flows: dict[tuple[str, str], tuple[float, ...] | None] = {}
    for key, of_approach in turns.items():
        known = [day.veh_h for day in of_approach if day.veh_h is not None]
        whole = len(known) == len(of_approach)
        flows[key] = tuple(map(sum, zip(*known, strict=True))) if whole else None
    return flows


def observations_of(
    days: Mapping[TurningMovement, TypicalDay], link_of: Mapping[tuple[str, str], str]
) -> tuple[Observation, ...]:
    """Hourly counts of links: `link_of` names the link that an approach (node, approach) counts.

    Approaches without a link and those with an unknown turn are left out.
    """
    return tuple(
        Observation(
            count_id=f"{node} {approach}",
            link_id=link_of[node, approach],
            hour=hour,
            veh=veh_h,
            confidence=Confidence.DERIVED,
        )
        for (node, approach), flows in approach_flows(days).items()
        if flows is not None and (node, approach) in link_of
        for hour, veh_h in enumerate(flows)
    )


def node_balances(days: Mapping[TurningMovement, TypicalDay]) -> dict[str, tuple[ArmBalance, ...] | None]:
    """Balance of the arms of each node; None where names or flows do not tell which turn leads where."""
    of_node: dict[str, dict[tuple[int, str], float | None]] = defaultdict(dict)
    unclear: set[str] = set()
    for movement, day in days.items():
        if movement.approach in PLAIN_ARMS and movement.turn in {"G", "L", "R"}:
            of_node[movement.node][PLAIN_ARMS[movement.approach], movement.turn] = day.veh_24h
        else:
            unclear.add(movement.node)
    balances: dict[str, tuple[ArmBalance, ...] | None] = {}
    for node in sorted({movement.node for movement in days}):
        clockwise = None if node in unclear else numbered_clockwise(of_node[node])
        balances[node] = None if clockwise is None else arm_balances(by_arms(of_node[node], clockwise=clockwise))
    return balances
