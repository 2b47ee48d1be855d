"""What is to be assigned: two TNTP files, an abstract folder, or a town's model for an hour or a day."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from api.errors import ConfigError
from api.planning.assign.trip_classes import read_classes
from api.planning.results.columns import Units
from api.planning.results.courses import Courses, ResultLinks, links_of_network, places_of
from api.town import default_model, load_town
from signal_plans.approach_supply import signal_approaches
from traffic_core.assignment.problem import TripClass
from traffic_core.assignment.town import town_problem
from traffic_core.counts import read_counts
from traffic_core.demand import HOURS, DayType
from traffic_core.demand_files import read_demand
from traffic_core.formats.abstract_folder import NODE_COLUMNS, is_abstract, read_abstract
from traffic_core.formats.tntp.reader import read_tntp_network, read_tntp_nodes, read_tntp_trips
from traffic_core.tables import read_table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from api.planning.assign.settings import AssignSettings
    from api.town import ModelInfo
    from traffic_core.assignment.problem import AssignmentNetwork
    from traffic_core.counts import Count
    from traffic_core.demand import Demand

ONE_CLASS = "trips"
DAYS = {
    DayType.WEEKDAY: ("Werktag", "weekday"),
    DayType.SATURDAY: ("Samstag", "Saturday"),
    DayType.SUNDAY: ("Sonntag", "Sunday"),
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Slice:
    """One problem: all there is of a network without hours, otherwise one hour."""

    hour: int | None
    network: AssignmentNetwork
    classes: tuple[TripClass, ...]
    rows: NDArray[np.int64]
    """(R,) index in `network` of each link whose results are wanted."""
    zones: tuple[str, ...]
    """(Z,) id of the zone that each zone of `network` is or belongs to."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Case:
    """A network, its R links, and a problem for each hour, built when it is wanted."""

    name: str
    units: Units
    hours: tuple[int | None, ...]
    slice_of: Callable[[int | None], Slice]
    links: ResultLinks
    zones: tuple[str, ...]
    nodes: int
    zone_names: Mapping[str, str] = field(default_factory=dict)
    period: tuple[str, str] | None = None
    """In German and English."""
    info: ModelInfo | None = None
    counts: tuple[Count, ...] = ()
    counted_share: float | None = None
    """Share of a counted weekday that falls into the period; None where the counts say nothing about it."""


def open_case(settings: AssignSettings) -> Case:
    """Read and check everything that is to be assigned.

    Raises
    ------
    ConfigError, FileError, InvalidValueError
        Name the file or option, row, field, value and limit.
    """
    net = settings.net or default_model()
    if net.is_dir() and not is_abstract(net):
        return _town_case(net, settings)
    if settings.hour is not None or settings.day is not DayType.WEEKDAY:
        raise ConfigError("--day, --hour", None, f"need a town's model: {net} has no hours")
    return _abstract_case(net, settings)


def _abstract_case(net: Path, settings: AssignSettings) -> Case:
    table = None
    if net.is_dir():
        network, table = read_abstract(net)
        coordinates = _folder_coordinates(net, network)
    else:
        network = read_tntp_network(net)
        coordinates = read_tntp_nodes(settings.nodes) if settings.nodes is not None else {}
    classes = _abstract_classes(net, settings, network, table)
    only = Slice(
        hour=None,
        network=network,
        classes=tuple(_weighted(each, settings) for each in classes),
        rows=np.arange(len(network.link_ids)),
        zones=network.zone_ids,
    )
    links = _abstract_links(network, coordinates)
    return Case(
        name=net.stem,
        units=Units.OWN,
        hours=(None,),
        slice_of=lambda _: only,
        links=links,
        zones=network.zone_ids,
        nodes=len(network.node_ids),
    )


def _abstract_classes(
    net: Path, settings: AssignSettings, network: AssignmentNetwork, table: NDArray[np.float64] | None
) -> tuple[TripClass, ...]:
    """One class from the table of trips, or those of a file of classes."""
    if settings.model_classes is not None:
        if settings.trips is not None:
            raise ConfigError("TRIPS", str(settings.trips), "must not be given together with --model-classes")
        return read_classes(settings.model_classes, network)
    if settings.trips is not None:
        table = read_tntp_trips(settings.trips, network.zone_ids)
    if table is None:
        raise ConfigError("TRIPS", None, f"must be given, a TNTP file of trips: {net} holds the network alone")
    if not table.any():
        where = settings.trips or net / "demand.csv"
        raise ConfigError(str(where), 0.0, "must hold trips: nothing can be assigned without")
    return (TripClass(name=ONE_CLASS, trips=table),)


def _weighted(trip_class: TripClass, settings: AssignSettings) -> TripClass:
    """The class with the weights of the options, where they were given."""
    toll, distance = settings.toll_weight, settings.distance_weight
    return replace(
        trip_class,
        toll_weight=trip_class.toll_weight if toll is None else toll,
        distance_weight=trip_class.distance_weight if distance is None else distance,
    )


def _folder_coordinates(folder: Path, network: AssignmentNetwork) -> dict[str, tuple[float, float]]:
    """Coordinates of the nodes of an abstract folder; none unless all have some."""
    rows = read_table(folder / "node.csv", NODE_COLUMNS)
    if not all(row.cells["x_coord"] and row.cells["y_coord"] for row in rows):
        return {}
    return {
        node: (row.decimal("x_coord"), row.decimal("y_coord")) for node, row in zip(network.node_ids, rows, strict=True)
    }


def _abstract_links(network: AssignmentNetwork, coordinates: Mapping[str, tuple[float, float]]) -> ResultLinks:
    """Links by their nodes; straight lines where every node in use has coordinates."""
    starts = tuple(network.node_ids[node] for node in network.from_node.tolist())
    ends = tuple(network.node_ids[node] for node in network.to_node.tolist())
    courses = None
    if coordinates:
        missing = next((node for node in (*starts, *ends) if node not in coordinates), None)
        if missing is not None:
            raise ConfigError("--nodes", missing, "must have coordinates, as every node of a link")
        lines = tuple((coordinates[start], coordinates[end]) for start, end in zip(starts, ends, strict=True))
        courses = Courses(lines=lines, geographic=False)
    names = ("",) * len(starts)
    return ResultLinks(ids=network.link_ids, from_nodes=starts, to_nodes=ends, names=names, courses=courses)


def _town_case(folder: Path, settings: AssignSettings) -> Case:
    for option, path in (("TRIPS", settings.trips), ("--model-classes", settings.model_classes)):
        if path is not None:
            raise ConfigError(option, str(path), f"must not be given: {folder} holds its own demand")
    town = load_town(folder)
    demand = read_demand(folder, town.network)
    if not any(cell.veh_24h > 0.0 for cell in demand.cells):
        raise ConfigError(str(folder / "demand.csv"), 0.0, "must hold trips: nothing can be assigned without")

    approaches = signal_approaches(town.network, town.junctions)

    def slice_of(hour: int | None) -> Slice:
        problem = town_problem(town.network, demand, day_type=settings.day, hour=hour or 0, approaches=approaches)
        return Slice(
            hour=hour,
            network=problem.assignment_network,
            classes=tuple(_weighted(each, settings) for each in problem.classes),
            rows=problem.street_links,
            zones=problem.centroid_zones,
        )

    return Case(
        name=town.info.name,
        units=Units.DAY if settings.hour is None else Units.HOUR,
        hours=tuple(range(HOURS)) if settings.hour is None else (settings.hour,),
        slice_of=slice_of,
        links=links_of_network(town.network, places_of(town.network, demand.zones.values())),
        zones=tuple(demand.zones),
        nodes=len(town.network.nodes),
        zone_names={zone.id: zone.name for zone in demand.zones.values()},
        period=_period(settings),
        info=town.info,
        counts=read_counts(folder, town.network.links),
        counted_share=_counted_share(demand, settings),
    )


def _period(settings: AssignSettings) -> tuple[str, str]:
    german, english = DAYS[settings.day]
    if settings.hour is None:
        return f"{german}, 24 Stunden", f"{english}, 24 hours"
    hours = f"{settings.hour}–{settings.hour + 1}"
    return f"{german}, {hours} Uhr", f"{english}, {hours} h"


def _counted_share(demand: Demand, settings: AssignSettings) -> float | None:
    """Counts are of a weekday; those of an hour follow from the course of all trips."""
    if settings.day is not DayType.WEEKDAY:
        return None
    if settings.hour is None:
        return 1.0
    course = demand.total_veh_h(DayType.WEEKDAY)
    return course[settings.hour] / sum(course)
