"""What detectors report reaches signal control as occupancy of approaches and as values for traffic rules."""

from __future__ import annotations

import numpy as np

from api.city import City
from api.town import load_town
from signal_plans.approaches import Approaches
from signal_plans.town import town_of
from traffic_core.readings import DetectorReading

NOW_S = 1_795_246_200.0


def test_an_occupied_detector_is_seen_by_the_groups_behind_it(le_model):
    town = load_town(le_model)
    city = City(town)
    approaches = Approaches(town_of([junction.layout for junction in town.junctions.values()]), town.network)
    reading = DetectorReading(
        source_id="D001",
        measured_at_s=NOW_S,
        received_at_s=NOW_S,
        interval_s=60.0,
        count_veh=10,
        occupancy_share=0.8,
    )
    city.accept(reading)
    seen = city.observed(approaches, NOW_S)
    groups = [group for junction in town.junctions.values() for group in junction.layout.groups.values()]
    links = {
        town.network.turns[turn].from_link
        for g in np.flatnonzero(seen.occupancy_share == 0.8)
        for turn in groups[g].turns
    }
    assert links == {town.network.detectors["D001"].link_id}
    row = seen.traffic.detector_row["D001"]
    assert (seen.traffic.flow_veh_h[row], seen.traffic.occupancy_share[row]) == (600.0, 0.8)
    assert np.isnan(seen.traffic.flow_veh_h).sum() == len(town.network.detectors) - 1
