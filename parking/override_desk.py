"""The overrides in force: taken or refused with a reason, withdrawn, expired, taken over after a restart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from parking import content
from parking.override import FacilityOverride, Force, Override, SignOverride, is_known_free, subject_of
from parking.sign import Display, Rung
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from parking.model import ParkingModel
    from parking.occupancy import PlacesEstimate
    from parking.sign import Sign


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an override is not taken: a word of `parking.content.REASONS`, and the particulars."""

    reason: str
    detail: str


class OverrideDesk:
    """One override for each sign and facility at a time; the newer replaces the older."""

    def __init__(self, model: ParkingModel, hold_s: float) -> None:
        self._model = model
        self._hold_s = hold_s
        self._known: dict[str, Override] = {}

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
        """Forget what has expired, and what a clock set back has moved into the future; return it."""
        gone = [override for override in self._known.values() if not override.term.holds(now_s)]
        for override in gone:
            del self._known[subject_of(override)]
        return gone

    def facilities(self) -> dict[str, Force]:
        """What facilities are to show."""
        return {
            known.facility_id: Force(
                show=known.show, reserve_veh=known.reserve_veh, rung=Rung.OPERATOR, by=known.term.key_id
            )
            for known in self._known.values()
            if isinstance(known, FacilityOverride)
        }

    def rows(self) -> dict[tuple[str, int], Force]:
        """What rows, counted from 0, are to show."""
        return {
            (known.sign_id, place): Force(show=shown, rung=Rung.OPERATOR, by=known.term.key_id)
            for known in self._known.values()
            if isinstance(known, SignOverride)
            for place, shown in enumerate(known.rows)
            if shown is not None
        }

    def may_be_free(self, facility_ids: tuple[str, ...], now_s: float, estimates: Mapping[str, PlacesEstimate]) -> bool:
        """Whether "free" is true of at least one of these facilities."""
        until_s = now_s + self._hold_s
        return any(is_known_free(estimates[key], self._reserve_veh(key), until_s) for key in facility_ids)

    def _reserve_veh(self, facility_id: str) -> int:
        known = self._known.get(f"parking/{facility_id}")
        if isinstance(known, FacilityOverride) and known.reserve_veh is not None:
            return known.reserve_veh
        return self._model.facilities[facility_id].reserve_veh

    def _refuse_rows(
        self, override: SignOverride, now_s: float, estimates: Mapping[str, PlacesEstimate]
    ) -> Refusal | None:
        sign: Sign | None = self._model.signs.get(override.sign_id)
        if sign is None:
            raise InvalidValueError("override.sign_id", override.sign_id, "must name a sign of the model")
        if len(sign.rows) != len(override.rows):
            return Refusal(content.OVERRIDE_REFUSED_ROWS, f"{sign.id} has {len(sign.rows)} rows")
        for number, (row, shown) in enumerate(zip(sign.rows, override.rows, strict=True), start=1):
            if shown is Display.FREE and not self.may_be_free(row.facility_ids, now_s, estimates):
                detail = f"row {number} ({', '.join(row.facility_ids)}): full, closed or unknown"
                return Refusal(content.OVERRIDE_REFUSED_FREE, detail)
        return None
