"""What holds for gate, city and signs together, whatever the feeds tell and the clock does."""

from __future__ import annotations

from types import SimpleNamespace

from hypothesis import given, settings
from hypothesis import strategies as st

from api.city import City
from api.discovered import empty_network
from parking.facility import Facility, FacilityKind
from parking.guidance import Guidance
from parking.model import FacilityUse, ParkingModel
from parking.sign import Arrow, Display, Sign, SignRow
from traffic_core.plausible_level import tells_level
from traffic_core.provenance import Confidence, Provenance
from traffic_core.quality_gate import NO_NEWS, Accepted, KnownSources, QualityGate, Reason
from traffic_core.readings import OccupancyReading, Quality

START_S = 1_800_000_000.0
CAPACITY_VEH = {"A": 274, "B": None}
MADE_UP = Provenance(source="made up for the test", confidence=Confidence.ESTIMATED)
INVITING = {Display.NUMBER, Display.FREE}
SUPERSEDED = {Reason.UNKNOWN_SOURCE, Reason.TOO_OLD, Reason.FUTURE, Reason.OUT_OF_ORDER}
"""Nothing is taken from a reading whose time does not say that it is about now."""

some = st.one_of(st.none(), st.none(), st.integers(-30, 320), st.sampled_from([-100_000, 0, 50, 200, 274, 9_162]))
counts = st.one_of(st.none(), st.none(), st.integers(0, 30), st.sampled_from([100_000, 0]))
reports = st.fixed_dictionaries(
    {
        "source_id": st.sampled_from(["A", "A", "B", "X"]),
        "shift_s": st.sampled_from([0.0, 0.0, 0.0, -1.0, -60.0, -1_700.0, -2_000.0, 4.0, 60.0, 240.0, 300.0]),
        "free_veh": some,
        "occupied_veh": some,
        "capacity_veh": st.sampled_from([None, None, None, 0, 100, 260, 274, 290, 50_000]),
        "entered_veh": counts,
        "left_veh": counts,
        "is_open": st.sampled_from([None, None, None, True, False]),
    }
).filter(
    lambda told: any(
        told[name] is not None for name in ("free_veh", "occupied_veh", "entered_veh", "left_veh", "is_open")
    )
)
days = st.lists(
    st.tuples(
        st.sampled_from([10.0, 10.0, 60.0, 60.0, 200.0, 300.0, 2_000.0, 0.0, -3.0, -3_600.0]),
        st.lists(reports, max_size=3),
    ),
    min_size=1,
    max_size=20,
)


def parking():
    facilities = {
        key: Facility(
            id=key,
            name=key,
            district="Mitte",
            position=(9.0, 48.0),
            kind=FacilityKind.GARAGE,
            capacity_veh=capacity_veh,
            reserve_veh=2,
            update_interval_s=60.0,
            access_node="N",
            provenance=MADE_UP,
        )
        for key, capacity_veh in CAPACITY_VEH.items()
    }
    rows = tuple(SignRow(label_de=key, label_en=key, arrow=Arrow.LEFT, facility_ids=(key,)) for key in facilities)
    sign = Sign(id="S", name="S", position=(9.0, 48.01), link_id="L", rows=rows, provenance=MADE_UP)
    use = FacilityUse(fee_eur_h=None, mean_stay_min=60.0, guided=True, occupied_share=())
    return ParkingModel(facilities=facilities, signs={"S": sign}, uses=dict.fromkeys(facilities, use))


class Service:
    """Gate, city and guidance, joined as the service joins them."""

    def __init__(self):
        model = parking()
        self.gate = QualityGate(KnownSources(facility_capacity_veh=CAPACITY_VEH))
        self.city = City(SimpleNamespace(network=empty_network(), parking=model))
        self.guidance = Guidance(model)

    def take(self, told, now_s):
        values = {key: value for key, value in told.items() if key != "shift_s"}
        reading = OccupancyReading(measured_at_s=now_s + told["shift_s"], received_at_s=now_s, **values)
        outcome = self.gate.judge(reading, now_s)
        if isinstance(outcome, Accepted):
            self.city.accept(outcome.reading)
        else:
            self.city.note_refusal(outcome, now_s)
        return outcome

    def estimates(self, now_s):
        return self.city.occupancy.estimates(now_s)

    def shown(self, now_s):
        result = self.guidance.step(now_s, self.estimates(now_s))
        return dict(zip(CAPACITY_VEH, result.contents["S"].rows, strict=True))


def play(day):
    """Yield service, time, what was told and its outcome; None for both at the end of each cycle."""
    service, now_s = Service(), START_S
    for pause_s, told in day:
        now_s += pause_s
        for one in told:
            yield service, now_s, one, service.take(one, now_s)
        yield service, now_s, None, None


@settings(deadline=None)
@given(days)
def test_nothing_invites_unless_the_last_news_was_accepted_fresh_and_plausible(day):
    news, level_at_s = {}, {}
    for service, now_s, told, outcome in play(day):
        if told is None:
            for key, row in service.shown(now_s).items():
                if row.display in INVITING:
                    assert isinstance(news[key], Accepted)
                    assert news[key].reading.quality is not Quality.UNKNOWN
                    assert now_s - level_at_s[key] <= (600.0 if row.display is Display.NUMBER else 1_800.0)
        elif isinstance(outcome, Accepted):
            news[told["source_id"]] = outcome
            if outcome.reading.quality is not Quality.UNKNOWN and any(
                value is not None for name, value in told.items() if name.endswith("_veh") and name != "capacity_veh"
            ):
                level_at_s[told["source_id"]] = outcome.reading.measured_at_s
        elif outcome.reason not in NO_NEWS:
            news[told["source_id"]] = outcome


@settings(deadline=None)
@given(days)
def test_a_closing_is_never_lost(day):
    closed = set()
    for service, now_s, told, outcome in play(day):
        if told is None:
            assert all(service.shown(now_s)[key].display is Display.CLOSED for key in closed)
            continue
        if told["is_open"] is False and (isinstance(outcome, Accepted) or outcome.reason not in SUPERSEDED):
            closed.add(told["source_id"])
        elif isinstance(outcome, Accepted) and outcome.reading.is_open:
            closed.discard(told["source_id"])
        assert {key for key, found in service.estimates(now_s).items() if found.is_open is False} == closed


@settings(deadline=None)
@given(days)
def test_every_reading_is_counted_once(day):
    taken = 0
    for service, _, told, _ in play(day):
        taken += told is not None
        assert sum(service.gate.accepted.values()) + sum(service.gate.rejected.values()) == taken


@settings(deadline=None)
@given(days)
def test_what_passes_is_in_range_near_now_and_in_an_order_of_its_own(day):
    last_s = {}
    for _, now_s, told, outcome in play(day):
        last_s = {key: at_s for key, at_s in last_s.items() if at_s <= now_s + 5.0}
        if not isinstance(outcome, Accepted):
            continue
        found = outcome.reading
        assert -1_800.0 <= found.measured_at_s - now_s <= 5.0 + 1e-3
        assert found.measured_at_s > last_s.get(found.source_id, 0.0)
        last_s[found.source_id] = found.measured_at_s
        assert found.free_veh is None or found.free_veh >= 0
        assert found.source_id == "B" or max(found.free_veh or 0, found.occupied_veh or 0) <= CAPACITY_VEH["A"]
        assert told["is_open"] == found.is_open
        assert found.quality is not Quality.UNKNOWN or not tells_level(found)


@settings(deadline=None)
@given(days)
def test_the_accepted_readings_tell_again_what_was_closed_and_free(day):
    accepted = []
    for service, now_s, told, outcome in play(day):
        if isinstance(outcome, Accepted):
            accepted.append(outcome.reading)
        if told is None:
            again = Service()
            for reading in accepted:
                again.city.accept(reading)
                again.gate.remember(reading)
            before, after = service.estimates(now_s), again.estimates(now_s)
            for key, found in before.items():
                assert after[key].is_open is found.is_open or found.is_open is None
                assert found.held_veh in {None, after[key].held_veh}
