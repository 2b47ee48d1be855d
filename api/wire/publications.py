"""What the service publishes: signs, signals, parking, loads.  Times are RFC 3339 text in UTC."""

from __future__ import annotations

from api.wire.base import WireModel
from parking.content import LIBRARY_VERSION


class ModelLabel(WireModel):
    """Which model the figures come from, and what it is worth."""

    id: str
    name: str
    label_de: str
    label_en: str


class RowPayload(WireModel):
    """One line of a sign.  `text_de` and `text_en` are what its variable field shows."""

    label_de: str
    label_en: str
    arrow: str
    facility_ids: list[str]
    display: str
    free_veh: int | None
    text_de: str
    text_en: str
    quality: str
    age_s: float | None
    reason: str
    reason_de: str
    reason_en: str
    recommended: bool
    spoken_de: str = ""
    """The whole row as a sentence, for those who listen."""
    spoken_en: str = ""
    p_free: float | None = None
    """Probability that a driver who reads the row finds a place; null where it is not known, or for several."""
    rung: str = "automatic"
    """Who decided: operator, event or automatic."""


class FallbackPayload(WireModel):
    """What the sign shows by itself once `valid_until` has passed."""

    display: str
    text_de: str
    text_en: str


class SignPayload(WireModel):
    """Content of one sign.  Never to be shown after `valid_until`."""

    sign_id: str
    name: str
    lon: float
    lat: float
    link_id: str
    sequence: int
    issued_at: str
    valid_until: str
    content_id: str
    rows: list[RowPayload]
    fallback: FallbackPayload
    model_label: str
    library_version: int = LIBRARY_VERSION
    """Version of the library that all contents come from."""


class SignsPayload(WireModel):
    """All signs."""

    as_of: str
    model: ModelLabel
    signs: list[SignPayload]


class GreenPayload(WireModel):
    """Green of a group within the cycle."""

    start_s: int
    length_s: int


class StageWishPayload(WireModel):
    """Groups that are to be green from the second `valid_from` on; `stage_id` is empty where they are no stage."""

    stage_id: str
    groups: list[str]
    valid_from: str


class SignalCommand(WireModel):
    """The programme a controller runs from the second `valid_from` on, until it is told another.

    Its second at time t is `(t - offset_s) mod cycle_s`, t in whole seconds since 1970-01-01 00:00 UTC.  The switch is
    verified for the second `valid_from` alone: a controller that hears of it later finds a safe moment itself.  The
    command is said again before `valid_until`; once that has passed, the controller goes back to its own programme.

    `mode` is `programme`, or `adaptive`, or, where an operator has said so, `off` (dark), `flashing` or `local` (the
    controller goes on by itself); the programme is then the one to which the junction returns.  How lamps go dark and
    come back is the controller's own sequence.

    Under `adaptive` the controller shows the groups of `wish` green as soon as its minimum greens and intergreens
    allow, and ends all others; the wish holds for 30 s and is said again every 10 s.  With mode `programme`, `wish` is
    what leads from adaptive control to the programme: it is shown until the second `valid_from`.
    """

    junction_id: str
    programme_id: str
    cycle_s: int
    offset_s: int
    greens: dict[str, list[GreenPayload]]
    valid_from: str
    valid_until: str
    reason: str
    mode: str = "programme"
    wish: StageWishPayload | None = None


class SignalPayload(SignalCommand):
    """State of one junction in one second, as the centre computes it from the running programme.

    Here `valid_until` is that of the state: not to be shown longer.  `groups` is empty where the centre does not know
    the lamps: under `off`, `flashing` and `local`.
    """

    name: str
    lon: float
    lat: float
    second: int
    stage_id: str
    stage_since: str
    groups: dict[str, str]
    queue_veh: dict[str, float]
    load: float | None
    reason_de: str
    reason_en: str


class SignalsPayload(WireModel):
    """All junctions."""

    as_of: str
    model: ModelLabel
    signals: list[SignalPayload]


class FacilityPayload(WireModel):
    """Free places of one facility, not to be shown after `valid_until`.

    `free_veh` is null wherever a number would not be honest.
    """

    facility_id: str
    name: str
    district: str
    kind: str
    lon: float
    lat: float
    free_veh: int | None
    capacity_veh: int | None
    display: str
    trend_veh_h: float | None
    quality: str
    age_s: float | None
    measured_at: str | None
    valid_until: str
    is_open: bool | None
    reason: str
    reason_de: str
    reason_en: str
    fault: str | None = None
    """The rule that found its data faulty: counts, frozen, frozen_together, constant or stuck; null where none did."""
    fault_since: str | None = None
    fault_de: str | None = None
    fault_en: str | None = None
    refused: str | None = None
    """Why a report of the last 30 min was refused; null where none was."""
    refused_de: str | None = None
    refused_en: str | None = None
    sigma_veh: float | None = None
    """Standard deviation of the free places; null where nothing is known of them."""
    drift_veh: float | None = None
    """By how many vehicles the last recount lay above what was counted; null where nothing is counted."""


class ParkingPayload(WireModel):
    """All facilities."""

    as_of: str
    model: ModelLabel
    facilities: list[FacilityPayload]


class LoadPayload(WireModel):
    """Smoothed flow of a link with a detector, and its share of capacity; null while its detectors are silent."""

    load: float | None
    flow_veh_h: float | None
    quality: str


class LoadsPayload(WireModel):
    """Links with a detector: unknown is null, not zero."""

    as_of: str
    model: ModelLabel
    links: dict[str, LoadPayload]


class CountersPayload(WireModel):
    """Readings since the start, by kind and by reason."""

    accepted: dict[str, int]
    repaired: dict[str, int]
    rejected: dict[str, int]


class ErrorPayload(WireModel):
    """Why a request was refused."""

    detail: str
