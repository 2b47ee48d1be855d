"""A broken rule, and what a check has seen."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from signal_plans.monitor import Fault
    from signal_plans.verifying.tables import Verdict

_IN_WORDS = re.compile(
    r"^(?:(?P<clearing>.+?) -> )?(?P<entering>.+?): (?P<what>[a-z]+)"
    r".*? second (?P<second>\d+),? misses (?P<missing>\d+) s"
)
_RULES = {"green": "min_green", "red": "sequence"}


class Check(StrEnum):
    """Who found it, and when."""

    INTERVALS = "intervals"
    MONITOR = "monitor"
    KERNEL = "kernel"
    SWITCH = "switch"
    SUCCESSION = "succession"
    TRANSITION = "transition"
    RESTART = "restart"
    STEP_BACK = "step_back"
    FORWARD_JUMP = "forward_jump"
    LIVENESS = "liveness"
    OFFSET = "offset"
    FINGERPRINT = "fingerprint"


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One broken rule at one junction."""

    check: Check
    junction_id: str
    programmes: tuple[str, ...]
    """The one that runs, or the one that is left and the one that is entered."""
    rule: str
    clearing: str = ""
    entering: str = ""
    """The same group twice where it is to blame alone."""
    second: int = 0
    """Of the cycle, or since the switch; before it where negative."""
    missing_s: int = 0
    detail: str = ""


@dataclass(slots=True)
class Findings:
    """What one part of the proof has watched and found; parts are added up."""

    violations: list[Violation] = field(default_factory=list)
    node_seconds: int = 0
    cases: int = 0

    def add(self, other: Findings) -> None:
        """Take in another part's findings."""
        self.violations += other.violations
        self.node_seconds += other.node_seconds
        self.cases += other.cases


def seen(check: Check, junction_id: str, programmes: tuple[str, ...], found: Fault | Verdict) -> Violation:
    """What a monitor found, as a violation."""
    return Violation(
        check=check,
        junction_id=junction_id,
        programmes=programmes,
        rule=found.rule if hasattr(found, "rule") else found.kind,
        clearing=found.clearing,
        entering=found.entering,
        second=found.second,
        missing_s=found.missing_s,
    )


def in_intervals(junction_id: str, programme: str, messages: Iterable[str]) -> list[Violation]:
    """What the interval check says in words, as violations."""
    return [_in_interval(junction_id, programme, message) for message in messages]


def _in_interval(junction_id: str, programme: str, message: str) -> Violation:
    said = _IN_WORDS.match(message)
    if said is None:  # a group that is never green misses nothing in particular
        entering = clearing = message.partition(":")[0]
        rule, second, missing_s = "never_green", 0, 0
    else:
        entering, clearing = said["entering"], said["clearing"] or said["entering"]
        rule = "intergreen" if said["clearing"] else _RULES[said["what"]]
        second, missing_s = int(said["second"]), int(said["missing"])
    return Violation(
        check=Check.INTERVALS,
        junction_id=junction_id,
        programmes=(programme,),
        rule=rule,
        clearing=clearing,
        entering=entering,
        second=second,
        missing_s=missing_s,
        detail=message,
    )
