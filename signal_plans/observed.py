"""What control may be told in a second besides flows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from signal_plans.adaptive.requests import Requests
    from signal_plans.adaptive.sightings import Sightings
    from signal_plans.selection_by_traffic import TrafficPicture


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """All parts may be missing; arrays are in the order of the control's town."""

    occupancy_share: NDArray[np.float64] | None = None
    """(G,) share of the time in which the detectors of a group's approach are covered; nan where not known."""
    traffic: TrafficPicture | None = None
    """What traffic rules look at; without it none applies."""
    adaptive_ready: NDArray[np.bool_] | None = None
    """(J,) junctions at which an adaptive controller runs and could take over."""
    sightings: Sightings | None = None
    """Vehicles in front of the stop lines, for adaptive control."""
    exit_slow: NDArray[np.bool_] | None = None
    """(X,) exits behind which vehicles stand, in the order of adaptive control; None means "none known"."""
    requests: Requests | None = None
    """Buses that have called and persons at buttons, for adaptive control."""


NOTHING_MORE = Observed()
