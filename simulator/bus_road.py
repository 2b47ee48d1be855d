"""The streets as buses use them: fixed ways on the traffic kernel, and lanes they stand in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.roads import BUS, KINDS

if TYPE_CHECKING:
    from collections.abc import Generator

    import simpy

    from simulator.bus_caller import BusCaller
    from simulator.restrictions import Restrictions
    from simulator.road_traffic import RoadTraffic

BUS_KIND = KINDS.index(BUS)


class TownBusRoad:
    """Lets buses drive among the other vehicles; `simulator.buses.BusRoad`."""

    def __init__(
        self, env: simpy.Environment, traffic: RoadTraffic, restrictions: Restrictions, caller: BusCaller | None = None
    ) -> None:
        """`caller`: hears of buses that set off and arrive, where signals listen to them."""
        self._env = env
        self._traffic = traffic
        self._restrictions = restrictions
        self._caller = caller
        self._ways: dict[tuple[int, ...], int] = {}
        self._under_way: dict[int, simpy.Event] = {}

    def drive(self, link_path: tuple[int, ...], at_s: float, line_id: str = "", due_s: float = 0.0) -> simpy.Event:
        """Let a bus enter the first link; the event fires with its arrival at the end of the last."""
        if link_path not in self._ways:
            self._ways[link_path] = self._traffic.add_fixed_way(link_path[1:])
        slot = self._traffic.spawn(link_path[0], at_s, kind=BUS_KIND, fixed_at=self._ways[link_path])
        self._under_way[slot] = self._env.event()
        if self._caller is not None:
            self._caller.begin(slot, link_path, at_s, line_id, due_s)
        return self._under_way[slot]

    def hold(self, link: int, lanes: int, until_s: float) -> None:
        """Block lanes at the end of a link from now until `until_s`."""
        self._restrictions.block(link, lanes, self._env.now)
        self._env.process(self._release(link, lanes, until_s))

    def arrived(self, slot: int, at_s: float) -> bool:
        """Tell the bus in a slot that it arrived; False where the slot carries no bus."""
        event = self._under_way.pop(slot, None)
        if event is None:
            return False
        if self._caller is not None:
            self._caller.end(slot)
        event.succeed(at_s)
        return True

    def _release(self, link: int, lanes: int, until_s: float) -> Generator[simpy.Event, object, None]:
        yield self._env.timeout(max(0.0, until_s - self._env.now))
        self._restrictions.unblock(link, lanes, self._env.now)
