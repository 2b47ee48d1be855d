"""What sign controllers, devices and people get over HTTP."""

from __future__ import annotations

import json
import re
from urllib.parse import urljoin

import pytest

READING = {"kind": "occupancy", "source_id": "Q1", "measured_at": "2026-11-21T07:30:00Z", "free_veh": 120}
BATCH = json.dumps({"readings": [READING]})


def test_all_signs_come_with_the_label_of_their_model(served):
    told = served.client.get("/v1/signs").json()
    assert [entry["sign_id"] for entry in told["signs"]] == ["S1"]
    assert told["model"]["label_en"] == "synthetic"
    assert told["as_of"] == "2026-11-21T07:30:00.000Z"


def test_a_sign_that_holds_the_content_is_told_304_without_a_body(served):
    first = served.client.get("/v1/signs/S1")
    again = served.client.get("/v1/signs/S1", headers={"If-None-Match": first.headers["etag"]})
    assert first.status_code == 200
    assert again.status_code == 304
    assert again.content == b""
    assert first.headers["cache-control"] == "no-cache"


def test_new_content_breaks_the_tag(served, new_sign):
    tag = served.client.get("/v1/signs/S1").headers["etag"]
    served.live.board.put("signs", 0.0, {"S1": new_sign}, {"S1": served.clock.now_s() + 60.0})
    changed = served.client.get("/v1/signs/S1", headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed.json()["sequence"] == 2


def test_the_list_of_signs_knows_304_as_well(served):
    tag = served.client.get("/v1/signs").headers["etag"]
    assert served.client.get("/v1/signs", headers={"If-None-Match": tag}).status_code == 304
    assert served.client.get("/v1/signs", headers={"If-None-Match": "*"}).status_code == 304


def test_expired_content_is_never_served(served):
    served.clock.set(served.clock.now_s() + 60.0)
    assert served.client.get("/v1/signs/S1").status_code == 503
    assert served.client.get("/v1/signs").json()["signs"] == []


@pytest.mark.parametrize("path", ["/v1/signs/none", "/v1/signals/none", "/v1/parking/none"])
def test_an_unknown_id_is_404_with_the_id(served, path):
    answer = served.client.get(path)
    assert answer.status_code == 404
    assert "none" in answer.json()["detail"]


@pytest.mark.parametrize("headers", [{}, {"X-API-Key": ""}, {"X-API-Key": "wrong"}])
def test_nobody_writes_without_a_known_key(served, headers):
    assert served.client.post("/v1/readings", content=BATCH, headers=headers).status_code == 401


def test_a_known_key_may_write(served, key):
    answer = served.client.post("/v1/readings", content=BATCH, headers={"X-API-Key": key})
    assert answer.status_code == 200
    assert answer.json()["accepted"] == 1


@pytest.mark.parametrize(("body", "status"), [("{", 422), ("[]", 422), (" " * 1_048_577, 413)])
def test_a_body_that_is_no_batch_is_refused(served, key, body, status):
    answer = served.client.post("/v1/readings", content=body, headers={"X-API-Key": key})
    assert answer.status_code == status
    assert answer.json()["detail"]


def test_a_document_is_pushed_to_a_feed_of_the_file_with_a_key_only(served, key):
    assert served.client.post("/v1/feeds/garages", content=b"{}").status_code == 401
    answer = served.client.post("/v1/feeds/garages", content=b"{}", headers={"X-API-Key": key})
    assert answer.json() == {"accepted": 2, "repaired": 0, "rejected": [], "stored": True}
    assert served.client.post("/v1/feeds/none", content=b"{}", headers={"X-API-Key": key}).status_code == 404


def test_a_pushed_document_may_be_larger_than_a_batch_but_not_boundless(served, key):
    headers = {"X-API-Key": key}
    assert served.client.post("/v1/feeds/garages", content=b" " * 2_000_000, headers=headers).status_code == 200
    assert served.client.post("/v1/feeds/garages", content=b" " * 10_485_761, headers=headers).status_code == 413


def test_health_says_what_is_wrong(served):
    assert served.client.get("/healthz").status_code == 200
    assert served.client.get("/readyz").status_code == 200
    served.condition.found = ["not every sign has valid content"]
    served.condition.turning = False
    assert served.client.get("/healthz").status_code == 503
    refused = served.client.get("/readyz")
    assert refused.status_code == 503
    assert refused.json()["problems"] == ["not every sign has valid content"]


def test_metrics_are_in_the_format_of_prometheus(served):
    assert served.client.get("/metrics").headers["content-type"].startswith("text/plain")


def test_every_route_is_documented_with_its_refusals(served):
    paths = served.client.get("/openapi.json").json()["paths"]
    assert {"/v1/signs", "/v1/signals", "/v1/parking", "/v1/network", "/v1/readings", "/v1/stream"} <= set(paths)
    assert {"401", "413", "422"} <= set(paths["/v1/readings"]["post"]["responses"])
    assert "404" in paths["/v1/signs/{sign_id}"]["get"]["responses"]


def test_the_documented_body_resolves(served):
    document = served.client.get("/openapi.json").json()
    references = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(document)))
    assert "Batch" in references
    assert references <= set(document["components"]["schemas"])


@pytest.mark.parametrize("path", ["/", "/docs"])
def test_no_page_asks_a_foreign_host(served, path):
    page = served.client.get(path)
    assert page.status_code == 200
    assert "default-src 'self'" in page.headers["content-security-policy"]
    for address in re.findall(r'(?:src|href)="([^"]+)"', page.text):
        assert "//" not in address, address
        assert served.client.get(urljoin(path, address)).status_code == 200, address


def test_static_files_do_not_leave_their_folder(served):
    assert served.client.get("/static/../http/keys.py").status_code == 404
    assert served.client.get("/static/%2e%2e/http/keys.py").status_code == 404
