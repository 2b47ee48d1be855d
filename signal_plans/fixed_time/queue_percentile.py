"""The queue that is hardly ever exceeded, from its mean."""

from __future__ import annotations

import math

from traffic_core import require


def queue_95_veh(mean_veh: float) -> float:
    """Queue that 95 of 100 cycles do not exceed.  Source: HCM 2000, appendix G: factor 1.6 + e^(-Q/5)."""
    require.not_negative("mean_veh", mean_veh)
    return mean_veh * (1.6 + math.exp(-mean_veh / 5.0))
