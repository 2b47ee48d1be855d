"""Sign and facility types are valid by construction."""

from __future__ import annotations

import pytest

from parking.sign import Arrow, Display, RowContent, SignContent, SignRow
from traffic_core.errors import InvalidValueError
from traffic_core.readings import Quality


def row(**values):
    known = {"display": Display.FREE, "free_veh": None, "quality": Quality.HELD, "age_s": 1.0, "reason": "held"}
    return RowContent(**(known | values))


@pytest.mark.parametrize(
    "values",
    [
        {"free_veh": 5},
        {"display": Display.NUMBER},
        {"display": Display.NUMBER, "free_veh": -1},
        {"quality": Quality.UNKNOWN},
        {"display": Display.NUMBER, "free_veh": 5, "quality": Quality.UNKNOWN},
    ],
)
def test_a_row_cannot_lie(values):
    with pytest.raises(InvalidValueError):
        row(**values)


@pytest.mark.parametrize("window_s", [0.0, 300.1, float("nan")])
def test_a_content_lives_between_a_moment_and_five_minutes(window_s):
    with pytest.raises(InvalidValueError):
        SignContent(sign_id="S", sequence=1, issued_at_s=1e9, valid_until_s=1e9 + window_s, rows=(row(),))


@pytest.mark.parametrize("facility_ids", [(), ("A", "A")])
def test_a_row_names_each_facility_once(facility_ids):
    with pytest.raises(InvalidValueError):
        SignRow(label_de="A", label_en="A", arrow=Arrow.HERE, facility_ids=facility_ids)


def test_a_sign_has_one_to_eight_rows(town):
    for rows in ((), ("A",) * 9):
        with pytest.raises(InvalidValueError):
            town.sign("S", *rows)


@pytest.mark.parametrize("values", [{"capacity_veh": 0}, {"reserve_veh": 100}, {"update_interval_s": 0.0}])
def test_an_impossible_facility_is_refused(town, values):
    with pytest.raises(InvalidValueError):
        town.facility(**values)


def test_a_facility_of_unknown_capacity_is_possible(town):
    assert town.facility(capacity_veh=None).capacity_veh is None
