"""Open data over HTTP."""

from __future__ import annotations

from dataclasses import replace

import pytest
from lxml import etree
from starlette.testclient import TestClient

from api.board import Board
from api.clock import ManualClock
from api.http.app import create_app
from api.open_data.desk import OpenData
from api.open_data.site import Publisher
from api.wire.publications import FacilityPayload
from parking.facility import Facility, FacilityKind
from parking.model import FacilityUse, ParkingModel
from traffic_core.provenance import Confidence, Provenance

NOW_S = 1_795_246_200.0


def payload(free_veh):
    return FacilityPayload(
        facility_id="Q1",
        name="Parkhaus Q1",
        district="Mitte",
        kind="garage",
        lon=9.17,
        lat=48.69,
        free_veh=free_veh,
        capacity_veh=274,
        display="number",
        trend_veh_h=None,
        quality="measured",
        age_s=3.0,
        measured_at="2026-11-21T07:29:57.000Z",
        valid_until="2026-11-21T07:31:00.000Z",
        is_open=True,
        reason="fresh",
        reason_de="aktuell",
        reason_en="current",
    )


@pytest.fixture
def open_town(served):
    """A client, the clock, and the board behind open data of one garage."""
    facility = Facility(
        id="Q1",
        name="Parkhaus Q1",
        district="Mitte",
        position=(9.17, 48.69),
        kind=FacilityKind.GARAGE,
        capacity_veh=274,
        reserve_veh=2,
        update_interval_s=60.0,
        access_node="N1",
        provenance=Provenance(confidence=Confidence.ESTIMATED, source="made up"),
    )
    use = FacilityUse(fee_eur_h=0.4, mean_stay_min=60.0, guided=True, occupied_share=())
    parking = ParkingModel(facilities={"Q1": facility}, signs={}, uses={"Q1": use})
    publisher = Publisher(
        id="town", name="Town", position=(9.17, 48.69), attribution=(), licence="CC0", simulated=False
    )
    clock, board = ManualClock(NOW_S), Board()
    board.put("parking", NOW_S, {"Q1": payload(42)}, {"Q1": NOW_S + 60.0})
    live = replace(served.live, clock=clock, board=board, open_data=OpenData(publisher, parking, board, clock))
    with TestClient(create_app(live)) as client:
        yield client, clock, board


def test_every_document_is_served_in_its_media_type(open_town):
    client, _, _ = open_town
    kinds = {
        "parkapi/v1": "application/json",
        "parkapi/v1/town": "application/json",
        "parkapi/v3/sites": "application/json",
        "parking.geojson": "application/geo+json",
        "datex2/v2.3/table.xml": "application/xml",
        "datex2/v2.3/status.xml": "application/xml",
        "datex2/v3.7/table.xml": "application/xml",
        "datex2/v3.7/status.xml": "application/xml",
    }
    for path, kind in kinds.items():
        answer = client.get(f"/v1/open/{path}")
        assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, kind), path


def test_an_expired_value_is_gone_at_once(open_town):
    client, clock, _ = open_town
    assert client.get("/v1/open/parkapi/v3/sites").json()["items"][0]["realtime_free_capacity"] == 42
    clock.set(NOW_S + 61.0)
    item = client.get("/v1/open/parkapi/v3/sites").json()["items"][0]
    assert (item["realtime_opening_status"], item["realtime_free_capacity"]) == ("UNKNOWN", None)
    answer = client.get("/v1/open/datex2/v2.3/status.xml")
    assert (answer.status_code, "nothing valid" in answer.json()["detail"]) == (503, True)
    status = etree.fromstring(client.get("/v1/open/datex2/v3.7/status.xml").content)
    assert [element.text for element in status.iterfind(".//{*}status")] == ["unknown"]


def test_a_client_that_holds_the_state_gets_304_until_it_changes(open_town):
    client, clock, board = open_town
    path = "/v1/open/datex2/v2.3/status.xml"
    held = {"If-None-Match": client.get(path).headers["etag"]}
    clock.set(NOW_S + 10.0)
    assert client.get(path, headers=held).status_code == 304
    board.put("parking", NOW_S + 10.0, {"Q1": payload(41)}, {"Q1": NOW_S + 70.0})
    answer = client.get(path, headers=held)
    assert (answer.status_code, b">41<" in answer.content) == (200, True)


def test_what_does_not_exist_says_so(open_town):
    client, _, _ = open_town
    answer = client.get("/v1/open/parkapi/v1/elsewhere")
    assert (answer.status_code, answer.json()["detail"]) == (404, "no city 'elsewhere': there is 'town'")
    assert client.get("/v1/open/datex2/v9/table.xml").status_code == 422
    assert client.get("/v1/open/datex2/v2.3/forecast.xml").status_code == 503


def test_a_service_without_open_data_says_so(served):
    assert served.client.get("/v1/open/parking.geojson").status_code == 404
