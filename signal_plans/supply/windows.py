"""From switching times to green windows.

A switching time is the second at which a group starts to change.  Towards its open picture it shows its opening
transition first (red-amber), so green begins that much later; towards its closed picture green ends at once and the
closing transition (amber) follows.  A programme read in the other way, with green from the switching time on, breaks
intergreens of supply that is in use: hence `SwitchTime`, so that nothing is left to a reader's habit.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from signal_plans.programme import GreenWindow
from signal_plans.supply.groups import GroupUse
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from signal_plans.supply.groups import SupplyGroup
    from signal_plans.supply.programmes import GroupLine, SupplyProgramme
    from signal_plans.supply.supply import JunctionSupply


class SwitchTime(StrEnum):
    """What a switching time towards the open picture means."""

    OPENING_STARTS = "opening_starts"
    """The transition begins; green comes behind it."""
    GREEN_STARTS = "green_starts"
    """Green begins; the transition lies before it."""


def safety_groups(supply: JunctionSupply) -> tuple[SupplyGroup, ...]:
    """Groups that let somebody go: all but the auxiliary ones."""
    return tuple(group for group in supply.groups if group.use is not GroupUse.AUXILIARY)


def green_windows(
    supply: JunctionSupply, programme: SupplyProgramme, switch_time: SwitchTime = SwitchTime.OPENING_STARTS
) -> dict[str, tuple[GreenWindow, ...]]:
    """Green windows of every group that lets somebody go; none for a group that stays closed.

    Raises
    ------
    InvalidValueError
        Where such a group is not in the programme, switches to a picture that is not its own, to the same one twice
        in a row, or stays open for ever.
    """
    lines = {line.group: line for line in programme.lines}
    found = {}
    for group in safety_groups(supply):
        where = f"junction[{supply.id}].programme[{programme.id}].line[{group.id}]"
        if group.id not in lines:
            raise InvalidValueError(where, None, "must be given: the group would have no signal")
        wait_s = group.opening_s if switch_time is SwitchTime.OPENING_STARTS else 0
        found[group.id] = _windows(where, group, lines[group.id], programme.cycle_s, wait_s)
    return found


def _windows(where: str, group: SupplyGroup, line: GroupLine, cycle_s: int, wait_s: int) -> tuple[GreenWindow, ...]:
    windows = []
    for i, switch in enumerate(line.switches):
        if switch.code not in {group.open_code, group.closed_code}:
            limit = f"must be a picture of the group: {group.open_code} or {group.closed_code}"
            raise InvalidValueError(f"{where}.code", switch.code, limit)
        following = line.switches[(i + 1) % len(line.switches)]
        if following.code == switch.code and (len(line.switches) > 1 or switch.code == group.open_code):
            limit = "must alternate between open and closed"
            raise InvalidValueError(f"{where}.code", switch.code, limit)
        if switch.code == group.open_code:
            length_s = (following.second - switch.second) % cycle_s - wait_s
            if length_s < 1:
                limit = f"must leave green behind {wait_s} s of transition"
                raise InvalidValueError(f"{where}.second", switch.second, limit)
            windows.append(GreenWindow(start_s=(switch.second + wait_s) % cycle_s, length_s=length_s))
    return tuple(windows)
