"""The overrides in force: taken or refused with a reason, withdrawn, expired, taken over after a restart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from parking import content
from parking.event_plan import NO_EVENTS
from parking.ladder import forces_of
from parking.override import FacilityOverride, Force, Override, SignOverride, is_known_free, subject_of
from parking.persistence import CLEAR_SHARE
from parking.sign import Display, Rung
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from parking.event_plan import EventPlan
    from parking.ladder import Forces
    from parking.model import ParkingModel
    from parking.occupancy import PlacesEstimate
    from parking.sign import Sign


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an override is not taken: a word of `parking.content.REASONS`, and the particulars."""

    reason: str
    detail: str


class OverrideDesk:
    """One override for each sign and facility at a time; the newer replaces the older.

    hold_s : until when "free" must be known to be true, from now, s
    free_share : probability with which it must be clear from older data
    events : what is announced to show; below operators, but "free" stands on no car park that an event shows otherwise
    """

    def __init__(
        self, model: ParkingModel, hold_s: float, free_share: float = CLEAR_SHARE, events: EventPlan = NO_EVENTS
    ) -> None:
        self._model = model
        self._hold_s = hold_s
        self._free_share = free_share
        self._events = events
        self._known: dict[str, Override] = {}
        self._ended: list[Override] = []

    def take(self, override: Override, now_s: float, estimates: Mapping[str, PlacesEstimate]) -> Refusal | None:
        """Take an override; return why not where it is refused.

        Raises
        ------
        InvalidValueError
            For a sign or a facility that is not in the model.
        """
        if not override.term.holds(now_s):
            detail = f"valid for {override.term.until_s - now_s:.0f} s from now"
            return Refusal(content.OVERRIDE_REFUSED_TIME, detail)
        if isinstance(override, SignOverride):
            refusal = self._refuse_rows(override, now_s, estimates)
            if refusal is not None:
                return refusal
        elif override.facility_id not in self._model.facilities:
            raise InvalidValueError("override.facility_id", override.facility_id, "must name a facility of the model")
        self._known[subject_of(override)] = override
        return None

    def restore(self, override: Override, now_s: float) -> bool:
        """Go on with an override from before a restart; False where it has expired or no longer fits the model."""
        if not override.term.holds(now_s):
            return False
        if isinstance(override, SignOverride):
            sign = self._model.signs.get(override.sign_id)
            if sign is None or len(sign.rows) != len(override.rows):
                return False
        elif override.facility_id not in self._model.facilities:
            return False
        self._known[subject_of(override)] = override
        return True

    def withdraw(self, subject: str) -> Override | None:
        """Take the override of `sign/ID` or `parking/ID` back; None where there is none."""
        return self._known.pop(subject, None)

    def of(self, subject: str, now_s: float) -> Override | None:
        """The override in force of `sign/ID` or `parking/ID`."""
        found = self._known.get(subject)
        return found if found is not None and found.term.holds(now_s) else None

    def expire(self, now_s: float) -> list[Override]:
        """Forget what has expired, and what was said while the clock went far ahead; return it."""
        gone = [override for override in self._known.values() if not override.term.holds(now_s)]
        for override in gone:
            del self._known[subject_of(override)]
        self._ended += gone
        return gone

    def take_ended(self) -> list[Override]:
        """What has ended by itself since the last call, for the record."""
        ended, self._ended = self._ended, []
        return ended

    def facilities(self, now_s: float) -> dict[str, Force]:
        """What facilities are to show."""
        return {
            known.facility_id: Force(
                show=known.show, reserve_veh=known.reserve_veh, rung=Rung.OPERATOR, by=known.term.key_id
            )
            for known in self._known.values()
            if isinstance(known, FacilityOverride) and known.term.holds(now_s)
        }

    def rows(self, now_s: float) -> dict[tuple[str, int], Force]:
        """What rows, counted from 0, are to show."""
        return {
            (known.sign_id, place): Force(show=shown, rung=Rung.OPERATOR, by=known.term.key_id)
            for known in self._known.values()
            if isinstance(known, SignOverride) and known.term.holds(now_s)
            for place, shown in enumerate(known.rows)
            if shown is not None
        }

    def may_be_free(self, facility_id: str, forces: Forces, now_s: float, estimate: PlacesEstimate) -> bool:
        """Whether "free" is true of a facility, and nobody shows it otherwise."""
        if facility_id in forces.shows:
            return False
        reserve_veh = forces.reserve_veh(facility_id, self._model.facilities[facility_id].reserve_veh)
        return is_known_free(estimate, reserve_veh, now_s + self._hold_s, self._free_share)

    def _why_not_free(self, facility_id: str, forces: Forces, estimate: PlacesEstimate) -> str:
        """What keeps a facility from being called free."""
        show, reserve = forces.shows.get(facility_id), forces.reserves.get(facility_id)
        if show is not None and show.show is not None:
            return f"put {show.show.value} by {_named(show)}"
        if reserve is not None and (estimate.held_veh or 0) > self._model.facilities[facility_id].reserve_veh:
            return f"{reserve.reserve_veh} places kept back by {_named(reserve)}"
        return "full, closed or unknown"

    def _refuse_rows(
        self, override: SignOverride, now_s: float, estimates: Mapping[str, PlacesEstimate]
    ) -> Refusal | None:
        sign: Sign | None = self._model.signs.get(override.sign_id)
        if sign is None:
            raise InvalidValueError("override.sign_id", override.sign_id, "must name a sign of the model")
        if len(sign.rows) != len(override.rows):
            return Refusal(content.OVERRIDE_REFUSED_ROWS, f"{sign.id} has {len(sign.rows)} rows")
        forces = forces_of(self._model, self.facilities(now_s), {}, self._events.at(now_s))
        for number, (row, shown) in enumerate(zip(sign.rows, override.rows, strict=True), start=1):
            keys = row.facility_ids
            if shown is not Display.FREE or any(self.may_be_free(key, forces, now_s, estimates[key]) for key in keys):
                continue
            why = "; ".join(f"{key}: {self._why_not_free(key, forces, estimates[key])}" for key in keys)
            return Refusal(content.OVERRIDE_REFUSED_FREE, f"row {number} ({why})")
        return None


def _named(force: Force) -> str:
    """Who stands behind a force."""
    return f"event {force.by}" if force.rung is Rung.EVENT else f"override of key {force.by}"
