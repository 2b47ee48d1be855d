"""One car park as open data tell it: what it is, and what may be said of it at this moment."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from parking.facility import FacilityKind
from parking.sign import Display

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from api.wire.publications import FacilityPayload
    from parking.facility import Facility
    from parking.forecast.forecasts import Forecasts
    from parking.model import FacilityUse

UNDERGROUND_WORDS = ("tiefgarage", "tg ")
LOTS = frozenset({FacilityKind.SURFACE, FacilityKind.PARK_AND_RIDE})
CAR_PARK_WORDS = ("parkhaus", "parkdeck")


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """Who publishes, and whether what is published is simulated."""

    id: str
    name: str
    position: tuple[float, float]
    """Longitude, latitude of the town."""
    attribution: tuple[str, ...]
    licence: str
    simulated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A car park, and what is published of it now; `now` is None where nothing valid is."""

    facility: Facility
    use: FacilityUse
    now: FacilityPayload | None

    @property
    def version(self) -> str:
        """Changes when and only when a static fact changes, so that it survives restarts."""
        facility = self.facility
        facts = (facility.id, facility.name, facility.district, facility.position, facility.kind.value)
        told = repr((*facts, facility.capacity_veh, self.use.fee_eur_h))
        return hashlib.sha256(told.encode()).hexdigest()[:8]

    @property
    def is_closed(self) -> bool:
        """Whether it is known to be closed."""
        return self.now is not None and self.now.display == Display.CLOSED.value

    @property
    def is_full(self) -> bool:
        """Whether its sign says "full"."""
        return self.now is not None and self.now.display == Display.FULL.value

    @property
    def invites(self) -> bool:
        """Whether its sign says "free" or a number."""
        return self.now is not None and self.now.display in {Display.FREE.value, Display.NUMBER.value}

    @property
    def capacity_veh(self) -> int | None:
        """Places in force now; those of the model where nothing is published."""
        told_veh = None if self.now is None else self.now.capacity_veh
        return self.facility.capacity_veh if told_veh is None else told_veh

    @property
    def free_veh(self) -> int | None:
        """Free places where a number is honest: never beside a neutral sign, none while closed."""
        if self.is_closed:
            return 0
        return self.now.free_veh if self.now is not None and (self.invites or self.is_full) else None

    @property
    def as_of(self) -> str | None:
        """When what is said of it was measured, RFC 3339."""
        return None if self.now is None else self.now.measured_at

    @property
    def is_underground(self) -> bool:
        """Whether its name says so; the model has no other fact."""
        return self.facility.name.casefold().startswith(UNDERGROUND_WORDS)

    @property
    def is_building(self) -> bool:
        """Whether it has storeys, as far as kind and name tell."""
        named = self.facility.name.casefold().startswith(CAR_PARK_WORDS)
        return not self.is_underground and (named or self.facility.kind is FacilityKind.GARAGE)


def public_sites(
    facilities: Mapping[str, Facility], uses: Mapping[str, FacilityUse], told: Mapping[str, FacilityPayload]
) -> tuple[Site, ...]:
    """The town's own car parks in the order of the model.

    Those that somebody else guides are left out: their owner publishes them.
    """
    return tuple(
        Site(facility=facility, use=uses[key], now=told.get(key))
        for key, facility in facilities.items()
        if facility.kind is not FacilityKind.EXTERNAL
    )


def countable(sites: Sequence[Site]) -> tuple[Site, ...]:
    """Sites of known capacity: formats that demand a number of places cannot carry the others."""
    return tuple(site for site in sites if site.capacity_veh is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """What one set of documents is made from."""

    publisher: Publisher
    sites: tuple[Site, ...]
    as_of_s: float
    """When the board was last written."""
    static_s: float
    """When the static facts were loaded."""
    forecasts: Forecasts | None = None


CENTRAL_LEVELS = (0.05, 0.5, 0.95)


@dataclass(frozen=True, slots=True, kw_only=True)
class SimpleForecast:
    """What is expected of one site at one coming moment."""

    site: Site
    made_at_s: float
    at_s: float
    low_veh: float
    median_veh: int
    high_veh: float
    """Free places lie from low to high with 90 %."""


def simple_forecasts(edition: Edition) -> tuple[SimpleForecast, ...]:
    """Forecasts of all sites of known capacity that are not closed, by site and time."""
    forecasts = edition.forecasts
    if forecasts is None:
        return ()
    found = []
    for site in countable(edition.sites):
        for lead_s in () if site.is_closed else forecasts.lead_s:
            low, median, high = (forecasts.quantile_veh(site.facility.id, lead_s, level) for level in CENTRAL_LEVELS)
            if low is not None and median is not None and high is not None:
                found.append(
                    SimpleForecast(
                        site=site,
                        made_at_s=forecasts.made_at_s,
                        at_s=forecasts.made_at_s + lead_s,
                        low_veh=max(0.0, low),
                        median_veh=max(0, math.floor(median)),
                        high_veh=max(0.0, high),
                    )
                )
    return tuple(found)
