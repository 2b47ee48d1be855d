"""Where a driver parks: decisions without time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parking.facility import FacilityKind
from parking.sign import Display
from traffic_core.geometry import distance_m

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from parking.facility import Facility
    from parking.sign import RowContent, SignRow

VALUE_OF_TIME_EUR_H = 10.0
"""What an hour of driving or walking is worth to a driver who looks for a place: an assumption, not a survey."""
MOST_WALK_M = 800.0
"""Further from where he wanted to park nobody parks, whatever a sign says: assumed, as far as facilities serve."""
REFUSING = frozenset({Display.FULL, Display.CLOSED})
INVITING = frozenset({Display.FREE, Display.NUMBER})


def facility_after_sign(
    wanted: str,
    rows: Sequence[SignRow],
    contents: Sequence[RowContent],
    tried: Collection[str],
    cost: Callable[[str], float],
) -> str:
    """Facility a driver who reads signs goes on to.

    He keeps his own unless its row shows full or closed; then he takes, of the untried facilities in rows that show
    free or a number, the one of least `cost` (inf: out of reach), and keeps his own where there is none.
    """
    shown = list(zip(rows, contents, strict=True)) if contents else []
    if not any(wanted in row.facility_ids and content.display in REFUSING for row, content in shown):
        return wanted
    inviting = [
        facility
        for row, content in shown
        if content.display in INVITING
        for facility in row.facility_ids
        if facility not in tried and facility != wanted
    ]
    return cheapest(inviting, cost) or wanted


def walk_between_m(facility: Facility, wanted: Facility) -> float:
    """Walk of a driver who parks in one facility and wanted another, as the crow flies.

    Between two park-and-ride sites nobody walks: who goes on by train boards it at the other one (assumed).
    """
    both = {facility.kind, wanted.kind}
    return 0.0 if both == {FacilityKind.PARK_AND_RIDE} else distance_m(facility.position, wanted.position)


def generalised_cost_s(drive_s: float, walk_s: float, fee_eur_h: float | None, stay_min: float) -> float:
    """Driving time, walking time there and back, and the fee of the stay as time, s.

    `stay_min` is how long the driver means to stay, wherever he parks.  A fee that nobody knows counts as none.
    """
    paid_eur = (fee_eur_h or 0.0) * stay_min / 60.0
    return drive_s + 2.0 * walk_s + paid_eur / VALUE_OF_TIME_EUR_H * 3_600.0


def cheapest(facilities: Collection[str], cost: Callable[[str], float]) -> str | None:
    """Facility of least finite cost, the first of equals; None where there is none."""
    reachable = [facility for facility in facilities if cost(facility) < float("inf")]
    return min(reachable, key=cost, default=None)


def drawn(shares: Mapping[str, float], uniform: float) -> str | None:
    """Key whose slice of the unit interval holds `uniform`; None beyond the last slice."""
    reached = 0.0
    for key, share in shares.items():
        reached += share
        if uniform < reached:
            return key
    return None
