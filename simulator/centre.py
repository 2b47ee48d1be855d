"""The centre inside a run: the production code for signals and guidance, without clock, bus and store."""

from __future__ import annotations

import math
from bisect import bisect_right
from typing import TYPE_CHECKING

from parking.demand import ParkingDemand
from parking.guidance import Guidance
from parking.picture import Picture, known_sources, sign_drive_times_s
from signal_plans.adaptive.call_points import with_requests
from signal_plans.adaptive.town_sensors import adaptive_town
from signal_plans.announcement import Announcement
from signal_plans.control import MOST_PROGRAMMES_PER_STEP, SignalControl
from signal_plans.detector_means import DetectorMeans
from signal_plans.observed import Observed
from signal_plans.programme import COMPUTED_ID
from signal_plans.settings import SignalSettings
from traffic_core.detector_flows import STALE_AFTER_S
from traffic_core.errors import InvalidValueError
from traffic_core.quality_gate import KnownSources, QualityGate
from traffic_core.quality_outcome import Accepted
from traffic_core.readings import DetectorReading

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from parking.forecast.forecaster import Forecaster
    from parking.model import ParkingModel
    from parking.sign import SignContent
    from signal_plans.adaptive.area import AreaDetector
    from signal_plans.adaptive.sensors import Seen
    from signal_plans.adaptive.town_sensors import AdaptiveTown
    from signal_plans.decision import SignalDecision
    from signal_plans.junction import Junction
    from traffic_core.network import Network
    from traffic_core.readings import Reading

GUIDANCE_EVERY_S = 10.0


class Centre:
    """What the service does between readings and commands, in the same order with the same parts.

    The service looks after its signals every second.  Here `signal_turn` may be called every second too, but consults
    the control only in the seconds in which it can decide something: the result is the same, see
    `next_signal_turn_s`.  Where adaptive control works it decides every second.  Times are whole seconds that never
    run backwards.
    """

    def __init__(
        self,
        network: Network,
        junctions: Mapping[str, Junction],
        parking: ParkingModel,
        settings: SignalSettings | None = None,
        area_detectors: Sequence[AreaDetector] = (),
        forecaster: Forecaster | None = None,
    ) -> None:
        """With `area_detectors`, or detectors that report every second, adaptive control is there: `allow_adaptive`.

        Without a `forecaster` guidance goes by the present values.
        """
        settings = settings or SignalSettings()
        self.gate = QualityGate(_known(network, parking, junctions))
        self.picture = Picture(network, parking)
        self.means = DetectorMeans(network)
        self._adaptive = adaptive_town(network, junctions, area_detectors)
        self.control = _control(junctions, network, settings, self._adaptive)
        self.guidance = Guidance(parking, drive_time_s=sign_drive_times_s(network, parking))
        self._demand = ParkingDemand(parking, self.guidance.cells)
        self._forecaster = forecaster
        self._announcement = Announcement()
        self._timetable = _Timetable(len(junctions), settings.recompute_every_s)
        self._measured_at_s: dict[str, float] = {}
        self._silences_s: list[float] | None = None
        """When each detector becomes silent if it is not heard again, rising; None where that has changed."""
        self._next_turn_s = math.inf if self.control is None else -math.inf

    @property
    def next_signal_turn_s(self) -> float:
        """The next second in which `signal_turn` can return something, or earlier; the past before the first turn."""
        return self._next_turn_s

    def allow_adaptive(self, junction_ids: Iterable[str]) -> None:
        """Let adaptive control work at these junctions, as an operator does.  Raises `InvalidValueError`."""
        for junction_id in junction_ids:
            j = None if self.control is None else self.control.index_of(junction_id)
            if self.control is None or j is None:
                raise InvalidValueError("junction_id", junction_id, "must name a junction of the model")
            self.control.adaptive_allowed[j] = True

    def see(self, seen: Iterable[Seen], now_s: float) -> None:
        """Take what area detectors see at `now_s`, straight from the simulation: messages would say the same."""
        if self._adaptive is not None:
            for one in seen:
                self._adaptive.sensors.area.see(now_s, one)

    def accept(self, readings: Iterable[Reading], now_s: float) -> None:
        """Take readings that are at hand at `now_s`: they pass the quality gate as those of real devices do."""
        for outcome in self.picture.take(readings, self.gate, now_s):
            if not isinstance(outcome, Accepted):
                continue
            if isinstance(outcome.reading, DetectorReading):
                self._measured_at_s[outcome.reading.source_id] = outcome.reading.measured_at_s
                self._silences_s = None
                self.means.accept(outcome.reading)
            if self._adaptive is not None:
                self._adaptive.sensors.accept(outcome.reading)

    def signal_turn(self, now_s: float) -> list[SignalDecision]:
        """Commands to say at `now_s`; for how long they hold says `signal_plans.announcement.validity_s`."""
        if self.control is None or now_s < self._next_turn_s:
            return []
        flows, approaches = self.picture.flows, self.control.approaches
        flows.advance(now_s)
        flow_veh_h, known = approaches.group_flows(*flows.of(approaches.links))
        occupancy_share = approaches.group_occupancy(self.means.link_occupancy_share(approaches.links, now_s))
        state = self.control.step(now_s, flow_veh_h, known, self._observed(now_s, occupancy_share))
        if self._adaptive is not None:
            self._adaptive.sensors.note(state, occupancy_share)
        said = self._announcement.due(self.control, state.decisions, now_s)
        self._next_turn_s = self._when_next(self.control, now_s, state.load_known)
        return said

    def _observed(self, now_s: float, occupancy_share: NDArray[np.float64]) -> Observed:
        if self._adaptive is None:
            return Observed(occupancy_share=occupancy_share)
        picture = self._adaptive.sensors.picture(now_s)
        return Observed(
            occupancy_share=occupancy_share,
            adaptive_ready=picture.ready,
            sightings=picture.sightings,
            exit_slow=picture.exit_slow,
            requests=self._adaptive.sensors.requests(now_s),
        )

    def guidance_turn(self, now_s: float) -> list[SignContent]:
        """Contents issued at `now_s`, a multiple of `GUIDANCE_EVERY_S`."""
        self.picture.flows.advance(now_s)
        estimates = self.picture.occupancy.estimates(now_s)
        forecasts = None if self._forecaster is None else self._forecaster.forecasts(now_s, estimates)
        result = self.guidance.step(now_s, estimates, self._demand.of(self.picture.flows), forecasts)
        return [result.contents[sign_id] for sign_id in result.changed]

    def _when_next(self, control: SignalControl, now_s: float, junction_known: NDArray[np.bool_]) -> float:
        """The next second in which control can decide something.

        Adaptive control decides in every second.  Without it the control decides when a junction's turn to be computed
        comes; when a switch is due, which the monitor may refuse; when a detector becomes silent; and in every second
        while a junction runs what was computed from counts and its detectors are silent.
        """
        if self._adaptive is not None and control.adaptive_allowed.any():
            return now_s + 1.0
        commands = control.commands()
        if not junction_known.all():
            silent = {name for name, known in zip(control.junction_ids, junction_known, strict=True) if not known}
            if any(command.programme.id == COMPUTED_ID and command.junction_id in silent for command in commands):
                return now_s + 1.0
        if self._silences_s is None:
            last_s = set(self._measured_at_s.values())
            self._silences_s = sorted(math.floor(at_s + STALE_AFTER_S) + 1.0 for at_s in last_s)
        return min(
            self._timetable.after_s(now_s),
            self._announcement.again_at_s,
            *(command.valid_from_s for command in commands if command.valid_from_s > now_s),
            *self._silences_s[bisect_right(self._silences_s, now_s) :][:1],
        )


def _known(network: Network, parking: ParkingModel, junctions: Mapping[str, Junction]) -> KnownSources:
    return with_requests(known_sources(network, parking), network, [junction.layout for junction in junctions.values()])


def _control(
    junctions: Mapping[str, Junction], network: Network, settings: SignalSettings, adaptive: AdaptiveTown | None
) -> SignalControl | None:
    if not junctions:
        return None
    return SignalControl(junctions, network, settings, adaptive=None if adaptive is None else adaptive.control)


class _Timetable:
    """When junctions are computed: once in `every_s`, spread evenly, as `SignalControl` does."""

    def __init__(self, junctions: int, every_s: int) -> None:
        self._every_s = every_s
        self._phases_s = sorted({j * every_s // junctions for j in range(junctions)})
        self._is_crowded = junctions > MOST_PROGRAMMES_PER_STEP * every_s
        """More are due in a second than one step computes: the others follow in the next ones."""

    def after_s(self, now_s: float) -> float:
        """The first second after `now_s` in which a junction is due."""
        second = math.floor(now_s)
        if self._is_crowded or not self._phases_s:
            return second + 1.0
        begin_s = second - second % self._every_s
        place = bisect_right(self._phases_s, second - begin_s)
        if place == len(self._phases_s):
            return float(begin_s + self._every_s + self._phases_s[0])
        return float(begin_s + self._phases_s[place])
