from __future__ import annotations

import pytest

from signal_plans.coordination.fitting import (
    WaveSettings,
    arterial_of,
    coordinated_green,
    fit_to_cycle,
    shortest_cycle_s,
    stage_greens_s,
)
from signal_plans.coordination.route import junctions_along, links_named, route_through, signals_between
from signal_plans.errors import UnsafeProgrammeError
from signal_plans.files import read_junctions
from signal_plans.timing import programme_from_stages
from traffic_core.errors import InvalidValueError
from traffic_core.gmns import read_network

STREET = ("N04", "N111", "N05", "N06", "N07", "N128", "N36")


@pytest.fixture(scope="module")
def town(le_model):
    network = read_network(le_model)
    return network, read_junctions(le_model, network)


def test_street_is_found_by_its_name_in_the_order_of_its_signals(town):
    assert junctions_along(*town, "Hauptstraße") in {STREET, STREET[::-1]}
    assert junctions_along(*town, "hauptstrasse".replace("ss", "ß")) == junctions_along(*town, "Hauptstraße")


def test_route_follows_the_street_and_names_the_groups_of_its_turns(town):
    network, junctions = town
    allowed = {link.id for link in links_named(network, "Hauptstraße")}
    route = route_through(network, junctions, STREET, allowed)
    assert route.sections == (("L099",), ("L101",), ("L103", "L105"), ("L107",), ("L109", "L111"), ("L113",))
    assert route.groups == ("K4", "K1", "K1", "K1", "K1", "K1", "K1")
    assert route.length_m(network, 2) == pytest.approx(158.4 + 146.2)
    assert route.free_speed_m_s(network, 2) == pytest.approx(50 / 3.6, rel=1e-3)


def test_route_back_uses_the_groups_of_the_other_direction(town):
    route = route_through(*town, STREET[::-1])
    assert route.groups == ("K3", "K3", "K3", "K3", "K3", "K3", "K2")


def test_signals_that_the_route_only_passes_are_told(town):
    network, junctions = town
    assert signals_between(network, route_through(network, junctions, ("N04", "N06"))) == ("N111", "N05")
    assert signals_between(network, route_through(network, junctions, STREET)) == ()


@pytest.mark.parametrize(
    ("order", "part"),
    [
        (("N04",), "junctions = ('N04',): must be at least 2"),
        (("N04", "N05", "N04"), "must each occur once"),
        (("N04", "N03"), "junctions = 'N03': must name a signalised junction with supply data"),
    ],
)
def test_unusable_list_of_junctions_is_named(town, order, part):
    with pytest.raises(InvalidValueError) as raised:
        route_through(*town, order)
    assert part in str(raised.value)


def test_junctions_without_a_way_between_them_are_named(town):
    with pytest.raises(InvalidValueError, match="'N04, N111': must be joined by links and permitted turns"):
        route_through(*town, ("N04", "N111"), along=())


@pytest.mark.parametrize(
    ("name", "part"), [("Nirgendweg", "must be the name of links"), ("A8", "must have at least 2 signalised junctions")]
)
def test_street_that_cannot_be_coordinated_is_named(town, name, part):
    with pytest.raises(InvalidValueError, match=part):
        junctions_along(*town, name)


def test_programme_with_the_cycle_stays_as_it_is(crossing):
    programme = programme_from_stages(crossing, (22, 22), "P", 7)
    assert fit_to_cycle(programme, 60) is programme


def test_longer_cycle_keeps_the_shares_beyond_the_minimum_greens(crossing):
    # 16 s of 60 are lost, minimums are 8 and 8; 22 and 6 s beyond them; 90 - 16 - 16 = 58 s go 45.6 : 12.4
    programme = programme_from_stages(crossing, (30, 14), "P", 7)
    longer = fit_to_cycle(programme, 90)
    assert (longer.cycle_s, longer.offset_s, stage_greens_s(longer)) == (90, 7, [54, 20])


def test_shortest_cycle_is_the_one_of_minimum_greens(crossing):
    programme = programme_from_stages(crossing, (22, 22), "P")
    assert shortest_cycle_s(crossing) == 32
    assert stage_greens_s(fit_to_cycle(programme, 32)) == [8, 8]
    with pytest.raises(InvalidValueError, match=r"junction\[J\].cycle_s = 31: must be at least 32 s"):
        fit_to_cycle(programme, 31)


def test_every_cycle_of_every_programme_of_the_town_is_safe(town):
    _, junctions = town
    for junction in junctions.values():
        try:
            fitted = fit_to_cycle(junction.fallback, 100)
        except UnsafeProgrammeError as error:
            pytest.fail(str(error))
        assert fitted.cycle_s == 100


def test_queue_never_takes_the_whole_green(crossing):
    programme = programme_from_stages(crossing, (22, 22), "P")
    assert coordinated_green(programme, "N", 40.0).length_s == 1.0


def test_arterial_has_the_lengths_and_greens_of_both_directions(town):
    network, junctions = town
    routes = route_through(network, junctions, STREET), route_through(network, junctions, STREET[::-1])
    programmes = [junctions[name].fallback for name in STREET]
    street = arterial_of(network, routes, programmes, WaveSettings(slowest_share=0.9, queue_s=2.0))
    assert [way.length_m for way in street.outbound] == [way.length_m for way in street.inbound]
    first = street.signals[0]
    assert first.outbound.window == programmes[0].greens["K4"][0]
    assert first.inbound.window == programmes[0].greens["K2"][0]
    assert first.outbound.start_s == first.outbound.window.start_s + 2.0
    assert street.outbound[0].speed.slowest_m_s == pytest.approx(0.9 * street.outbound[0].speed.fastest_m_s)


def test_programmes_with_several_cycles_make_no_arterial(town):
    network, junctions = town
    order = STREET[:2]
    routes = route_through(network, junctions, order), route_through(network, junctions, order[::-1])
    programmes = [junctions[order[0]].fallback, fit_to_cycle(junctions[order[1]].fallback, 80)]
    with pytest.raises(InvalidValueError, match=r"programmes.cycle_s = \[70, 80\]: must be one cycle"):
        arterial_of(network, routes, programmes, WaveSettings())
