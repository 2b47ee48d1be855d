"""What signal control says: programme commands, events, and the state of every lamp."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING

from signal_plans.mode import COMPUTED, Mode, ModeKind
from signal_plans.programme import COMPUTED_ID
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Collection

    import numpy as np
    from numpy.typing import NDArray

    from signal_plans.layout import SignalLayout
    from signal_plans.programme import SignalProgramme
    from signal_plans.reasons import SignalReason


@dataclass(frozen=True, slots=True, kw_only=True)
class StageWish:
    """Groups of a junction that are to be green."""

    stage_id: str
    """Empty where the groups are not those of a stage."""
    groups: tuple[str, ...]
    """In the order of the layout."""
    from_s: int
    """First second in which the wish counts."""


def stage_wish(layout: SignalLayout, groups: Collection[str], from_s: int) -> StageWish:
    """A wish for groups that do not conflict.  Raises `InvalidValueError` where one is not known or two conflict."""
    where = f"junction[{layout.junction_id}].wish.groups"
    for group in groups:
        if group not in layout.groups:
            raise InvalidValueError(where, group, "must name a signal group of the junction")
    ordered = tuple(group for group in layout.groups if group in groups)
    for a, b in combinations(ordered, 2):
        if layout.intergreen.conflict(a, b):
            raise InvalidValueError(where, (a, b), "conflicting groups must not be green together")
    stage_id = next((stage.id for stage in layout.stages if stage.groups == frozenset(ordered)), "")
    return StageWish(stage_id=stage_id, groups=ordered, from_s=from_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalDecision:
    """A command: this programme, with its offset, from this second on; or another kind of operation.

    Where `kind` is none of a programme, `programme` is the one that is played beside it, from which the way back to
    programmes is found.
    """

    junction_id: str
    programme: SignalProgramme
    valid_from_s: int
    reason: SignalReason
    kind: ModeKind = ModeKind.PROGRAMME
    """`PROGRAMME` also for a computed one, which has its own id."""
    detail: str = field(default="", compare=False)
    """Particulars of the reason, for the log only."""
    wish: StageWish | None = None
    """Under `ADAPTIVE` what is shown from `valid_from_s` on; with a programme what leads to it until then."""

    @property
    def mode(self) -> Mode:
        """What the junction does."""
        if self.kind is not ModeKind.PROGRAMME:
            return Mode(self.kind)
        return COMPUTED if self.programme.id == COMPUTED_ID else Mode(ModeKind.PROGRAMME, self.programme.id)


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
