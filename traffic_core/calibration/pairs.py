"""The demand as vehicles of pairs of zones, and what an estimate changed in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from traffic_core.calibration.estimation import SoftSums
from traffic_core.demand import Demand, TripKind
from traffic_core.provenance import Confidence, Provenance

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from traffic_core.calibration.structure import Structure

FITTED = "origin-destination estimate from counts, prior: "


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pairs:
    """P pairs of zones with trips, in the order in which the demand names them first."""

    ends: tuple[tuple[str, str], ...]
    """Origin and destination of each."""
    kinds: tuple[TripKind, ...]
    veh: NDArray[np.float64]
    """(P,) vehicles of a weekday, all purposes."""

    @staticmethod
    def of(demand: Demand) -> Pairs:
        """Pairs with trips."""
        veh: dict[tuple[str, str], float] = {}
        kinds: dict[tuple[str, str], TripKind] = {}
        for cell in demand.cells:
            if cell.veh_24h > 0.0:
                ends = (cell.origin, cell.destination)
                veh[ends] = veh.get(ends, 0.0) + cell.veh_24h
                kinds[ends] = demand.trip_kind(cell)
        values = np.array(list(veh.values()), dtype=np.float64)
        return Pairs(ends=tuple(veh), kinds=tuple(kinds.values()), veh=values)

    def there_and_back(self) -> NDArray[np.int64]:
        """(P,) the same number for a pair and its way back."""
        number: dict[frozenset[str], int] = {}
        return np.array([number.setdefault(frozenset(ends), len(number)) for ends in self.ends], dtype=np.int64)

    def rows(self) -> dict[tuple[str, str], int]:
        """Row of each pair."""
        return {ends: row for row, ends in enumerate(self.ends)}


@dataclass(frozen=True, slots=True, kw_only=True)
class PairChange:
    """One pair before and after an estimate, vehicles of a weekday."""

    origin: str
    destination: str
    before_veh: float
    after_veh: float

    @property
    def change_veh(self) -> float:
        """After minus before."""
        return self.after_veh - self.before_veh


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What an estimate did to a demand."""

    before_veh: float
    after_veh: float
    by_kind: dict[TripKind, tuple[float, float]]
    correlation: float | None
    """Of the vehicles of all pairs before and after (Pearson); None where either is constant."""
    at_bound: int
    largest: tuple[PairChange, ...]


def scaled(demand: Demand, pairs: Pairs, pair_veh: NDArray[np.float64]) -> Demand:
    """The demand with each pair at a new number of vehicles, all its purposes by the same factor."""
    factor = dict(zip(pairs.ends, (pair_veh / pairs.veh).tolist(), strict=True))
    cells = tuple(
        replace(
            cell,
            veh_24h=cell.veh_24h * factor.get((cell.origin, cell.destination), 1.0),
            provenance=Provenance(
                source=FITTED + cell.provenance.source.removeprefix(FITTED), confidence=Confidence.ESTIMATED
            ),
        )
        for cell in demand.cells
    )
    return replace(demand, cells=cells)


def structure_wishes(pairs: Pairs, structure: Structure, passing: Collection[str]) -> SoftSums:
    """One row for each kind of trip: its vehicles minus its share of all town trips shall be 0; and one for the total.

    The standard error is the structure's tolerance of the prior's town trips, of the total that of the total.  Trips
    between two `passing` zones are no town trips.
    """
    of_town = np.array([not (a in passing and b in passing) for a, b in pairs.ends], dtype=np.float64)
    kinds = np.array([kind.value for kind in pairs.kinds])
    error_veh = max(structure.tolerance_share * float((of_town * pairs.veh).sum()), 1.0)
    rows = [of_town * ((kinds == kind.value) - share) for kind, share in structure.shares.items()]
    wanted, errors_veh = [0.0] * len(rows), [error_veh] * len(rows)
    if structure.total_veh is not None:
        rows.append(of_town)
        wanted.append(structure.total_veh)
        errors_veh.append(structure.tolerance_share * structure.total_veh)
    return SoftSums.of(np.array(rows), np.array(wanted), np.array(errors_veh) ** 2)


def change_of(
    pairs: Pairs, pair_veh: NDArray[np.float64], at_bound: NDArray[np.bool_], *, examples: int = 10
) -> Change:
    """Totals, kinds, correlation and the pairs that changed by most vehicles."""
    kinds = np.array([kind.value for kind in pairs.kinds])
    order = np.argsort(-np.abs(pair_veh - pairs.veh), kind="stable")[:examples]
    varied = pairs.veh.size > 1 and bool(np.ptp(pairs.veh) > 0.0) and bool(np.ptp(pair_veh) > 0.0)
    return Change(
        before_veh=float(pairs.veh.sum()),
        after_veh=float(pair_veh.sum()),
        by_kind={
            kind: (float(pairs.veh[kinds == kind.value].sum()), float(pair_veh[kinds == kind.value].sum()))
            for kind in TripKind
        },
        correlation=float(np.corrcoef(pairs.veh, pair_veh)[0, 1]) if varied else None,
        at_bound=int(at_bound.sum()),
        largest=tuple(
            PairChange(
                origin=pairs.ends[row][0],
                destination=pairs.ends[row][1],
                before_veh=float(pairs.veh[row]),
                after_veh=float(pair_veh[row]),
            )
            for row in order.tolist()
        ),
    )
