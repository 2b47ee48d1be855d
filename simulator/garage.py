"""A parking facility: drivers queue for a place, stay and leave; its counter reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

import simpy

from simulator.garage_flow import flow_of_use, time_until_s, usually_parked_veh
from simulator.random_streams import random_stream
from traffic_core.readings import OccupancyReading

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    import numpy as np

    from parking.facility import Facility
    from parking.model import FacilityUse
    from simulator.driver_draws import Manner

QUICK_SEARCH_S = 30.0
LONG_SEARCH_S = 180.0
CROWDED_SHARE = 0.85


def search_s(occupied_share: float) -> float:
    """Time from the entry to a free place: short up to 85 % occupied, then rising linearly to 3 min when full."""
    crowding = max(0.0, min(1.0, (occupied_share - CROWDED_SHARE) / (1.0 - CROWDED_SHARE)))
    return QUICK_SEARCH_S + crowding * (LONG_SEARCH_S - QUICK_SEARCH_S)


class Garage:
    """One facility with a known capacity.

    `miss_share` is the probability that its counter misses a car at the entry or exit: the reported occupancy drifts.
    """

    def __init__(
        self,
        env: simpy.Environment,
        facility: Facility,
        use: FacilityUse,
        capacity_veh: int,
        seed: int,
        miss_share: float,
    ) -> None:
        self.facility = facility
        self.capacity_veh = capacity_veh
        self.flow = flow_of_use(use, capacity_veh)
        self.places = simpy.Resource(env, capacity_veh)
        self.is_open = True
        self._driver_stream = random_stream(seed, f"garage {facility.id}")
        self._counter_stream = random_stream(seed, f"counter {facility.id}")
        self._miss_share = miss_share
        self._counted_in = 0
        self._counted_out = 0
        self.counted_veh = 0
        self.entered_veh = 0
        """Since the beginning, as the three below"""
        self.left_veh = 0
        self.refused_veh = 0
        self.found_full_veh = 0
        """Drivers who came and found no place free or the entry closed, whether they waited or went on"""
        self._use = use

    @property
    def parked_veh(self) -> int:
        """Cars inside, those who still look for their place included."""
        return int(self.places.count)

    def parked_before(
        self, second_of_day_s: float, level: float, homes: Sequence[tuple[int, float]], stream: np.random.Generator
    ) -> list[int]:
        """Home nodes of the cars that stand here at the start, drawn from (node, weight); the counter knows them.

        They are as many as usual times `level`.
        """
        parked = usually_parked_veh(self._use, self.capacity_veh, second_of_day_s, level)
        total = sum(weight for _, weight in homes)
        if total <= 0.0:
            return []
        self.counted_veh = parked
        weights = [weight / total for _, weight in homes]
        return [homes[row][0] for row in stream.choice(len(homes), size=parked, p=weights).tolist()]

    def stay_s(self, second_of_day_s: float, stay: float) -> float:
        """How long a driver stays, from a number of the unit exponential distribution."""
        return time_until_s(stay, second_of_day_s, self.flow.leaving_per_h)

    def stranger(self) -> tuple[float, float]:
        """Stay and `seen_out`, as of `Manner`, of the next car that stood here at the start.

        All of them are drawn when the simulation begins, so that what happens later changes none.
        """
        return float(self._driver_stream.exponential()), float(self._counter_stream.random())

    def count_entry(self, seen: float) -> None:
        """A car enters; the counter sees it, or misses it where `seen` of [0, 1) is below its share of misses."""
        self.entered_veh += 1
        self._counted_in += int(seen >= self._miss_share)

    def count_exit(self, seen: float) -> None:
        """A car leaves; the counter sees or misses it."""
        self.left_veh += 1
        self._counted_out += int(seen >= self._miss_share)

    def report(self, now_s: float) -> OccupancyReading:
        """Reading of the counter; entries and exits start again."""
        self.counted_veh += self._counted_in - self._counted_out
        reading = OccupancyReading(
            source_id=self.facility.id,
            measured_at_s=now_s,
            received_at_s=now_s,
            free_veh=self.capacity_veh - self.counted_veh,
            occupied_veh=self.counted_veh,
            capacity_veh=self.capacity_veh,
            entered_veh=self._counted_in,
            left_veh=self._counted_out,
            is_open=self.is_open,
        )
        self._counted_in = self._counted_out = 0
        return reading

    def first_report_after_s(self) -> float:
        """When its first reading is due: devices do not report in step."""
        return float(self._counter_stream.integers(1, max(2, int(self.facility.update_interval_s) + 1)))


def park(
    env: simpy.Environment,
    garage: Garage,
    manner: Manner,
    second_of_day_s: Callable[[float], float],
    found: Callable[[], None],
) -> Generator[simpy.Event, object, bool]:
    """Queue for a place, look for it, stay, leave.  Returns False if the driver gave up at the entry."""
    if not garage.is_open:
        garage.found_full_veh += 1
        garage.refused_veh += 1
        return False
    with garage.places.request() as place:
        garage.found_full_veh += not place.triggered
        yield place | env.timeout(manner.patience_s)
        if not place.triggered:
            garage.refused_veh += 1
            return False
        garage.count_entry(manner.seen_in)
        yield env.timeout(search_s(garage.parked_veh / garage.capacity_veh))
        found()
        yield env.timeout(garage.stay_s(second_of_day_s(env.now), manner.stay))
        garage.count_exit(manner.seen_out)
    return True


def stay_on(
    env: simpy.Environment, garage: Garage, second_of_day_s: Callable[[float], float]
) -> Generator[simpy.Event, object, None]:
    """The rest of the stay of a car that was parked before the simulation began."""
    with garage.places.request() as place:
        yield place
        stay, seen_out = garage.stranger()
        yield env.timeout(garage.stay_s(second_of_day_s(env.now), stay))
        garage.count_exit(seen_out)
