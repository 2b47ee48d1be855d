"""Checks a town: nobody is lost, doubled or overtaken, nobody stands where there is no room, all sums agree.

For tests and for runs that shall stop at the first fault; it reads everything and so costs far more than a step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from traffic_core import traffic_arrays as fields
from traffic_core.jit import inner, kernel
from traffic_core.traffic_arrays import NOBODY, town_example

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from traffic_core.traffic_arrays import Town

    Flags = NDArray[np.uint8]
    Pce = NDArray[np.float64]

LAYOUT = "6cb84744"
"""Of the fields of `Town`: see `traffic_arrays.layout`."""
SUM_PCE = 1e-6  # sums of pce may differ by this much
ROUND_S = 1e-6  # times may
FINE = 0
(
    QUEUE_LENGTH,
    QUEUE_MEMBER,
    QUEUE_ORDER,
    LINK_COUNT,
    LINK_PCE,
    LINK_ROOM,
    GROUP_PCE,
    RING_ORDER,
    SLOT_LOST,
    FREE_LIST,
    TOTALS,
) = range(1, 12)
KINDS = 16
"""A code is its kind plus KINDS times the place: a queue, a link, a lane group or a slot."""


def _fault_example() -> tuple[Any, ...]:
    return 0.0, town_example()[-1]


@inner
def queue_fault(queue: int, seen: Flags, found_veh: NDArray[np.int64], found_pce: Pce, town: Town) -> int:
    """Walk one queue, count its vehicles and mark them as seen."""
    links, slots = town.length_m.size, town.vehicle_link.size
    link = queue % links if queue < 2 * links else int(town.group_link[queue - 2 * links])
    left, vehicle, last, before_s = int(town.length[queue]), int(town.head[queue]), int(town.tail[queue]), -np.inf
    kind = FINE if left >= 0 else QUEUE_LENGTH
    while left > 0 and kind == FINE:
        if vehicle < 0 or vehicle >= slots or (left == 1 and vehicle != last):
            kind = QUEUE_LENGTH
        elif seen[vehicle] == 1 or town.vehicle_link[vehicle] != link:
            kind = QUEUE_MEMBER
        else:
            time_s = town.vehicle_ready_at_s[vehicle] if queue < links else town.vehicle_since_s[vehicle]
            if time_s < before_s - ROUND_S:
                kind = QUEUE_ORDER
            seen[vehicle] = 1
            found_veh[queue] += 1
            found_pce[queue] += town.kind_pce[town.vehicle_kind[vehicle]]
            before_s = time_s
            vehicle = int(town.vehicle_next_in_queue[vehicle])
            left -= 1
    return FINE if kind == FINE else kind + KINDS * queue


@inner
def link_fault(link: int, now_s: float, found_veh: NDArray[np.int64], found_pce: Pce, town: Town) -> int:
    """Compare sums with what was found, and look at the times of departures and entries."""
    links = town.length_m.size
    veh, pce, kind = found_veh[links + link], found_pce[links + link], FINE
    for group in range(town.first_group[link], town.first_group[link + 1]):
        veh += found_veh[2 * links + group]
        pce += found_pce[2 * links + group]
        if abs(found_pce[2 * links + group] - town.group_pce[group]) > SUM_PCE:
            kind = GROUP_PCE
    if veh != town.entered_veh[link] - town.left_veh[link]:
        kind = LINK_COUNT
    elif abs(pce - (town.entered_pce[link] - town.left_pce[link])) > SUM_PCE:
        kind = LINK_PCE
    elif pce >= town.room_pce[link] + town.kind_pce.max() - SUM_PCE:
        kind = LINK_ROOM
    first = town.first_ring[link]
    size = town.first_ring[link + 1] - first
    for is_entry in range(2):
        count = town.entered_veh[link] if is_entry == 1 else town.left_veh[link]
        before_s = -np.inf
        for number in range(max(0, count - size), count):
            place = first + number % size
            time_s = town.entered_at_s[place] if is_entry == 1 else town.left_at_s[place]
            if kind == FINE and (time_s < before_s - ROUND_S or time_s > now_s + ROUND_S):
                kind = RING_ORDER
            before_s = time_s
    return FINE if kind == FINE else kind + KINDS * link


@inner
def slot_fault(seen: Flags, town: Town) -> int:
    """Look for slots that are neither in a queue nor free nor held, or two of them."""
    slots, code = town.vehicle_link.size, FINE
    for place in range(town.totals[fields.FREE_SLOTS]):
        slot = town.vehicle_free_slots[place]
        if slot < 0 or slot >= slots or seen[slot] == 1 or town.vehicle_link[slot] != NOBODY:
            return FREE_LIST + KINDS * place
        seen[slot] = 1
    for slot in range(slots):
        is_held = town.vehicle_link[slot] == NOBODY and town.vehicle_flags[slot] & fields.IS_AWAITED
        if seen[slot] == 0 and not is_held:
            code = SLOT_LOST + KINDS * slot
    return code


def _fault(now_s: float, town: Town) -> int:
    """Look for a fault at `now_s`, the end of a step; FINE or its code, kind + KINDS * place.

    Queues: the list has as many vehicles as its length says and ends at its tail, each of them belongs to its link and
    to no other queue.  Those outside are in the order of the time from which they wait, those on a link in the order in
    which they came.  Links: entered less left are found, in vehicles and in pce; they take no more room than there is,
    but for less than one vehicle.  Rings: departures and entries ascend and are past.  Slots: each is in one queue,
    free, or held for an arrival that somebody wants to hear of.
    """
    links, queues = town.length_m.size, town.length.size
    seen = np.zeros(town.vehicle_link.size, dtype=np.uint8)
    found_veh = np.zeros(queues, dtype=np.int64)
    found_pce = np.zeros(queues, dtype=np.float64)
    for queue in range(queues):
        code = queue_fault(queue, seen, found_veh, found_pce, town)
        if code != FINE:
            return code
    for link in range(links):
        code = link_fault(link, now_s, found_veh, found_pce, town)
        if code != FINE:
            return code
    code = slot_fault(seen, town)
    if code == FINE and town.totals[fields.ENTERED] != found_veh[links:].sum() + town.totals[fields.LEFT]:
        return TOTALS
    return code


fault = kernel(_fault_example)(_fault)
