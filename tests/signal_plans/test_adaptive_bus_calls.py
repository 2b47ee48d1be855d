"""The register of calls: the newest of a run counts, until it signs off or its time is over."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from signal_plans.adaptive.bus_calls import HOLD_S, MOST_PER_GROUP, BusCalls
from signal_plans.adaptive.requests import BusAhead
from traffic_core.readings import BusCall

NOW_S = 1_795_246_200.0


def call(run=7, *, source_id="J.K1.in", at_s=0.0, arrival_s=25.0, late_s=90.0, cleared=False):
    return BusCall(
        source_id=source_id,
        measured_at_s=NOW_S + at_s,
        received_at_s=NOW_S + at_s,
        run=run,
        arrival_s=NOW_S + arrival_s,
        late_s=late_s,
        cleared=cleared,
    )


def fed(*calls):
    register = BusCalls()
    for one in calls:
        register.accept(one)
    return register


def test_buses_come_by_group_in_the_order_of_their_arrival():
    register = fed(call(7), call(8, arrival_s=5.0), call(1, source_id="A.B1"))
    assert register.ahead(NOW_S + 1.0) == (
        BusAhead("A.B1", 1, 24.0, 90.0),
        BusAhead("J.K1.in", 8, 4.0, 90.0),
        BusAhead("J.K1.in", 7, 24.0, 90.0),
    )


def test_the_newest_call_of_a_run_counts():
    register = fed(call(at_s=2.0, arrival_s=30.0), call(at_s=1.0, arrival_s=20.0))
    assert [bus.in_s for bus in register.ahead(NOW_S)] == [30.0]


def test_a_bus_that_signs_off_or_does_not_come_is_forgotten_with_its_run():
    register = fed(call(7), call(8), call(8, at_s=3.0, cleared=True))
    assert [bus.run for bus in register.ahead(NOW_S + 25.0 + HOLD_S)] == [7]
    assert register.ahead(NOW_S + 26.0 + HOLD_S) == ()
    assert register._calls == {"J.K1.in": {}}


def test_who_invents_buses_does_not_fill_the_memory():
    register = fed(*(call(run) for run in range(MOST_PER_GROUP + 5)))
    assert len(register.ahead(NOW_S)) == MOST_PER_GROUP


@given(
    st.lists(st.tuples(st.integers(0, 3), st.floats(0, 60), st.floats(-60, 300), st.booleans()), max_size=30),
    st.floats(0, 600),
)
def test_nobody_is_expected_longer_than_held(told, after_s):
    register = fed(*(call(run, at_s=at, arrival_s=arrival, cleared=gone) for run, at, arrival, gone in told))
    assert all(bus.in_s >= -HOLD_S - 1e-6 for bus in register.ahead(NOW_S + after_s))
