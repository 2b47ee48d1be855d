"""Facilities and signs from the CSV tables of a model folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parking.facility import Facility, FacilityKind
from parking.model import HOURS, FacilityUse, ParkingModel
from parking.quality.files import read_quality
from parking.sign import Arrow, Sign, SignRow
from traffic_core import require
from traffic_core.tables import PROVENANCE_COLUMNS, Row, read_table

if TYPE_CHECKING:
    from pathlib import Path

    from traffic_core.network import Network

__all__ = ["ParkingModel", "read_parking"]

FACILITY_COLUMNS = (
    *("facility_id", "name", "district", "lat", "lon", "kind", "capacity_veh", "reserve_veh", "update_interval_s"),
    *("access_node_id", "fee_eur_h", "mean_stay_min", "guided", *PROVENANCE_COLUMNS),
)
PROFILE_COLUMNS = ("facility_id", "hour", "occupied_share", *PROVENANCE_COLUMNS)
SIGN_COLUMNS = ("sign_id", "name", "link_id", "lat", "lon", *PROVENANCE_COLUMNS)
SIGN_ROW_COLUMNS = ("sign_id", "row", "label_de", "label_en", "arrow", "facility_ids")


def read_parking(folder: Path, network: Network) -> ParkingModel:
    """Read the facilities and signs of a model folder; their places refer to `network`.

    Raises
    ------
    FileError
        Names file, row, field, value and limit of the first cell that cannot be used.
    """
    rows = read_table(folder / "facility.csv", FACILITY_COLUMNS, key=("facility_id",))
    facilities = {row.text("facility_id"): _facility(row, network) for row in rows}
    profiles = _profiles(folder, facilities)
    uses = {row.text("facility_id"): _use(row, profiles) for row in rows}
    quality = read_quality(folder, facilities)
    return ParkingModel(facilities=facilities, signs=_signs(folder, network, facilities), uses=uses, quality=quality)


def _facility(row: Row, network: Network) -> Facility:
    with row.checked():
        return Facility(
            id=row.text("facility_id"),
            name=row.text("name"),
            district=row.text("district"),
            position=(row.decimal("lon"), row.decimal("lat")),
            kind=row.choice("kind", FacilityKind),
            capacity_veh=row.whole_or_none("capacity_veh"),
            reserve_veh=row.whole("reserve_veh"),
            update_interval_s=row.decimal("update_interval_s"),
            access_node=row.reference("access_node_id", network.nodes, "a node of the network"),
            provenance=row.provenance(),
        )


def _use(row: Row, profiles: dict[str, tuple[float, ...]]) -> FacilityUse:
    with row.checked():
        return FacilityUse(
            fee_eur_h=row.decimal("fee_eur_h") if row.cells["fee_eur_h"] else None,
            mean_stay_min=row.decimal("mean_stay_min"),
            guided=row.flag("guided"),
            occupied_share=profiles.get(row.text("facility_id"), ()),
        )


def _profiles(folder: Path, facilities: dict[str, Facility]) -> dict[str, tuple[float, ...]]:
    shares: dict[str, dict[int, float]] = {}
    last_row: dict[str, Row] = {}
    for row in read_table(folder / "facility_profile.csv", PROFILE_COLUMNS, key=("facility_id", "hour")):
        facility_id = row.reference("facility_id", facilities, "a facility of facility.csv")
        hour = row.whole("hour")
        share = row.decimal("occupied_share")
        with row.checked():
            require.between("hour", hour, 0, HOURS - 1)
            require.between("occupied_share", share, 0.0, 1.0)
            row.provenance()
        shares.setdefault(facility_id, {})[hour] = share
        last_row[facility_id] = row
    for facility_id, of_hour in shares.items():
        if len(of_hour) != HOURS:
            raise last_row[facility_id].error("hour", f"must be given 24 times, 0 to 23, for {facility_id}")
    return {facility_id: tuple(of_hour[hour] for hour in range(HOURS)) for facility_id, of_hour in shares.items()}


def _signs(folder: Path, network: Network, facilities: dict[str, Facility]) -> dict[str, Sign]:
    rows = read_table(folder / "sign.csv", SIGN_COLUMNS, key=("sign_id",))
    sign_rows = _sign_rows(folder, {row.text("sign_id") for row in rows}, facilities)
    signs: dict[str, Sign] = {}
    for row in rows:
        sign_id = row.text("sign_id")
        if sign_id not in sign_rows:
            raise row.error("sign_id", "must have at least one row in sign_row.csv")
        with row.checked():
            signs[sign_id] = Sign(
                id=sign_id,
                name=row.text("name"),
                position=(row.decimal("lon"), row.decimal("lat")),
                link_id=row.reference("link_id", network.links, "a link of the network"),
                rows=tuple(sign_rows[sign_id]),
                provenance=row.provenance(),
            )
    return signs


def _sign_rows(folder: Path, sign_ids: set[str], facilities: dict[str, Facility]) -> dict[str, list[SignRow]]:
    found: dict[str, list[SignRow]] = {}
    for row in read_table(folder / "sign_row.csv", SIGN_ROW_COLUMNS, key=("sign_id", "row")):
        of_sign = found.setdefault(row.reference("sign_id", sign_ids, "a sign of sign.csv"), [])
        if row.whole("row") != len(of_sign) + 1:
            raise row.error("row", f"must be {len(of_sign) + 1}: the rows of a sign count from 1 in their order")
        for facility_id in row.texts("facility_ids"):
            if facility_id not in facilities:
                where = f"row {row.text('row')} of sign {row.text('sign_id')}"
                limit = f"must name facilities of facility.csv; {facility_id} in {where} is none"
                raise row.error("facility_ids", limit)
        with row.checked():
            of_sign.append(
                SignRow(
                    label_de=row.text("label_de"),
                    label_en=row.text("label_en"),
                    arrow=row.choice("arrow", Arrow),
                    facility_ids=row.texts("facility_ids"),
                )
            )
    return found
