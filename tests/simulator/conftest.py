"""A small town: a signalised crossing X of four arms, a garage P on the eastern arm and one, R, on the southern."""

from __future__ import annotations

import csv
import math

import pytest

from parking.facility import Facility, FacilityKind
from parking.files import read_parking
from parking.model import FacilityUse, ParkingModel
from parking.sign import Arrow, Sign, SignRow
from signal_plans.files import read_junctions
from signal_plans.intergreen import IntergreenMatrix
from signal_plans.junction import Junction
from signal_plans.layout import SignalLayout, Stage
from signal_plans.programme import GreenWindow, SignalProgramme
from signal_plans.signal_group import GroupKind, SignalGroup
from simulator.simulation import Simulation
from simulator.staged import BaseModel, Devices, Staged
from traffic_core.demand import DayProfile, DayType, Demand, DemandCell, Purpose, Zone, ZoneKind
from traffic_core.demand_files import read_demand
from traffic_core.geometry import distance_m
from traffic_core.gmns import read_network
from traffic_core.network import Detector, Link, Movement, Network, Node, NodeControl, RoadClass, Turn
from traffic_core.provenance import Confidence, Provenance

MADE_UP = Provenance(source="made up for tests", confidence=Confidence.ESTIMATED)
M_PER_DEGREE = math.pi / 180 * 6_371_008.8
PLACES_M = {"W": (-600, 0), "E": (900, 0), "N": (0, 600), "S": (0, -900), "X": (0, 0), "P": (500, 0), "R": (0, -500)}
STREETS = (("W", "X"), ("X", "P"), ("P", "E"), ("N", "X"), ("X", "R"), ("R", "S"))
START_S = 1_795_500_000.0
"""Tuesday 2026-11-24, 08:00 in Berlin is 07:00 UTC: this is 06:40 UTC."""


def position(east_m, north_m):
    return (9.14 + east_m / M_PER_DEGREE / math.cos(math.radians(48.69)), 48.69 + north_m / M_PER_DEGREE)


def make_network(detectors=("X_W", "N_X", "X_P")):
    """Links are called FROM_TO; X has signals, W, E, N and S are gates."""
    at = {name: position(*place) for name, place in PLACES_M.items()}
    control = {"X": NodeControl.SIGNAL, "P": NodeControl.GIVE_WAY, "R": NodeControl.GIVE_WAY}
    nodes = {
        name: Node(
            id=name, name=name, position=at[name], control=control.get(name, NodeControl.GATE), provenance=MADE_UP
        )
        for name in PLACES_M
    }
    links = {}
    for a, b in [pair for street in STREETS for pair in (street, street[::-1])]:
        links[f"{a}_{b}"] = Link(
            id=f"{a}_{b}",
            name=f"{a} to {b}",
            from_node=a,
            to_node=b,
            line=(at[a], at[b]),
            length_m=distance_m(at[a], at[b]),
            free_speed_m_s=12.5,
            lanes=1,
            capacity_veh_h=1_800.0,
            road_class=RoadClass.SECONDARY,
            provenance=MADE_UP,
        )
    turns = {}
    for come in links.values():
        for go in links.values():
            if come.to_node == go.from_node and come.from_node != go.to_node:
                name = f"{come.from_node}-{come.to_node}-{go.to_node}"
                turns[name] = Turn(
                    id=name, node_id=come.to_node, from_link=come.id, to_link=go.id, movement=Movement.THROUGH
                )
    return Network(
        nodes=nodes,
        links=links,
        turns=turns,
        detectors={
            f"D_{link}": Detector(
                id=f"D_{link}", link_id=link, to_stop_line_m=40.0, interval_s=60.0, provenance=MADE_UP
            )
            for link in detectors
        },
    )


def make_layout(network):
    sides = {"WE": ("W", "P"), "NS": ("N", "R")}
    groups = {
        name: SignalGroup(
            id=name,
            kind=GroupKind.VEHICLE,
            min_green_s=10,
            amber_s=3,
            red_amber_s=1,
            turns=tuple(turn for turn in network.turns if turn[0] in arms and turn[2] == "X"),
            saturation_flow_veh_h=3_600.0,
        )
        for name, arms in sides.items()
    }
    return SignalLayout(
        junction_id="X",
        name="Crossing",
        groups=groups,
        intergreen=IntergreenMatrix({("WE", "NS"): 6, ("NS", "WE"): 5}),
        stages=(Stage(id="1", groups=frozenset({"WE"})), Stage(id="2", groups=frozenset({"NS"}))),
    )


def make_programme(layout, name="P1", cycle_s=70, offset_s=0, we=(0, 30), ns=(36, 29)):
    return SignalProgramme(
        id=name,
        layout=layout,
        cycle_s=cycle_s,
        offset_s=offset_s,
        greens={
            "WE": (GreenWindow(start_s=we[0], length_s=we[1]),),
            "NS": (GreenWindow(start_s=ns[0], length_s=ns[1]),),
        },
    )


def make_junctions(network):
    layout = make_layout(network)
    second = make_programme(layout, "P2", cycle_s=90, offset_s=17, we=(10, 50), ns=(66, 25))
    return {"X": Junction(layout=layout, programmes=(make_programme(layout), second))}


def make_facility(name, node, capacity_veh):
    return Facility(
        id=name,
        name=name,
        district="Centre",
        position=position(*PLACES_M[node]),
        kind=FacilityKind.GARAGE,
        capacity_veh=capacity_veh,
        reserve_veh=0,
        update_interval_s=60.0,
        access_node=node,
        provenance=MADE_UP,
    )


def make_parking(capacity_veh=60, share=0.5):
    facilities = {"GP": make_facility("GP", "P", capacity_veh), "GR": make_facility("GR", "R", 400)}
    use = FacilityUse(fee_eur_h=1.0, mean_stay_min=60.0, guided=True, occupied_share=(share,) * 24)
    rows = tuple(
        SignRow(label_de=name, label_en=name, arrow=Arrow.STRAIGHT, facility_ids=(name,)) for name in facilities
    )
    sign = Sign(id="S1", name="West", position=position(-500, 0), link_id="W_X", rows=rows, provenance=MADE_UP)
    return ParkingModel(facilities=facilities, signs={"S1": sign}, uses=dict.fromkeys(facilities, use))


def make_demand(veh_24h=4_000.0):
    kinds = dict.fromkeys("WENS", ZoneKind.OUTSIDE) | {"P": ZoneKind.INSIDE}
    zones = {
        f"Z{node}": Zone(id=f"Z{node}", name=node, kind=kind, nodes=(node,), provenance=MADE_UP)
        for node, kind in kinds.items()
    }
    pairs = (("W", "E"), ("E", "W"), ("N", "S"), ("S", "N"), ("W", "P"), ("P", "W"), ("N", "P"), ("P", "S"))
    cells = tuple(
        DemandCell(origin=f"Z{a}", destination=f"Z{b}", purpose=Purpose.SHOPPING, veh_24h=veh_24h, provenance=MADE_UP)
        for a, b in pairs
    )
    profile = DayProfile(day_type=DayType.WEEKDAY, shares=(1 / 24,) * 24)
    return Demand(zones=zones, cells=cells, profiles={profile.key: profile})


@pytest.fixture(name="network")
def network_fixture():
    return make_network()


@pytest.fixture(name="network_with")
def network_with_fixture():
    """Function of detector links."""
    return make_network


@pytest.fixture(name="junctions")
def junctions_fixture(network):
    return make_junctions(network)


@pytest.fixture(name="programme_of")
def programme_of_fixture():
    """Function of a layout and the programme's parts."""
    return make_programme


@pytest.fixture(name="parking_with")
def parking_with_fixture():
    """Function of the capacity and usual occupied share of GP."""
    return make_parking


@pytest.fixture(name="demand_of")
def demand_of_fixture():
    """Function of the daily volume of each cell."""
    return make_demand


@pytest.fixture(name="town")
def town_fixture(network, junctions, parking_with, demand_of):
    """Function of the parts, the settings of `Staged` and the seed that differ from the usual: a simulation."""

    def build(
        *,
        seed=7,
        detector_miss_share=0.0,
        counter_miss_share=0.0,
        area_miss_share=0.0,
        watched=False,
        keeps_trips=True,
        area_detectors=None,
        **changes,
    ):
        parts = {"network": network, "demand": demand_of(), "junctions": junctions, "parking": parking_with()}
        model = BaseModel(
            id="small",
            timezone="Europe/Berlin",
            **{name: changes.pop(name, part) for name, part in parts.items()},
        )
        staged = {
            "scenario_id": "test",
            "start_s": START_S,
            "duration_s": 7_200.0,
            "warm_up_s": 300.0,
            "kappa": 0.2,
            "centre": False,
            "demand_factor": 1.0,
            "devices": Devices(
                detector_miss_share=detector_miss_share,
                counter_miss_share=counter_miss_share,
                area_miss_share=area_miss_share,
            ),
        } | changes
        return Simulation(
            Staged(model=model, **staged),
            seed=seed,
            keeps_trips=keeps_trips,
            checked=True,
            watched=watched,
            area_detectors=area_detectors,
        )

    return build


@pytest.fixture(name="le_network", scope="session")
def le_network_fixture(le_model):
    """Network of the shipped model of Leinfelden-Echterdingen."""
    return read_network(le_model)


@pytest.fixture(name="le_junctions", scope="session")
def le_junctions_fixture(le_model, le_network):
    """Signal supply data of the shipped model."""
    return read_junctions(le_model, le_network)


@pytest.fixture(name="le_demand", scope="session")
def le_demand_fixture(le_model, le_network):
    """Demand of the shipped model."""
    return read_demand(le_model, le_network)


@pytest.fixture(name="le_parking", scope="session")
def le_parking_fixture(le_model, le_network):
    """Car parks and signs of the shipped model."""
    return read_parking(le_model, le_network)


@pytest.fixture(name="le_rows", scope="session")
def le_rows_fixture(le_model):
    """Function of a table's name: its rows as dictionaries."""

    def rows(table):
        with (le_model / table).open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))

    return rows
