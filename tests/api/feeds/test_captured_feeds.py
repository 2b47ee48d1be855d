"""Captured publications of real towns.  Expected figures were counted with grep and awk on the files themselves."""

from __future__ import annotations

import gzip
from collections import Counter
from itertools import islice

import pytest

from api.feeds.formats import FORMATS
from api.feeds.history import replay_batches
from api.feeds.history_capacity import estimate_capacities
from api.feeds.naming import Naming
from api.feeds.port import RejectReason
from traffic_core.geometry import distance_m
from traffic_core.readings import OccupancyReading

pytestmark = pytest.mark.shared
DATEX = FORMATS["datex2_v23"].reader().parse


@pytest.fixture
def feeds(shared_data):
    return shared_data / "parking_feeds"


def test_stuttgart_status_gives_38_readings_and_11_rejects(feeds, received_at_s):
    result = DATEX((feeds / "stuttgart-realtime.xml").read_bytes(), received_at_s)
    assert len(result.readings) == 38
    assert Counter(r.reason for r in result.rejects) == {RejectReason.NO_VALUE: 9, RejectReason.IMPOSSIBLE_TIME: 2}
    assert sum(r.free_veh or 0 for r in result.readings) == 7_639
    assert sum(r.occupied_veh or 0 for r in result.readings) == 3_960
    assert [r.source_id for r in result.readings if r.is_open is False] == [
        "12717253",
        "12717229",
        "12717226",
        "12718764",
    ]


def test_26_of_the_38_stuttgart_readings_are_older_than_half_an_hour(feeds, received_at_s):
    published_s = 1_696_643_131.582
    result = DATEX((feeds / "stuttgart-realtime.xml").read_bytes(), received_at_s)
    assert sum(published_s - r.measured_at_s > 1_800.0 for r in result.readings) == 26
    assert max(r.measured_at_s for r in result.readings) == 1_696_643_115.0


def test_stuttgart_table_gives_49_facilities_inside_the_town(feeds, received_at_s):
    result = DATEX((feeds / "stuttgart-static.xml").read_bytes(), received_at_s)
    assert len(result.facilities) == 49
    assert sum(f.capacity_veh or 0 for f in result.facilities) == 11_620
    assert sum(f.capacity_veh is None for f in result.facilities) == 10
    assert Counter((r.reason, r.field) for r in result.rejects) == {(RejectReason.OUT_OF_RANGE, "capacity"): 10}
    town_hall = (9.1781, 48.7751)
    for facility in result.facilities:
        assert facility.position is not None
        assert distance_m(facility.position, town_hall) < 8_000.0
    first = result.facilities[0]
    assert (first.id, first.name) == ("12717375", "Kronprinzstraße")
    assert first.position is not None
    # Reference: PROJ 9, EPSG:25832 to EPSG:4258.
    assert distance_m(first.position, (9.1740552701, 48.7753355617)) < 0.001


def test_all_stuttgart_status_records_belong_to_a_facility_of_the_table(feeds, received_at_s):
    status = DATEX((feeds / "stuttgart-realtime.xml").read_bytes(), received_at_s)
    table = DATEX((feeds / "stuttgart-static.xml").read_bytes(), received_at_s)
    known = {facility.id for facility in table.facilities}
    assert {reading.source_id for reading in status.readings} <= known


def test_the_region_publishes_two_records_and_two_facilities(feeds, received_at_s):
    status = DATEX((feeds / "vrs_kirchheim-realtime.xml").read_bytes(), received_at_s)
    assert [(r.source_id, r.free_veh, r.occupied_veh, r.capacity_veh) for r in status.readings] == [
        ("1445", 12, 4, 16),
        ("2143", 7, 9, 16),
    ]
    assert {r.measured_at_s for r in status.readings} == {1_746_820_202.0}
    table = DATEX((feeds / "vrs_kirchheim-static.xml").read_bytes(), received_at_s)
    assert [(f.id, f.name, f.capacity_veh, f.position) for f in table.facilities] == [
        ("1445", "P+R Kirchheim am Neckar Ost", 137, (9.15068356, 49.03938458)),
        ("2143", "P+R Kirchheim am Neckar West", 16, (9.14972843, 49.04038955)),
    ]
    assert status.rejects == table.rejects == ()


def test_prefixed_sensor_publications_are_read_like_the_others(feeds, received_at_s):
    status = DATEX((feeds / "friedrichshafen-sensors-realtime.xml").read_bytes(), received_at_s)
    table = DATEX((feeds / "friedrichshafen-sensors-static.xml").read_bytes(), received_at_s)
    assert {r.source_id for r in status.readings} == {f.id for f in table.facilities}
    assert len(status.readings) == len(table.facilities) == 55
    assert status.rejects == table.rejects == ()


def test_frankfurt_status_with_districts_gives_only_facilities(shared_data, received_at_s):
    files = sorted((shared_data / "datex2" / "frankfurt").glob("*.xml"))
    results = [DATEX(path.read_bytes(), received_at_s) for path in files]
    assert sum(len(r.readings) for r in results) == 351
    assert Counter(reject.reason for r in results for reject in r.rejects) == {RejectReason.NOT_A_FACILITY: 160}
    assert sum(reading.is_open is False for r in results for reading in r.readings) == 6


def test_mannheim_gives_one_site_with_its_reading(feeds, received_at_s):
    result = FORMATS["parkapi_v3"].reader().parse((feeds / "mannheim.json").read_bytes(), received_at_s)
    (reading,), (facility,) = result.readings, result.facilities
    assert (reading.source_id, reading.free_veh, reading.capacity_veh) == ("P8_Parkdeck_Altstadt_Haagstrasse", 27, 60)
    assert (reading.measured_at_s, reading.is_open) == (1_708_445_133.0, None)
    assert facility.position == (9.326514294042138, 49.52211082686668)
    assert result.rejects == ()


def test_the_towns_own_list_gives_15_places(feeds, received_at_s):
    result = FORMATS["places_json"].reader().parse((feeds / "le_parking_static.json").read_bytes(), received_at_s)
    assert len({facility.id for facility in result.facilities}) == 15
    assert sum(facility.capacity_veh or 0 for facility in result.facilities) == 1_104
    assert (result.readings, result.rejects) == ((), ())


def parse(form, path, options, received_at_s):
    kind = FORMATS[form]
    return kind.reader(kind.options.model_validate(options)).parse(path.read_bytes(), received_at_s)


def test_herrenberg_measures_4_of_its_26_lots(feeds, received_at_s):
    result = parse("parkapi_v1", feeds / "herrenberg.json", {}, received_at_s)
    assert [(r.source_id, r.free_veh) for r in result.readings] == [
        ("herrenbergaltstadtgarage", 60),
        ("herrenbergbronntor", 82),
        ("herrenbergvolksbank", 16),
        ("herrenbergwohnmobilhafenherrenberg", 5),
    ]
    assert {r.measured_at_s for r in result.readings} == {1_740_486_003.588839}
    assert len(result.facilities) == 26
    assert Counter((r.reason, r.field) for r in result.rejects) == {
        (RejectReason.NO_VALUE, "state"): 22,
        (RejectReason.OUT_OF_RANGE, "capacity"): 4,
    }


def test_freiburg_is_geojson_in_utm_with_local_times_and_one_garage_without_data(feeds, received_at_s):
    options = {
        "columns": {
            "id": "obs_parkid", "name": "park_name", "capacity": "obs_max",
            "free": "obs_free", "time": "obs_ts", "state": "obs_state",
        },
        "states": {"1": "open", "2": "closed", "0": "no_data"},
        "time_zone": "Europe/Berlin",
    }  # fmt: skip
    result = parse("geojson_list", feeds / "freiburg.json", options, received_at_s)
    assert (len(result.readings), len(result.facilities)) == (18, 19)
    assert sum(r.free_veh or 0 for r in result.readings) == 2_752
    assert {r.measured_at_s for r in result.readings} == {1_718_007_600.0}
    assert [r.source_id for r in result.readings if r.is_open is False] == ["2"]
    assert [(r.source_id, r.reason) for r in result.rejects] == [
        ("9", RejectReason.OUT_OF_RANGE),
        ("9", RejectReason.NO_VALUE),
    ]
    minster = (7.8522, 47.9955)
    assert all(distance_m(f.position, minster) < 3_500.0 for f in result.facilities)


def test_ulm_gives_7_garages_and_44_bays_of_a_deck(feeds, received_at_s):
    columns = {"capacity": "maxcarparkfull", "occupied": "currentcarparkfulltotal", "time": "timestamp"}
    sites = parse(
        "json_list", feeds / "ulm-sensors" / "realtime-parking-sites.json", {"columns": columns}, received_at_s
    )
    assert (len(sites.readings), len(sites.facilities), sites.rejects) == (7, 7, ())
    assert sum(r.occupied_veh or 0 for r in sites.readings) == 1_912
    spots = parse(
        "json_list",
        feeds / "ulm-sensors" / "realtime-parking-spots.json",
        {"columns": {"bay": "occupied", "time": "timestamp"}},
        received_at_s,
    )
    named = Naming(facilities={}, prefix="DECK.").apply(spots)
    assert (len(named.readings), named.rejects) == (44, ())
    assert sum(r.occupied for r in named.readings) == 15
    assert named.readings[0].source_id == "DECK.pbg-b-elade-w-1-054"


def test_friedrichshafens_places_for_one_are_55_bays(feeds, received_at_s):
    naming = Naming(facilities={}, prefix="FN.", single_bays=True)
    status = naming.apply(DATEX((feeds / "friedrichshafen-sensors-realtime.xml").read_bytes(), received_at_s))
    table = naming.apply(DATEX((feeds / "friedrichshafen-sensors-static.xml").read_bytes(), received_at_s))
    assert (len(status.readings), sum(r.occupied for r in status.readings)) == (55, 7)
    assert [(f.id, f.capacity_veh) for f in table.facilities] == [("FN", 55)]
    assert status.rejects == table.rejects == ()


def test_ellwangen_tells_no_time_so_arrival_must_be_allowed(feeds, received_at_s):
    options = {
        "columns": {
            "capacity": "actualStatus.parkingCapacity", "free": "actualStatus.vacantSpaces",
            "lat": "location.latitude", "lon": "location.longitude", "state": "actualStatus.full",
        },
        "states": {"true": "full", "false": "available"},
    }  # fmt: skip
    path = feeds / "ellwangen_sensit.json"
    strict = parse("json_list", path, options, received_at_s)
    assert (strict.readings, [r.reason for r in strict.rejects]) == ((), [RejectReason.MISSING_FIELD])
    (reading,) = parse("json_list", path, options | {"time_is_arrival": True}, received_at_s).readings
    assert (reading.free_veh, reading.capacity_veh, reading.measured_at_s) == (2, 45, received_at_s)


@pytest.mark.parametrize("name", ["herrenberg.json", "freiburg.json", "ellwangen_sensit.json"])
def test_another_format_is_refused_as_a_whole(name, feeds, received_at_s):
    for form in ("parkapi_v3", "datex2_v23"):
        result = FORMATS[form].reader().parse((feeds / name).read_bytes(), received_at_s)
        assert [reject.reason for reject in result.rejects] == [RejectReason.MALFORMED]
        assert result.readings == ()


@pytest.fixture
def konstanz_head(shared_data, tmp_path):
    """Header and first 5,000 rows."""
    path = tmp_path / "konstanz.csv.gz"
    with gzip.open(shared_data / "parking_history" / "konstanz_free_2023_2025.csv.gz", "rb") as file:
        path.write_bytes(gzip.compress(b"".join(islice(file, 5_001))))
    return path


def test_the_first_5000_rows_of_konstanz_are_replayed_completely(konstanz_head):
    batches = list(replay_batches(konstanz_head, 900.0))
    items = [item for _, batch in batches for item in batch]
    assert all(isinstance(item, OccupancyReading) for item in items)
    assert (len(items), len(batches)) == (5_000, 374)
    assert sum(item.free_veh for item in items) == 913_536
    assert sum(item.free_veh < 0 for item in items) == 46
    assert Counter(item.source_id for item in items)["konstanz-parken-Lago"] == 627
    assert batches[0][0] == 1_672_532_100.0
    assert items[-1].source_id == "konstanz-parken-Dobele"


def test_capacities_of_konstanz_are_the_third_largest_observation(konstanz_head):
    found = estimate_capacities(konstanz_head)
    assert found.sample_rows == 5_000
    assert found.by_place_veh == {
        "konstanz-parken-Altstadt": 167,
        "konstanz-parken-Augustiner": 261,
        "konstanz-parken-Benediktiner": 107,
        "konstanz-parken-Bodenseeforum": 273,
        "konstanz-parken-Dobele": 224,
        "konstanz-parken-Fischmarkt": 155,
        "konstanz-parken-Lago": 929,
        "konstanz-parken-Marktstatte": 213,
        "konstanz-parken-Seerheincenter": 235,
    }
