import numpy as np
import pytest

from traffic_core.assignment.solver import solve
from traffic_core.assignment.town import Approach, assumed_approach, town_problem
from traffic_core.demand import DayProfile, DayType, Demand, DemandCell, Purpose, Zone, ZoneKind
from traffic_core.errors import InvalidValueError
from traffic_core.geometry import line_length_m
from traffic_core.network import Link, Movement, Network, Node, NodeControl, RoadClass, Turn, keyed
from traffic_core.provenance import Confidence, Provenance

HERE = Provenance(source="made up", confidence=Confidence.ESTIMATED)
PLACES = {"A": (9.0, 48.0), "B": (9.01, 48.0), "C": (9.02, 48.0), "D": (9.01, 48.01)}


def _link(name, start, end, **kwargs):
    line = (PLACES[start], PLACES[end])
    values = {"free_speed_m_s": 10.0, "lanes": 1, "capacity_veh_h": 1_000.0, "road_class": RoadClass.SECONDARY}
    return Link(
        id=name,
        name=name,
        from_node=start,
        to_node=end,
        line=line,
        length_m=line_length_m(line),
        provenance=HERE,
        **(values | kwargs),
    )


def _town(*, banned=()):
    ends = ("AB", "BC", "BD", "DB", "DC")
    links = keyed([_link(name, *name) for name in ends])
    pairs = [(a, b) for a in ends for b in ends if a[1] == b[0] and a[0] != b[1] and (a, b) not in banned]
    turns = [Turn(id=f"{a}{b}", node_id=a[1], from_link=a, to_link=b, movement=Movement.THROUGH) for a, b in pairs]
    nodes = [
        Node(id=name, name=name, position=place, control=NodeControl.NONE, provenance=HERE)
        for name, place in PLACES.items()
    ]
    return Network(nodes=keyed(nodes), links=links, turns=keyed(turns))


def _demand(*cells, nodes=("C",)):
    zones = {
        "Z1": Zone(id="Z1", name="west", kind=ZoneKind.INSIDE, nodes=("A",), provenance=HERE),
        "Z2": Zone(id="Z2", name="east", kind=ZoneKind.OUTSIDE, nodes=nodes, provenance=HERE),
    }
    shares = tuple(0.1 if hour == 8 else 0.9 / 23 for hour in range(24))
    return Demand(
        zones=zones,
        cells=tuple(
            DemandCell(origin="Z1", destination="Z2", purpose=purpose, veh_24h=veh, provenance=HERE)
            for purpose, veh in cells
        ),
        profiles=_profiles(shares),
    )


def _profiles(shares):
    profile = DayProfile(day_type=DayType.WEEKDAY, shares=shares)
    return {(DayType.WEEKDAY, None): profile}


def _volumes(problem):
    found = solve(problem.assignment_network, problem.classes, gap=1e-9)
    ids = problem.assignment_network.link_ids
    return dict(zip(ids, found.class_volume.sum(axis=0).tolist(), strict=True))


def test_one_hour_of_a_day_goes_the_shortest_way():
    problem = town_problem(_town(), _demand((Purpose.COMMUTING, 500.0)), day_type=DayType.WEEKDAY, hour=8)
    volumes = _volumes(problem)
    assert volumes["AB"] == pytest.approx(50.0)
    assert volumes["BC"] == pytest.approx(50.0)
    assert volumes["BD"] == 0.0
    assert problem.street_links.tolist() == [0, 1, 2, 3, 4]


def test_a_banned_turn_is_not_driven():
    town = _town(banned={("AB", "BC")})
    volumes = _volumes(town_problem(town, _demand((Purpose.COMMUTING, 500.0)), day_type=DayType.WEEKDAY, hour=8))
    assert volumes["BC"] == 0.0
    assert volumes["BD"] == pytest.approx(50.0)
    assert volumes["turn ABBD"] == pytest.approx(50.0)


def test_a_closed_link_is_not_driven():
    demand = _demand((Purpose.COMMUTING, 500.0), (Purpose.DELIVERY, 100.0))
    problem = town_problem(_town(), demand, day_type=DayType.WEEKDAY, hour=8, closed=["BC"])
    volumes = _volumes(problem)
    assert volumes["BC"] == 0.0
    assert volumes["DC"] == pytest.approx(60.0)


def test_trips_split_over_the_nodes_of_a_zone_in_equal_shares():
    problem = town_problem(
        _town(), _demand((Purpose.COMMUTING, 500.0), nodes=("C", "D")), day_type=DayType.WEEKDAY, hour=8
    )
    volumes = _volumes(problem)
    assert problem.centroid_zones == ("Z1", "Z2", "Z2")
    assert volumes["BC"] == pytest.approx(25.0)
    assert volumes["BD"] == pytest.approx(25.0)


def test_deliveries_are_a_class_of_their_own():
    problem = town_problem(_town(), _demand((Purpose.DELIVERY, 100.0)), day_type=DayType.WEEKDAY, hour=8)
    assert [trip_class.name for trip_class in problem.classes] == ["car", "delivery"]
    assert problem.classes[1].trips.sum() == pytest.approx(10.0)
    assert not problem.classes[0].trips.any()


def test_times_are_those_of_the_street_and_its_signal():
    approaches = {"AB": Approach(capacity_veh_h=400.0, stop_s=17.0)}
    network = _town()
    problem = town_problem(network, _demand(), day_type=DayType.WEEKDAY, hour=8, approaches=approaches)
    assert problem.assignment_network.free_flow_time[0] == pytest.approx(network.links["AB"].length_m / 10.0 + 17.0)
    assert problem.assignment_network.capacity[0] == 400.0
    assert problem.assignment_network.capacity[1] == 1_000.0


@pytest.mark.parametrize(
    ("control", "capacity_veh_h", "stop_s"),
    [
        (NodeControl.SIGNAL, 810.0, 9.0),
        (NodeControl.ROUNDABOUT, 1_000.0, 1.0),
        (NodeControl.GIVE_WAY, 1_000.0, 0.0),
        (NodeControl.NONE, 1_000.0, 0.0),
    ],
)
def test_assumptions_about_a_control_never_add_capacity(control, capacity_veh_h, stop_s):
    assert assumed_approach(_link("AB", "A", "B"), control) == Approach(capacity_veh_h=capacity_veh_h, stop_s=stop_s)


def test_hours_and_links_that_do_not_exist_are_refused():
    with pytest.raises(InvalidValueError, match="hour = 24"):
        town_problem(_town(), _demand(), day_type=DayType.WEEKDAY, hour=24)
    with pytest.raises(InvalidValueError, match="closed = 'XY': must name a link"):
        town_problem(_town(), _demand(), day_type=DayType.WEEKDAY, hour=8, closed=["XY"])


def test_every_pair_of_the_town_has_a_way(le_model):
    from traffic_core.demand_files import read_demand  # noqa: PLC0415  only here
    from traffic_core.gmns import read_network  # noqa: PLC0415  only here

    network = read_network(le_model)
    problem = town_problem(network, read_demand(le_model, network), day_type=DayType.WEEKDAY, hour=16)
    found = solve(problem.assignment_network, problem.classes, gap=1e-8)
    assert found.converged
    assert np.isfinite(found.objective)
    assert found.volume[problem.street_links].max() > 1_000.0
