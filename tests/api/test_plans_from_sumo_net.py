from __future__ import annotations

import json

import pytest

from api.plans.sumo_counts import read_sumo_counts
from api.plans.sumo_net import read_sumo_net
from api.plans.sumo_programme import additional_file, phases, shipped_plan
from api.plans.sumo_stages import stage_states
from api.plans.sumo_streams import FieldRules, sumo_town
from signal_plans.fixed_time.plan import FixedTimePlan
from signal_plans.streams.model import Right
from traffic_core.errors import FileError, InvalidValueError

# A street W-E with a side street S.  The left turn from E gives way; so do both turns from S, were they ever green
# together with the street.
EDGES = {"WJ": ("W", "J"), "EJ": ("E", "J"), "SJ": ("S", "J"), "JW": ("J", "W"), "JE": ("J", "E"), "JS": ("J", "S")}
WAYS = [
    ("WJ", "JE", "s"),
    ("WJ", "JS", "r"),
    ("EJ", "JS", "l"),
    ("EJ", "JW", "s"),
    ("SJ", "JW", "l"),
    ("SJ", "JE", "r"),
]
REQUESTS = [
    ("000000", "110100"),
    ("000000", "000100"),
    ("000011", "010011"),
    ("000000", "010000"),
    ("001101", "001101"),
    ("000001", "000001"),
]
PHASES = [(30, "GGgGrr"), (3, "yyyyrr"), (20, "rrrrGG"), (3, "rrrryy")]


def net_text(ways=WAYS, requests=REQUESTS, steps=PHASES, more=""):
    lines = ["<net>", '<edge id=":J_2" function="internal"><lane id=":J_2_0" index="0" speed="6" length="12"/></edge>']
    lines += [
        f'<edge id="{edge}" from="{a}" to="{b}"><lane id="{edge}_0" index="0" speed="13.9" length="200"/></edge>'
        for edge, (a, b) in EDGES.items()
    ]
    lines.append('<tlLogic id="T" type="static" programID="0" offset="5">')
    lines += [f'<phase duration="{duration}" state="{state}"/>' for duration, state in steps]
    lines.append("</tlLogic>")
    lines += [f'<junction id="{node}" type="dead_end" x="0" y="0"/>' for node in "WES"]
    lines.append('<junction id="J" type="traffic_light" x="0" y="0" incLanes="WJ_0 EJ_0 SJ_0">')
    lines += [
        f'<request index="{place}" response="{response}" foes="{foes}"/>'
        for place, (response, foes) in enumerate(requests)
    ]
    lines.append("</junction>")
    lines += [
        f'<connection from="{a}" to="{b}" fromLane="0" toLane="0" dir="{dir_}" tl="T" linkIndex="{place}"'
        f' via=":J_{place}_0"/>'
        for place, (a, b, dir_) in enumerate(ways)
    ]
    return "\n".join([*lines, more, "</net>"])


@pytest.fixture
def write(tmp_path):
    def written(**parts):
        path = tmp_path / "t.net.xml"
        path.write_text(net_text(**parts), encoding="utf-8")
        return path

    return written


@pytest.fixture
def net(write):
    return read_sumo_net(write())


def test_a_signal_has_its_connections_with_their_rights(net):
    signal = net.signals[0]
    assert signal.id == "T"
    assert [way.index for way in signal.connections] == [0, 1, 2, 3, 4, 5]
    left = signal.connections[2]
    assert left.yields_to == {0, 1}
    assert left.foes == {0, 1, 4}
    assert (left.crossing_m, left.crossing_m_s) == (12.0, 6.0)
    assert signal.offset_s == 5.0
    assert not signal.crossings


def test_stages_are_those_of_the_file_and_then_each_approach_alone(net):
    states = stage_states("t", net.signals[0])
    assert states[:2] == ("GGgGrr", "rrrrGG")
    assert "rrGGrr" in states
    assert set(states[2:]) == {"rrGGrr", "GGrrrr"} - set(states[:2])


def test_a_signal_with_places_for_crossings_keeps_to_the_stages_of_the_file(write):
    steps = [(duration, state + "r") for duration, state in PHASES]
    net = read_sumo_net(write(steps=steps))
    assert net.signals[0].crossings
    assert stage_states("t", net.signals[0]) == ("GGgGrrr", "rrrrGGr")


def test_connections_may_share_a_place(write):
    path = write()
    path.write_text(path.read_text().replace('linkIndex="5"', 'linkIndex="4"'))
    net = read_sumo_net(path)
    town = sumo_town(net, {"T": (100.0,) * 6}, FieldRules())
    assert [stream.group for stream in town.town.junctions[0].streams] == ["0", "1", "2", "3", "4", "4"]


def test_a_junction_has_lanes_streams_and_stages(net):
    town = sumo_town(net, {"T": (100.0,) * 6}, FieldRules(yellow_s=3, allred_s=2, min_green_s=6))
    junction = town.town.junctions[0]
    assert [lane.id for lane in junction.lanes] == ["WJ_0", "EJ_0", "SJ_0"]
    assert [stream.id for stream in junction.streams[:2]] == ["WJ_0>JE_0", "WJ_0>JS_0"]
    assert junction.streams[2].yields_to == (0, 1)
    assert junction.streams[2].crossing_s == 2.0
    assert junction.stages[0].rights[:4] == (Right.PROTECTED, Right.PROTECTED, Right.PERMISSIVE, Right.PROTECTED)
    assert junction.interstage_s[0][1] == 5
    alone = town.states["T"].index("rrGGrr")
    assert junction.interstage_s[alone][0] == 0  # nobody loses green
    assert {stage.min_green_s for stage in junction.stages} == {6}


def test_losing_places_get_yellow_and_those_green_in_both_go_on(net):
    states = stage_states("t", net.signals[0])
    order = (0, states.index("rrGGrr"), 1)
    plan = FixedTimePlan(junction_id="T", cycle_s=52, offset_s=7, order=order, green_s=(20, 6, 10))
    rules = FieldRules(yellow_s=3, allred_s=3, min_green_s=6)
    assert phases(states, plan, rules) == [
        (20, "GGgGrr"),
        (3, "yygGrr"),
        (3, "rrgGrr"),
        (6, "rrGGrr"),
        (3, "rryyrr"),
        (3, "rrrrrr"),
        (10, "rrrrGG"),
        (3, "rrrryy"),
        (3, "rrrrrr"),
    ]
    text = additional_file({"T": states}, [plan], rules)
    assert '<tlLogic id="T" type="static" programID="stadttakt" offset="7">' in text
    assert '<phase duration="20" state="GGgGrr"/>' in text
    assert len(phases(states, plan, FieldRules(yellow_s=3, allred_s=0))) == 6


def test_the_programme_of_the_file_keeps_its_cycle_with_other_times_between(net):
    rules = FieldRules(yellow_s=3, allred_s=3, min_green_s=8)
    town = sumo_town(net, {"T": (100.0,) * 6}, rules)
    plan = shipped_plan(net.signals[0], town.states["T"], rules, town.town.junctions[0])
    assert plan.order == (0, 1)
    # 56 s without 12 s between the stages: 44 s for 30 and 20
    assert plan.green_s == (26, 18)
    assert (plan.cycle_s, plan.offset_s) == (56, 5)
    plan.check(town.town.junctions[0])


@pytest.mark.parametrize(
    ("requests", "parts"),
    [
        (REQUESTS[:5], "must be 5 digits 0 or 1, as junction J has 5 requests"),
        ([("000000", "110000"), *REQUESTS[1:]], "request 2 names 0 as a foe, but not the other way round"),
        ([("001000", "110100"), *REQUESTS[1:]], "must be among the foes of request 0: 3 is not"),
    ],
)
def test_requests_that_contradict_each_other_are_refused(write, requests, parts):
    with pytest.raises(FileError, match="request") as error:
        read_sumo_net(write(requests=requests))
    assert parts in str(error.value)


def test_a_junction_without_requests_is_refused(write):
    with pytest.raises(FileError, match=r"junction\[J\]\.request.* must be given for each connection"):
        read_sumo_net(write(requests=[]))


def test_a_truncated_file_is_refused(write):
    path = write()
    path.write_text(path.read_text()[:900])
    with pytest.raises(FileError, match=r"t\.net\.xml.* must be well-formed XML to its end"):
        read_sumo_net(path)


def test_a_state_that_is_too_short_is_refused(write):
    with pytest.raises(FileError, match="must have a letter for place 5"):
        read_sumo_net(write(steps=[(30, "GGgG"), (3, "yyyy")]))


def test_a_network_without_signals_is_refused(write):
    path = write()
    path.write_text(path.read_text().replace(' tl="T"', ""))
    with pytest.raises(FileError, match="the network has no signal"):
        read_sumo_net(path)


def test_a_signal_without_programme_is_refused(write):
    path = write()
    path.write_text(path.read_text().replace('<tlLogic id="T"', '<tlLogic id="U"'))
    with pytest.raises(FileError, match="tlLogic = 'T': must occur"):
        read_sumo_net(path)


def test_a_place_that_is_never_green_is_refused(write):
    net = read_sumo_net(write(steps=[(30, "GGgGrr"), (3, "yyyyrr"), (20, "rrrrGr")]))
    with pytest.raises(FileError, match=r"state\[5\] = 'r': must be green in some phase"):
        stage_states(net.file, net.signals[0])


def test_a_programme_without_stages_is_refused(write):
    net = read_sumo_net(write(steps=[(30, "yyyyyy"), (3, "rrrrrr")]))
    with pytest.raises(FileError, match="must have a phase with green and without yellow"):
        stage_states(net.file, net.signals[0])


def test_places_that_meet_and_both_have_priority_are_refused(write):
    no_one_yields = [("000000", foes) for _, foes in REQUESTS]
    net = read_sumo_net(write(requests=no_one_yields, steps=[(30, "GGGGrr"), (20, "rrrrGG")]))
    with pytest.raises(FileError, match="places 0 and 2 meet and neither gives way"):
        stage_states(net.file, net.signals[0])


def counts(tmp_path, said):
    path = tmp_path / "counts.json"
    path.write_text(said if isinstance(said, str) else json.dumps(said), encoding="utf-8")
    return path


def test_counts_become_flows(net, tmp_path):
    path = counts(tmp_path, {"T": [10, 20, 30, 40, 50, 60]})
    assert read_sumo_counts(path, net, 0.5) == {"T": (20.0, 40.0, 60.0, 80.0, 100.0, 120.0)}


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({}, "T = None: must hold the turning counts"),
        ({"T": [1, 2]}, "T = 2: must be a list of 6 numbers"),
        ({"T": 5}, "T = 'int': must be a list of 6 numbers"),
        ({"T": [1, 2, 3, 4, 5, -6]}, r"T\[5\] = -6: must be a number of at least 0"),
        ({"T": [1, 2, 3, 4, 5, None]}, r"T\[5\] = None: must be a number of at least 0"),
        ({"T": [0, 0, 0, 0, 0, 0]}, "a count of zero everywhere is a fault"),
        ({"T": [1] * 6, "U": [1]}, "signal = 'U': must be a signal of"),
        ([1], "must be a JSON object"),
        ('{"T": [1,', "must be JSON to its end"),
    ],
)
def test_counts_that_cannot_be_used_are_refused(net, tmp_path, said, message):
    with pytest.raises(FileError, match=message):
        read_sumo_counts(counts(tmp_path, said), net, 1.0)


def test_missing_counts_are_refused(net, tmp_path):
    with pytest.raises(FileError, match=r"none\.json.* must be a readable file"):
        read_sumo_counts(tmp_path / "none.json", net, 1.0)


def test_rules_outside_their_bounds_are_refused():
    with pytest.raises(InvalidValueError, match="--yellow = 11: must be a number from 0 to 10"):
        FieldRules(yellow_s=11)


def test_a_place_without_signal_goes_on_as_the_file_says(write):
    steps = [(30, "GGgGrs"), (3, "yyyyrs"), (20, "rrrrGs")]
    net = read_sumo_net(write(steps=steps))
    states = stage_states(net.file, net.signals[0])
    assert states == ("GGgGrs", "rrrrGs")
    plan = FixedTimePlan(junction_id="T", cycle_s=36, offset_s=0, order=(0, 1), green_s=(20, 10))
    assert phases(states, plan, FieldRules(yellow_s=3, allred_s=0))[1] == (3, "yyyyrs")
    town = sumo_town(net, {"T": (100.0,) * 6}, FieldRules())
    assert {stage.rights[5] for stage in town.town.junctions[0].stages} == {Right.PERMISSIVE}
