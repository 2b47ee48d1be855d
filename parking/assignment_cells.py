"""Cells of drivers: who passes which sign, bound for where, with what vehicle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from parking.visitors import ANYBODY, CAR, Visitors
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from parking.model import ParkingModel
    from parking.sign import Sign


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Drivers who pass a sign, want to park and are bound for a district."""

    sign_id: str
    district: str
    vehicle_class: str = CAR


def guidance_cells(model: ParkingModel, visitors: Visitors = ANYBODY) -> tuple[Cell, ...]:
    """Every sign with every district of the guided facilities on it and every class, in the order of signs and rows.

    Raises
    ------
    InvalidValueError
        Where `visitors` names a facility or a district that the model does not have.
    """
    check_visitors(model, visitors)
    return tuple(
        Cell(sign_id=sign.id, district=district, vehicle_class=vehicle_class)
        for sign in model.signs.values()
        for district in dict.fromkeys(model.facilities[key].district for key in candidates(model, sign))
        for vehicle_class in visitors.class_share
    )


def check_visitors(model: ParkingModel, visitors: Visitors) -> None:
    """Raise `InvalidValueError` where visitors name a facility or a district that the model does not have."""
    districts = {facility.district for facility in model.facilities.values()}
    for facility_id in visitors.refused:
        if facility_id not in model.facilities:
            raise InvalidValueError("visitors.refused", facility_id, "must name a facility of the model")
    for district in visitors.centres:
        if district not in districts:
            raise InvalidValueError("visitors.centres", district, "must name a district of the model's facilities")


def candidates(model: ParkingModel, sign: Sign) -> tuple[str, ...]:
    """Facilities that the sign points to and guidance may recommend, in the order of its rows."""
    on_sign = dict.fromkeys(key for row in sign.rows for key in row.facility_ids)
    return tuple(key for key in on_sign if model.uses[key].guided)
