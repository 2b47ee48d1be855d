"""When junctions are computed, and the programmes that come out of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from signal_plans.errors import UnsafeProgrammeError
from signal_plans.fixed_time.stage_programme import lengthened
from signal_plans.programme import COMPUTED_ID
from signal_plans.queues import assumed_flows, cuts_a_queue
from signal_plans.reasons import SignalReason
from signal_plans.switching import is_worth_a_switch
from signal_plans.timing import programme_from_stages
from signal_plans.webster import stage_greens_s
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from signal_plans.decision import SignalDecision
    from signal_plans.programme import SignalProgramme
    from signal_plans.settings import SignalSettings
    from signal_plans.town import Town


class Computed(NamedTuple):
    """What came out for a junction; no programme where it would be unsafe or nothing is to change."""

    junction: int
    programme: SignalProgramme | None
    reason: SignalReason
    detail: str
    forced: bool
    """What runs is no longer wanted."""


class Demand(NamedTuple):
    """Traffic of all groups (G,) in a second."""

    flow_veh_h: NDArray[np.float64]
    stands: NDArray[np.bool_]
    """Where a queue stands on the approach."""
    green_share: NDArray[np.float64]
    """Of what runs."""


class ProgrammeComputing:
    """Turns spread over an interval, and programmes from flows by Webster; see `stage_greens_s`."""

    def __init__(self, town: Town, settings: SignalSettings) -> None:
        count = len(town.layouts)
        self._town = town
        self._settings = settings
        self._phase_s = np.arange(count, dtype=np.int64) * settings.recompute_every_s // max(count, 1)
        self._due = np.zeros(count, np.bool_)
        self._forced = np.zeros(count, np.bool_)
        self._built: dict[int, tuple[tuple[int, ...], SignalProgramme]] = {}

    def force(self, j: int) -> None:
        """Compute a junction in this step and switch to it however small the change: what runs is not wanted."""
        self._due[j] = self._forced[j] = True

    def take_due(self, turn: tuple[int, int], may: NDArray[np.bool_], most: int) -> list[int]:
        """Junctions whose turn it is and that may be computed (J,), at most so many; the others wait.

        turn : time of the step before and of this one, s
        """
        before, now = turn
        every_s = self._settings.recompute_every_s
        self._due |= (now - self._phase_s) // every_s > (before - self._phase_s) // every_s
        self._due &= may
        due = np.flatnonzero(self._due)[:most]
        self._due[due] = False
        return due.tolist()  # type: ignore[no-any-return]  # whole numbers

    def compute(self, due: list[int], demand: Demand, running: Sequence[SignalDecision]) -> Iterator[Computed]:
        """Programmes of the junctions that are due; only those worth a switch, and refusals."""
        if not due:
            return
        passes_veh_h = self._town.saturation_veh_h * demand.green_share
        flow_veh_h = assumed_flows(demand.flow_veh_h, demand.stands, passes_veh_h, self._settings.queue_growth)
        greens_s = stage_greens_s(self._town, flow_veh_h, self._settings)
        for j in due:
            forced = bool(self._forced[j])
            self._forced[j] = False
            queued = demand.stands[self._town.groups(j)]
            reason = SignalReason.COMPUTED_FOR_QUEUE if queued.any() else SignalReason.COMPUTED_FROM_COUNTS
            try:
                programme = self._programme(j, tuple(greens_s[self._town.stages(j)].tolist()))
            except (UnsafeProgrammeError, InvalidValueError) as error:
                yield Computed(j, None, SignalReason.REFUSED_BY_MONITOR, str(error), forced)
                continue
            before = running[j].programme
            if cuts_a_queue(before, programme, queued):
                yield Computed(j, None, reason, "", forced)
            elif forced or is_worth_a_switch(before, programme, self._settings.smallest_change_s):
                yield Computed(j, programme, reason, "", forced)

    def _programme(self, j: int, greens_s: tuple[int, ...]) -> SignalProgramme:
        """Programme with these greens of the stages; built and checked again only where they have changed."""
        if j not in self._built or self._built[j][0] != greens_s:
            made = programme_from_stages(self._town.layouts[j], greens_s, COMPUTED_ID)
            self._built[j] = greens_s, lengthened(made)
        return self._built[j][1]
