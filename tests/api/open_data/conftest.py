"""Car parks in every state that open data can meet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from api.board import Board
from api.clock import ManualClock
from api.open_data.desk import OpenData
from api.open_data.site import Publisher
from api.wire.publications import FacilityPayload
from parking.facility import Facility, FacilityKind
from parking.forecast.forecasts import Forecasts
from parking.model import FacilityUse, ParkingModel
from traffic_core.provenance import Confidence, Provenance

NOW_S = 1_795_392_000.0
MEASURED = "2026-11-22T23:59:30.000Z"
UNTIL = "2026-11-23T00:01:00.000Z"
PUBLISHER = Publisher(
    id="town", name="Town", position=(9.17, 48.69), attribution=("made up",), licence="CC0", simulated=True
)
STATES = {
    "NUMBER": ("Parkhaus Mitte", FacilityKind.GARAGE, 200, "number", 42),
    "FULL": ("Tiefgarage Markt", FacilityKind.GARAGE, 85, "full", 40),
    "WORD": ("P+R Nord", FacilityKind.PARK_AND_RIDE, 60, "free", None),
    "CLOSED": ("Parkplatz Süd", FacilityKind.SURFACE, 30, "closed", None),
    "NEUTRAL": ("Parkplatz West", FacilityKind.SURFACE, 20, "neutral", 20),
    "SILENT": ("Straße Ost", FacilityKind.ON_STREET, 12, None, None),
    "UNCOUNTED": ("Tiefgarage Neu", FacilityKind.GARAGE, None, "free", None),
    "OTHERS": ("Flughafen", FacilityKind.EXTERNAL, 11_000, "number", 900),
}


def _facility(key: str) -> Facility:
    name, kind, capacity_veh, _, _ = STATES[key]
    return Facility(
        id=key,
        name=name,
        district="Mitte",
        position=(9.17, 48.69),
        kind=kind,
        capacity_veh=capacity_veh,
        reserve_veh=2,
        update_interval_s=60.0,
        access_node="N1",
        provenance=Provenance(confidence=Confidence.ESTIMATED, source="made up"),
    )


def _payload(key: str) -> FacilityPayload:
    name, kind, capacity_veh, display, free_veh = STATES[key]
    return FacilityPayload(
        facility_id=key,
        name=name,
        district="Mitte",
        kind=kind.value,
        lon=9.17,
        lat=48.69,
        free_veh=free_veh,
        capacity_veh=capacity_veh,
        display=display or "neutral",
        trend_veh_h=None,
        quality="measured",
        age_s=30.0,
        measured_at=MEASURED,
        valid_until=UNTIL,
        is_open=display != "closed",
        reason="fresh",
        reason_de="aktueller Messwert",
        reason_en="current measurement",
    )


@dataclass
class Town:
    """Open data, and what they are made from."""

    desk: OpenData
    board: Board
    clock: ManualClock

    def tell(self, key, **changes):
        """Publish a car park anew, for a minute."""
        now_s = self.clock.now_s()
        payload = _payload(key).model_copy(update=changes)
        self.board.put("parking", now_s, {key: payload}, {key: now_s + 60.0})

    def site(self, key):
        """One site of the present edition."""
        return next(site for site in self.desk.edition().sites if site.facility.id == key)


@pytest.fixture
def town():
    """Eight car parks, one of them somebody else's, one silent."""
    uses = {key: FacilityUse(fee_eur_h=1.0, mean_stay_min=60.0, guided=True, occupied_share=()) for key in STATES}
    parking = ParkingModel(facilities={key: _facility(key) for key in STATES}, signs={}, uses=uses)
    board, clock = Board(), ManualClock(NOW_S)
    found = Town(OpenData(PUBLISHER, parking, board, clock), board, clock)
    for key, state in STATES.items():
        if state[3] is not None:
            found.tell(key)
    return found


@pytest.fixture
def edition(town):
    """What holds at the beginning."""
    return town.desk.edition()


@pytest.fixture
def forecasts():
    """In a quarter and half an hour: 42 and 30 places give or take 20, of one car park."""
    quantiles = np.array([[[22.0, 42.9, 62.0], [0.4, 30.0, 50.5]]])
    return Forecasts(
        made_at_s=NOW_S,
        facility_ids=("NUMBER",),
        lead_s=(900.0, 1_800.0),
        levels=(0.05, 0.5, 0.95),
        free_veh=quantiles,
        sources=("profile",),
    )
