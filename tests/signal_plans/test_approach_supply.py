import pytest

from signal_plans.approach_supply import signal_approaches, uniform_stop_s
from signal_plans.programme import GreenWindow


def test_stop_without_queue_is_half_the_red_squared_over_the_cycle():
    """30 s of red in 60 s: 30 * 30 / 120 = 7.5 s."""
    assert uniform_stop_s([GreenWindow(start_s=40, length_s=30)], 60) == 7.5


def test_two_greens_in_a_cycle_make_two_short_reds():
    """Reds of 20 s and 20 s in 60 s: (400 + 400) / 120."""
    windows = [GreenWindow(start_s=40, length_s=10), GreenWindow(start_s=10, length_s=10)]
    assert uniform_stop_s(windows, 60) == pytest.approx(800 / 120)


def test_without_green_half_the_cycle_is_waited():
    assert uniform_stop_s([], 80) == 40.0


def test_capacity_of_an_approach_is_saturation_flow_times_green_share(build):
    """1,800 veh/h for 22 s of a cycle of 60 s: 660 veh/h; 38 s of red: 38 * 38 / 120 s."""
    found = signal_approaches(build.network(["J"]), {"J": build.junction("J")})
    assert sorted(found) == ["JEin", "JNin", "JSin", "JWin"]
    for approach in found.values():
        assert approach.capacity_veh_h == pytest.approx(660.0)
        assert approach.stop_s == pytest.approx(38 * 38 / 120)


def test_approaches_of_the_shipped_model_all_get_something(le_model):
    from signal_plans.files import read_junctions  # noqa: PLC0415  only here
    from traffic_core.gmns import read_network  # noqa: PLC0415  only here
    from traffic_core.network import NodeControl  # noqa: PLC0415  only here

    network = read_network(le_model)
    found = signal_approaches(network, read_junctions(le_model, network))
    ends = {link.id for link in network.links.values() if network.nodes[link.to_node].control is NodeControl.SIGNAL}
    assert set(found) == ends
    assert all(0.0 < found[link].capacity_veh_h <= network.links[link].capacity_veh_h for link in ends)
    assert all(0.0 < found[link].stop_s < 60.0 for link in ends)
