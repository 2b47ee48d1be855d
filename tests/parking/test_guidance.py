"""The guidance cycle: sequences, validity, restarts and the decision log."""

from __future__ import annotations

import dataclasses
import json

import pytest

from parking import content
from parking.guidance import Guidance
from parking.settings import GuidanceSettings
from parking.sign import Display, SignContent
from traffic_core.errors import InvalidValueError


class Town:
    """Garages A and B, a sign with a row for each and one for both, and a sign for B alone."""

    def __init__(self, town, **settings):
        self.town = town
        facilities = [town.facility("A"), town.facility("B")]
        self.model = town.model(facilities, [town.sign("S", "A", "B", "A;B"), town.sign("T", "B")])
        self.guidance = Guidance(self.model, GuidanceSettings(**settings))
        self.state = town.state(*facilities)

    def report(self, after_s=0.0, **free_veh):
        for key, value in free_veh.items():
            self.state.accept(self.town.report(key, self.town.now_s + after_s, free_veh=value))

    def at(self, after_s=0.0, demand=None):
        now_s = self.town.now_s + after_s
        return self.guidance.step(now_s, self.state.estimates(now_s), demand)


@pytest.fixture
def loop(town):
    return Town(town)


def displays(result, sign="S"):
    return [row.free_veh if row.free_veh is not None else row.display.value for row in result.contents[sign].rows]


def test_every_sign_has_a_content_from_the_first_step(loop, town):
    result = loop.at()
    assert displays(result) == ["neutral", "neutral", "neutral"]
    found = result.contents["T"]
    issued = (found.sequence, found.issued_at_s, found.valid_until_s)
    assert issued == (int(town.now_s), town.now_s, town.now_s + 60.0)
    assert result.changed == ("S", "T")


def test_the_first_data_are_shown_at_once(loop):
    loop.at()
    loop.report(5.0, A=50, B=33)
    assert displays(loop.at(5.0)) == [50, 30, 80]


def test_an_unchanged_content_keeps_its_sequence(loop):
    loop.report(A=50, B=33)
    first = loop.at()
    second = loop.at(5.0)
    assert second.changed == ()
    assert second.contents == first.contents


def test_a_content_is_issued_again_before_it_expires(loop, town):
    loop.report(A=50, B=33)
    first = loop.at()
    assert loop.at(30.0).changed == ()
    again = loop.at(31.0)
    assert again.changed == ("S", "T")
    assert again.contents["S"].sequence > first.contents["S"].sequence
    assert again.contents["S"].valid_until_s == town.now_s + 91.0
    assert again.decisions == ()


def test_no_content_outlives_the_age_limit_of_its_data(loop, town):
    loop.report(A=50, B=33)
    loop.at()
    assert loop.at(90.0).contents["S"].valid_until_s == town.now_s + 120.0


def test_a_content_at_the_limit_of_its_data_is_not_repeated_in_vain(loop):
    loop.report(A=50, B=33)
    for after_s in (0.0, 90.0):
        loop.at(after_s)
    assert loop.at(100.0).changed == ()


def test_a_change_raises_the_sequence_of_the_signs_it_is_on(loop):
    loop.report(A=50, B=33)
    before = loop.at()
    loop.report(5.0, A=20)
    result = loop.at(5.0)
    assert "S" in result.changed
    assert result.contents["S"].sequence > before.contents["S"].sequence
    assert result.contents["T"].sequence == before.contents["T"].sequence


def test_the_recommendation_marks_rows_that_invite(loop):
    loop.report(A=50, B=1)
    result = loop.at()
    assert displays(result) == [50, "full", 50]
    assert result.recommended == {"S": (True, False, True), "T": (False,)}


def test_a_changed_recommendation_is_issued(loop):
    loop.report(A=50, B=60)
    assert loop.at().recommended["S"] == (False, True, True)
    loop.report(200.0, A=50, B=60)
    loop.at(200.0)
    # T leads to B alone and now takes all of it
    result = loop.at(210.0, demand=[5, 200])
    assert result.recommended["S"] == (True, False, True)
    log = {decision.subject_id: decision for decision in result.decisions}
    assert (log["guidance/S/Mitte"].outcome, log["guidance/S/Mitte"].reason) == ("A", content.LEAST_COST)
    assert log["sign/S"].reason == content.RECOMMENDATION_CHANGED


def test_one_silent_facility_changes_no_row_of_others(town):
    quiet, loud = Town(town), Town(town)
    quiet.report(A=50)
    loud.report(A=50, B=70)
    assert quiet.at().contents["S"].rows[0] == loud.at().contents["S"].rows[0]
    assert quiet.at(10.0).facilities["A"] == loud.at(10.0).facilities["A"]


def test_every_change_is_logged_with_inputs_and_reason(loop, town):
    loop.report(A=52, B=1)
    result = loop.at()
    log = {decision.subject_id: decision for decision in result.decisions}
    assert set(log) == {"facility/A", "facility/B", "sign/S", "sign/T", "guidance/S/Mitte", "guidance/T/Mitte"}
    a = log["facility/A"]
    assert (a.at_s, a.outcome, a.reason) == (town.now_s, "50", content.FRESH)
    assert (a.inputs["held_veh"], a.inputs["reserve_veh"], a.inputs["age_s"]) == (52, 2, 0.0)
    assert (log["facility/B"].outcome, log["facility/B"].reason) == ("full", content.RESERVE)
    assert (log["sign/S"].outcome, log["sign/S"].reason) == ("50 | full | 50", content.FIRST_CONTENT)
    assert (log["guidance/S/Mitte"].outcome, log["guidance/S/Mitte"].reason) == ("A", content.LEAST_COST)
    assert (log["guidance/T/Mitte"].outcome, log["guidance/T/Mitte"].reason) == ("none", content.NOTHING_TO_OFFER)


def test_decisions_are_plain_values_with_known_reasons(loop):
    loop.report(A=52, B=1)
    for decision in (*loop.at().decisions, *loop.at(700.0).decisions):
        assert json.loads(json.dumps(dataclasses.asdict(decision)))["subject_id"] == decision.subject_id
        assert decision.reason in content.REASONS


def test_nothing_new_is_nothing_to_log(loop):
    loop.report(A=52, B=1)
    loop.at()
    assert loop.at(10.0).decisions == ()


def test_sequences_rise_over_a_restart(town):
    before, after = Town(town), Town(town)
    before.report(A=50, B=33)
    for second in range(0, 200, 10):
        last = before.at(float(second))
    after.guidance.restore(last.contents.values())
    after.report(A=50, B=33)
    result = after.at(200.0)
    assert all(result.contents[key].sequence > old.sequence for key, old in last.contents.items())


def test_sequences_rise_over_a_restart_without_memory(town):
    last = Town(town).at()
    result = Town(town).at(10.0)
    assert all(result.contents[key].sequence > old.sequence for key, old in last.contents.items())


def test_a_restart_keeps_a_full_sign_full(town):
    before, after = Town(town), Town(town)
    before.report(A=0, B=0)
    last = before.at()
    after.guidance.restore(last.contents.values())
    after.report(10.0, A=50, B=3)
    assert displays(after.at(10.0)) == ["full", "full", "full"]


def test_a_restart_ignores_signs_that_are_gone_or_rebuilt(loop, town):
    gone = dataclasses.replace(loop.at().contents["T"], sign_id="GONE")
    rebuilt = dataclasses.replace(gone, sign_id="S", sequence=3_000_000_000)
    after = Town(town)
    after.guidance.restore([gone, rebuilt])
    result = after.at()
    assert (result.contents["S"].sequence, result.contents["T"].sequence) == (3_000_000_001, int(town.now_s))


def test_a_clock_that_jumps_back_gets_contents_of_its_own_time(loop, town):
    loop.report(A=50, B=33)
    before = loop.at()
    result = loop.at(-3_600.0)
    assert displays(result) == ["neutral", "neutral", "neutral"]
    assert result.contents["T"].sequence == before.contents["T"].sequence + 1
    assert result.contents["T"].valid_until_s == town.now_s - 3_600.0 + 60.0
    earlier = loop.at(-3_610.0)
    assert earlier.contents["T"].issued_at_s == town.now_s - 3_610.0


def test_a_delayed_feed_shortens_the_validity(town):
    loop = Town(town)
    for key in "AB":
        loop.state.accept(town.report(key, town.now_s - 80.0, town.now_s, free_veh=50))
    assert loop.at().contents["S"].valid_until_s == town.now_s + 40.0


def test_a_shorter_limit_replaces_a_content_that_would_outlive_its_data(town):
    loop = Town(town, hold_s=5.0)
    loop.report(A=0, B=0)
    assert loop.at(0.0).contents["T"].valid_until_s == town.now_s + 60.0
    # The newer report was measured long before it came, at the edge of the reserve: 0.5 = 1.644854 × 1.253314 × 100
    # × share, and 900 s × share / 0.0152 = 143.609 s is when its word is no longer clear.
    loop.state.accept(town.report("B", town.now_s + 1.0, town.now_s + 1.0, free_veh=0))
    late = loop.at(112.0).contents["T"]
    assert late.rows[0].display is Display.FULL
    loop.state.accept(town.report("B", town.now_s + 2.0, town.now_s + 113.0, free_veh=2))
    found = loop.at(113.0).contents["T"]
    assert found.rows[0].display is Display.FULL
    assert found.valid_until_s < late.valid_until_s
    assert found.valid_until_s == pytest.approx(town.now_s + 145.609, abs=0.001)


@pytest.mark.parametrize("demand", [[1], [-1, 0], [float("nan"), 0]])
def test_impossible_demand_is_an_error(loop, demand):
    with pytest.raises(InvalidValueError, match="demand_veh"):
        loop.at(demand=demand)


def test_cells_tell_the_order_of_demand(loop):
    assert [(cell.sign_id, cell.district) for cell in loop.guidance.cells] == [("S", "Mitte"), ("T", "Mitte")]


def test_signs_are_issued_again_in_turns_and_none_expires(town):
    facilities = [town.facility("A")]
    model = town.model(facilities, [town.sign(f"S{number}", "A") for number in range(8)])
    guidance, state = Guidance(model), town.state(*facilities)
    issued = []
    for after_s in range(0, 600, 10):
        now_s = town.now_s + after_s
        state.accept(town.report("A", now_s, free_veh=50))
        result = guidance.step(now_s, state.estimates(now_s))
        assert all(found.valid_until_s - now_s >= 15.0 for found in result.contents.values())
        issued.append(len(result.changed))
    assert max(issued[5:]) == 2
    assert sum(issued[20:40]) == 8 * 20 / 4, "each sign every 40 s"


def test_a_content_that_cannot_be_made_leaves_the_other_signs_alone(loop, monkeypatch):
    loop.report(A=50, B=33)
    loop.at()
    made = SignContent

    def broken(**values):
        if values["sign_id"] == "S":
            raise InvalidValueError("content.valid_until_s - issued_at_s", -1.0, "must lie within 0.001 and 300")
        return made(**values)

    monkeypatch.setattr("parking.guidance.SignContent", broken)
    loop.report(10.0, A=0, B=0)
    result = loop.at(10.0)
    assert (displays(result, "T"), displays(result)) == (["full"], [50, 30, 80])
    assert result.changed == ("T",)
    assert [failure.split(":")[0] for failure in result.failures] == ["S"]
    monkeypatch.undo()
    after = loop.at(11.0)
    assert (displays(after), after.failures) == (["full", "full", "full"], ())
