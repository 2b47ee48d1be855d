"""What the player of the live service shows when programmes change and clocks do not run straight.

Second by second, all junctions at once.  The player carries the monitor of operation; its events are violations here.
What it shows is compared with the programmes' own cycles of lamps, painted by other code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from signal_plans.control import LOOK_BACK_S
from signal_plans.decision import SignalDecision
from signal_plans.monitor import Fault
from signal_plans.player import ProgrammePlayer
from signal_plans.programme import LONGEST_CYCLE_S
from signal_plans.reasons import SignalReason
from signal_plans.switching import plan_switch
from signal_plans.town import town_of
from signal_plans.verifying.programmes import T0_S
from signal_plans.verifying.tables import one_cycle, rules_of
from signal_plans.verifying.violation import Check, Findings, Violation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from signal_plans.junction import Junction
    from signal_plans.programme import SignalProgramme

STRIDE_S = 241
"""Seconds between two steps back: two of the longest cycles, and a prime, so that every second has its turn."""
JUMP_S = 1_009
"""Seconds between the beginnings of what is played before and after a forward jump; a prime too."""


def check_plays(junctions: Mapping[str, Junction]) -> dict[Check, Findings]:
    """Play switches, steps back and forward jumps with every programme of every junction."""
    most = max((len(junction.programmes) for junction in junctions.values()), default=0)
    switches, back, forward = Findings(), Findings(), Findings()
    for a in range(most):
        running = _nth(junctions.values(), a)
        back.add(_play_steps_back(running))
        forward.add(_play_forward_jumps(running))
        for b in range(most):
            switches.add(_play_switches(running, _nth(junctions.values(), b)))
    return {Check.SWITCH: switches, Check.STEP_BACK: back, Check.FORWARD_JUMP: forward}


def _nth(junctions: Iterable[Junction], n: int) -> list[SignalProgramme]:
    return [junction.programmes[n % len(junction.programmes)] for junction in junctions]


def _player(programmes: Sequence[SignalProgramme]) -> ProgrammePlayer:
    return ProgrammePlayer(
        town_of([programme.layout for programme in programmes]),
        [_decision(programme, T0_S) for programme in programmes],
    )


def _decision(programme: SignalProgramme, at_s: int) -> SignalDecision:
    return SignalDecision(
        junction_id=programme.layout.junction_id,
        programme=programme,
        valid_from_s=at_s,
        reason=SignalReason.FALLBACK,
    )


def _play_switches(running: list[SignalProgramme], following: list[SignalProgramme]) -> Findings:
    """Announce what `plan_switch` says for each junction, and play until two cycles after the last switch."""
    player = _player(running)
    player.forget(T0_S)
    switch_at_s = {}
    for j, (old, new) in enumerate(zip(running, following, strict=True)):
        plan = plan_switch(old, new, T0_S + LOOK_BACK_S)
        if not isinstance(plan, Fault):
            joined, switch_at_s[j] = plan
            player.announce(j, _decision(joined, switch_at_s[j]))
    end_s = T0_S + 2 * LOOK_BACK_S + LONGEST_CYCLE_S
    shown = _shown(player, range(T0_S, end_s))
    found = _told(Check.SWITCH, player, running)
    found.cases, found.node_seconds = len(switch_at_s), shown.shape[0] * len(running)
    for j, old in enumerate(running):
        at_s = switch_at_s.get(j, end_s)
        now = player.running[j].programme
        expected = np.concatenate((_own(old, T0_S, at_s), _own(now, at_s, end_s)))
        found.violations += _differences(Check.SWITCH, (old, now), shown[:, player.town.groups(j)], expected)
    return found


def _play_steps_back(running: list[SignalProgramme]) -> Findings:
    """Set the clock back once in every second of the cycle: the lamps must go on as if nothing had happened."""
    player = _player(running)
    player.forget(T0_S)
    parts, now_s = [_shown(player, range(T0_S, T0_S + STRIDE_S))], T0_S + STRIDE_S - 1
    for i in range(LONGEST_CYCLE_S):
        now_s -= 3_600 if i % 7 == 0 else 1 + i * i
        player.go_on_after_a_step_back(now_s)
        parts.append(_shown(player, range(now_s, now_s + STRIDE_S)))
        now_s += STRIDE_S - 1
    shown = np.concatenate(parts)
    found = _told(Check.STEP_BACK, player, running)
    found.cases, found.node_seconds = LONGEST_CYCLE_S * len(running), shown.shape[0] * len(running)
    for j, programme in enumerate(running):
        expected = _own(programme, T0_S, T0_S + shown.shape[0])
        found.violations += _differences(Check.STEP_BACK, (programme,), shown[:, player.town.groups(j)], expected)
    return found


def _play_forward_jumps(running: list[SignalProgramme]) -> Findings:
    """Let the clock jump so far that the seconds between are not played: lamps of unknown age, in every second."""
    player = _player(running)
    found = Findings()
    from_s = T0_S
    for _ in range(LONGEST_CYCLE_S):
        player.forget(from_s)
        shown = _shown(player, range(from_s, from_s + LOOK_BACK_S))
        for j, programme in enumerate(running):
            expected = _own(programme, from_s, from_s + LOOK_BACK_S)
            found.violations += _differences(
                Check.FORWARD_JUMP, (programme,), shown[:, player.town.groups(j)], expected
            )
        found.node_seconds += shown.shape[0] * len(running)
        from_s += JUMP_S
    found.add(_told(Check.FORWARD_JUMP, player, running))
    found.cases = LONGEST_CYCLE_S * len(running)
    return found


def _shown(player: ProgrammePlayer, seconds: range) -> NDArray[np.uint8]:
    """Lamps (T, G) that the player shows."""
    lamps = np.zeros((len(seconds), len(player.lamp)), np.uint8)
    for i, t in enumerate(seconds):
        player.play(t)
        lamps[i] = player.lamp
    return lamps


def _own(programme: SignalProgramme, from_s: int, end_s: int) -> NDArray[np.uint8]:
    """Lamps that a programme shows by the definition of its offset."""
    painted = one_cycle(programme.layout, rules_of(programme.layout), programme.cycle_s, programme.greens)
    lamps: NDArray[np.uint8] = painted[(np.arange(from_s, end_s) - programme.offset_s) % programme.cycle_s]
    return lamps


def _told(check: Check, player: ProgrammePlayer, running: Sequence[SignalProgramme]) -> Findings:
    """What the player's monitor has to say."""
    names = {programme.layout.junction_id: programme.id for programme in running}
    return Findings(
        violations=[
            Violation(
                check=check,
                junction_id=event.junction_id,
                programmes=(names[event.junction_id],),
                rule=event.reason.value,
                second=event.at_s - T0_S,
                detail=event.detail,
            )
            for event in player.events
        ]
    )


def _differences(
    check: Check, programmes: tuple[SignalProgramme, ...], shown: NDArray[np.uint8], expected: NDArray[np.uint8]
) -> list[Violation]:
    """The first second in which the lamps are not the programme's own."""
    wrong = np.argwhere(shown != expected)
    if wrong.size == 0:
        return []
    t, g = wrong[0].tolist()
    layout = programmes[0].layout
    group = tuple(layout.groups)[g]
    return [
        Violation(
            check=check,
            junction_id=layout.junction_id,
            programmes=tuple(programme.id for programme in programmes),
            rule="lamps",
            clearing=group,
            entering=group,
            second=t,
            detail=f"{len(wrong)} lamps are not those of the programme",
        )
    ]
