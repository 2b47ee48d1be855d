"""Do the checkers have teeth?  They judge mutants of real programmes, labelled by construction or by the oracle."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from signal_plans.interval_check import violations
from signal_plans.monitor import OnlineMonitor, lamps_of, monitor_rules, programme_fault, switch_fault
from signal_plans.verifying.lamp_mutants import UNSAFE_LAMPS
from signal_plans.verifying.mutants import ANY_WINDOWS, SAFE_WINDOWS, UNSAFE_WINDOWS, Programme, turned
from signal_plans.verifying.oracle import is_unsafe, is_unsafe_switch
from signal_plans.verifying.splitmix import SplitMix
from signal_plans.verifying.tables import judge_switch, one_cycle, rules_of, watch
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from signal_plans.junction import Junction

INTERVALS, MONITOR, KERNEL = "intervals", "monitor", "kernel"
WRONG_SWITCH = "switch at a wrong second"
MOST_DRAWS = 50
"""Draws for one unsafe mutant; a supply of which so many cannot be made unsafe has hardly a conflict."""


@dataclass(slots=True)
class Tally:
    """Mutants of one kind."""

    checkers: tuple[str, ...]
    """Those that can see it."""
    unsafe: int = 0
    safe: int = 0
    caught: dict[str, int] = field(default_factory=dict)
    """Unsafe ones, by checker."""
    rejected: dict[str, int] = field(default_factory=dict)
    """Safe ones, by checker: there must be none."""
    mislabelled: int = 0
    """Labelled otherwise by the oracle than by construction: there must be none."""

    def note(self, refuses: Mapping[str, bool], *, unsafe: bool) -> None:
        """Count a mutant and what each checker says of it."""
        self.unsafe += unsafe
        self.safe += not unsafe
        counts = self.caught if unsafe else self.rejected
        for checker, refused in refuses.items():
            counts[checker] = counts.get(checker, 0) + refused

    @property
    def passed(self) -> bool:
        """Whether all unsafe ones were caught by all that can see them, and no safe one was rejected."""
        caught = all(self.caught.get(checker, 0) == self.unsafe for checker in self.checkers)
        return caught and not any(self.rejected.values()) and self.mislabelled == 0


def try_mutants(junctions: Mapping[str, Junction], unsafe: int, seed: int) -> dict[str, Tally]:
    """Let the checkers judge mutants until `unsafe` of them were unsafe; by kind.

    The kinds take turns; safe kinds come along, and those drawn of the others count as well.

    Raises
    ------
    InvalidValueError
        For a supply without programmes, or one that cannot be made unsafe.
    """
    if not junctions:
        raise InvalidValueError("junctions", 0, "must be at least 1 to make mutants of")
    chance = SplitMix(seed)
    supply = tuple(junctions.values())
    windows, lamps = (INTERVALS, MONITOR, KERNEL), (MONITOR, KERNEL)
    tallies = {name: Tally(windows) for name in (*UNSAFE_WINDOWS, *ANY_WINDOWS)}
    tallies |= {name: Tally(lamps) for name in (*UNSAFE_LAMPS, WRONG_SWITCH)}
    tallies |= {name: Tally(windows) for name in SAFE_WINDOWS}
    draws = 0
    while (so_far := sum(tally.unsafe for tally in tallies.values())) < unsafe:
        for name, tally in tallies.items():
            _draw(supply, name, tally, chance)
            if so_far + tally.unsafe >= unsafe and sum(each.unsafe for each in tallies.values()) >= unsafe:
                break
        draws += len(tallies)
        if draws > MOST_DRAWS * unsafe + 1_000:
            raise InvalidValueError("mutants", unsafe, f"must be fewer: {draws} draws made {so_far} unsafe ones")
    return tallies


def _draw(supply: Sequence[Junction], name: str, tally: Tally, chance: SplitMix) -> None:
    """Make a mutant of a kind, if this programme has one, and let all checkers judge it."""
    junction = chance.choice(supply)
    if name == WRONG_SWITCH:
        _judge_switch(junction, tally, chance)
        return
    own = chance.choice(junction.programmes)
    real = turned(Programme(junction.layout, own.cycle_s, own.greens), chance.between(0, own.cycle_s - 1))
    if name in UNSAFE_LAMPS:
        _judge_lamps(real, name, tally, chance)
        return
    make = (UNSAFE_WINDOWS | ANY_WINDOWS | SAFE_WINDOWS)[name]
    if (mutant := make(real, chance)) is None:
        return
    unsafe = is_unsafe(mutant.layout, mutant.cycle_s, mutant.greens)
    if name not in ANY_WINDOWS and unsafe != (name in UNSAFE_WINDOWS):
        tally.mislabelled += 1
    tally.note(judge_windows(mutant), unsafe=unsafe)


def judge_windows(programme: Programme) -> dict[str, bool]:
    """Whether each checker refuses a programme."""
    layout, cycle_s, greens = programme.layout, programme.cycle_s, programme.greens
    rules = rules_of(layout)
    verdict, _, _ = watch(one_cycle(layout, rules, cycle_s, greens), rules, 0, 2 * cycle_s)
    return {
        INTERVALS: bool(violations(layout, cycle_s, greens)),
        MONITOR: programme_fault(layout, cycle_s, greens) is not None,
        KERNEL: bool(verdict[0]),
    }


def _judge_lamps(real: Programme, name: str, tally: Tally, chance: SplitMix) -> None:
    layout, cycle_s = real.layout, real.cycle_s
    spoilt = UNSAFE_LAMPS[name](lamps_of(layout, cycle_s, real.greens, 0, cycle_s), chance)
    if spoilt is None:
        return
    rules = rules_of(layout)
    verdict, _, _ = watch(spoilt, rules, 0, 2 * cycle_s)
    twice = spoilt[[second % cycle_s for second in range(2 * cycle_s)]]
    fault = OnlineMonitor(monitor_rules([layout])).judge_sequence(twice)[0]
    tally.note({MONITOR: bool(fault[0]), KERNEL: bool(verdict[0])}, unsafe=True)


def _judge_switch(junction: Junction, tally: Tally, chance: SplitMix) -> None:
    """Leave a programme at any second and enter another, or the same, at any second."""
    layout = junction.layout
    old, new = chance.choice(junction.programmes), chance.choice(junction.programmes)
    leave, enter = chance.between(0, old.cycle_s - 1), chance.between(0, new.cycle_s - 1)
    unsafe = is_unsafe_switch(layout, (old.cycle_s, old.greens, leave), (new.cycle_s, new.greens, enter))
    rules = rules_of(layout)
    before, after = (one_cycle(layout, rules, each.cycle_s, each.greens) for each in (old, new))
    refuses = {
        MONITOR: switch_fault(old, leave, new, enter) is not None,
        KERNEL: bool(judge_switch(rules, before, leave, after, enter)[0]),
    }
    tally.note(refuses, unsafe=unsafe)
