"""What is expected of a car park, over HTTP."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from starlette.testclient import TestClient

from api.http.app import create_app
from parking.forecast.forecasts import Forecasts

LEAD_S = (300.0, 900.0, 1_800.0, 3_600.0, 7_200.0)


@pytest.fixture
def told(served):
    """Garage A falls from 60 by 10 with each lead, ± 5; nothing is known of B."""
    middle = np.arange(60.0, 10.0, -10.0)[:, None] + np.array([-5.0, 0.0, 5.0])
    return Forecasts(
        made_at_s=served.clock.now_s(),
        facility_ids=("A", "B"),
        lead_s=LEAD_S,
        levels=(0.05, 0.5, 0.95),
        free_veh=np.stack([middle, np.full(middle.shape, np.nan)]),
        sources=("profile", "none"),
    )


@pytest.fixture
def client(served, told):
    with TestClient(create_app(replace(served.live, forecasts=lambda: told))) as client:
        yield client


def test_a_forecast_says_that_it_is_one_and_what_it_rests_on(client):
    answer = client.get("/v1/parking/A/forecast")
    assert answer.status_code == 200
    body = answer.json()
    assert (body["kind"], body["source"], body["facility_id"]) == ("forecast", "profile", "A")
    assert body["made_at"].startswith("2026-11-21T07:30:00")
    assert [point["lead_min"] for point in body["points"]] == [15, 30, 60, 120]
    assert body["points"][0]["at"].startswith("2026-11-21T07:45:00")
    assert [body["points"][0][f"free_veh_p{level}"] for level in ("05", "50", "95")] == [45.0, 50.0, 55.0]
    assert body["model_label"] == "synthetic"


def test_nothing_is_said_of_a_facility_without_data_and_an_unknown_one(client):
    assert client.get("/v1/parking/B/forecast").status_code == 503
    assert client.get("/v1/parking/C/forecast").status_code == 404


def test_a_forecast_that_nobody_renews_is_none(client, served):
    served.clock.set(served.clock.now_s() + 61.0)
    assert client.get("/v1/parking/A/forecast").status_code == 503


def test_without_a_cycle_there_is_no_forecast(served):
    assert served.client.get("/v1/parking/A/forecast").status_code == 503
