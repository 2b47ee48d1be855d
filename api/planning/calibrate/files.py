"""Files of `stadttakt calibrate`: the fitted demand and the fit of every count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from traffic_core.calibration.rounding import in_whole_vehicles
from traffic_core.demand import Purpose
from traffic_core.demand_files import DEMAND_COLUMNS
from traffic_core.formats.new_folder import new_folder
from traffic_core.formats.table_writer import write_table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from api.planning.calibrate.calibrating import Calibration
    from traffic_core.demand import Demand

REPORT_COLUMNS = (
    "count_id",
    "link_id",
    "name",
    "counted_hours",
    "counted_veh",
    "modelled_veh",
    "compared_hour",
    "counted_veh_h",
    "modelled_veh_h",
    "geh",
    "in_band",
    "held_out",
    "used_by_a_path",
)
LEAST_CELL_VEH_24H = 0.005


def write_out(calibration: Calibration, out: Path, *, whole: bool) -> None:
    """Write demand.csv, in the form of a model folder, and report.csv; both or nothing.

    `whole` rounds to whole vehicles after the estimate: the report is of the unrounded one.

    Raises
    ------
    InvalidValueError
        Where `out` is in use or cannot be written.
    """
    with new_folder(out) as folder:
        demand = in_whole_vehicles(calibration.demand) if whole else calibration.demand
        write_table(folder / "demand.csv", DEMAND_COLUMNS, _demand_rows(demand))
        write_table(folder / "report.csv", REPORT_COLUMNS, report_rows(calibration))


def _demand_rows(demand: Demand) -> Iterator[tuple[object, ...]]:
    """In the order of zones and purposes."""
    zone = {name: place for place, name in enumerate(demand.zones)}
    purpose = {name: place for place, name in enumerate(Purpose)}
    for cell in sorted(
        demand.cells, key=lambda each: (zone[each.origin], zone[each.destination], purpose[each.purpose])
    ):
        if cell.veh_24h >= LEAST_CELL_VEH_24H:
            veh = int(cell.veh_24h) if cell.veh_24h.is_integer() else round(cell.veh_24h, 2)
            yield (
                cell.origin,
                cell.destination,
                cell.purpose.value,
                veh,
                cell.provenance.confidence.value,
                cell.provenance.source,
            )


def report_rows(calibration: Calibration) -> Iterator[tuple[object, ...]]:
    """One row for each observation, in the order of `REPORT_COLUMNS`; flags are 1 or 0."""
    fits = calibration.outcome.peak.fits
    for each, veh, fit in zip(calibration.observations, calibration.modelled_veh, fits, strict=True):
        yield (
            each.count_id,
            each.link_id,
            calibration.town.network.links[each.link_id].name,
            24 if each.hour is None else 1,
            round(each.veh, 2),
            round(veh, 2),
            fit.hour_label,
            round(fit.counted_veh_h, 2),
            round(fit.modelled_veh_h, 2),
            round(fit.geh, 3),
            int(fit.in_band),
            int(fit.held_out),
            int(each.count_id not in calibration.outcome.unused),
        )
