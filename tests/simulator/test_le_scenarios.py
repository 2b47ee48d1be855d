"""The what-ifs that ship with the model: they can be staged, and change what they say."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import networkx as nx
import pytest

from parking.facility import FacilityKind
from signal_plans.errors import UnsafeProgrammeError
from signal_plans.interval_check import violations
from signal_plans.monitor import programme_fault
from signal_plans.programme import GreenWindow
from signal_plans.signal_group import GroupKind
from signal_plans.timing import interstages_s
from simulator.base_model import load_base
from simulator.garage_flow import flow_of_use
from simulator.parking_shares import WALK_M
from simulator.scenario.events import FacilityEvent, ProgrammeEvent, SurgeEvent
from simulator.scenario.loading import load_scenario
from simulator.scenario.shipped import scenario_files
from simulator.scenario.staging import stage_with_warnings
from traffic_core.demand import Purpose, ZoneKind
from traffic_core.geometry import distance_m
from traffic_core.network import Movement, NodeControl

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from simulator.scenario.scenario import Scenario
    from simulator.scenario.staging import Staging
    from simulator.staged import BaseModel, Staged
    from traffic_core.network import Network

    Stagings = Callable[[str], Staging]

BASE_OF = {
    "l1208_closed": "base",
    "fair_peak": "base_fair_saturday",
    "neuer_markt_closed": "base_afternoon",
    "echterdingen_bays_removed": "base_afternoon",
    "hohenheimer_signal": "base",
    "lammkreuzung_programme": "base_lammkreuzung",
    "nikolaus_otto_bypass": "base_afternoon",
    "b27_2035": "base",
}
PARKING_DAYS = {"parking_weekday", "parking_saturday", "parking_fair_saturday"}
"""What the worth of signs is measured on."""
HAUPTSTRASSE = {"N04", "N111", "N05", "N06", "N07", "N128", "N36"}
FORTY_KM_H_IN_M_S = 40.0 / 3.6


@pytest.fixture(name="le_base", scope="module")
def le_base_fixture(le_model: Path) -> BaseModel:
    return load_base(le_model)


@pytest.fixture(name="scenarios", scope="module")
def scenarios_fixture(le_model: Path) -> dict[str, Scenario]:
    return {path.stem: load_scenario(path) for path in scenario_files(le_model)}


@pytest.fixture(name="staging_of", scope="module")
def staging_of_fixture(le_base: BaseModel, scenarios: dict[str, Scenario]) -> Stagings:
    """Function of a scenario's id: its staging, made once."""
    made: dict[str, Staging] = {}

    def staging(name: str) -> Staging:
        if name not in made:
            made[name] = stage_with_warnings(scenarios[name], le_base)
        return made[name]

    return staging


def turn_graph(network: Network) -> nx.DiGraph:
    """Links as nodes, permitted turns without U-turns as edges that weigh the driving time of the link ahead."""
    graph = nx.DiGraph()
    graph.add_nodes_from(network.links)
    for turn in network.turns.values():
        if turn.movement is not Movement.U_TURN:
            ahead = network.links[turn.to_link]
            graph.add_edge(turn.from_link, turn.to_link, time_s=ahead.length_m / ahead.free_speed_m_s)
    return graph


def pairs_without_a_way(staged: Staged) -> list[tuple[str, str]]:
    """Nodes at which trips begin and nodes of zones and car parks that cannot be reached from there."""
    network, graph = staged.model.network, turn_graph(staged.model.network)
    ends = {node for zone in staged.model.demand.zones.values() for node in zone.nodes}
    ends |= {facility.access_node for facility in staged.model.parking.facilities.values()}
    missed = []
    for start in sorted(ends):
        first = [link.id for link in network.links.values() if link.from_node == start]
        links = set(first).union(*(nx.descendants(graph, link) for link in first))
        reached = {network.links[link].to_node for link in links} | {start}
        missed += [(start, end) for end in sorted(ends - reached)]
    return missed


# ---- all of them -------------------------------------------------------------------------------------------------


def test_the_eight_what_ifs_and_what_they_are_compared_with_are_there(scenarios: dict[str, Scenario]):
    assert set(scenarios) == set(BASE_OF) | set(BASE_OF.values()) | PARKING_DAYS
    assert all(scenario.id == name for name, scenario in scenarios.items())


def test_each_speaks_german_and_english_and_names_its_sources(scenarios: dict[str, Scenario]):
    for name, scenario in scenarios.items():
        assert scenario.title_de != scenario.title_en
        assert scenario.description_de != scenario.description_en
        assert min(len(scenario.description_de), len(scenario.description_en)) > 50, name
        assert scenario.sources or name in {*BASE_OF.values(), "parking_weekday"}, name
    titles = [scenario.title_en for scenario in scenarios.values()]
    descriptions = [scenario.description_de for scenario in scenarios.values()]
    assert len(set(titles)) == len(set(descriptions)) == len(scenarios), "none is inherited"


@pytest.mark.parametrize(("variant", "base"), BASE_OF.items())
def test_a_variant_has_the_day_and_the_hours_of_its_base_and_more_measures(
    scenarios: dict[str, Scenario], variant: str, base: str
):
    ours, theirs = scenarios[variant], scenarios[base]
    assert (ours.day, ours.from_min, ours.until_min, ours.warm_up_s, ours.kappa) == (
        *(theirs.day, theirs.from_min, theirs.until_min, theirs.warm_up_s, theirs.kappa),
    )
    assert ours.measures[: len(theirs.measures)] == theirs.measures
    assert len(ours.measures) > len(theirs.measures)


@pytest.mark.parametrize("name", ["l1208_closed", "hohenheimer_signal", "nikolaus_otto_bypass"])
def test_everybody_still_has_a_way(staging_of: Stagings, name: str):
    assert pairs_without_a_way(staging_of(name).staged) == []


def test_only_three_change_the_streets(staging_of: Stagings, le_base: BaseModel):
    same = [name for name in BASE_OF if staging_of(name).staged.model.network is le_base.network]
    assert set(BASE_OF) - set(same) == {"l1208_closed", "hohenheimer_signal", "nikolaus_otto_bypass"}


def test_the_bases_are_the_model_as_it_is(staging_of: Stagings, le_base: BaseModel):
    for name in ("base", "base_afternoon", "base_fair_saturday"):
        staged, warnings = staging_of(name)
        assert staged.model.network is le_base.network
        assert dict(staged.model.junctions) == dict(le_base.junctions)
        assert (staged.events, warnings) == ((), ())


# ---- each of them ------------------------------------------------------------------------------------------------


def test_the_closed_l1208_leads_through_leinfelden(staging_of: Stagings, le_base: BaseModel):
    network = staging_of("l1208_closed").staged.model.network
    assert set(le_base.network.links) - set(network.links) == {"L121", "L122"}
    assert {le_base.network.links[link].name for link in ("L121", "L122")} == {"L1208"}
    for there, start, end in ((le_base.network, "L126", "L118"), (network, "L126", "L118")):
        way = nx.shortest_path(turn_graph(there), start, end, weight="time_s")
        names = {there.links[link].name for link in way}
        assert ("Leinfelder Straße" in names) is (there is network)
        assert all((there.links[a].to_node == there.links[b].from_node) for a, b in pairwise(way))


def test_fair_visitors_come_to_the_fair_and_to_car_parks_of_the_town(staging_of: Stagings):
    staged = staging_of("fair_peak").staged
    surges = [event for event in staged.events if isinstance(event, SurgeEvent)]
    assert len(surges) == len(staged.events) == 6 * 4
    assert {surge.purpose for surge in surges} == {Purpose.FAIR}
    assert sum(surge.veh for surge in surges) == pytest.approx(7_900.0)
    assert sum(surge.veh for surge in surges if surge.to_zone == "Z44") == pytest.approx(6_500.0)
    zones, network = staged.model.demand.zones, staged.model.network
    public = [
        facility.position
        for facility in staged.model.parking.facilities.values()
        if facility.capacity_veh is not None and facility.kind is not FacilityKind.EXTERNAL
    ]
    for surge in surges:
        assert staged.start_s + 3_600.0 == surge.from_s
        assert surge.until_s - surge.from_s == 3.5 * 3_600.0
        if surge.to_zone != "Z44":
            assert zones[surge.to_zone].kind is ZoneKind.INSIDE
            nodes = [network.nodes[node].position for node in zones[surge.to_zone].nodes]
            assert min(distance_m(a, b) for a in nodes for b in public) < WALK_M


def test_the_closed_garage_is_closed_for_the_whole_run(staging_of: Stagings):
    staged = staging_of("neuer_markt_closed").staged
    assert staged.model.parking.facilities["NEUER-MARKT"].capacity_veh == 85, "the demand for it stays"
    assert staged.events == (
        FacilityEvent(
            facility_id="NEUER-MARKT",
            from_s=staged.start_s - staged.warm_up_s,
            until_s=staged.start_s + staged.duration_s,
        ),
    )


def test_79_places_go_and_the_wish_to_park_stays(staging_of: Stagings, le_base: BaseModel):
    staged, warnings = staging_of("echterdingen_bays_removed")
    before, after = le_base.parking, staged.model.parking
    sections = [name for name in before.facilities if name.startswith("STRASSE-")]
    changed = [name for name in before.facilities if before.facilities[name] != after.facilities[name]]
    assert changed == sections
    places = {
        name: (before.facilities[name].capacity_veh or 0, after.facilities[name].capacity_veh or 0) for name in sections
    }
    assert [sum(of_model) for of_model in zip(*places.values(), strict=True)] == [189, 110]
    for name, (old, new) in places.items():
        assert new == pytest.approx(old * 110 / 189, abs=1.0), "in proportion"
        arriving = flow_of_use(before.uses[name], old).arrivals_veh_h
        assert flow_of_use(after.uses[name], new).arrivals_veh_h == arriving
    assert len(warnings) == 5
    assert all("want to stand" in warning for warning in warnings)


def test_the_changed_lammkreuzung_is_safe_and_gives_green_to_the_leinfelder_strasse(staging_of: Stagings):
    base, staged = staging_of("base_lammkreuzung").staged, staging_of("lammkreuzung_programme").staged
    for name in HAUPTSTRASSE - {"N06"}:
        assert staged.model.junctions[name].programmes == base.model.junctions[name].programmes
    (old,), (new,) = base.model.junctions["N06"].programmes, staged.model.junctions["N06"].programmes
    assert (new.id, new.cycle_s, new.offset_s) == (old.id, old.cycle_s, old.offset_s) == ("P2", 80, 39)
    more_s = {
        group: new.greens[group][0].length_s - old.greens[group][0].length_s
        for group in ("K1", "K3", "K2", "K4", "K2L")
    }
    assert more_s == {"K1": -6, "K3": -6, "K2": 6, "K4": 6, "K2L": 0}
    assert violations(new.layout, new.cycle_s, new.greens) == ()
    assert programme_fault(new.layout, new.cycle_s, new.greens) is None
    for run in (base, staged):
        fixed = [event for event in run.events if isinstance(event, ProgrammeEvent)]
        assert {(event.junction_id, event.programme_id) for event in fixed} == {(name, "P2") for name in HAUPTSTRASSE}
        assert {event.until_s for event in fixed} == {run.start_s + run.duration_s}


def test_the_closed_bypass_sends_drivers_through_the_roundabout(staging_of: Stagings, le_base: BaseModel):
    network = staging_of("nikolaus_otto_bypass").staged.model.network
    assert set(le_base.network.links) - set(network.links) == {"L094"}
    assert nx.shortest_path(turn_graph(network), "L090", "L265", weight="time_s") == ["L090", "L092", "L263", "L265"]
    assert network.nodes["N03"].control is NodeControl.ROUNDABOUT


def test_trips_over_the_southern_edge_of_the_b27_grow_as_forecast(staging_of: Stagings):
    staged = staging_of("b27_2035").staged
    assert dict(staged.zone_factor) == {"Z34": pytest.approx((80_000 + 105_400) / (72_500 + 91_600), abs=0.001)}
    assert staged.model.demand.zones["Z34"].name.startswith("B27 Süd")
    assert (staged.demand_factor, dict(staged.purpose_factor)) == (1.0, {})


@pytest.mark.shared
def test_the_figures_are_those_of_the_captured_facts(shared_data: Path):
    counts = (shared_data / "le" / "le_counts.csv").read_text(encoding="utf-8")
    assert "2018,72500-91600" in counts
    assert "2035,80000-105400" in counts
    assert "189 today / 110 planned by 2027" in (shared_data / "le" / "le_parking.csv").read_text(encoding="utf-8")
    assert "88000 visitors" in (shared_data / "le" / "le_events_and_projects.csv").read_text(encoding="utf-8")


def test_the_days_of_the_signs_have_the_same_hours_and_fixed_programmes(staging_of: Stagings):
    for name in PARKING_DAYS:
        staged = staging_of(name).staged
        held = {event.junction_id for event in staged.events if isinstance(event, ProgrammeEvent)}
        assert held == set(staged.model.junctions), name
        assert staged.duration_s == 5 * 3_600.0
        assert staged.dark_signs == ()


def test_on_saturdays_fewer_commuters_want_to_park_and_on_fair_days_more_visitors(staging_of: Stagings):
    """Places times factor: Q1 274 × 0.3 = 82.2 and 274 × 1.5 = 411; Zehntscheuer 160 × 1.3 = 208."""
    days = ("parking_saturday", "parking_fair_saturday")
    saturday, fair = (staging_of(name).staged.model.parking.uses for name in days)
    assert (saturday["Q1"].usual_capacity_veh, fair["Q1"].usual_capacity_veh) == (82, 411)
    assert (saturday["ZEHNTSCHEUER"].usual_capacity_veh, fair["ZEHNTSCHEUER"].usual_capacity_veh) == (None, 208)


# ---- the new signal ----------------------------------------------------------------------------------------------


def test_the_new_signal_serves_every_turn_and_leaves_the_others_alone(staging_of: Stagings, le_base: BaseModel):
    model = staging_of("hohenheimer_signal").staged.model
    assert model.network.nodes["N21"].control is NodeControl.SIGNAL
    assert set(model.junctions) - set(le_base.junctions) == {"N21"}
    assert all(model.junctions[name] == junction for name, junction in le_base.junctions.items())
    groups = model.junctions["N21"].layout.groups.values()
    served = [turn for group in groups if group.kind is GroupKind.VEHICLE for turn in group.turns]
    assert sorted(served) == sorted(turn.id for turn in le_base.network.turns.values() if turn.node_id == "N21")
    assert [model.network.links[link].lanes for link in ("L076", "L079")] == [2, 2]


def test_both_checks_call_the_new_signal_safe_and_a_second_more_unsafe(staging_of: Stagings):
    junction = staging_of("hohenheimer_signal").staged.model.junctions["N21"]
    assert [(programme.id, programme.cycle_s) for programme in junction.programmes] == [("P1", 80), ("P2", 90)]
    assert max(interstages_s(junction.layout)) <= 7
    for programme in junction.programmes:
        assert violations(programme.layout, programme.cycle_s, programme.greens) == ()
        assert programme_fault(programme.layout, programme.cycle_s, programme.greens) is None
        (green,) = programme.greens["K3"]
        longer = dict(programme.greens) | {"K3": (GreenWindow(start_s=green.start_s, length_s=green.length_s + 1),)}
        with pytest.raises(UnsafeProgrammeError, match="K3 -> K1L"):
            replace(programme, greens=longer)


def test_intergreens_of_the_new_signal_follow_from_their_distances(le_model: Path):
    """RiLSA: crossing time + clearing time - entering time, whole seconds up; vehicles are 6 m long.

    By hand, K1 before K2: 3 + (18.8 + 6) / 10 - 9.2 / 11.1 = 4.65, so 5 s.
    """
    lines = (le_model / "scenarios" / "hohenheimer_signal" / "intergreen.csv").read_text(encoding="utf-8").splitlines()
    for line in lines[1:]:
        junction, clearing, entering, time_s, _, source = line.split(",", 5)
        numbers = {word: float(m) for word, m in re.findall(r"(clearing|entering|crossing) ([\d.]+) m", source)}
        enters_s = numbers.get("entering", 0.0) / FORTY_KM_H_IN_M_S
        if clearing.startswith("F"):
            needed_s = numbers["crossing"] / 1.2 - enters_s
        elif "turning" in source:
            needed_s = 2.0 + (numbers["clearing"] + 6.0) / (30.0 / 3.6) - enters_s
        else:
            needed_s = 3.0 + (numbers["clearing"] + 6.0) / 10.0 - enters_s
        assert (junction, int(time_s)) == ("N21", math.ceil(needed_s)), (clearing, entering)
