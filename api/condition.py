"""How the service is: what the health routes and the metrics tell."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from api.memory import resident_mb

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from prometheus_client import Metric

    from api.board import Board
    from api.bus.port import Bus
    from api.clock import Clock
    from api.intake import Intake
    from api.loop import ControlLoop
    from api.store.recorder import Recorder

STANDSTILL_S = 5.0


class ServiceCondition:
    """Reads the parts; holds nothing itself."""

    def __init__(self, clock: Clock, board: Board, loop: ControlLoop, bus: Bus, recorder: Recorder) -> None:
        self.clock = clock
        self.board = board
        self.loop = loop
        self.bus = bus
        self.recorder = recorder

    def alive(self) -> bool:
        """Whether the control loop has turned within the last seconds of wall time."""
        return self.loop.turned_at is not None and time.monotonic() - self.loop.turned_at < STANDSTILL_S

    def problems(self) -> list[str]:
        """What keeps the service from serving.  An absent broker or store is no reason: guidance goes on."""
        now_s = self.clock.now_s()
        shown = self.board.items["signs"]
        found = [] if self.alive() else ["the control loop stands still"]
        if not all(sign_id in shown and shown[sign_id].is_valid(now_s) for sign_id in self.loop.town.parking.signs):
            found.append("not every sign has valid content")
        return found

    def remarks(self) -> dict[str, str]:
        """State of broker and store in words."""
        kept = self.recorder.status()
        return {
            "bus": "connected" if self.bus.connected else f"away: {self.bus.counts.last_error or 'connecting'}",
            "store": f"degraded: {kept.last_error}; {kept.waiting} rows wait" if kept.degraded else "ok",
        }


class ServiceCollector(Collector):
    """Figures for Prometheus, read when asked for."""

    def __init__(
        self, condition: ServiceCondition, intake: Intake, feed_outcomes: Mapping[tuple[str, str], int]
    ) -> None:
        self.condition = condition
        self.intake = intake
        self.feed_outcomes = feed_outcomes

    def collect(self) -> Iterable[Metric]:
        """All figures."""
        counters = self.intake.counters()
        for name, label, counts in (
            ("accepted", "kind", counters.accepted),
            ("repaired", "reason", counters.repaired),
            ("rejected", "reason", counters.rejected),
        ):
            family = CounterMetricFamily(f"stadttakt_readings_{name}", f"Readings {name}", labels=[label])
            for value, count in counts.items():
                family.add_metric([value], count)
            yield family
        attempts = CounterMetricFamily("stadttakt_feed_attempts", "Pulls of feeds", labels=["feed", "outcome"])
        for labels, count in self.feed_outcomes.items():
            attempts.add_metric(labels, count)
        yield attempts
        judged = CounterMetricFamily(
            "stadttakt_parking_readings", "Readings repaired or refused", labels=["facility", "reason"]
        )
        for (facility_id, reason), count in self.intake.gate.by_facility.items():
            judged.add_metric([facility_id, reason.value], count)
        yield judged
        watch = self.intake.city.watch
        found = CounterMetricFamily("stadttakt_parking_faults", "Faults of data found", labels=["facility", "rule"])
        for (facility_id, rule), count in watch.found.items():
            found.add_metric([facility_id, rule.value], count)
        yield found
        faulty = GaugeMetricFamily("stadttakt_parking_faulty", "1 while a fault stands", labels=["facility", "rule"])
        for facility_id, fault in watch.faults().items():
            faulty.add_metric([facility_id, fault.rule.value], 1)
        yield faulty
        loop, bus = self.condition.loop, self.condition.bus
        kept = self.condition.recorder.status()
        yield _total("cycles", "Control cycles done", loop.cycles)
        yield _total("failed_cycles", "Control cycles that ended in an error", loop.failures)
        yield _total("skipped_seconds", "Seconds the loop came too late for", loop.skipped_s)
        yield _gauge("cycle_seconds", "Duration of the last control cycle", loop.last_cycle_s)
        yield _gauge("ready", "1 when every sign has content", not self.condition.problems())
        yield _gauge("bus_connected", "1 when messages flow", bus.connected)
        yield _total("bus_connects", "Connections made to the broker", bus.counts.connects)
        yield _total("bus_expired", "Outgoing messages past their validity, not sent", bus.counts.expired)
        yield _total("bus_dropped", "Outgoing messages given up", bus.counts.dropped)
        yield _total("bus_overflowed", "Incoming messages lost to a slow subscriber", bus.counts.overflowed)
        yield _total("bus_oversized", "Incoming messages refused for their size", bus.counts.oversized)
        yield _gauge("store_waiting_rows", "Rows that wait for the store", kept.waiting)
        yield _total("store_written_rows", "Rows written", kept.written)
        yield _total("store_lost_rows", "Rows given up or refused", kept.refused + sum(kept.dropped.values()))
        yield _gauge("listeners", "Open event streams", self.condition.board.listeners)
        yield _gauge("resident_megabytes", "Resident memory", resident_mb())


def _total(name: str, text: str, value: float) -> Metric:
    return CounterMetricFamily(f"stadttakt_{name}", text, value=value)


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(f"stadttakt_{name}", text, value=value)


def metrics_of(
    condition: ServiceCondition, intake: Intake, feed_outcomes: Mapping[tuple[str, str], int]
) -> CollectorRegistry:
    """A registry of our own figures only."""
    registry = CollectorRegistry()
    registry.register(ServiceCollector(condition, intake, feed_outcomes))
    return registry
