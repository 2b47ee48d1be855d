"""Finds a level that stands still although it should move: the improbability of no change, slot after slot.

A slot of 5 min in which a change has the chance p, in a town that is as lively as usual to the share a, goes by without
one with the probability 1 - a p.  The run's evidence is the sum of -ln(1 - a p), in nats; beside its limit it stands
for "less probable than exp(-limit)".  A full car park need not move and nothing is added; an empty one is judged by
what is usual for the hour.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from parking.quality.movement import SLOT_S, Movement
from parking.quality.neighbours import LEAST_ACTIVITY

if TYPE_CHECKING:
    from collections.abc import Mapping

COUNTED_NATS = 2.3
"""A slot in which the vehicles counted should have moved the level, and it stood still: one in ten is due to timing."""
EARLY_SHARE = 0.9
"""A reading so much of a slot after the last one ends it: feeds are a little early at times."""
LONGEST_SLOT = 7.0
"""After a longer gap a slot teaches nothing: no feed is so slow.  A slow feed has longer slots."""
LEFT_FULL_VEH = 2
"""So many more than came may leave a full car park in a slot and the level stay: it was overfull."""
WARY_NATS = 2.0
WARIEST_NATS = 3.0
"""A run that ended by itself with a small step was a false alarm: the limit rises by 2 nats, at most by 3, for a time.

More would let a lively car park stand still for longer than half an hour.
"""
WARY_HALF_LIFE_S = 14.0 * 86_400.0
MOVES_TO_CLEAR = 2


@dataclass(frozen=True, slots=True)
class Slot:
    """One slot that has ended."""

    at_s: float
    changed: bool
    chance: float
    nats_alone: float
    """Evidence of this slot without regard to the town, for car parks that stand still together."""


@dataclass(slots=True)
class FrozenWatch:
    """The run of unchanged levels of one car park."""

    movement: Movement
    nats: float = 0.0
    expected: float = 0.0
    """Changes to be expected in the run."""
    from_s: float | None = None
    """When the level last changed, or was first heard."""
    level_veh: int | None = None
    wary_nats: float = 0.0
    moves: int = 0
    """Slots with a change since the fault was found."""
    _slot_from_s: float | None = None
    _changed: bool = field(default=False)
    _net_veh: int = 0

    def note(self, at_s: float, level_veh: int | None, came_veh: int, went_veh: int) -> bool:
        """Take in one reading; True where a slot ends with it, which `close` then judges.

        `level_veh` is None where the car park tells only who came and went; these then count as its movement.
        """
        if self._slot_from_s is None:
            self._slot_from_s = self.from_s = at_s
            self.nats, self.expected = 0.0, 0.0
            self.level_veh = level_veh
            return False
        if level_veh is None:
            self._changed |= came_veh + went_veh > 0
        else:
            self._changed |= self.level_veh is not None and level_veh != self.level_veh
            self._net_veh += came_veh - went_veh
            self.level_veh = level_veh
        return at_s - self._slot_from_s >= EARLY_SHARE * SLOT_S

    def pause(self, at_s: float) -> None:
        """Time up to now does not count: the car park is closed, or the clock was set back."""
        if self._slot_from_s is not None:
            self._slot_from_s = at_s
            self.from_s = min(self.from_s or at_s, at_s)

    def close(self, at_s: float, *, activity: float, at_bound: bool, faulty: bool) -> Slot:
        """End the slot: evidence grows, or begins anew where the level changed.

        `at_bound`: the car park is full, and the level moves only if more leave than come.
        """
        length = (at_s - (self._slot_from_s or at_s)) / SLOT_S
        chance = self.movement.chance(at_s)
        changed = self._changed
        counted = self._net_veh < -LEFT_FULL_VEH if at_bound else self._net_veh != 0
        self._slot_from_s, self._changed, self._net_veh = at_s, False, 0
        self.wary_nats *= 0.5 ** (length * SLOT_S / WARY_HALF_LIFE_S)
        still_nats = 0.0 if at_bound else -math.log1p(-LEAST_ACTIVITY * chance)
        if changed:
            self.nats, self.expected, self.from_s = 0.0, 0.0, at_s
            self.moves += 1
        elif counted or not at_bound:
            nats = 0.0 if at_bound else -math.log1p(-activity * chance)
            self.nats += max(nats, COUNTED_NATS) if counted else nats
            self.expected += activity * chance
        if not faulty and length <= LONGEST_SLOT and (changed or not at_bound):
            self.movement.learn(at_s, changed=changed)
        return Slot(at_s, changed, 0.0 if at_bound and not changed else chance, 0.0 if changed else still_nats)

    def be_warier(self) -> None:
        """The alarm was false: take more evidence for the next one."""
        self.wary_nats = min(self.wary_nats + WARY_NATS, WARIEST_NATS)

    def state(self) -> dict[str, Any]:
        """Plain values that `restore` takes back."""
        return {
            "movement": self.movement.state(),
            "wary_nats": round(self.wary_nats, 3),
            "nats": round(self.nats, 3),
            "expected": round(self.expected, 3),
            "from_s": self.from_s,
            "slot_from_s": self._slot_from_s,
            "level_veh": self.level_veh,
            "moves": self.moves,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what `state` gave.  Raises `ValueError`, `KeyError` or `TypeError` for anything else."""
        self.movement.restore(state["movement"])
        for name in ("wary_nats", "nats", "expected"):
            setattr(self, name, float(state[name]))
        self.from_s, self._slot_from_s = state["from_s"], state["slot_from_s"]
        self.level_veh, self.moves = state["level_veh"], int(state["moves"])
