"""What must hold for every sign at every moment, whatever the feeds and the clock do."""

from __future__ import annotations

import dataclasses

from hypothesis import given, settings
from hypothesis import strategies as st

from parking.facility import Facility, FacilityKind
from parking.guidance import Guidance
from parking.model import FacilityUse, ParkingModel
from parking.occupancy import OccupancyState
from parking.sign import Arrow, Display, Sign, SignRow
from traffic_core.provenance import Confidence, Provenance
from traffic_core.readings import OccupancyReading, Quality

START_S = 1_800_000_000.0
MADE_UP = Provenance(source="made up for the test", confidence=Confidence.ESTIMATED)
ROWS = (("A",), ("B",), ("C",), ("A", "B"), ("A", "B", "C"))
CAPACITY_VEH = {"A": 20, "B": 300, "C": None}
INTERVAL_S = {"A": 60.0, "B": 900.0, "C": 30.0}
INVITING = {Display.NUMBER, Display.FREE}


def town():
    facilities = {
        key: Facility(
            id=key,
            name=key,
            district="Mitte",
            position=(9.0, 48.0),
            kind=FacilityKind.GARAGE,
            capacity_veh=capacity_veh,
            reserve_veh=2,
            update_interval_s=INTERVAL_S[key],
            access_node="N",
            provenance=MADE_UP,
        )
        for key, capacity_veh in CAPACITY_VEH.items()
    }
    rows = tuple(SignRow(label_de="P", label_en="P", arrow=Arrow.LEFT, facility_ids=ids) for ids in ROWS)
    sign = Sign(id="S", name="S", position=(9.0, 48.01), link_id="L", rows=rows, provenance=MADE_UP)
    use = FacilityUse(fee_eur_h=None, mean_stay_min=60.0, guided=True, occupied_share=())
    return ParkingModel(facilities=facilities, signs={"S": sign}, uses=dict.fromkeys(facilities, use))


reports = st.fixed_dictionaries(
    {
        "source_id": st.sampled_from("ABC"),
        "delay_s": st.sampled_from([0.0, 0.0, 5.0, 100.0, 700.0, 2_000.0, -240.0]),
        "free_veh": st.one_of(st.none(), st.integers(-5, 30), st.integers(0, 400)),
        "entered_veh": st.one_of(st.none(), st.integers(0, 20)),
        "capacity_veh": st.one_of(st.none(), st.none(), st.none(), st.integers(0, 300)),
        "is_open": st.sampled_from([None, None, None, True, False]),
        "quality": st.sampled_from([Quality.MEASURED, Quality.MEASURED, Quality.REPAIRED, Quality.UNKNOWN]),
        "refused": st.sampled_from([False, False, False, True]),
    }
).filter(lambda told: any(told[key] is not None for key in ("free_veh", "entered_veh", "is_open")))
steps = st.lists(
    st.tuples(st.sampled_from([1.0, 10.0, 10.0, 60.0, 300.0, 900.0, 2_000.0]), st.lists(reports, max_size=3)),
    min_size=1,
    max_size=25,
)


def reading(told, now_s):
    values = {key: value for key, value in told.items() if key not in {"delay_s", "refused"}}
    return OccupancyReading(measured_at_s=now_s - told["delay_s"], received_at_s=now_s, **values)


def play(days, restart_after=None):
    """Run the cycles; yield time, estimates and result of each."""
    model = town()
    state, guidance = OccupancyState(model.facilities), Guidance(model)
    now_s, taken = START_S, []
    for number, (pause_s, told) in enumerate(days):
        now_s += pause_s
        for one in told:
            if one.get("refused"):
                state.reject(one["source_id"], now_s)
            else:
                taken.append(reading(one, now_s))
                state.accept(taken[-1])
        estimates = state.estimates(now_s)
        result = guidance.step(now_s, estimates)
        yield now_s, estimates, result
        if number == restart_after:
            state, guidance = OccupancyState(model.facilities), Guidance(model)
            for one in taken:
                state.accept(one)
            guidance.restore(result.contents.values())


def rows_of(result):
    return zip(ROWS, result.contents["S"].rows, strict=True)


@settings(deadline=None)
@given(steps)
def test_unknown_is_never_free(days):
    for _, estimates, result in play(days):
        for ids, row in rows_of(result):
            known = [estimates[key] for key in ids if estimates[key].quality is not Quality.UNKNOWN]
            offers = [found for found in known if found.is_open is not False]
            if row.display in INVITING:
                assert offers
                assert any((found.held_veh or 0) > 2 for found in offers)
                assert row.quality is not Quality.UNKNOWN


@settings(deadline=None)
@given(steps)
def test_no_number_is_older_than_ten_minutes_and_no_word_than_thirty(days):
    for _, estimates, result in play(days):
        issued_at_s, valid_until_s = result.contents["S"].issued_at_s, result.contents["S"].valid_until_s
        for ids, row in rows_of(result):
            used = [estimates[key] for key in ids if estimates[key].is_open is not False]
            if row.display is Display.NUMBER:
                assert all(valid_until_s <= found.measured_at_s + 600.0 for found in used)
            if row.display in {Display.FREE, Display.FULL}:
                assert any(found.held_veh is not None for found in used)
                assert row.age_s <= 1_800.0
                assert issued_at_s - row.age_s + 1_800.0 >= valid_until_s


@settings(deadline=None)
@given(steps)
def test_no_number_exceeds_what_is_known_to_be_free_or_the_capacity(days):
    for _, estimates, result in play(days):
        for ids, row in rows_of(result):
            if row.display is Display.NUMBER:
                offers = [estimates[key] for key in ids if estimates[key].is_open is not False]
                assert all(found.number_until_s is not None for found in offers)
                assert 0 < row.free_veh <= sum(found.held_veh for found in offers)
                assert row.free_veh <= sum(found.capacity_veh for found in offers)


@settings(deadline=None)
@given(steps)
def test_closed_is_never_free(days):
    for _, estimates, result in play(days):
        for ids, row in rows_of(result):
            if all(estimates[key].is_open is False for key in ids):
                assert row.display is Display.CLOSED


@settings(deadline=None)
@given(steps, st.integers(0, 24))
def test_sequences_rise_and_contents_live_at_most_five_minutes(days, restart_after):
    sequence, issued = 0, None
    for now_s, _, result in play(days, restart_after):
        found = result.contents["S"]
        assert found.issued_at_s <= now_s < found.valid_until_s <= now_s + 300.0
        if found != issued:
            assert found.sequence > sequence
        sequence, issued = found.sequence, found


@settings(deadline=None)
@given(steps)
def test_the_silence_of_one_changes_no_row_of_the_others(days):
    silent = [(pause_s, [one for one in told if one["source_id"] != "C"]) for pause_s, told in days]
    for (_, _, with_c), (_, _, without_c) in zip(play(days), play(silent), strict=True):
        for key in "AB":
            assert with_c.facilities[key] == without_c.facilities[key]


@settings(deadline=None)
@given(steps)
def test_a_recommended_row_always_invites(days):
    for _, estimates, result in play(days):
        rows = result.contents["S"].rows
        assert all(row.display in INVITING for row, chosen in zip(rows, result.recommended["S"], strict=True) if chosen)
        for chosen in result.plan.recommended.values():
            assert chosen is None or estimates[chosen].held_veh > 2


@settings(deadline=None)
@given(steps)
def test_the_same_day_gives_the_same_contents(days):
    first = [dataclasses.astuple(result.contents["S"]) for _, _, result in play(days)]
    assert first == [dataclasses.astuple(result.contents["S"]) for _, _, result in play(days)]
