"""Is supply data safe as it stands?  Every programme against every intergreen, pair by pair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from signal_plans.interval_check import violations
from signal_plans.layout import Stage
from signal_plans.monitor import programme_fault
from signal_plans.supply.convert import to_layout
from signal_plans.supply.windows import SwitchTime, green_windows, safety_groups

if TYPE_CHECKING:
    from signal_plans.programme import GreenWindow
    from signal_plans.supply.programmes import SupplyProgramme
    from signal_plans.supply.supply import JunctionSupply


@dataclass(frozen=True, slots=True, kw_only=True)
class PairCheck:
    """The shortest time one programme leaves between two greens.  A pair of which one is never green leaves a cycle."""

    programme: str
    clearing: str
    entering: str
    second: int
    """Of the cycle, at which the entering group becomes green."""
    needed_s: int
    left_s: int
    """Negative where both are green together."""

    @property
    def spare_s(self) -> int:
        """What is left beyond the intergreen; below 0 the pair fails, at 0 it is tight."""
        return self.left_s - self.needed_s


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyCheck:
    """All pairs of all programmes, and what the two general checks of a programme say."""

    pairs: tuple[PairCheck, ...]
    violations: tuple[tuple[str, tuple[str, ...]], ...]
    """By programme: what the interval check finds; it looks at minimum greens and lamp sequences too."""
    faults: tuple[tuple[str, str], ...]
    """By programme: the first fault the second-by-second monitor sees, empty for none."""

    @property
    def failed(self) -> tuple[PairCheck, ...]:
        """Pairs that miss their intergreen."""
        return tuple(pair for pair in self.pairs if pair.spare_s < 0)

    @property
    def tight(self) -> tuple[PairCheck, ...]:
        """Pairs that keep exactly their intergreen."""
        return tuple(pair for pair in self.pairs if pair.spare_s == 0)

    @property
    def safe(self) -> bool:
        """Whether pairs, interval check and monitor all agree that nothing is wrong."""
        return not (self.failed or any(found for _, found in self.violations) or any(fault for _, fault in self.faults))


def check_supply(supply: JunctionSupply, switch_time: SwitchTime = SwitchTime.OPENING_STARTS) -> SupplyCheck:
    """Check all programmes; raises `InvalidValueError` where one cannot be read as green windows at all."""
    pairs: list[PairCheck] = []
    found, faults = [], []
    alone = tuple(Stage(id=group.id, groups=frozenset((group.id,))) for group in safety_groups(supply))
    layout = to_layout(supply, stages=alone)  # stages taken from an unsafe programme would conflict
    for programme in supply.programmes:
        greens = green_windows(supply, programme, switch_time)
        pairs += _pairs(supply, programme, greens)
        found.append((programme.id, violations(layout, programme.cycle_s, greens)))
        fault = programme_fault(layout, programme.cycle_s, greens)
        faults.append((programme.id, "" if fault is None else str(fault)))
    return SupplyCheck(pairs=tuple(pairs), violations=tuple(found), faults=tuple(faults))


def _pairs(
    supply: JunctionSupply, programme: SupplyProgramme, greens: dict[str, tuple[GreenWindow, ...]]
) -> list[PairCheck]:
    found = []
    for time in supply.intergreens:
        left_s, second = programme.cycle_s, 0
        for entry in greens[time.entering]:
            for exit_ in greens[time.clearing]:
                since_s = (entry.start_s - exit_.start_s) % programme.cycle_s
                if since_s - exit_.length_s < left_s:
                    left_s, second = since_s - exit_.length_s, entry.start_s
        found.append(
            PairCheck(
                programme=programme.id,
                clearing=time.clearing,
                entering=time.entering,
                second=second,
                needed_s=time.seconds,
                left_s=left_s,
            )
        )
    return found
