"""Who asks for green beyond the vehicles that detectors see: buses on their way, and persons at buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class BusAhead(NamedTuple):
    """A bus that has called and not passed."""

    source_id: str
    """The group that it calls, see `call_points`."""
    run: int
    in_s: float
    """Until it reaches the stop line if nothing holds it; negative where it should have."""
    late_s: float


class Requests(NamedTuple):
    """All requests of a second."""

    buses: tuple[BusAhead, ...] = ()
    """By group, in the order in which they come."""
    waited_s: NDArray[np.float64] | None = None
    """(G,) how long somebody has been waiting at a button, nan where nobody is; None where no group has one."""
    faults: tuple[tuple[int, str], ...] = ()
    """Groups (positions in the town) whose button has begun to fail, and how; told once."""


NOBODY_ASKS = Requests()
