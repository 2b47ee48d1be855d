"""What is counted on the streets and in the car parks in one interval of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]


class GarageCounts(Protocol):
    """What the recorder reads of a car park: its true state, not what its counter reports."""

    @property
    def capacity_veh(self) -> int:
        """Places now."""

    @property
    def parked_veh(self) -> int:
        """Cars inside now."""

    @property
    def entered_veh(self) -> int:
        """Cars that ever got in, as all further counts cumulative."""

    @property
    def left_veh(self) -> int:
        """Cars that ever left."""

    @property
    def refused_veh(self) -> int:
        """Drivers who ever went on because it was full or closed."""


class LinkCounts(NamedTuple):
    """Of each link, (L,): cumulative, or of one interval."""

    entered_veh: Ints
    left_veh: Ints
    time_s: Floats
    """Of those who left, from the start of the link to its end"""
    delay_s: Floats
    """Of those who left, at the end of the link, over their own free driving time"""
    stops_veh: Ints

    def since(self, before: LinkCounts) -> LinkCounts:
        """What was counted after `before`."""
        return LinkCounts(
            entered_veh=self.entered_veh - before.entered_veh,
            left_veh=self.left_veh - before.left_veh,
            time_s=self.time_s - before.time_s,
            delay_s=self.delay_s - before.delay_s,
            stops_veh=self.stops_veh - before.stops_veh,
        )


class Interval(NamedTuple):
    """What one interval came to; F car parks."""

    links: LinkCounts
    longest_queue_veh: Ints
    """(L,)"""
    garages: Ints
    """(F, 5): occupied and capacity at the end; entered, left, refused"""
    town: tuple[int, int, int]
    """At the end: inside, waiting outside, queued"""
