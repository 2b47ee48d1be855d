"""`stadttakt network check`: whether a whole model is sound, and drawings of its junctions."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.planning.check.drawings import draw_junctions
from api.planning.check.report import CheckReport, print_report
from api.town import Town, default_model, load_town
from signal_plans.signal_group import GroupKind
from traffic_core.consistency.check import check_model
from traffic_core.consistency.confidence import read_confidence_shares
from traffic_core.consistency.connectivity import components
from traffic_core.consistency.facts import CarPark, ModelFacts
from traffic_core.consistency.findings import Severity
from traffic_core.counts import read_counts
from traffic_core.demand_files import read_demand

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckSettings:
    """Options of the command."""

    model: Path | None
    drawings: Path | None
    every_node: bool
    junctions: tuple[str, ...]
    full: bool
    as_json: bool


def run_check(settings: CheckSettings) -> int:
    """Check a model, draw junctions if asked, print the report; return the exit code: 1 if there are errors.

    Raises
    ------
    FileError, ConfigError, InvalidValueError
        For a model that cannot be read, a junction that it has not, drawings that cannot be written.
    """
    folder = settings.model or default_model()
    town = load_town(folder)
    facts = read_facts(folder, town)
    drawn: tuple[Path, ...] = ()
    if settings.drawings is not None:
        drawn = draw_junctions(settings.drawings, town, facts, settings.junctions, every_node=settings.every_node)
    report = report_of(folder, town, facts, drawn)
    print_report(report, as_json=settings.as_json, full=settings.full)
    return 1 if report.found[Severity.ERROR] else 0


def read_facts(folder: Path, town: Town) -> ModelFacts:
    """A model folder as the checks see it."""
    demand = read_demand(folder, town.network)
    supplies = {
        junction_id: {
            group.id: group.turns for group in junction.layout.groups.values() if group.kind is GroupKind.VEHICLE
        }
        for junction_id, junction in town.junctions.items()
    }
    car_parks = tuple(
        CarPark(id=facility.id, position=facility.position, access_node=facility.access_node)
        for facility in town.parking.facilities.values()
    )
    counted = frozenset(count.link_id for count in read_counts(folder, town.network.links))
    return ModelFacts(
        network=town.network,
        zones=tuple(demand.zones.values()),
        supplies=supplies,
        car_parks=car_parks,
        counted_links=counted,
    )


def report_of(folder: Path, town: Town, facts: ModelFacts, drawn: tuple[Path, ...] = ()) -> CheckReport:
    """Run all checks."""
    network = facts.network
    findings = check_model(facts)
    controls = Counter(node.control.value for node in network.nodes.values())
    return CheckReport(
        model=town.info.name,
        label=town.info.label_en,
        folder=str(folder),
        sizes={
            "nodes": len(network.nodes),
            "links": len(network.links),
            "turns": len(network.turns),
            "lanes": len(network.lanes),
            "detectors": len(network.detectors),
            "zones": len(facts.zones),
            "car parks": len(facts.car_parks),
            "counts": len(facts.counted_links),
        },
        controls=dict(controls.most_common()),
        found={severity: sum(finding.severity is severity for finding in findings) for severity in Severity},
        findings=tuple(findings),
        components=tuple(components(facts)),
        confidence=tuple(read_confidence_shares(folder)),
        drawings=tuple(str(path) for path in drawn),
    )
