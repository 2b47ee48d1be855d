from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from api.backoff import Backoff


def test_waits_double_up_to_the_ceiling():
    backoff = Backoff(first_s=1.0, ceiling_s=5.0, chance=lambda: 1.0)
    assert [backoff.next_s() for _ in range(5)] == [1.0, 2.0, 4.0, 5.0, 5.0]


def test_reset_starts_again():
    backoff = Backoff(first_s=1.0, chance=lambda: 1.0)
    backoff.next_s()
    backoff.reset()
    assert backoff.next_s() == 1.0


@given(st.integers(0, 2000), st.floats(0.0, 1.0, exclude_max=True))
def test_a_wait_is_between_half_and_all_of_its_step(tries, chance):
    backoff = Backoff(first_s=0.5, ceiling_s=30.0, chance=lambda: chance, _tries=tries)
    full_s = min(30.0, 0.5 * 2.0 ** min(tries, 10))
    assert full_s / 2 <= backoff.next_s() <= full_s
