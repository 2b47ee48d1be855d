"""The model while the measures of a scenario change it, one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from simulator.scenario.problems import Findings
from simulator.scenario.scenario import instant_s, is_skipped, minutes_of, time_of
from traffic_core import require
from traffic_core.network import SHORTEST_M
from traffic_core.network_edits import link_of
from traffic_core.network_split import cut_line
from traffic_core.provenance import Confidence, Provenance

if TYPE_CHECKING:
    from simulator.scenario.document import Incident
    from simulator.scenario.events import Event
    from simulator.scenario.problems import Place
    from simulator.scenario.scenario import Scenario
    from simulator.staged import BaseModel
    from traffic_core.demand import Purpose
    from traffic_core.geometry import LonLat
    from traffic_core.network import Network


class Window(NamedTuple):
    """A part of the run, seconds since 1970."""

    from_s: float
    until_s: float


class Cut(NamedTuple):
    """Where a link is to be cut."""

    node_id: str
    place: Place


class Draft:
    """Everything that measures may change.  Links are cut last, so positions on them hold for the base model."""

    def __init__(self, scenario: Scenario, base: BaseModel) -> None:
        self.scenario = scenario
        self.findings = Findings()
        self.warnings: list[str] = []
        self.network = base.network
        self.demand = base.demand
        self.junctions = dict(base.junctions)
        self.supplied_for: dict[str, Network] = dict.fromkeys(base.junctions, base.network)
        """The network that the supply data of each junction were made for."""
        self.facilities = dict(base.parking.facilities)
        self.uses = dict(base.parking.uses)
        self.signs = dict(base.parking.signs)
        self.lines = list(base.lines)
        self.dark_signs: set[str] = set()
        self.kappa = scenario.kappa
        self.demand_factor = 1.0
        self.purpose_factor: dict[Purpose, float] = {}
        self.zone_factor: dict[str, float] = {}
        self.events: list[Event] = []
        self.incidents: list[tuple[Place, Incident, Window]] = []
        self.own: dict[str, Place] = {}
        """Junctions that do not obey the centre."""
        self.adaptive: set[str] = set()
        """Junctions that are controlled adaptively."""
        self.commanded: list[tuple[Place, str, str]] = []
        """Junctions and the programmes that they are commanded for a time."""
        self.cuts: dict[str, dict[float, Cut]] = {}
        self.provenance = Provenance(source=f"scenario {scenario.id}", confidence=Confidence.ESTIMATED)
        self.start_s = instant_s(scenario.day, scenario.from_min, base.timezone)
        self._timezone = base.timezone
        self.run = Window(self.start_s - scenario.warm_up_s, instant_s(scenario.day, scenario.until_min, base.timezone))
        self._busy: dict[tuple[str, str], list[Window]] = {}
        for name, minutes in (("from", scenario.from_min), ("until", scenario.until_min)):
            self._check_shown(scenario.place, name, minutes)

    def warn(self, place: Place, text: str) -> None:
        """Note something that a planner should know."""
        self.warnings.append(f"{place}: {text}")

    def window(
        self, place: Place, start: str | None, end: str | None, names: tuple[str, str] = ("from", "until")
    ) -> Window | None:
        """Part of the run between two local times; None, and a finding, where it is none."""
        known = len(self.findings.problems)
        first_min = max(0, self.scenario.from_min - int(self.scenario.warm_up_s // 60))
        last_min = self.scenario.until_min
        for name, time in zip(names, (start, end), strict=True):
            if time is not None and not first_min <= minutes_of(time) <= last_min:
                limit = f"must lie in the run with its warm-up, {time_of(first_min)} to {time_of(last_min)}"
                self.findings.add(place, name, time, limit)
            elif time is not None:
                self._check_shown(place, name, minutes_of(time))
        start_min = first_min if start is None else minutes_of(start)
        end_min = last_min if end is None else minutes_of(end)
        if start_min >= end_min and len(self.findings.problems) == known:
            if end is None:
                self.findings.add(place, names[0], start, f"must be before the end of the run, {time_of(last_min)}")
            else:
                self.findings.add(place, names[1], end, f"must be after {names[0]} = {time_of(start_min)!r}")
        if len(self.findings.problems) > known:
            return None
        return Window(
            self.run.from_s if start is None else self.instant_s(start),
            self.run.until_s if end is None else self.instant_s(end),
        )

    def _check_shown(self, place: Place, name: str, minutes: int) -> None:
        """A time that the clocks leave out on this day is a finding."""
        if is_skipped(self.scenario.day, minutes, self._timezone):
            limit = f"must be a time that clocks show on {self.scenario.day}; summer time begins, they leave it out"
            self.findings.add(place, name, time_of(minutes), limit)

    def instant_s(self, time: str) -> float:
        """Seconds since 1970 of a local time of the day."""
        return instant_s(self.scenario.day, minutes_of(time), self._timezone)

    def occupy(self, place: Place, what: str, entity: str, window: Window) -> None:
        """Note that something of one kind happens to an entity; a finding where it already does in that time."""
        windows = self._busy.setdefault((what, entity), [])
        for other in windows:
            if window.from_s < other.until_s and other.from_s < window.until_s:
                self.findings.add(place, what, entity, f"must not overlap another {what} measure there")
                return
        windows.append(window)

    def free_windows(self, what: str, entity: str) -> list[Window]:
        """Parts of the run in which nothing of a kind happens to an entity."""
        free: list[Window] = []
        from_s = self.run.from_s
        for window in sorted(self._busy.get((what, entity), [])):
            if from_s < window.from_s:
                free.append(Window(from_s, window.from_s))
            from_s = window.until_s
        return [*free, Window(from_s, self.run.until_s)] if from_s < self.run.until_s else free

    def plan_cut(self, place: Place, link_id: str, at_m: float, node_id: str | None = None) -> tuple[str, LonLat]:
        """Note a cut of a link; node of the cut, the same for the same place, and its position.

        Raises
        ------
        InvalidValueError
            Where there is no such link, or the place is not on it or within 1 m of its ends.
        """
        link = link_of(self.network, link_id)
        require.between("position_m", at_m, SHORTEST_M, link.length_m - SHORTEST_M)
        name = node_id or f"{link_id}@{at_m:g}"
        cut = self.cuts.setdefault(link_id, {}).setdefault(at_m, Cut(name, place))
        return cut.node_id, cut_line(link.line, at_m / link.length_m)[0][-1]
