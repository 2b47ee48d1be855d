"""Write an imported model as a complete model folder."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from traffic_core.counts import COUNT_COLUMNS
from traffic_core.demand_files import DEMAND_COLUMNS, ZONE_COLUMNS
from traffic_core.errors import InvalidValueError
from traffic_core.formats import default_profile
from traffic_core.formats.model_tables import (
    EMPTY_TABLES,
    FACILITY_COLUMNS,
    FACILITY_NOTE,
    MEAN_STAY_MIN,
    RESERVE_VEH,
    TIMEZONE,
    UPDATE_INTERVAL_S,
)
from traffic_core.formats.model_yaml import write_model_yaml
from traffic_core.formats.network_tables import write_network_tables
from traffic_core.formats.new_folder import new_folder
from traffic_core.formats.table_writer import write_table
from traffic_core.geojson import bounding_box, write_geojson
from traffic_core.network import NodeControl
from traffic_core.stops import STOP_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from traffic_core.formats.imported import AsideTable, ImportedModel, ImportedParking
    from traffic_core.provenance import Provenance

LARGEST_CAPACITY_VEH = 100_000
_ASIDE_NAME = re.compile(r"[a-z0-9_]+")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def write_model(model: ImportedModel, out: Path) -> None:
    """Write `out` whole or not at all: all tables, model.yaml, network.geojson, and aside/*.csv.

    Names that are empty become the id, and what the tables demand but the file does not say is marked as estimated.
    What is assumed here is added to `model.warnings`, which go into aside/import_warning.csv.

    Raises
    ------
    InvalidValueError
        Where `out` is in use, the network has no links, or an aside table has a name that no file should have.
    """
    if not model.network.links:
        raise InvalidValueError("network.links", 0, "must be at least one: nothing to write")
    for table in model.aside:
        if not _ASIDE_NAME.fullmatch(table.name):
            raise InvalidValueError("aside.name", table.name, "must be lower case letters, digits and underscores")
    _warn(model)
    with new_folder(out) as folder:
        write_network_tables(folder, model.network, model.source)
        write_table(folder / "zone.csv", ZONE_COLUMNS, _zone_rows(model))
        write_table(folder / "demand.csv", DEMAND_COLUMNS, _demand_rows(model))
        write_table(folder / "profile.csv", default_profile.COLUMNS, default_profile.profile_rows())
        write_table(folder / "count.csv", COUNT_COLUMNS, _count_rows(model))
        write_table(folder / "stop.csv", STOP_COLUMNS, ())
        write_table(
            folder / "facility.csv", FACILITY_COLUMNS, (_facility_row(model, car_park) for car_park in model.parking)
        )
        for name, columns in EMPTY_TABLES.items():
            write_table(folder / name, columns, ())
        write_model_yaml(folder, _info(model))
        write_geojson(folder / "network.geojson", model.network)
        _write_aside(folder / "aside", model)


def model_id(name: str) -> str:
    """Name as an id: lower case letters, digits and underscores."""
    return re.sub(r"[^a-z0-9]+", "_", name.casefold().translate(_UMLAUTS)).strip("_") or "imported"


def _warn(model: ImportedModel) -> None:
    for node in model.network.nodes.values():
        if node.control is NodeControl.SIGNAL:
            model.warnings.add("signals without supply data: simulated as give-way", f"node {node.id}")
    for car_park in model.parking:
        if car_park.capacity_veh is not None and _capacity(car_park) is None:
            what = f"{car_park.id}: {car_park.capacity_veh}"
            model.warnings.add(f"capacity of a car park outside 1 to {LARGEST_CAPACITY_VEH:,}: left unknown", what)
    model.warnings.add("day profile assumed", "profile.csv")


def _info(model: ImportedModel) -> dict[str, object]:
    return {
        "id": model_id(model.name),
        "name": model.name.strip() or "imported",
        "label_de": "importiert, ungeprüft",
        "label_en": "imported, unchecked",
        "timezone": TIMEZONE,
        "licence": model.licence,
        "attribution": [model.source],
        "bbox": bounding_box(model.network),
        "notes": (
            f"Imported from {model.source}.  Time zone and profile of the day are assumed.  Supply data of signals, "
            "signs and the use of car parks are not known.  aside/import_warning.csv counts what was assumed or left "
            "out, the other tables in aside hold what has no place in the model."
        ),
    }


def _zone_rows(model: ImportedModel) -> Iterator[tuple[object, ...]]:
    for zone in model.zones:
        for node in zone.nodes:
            yield zone.id, zone.name.strip() or zone.id, zone.kind.value, node, *_provenance(zone.provenance)


def _demand_rows(model: ImportedModel) -> Iterator[tuple[object, ...]]:
    for cell in model.cells:
        yield cell.origin, cell.destination, cell.purpose.value, cell.veh_24h, *_provenance(cell.provenance)


def _count_rows(model: ImportedModel) -> Iterator[tuple[object, ...]]:
    for count in model.counts:
        year = "" if count.year is None else count.year
        yield count.id, count.link_id, count.veh_24h, year, *_provenance(count.provenance)


def _facility_row(model: ImportedModel, car_park: ImportedParking) -> tuple[object, ...]:
    lon, lat = car_park.position
    capacity = _capacity(car_park)
    return (
        *(car_park.id, car_park.name.strip() or car_park.id, model.name.strip() or "imported", lat, lon, car_park.kind),
        *("" if capacity is None else capacity, RESERVE_VEH, UPDATE_INTERVAL_S, car_park.access_node, ""),
        *(MEAN_STAY_MIN[car_park.kind], int(capacity is not None and car_park.kind != "on_street")),
        *("estimated", f"{car_park.source}; {FACILITY_NOTE}"),
    )


def _capacity(car_park: ImportedParking) -> int | None:
    known = car_park.capacity_veh
    return known if known is not None and 1 <= known <= LARGEST_CAPACITY_VEH else None


def _provenance(provenance: Provenance) -> tuple[str, str]:
    return provenance.confidence.value, provenance.source


def _write_aside(folder: Path, model: ImportedModel) -> None:
    folder.mkdir()
    warnings = model.warnings
    rows = ((kind, count, "; ".join(warnings.examples[kind])) for kind, count in warnings.counts.most_common())
    write_table(folder / "import_warning.csv", ("kind", "count", "examples"), rows)
    for table in model.aside:
        write_table(_free_path(folder, table), table.columns, table.rows)


def _free_path(folder: Path, table: AsideTable) -> Path:
    path = folder / f"{table.name}.csv"
    if path.exists():
        raise InvalidValueError("aside.name", table.name, "must occur once")
    return path
