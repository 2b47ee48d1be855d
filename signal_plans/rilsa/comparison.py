"""Intergreens computed from geometry beside those of the supply: what a planner should look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from signal_plans.rilsa.geometry import conflict_points
from signal_plans.rilsa.matrix import decisive_points, matrix_of, may_be_permissive, point_intergreen_s
from signal_plans.rilsa.placement import crossed_arms
from signal_plans.rilsa.values import DEFAULTS, Value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from signal_plans.layout import SignalLayout
    from traffic_core.network import Network

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One pair whose supplied intergreen is not the computed one."""

    junction_id: str
    clearing: str
    entering: str
    supplied_s: int
    computed_s: int
    reason: str
    """The decisive conflict point, with its ways."""

    @property
    def too_short_s(self) -> int:
        """How much the supply stays below the formula; negative where it is longer."""
        return self.computed_s - self.supplied_s


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixComparison:
    """Supplied against computed intergreens of one junction; pairs are (clearing, entering)."""

    junction_id: str
    equal: int
    longer: tuple[Difference, ...]
    """The supply has more than the formula asks for."""
    shorter: tuple[Difference, ...]
    missing: tuple[Difference, ...]
    """Conflicts that the supply does not know although nobody may be left to give way; supplied as 0."""
    without_point: tuple[Pair, ...]
    """Pairs of the supply whose ways do not meet in the plan."""
    permissive: tuple[Pair, ...]
    """Conflicts left to the drivers: not in the supply, and of a kind that may be left to them."""
    not_placed: tuple[str, ...]
    """Groups of which the supply does not say where they cross; their pairs are not compared."""


def compare(layout: SignalLayout, network: Network, values: Mapping[str, Value] = DEFAULTS) -> MatrixComparison:
    """Compute the matrix of a junction from its geometry and hold the supplied one against it.

    Raises `InvalidValueError` as `conflict_points` and `matrix_of`.
    """
    crossed = crossed_arms(network, layout)
    points = conflict_points(network, layout.junction_id, layout.groups, crossed, values)
    supplied = layout.intergreen.times_s
    left_out = frozenset(pair for pair in may_be_permissive(points) if pair not in supplied)
    computed = matrix_of(layout.junction_id, points, permissive=left_out, values=values).times_s
    decisive = decisive_points(points, values)
    strict = decisive_points((point for point in points if not point.may_yield), values)
    not_placed = tuple(group.id for group in layout.groups.values() if not group.turns and group.id not in crossed)
    longer: list[Difference] = []
    shorter: list[Difference] = []
    missing: list[Difference] = []
    for clearing, entering in computed:
        # the supply may leave the other points to the drivers, so what it misses are the strict ones
        point = (decisive if (clearing, entering) in supplied else strict)[clearing, entering]
        difference = Difference(
            junction_id=layout.junction_id,
            clearing=clearing,
            entering=entering,
            supplied_s=supplied.get((clearing, entering), 0),
            computed_s=point_intergreen_s(point, values),
            reason=f"{point.what}: clearing {float(point.clearing_m):g} m ({point.case.value.replace('_', ' ')}), "
            f"entering {float(point.entering_m):g} m",
        )
        if (clearing, entering) not in supplied:
            missing.append(difference)
        elif difference.too_short_s:
            (shorter if difference.too_short_s > 0 else longer).append(difference)
    without = [pair for pair in supplied if pair not in computed and not {*pair}.intersection(not_placed)]
    return MatrixComparison(
        junction_id=layout.junction_id,
        equal=len(computed) - len(longer) - len(shorter) - len(missing),
        longer=tuple(longer),
        shorter=tuple(shorter),
        missing=tuple(missing),
        without_point=tuple(sorted(without)),
        permissive=tuple(sorted(left_out)),
        not_placed=not_placed,
    )
