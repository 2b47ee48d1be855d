"""What the rules remember of one car park, and what they conclude from it."""

from __future__ import annotations

import math
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from parking.quality import faults
from parking.quality.constant import ConstantWatch, band_veh
from parking.quality.counts import LONGEST_GAP_S, CountsWatch
from parking.quality.faults import FacilityFault, FaultRule
from parking.quality.frozen import MOVES_TO_CLEAR, FrozenWatch
from parking.quality.movement import Movement

if TYPE_CHECKING:
    from collections.abc import Mapping

    from parking.quality.frozen import Slot
    from parking.quality.rules import QualityRules

EDGE_SHARE = 0.01
EDGE_VEH = 2
"""At so few free places, or this share of the capacity, a full car park may stand still."""
SMALL_STEP_SHARE = 0.02
SMALL_STEP_VEH = 3
LIVELY_CHANGES_A_DAY = 48.0
CLOCK_TOLERANCE_S = 5.0
"""A reading so much before the last one is of a clock that was set back: the gate lets no other pass."""


class Watched:
    """One car park under all rules; at most one fault stands at a time."""

    def __init__(self, rules: QualityRules) -> None:
        self.rules = rules
        self.capacity_veh: int | None = None
        self.is_open: bool | None = None
        self.heard = False
        self.fault: FacilityFault | None = None
        self.told: FacilityFault | None = None
        """The fault that was last counted and told."""
        self.frozen = FrozenWatch(Movement(rules.usual_moves_share))
        self.constant = ConstantWatch()
        self.counts = CountsWatch()
        self.last_s = -math.inf
        """Time of the last reading."""
        self.known_until_s = -math.inf
        """Readings up to here are in what a restart has taken over."""
        self._paused = False
        self._edge_veh = 0
        self._level_veh: int | None = None
        self._before_veh: int | None = None
        """Level in which a fault of standing still was found."""

    def note_level(self, at_s: float, level_veh: int, reserve_veh: int) -> None:
        """Take in how many places are free."""
        self._edge_veh = max(reserve_veh, EDGE_VEH, int(EDGE_SHARE * (self.capacity_veh or 0)))
        self._level_veh = level_veh
        self.constant.note(at_s, level_veh, band_veh(self.capacity_veh))

    def pause(self, at_s: float) -> None:
        """The car park is closed: nothing has to move, but a fault does not end by that, nor does a run."""
        self.frozen.pause(at_s)
        self.constant.pause(at_s)
        self._paused = True

    def resume(self, at_s: float, received_at_s: float) -> None:
        """Go on at a reading: after a closing, or by a clock that was set back, without the time between."""
        if self.last_s > received_at_s + CLOCK_TOLERANCE_S:
            self.frozen.pause(at_s)
            self.constant = ConstantWatch()
        elif self._paused:
            self.pause(at_s)
        self._paused = False
        self.last_s = at_s

    def tells_level(self, now_s: float) -> bool:
        """Whether free places have been told lately."""
        return self._level_veh is not None and now_s - self.last_s <= LONGEST_GAP_S

    def at_full(self) -> bool:
        """Whether the car park is full, where nothing need move."""
        return self._level_veh is not None and self._level_veh <= self._edge_veh

    def at_bound(self) -> bool:
        """Whether the car park is full or empty."""
        if self._level_veh is None:
            return False
        return self.at_full() or (self.capacity_veh is not None and self._level_veh >= self.capacity_veh)

    def close_slot(self, at_s: float, activity: float) -> Slot:
        """End a slot of the frozen rule."""
        slot = self.frozen.close(at_s, activity=activity, at_bound=self.at_full(), faulty=self.fault is not None)
        fault = self.fault
        if slot.changed and fault is not None and self.frozen.moves == 1:
            small_veh = max(SMALL_STEP_VEH, SMALL_STEP_SHARE * (self.capacity_veh or 0))
            if abs((self._level_veh or 0) - (self._before_veh or 0)) > small_veh:
                self.frozen.moves = MOVES_TO_CLEAR  # it has thawed, and may stay full from now on
            elif fault.rule is FaultRule.FROZEN:
                self.frozen.be_warier()
        return slot

    def judge(self, at_s: float) -> None:
        """End the fault that stands where it may, then see whether any rule finds one."""
        if self.fault is not None and self.fault.rule is FaultRule.COUNTS and self.counts.lost(at_s):
            # without counts only its moves can tell whether the level is right again
            self.fault = replace(self.fault, rule=FaultRule.FROZEN)
            self.frozen.moves, self._before_veh, self.counts = 0, self._level_veh, CountsWatch()
        if self.fault is not None and self._may_end(self.fault):
            self.fault = None
            self.counts.begin_anew()
        if self.fault is None:
            self._judge_counts(at_s)
        if self.fault is None:
            self._judge_frozen(at_s)
        if self.fault is None and self._level_veh is not None:
            self._judge_constant(at_s)

    def begin(self, rule: FaultRule, at_s: float, from_s: float, de: str, en: str) -> None:
        """A fault stands from now on."""
        self.fault = FacilityFault(rule=rule, since_s=at_s, from_s=from_s, explanation_de=de, explanation_en=en)
        self.frozen.moves = 0
        self._before_veh = self._level_veh

    def _may_end(self, fault: FacilityFault) -> bool:
        if fault.rule is FaultRule.COUNTS:
            return self.counts.agrees(self._counts_limit_veh())
        if self.frozen.moves < MOVES_TO_CLEAR:
            return False
        if fault.rule in {FaultRule.CONSTANT, FaultRule.STUCK}:
            return self.constant.from_s > fault.since_s
        return True

    def _counts_limit_veh(self) -> float:
        return max(float(self.rules.counts_veh), self.rules.counts_share * (self.capacity_veh or 0))

    def _judge_counts(self, at_s: float) -> None:
        counts = self.counts
        if counts.gap_veh > self._counts_limit_veh():
            words = faults.counts_words(counts.change_veh, counts.net_veh, at_s - counts.from_s)
            self.begin(FaultRule.COUNTS, at_s, counts.from_s, *words)
            counts.hold()

    def _judge_frozen(self, at_s: float) -> None:
        frozen = self.frozen
        if frozen.nats <= self.rules.frozen_nats + frozen.wary_nats or frozen.from_s is None:
            return
        words = faults.frozen_words(self._level_veh, at_s - frozen.from_s, frozen.expected)
        self.begin(FaultRule.FROZEN, at_s, frozen.from_s, *words)

    def _judge_constant(self, at_s: float) -> None:
        constant = self.constant
        span_s = at_s - constant.from_s
        small = (self.capacity_veh or math.inf) < self.rules.constant_veh
        if small or span_s < min(self.rules.lively_s, self.rules.stuck_s, self.rules.constant_s):
            return
        lively = self.frozen.movement.changes_a_day() >= LIVELY_CHANGES_A_DAY
        if self.at_bound():
            rule, limit_s = FaultRule.STUCK, self.rules.stuck_s
        else:
            rule, limit_s = FaultRule.CONSTANT, self.rules.lively_s if lively else self.rules.constant_s
        if span_s >= limit_s:
            self.begin(rule, at_s, constant.from_s, *faults.constant_words(*constant.band(), span_s))

    def state(self) -> dict[str, Any]:
        """Plain values that `restore` takes back."""
        return {
            "frozen": self.frozen.state(),
            "constant": self.constant.state(),
            "counts": self.counts.state(),
            "level_veh": self._level_veh,
            "last_s": None if math.isinf(self.last_s) else self.last_s,
            "fault": None if self.fault is None else asdict(self.fault),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what `state` gave.  Raises `ValueError`, `KeyError` or `TypeError` for anything else."""
        self.frozen.restore(state["frozen"])
        self.constant.restore(state["constant"])
        if "counts" in state:  # not kept by older versions
            self.counts.restore(state["counts"])
        self._level_veh = self._before_veh = state["level_veh"]
        fault = state["fault"]
        if fault is not None:
            self.fault = self.told = FacilityFault(**(fault | {"rule": FaultRule(fault["rule"])}))
        if state.get("last_s") is not None:  # not kept by older versions
            self.last_s = self.known_until_s = float(state["last_s"])
        self.heard = True
