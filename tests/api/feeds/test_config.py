from __future__ import annotations

from pathlib import Path

import pytest

from api.errors import ConfigError
from api.feeds.config import FeedFileError, load_feeds
from api.feeds.formats import FORMATS

ROOT = Path(__file__).resolve().parents[3]
GOOD = """
feeds:
  - id: town
    format: datex2_v23
    url: https://data.example.org/status.xml
    static_url: static.xml
    interval_s: 60
    timeout_s: 10
    api_key_env: TOWN_FEED_KEY
    facilities:
      "7001": town-hall
      "7/2": market
  - id: hand
    format: places_json
    url: file:///srv/places.json
    prefix: "le-"
"""


@pytest.fixture
def write(tmp_path):
    def to_file(text: str | bytes) -> Path:
        path = tmp_path / "feeds.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return to_file


def entry(line: str) -> str:
    """One feed with one more line."""
    return f"feeds:\n  - id: a\n    format: parkapi_v3\n    url: a.json\n    {line}\n"


def test_a_good_file_becomes_feeds_with_sources_found_beside_it(write, tmp_path):
    (tmp_path / "srv").mkdir()
    town, hand = load_feeds(write(GOOD.replace("file:///srv", f"file://{tmp_path}/srv")))
    assert (town.id, town.format, town.source) == ("town", "datex2_v23", "https://data.example.org/status.xml")
    assert town.static_source == tmp_path / "static.xml"
    assert (town.interval_s, town.timeout_s, town.api_key_header) == (60.0, 10.0, "X-API-Key")
    assert town.naming.ours("7%2F2") == "market"
    assert town.naming.ours("other") is None
    assert hand.source == tmp_path / "srv" / "places.json"
    assert hand.naming.ours("1248") == "le-1248"


def test_the_examples_of_the_manual_are_valid():
    examples = sorted((ROOT / "docs" / "examples").glob("feeds*.yaml"))
    assert examples
    for path in examples:
        assert all(feed.format in FORMATS for feed in load_feeds(path))


@pytest.mark.parametrize(
    ("line", "field", "limit"),
    [
        ("interval_s: 5", "feeds[0].interval_s", "greater than or equal to 10"),
        ("interval_s: .nan", "feeds[0].interval_s", "finite"),
        ('interval_s: "60"', "feeds[0].interval_s", "number"),
        ("timeout_s: 0", "feeds[0].timeout_s", "greater than or equal to 1"),
        ("timeout_s: true", "feeds[0].timeout_s", "number"),
        ("colour: red", "feeds[0].colour", "not a known key"),
        ("static_url: ftp://x/y", "feeds[0].static_url", "http://"),
        ("static_url: file://other/y", "feeds[0].static_url", "this machine"),
        ("static_url: 'http://'", "feeds[0].static_url", "host"),
        ("static_url: 'http://h:99999/'", "feeds[0].static_url", "ort"),
        ("static_url: no/such/folder/x.json", "feeds[0].static_url", "folder that exists"),
        ("facilities: {7001: q1}", "feeds[0].facilities[7001]", "quotes"),
        ('facilities: {"7001": 5}', "feeds[0].facilities.7001", "string"),
        ('facilities: {"1": "a/b"}', "feeds[0].facilities", "'/'"),
        ('facilities: {"1": q1, "2": q1}', "feeds[0].facilities", "once"),
        ('prefix: "a/"', "feeds[0].prefix", "'/'"),
        ('api_key_header: "X: y"', "feeds[0].api_key_header", "HTTP header"),
    ],
)
def test_an_error_names_file_field_value_and_limit(line, field, limit, write):
    path = write(entry(line))
    with pytest.raises(FeedFileError) as caught:
        load_feeds(path)
    (problem,) = caught.value.problems
    assert problem.field == field
    assert limit in problem.limit
    assert problem.value
    assert str(path) in str(caught.value)
    assert field in str(caught.value)


@pytest.mark.parametrize(
    "line",
    [
        "api_key: hunter2hunter2",
        "token: hunter2hunter2",
        "password: hunter2hunter2",
        "api_key_env: hunter2hunter2",
        "api_key_env: HUNTER2HUNTER2HUNTER2",
        "static_url: https://me:hunter2hunter2@example.org/x",
        "static_url: https://example.org/x?apikey=hunter2hunter2",
        "static_url: https://example.org/x?a=1&key=hunter2hunter2",
        "static_url: https://example.org/x?sig=hunter2hunter2",
        "static_url: https://example.org/x?code=hunter2hunter2",
        "static_url: https://example.org/x?pw=hunter2hunter2",
        "static_url: https://example.org/x?subscription-key=hunter2hunter2",
        "static_url: https://example.org/x?access_key=hunter2hunter2",
        "static_url: https://example.org/x?appkey=hunter2hunter2",
        "static_url: https://example.org/x?a=1;sig=hunter2hunter2",
        "static_url: https://example.org/x#access_token=hunter2hunter2",
    ],
)
def test_a_secret_in_the_file_is_refused_and_never_repeated(line, write):
    with pytest.raises(FeedFileError) as caught:
        load_feeds(write(entry(line)))
    assert "environment variable" in str(caught.value)
    assert "hunter2" not in str(caught.value).lower()
    assert caught.value.__cause__ is None


def test_all_problems_are_told_at_once(write):
    with pytest.raises(FeedFileError) as caught:
        load_feeds(write("feeds:\n  - id: a\n    format: gtfs\n    url: ''\n    interval_s: 1\n"))
    assert [p.field for p in caught.value.problems] == ["feeds[0].format", "feeds[0].url", "feeds[0].interval_s"]
    assert "parkapi_v1, parkapi_v3, places_json" in caught.value.problems[0].limit


@pytest.mark.parametrize(
    "text",
    [
        "",
        "feeds: []",
        "[]",
        "feeds: 3",
        "feeds: [",
        "a: *b",
        "a: &b [1]\nc: *b",
        "!!python/object/apply:os.getcwd []",
        "a: 2026-99-99",
        "? [a]\n: b",
        "? {}\n: b",
        "\x00",
        b"\xff\xfe\xfa",
        "[" * 5_000,
        "a: 1" + " " * 1_100_000,
    ],
)
def test_a_file_that_is_no_list_of_feeds_is_one_clear_error(text, write):
    with pytest.raises(FeedFileError):
        load_feeds(write(text))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (entry("url: b.json"), "line 5"),
        ("feeds: []\nfeeds: []\n", "line 2"),
        (entry('facilities: {"1": a, "1": b}'), "line 5"),
    ],
)
def test_a_key_that_stands_twice_is_refused_with_its_line(text, line, write):
    with pytest.raises(FeedFileError) as caught:
        load_feeds(write(text))
    assert "stands twice" in str(caught.value)
    assert line in str(caught.value)


def test_two_feeds_may_not_share_a_name_or_a_facility(write):
    one = '  - {id: a, format: parkapi_v3, url: a.json, facilities: {"1": q1}}\n'
    with pytest.raises(FeedFileError) as caught:
        load_feeds(write("feeds:\n" + one + one))
    assert [p.field for p in caught.value.problems] == ["feeds[1].id", "feeds[1].facilities"]


def test_a_file_that_is_missing_is_a_configuration_error(tmp_path):
    with pytest.raises(ConfigError, match="can be read"):
        load_feeds(tmp_path / "none.yaml")


def test_the_key_comes_from_the_environment_and_must_be_there(write):
    (feed,) = load_feeds(write(entry("api_key_env: TOWN_FEED_KEY")))
    assert feed.api_key({"TOWN_FEED_KEY": "s3cret"}) == "s3cret"
    for value in ("", "two\nlines", "ü", " s3cret"):
        with pytest.raises(ConfigError, match="TOWN_FEED_KEY") as caught:
            feed.api_key({"TOWN_FEED_KEY": value})
        assert value == "" or value not in str(caught.value)


def test_a_feed_without_a_key_needs_no_environment(write):
    (feed,) = load_feeds(write(entry("prefix: x-")))
    assert feed.api_key({}) is None


def test_a_feed_without_an_address_is_pushed_only_and_has_no_static_part(write):
    (feed,) = load_feeds(write("feeds:\n  - id: a\n    format: parkapi_v3\n"))
    assert feed.source is None
    with pytest.raises(FeedFileError, match="static_url needs a url"):
        load_feeds(write("feeds:\n  - id: a\n    format: parkapi_v3\n    static_url: places.json\n"))


@pytest.mark.parametrize(
    ("line", "field", "limit"),
    [
        ('bays: {"1": MARKT}', "feeds[0].bays", "FACILITY.BAY"),
        ('bays: {"1": A.1, "2": A.1}', "feeds[0].bays", "once"),
        ("single_bays: true", "feeds[0]", "single_bays needs bays"),
        ("heartbeat_s: 5", "feeds[0].heartbeat_s", "greater than or equal to 300"),
        ("mqtt_topic: stadttakt/v1/readings/+", "feeds[0].mqtt_topic", "foreign topic"),
        ("mqtt_topic: '#'", "feeds[0].mqtt_topic", "foreign topic"),
        ("mqtt_topic: a/b#", "feeds[0].mqtt_topic", "wildcard"),
        ("mqtt_topic: $share/g/stadttakt/v1/readings/+", "feeds[0].mqtt_topic", "must not begin with $"),
        ("mqtt_topic: $SYS/broker/uptime", "feeds[0].mqtt_topic", "must not begin with $"),
        ("options: {columns: {}}", "feeds[0].options.columns", "not a known key"),
        ("options: {api_key: hunter2hunter2}", "feeds[0].options.api_key", "environment variable"),
    ],
)
def test_an_error_about_bays_topics_or_options_names_its_place(line, field, limit, write):
    with pytest.raises(FeedFileError) as caught:
        load_feeds(write(entry(line)))
    (problem,) = caught.value.problems
    assert problem.field == field
    assert limit in problem.limit
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("form", "options", "field", "limit"),
    [
        ("csv_list", "{columns: {fre: a}}", "options.columns.fre", "not a known key"),
        ("csv_list", "{delimiter: ':'}", "options.delimiter", "Input should be"),
        ("csv_list", "{time_zone: Europe/Echterdingen}", "options.time_zone", "Europe/Berlin"),
        ("csv_list", "{time_form: '%H:%M'}", "options.time_form", "%d.%m.%Y"),
        ("json_list", "{states: {a: offen}}", "options.states.a", "Input should be"),
        ("geojson_list", "{records: a}", "options.records", "not a known key"),
        ("parkapi_v1", "{time_zone: 3}", "options.time_zone", "string"),
    ],
)
def test_options_are_checked_by_their_format(form, options, field, limit, write):
    text = f"feeds:\n  - {{id: a, format: {form}, options: {options}}}\n"
    with pytest.raises(FeedFileError) as caught:
        load_feeds(write(text))
    assert [problem.field for problem in caught.value.problems] == [f"feeds[0].{field}"]
    assert limit in caught.value.problems[0].limit


def test_devices_need_bays_and_their_identifiers_are_compared_in_small_letters(write):
    with pytest.raises(FeedFileError, match="bays must name the bay of each device"):
        load_feeds(write("feeds:\n  - {id: a, format: lorawan_tts}\n"))
    text = 'feeds:\n  - {id: a, format: lorawan_tts, bays: {"70B3D57ED0061234": M.1, Name-7: M.2}}\n'
    (feed,) = load_feeds(write(text))
    assert feed.naming.bays == {"70b3d57ed0061234": "M.1", "Name-7": "M.2"}


def test_two_feeds_may_not_share_a_bay(write):
    one = '  - {id: ID, format: json_list, url: a.json, bays: {"1": M.1}}\n'
    with pytest.raises(FeedFileError) as caught:
        load_feeds(write("feeds:\n" + one.replace("ID", "a") + one.replace("ID", "b")))
    assert [problem.field for problem in caught.value.problems] == ["feeds[1].bays"]


def test_each_feed_has_a_reader_of_its_own(write):
    one = '  - {id: ID, format: lorawan_tts, bays: {"d": ID.1}}\n'
    first, second = load_feeds(write("feeds:\n" + one.replace("ID", "a") + one.replace("ID", "b")))
    assert first.reader is not second.reader


def test_an_entry_that_is_wrong_as_a_whole_is_not_repeated(write):
    with pytest.raises(FeedFileError) as caught:
        load_feeds(write("feeds:\n  - {id: a, format: json_list, single_bays: true, options: {api_key: hunter2}}\n"))
    assert "single_bays needs bays" in str(caught.value)
    assert "hunter2" not in str(caught.value)
