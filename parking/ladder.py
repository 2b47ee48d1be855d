"""Who decides what a sign shows: operator before event plan before what the data say."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from parking.event_plan import EventEntry
    from parking.model import ParkingModel
    from parking.override import Force


@dataclass(frozen=True, slots=True, kw_only=True)
class Forces:
    """Everything that stands above the data at one moment."""

    shows: Mapping[str, Force] = field(default_factory=dict)
    """By facility: what it shows on all its signs."""
    reserves: Mapping[str, Force] = field(default_factory=dict)
    """By facility: how many places are kept back."""
    rows: Mapping[tuple[str, int], Force] = field(default_factory=dict)
    """By sign and row, from 0."""
    recommended: frozenset[str] = frozenset()
    """Facilities that an event recommends."""

    def reserve_veh(self, facility_id: str, usual_veh: int) -> int:
        """Places kept back."""
        force = self.reserves.get(facility_id)
        return usual_veh if force is None or force.reserve_veh is None else force.reserve_veh


NO_FORCES = Forces()


def forces_of(
    model: ParkingModel,
    operator_facilities: Mapping[str, Force],
    operator_rows: Mapping[tuple[str, int], Force],
    events: tuple[EventEntry, ...],
) -> Forces:
    """Join both rungs.  What an operator says of a facility also stands above an event's row that names it."""
    if not (operator_facilities or operator_rows or events):
        return NO_FORCES
    shows: dict[str, Force] = {}
    reserves: dict[str, Force] = {}
    rows: dict[tuple[str, int], Force] = dict(operator_rows)
    for key, force in operator_facilities.items():
        (shows if force.show is not None else reserves)[key] = force
    said = frozenset(shows)
    for entry in events:
        if entry.facility_id is not None and entry.show is not None:
            shows.setdefault(entry.facility_id, entry.force)
        elif entry.facility_id is not None and entry.reserve_veh is not None:
            reserves.setdefault(entry.facility_id, entry.force)
        elif entry.sign_id is not None and entry.row is not None:
            named = model.signs[entry.sign_id].rows[entry.row].facility_ids
            if said.isdisjoint(named):
                rows.setdefault((entry.sign_id, entry.row), entry.force)
    recommended = frozenset(entry.facility_id for entry in events if entry.recommend and entry.facility_id is not None)
    return Forces(shows=shows, reserves=reserves, rows=rows, recommended=recommended)
