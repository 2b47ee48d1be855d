"""What is asserted beyond safety."""

from __future__ import annotations

from dataclasses import dataclass

from signal_plans.programme import LONGEST_CYCLE_S
from traffic_core import require


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds on waiting; the safety rules come with the layouts."""

    longest_red_s: int = LONGEST_CYCLE_S
    """No group may wait longer for its green: in a running programme, and across a planned switch."""

    def __post_init__(self) -> None:
        require.between("longest_red_s", self.longest_red_s, 20, 600)
