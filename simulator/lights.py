"""All signal controllers of the town, and the table of what each signal shows that the vehicles read."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import simpy

from signal_plans.lamp import Lamp
from signal_plans.signal_group import GroupKind
from simulator.lamp_forecast import LONGEST_S, LampForecast
from simulator.lamp_watch import LampWatch
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Mapping

    from numpy.typing import NDArray

    from signal_plans.junction import Junction
    from signal_plans.monitor import Fault
    from signal_plans.programme import SignalProgramme
    from traffic_core.network_arrays import NetworkArrays


class SignalTable(NamedTuple):
    """What S signals show until the next event; a signal is a vehicle group, or several groups that serve one turn.

    At time t, signal s is green where `green[s, int(floor(t) - origin_s[s]) % cycle_s[s]]` is 1.
    """

    green: NDArray[np.uint8]
    """(S, 120)"""
    cycle_s: NDArray[np.int64]
    """(S,) columns in use."""
    origin_s: NDArray[np.float64]
    """(S,) when column 0 holds, a whole second."""
    turn_signal: NDArray[np.int64]
    """(T,) signal of every turn, -1 for a turn without one."""


class Lights:
    """Keeps `table` true with one SimPy process per junction, which sleeps while its controller repeats itself.

    The arrays of the table are changed in place, in events: whoever reads them reads up to the next event.  With
    `watched` the monitor judges every second that is over: see `faults`.
    """

    def __init__(self, arrays: NetworkArrays, junctions: Mapping[str, Junction], *, watched: bool = False) -> None:
        self._junctions = dict(junctions)
        self._signals = {junction_id: _signals_of(junction) for junction_id, junction in junctions.items()}
        self._watch = LampWatch([junction.layout for junction in junctions.values()]) if watched else None
        self._forecasts: dict[str, LampForecast] = {}
        self._rows: dict[str, slice] = {}
        self._processes: dict[str, simpy.Process] = {}
        self._sleeps_until_s: dict[str, float] = {}
        self._env: simpy.Environment | None = None
        turn_signal = np.full(arrays.turn_from.size, -1, np.int64)
        count = 0
        for junction_id, signals in self._signals.items():
            self._rows[junction_id] = slice(count, count + len(signals))
            for turns, _ in signals:
                rows = [arrays.turn_index[turn] for turn in turns]
                if (turn_signal[rows] >= 0).any():
                    raise InvalidValueError(f"junction[{junction_id}].turns", turns, "must obey one junction only")
                turn_signal[rows] = count
                count += 1
        self.table = SignalTable(
            green=np.zeros((count, LONGEST_S), np.uint8),
            cycle_s=np.ones(count, np.int64),
            origin_s=np.zeros(count),
            turn_signal=turn_signal,
        )

    def start(self, env: simpy.Environment) -> None:
        """Begin at `env.now`, a whole second, with all lamps red since long."""
        self._env = env
        for junction_id, junction in self._junctions.items():
            self._forecasts[junction_id] = LampForecast(junction, int(env.now))
            self._take_note(junction_id)
            self._publish(junction_id)
            self._processes[junction_id] = env.process(self._keep(env, junction_id))

    def command(
        self, junction_id: str, programme: SignalProgramme, valid_from_s: float, valid_until_s: float = math.inf
    ) -> None:
        """Hand a programme to a controller at the time of the environment; it counts from the next whole second on.

        A command in a whole second counts for this second.

        Raises
        ------
        InvalidValueError
            There is no such junction, or the programme is for another one.
        UnsafeProgrammeError
            The controller refuses it.
        """
        forecast = self._forecast(junction_id)
        self._take_note(junction_id)
        if forecast.command(self._now_s, programme, valid_from_s, valid_until_s):
            self._publish(junction_id)
        self._wake(junction_id)

    def wish(
        self,
        junction_id: str,
        groups: Collection[str],
        valid_from_s: float,
        valid_until_s: float = math.inf,
        *,
        leads: bool = False,
    ) -> None:
        """Hand a wish for green groups to a controller, as `command` does with a programme.

        `leads` : see `RoadsideController.wish`.

        Raises `InvalidValueError` where there is no such junction or group, or where groups conflict.
        """
        forecast = self._forecast(junction_id)
        self._take_note(junction_id)
        if forecast.wish(self._now_s, groups, valid_from_s, valid_until_s, leads=leads):
            self._publish(junction_id)
        self._wake(junction_id)

    def _wake(self, junction_id: str) -> None:
        """Let a junction look again that would sleep beyond the end of its forecast."""
        if self._forecasts[junction_id].renew_at_s < self._sleeps_until_s.get(junction_id, -math.inf):
            self._processes[junction_id].interrupt()
            del self._sleeps_until_s[junction_id]

    def lamps(self) -> dict[str, dict[str, Lamp]]:
        """What every signal group shows, by junction: in the second under way, or just over at a whole second."""
        return {
            key: {
                group: state.lamp
                for group, state in zip(
                    self._junctions[key].layout.groups, forecast.last_moment(self._now_s).snapshot, strict=True
                )
            }
            for key, forecast in self._forecasts.items()
        }

    def programmes(self) -> dict[str, SignalProgramme]:
        """The programme each controller runs, in the same second as `lamps`."""
        return {key: forecast.last_moment(self._now_s).orders.programme for key, forecast in self._forecasts.items()}

    def faults(self) -> dict[str, Fault]:
        """The first breach of a rule at each junction that broke one, up to now.  Only where `watched`."""
        if self._watch is None:
            raise InvalidValueError("watched", False, "must be true for a judgement")
        for junction_id in self._forecasts:
            self._take_note(junction_id)
        return self._watch.faults()

    @property
    def _now_s(self) -> float:
        assert self._env is not None  # noqa: S101  only started lights have forecasts, and only those ask
        return float(self._env.now)

    def _forecast(self, junction_id: str) -> LampForecast:
        if junction_id not in self._forecasts:
            raise InvalidValueError("junction_id", junction_id, "must name a junction of the model")
        return self._forecasts[junction_id]

    def _keep(self, env: simpy.Environment, junction_id: str) -> Generator[simpy.Event, object, None]:
        """Look ahead whenever a forecast comes to its end; a command may call earlier."""
        forecast = self._forecasts[junction_id]
        while True:
            while forecast.renew_at_s <= env.now:
                self._take_note(junction_id)
                forecast.go_on()
                self._publish(junction_id)
            self._sleeps_until_s[junction_id] = at_s = forecast.renew_at_s
            try:
                yield env.event() if math.isinf(at_s) else env.timeout(at_s - env.now)
            except simpy.Interrupt:
                continue

    def _take_note(self, junction_id: str) -> None:
        """Let the monitor judge the seconds that no command can change any more."""
        if self._watch is not None:
            self._watch.take(junction_id, self._forecasts[junction_id].rows, math.ceil(self._now_s))

    def _publish(self, junction_id: str) -> None:
        forecast, rows = self._forecasts[junction_id], self._rows[junction_id]
        is_green = forecast.lamps == Lamp.GREEN
        length_s = len(is_green)
        for row, (_, groups) in enumerate(self._signals[junction_id], start=rows.start):
            self.table.green[row, :length_s] = is_green[:, groups].any(axis=1)
        self.table.cycle_s[rows] = length_s
        self.table.origin_s[rows] = forecast.origin_s


def _signals_of(junction: Junction) -> list[tuple[list[str], list[int]]]:
    """Turns that obey the same vehicle groups, and the places of these groups; a turn is open where any is green."""
    served: dict[str, list[int]] = {}
    for place, group in enumerate(junction.layout.groups.values()):
        if group.kind is GroupKind.VEHICLE:
            for turn in group.turns:
                served.setdefault(turn, []).append(place)
    signals: dict[tuple[int, ...], list[str]] = {}
    for turn, places in served.items():
        signals.setdefault(tuple(places), []).append(turn)
    return [(turns, list(places)) for places, turns in sorted(signals.items())]
