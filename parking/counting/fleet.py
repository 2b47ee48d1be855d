"""Counting estimators and bays of all car parks of a model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from parking.counting.bays import BayBoard, BaysSeen
from parking.counting.estimator import CountingEstimator
from parking.counting.settings import DEFAULT_COUNTING, CountingSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from parking.counting.estimator import DriftAlarm
    from parking.facility import Facility
    from traffic_core.readings import BayReading


class CountingFleet:
    """Belongs to the state of the car parks; an estimator is made where a car park first counts."""

    def __init__(
        self,
        facilities: Mapping[str, Facility],
        settings: Mapping[str, CountingSettings] | None = None,
        night_veh: Mapping[str, float] | None = None,
    ) -> None:
        """`night_veh`: usual number of vehicles at the quietest hour by car park, where anybody knows."""
        self._facilities = dict(facilities)
        self._settings = dict(settings or {})
        self._night_veh = dict(night_veh or {})
        self._estimators: dict[str, CountingEstimator] = {}
        self._bays: dict[str, BayBoard] = {}

    def known(self, facility_id: str) -> CountingEstimator | None:
        """The estimator of a car park that has counted before."""
        return self._estimators.get(facility_id)

    def of(self, facility_id: str) -> CountingEstimator | None:
        """The estimator of a car park; None where its capacity is unknown and nothing can be estimated."""
        found = self._estimators.get(facility_id)
        capacity_veh = self._facilities[facility_id].capacity_veh
        if found is None and capacity_veh is not None:
            settings = self.settings(facility_id)
            night_veh = settings.night_veh if settings.night_veh is not None else self._night_veh.get(facility_id)
            if night_veh is not None:
                night_veh = min(night_veh, float(capacity_veh))
            found = self._estimators[facility_id] = CountingEstimator(capacity_veh, settings, night_veh)
        return found

    def settings(self, facility_id: str) -> CountingSettings:
        """Counting settings of a car park."""
        return self._settings.get(facility_id, DEFAULT_COUNTING)

    def bay(self, facility_id: str, reading: BayReading) -> BaysSeen | None:
        """Take over a report of a bay; return what its car park's bays say now."""
        board = self._bays.setdefault(facility_id, BayBoard())
        board.accept(reading)
        return board.seen(reading.received_at_s, self.settings(facility_id).bay_silent_s)

    def take_alarms(self) -> list[tuple[str, DriftAlarm]]:
        """Drift alarms since the last call, by car park."""
        found: list[tuple[str, DriftAlarm]] = []
        for key, estimator in self._estimators.items():
            found += [(key, alarm) for alarm in estimator.alarms]
            estimator.alarms = []
        return found

    def alarmed_at(self, facility_id: str) -> float | None:
        """When a car park's last drift alarm was, None where there was none."""
        estimator = self._estimators.get(facility_id)
        return None if estimator is None else estimator.alarmed_at_s

    def state(self) -> dict[str, dict[str, Any]]:
        """Plain values of every estimator, to be kept over a restart."""
        return {key: estimator.state() for key, estimator in self._estimators.items()}

    def restore(self, facility_id: str, state: Mapping[str, Any]) -> None:
        """Take over what `state` gave for one car park.

        Raises
        ------
        ValueError, KeyError, TypeError
            For what `state` cannot have given, or for another capacity than today's.
        """
        if facility_id in self._facilities and (estimator := self.of(facility_id)) is not None:
            estimator.restore(state)
