"""Conservation between the movements of a node: what drives into an arm in a day comes out of it again, roughly.

Over 24 hours nothing piles up behind an arm.  The balance is exact only where the arm is the sole way into the area
behind it; one-way streets and circular trips upset it.  So it raises suspicion and drops nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from traffic_core import require

if TYPE_CHECKING:
    from collections.abc import Mapping

LARGEST_RATIO = 1.3
LEAST_DIFFERENCE_VEH_24H = 500.0
ARMS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmBalance:
    """Vehicles of a day that come out of an arm into the node, and that leave the node into it."""

    arm: int
    entering_veh_24h: float | None
    """None where one of the movements is unknown, or nobody comes from there."""
    leaving_veh_24h: float | None
    """None where one of the movements is unknown, or nobody goes there."""

    @property
    def balanced(self) -> bool | None:
        """Whether both agree within a factor or a small difference; None where one is unknown."""
        if self.entering_veh_24h is None or self.leaving_veh_24h is None:
            return None
        low, high = sorted((self.entering_veh_24h, self.leaving_veh_24h))
        return high <= LARGEST_RATIO * low or high - low < LEAST_DIFFERENCE_VEH_24H


def arm_balances(veh_24h: Mapping[tuple[int, int], float | None]) -> tuple[ArmBalance, ...]:
    """Balance of every arm that a node's movements, given as (from arm, to arm), touch.  None is unknown."""
    for (start, end), value in veh_24h.items():
        if value is not None:
            require.not_negative(f"movement[{start},{end}].veh_24h", value)
    return tuple(
        ArmBalance(
            arm=arm,
            entering_veh_24h=_sum([value for (start, _), value in veh_24h.items() if start == arm]),
            leaving_veh_24h=_sum([value for (_, end), value in veh_24h.items() if end == arm]),
        )
        for arm in sorted({arm for pair in veh_24h for arm in pair})
    )


def exit_arm(arm: int, turn: str, *, clockwise: bool) -> int:
    """Arm (1 to 4) into which a single turn from an arm leads at a crossing whose arms are numbered in turn.

    Who comes from the north and turns right leaves to the west: with clockwise numbers (north 1, east 2, south 3,
    west 4) one number back, otherwise one on.
    """
    step = {"G": 2, "R": -1, "L": 1}[turn]
    return (arm - 1 + (step if clockwise else -step)) % ARMS + 1


def numbered_clockwise(veh_24h: Mapping[tuple[int, str], float | None]) -> bool | None:
    """Which way round the arms of a node are numbered, by (arm, turn): G, L or R; None where nothing tells.

    That way is taken in which fewer turns lead into arms nobody comes from, and of equals the one in which the arms
    are balanced better.
    """
    arms = {arm for arm, _ in veh_24h}
    scores = {}
    for clockwise in (True, False):
        flows = ((exit_arm(arm, turn, clockwise=clockwise), value) for (arm, turn), value in veh_24h.items())
        strangers = sum(end not in arms for end, _ in flows)
        balances = arm_balances(by_arms(veh_24h, clockwise=clockwise))
        gap = sum(
            abs(balance.entering_veh_24h - balance.leaving_veh_24h)
            for balance in balances
            if balance.entering_veh_24h is not None and balance.leaving_veh_24h is not None
        )
        scores[clockwise] = (strangers, gap)
    if scores[True] == scores[False]:
        return None
    return scores[True] < scores[False]


def by_arms(veh_24h: Mapping[tuple[int, str], float | None], *, clockwise: bool) -> dict[tuple[int, int], float | None]:
    """Flows by (from arm, to arm) out of flows by (arm, turn)."""
    return {(arm, exit_arm(arm, turn, clockwise=clockwise)): value for (arm, turn), value in veh_24h.items()}


def _sum(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known and len(known) == len(values) else None
