"""The computed matrix beside the supplied one: on a made-up junction, and on the shipped town."""

from __future__ import annotations

from dataclasses import replace

import pytest

from signal_plans.files import read_junctions
from signal_plans.intergreen import IntergreenMatrix
from signal_plans.junction import Junction
from signal_plans.layout import Stage
from signal_plans.programme import GreenWindow, SignalProgramme
from signal_plans.rilsa.comparison import compare
from signal_plans.rilsa.green_together import green_together
from signal_plans.rilsa.placement import crossed_arms
from traffic_core.gmns import read_network


@pytest.fixture(scope="module")
def town(le_model):
    network = read_network(le_model)
    return network, read_junctions(le_model, network)


@pytest.fixture
def numbered(build):
    """The crossing with numbered groups: K1 to K4 from north, east, south, west; F1 and F2 cross north and east."""
    groups = [
        build.vehicle(f"K{place}", [f"J{arm}{to}" for to in "NESW" if to != arm]) for place, arm in enumerate("NESW", 1)
    ]
    stages = (("K1", "K3", "F2"), ("K2", "K4", "F1"))
    times_s = {(a, b): 6 for a in stages[0] for b in stages[1] if {a, b} != {"F1", "F2"}}
    return build.layout([*groups, build.pedestrian("F1"), build.pedestrian("F2")], times_s, stages)


def changed(layout, changes):
    """The layout with other intergreens; None takes a pair out."""
    times_s = {**layout.intergreen.times_s, **changes}
    kept = {pair: time_s for pair, time_s in times_s.items() if time_s is not None}
    return replace(layout, intergreen=IntergreenMatrix(kept))


def test_longer_and_shorter_intergreens_are_told_apart_with_their_reason(build, numbered):
    found = compare(changed(numbered, {("F2", "K2"): 8, ("K1", "F1"): 3}), build.network("J"))
    differences = {(each.clearing, each.entering): each for each in (*found.longer, *found.shorter)}
    # east arm: E enters 1 m before the crossing, 6.5/1.2 - 1/11.11 = 5.33 s
    east = differences["F2", "K2"]
    assert (east.supplied_s, east.computed_s, east.too_short_s) == (8, 6, -2)
    assert east.reason.endswith("at the crossing of JEin: clearing 6.5 m (pedestrian), entering 1 m")
    # north arm: straight 3 + (5 + 6)/10 = 4.1 s, tight 2 + (5 + 6)/5 = 4.2 s
    assert [(each.clearing, each.entering, each.too_short_s) for each in found.shorter] == [("K1", "F1", 2)]
    assert found.missing == found.without_point == found.not_placed == ()
    pairs = len(numbered.intergreen.times_s)
    assert found.equal + len(found.longer) + len(found.shorter) == pairs


def test_conflicts_that_only_turners_have_are_left_to_them_and_others_are_missing(build, numbered):
    network = build.network("J")
    pairs = {("K1", "K3"), ("K2", "K4"), ("K1", "F2"), ("K3", "F2"), ("K2", "F1"), ("K4", "F1")}
    assert set(compare(numbered, network).permissive) == pairs | {(b, a) for a, b in pairs}
    found = compare(changed(numbered, {("K1", "K2"): None, ("K2", "K1"): None}), network)
    assert [(each.clearing, each.entering, each.supplied_s) for each in found.missing] == [
        ("K1", "K2", 0),
        ("K2", "K1", 0),
    ]


def test_a_pair_of_the_supply_whose_ways_do_not_meet_is_named(build, numbered):
    found = compare(changed(numbered, {("F1", "F2"): 2, ("F2", "F1"): 2}), build.network("J"))
    assert found.without_point == (("F1", "F2"), ("F2", "F1"))


def test_crossings_are_found_by_their_conflicts_and_the_numbers_of_their_names(build, numbered):
    assert crossed_arms(build.network("J"), numbered) == {"F1": "JNin", "F2": "JEin"}


def test_a_crossing_that_fits_two_arms_alike_is_not_placed(build):
    found = compare(build.crossing(), build.network("J"))
    assert found.not_placed == ("FN", "FE")
    assert found.without_point == ()


def test_every_pair_of_the_shipped_town_has_a_conflict_point(town):
    network, junctions = town
    found = [compare(junction.layout, network) for junction in junctions.values()]
    assert len(found) == 40
    assert [each.without_point for each in found if each.without_point] == []
    compared = sum(each.equal + len(each.longer) + len(each.shorter) for each in found)
    unplaced = {(each.junction_id, group) for each in found for group in each.not_placed}
    left_out = sum(
        (junction_id, group) in unplaced
        for junction_id, junction in junctions.items()
        for pair in junction.layout.intergreen.times_s
        for group in pair
    )
    supplied = sum(len(junction.layout.intergreen.times_s) for junction in junctions.values())
    assert compared + left_out == supplied
    assert len(unplaced) <= 3


def test_the_shipped_town_knows_every_conflict_and_stays_within_a_second_of_the_formula(town):
    network, junctions = town
    for junction in junctions.values():
        found = compare(junction.layout, network)
        assert found.missing == ()
        assert green_together(junction, found.missing) == ()
        assert all(each.too_short_s == 1 for each in found.shorter), found.shorter


def test_a_conflict_that_is_green_together_is_found_where_it_is(build, numbered):
    """K1 and K2 share the stage `both` and second 19 of P1; in P2 they are green one after the other."""
    loose = changed(numbered, {pair: None for pair in numbered.intergreen.times_s if "K2" in pair})
    layout = replace(loose, stages=(*loose.stages, Stage(id="both", groups=frozenset({"K1", "K2"}))))
    one_by_one = {group: (GreenWindow(start_s=0, length_s=20),) for group in ("K1", "K3", "F2")}
    one_by_one |= {group: (GreenWindow(start_s=30, length_s=20),) for group in ("K2", "K4", "F1")}
    overlapping = one_by_one | {"K2": (GreenWindow(start_s=19, length_s=31),)}
    p1, p2 = (
        SignalProgramme(id=name, layout=layout, cycle_s=60, offset_s=0, greens=greens)
        for name, greens in (("P1", overlapping), ("P2", one_by_one))
    )
    missing = compare(layout, build.network("J")).missing
    found = {one.groups: one for one in green_together(Junction(layout=layout, programmes=(p1, p2)), missing)}
    assert (found["K1", "K2"].stages, found["K1", "K2"].programmes) == (("both",), ("P1",))
    assert found["K2", "K3"].stages == ()
    apart = Junction(layout=loose, programmes=(replace(p2, layout=loose),))
    assert green_together(apart, missing) == ()


def test_most_intergreens_of_the_shipped_town_are_within_two_seconds(town):
    network, junctions = town
    found = [compare(junction.layout, network) for junction in junctions.values()]
    differences = [each for one in found for each in (*one.longer, *one.shorter)]
    close = sum(one.equal for one in found) + sum(abs(each.too_short_s) <= 2 for each in differences)
    assert close > 0.85 * (sum(one.equal for one in found) + len(differences))
