"""Where groups on foot cross.  The supply does not say; what conflicts there tells it, and the numbers of the names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from signal_plans.rilsa.arms import Arm, arms_of
from signal_plans.signal_group import GroupKind
from traffic_core.network import Movement

if TYPE_CHECKING:
    from signal_plans.layout import SignalLayout
    from traffic_core.network import Network

_NUMBER = re.compile(r"\d+")
TURNERS = frozenset({Movement.LEFT, Movement.RIGHT})


def crossed_arms(network: Network, layout: SignalLayout) -> dict[str, str]:
    """A link of the arm that each group on foot or of cycles without turns crosses, as far as it can be told.

    An arm fits the better, the fewer pairs speak against it: groups that come from there or go straight on into it must
    conflict with the crossing, turners into it may, others must not.  Among arms that fit equally well that one counts
    whose vehicle groups carry the same number: F3 crosses the street by which K3 and K3L come in.  A group for which no
    single arm is left is not among the result.
    """
    arms = arms_of(network, layout.junction_id)
    found = {}
    for group in layout.groups.values():
        if group.turns or group.kind not in {GroupKind.PEDESTRIAN, GroupKind.CYCLE}:
            continue
        against = [_against(network, layout, group.id, arm) for arm in arms]
        fitting = [arm for arm, count in zip(arms, against, strict=True) if count == min(against)]
        same = [arm for arm in fitting if _same_number(network, layout, group.id, arm)]
        chosen = fitting if len(fitting) == 1 else same
        if len(chosen) == 1:
            found[group.id] = links_of(chosen[0])[0]
    return found


def links_of(arm: Arm) -> list[str]:
    """Ids of the links of an arm."""
    return [link.id for link in (arm.come, arm.go) if link is not None]


def _against(network: Network, layout: SignalLayout, on_foot: str, arm: Arm) -> int:
    """Pairs of the supply that speak against a crossing of this arm."""
    links = links_of(arm)
    count = 0
    for group in layout.groups.values():
        turns = [network.turns[turn] for turn in group.turns]
        come = any(turn.from_link in links for turn in turns)
        into = {turn.movement for turn in turns if turn.to_link in links}
        must, may = come or bool(into - TURNERS), come or bool(into)
        supplied = layout.intergreen.conflict(group.id, on_foot)
        count += (must and not supplied) or (supplied and not may)
    return count


def _same_number(network: Network, layout: SignalLayout, on_foot: str, arm: Arm) -> bool:
    number = _NUMBER.search(on_foot)
    links = links_of(arm)
    for group in layout.groups.values():
        other = _NUMBER.search(group.id)
        if group.kind is GroupKind.VEHICLE and number is not None and other is not None:
            comes = any(network.turns[turn].from_link in links for turn in group.turns)
            if comes and other.group() == number.group():
                return True
    return False
