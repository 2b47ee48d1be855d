"""Keys: hashed, compared in constant time, limited to their sources, refused when the file is wrong."""

from __future__ import annotations

import hashlib

import pytest

from api.errors import ConfigError
from api.http.keys import Device, KeyRing, new_key, read_keys

DIGEST = hashlib.sha256(b"secret").hexdigest()
ENTRY = f"  - {{id: a, sha256: '{DIGEST}', sources: [x]}}\n"


def written(tmp_path, text):
    path = tmp_path / "keys.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_device_speaks_for_its_sources_only(tmp_path):
    ring = read_keys(written(tmp_path, f"keys:\n  - {{id: q1, sha256: '{DIGEST}', sources: [Q1, 'D0*']}}\n"))
    device = ring.device("secret")
    assert device is not None
    assert [device.may_report(source) for source in ("Q1", "D07", "Q2")] == [True, True, False]
    assert ring.device("Secret") is None


def test_an_operators_key_operates_its_junctions_and_speaks_for_nobody(tmp_path):
    ring = read_keys(written(tmp_path, f"keys:\n  - {{id: desk, sha256: '{DIGEST}', operates: [N04, 'N1*']}}\n"))
    desk = ring.device("secret")
    assert [desk.may_operate(junction) for junction in ("N04", "N12", "N05")] == [True, True, False]
    assert not desk.may_report("N04")
    device = read_keys(written(tmp_path, f"keys:\n{ENTRY}")).device("secret")
    assert not device.may_operate("N04")


@pytest.mark.parametrize(
    "pattern", ["*", "?*", "[A-Za-z]*", "s*", "p*", "*8", "**", "*/*", "s*/*", "[sp]*/S08", "?ign/*"]
)
def test_a_pattern_for_junctions_opens_no_sign_and_no_car_park(pattern):
    desk = Device("desk", (), (pattern,))
    assert not desk.may_operate("sign/S08")
    assert not desk.may_operate("parking/P8")


def test_signs_and_car_parks_are_opened_by_patterns_of_their_own_kind():
    desk = Device("desk", (), ("sign/S*", "parking/Q1"))
    subjects = ("sign/S08", "sign/T1", "parking/Q1", "parking/Q2", "parking/S08", "S08", "Q1")
    assert [desk.may_operate(subject) for subject in subjects] == [True, False, True, False, False, False, False]
    assert Device("all", (), ("*",)).may_operate("N04")


def test_an_empty_ring_knows_nobody():
    assert KeyRing([]).device("") is None


def test_new_keys_differ_and_fit_their_hash():
    (one, digest), (two, _) = new_key(), new_key()
    assert one != two
    assert hashlib.sha256(one.encode()).hexdigest() == digest


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("keys:\n  - {id: a, sha256: short, sources: [x]}", "keys.0.sha256"),
        (f"keys:\n  - {{id: a, sha256: '{DIGEST}', sources: []}}", "keys.0.sources"),
        (f"keys:\n  - {{id: a, sha256: '{DIGEST}'}}", "keys.0.sources"),
        (f"keys:\n  - {{id: a, sha256: '{DIGEST}', sources: [x], key: secret}}", "keys.0.key"),
        (f"keys:\n{ENTRY}{ENTRY}", "keys.id"),
        ("[" * 3_000, "YAML"),
        ("keys: [", "YAML"),
        ("", "keys.yaml"),
    ],
)
def test_a_wrong_file_stops_the_start_and_names_the_field(tmp_path, text, named):
    with pytest.raises(ConfigError, match=named) as caught:
        read_keys(written(tmp_path, text))
    assert "short" not in str(caught.value), "what stands there may be the key itself"


def test_a_missing_file_stops_the_start(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        read_keys(tmp_path / "none.yaml")
