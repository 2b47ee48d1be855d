"""What the flow model assumes and what the optimiser may do."""

from __future__ import annotations

from dataclasses import dataclass

from traffic_core import require
from traffic_core.errors import InvalidValueError

DISPERSION = 0.35
"""Robertson's alpha."""
LEAD_SHARE = 0.8
"""Robertson's beta: travel time of a platoon's first vehicle over the mean."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowLaw:
    """Constants of the queue and platoon model; sources in docs/models/signals.md."""

    start_loss_s: float = 2.0
    """Seconds at the start of green in which nobody leaves."""
    amber_used_s: float = 1.0
    """Seconds of amber in which vehicles still leave."""
    critical_gap_s: float = 7.0
    """Gap that a driver who gives way needs."""
    follow_up_s: float = 3.0
    """Headway of those who use the same gap."""
    pocket_veh: float = 2.0
    """Vehicles that wait for a gap inside the junction and leave when their green ends."""
    dispersion: float = DISPERSION
    lead_share: float = LEAD_SHARE
    queue_space_m: float = 7.5
    """Length of lane a standing vehicle takes."""
    analysis_h: float = 0.25
    """Period over which random and overflow delay are counted."""

    def __post_init__(self) -> None:
        for field in ("start_loss_s", "amber_used_s", "pocket_veh", "dispersion"):
            require.between(f"law.{field}", getattr(self, field), 0.0, 10.0)
        for field in ("critical_gap_s", "follow_up_s", "lead_share", "queue_space_m", "analysis_h"):
            require.positive(f"law.{field}", getattr(self, field))


@dataclass(frozen=True, slots=True, kw_only=True)
class OptimiserSettings:
    """Bounds, weights and effort of the search."""

    shortest_cycle_s: int = 40
    longest_cycle_s: int = 120
    cycle_step_s: int = 5
    """Step of the first search over cycles; the cycle of a junction alone is refined to the second."""
    half_cycles: bool = True
    """Whether a junction of a network may run twice in the common cycle."""
    flow_levels: tuple[float, ...] = (0.8, 1.4)
    """Multiples of the flows at which a plan is judged: an hour has quiet and busy quarters."""
    stop_weight_s: float = 3.0
    """Delay that a stop counts as."""
    most_saturation: float = 0.92
    """Degree of saturation from which a lane is penalised."""
    saturation_weight_s: float = 300.0
    """Delay per vehicle that a degree of saturation of 1 above it counts as."""
    spillback_weight: float = 5.0
    """Weight of a vehicle in the last fifth of a lane's room and beyond."""
    serve_all_streams: bool = True
    """Whether streams without flow get green as well."""
    orders: int = 3
    """Stage sequences of each junction that the search goes on with."""
    cycles: int = 2
    """Common cycles of a network that the search goes on with."""
    restarts: int = 1
    """Times the offsets of a network are shaken and improved anew."""
    seed: int = 1
    law: FlowLaw = FlowLaw()

    def __post_init__(self) -> None:
        require.between("settings.shortest_cycle_s", self.shortest_cycle_s, 20, 300)
        require.between("settings.longest_cycle_s", self.longest_cycle_s, self.shortest_cycle_s, 300)
        require.between("settings.cycle_step_s", self.cycle_step_s, 1, 60)
        for field in ("stop_weight_s", "saturation_weight_s", "spillback_weight"):
            require.not_negative(f"settings.{field}", getattr(self, field))
        if not self.flow_levels:
            raise InvalidValueError("settings.flow_levels", self.flow_levels, "must hold at least 1 level")
        for level in self.flow_levels:
            require.between("settings.flow_levels", level, 0.1, 3.0)
        require.between("settings.most_saturation", self.most_saturation, 0.1, 2.0)
        for field, least in (("orders", 1), ("cycles", 1), ("restarts", 0)):
            if getattr(self, field) < least:
                raise InvalidValueError(f"settings.{field}", getattr(self, field), f"must be at least {least}")
