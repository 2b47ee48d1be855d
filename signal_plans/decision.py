"""What signal control says: programme commands, events, and the state of every lamp."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from signal_plans.programme import SignalProgramme
    from signal_plans.reasons import SignalReason


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalDecision:
    """A command: this programme, with its offset, from this second on."""

    junction_id: str
    programme: SignalProgramme
    valid_from_s: int
    reason: SignalReason


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalEvent:
    """Something a person must be able to look up, such as a switch that the monitor refused."""

    junction_id: str
    at_s: int
    reason: SignalReason
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalState:
    """All junctions (J) and groups (G) of the town in one second, in the order of `Town`.  The arrays are copies."""

    now_s: int
    second: NDArray[np.int64]
    """(J,) second of the running programme's cycle."""
    stage: NDArray[np.int64]
    """(J,) running stage, counted from 0 within its junction."""
    stage_since_s: NDArray[np.int64]
    """(J,) when it began."""
    lamp: NDArray[np.uint8]
    """(G,) see `Lamp`."""
    queue_veh: NDArray[np.float64]
    """(G,) estimated queue; means nothing where not `flow_known`."""
    flow_known: NDArray[np.bool_]
    """(G,) vehicle groups whose detectors are known."""
    load: NDArray[np.float64]
    """(J,) highest degree of saturation among the junction's known groups."""
    load_known: NDArray[np.bool_]
    """(J,) whether all of its vehicle groups are known."""
    decisions: tuple[SignalDecision, ...]
    """Commands that are new in this step."""
    events: tuple[SignalEvent, ...]
    skipped_s: int
    """Seconds between the previous step and this one that nobody asked for; they were played in between."""
