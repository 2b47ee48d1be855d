"""What became of the trips of a run, one row each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TripLog:
    """Trips in the order of their start, (M,): those of the demand and those home from car parks."""

    purposes: tuple[str, ...]
    purpose: NDArray[np.int64]
    """Index into `purposes`"""
    at_s: NDArray[np.float64]
    """When the driver wanted to start"""
    end_s: NDArray[np.float64]
    """When he was there, or had found his place to park; NaN while he drives, inf where no way led there"""
    free_s: NDArray[np.float64]
    """Driving time on the empty network of the way as planned"""
    parking_s: NDArray[np.float64]
    """From the arrival at the first car park to the place found; NaN for those who park privately"""
    walk_m: NDArray[np.float64]
    """From the place found to where he wanted to park and back, as the crow flies; NaN as above"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Counts of a run since the period began."""

    gave_up_veh: int
    """Refusals at a full or closed car park"""
    turned_by_sign_veh: int
