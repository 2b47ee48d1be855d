"""All checks of a model, one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from traffic_core.consistency.access import check_car_parks, check_zones
from traffic_core.consistency.arms import check_angles, check_arm_counts
from traffic_core.consistency.connectivity import check_components, check_reach
from traffic_core.consistency.detection import check_detectors, check_signal_approaches_are_counted
from traffic_core.consistency.findings import Finding, in_order
from traffic_core.consistency.lane_use import check_lane_use
from traffic_core.consistency.road_classes import check_classes
from traffic_core.consistency.shapes import (
    check_ends,
    check_lengths,
    check_near_nodes,
    check_parallel_links,
    check_unused_nodes,
)
from traffic_core.consistency.supply import check_supplies
from traffic_core.consistency.turn_names import check_turn_names
from traffic_core.consistency.ways_on import (
    check_dead_ends,
    check_missing_turns,
    check_u_turns,
    check_ways_on,
)

if TYPE_CHECKING:
    from traffic_core.consistency.facts import ModelFacts

CHECKS = (
    check_reach,
    check_components,
    check_ways_on,
    check_dead_ends,
    check_missing_turns,
    check_u_turns,
    check_turn_names,
    check_lane_use,
    check_lengths,
    check_ends,
    check_near_nodes,
    check_unused_nodes,
    check_parallel_links,
    check_classes,
    check_arm_counts,
    check_angles,
    check_detectors,
    check_signal_approaches_are_counted,
    check_supplies,
    check_zones,
    check_car_parks,
)


def check_model(facts: ModelFacts) -> list[Finding]:
    """Findings of all checks, errors first."""
    return in_order([finding for check in CHECKS for finding in check(facts)])
