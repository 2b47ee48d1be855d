from __future__ import annotations

import json
import time

import pytest
import typer
from typer.testing import CliRunner

from api.errors import ConfigError
from api.feeds.check_command import register


@pytest.fixture
def run(monkeypatch):
    app = typer.Typer()
    register(app)

    def invoke(*arguments):
        return CliRunner().invoke(app, ["feeds", "check", *map(str, arguments)])

    return invoke


def site(uid, free_veh, age_s=60.0, **change):
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - age_s))
    return {"uid": uid, "realtime_free_capacity": free_veh, "realtime_data_updated_at": at} | change


@pytest.fixture
def write(tmp_path):
    def to_files(text, **bodies):
        for name, body in bodies.items():
            (tmp_path / f"{name}.json").write_text(json.dumps(body), encoding="utf-8")
        path = tmp_path / "feeds.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return to_files


ONE = "feeds:\n  - {id: a, format: parkapi_v3, url: a.json, facilities: {'1': Q1, '2': NEUER-MARKT, '3': ZEPPELIN}}\n"


def test_each_record_is_told_with_what_became_of_it(run, write):
    items = [site("1", 120), site("2", 87), site("3", 10, age_s=7_200.0), site("4", 3)]
    result = run(write(ONE, a={"items": items}), "--json")
    assert result.exit_code == 1
    (feed,) = json.loads(result.stdout)["feeds"]
    told = {entry["facility"]: entry for entry in feed["records"]}
    assert told["Q1"]["outcome"] == "accepted"
    assert told["Q1"]["told"] == "120 free"
    assert 59.0 <= told["Q1"]["age_s"] <= 90.0
    assert (told["NEUER-MARKT"]["outcome"], told["NEUER-MARKT"]["reason"]) == ("repaired", "above_capacity")
    assert told["NEUER-MARKT"]["explanation"] == "was: 87 free"
    assert (told["ZEPPELIN"]["outcome"], told["ZEPPELIN"]["reason"]) == ("rejected", "too_old")
    assert feed["not_listed"] == ["4"]
    assert feed["counts"] == {"accepted": 1, "repaired": 1, "rejected": 1}
    text = run(write(ONE, a={"items": items})).stdout
    for part in ("accepted  Q1", "repaired  NEUER-MARKT", "too_old", "not in the list of the feed: 4", "no feed tells"):
        assert part in text


def test_what_is_not_listed_is_no_fault_and_what_is_missing_is_told(run, write):
    result = run(write(ONE, a={"items": [site("1", 120), site("9", 1)]}))
    assert result.exit_code == 0
    assert "listed, but the feed does not tell of it: NEUER-MARKT, ZEPPELIN" in result.stdout
    assert "nothing is wrong" in result.stdout


def test_a_car_park_that_the_model_does_not_know_is_told(run, write):
    text = "feeds:\n  - {id: a, format: parkapi_v3, url: a.json, prefix: 'x-'}\n"
    known = {"name": "One", "capacity": 50, "lat": 48.69, "lon": 9.14}
    result = run(write(text, a={"items": [site("1", 20, **known), site("2", 20)]}))
    assert "not in the model, will get a sign of its own: x-1, x-2" in result.stdout
    assert "unknown_source" in result.stdout
    assert result.exit_code == 1


def test_a_car_park_that_two_feeds_tell_of_is_told_as_a_fault_of_the_one_that_does_not_list_it(run, write):
    text = (
        "feeds:\n  - {id: region, format: parkapi_v3, url: region.json}\n"
        "  - {id: town, format: parkapi_v3, url: town.json, facilities: {'1': Q1}}\n"
    )
    path = write(text, region={"items": [site("Q1", 60)]}, town={"items": [site("1", 5, age_s=50.0)]})
    result = run(path, "--json")
    region, town = json.loads(result.stdout)["feeds"]
    (refused,), (taken,) = region["records"], town["records"]
    assert (refused["facility"], refused["outcome"], refused["reason"]) == ("Q1", "rejected", "owned_by_other_feed")
    assert "feed town" in refused["explanation"]
    assert (taken["outcome"], taken["told"]) == ("accepted", "5 free")
    assert (region["fault"], town["fault"], result.exit_code) == (True, False, 1)


@pytest.mark.parametrize("as_json", [True, False])
@pytest.mark.parametrize(
    "body",
    [
        "KEY is not a valid key",
        '{"items": [{"uid": "1", "realtime_free_capacity": "the key KEY is not valid, please contact the support"}]}',
    ],
)
def test_no_part_of_a_key_that_a_server_sends_back_is_printed(run, write, monkeypatch, tmp_path, body, as_json):
    key = "S3cr3tK3y-abcdefghijklmnop"
    monkeypatch.setenv("STADTTAKT_REGION_KEY", key)
    path = write("feeds:\n  - {id: a, format: parkapi_v3, url: a.json, api_key_env: STADTTAKT_REGION_KEY}\n")
    (tmp_path / "a.json").write_text(body.replace("KEY", key), encoding="utf-8")
    result = run(path, *(["--json"] if as_json else []))
    assert result.exit_code == 1
    assert "(hidden)" in result.stdout
    assert not [part for part in ("S3cr", "tK3y", "nop") if part in result.stdout]


def test_bays_go_through_the_gate_under_their_own_names(run, write):
    text = (
        "feeds:\n  - {id: a, format: json_list, url: a.json, options: {columns: {bay: taken}}, "
        "bays: {s1: STRASSE-MAIERGASSE.1, s2: STRASSE-MAIERGASSE.2}}\n"
        "  - {id: waits, format: lorawan_tts, mqtt_topic: v3/+/devices/+/up, bays: {dev1: STRASSE-MAIERGASSE.3}}\n"
    )
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 10))
    bays = [{"id": "s1", "taken": True, "time": at}, {"id": "s2", "taken": 7, "time": at}]
    result = run(write(text, a=bays), "--json")
    first, waits = json.loads(result.stdout)["feeds"]
    assert [(e["source"], e["facility"], e["outcome"]) for e in first["records"]] == [
        ("STRASSE-MAIERGASSE.1", "STRASSE-MAIERGASSE", "accepted"),
        ("STRASSE-MAIERGASSE.2", "STRASSE-MAIERGASSE", "rejected"),
    ]
    assert (waits["outcome"], waits["fault"]) == ("not_pulled", False)


def test_one_feed_can_be_chosen_and_must_exist(run, write):
    text = ONE + "  - {id: b, format: parkapi_v3, url: none.json}\n"
    path = write(text, a={"items": [site("1", 120)]})
    assert run(path, "--feed", "a").exit_code == 0
    assert run(path).exit_code == 1
    result = run(path, "--feed", "c")
    assert isinstance(result.exception, ConfigError)
    assert "must be one of a, b" in str(result.exception)


def test_a_file_that_cannot_be_used_is_a_configuration_error(run, write, tmp_path):
    for path in (tmp_path / "none.yaml", write("feeds: []\n")):
        assert isinstance(run(path).exception, ConfigError)


def test_recorded_documents_are_judged_as_of_their_own_time(run, write):
    recorded = {"uid": "1", "realtime_free_capacity": 120, "realtime_data_updated_at": "2026-03-02T07:59:00Z"}
    path = write(ONE, a={"items": [recorded]})
    assert run(path).exit_code == 1
    result = run(path, "--at", "2026-03-02T08:00:00+00:00", "--json")
    (entry,) = json.loads(result.stdout)["feeds"][0]["records"]
    assert (result.exit_code, entry["outcome"], entry["age_s"]) == (0, "accepted", 60.0)


def test_a_time_without_its_offset_is_refused_by_the_name_of_its_option(run, write):
    result = run(write(ONE, a={"items": []}), "--at", "2026-03-02T08:00:00")
    assert isinstance(result.exception, ConfigError)
    assert "--at" in str(result.exception)
