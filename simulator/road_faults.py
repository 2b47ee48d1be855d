"""Finds faults of a town, and says in words what `traffic_core.kernels.conservation` found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from traffic_core.kernels import conservation as codes
from traffic_core.kernels.conservation import fault as check_town
from traffic_core.traffic_arrays import ENTERED, FREE_SLOTS, LEFT

if TYPE_CHECKING:
    from traffic_core.traffic_arrays import Town


QUEUE_FAULTS = {
    codes.QUEUE_LENGTH: "its list and its length differ",
    codes.QUEUE_MEMBER: "it has a vehicle of another queue or link, or one twice",
    codes.QUEUE_ORDER: "a vehicle stands before one that came first",
}
LINK_FAULTS = {
    codes.LINK_COUNT: "other vehicles are in its queues",
    codes.LINK_PCE: "its queues have other pce",
    codes.LINK_ROOM: "they have no room",
    codes.GROUP_PCE: "the pce of its lane groups are not those of their vehicles",
    codes.RING_ORDER: "departures or entries do not ascend or are yet to come",
}


def check(now_s: float, town: Town) -> None:
    """Raise RuntimeError for the first fault of a town at `now_s`, the end of a step."""
    code = check_town(now_s, town)
    if code != codes.FINE:
        raise RuntimeError(f"traffic at {now_s:g} s: {describe(code, town)}")


def describe(code: int, town: Town) -> str:
    """Name the fault and where it is; `town` is in the state in which it was found."""
    place, kind = divmod(code, codes.KINDS)
    if kind in QUEUE_FAULTS:
        return f"{_queue(place, town)} (length {town.length[place]}): {QUEUE_FAULTS[kind]}"
    if kind in LINK_FAULTS:
        veh = town.entered_veh[place] - town.left_veh[place]
        pce = town.entered_pce[place] - town.left_pce[place]
        return f"link {place} ({veh} vehicles, {pce:g} of {town.room_pce[place]:g} pce): {LINK_FAULTS[kind]}"
    if kind == codes.FREE_LIST:
        slot = town.vehicle_free_slots[place]
        return f"slot {slot}, in place {place} of {town.totals[FREE_SLOTS]} free ones: it is not free"
    if kind == codes.SLOT_LOST:
        return f"slot {place} (link {town.vehicle_link[place]}): it is in no queue, not free and not awaited"
    if kind == codes.TOTALS:
        return f"all: {town.totals[ENTERED]} vehicles entered and {town.totals[LEFT]} left, but others are on the links"
    return "no fault"


def _queue(queue: int, town: Town) -> str:
    links = town.length_m.size
    if queue < links:
        return f"queue outside link {queue}"
    if queue < 2 * links:
        return f"queue on link {queue - links}"
    return f"queue of lane group {queue - 2 * links}, link {town.group_link[queue - 2 * links]}"
