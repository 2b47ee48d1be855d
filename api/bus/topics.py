"""Names of all topics, in one place."""

from __future__ import annotations

from traffic_core import require

ROOT = "stadttakt/v1"
STATUS = f"{ROOT}/status"
"""`online` or `offline`, retained; the broker says `offline` for us when we vanish."""
ONLINE = b"online"
OFFLINE = b"offline"

ALL_READINGS = f"{ROOT}/readings/+"
ALL_SIGNS = f"{ROOT}/signs/+"
ALL_SIGNALS = f"{ROOT}/signals/+"
ALL_PARKING = f"{ROOT}/parking/+"


def readings(source_id: str) -> str:
    """Devices to service: batches of readings."""
    return _topic("readings", source_id)


def sign(sign_id: str) -> str:
    """Service to sign: its content."""
    return _topic("signs", sign_id)


def signal(junction_id: str) -> str:
    """Service to signal controller: the programme to run."""
    return _topic("signals", junction_id)


def parking(facility_id: str) -> str:
    """Service to the public: state of a facility."""
    return _topic("parking", facility_id)


def subject(topic: str) -> str:
    """Last level of a topic: the sign, junction, facility or device it is about."""
    return topic.rpartition("/")[2]


def _topic(kind: str, subject_id: str) -> str:
    require.identifier(f"topic {kind}", subject_id)
    return f"{ROOT}/{kind}/{subject_id}"
