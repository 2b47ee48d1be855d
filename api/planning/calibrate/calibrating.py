"""`stadttakt calibrate`: read, estimate, judge, write."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from api.errors import ConfigError
from api.planning.calibrate.settings import FREE
from api.town import default_model, load_town
from signal_plans.approach_supply import signal_approaches
from traffic_core.assignment.town import town_problem
from traffic_core.calibration.fit import FitReport
from traffic_core.calibration.gravity import Deterrence
from traffic_core.calibration.observations import read_observations
from traffic_core.calibration.pairs import FITTED, change_of, scaled, structure_wishes
from traffic_core.calibration.sections import folds, held_out_share, sections_of
from traffic_core.calibration.skim import node_costs, zone_costs
from traffic_core.calibration.start import Ways, gravity_cells, read_masses, replaced_purposes
from traffic_core.calibration.structure import Structure, passing_zones, town_shares, town_veh
from traffic_core.calibration.study import Study
from traffic_core.demand import DayType
from traffic_core.demand_files import read_demand

if TYPE_CHECKING:
    from collections.abc import Callable

    from api.planning.calibrate.settings import CalibrateSettings
    from api.town import Town
    from traffic_core.calibration.observations import Observation
    from traffic_core.calibration.pairs import Change
    from traffic_core.calibration.study import Outcome
    from traffic_core.demand import Demand, TripKind

SECONDS_PER_MINUTE = 60.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Calibration:
    """Everything that the command says or writes."""

    town: Town
    observations: tuple[Observation, ...]
    modelled_veh: tuple[float, ...]
    """Of each observation, in its hour or day."""
    passing: frozenset[str]
    prior_was_fitted: bool
    before: FitReport
    outcome: Outcome
    folds: FitReport | None
    """Fits of every count when it was held out; all of them are in its part `held_out`."""
    change: Change
    town_shares: tuple[dict[TripKind, float], dict[TripKind, float]]
    """Structure of the town's trips before and after."""
    town_veh: tuple[float, float]
    demand: Demand
    wanted_gap: float
    worst_gap: float
    seconds: float
    """CPU time without reading."""


def run(settings: CalibrateSettings) -> Calibration:
    """Estimate as `_run` does, with a count of the assigned hours on a terminal."""
    console = Console(stderr=True)
    columns = (TextColumn("assigned hours"), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task("hours", total=None)
        return _run(settings, lambda: progress.advance(task))


def _run(settings: CalibrateSettings, on_hour: Callable[[], None]) -> Calibration:
    """Estimate a demand from counts.

    Raises
    ------
    ConfigError, FileError, InvalidValueError
        For input that cannot be used; before the first assignment, but for trips between zones without a way.
    """
    folder = settings.model or default_model()
    town = load_town(folder)
    demand = read_demand(folder, town.network)
    observations = read_observations(settings.counts or folder / "count.csv", town.network.links)
    passing = _passing(settings, town, demand)
    began_s = time.process_time()
    demand = _prior(settings, town, demand, passing)
    structure = settings.wanted_structure()
    if structure is None and settings.structure != FREE:
        kept = town_shares(demand, passing)
        structure = Structure(shares=kept) if sum(kept.values()) > 0.0 else None
    study = Study.of(
        town.network,
        demand,
        observations,
        approaches=signal_approaches(town.network, town.junctions),
        on_hour=on_hour,
        symmetric=settings.symmetric,
        gap=settings.gap,
        limits=settings.limits(),
        wishes=None if structure is None else lambda pairs: structure_wishes(pairs, structure, passing),
    )
    sections = sections_of(observations, town.network)
    parts = None if settings.folds is None else folds(sections, settings.folds, settings.seed)
    outcome = study.without(held_out_share(sections, settings.hold_out, settings.seed))
    estimated = outcome.estimated
    fitted = scaled(demand, study.pairs, estimated.pair_veh)
    return Calibration(
        town=town,
        observations=observations,
        modelled_veh=study.modelled_veh(estimated.after),
        passing=passing,
        prior_was_fitted=any(cell.provenance.source.startswith(FITTED) for cell in demand.cells),
        before=study.prior_fit(),
        outcome=outcome,
        folds=None if parts is None else FitReport.of(study.cross_validated(parts)),
        change=change_of(study.pairs, estimated.pair_veh, estimated.at_bound),
        town_shares=(town_shares(demand, passing), town_shares(fitted, passing)),
        town_veh=(sum(town_veh(demand, passing).values()), sum(town_veh(fitted, passing).values())),
        demand=fitted,
        wanted_gap=settings.gap,
        worst_gap=study.day.worst_gap,
        seconds=time.process_time() - began_s,
    )


def _passing(settings: CalibrateSettings, town: Town, demand: Demand) -> frozenset[str]:
    """Zones whose trips between each other are not the town's: as asked for, as the model says, or by road class."""
    where, stated = "--passing", list(settings.passing)
    if not stated:
        where, stated = "model.yaml: passing_zones", town.info.passing_zones
    for zone in stated:
        if zone not in demand.zones:
            raise ConfigError(where, zone, "must name a zone of the model")
    return frozenset(stated) or passing_zones(demand, town.network)


def _prior(settings: CalibrateSettings, town: Town, demand: Demand, passing: frozenset[str]) -> Demand:
    """The demand of the model, or a gravity model of the masses over the times of empty streets.

    Purposes that the masses do not name are kept from the model.
    """
    if settings.masses is None:
        return demand
    masses = read_masses(settings.masses, demand.zones)
    approaches = signal_approaches(town.network, town.junctions)
    problem = town_problem(town.network, demand, day_type=DayType.WEEKDAY, hour=0, approaches=approaches)
    network = problem.assignment_network
    times_s = zone_costs(node_costs(network, network.free_flow_time), problem.centroid_zones, list(demand.zones))
    replaced = replaced_purposes(masses)
    cells = gravity_cells(
        masses,
        Ways(
            zones=demand.zones, cost=times_s / SECONDS_PER_MINUTE, deterrence=Deterrence(scale=settings.deterrence_min)
        ),
        structure=settings.wanted_structure(),
        passing=passing,
        kept=[cell for cell in demand.cells if cell.purpose not in replaced],
        source=f"gravity model of {settings.masses.name}, exp(-t / {settings.deterrence_min:g} min)",
    )
    return replace(demand, cells=cells)
