"""How long the sensor of a bay may be silent and still lives.

A heartbeat is carried as a reading of the bay with its unchanged state: the time of the last reading is the time at
which the sensor was heard last, and nothing else has to be kept.  A sensor that reports changes and a heartbeat every
so often is silent for hours without being dead; it is dead once two heartbeats in a row have not come.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from parking.counting.settings import DEFAULT_COUNTING, LIMITS
from parking.quality.files import FacilityQuality

if TYPE_CHECKING:
    from collections.abc import Iterable

    from api.feeds.config import FeedConfig
    from api.town import Town

MISSED_HEARTBEATS = 2
TOLERANCE_SHARE = 0.1
"""Of a heartbeat interval: devices draw their moments by chance and their clocks are cheap."""


def alive_s_by_facility(feeds: Iterable[FeedConfig]) -> dict[str, float]:
    """So long after its last reading the sensor of a bay counts as alive, s, by facility; the longest of its feeds."""
    found: dict[str, float] = {}
    for feed in feeds:
        if feed.heartbeat_s is None:
            continue
        alive_s = (MISSED_HEARTBEATS + TOLERANCE_SHARE) * feed.heartbeat_s
        facility_ids = {ours.rpartition(".")[0] for ours in feed.naming.bays.values()}
        if not feed.naming.bays and "." in feed.naming.prefix:
            facility_ids = {feed.naming.prefix.partition(".")[0]}
        for facility_id in facility_ids:
            found[facility_id] = max(alive_s, found.get(facility_id, 0.0))
    return found


def with_heartbeats(town: Town, feeds: Iterable[FeedConfig]) -> Town:
    """The town whose estimates know the heartbeats of its bays; what its model says itself goes before."""
    told = alive_s_by_facility(feeds)
    if not told:
        return town
    quality = dict(town.parking.quality)
    least_s, most_s = LIMITS["bay_silent_s"]
    for facility_id, alive_s in told.items():
        known = quality.get(facility_id, FacilityQuality())
        if facility_id in town.parking.facilities and known.counting.bay_silent_s == DEFAULT_COUNTING.bay_silent_s:
            counting = replace(known.counting, bay_silent_s=min(max(alive_s, least_s), most_s))
            quality[facility_id] = replace(known, counting=counting)
    return replace(town, parking=replace(town.parking, quality=quality))
