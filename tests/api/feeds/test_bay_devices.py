from __future__ import annotations

from dataclasses import replace

import pytest

from api.feeds.bay_devices import alive_s_by_facility, with_heartbeats
from api.feeds.config import load_feeds
from api.town import load_town
from parking.counting.settings import DEFAULT_COUNTING
from parking.quality.files import FacilityQuality

FEEDS = """
feeds:
  - id: street
    format: lorawan_chirpstack
    mqtt_topic: application/+/device/+/event/up
    heartbeat_s: 43200
    bays: {"70B3D57ED0061234": STRASSE-MAIERGASSE.1, "70b3d57ed0061235": STRASSE-HIRSCH.2}
  - id: garage
    format: json_list
    options: {columns: {bay: occupied}}
    prefix: "DECK."
    heartbeat_s: 86400
  - {id: other, format: json_list, prefix: "X."}
"""


@pytest.fixture
def feeds(tmp_path):
    path = tmp_path / "feeds.yaml"
    path.write_text(FEEDS, encoding="utf-8")
    return load_feeds(path)


def test_a_sensor_lives_until_two_heartbeats_have_not_come(feeds):
    assert alive_s_by_facility(feeds) == {
        "STRASSE-MAIERGASSE": 2.1 * 43_200.0,
        "STRASSE-HIRSCH": 2.1 * 43_200.0,
        "DECK": 2.1 * 86_400.0,
    }


def test_estimates_learn_the_heartbeat_unless_the_model_says_other(feeds, le_model):
    town = load_town(le_model)
    said = FacilityQuality(counting=replace(DEFAULT_COUNTING, bay_silent_s=3_600.0))
    town = replace(town, parking=replace(town.parking, quality={"STRASSE-HIRSCH": said}))
    quality = with_heartbeats(town, feeds).parking.quality
    assert quality["STRASSE-MAIERGASSE"].counting.bay_silent_s == 90_720.0
    assert quality["STRASSE-HIRSCH"] == said
    assert "DECK" not in quality


def test_the_feed_knows_the_bay_of_a_device_in_either_spelling(feeds):
    assert feeds[0].naming.our_bay("70b3d57ed0061234") == "STRASSE-MAIERGASSE.1"
    assert feeds[0].mqtt_topic == "application/+/device/+/event/up"
