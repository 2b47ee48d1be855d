"""A street with signals as the coordination sees it: greens of both directions, distances and speeds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from signal_plans.programme import LONGEST_CYCLE_S, SHORTEST_CYCLE_S
from traffic_core import require
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from signal_plans.programme import GreenWindow


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeedRange:
    """Progression speeds that are allowed on a section, and the one that is wanted, m/s."""

    wanted_m_s: float
    slowest_m_s: float
    fastest_m_s: float

    def __post_init__(self) -> None:
        require.between("speed.slowest_m_s", self.slowest_m_s, 1.0, 60.0)
        require.between("speed.fastest_m_s", self.fastest_m_s, self.slowest_m_s, 60.0)
        require.between("speed.wanted_m_s", self.wanted_m_s, self.slowest_m_s, self.fastest_m_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionWay:
    """One direction of the street between two neighbouring signals, from stop line to stop line."""

    length_m: float
    speed: SpeedRange

    def __post_init__(self) -> None:
        require.between("section.length_m", self.length_m, 1.0, 20_000.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class CoordinatedGreen:
    """Green of one direction in the seconds of the programme; a queue uses its first `queue_s` seconds."""

    window: GreenWindow
    queue_s: float = 0.0

    @property
    def start_s(self) -> float:
        """First second that the band may use."""
        return self.window.start_s + self.queue_s

    @property
    def length_s(self) -> float:
        """Seconds that the band may use."""
        return self.window.length_s - self.queue_s


@dataclass(frozen=True, slots=True, kw_only=True)
class ArterialSignal:
    """A signal of the street with the greens of its coordinated groups."""

    id: str
    outbound: CoordinatedGreen
    inbound: CoordinatedGreen


@dataclass(frozen=True, slots=True, kw_only=True)
class Arterial:
    """Signals in outbound order, all with one cycle; section i lies between signals i and i + 1.

    `largest_change_m_s` bounds how much the speed changes from a section to the next beyond the change of the wanted
    speeds.  Weights say how much a second of band is worth in each direction.
    """

    cycle_s: int
    signals: tuple[ArterialSignal, ...]
    outbound: tuple[SectionWay, ...]
    inbound: tuple[SectionWay, ...]
    outbound_weight: float = 1.0
    inbound_weight: float = 1.0
    largest_change_m_s: float = 60.0
    balance: float = 0.01
    """Worth of a second of the narrower band (over its weight) besides its own: small, it decides between equally good
    solutions; from about 0.1 on two fair bands are better than a wide and a missing one."""

    def __post_init__(self) -> None:
        require.between("arterial.balance", self.balance, 0.0, 10.0)
        require.between("arterial.cycle_s", self.cycle_s, SHORTEST_CYCLE_S, LONGEST_CYCLE_S)
        if len(self.signals) < 2:
            raise InvalidValueError("arterial.signals", len(self.signals), "must be at least 2")
        for name, ways in (("outbound", self.outbound), ("inbound", self.inbound)):
            if len(ways) != len(self.signals) - 1:
                raise InvalidValueError(f"arterial.{name}", len(ways), f"must be {len(self.signals) - 1} sections")
        require.not_negative("arterial.outbound_weight", self.outbound_weight)
        require.not_negative("arterial.inbound_weight", self.inbound_weight)
        require.positive("arterial.weights", self.outbound_weight + self.inbound_weight)
        require.positive("arterial.largest_change_m_s", self.largest_change_m_s)
        for signal in self.signals:
            self._check_green(f"signal[{signal.id}].outbound", signal.outbound)
            self._check_green(f"signal[{signal.id}].inbound", signal.inbound)

    def _check_green(self, where: str, green: CoordinatedGreen) -> None:
        require.between(f"{where}.start_s", green.window.start_s, 0, self.cycle_s - 1)
        require.between(f"{where}.length_s", green.window.length_s, 1, self.cycle_s - 1)
        require.between(f"{where}.queue_s", green.queue_s, 0.0, green.window.length_s)
