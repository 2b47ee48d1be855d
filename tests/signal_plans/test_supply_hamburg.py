"""The supply file of a real junction: 5 programmes, 66 intergreens, 33 conflicts, checked pair by pair."""

from __future__ import annotations

import json
from xml.etree.ElementTree import canonicalize

import pytest

from signal_plans.supply.check import check_supply
from signal_plans.supply.convert import to_junction
from signal_plans.supply.ocit_read import read_ocit_c
from signal_plans.supply.ocit_write import write_ocit_c
from signal_plans.supply.windows import SwitchTime
from signal_plans.supply.yaml_file import read_supply_yaml, write_supply_yaml

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def file(shared_data):
    return shared_data / "signals" / "hamburg_2394_extract.ocit-c.xml"


@pytest.fixture(scope="module")
def supply(file):
    return read_ocit_c(file)


@pytest.fixture(scope="module")
def transcription(shared_data):
    return json.loads((shared_data / "signals" / "hamburg_2394_extract.json").read_text(encoding="utf-8"))


def test_the_file_holds_what_its_transcription_says(supply, transcription):
    assert [(t.clearing, t.entering, t.seconds) for t in supply.intergreens] == [
        (row["clearing"], row["entering"], row["t"]) for row in transcription["intergreen_s"]
    ]
    assert ["-".join(pair) for pair in supply.incompatible] == transcription["incompatible"]
    assert [programme.id for programme in supply.programmes] == list(transcription["programs"])
    for programme in supply.programmes:
        said = transcription["programs"][programme.id]
        points = (programme.cycle_s, programme.on_second, programme.off_second, programme.change_second)
        assert points == (said["TU"], said["EP"], said["AP"], said["UP"])
        lines = {line.group: [[switch.second, switch.code] for switch in line.switches] for line in programme.lines}
        assert lines == said["groups"]
    assert [(d.id, list(d.groups)) for d in supply.detectors] == [
        (d["name"], d["groups"]) for d in transcription["detectors"]
    ]


def test_groups_are_what_their_pictures_say(supply):
    uses = {}
    for group in supply.groups:
        uses.setdefault(group.use.value, []).append(group.id)
    assert uses == {
        "vehicle": ["K1", "K2", "K4", "K5", "K7"],
        "arrow": ["K3", "K6"],
        "pedestrian": ["F8", "F9", "F10", "F11", "F12"],
        "auxiliary": ["H11", "H12"],
        "blind": ["AV8", "AV9", "AV10", "AV11", "AV12"],
    }


def test_writing_gives_the_same_document(file, supply, tmp_path):
    written = write_ocit_c(supply).decode("utf-8")
    assert canonicalize(written) == canonicalize(file.read_text(encoding="utf-8"))
    (tmp_path / "supply.yaml").write_text(write_supply_yaml(supply), encoding="utf-8")
    assert write_ocit_c(read_supply_yaml(tmp_path / "supply.yaml")).decode("utf-8") == written


def test_no_check_of_330_fails_and_87_are_tight_where_the_switch_starts_red_amber(supply):
    check = check_supply(supply)
    assert (len(check.pairs), len(check.failed), len(check.tight)) == (330, 0, 87)
    assert check.safe


def test_28_checks_of_330_fail_where_the_switch_is_read_as_green(supply):
    check = check_supply(supply, SwitchTime.GREEN_STARTS)
    assert (len(check.pairs), len(check.failed)) == (330, 28)
    assert {pair.spare_s for pair in check.failed} == {-1}
    assert sum(len(found) for _, found in check.violations) == 28
    assert all(fault for _, fault in check.faults)


def test_it_becomes_a_junction_with_three_stages(supply):
    junction = to_junction(supply)
    assert [sorted(stage.groups) for stage in junction.layout.stages] == [
        ["K1", "K2", "K3"],
        ["AV12", "F12", "K1", "K7"],
        ["AV10", "AV11", "AV8", "AV9", "F10", "F11", "F8", "F9", "K4", "K5", "K6"],
    ]
    assert [programme.id for programme in junction.programmes] == ["11", "12", "13", "24", "4"]
    assert not any(name.startswith("H") for name in junction.layout.groups)
