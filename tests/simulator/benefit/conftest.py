"""A small town whose car park GP is nearly always full; its only sign leads followers to GR.  S2 stands where GP's
drivers never come by."""

from __future__ import annotations

from dataclasses import replace

import pytest

from parking.model import ParkingModel


@pytest.fixture(name="crowded")
def crowded_fixture(town, parking_with):
    """Function of the settings of `Staged` that differ: the staged town with the signs S1 and S2."""

    def build(**changes):
        parking = parking_with(capacity_veh=6, share=0.95)
        signs = dict(parking.signs)
        signs["S2"] = replace(signs["S1"], id="S2", name="Aside", link_id="P_E")
        parking = ParkingModel(facilities=parking.facilities, signs=signs, uses=parking.uses)
        usual = {"centre": True, "kappa": 1.0, "demand_factor": 2.0, "duration_s": 1_800.0, "warm_up_s": 900.0}
        return town(parking=parking, **(usual | changes)).staged

    return build
