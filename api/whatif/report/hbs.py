"""Levels of service of the German capacity manual (HBS) from the mean delay.

The limits are those of HBS 2015 as commonly quoted, for signals and for junctions without; they are still to be
confirmed against the manual itself, and the report says so.
"""

from __future__ import annotations

from signal_plans.fixed_time.levels import LEVEL_BOUNDS_S, Level
from traffic_core import require
from traffic_core.errors import InvalidValueError
from traffic_core.network import NodeControl

LEVELS = tuple(level.value for level in Level)
UNSIGNALISED_LIMITS_S = (10.0, 20.0, 30.0, 45.0)
"""Largest mean delay of levels A to D; E lies above."""


def require_control(control: str) -> None:
    """Raise `InvalidValueError` unless `control` is a value of `NodeControl`."""
    known = tuple(each.value for each in NodeControl)
    if control not in known:
        raise InvalidValueError("control", control, f"must be one of {', '.join(known)}")


def hbs_level(mean_delay_s: float, control: str, *, overloaded: bool = False) -> str:
    """Level A to F of an approach.

    mean_delay_s : mean over the vehicles of the busiest hour, s
    control : of the junction; all but `signal` count as without signals
    overloaded : more vehicles want to pass than can, so that the queue grows: level F whatever the delay
    Raises `InvalidValueError` for a delay that is negative or not finite, or an unknown control.
    """
    require.not_negative("mean_delay_s", mean_delay_s)
    require_control(control)
    if overloaded:
        return "F"
    limits = LEVEL_BOUNDS_S if control == NodeControl.SIGNAL else UNSIGNALISED_LIMITS_S
    return LEVELS[sum(mean_delay_s > limit for limit in limits)]
