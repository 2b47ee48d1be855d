"""The last reading of each bay is found in any amount of history, and outlives it."""

from __future__ import annotations

import pytest

from api.store import store as store_module
from traffic_core.readings import BayReading

NOW_S = 1_795_246_200.0
DAY_S = 86_400.0


def bay(source_id, at_s, *, occupied=True):
    return BayReading(source_id=source_id, measured_at_s=at_s, received_at_s=at_s + 1.0, occupied=occupied)


def test_the_last_reading_of_each_bay_before_a_moment_comes_oldest_first(store):
    store.write(
        [
            bay("Q1.1", NOW_S - 50.0, occupied=False),
            bay("Q1.1", NOW_S - 40.0),
            bay("Q1.1", NOW_S + 1.0, occupied=False),
            bay("Q1.2", NOW_S - 900.0 * DAY_S),
            bay("Q1.0", NOW_S - 45.0),
        ]
    )
    found = [
        (reading.source_id, NOW_S - reading.measured_at_s, reading.occupied) for reading in store.latest_bays(NOW_S)
    ]
    assert found == [("Q1.2", 900.0 * DAY_S, True), ("Q1.0", 45.0, True), ("Q1.1", 40.0, True)]
    assert store.latest_bays()[-1] == bay("Q1.1", NOW_S + 1.0, occupied=False)
    assert store.latest_bays(NOW_S - 1_000.0 * DAY_S) == []


def test_the_latest_are_found_however_many_rows_came_before(store, monkeypatch):
    monkeypatch.setattr(store_module, "MOST_ROWS", 10)
    # nine bays, free at first, taken for the last three reports
    rows = [bay(f"B{n}", NOW_S - 100.0 * age + n, occupied=age < 3) for n in range(9) for age in range(30)]
    store.write(rows)
    found = store.latest_bays(NOW_S + 100.0)
    assert len(found) == 9
    assert all(reading.occupied and reading.measured_at_s >= NOW_S for reading in found)


@pytest.mark.parametrize("days", [1.0, 30.0])
def test_pruning_keeps_the_last_reading_of_each_bay_however_old(store, days):
    store.write([bay("Q1.1", NOW_S - age * DAY_S) for age in (1.2, 1.05, 40.0, 41.0)])
    store.write([bay("Q1.2", NOW_S - age * DAY_S) for age in (0.5, 200.0)])
    store.write([bay("Q1.3", NOW_S - 50.0 * DAY_S)])
    before = store.latest_bays(NOW_S)
    assert len(before) == 3
    assert store.prune(NOW_S - days * DAY_S)["bay_reading"] == (4 if days == 1.0 else 3)
    assert store.latest_bays(NOW_S) == before
