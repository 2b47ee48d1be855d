"""Conflicts that the supply does not know and that are green together in it: a fault, whatever a survey would find."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from signal_plans.junction import Junction
    from signal_plans.programme import SignalProgramme
    from signal_plans.rilsa.comparison import Difference


@dataclass(frozen=True, slots=True, kw_only=True)
class GreenTogether:
    """Two groups whose ways cross or merge with nobody left to give way, and where both are green at once."""

    junction_id: str
    groups: tuple[str, str]
    stages: tuple[str, ...]
    programmes: tuple[str, ...]


def green_together(junction: Junction, missing: Iterable[Difference]) -> tuple[GreenTogether, ...]:
    """Those of the `missing` conflicts of a junction whose groups share a stage or a second of a programme's green."""
    found = []
    for pair in sorted({tuple(sorted((each.clearing, each.entering))) for each in missing}):
        first, second = pair
        stages = tuple(stage.id for stage in junction.layout.stages if stage.groups.issuperset(pair))
        programmes = tuple(each.id for each in junction.programmes if _overlap(each, first, second))
        if stages or programmes:
            found.append(
                GreenTogether(
                    junction_id=junction.layout.junction_id,
                    groups=(first, second),
                    stages=stages,
                    programmes=programmes,
                )
            )
    return tuple(found)


def _overlap(programme: SignalProgramme, first: str, second: str) -> bool:
    return any(programme.is_green(first, at) and programme.is_green(second, at) for at in range(programme.cycle_s))
