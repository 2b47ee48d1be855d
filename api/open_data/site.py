"""One car park as open data tell it: what it is, and what may be said of it at this moment."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.wire.base import instant_text
from parking import content
from parking.facility import FacilityKind
from parking.sign import Display

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api.wire.publications import FacilityPayload
    from parking.facility import Facility
    from parking.forecast.forecasts import Forecasts
    from parking.model import FacilityUse

UNDERGROUND_WORDS = ("tiefgarage", "tg ")
CAR_PARK_WORDS = ("parkhaus", "parkdeck")
SET_BY_HAND = frozenset({content.OPERATOR, content.EVENT})
"""Reasons of a display that does not rest on a measurement."""
CENTRAL_LEVELS = (0.05, 0.5, 0.95)
FORECAST_LASTS_S = 60.0
"""The next guidance cycle makes a new one long before."""
CLOCK_TOLERANCE_S = 5.0


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
    """A car park, and what is published of it now."""

    facility: Facility
    use: FacilityUse
    capacity_veh: int | None
    """Places as last told or, where nobody told, of the model."""
    static_s: float
    """Since when its static facts are these."""
    now: FacilityPayload | None
    """None: nothing valid is published."""
    said_at_s: float | None = None
    """When `now` was published."""
    has_live: bool = False
    """Whether anything has ever been published of it since the start."""

    @property
    def version(self) -> str:
        """Changes when and only when a static fact changes, so that it survives restarts."""
        facility = self.facility
        facts = (facility.id, facility.name, facility.district, facility.position, facility.kind.value)
        told = repr((*facts, self.capacity_veh, self.use.fee_eur_h))
        return hashlib.sha256(told.encode()).hexdigest()[:8]

    @property
    def is_closed(self) -> bool:
        """Whether its sign says "closed"."""
        return self._shows(Display.CLOSED)

    @property
    def is_full(self) -> bool:
        """Whether its sign says "full"."""
        return self._shows(Display.FULL)

    @property
    def invites(self) -> bool:
        """Whether its sign says "free" or a number."""
        return self._shows(Display.FREE) or self._shows(Display.NUMBER)

    @property
    def free_veh(self) -> int | None:
        """Free places exactly where a sign shows a number; 0 where it says "full" or "closed".

        Whoever reads only the number must not be sent where the signs send nobody.
        """
        if self.is_closed or self.is_full:
            return 0
        return self.now.free_veh if self.now is not None and self._shows(Display.NUMBER) else None

    @property
    def as_of(self) -> str | None:
        """When what is said of it was measured or, where it was set by hand, published; RFC 3339."""
        if self.now is None or self.said_at_s is None:
            return None
        return instant_text(self.said_at_s) if self.is_set_by_hand else self.now.measured_at

    @property
    def is_set_by_hand(self) -> bool:
        """Whether an operator or an event plan has set what its sign shows."""
        return self.now is not None and self.now.reason in SET_BY_HAND

    def _shows(self, display: Display) -> bool:
        return self.now is not None and self.now.display == display.value

    @property
    def is_underground(self) -> bool:
        """Whether its name says so; the model has no other fact."""
        return self.facility.name.casefold().startswith(UNDERGROUND_WORDS)

    @property
    def is_building(self) -> bool:
        """Whether it has storeys, as far as kind and name tell."""
        named = self.facility.name.casefold().startswith(CAR_PARK_WORDS)
        return not self.is_underground and (named or self.facility.kind is FacilityKind.GARAGE)


def countable(sites: Sequence[Site]) -> tuple[Site, ...]:
    """Sites of known capacity: formats that demand a number of places cannot carry the others."""
    return tuple(site for site in sites if site.capacity_veh is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """What one set of documents is made from."""

    publisher: Publisher
    sites: tuple[Site, ...]
    as_of_s: float
    """When it is made."""
    forecasts: Forecasts | None = None

    @property
    def version(self) -> str:
        """Of the table of sites: changes when and only when one of them does."""
        return hashlib.sha256("".join(site.version for site in self.sites).encode()).hexdigest()[:8]

    @property
    def static_s(self) -> float:
        """Since when the table is this."""
        return max((site.static_s for site in self.sites), default=self.as_of_s)


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
    """Forecasts by site and time, of sites of known capacity whose signs say something that rests on measurements.

    None from forecasts that are older than a minute or from a time to come, and none for a moment that has passed.
    """
    forecasts = edition.forecasts
    if forecasts is None or not _in_force(forecasts, edition.as_of_s):
        return ()
    found = []
    for site in countable(edition.sites):
        if not (site.invites or site.is_full) or site.is_set_by_hand:
            continue
        for lead_s in forecasts.lead_s:
            at_s = forecasts.made_at_s + lead_s
            low, median, high = (forecasts.quantile_veh(site.facility.id, lead_s, level) for level in CENTRAL_LEVELS)
            if at_s > edition.as_of_s and low is not None and median is not None and high is not None:
                found.append(
                    SimpleForecast(
                        site=site,
                        made_at_s=forecasts.made_at_s,
                        at_s=at_s,
                        low_veh=max(0.0, low),
                        median_veh=max(0, math.floor(median)),
                        high_veh=max(0.0, high),
                    )
                )
    return tuple(found)


def _in_force(forecasts: Forecasts, now_s: float) -> bool:
    return -CLOCK_TOLERANCE_S <= now_s - forecasts.made_at_s <= FORECAST_LASTS_S
