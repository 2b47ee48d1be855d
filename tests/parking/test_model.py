"""The parking model refuses what does not fit together."""

from __future__ import annotations

import pytest

from parking.model import ParkingModel
from traffic_core.errors import InvalidValueError


def test_every_facility_needs_its_use(town):
    with pytest.raises(InvalidValueError, match=r"model\.uses"):
        ParkingModel(facilities={"A": town.facility()}, signs={}, uses={})


def test_a_sign_row_must_name_known_facilities(town):
    with pytest.raises(InvalidValueError, match=r"sign\[S\]\.row\[2\]\.facility_ids"):
        town.model([town.facility()], [town.sign("S", "A", "A;B")])


def test_mappings_cannot_be_changed(town):
    with pytest.raises(TypeError):
        town.model([town.facility()], []).facilities["B"] = town.facility("B")


@pytest.mark.parametrize(
    "values",
    [
        {"fee_eur_h": -1.0},
        {"fee_eur_h": float("nan")},
        {"mean_stay_min": 0.0},
        {"occupied_share": (0.5,) * 23},
        {"occupied_share": (0.5,) * 23 + (1.5,)},
        {"usual_capacity_veh": 0},
        {"usual_capacity_veh": 100_001},
    ],
)
def test_impossible_uses_are_refused(town, values):
    with pytest.raises(InvalidValueError):
        town.use(**values)


def test_profile_is_linear_between_hours_and_around_midnight(town):
    use = town.use(occupied_share=tuple(hour / 100 for hour in range(24)))
    assert use.occupied_share_at(8 * 3_600.0) == pytest.approx(0.08)
    assert use.occupied_share_at(8.5 * 3_600.0) == pytest.approx(0.085)
    assert use.occupied_share_at(23.5 * 3_600.0) == pytest.approx(0.115)


def test_an_unknown_profile_stays_unknown(town):
    assert town.use().occupied_share_at(0.0) is None


def test_the_profile_refers_to_the_places_there_are_unless_another_number_is_told(town):
    assert town.use().wanted_places_veh(40) == 40
    assert town.use(usual_capacity_veh=60).wanted_places_veh(40) == 60
