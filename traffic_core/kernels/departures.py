"""Lets the trips of a schedule begin: each driver waits outside the first link of his way."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from traffic_core.jit import bare_kernel
from traffic_core.traffic_arrays import FREE_SLOTS, IS_AWAITED, LOST, NEXT_TRIP, NOBODY, town_example

if TYPE_CHECKING:
    from traffic_core.traffic_arrays import Town

LAYOUT = "6cb84744"
"""Of the fields of `Town`: see `traffic_arrays.layout`."""


def _release_example() -> tuple[Any, ...]:
    return 0.0, town_example()[-1]


def _release(until_s: float, town: Town) -> None:
    """Let all trips begin whose time comes before `until_s`; there must be a free slot for each.

    `trip_first_link` of a trip is the link it begins with; ENDS_HERE where it ends at its origin, NOBODY where no way
    leads to its destination: such a trip is lost.  An awaited one that ends at its origin is left to who awaits it.
    """
    while town.totals[NEXT_TRIP] < town.trip_at_s.size and town.trip_at_s[town.totals[NEXT_TRIP]] < until_s:
        trip = town.totals[NEXT_TRIP]
        town.totals[NEXT_TRIP] += 1
        link = int(town.first_link[town.trip_tree[trip], town.trip_destination[trip], town.trip_origin[trip]])
        town.trip_first_link[trip] = link
        if link < 0:
            if link == NOBODY:
                town.trip_end_s[trip] = math.inf
                town.totals[LOST] += 1
            elif town.trip_flags[trip] & IS_AWAITED == 0:
                town.trip_end_s[trip] = town.trip_at_s[trip]
            continue
        town.totals[FREE_SLOTS] -= 1
        vehicle = town.vehicle_free_slots[town.totals[FREE_SLOTS]]
        town.vehicle_destination[vehicle] = town.trip_destination[trip]
        town.vehicle_tree[vehicle] = town.trip_tree[trip]
        town.vehicle_kind[vehicle] = town.trip_kind[trip]
        town.vehicle_flags[vehicle] = town.trip_flags[trip]
        town.vehicle_trip[vehicle] = trip
        town.vehicle_fixed_at[vehicle] = NOBODY
        town.vehicle_driven_m[vehicle] = 0.0
        town.vehicle_ready_at_s[vehicle] = town.trip_at_s[trip]
        town.vehicle_link[vehicle] = link
        town.vehicle_next_in_queue[vehicle] = NOBODY
        if town.length[link] == 0:
            town.head[link] = vehicle
        else:
            town.vehicle_next_in_queue[town.tail[link]] = vehicle
        town.tail[link] = vehicle
        town.length[link] += 1
        node = town.from_node[link]
        town.wake_s[node] = min(town.wake_s[node], town.trip_at_s[trip])


release = bare_kernel(_release_example)(_release)
