"""A small town of garages that the tests of this folder share."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from parking.facility import Facility, FacilityKind
from parking.model import FacilityUse, ParkingModel
from parking.occupancy import OccupancyState
from parking.sign import Arrow, Sign, SignRow
from traffic_core.provenance import Confidence, Provenance
from traffic_core.readings import OccupancyReading

sys.path.insert(0, str(Path(__file__).parent))  # importlib mode: helpers beside the tests are found by name

MADE_UP = Provenance(source="made up for the test", confidence=Confidence.ESTIMATED)
NOW_S = 1_800_000_000.0


def facility(key="A", **values):
    known = {
        "name": f"Garage {key}",
        "district": "Mitte",
        "position": (9.0, 48.0),
        "kind": FacilityKind.GARAGE,
        "capacity_veh": 100,
        "reserve_veh": 2,
        "update_interval_s": 60.0,
        "access_node": "N1",
        "provenance": MADE_UP,
    }
    return Facility(id=key, **(known | values))


def use(**values):
    known = {"fee_eur_h": 0.0, "mean_stay_min": 60.0, "guided": True, "occupied_share": ()}
    return FacilityUse(**(known | values))


def sign(key, *rows, position=(9.0, 48.01)):
    """Each row: the ids of its facilities in one string, `A` or `A;B`."""
    made = tuple(
        SignRow(label_de=f"Ziel {row}", label_en=f"To {row}", arrow=Arrow.STRAIGHT, facility_ids=tuple(row.split(";")))
        for row in rows
    )
    return Sign(id=key, name=f"Sign {key}", position=position, link_id="L1", rows=made, provenance=MADE_UP)


def model(facilities, signs, uses=None):
    return ParkingModel(
        facilities={known.id: known for known in facilities},
        signs={known.id: known for known in signs},
        uses={known.id: use() for known in facilities} | (uses or {}),
    )


def report(key="A", at_s=NOW_S, received_at_s=None, **values):
    received_at_s = at_s if received_at_s is None else received_at_s
    return OccupancyReading(source_id=key, measured_at_s=at_s, received_at_s=received_at_s, **values)


def state(*facilities):
    return OccupancyState({known.id: known for known in facilities})


@pytest.fixture
def town():
    """Builders of facilities, signs, models and readings."""
    return SimpleNamespace(
        now_s=NOW_S, facility=facility, use=use, sign=sign, model=model, report=report, state=state, made_up=MADE_UP
    )
