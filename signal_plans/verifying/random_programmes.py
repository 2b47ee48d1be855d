"""Random layouts and programmes, safe and unsafe, on which all checkers must agree."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations

from signal_plans.intergreen import IntergreenMatrix
from signal_plans.layout import SignalLayout, Stage
from signal_plans.programme import MOST_WINDOWS, SHORTEST_CYCLE_S, GreenWindow
from signal_plans.signal_group import GroupKind, SignalGroup
from signal_plans.verifying.mutants import Programme, turned
from signal_plans.verifying.oracle import is_unsafe
from signal_plans.verifying.splitmix import SplitMix
from signal_plans.verifying.trial import judge_windows

MOST_TOLD = 5
"""Disagreements told in words."""


@dataclass(slots=True)
class Agreement:
    """What the checkers and the oracle say of random programmes."""

    safe: int = 0
    unsafe: int = 0
    disagreements: int = 0
    examples: list[str] = field(default_factory=list)


def compare(programmes: int, seed: int) -> Agreement:
    """Let all checkers judge random programmes; they agree if each says what the oracle says."""
    chance = SplitMix(seed)
    found = Agreement()
    for i in range(programmes):
        programme = random_programme(chance)
        unsafe = is_unsafe(programme.layout, programme.cycle_s, programme.greens)
        refuses = judge_windows(programme)
        found.unsafe += unsafe
        found.safe += not unsafe
        if any(refused != unsafe for refused in refuses.values()):
            found.disagreements += 1
            if len(found.examples) < MOST_TOLD:
                found.examples.append(f"programme {i}: oracle {unsafe}, {refuses}")
    return found


def random_programme(chance: SplitMix) -> Programme:
    """A programme whose greens come one after the other about as tightly as they may, or one without any order."""
    layout = _layout(chance)
    if chance.chance(60):
        return _in_order(layout, chance)
    cycle_s = chance.between(SHORTEST_CYCLE_S, 120)
    return Programme(layout, cycle_s, {group: _windows(cycle_s, chance) for group in layout.groups})


def _layout(chance: SplitMix) -> SignalLayout:
    groups = {group.id: group for group in (_group(f"G{i}", chance) for i in range(chance.between(2, 8)))}
    percent = chance.between(10, 100)
    times_s = {}
    for a, b in combinations(groups, 2):
        if chance.chance(percent):
            times_s[a, b], times_s[b, a] = chance.between(0, 12), chance.between(0, 12)
    return SignalLayout(
        junction_id="J",
        name="random",
        groups=groups,
        intergreen=IntergreenMatrix(times_s),
        stages=tuple(Stage(id=group, groups=frozenset((group,))) for group in groups),
    )


def _group(group_id: str, chance: SplitMix) -> SignalGroup:
    kind = chance.choice(tuple(GroupKind))
    if kind is GroupKind.VEHICLE:
        amber_s, red_amber_s, min_green_s = chance.between(3, 5), chance.between(1, 2), chance.between(5, 10)
    else:
        amber_s, red_amber_s, min_green_s = chance.between(0, 3), chance.between(0, 2), chance.between(1, 12)
    return SignalGroup(
        id=group_id,
        kind=kind,
        min_green_s=min_green_s,
        amber_s=amber_s,
        red_amber_s=red_amber_s,
        turns=("T",) if kind is GroupKind.VEHICLE else (),
        saturation_flow_veh_h=1_800.0 if kind is GroupKind.VEHICLE else 0.0,
    )


def _windows(cycle_s: int, chance: SplitMix) -> tuple[GreenWindow, ...]:
    """None, one or several greens that do not touch: touching ones are two for some checkers and one for others."""
    start_s, first_s = chance.between(0, cycle_s - 1), 0
    windows: list[GreenWindow] = []
    for _ in range(chance.between(0 if chance.chance(10) else 1, MOST_WINDOWS if chance.chance(30) else 1)):
        room_s = cycle_s - first_s - 1
        if room_s < 1:
            break
        length_s = chance.between(1, max(1, room_s // 2))
        windows.append(GreenWindow(start_s=(start_s + first_s) % cycle_s, length_s=length_s))
        first_s += length_s + chance.between(1, 12)
    return tuple(windows)


def _in_order(layout: SignalLayout, chance: SplitMix) -> Programme:
    """Each group as soon as its conflicts allow, give or take a second, in a cycle that just fits, or does not."""
    starts: dict[str, tuple[int, int]] = {}
    for group in layout.groups.values():
        start_s = max(
            (
                end_s + layout.intergreen.between_s(other, group.id)
                for other, (_, end_s) in starts.items()
                if layout.intergreen.conflict(other, group.id)
            ),
            default=0,
        )
        start_s = max(0, start_s + chance.choice((0, 0, 0, 0, 0, 1, 3, -1)))
        starts[group.id] = start_s, start_s + max(1, group.min_green_s + chance.choice((0, 0, 0, 1, 2, 8, -1)))
    cycle_s = SHORTEST_CYCLE_S
    for a, (start_s, end_s) in starts.items():
        group = layout.groups[a]
        cycle_s = max(cycle_s, end_s - start_s + group.amber_s + 1 + group.red_amber_s)
        for b, (_, other_end_s) in starts.items():
            if layout.intergreen.conflict(b, a):
                cycle_s = max(cycle_s, other_end_s + layout.intergreen.between_s(b, a) - start_s)
    cycle_s += chance.choice((0, 0, 0, 1, 5, -1))
    greens = {
        group: (GreenWindow(start_s=start_s % cycle_s, length_s=min(end_s - start_s, cycle_s - 1)),)
        for group, (start_s, end_s) in starts.items()
    }
    return turned(Programme(layout, cycle_s, greens), chance.between(0, cycle_s - 1))
