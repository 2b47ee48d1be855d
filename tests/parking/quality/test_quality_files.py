"""Overrides of limits by car park: read strictly, and used by the gate and the rules."""

from __future__ import annotations

import pytest

from parking.quality.files import FacilityQuality, read_quality
from parking.quality.rules import DEFAULT_RULES, QualityRules
from traffic_core.errors import FileError, InvalidValueError
from traffic_core.quality_gate import KnownSources, QualityGate, Reason

HEADER = "facility_id,setting,value,confidence,source\n"


def written(tmp_path, *rows):
    (tmp_path / "facility_quality.csv").write_text(HEADER + "\n".join(rows) + "\n", encoding="utf-8")
    return read_quality(tmp_path, {"A", "B"})


def test_without_the_file_the_defaults_hold(tmp_path):
    assert read_quality(tmp_path, {"A"}) == {}


def test_settings_of_the_gate_of_the_rules_and_of_counting_are_read(tmp_path):
    found = written(
        tmp_path,
        "A,jump_share,0.5,estimated,operator",
        "A,frozen_nats,20,estimated,operator",
        "A,night_veh,12,derived,recount",
        "B,counts_veh,25,estimated,operator",
    )
    assert found["A"].rules.gate.jump_share == 0.5
    assert found["A"].rules.frozen_nats == 20.0
    assert found["A"].counting.night_veh == 12.0
    assert found["B"] == FacilityQuality(rules=DEFAULT_RULES.changed("counts_veh", 25))


@pytest.mark.parametrize(
    ("row", "part"),
    [
        ("C,jump_share,0.5,estimated,x", "facility of facility.csv"),
        ("A,colour,1,estimated,x", "must be one of max_age_s"),
        ("A,jump_share,7,estimated,x", "quality.jump_share"),
        ("A,max_age_s,7200,estimated,x", "quality.max_age_s"),
        ("A,counts_veh,1.5,estimated,x", "whole number"),
        ("A,miss_in_share,0.9,estimated,x", "counting.miss_in_share"),
        ("A,jump_share,much,estimated,x", "must be a number"),
        ("A,jump_share,0.5,estimated,", "source"),
    ],
)
def test_a_bad_override_names_file_row_and_limit(tmp_path, row, part):
    with pytest.raises(FileError, match=r"facility_quality\.csv") as caught:
        written(tmp_path, row)
    assert part in str(caught.value)
    assert "2" in str(caught.value)


def test_an_unknown_rule_is_refused():
    with pytest.raises(InvalidValueError, match="must be one of max_age_s"):
        QualityRules().changed("colour", 1.0)


def test_the_gate_uses_the_limits_of_each_car_park(town):
    wide = DEFAULT_RULES.changed("jump_share", 1.0).gate
    gate = QualityGate(KnownSources(facility_capacity_veh={"A": 100, "B": 100}, facility_limits={"A": wide}))
    for key in "AB":
        gate.judge(town.report(key, free_veh=10), town.now_s)
    outcomes = [gate.judge(town.report(key, town.now_s + 60.0, free_veh=80), town.now_s + 60.0) for key in "AB"]
    assert not hasattr(outcomes[0], "reason")
    assert outcomes[1].reason is Reason.JUMP
