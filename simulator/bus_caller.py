"""Buses that call the signals on their way, as on-board units do: prior announcement, main announcement, sign-off."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simulator.buses import bus_free_s
from traffic_core.readings import BusCall

if TYPE_CHECKING:
    from collections.abc import Iterable

    from signal_plans.layout import SignalLayout
    from traffic_core.network import Network
    from traffic_core.traffic_arrays import Town

PRIOR_S = 30.0
"""A bus announces itself so long before it expects to reach the stop line, once it is past the junction before."""
MAIN_S = 10.0
"""And again: what held it on the way is known then."""
RUNS = 1_000_000


@dataclass(slots=True, kw_only=True)
class _UnderWay:
    """A bus between two stops."""

    links: tuple[int, ...]
    line_id: str
    due_s: float
    """When it should have begun its way by the timetable."""
    began_s: float
    run: int
    at: int = 0
    """Position on the way."""
    told: dict[int, int] = field(default_factory=dict)
    """Announcements made, by position of the link that leads to the signal."""


class BusCaller:
    """Looks at the buses once a second and says what they tell.

    A bus that stops at the end of a link does not pass that signal in the simulation, so it does not call it.
    """

    def __init__(self, network: Network, layouts: Iterable[SignalLayout]) -> None:
        """`layouts`: of the junctions that listen."""
        index = {link: place for place, link in enumerate(network.links)}
        free_s = bus_free_s(network)
        self._free_s = [free_s[link] for link in network.links]
        self._points: dict[tuple[int, int], str] = {}
        """Name of the group that a bus from one link to the next calls; see `signal_plans.adaptive.call_points`."""
        for layout in layouts:
            for group in layout.groups.values():
                for turn in (network.turns[name] for name in group.turns):
                    pair = index[turn.from_link], index[turn.to_link]
                    self._points.setdefault(pair, f"{layout.junction_id}.{group.id}.{turn.from_link}")
        self._buses: dict[int, _UnderWay] = {}
        self._runs = 0
        self._signed_off: list[tuple[str, _UnderWay]] = []

    def begin(self, slot: int, links: tuple[int, ...], at_s: float, line_id: str, due_s: float) -> None:
        """A bus sets off in a slot of the traffic kernel; by the timetable it would have at `due_s`."""
        self._runs = (self._runs + 1) % RUNS
        self._buses[slot] = _UnderWay(links=links, line_id=line_id, due_s=due_s, began_s=at_s, run=self._runs)

    def end(self, slot: int) -> None:
        """The bus of a slot has come to the end of its way."""
        bus = self._buses.pop(slot, None)
        if bus is not None:
            self._pass(bus, len(bus.links))

    def calls(self, now_s: float, town: Town) -> list[BusCall]:
        """What buses tell at `now_s`, to which the town has been simulated."""
        for slot, bus in self._buses.items():
            link = int(town.vehicle_link[slot])
            ahead = [place for place in range(bus.at, len(bus.links)) if bus.links[place] == link]
            if ahead:
                self._pass(bus, ahead[0])
        said = [self._call(name, bus, now_s, None, 0.0) for name, bus in self._signed_off]
        self._signed_off = []
        for slot, bus in self._buses.items():
            has_entered = float(town.vehicle_since_s[slot]) >= bus.began_s
            if has_entered:
                said += self._announcements(bus, now_s, max(now_s, float(town.vehicle_ready_at_s[slot])))
        return said

    def _announcements(self, bus: _UnderWay, now_s: float, at_end_s: float) -> list[BusCall]:
        """News for the signal at the end of the bus's link; `at_end_s`: when it may be there."""
        in_s = at_end_s - now_s
        if in_s > PRIOR_S or bus.at + 1 >= len(bus.links):
            return []
        name = self._points.get((bus.links[bus.at], bus.links[bus.at + 1]))
        wanted = 2 if in_s <= MAIN_S else 1
        if name is None or bus.told.get(bus.at, 0) >= wanted:
            return []
        bus.told[bus.at] = wanted
        due_s = bus.due_s + sum(self._free_s[link] for link in bus.links[: bus.at + 1])
        return [self._call(name, bus, now_s, at_end_s, at_end_s - due_s)]

    def _pass(self, bus: _UnderWay, place: int) -> None:
        """Let a bus have come to a link of its way: it signs off at the signals behind it."""
        for passed in range(bus.at, place):
            if bus.told.pop(passed, 0):
                self._signed_off.append((self._points[bus.links[passed], bus.links[passed + 1]], bus))
        bus.at = max(bus.at, place)

    @staticmethod
    def _call(name: str, bus: _UnderWay, now_s: float, arrival_s: float | None, late_s: float) -> BusCall:
        return BusCall(
            source_id=name,
            measured_at_s=now_s,
            received_at_s=now_s,
            run=bus.run,
            line=bus.line_id,
            arrival_s=arrival_s,
            late_s=min(7_200.0, max(-3_600.0, late_s)),
            cleared=arrival_s is None,
        )
