"""Two failures that towns have had, played through gate, picture and guidance: the signs must not lie.

"Lüneburg": the barriers' feed freezes while cars keep entering.  "Konstanz": 279 of 282 free for two weeks while full.
"""

from __future__ import annotations

import math

import pytest

from parking import content
from parking.guidance import Guidance
from parking.picture import Picture, known_sources
from parking.quality.faults import FaultRule
from parking.sign import Display
from traffic_core.network import Network
from traffic_core.quality_gate import QualityGate

NOWHERE = Network(nodes={}, links={}, turns={}, detectors={})
DAY_S = 86_400.0
CAPACITY_VEH = 282
INVITING = {Display.NUMBER, Display.FREE}
LIMIT_S = 1_800.0


def occupied_at(slot, number=0):
    """Vehicles of an ordinary garage in slot `slot` of 5 min: empty at night, fuller at noon, never the same."""
    share = 0.5 - 0.45 * math.cos(2.0 * math.pi * (slot % 288) / 288.0)
    return round(share * (230 - 20 * number)) + (slot % 3 if 72 <= slot % 288 < 264 else 0)


class Town:
    """Three garages and a sign for each and all, from the start of a day."""

    def __init__(self, town):
        facilities = [town.facility(key, capacity_veh=CAPACITY_VEH, update_interval_s=300.0) for key in "ABC"]
        self.model = town.model(facilities, [town.sign("S1", "A", "B"), town.sign("S2", "A;B;C")])
        self.report = town.report
        self.picture = Picture(NOWHERE, self.model)
        self.gate = QualityGate(known_sources(NOWHERE, self.model))
        self.guidance = Guidance(self.model)
        self.start_s = town.now_s // DAY_S * DAY_S

    def take(self, key, at_s, **values):
        return self.picture.take([self.report(key, at_s=at_s, **values)], self.gate, at_s)[0]

    def shown(self, now_s):
        """Display of A on the sign for A alone."""
        return self.guidance.step(now_s, self.picture.occupancy.estimates(now_s)).contents["S1"].rows[0]

    def live(self, slots, *, of_a=None, guided_every=1):
        """Ordinary life; `of_a` tells what garage A reports in a slot instead, None for nothing."""
        for slot in slots:
            at_s = self.start_s + 300.0 * slot
            for number, key in enumerate("ABC"):
                told = {"free_veh": CAPACITY_VEH - occupied_at(slot, number)}
                if key == "A" and of_a is not None:
                    told = of_a(slot)
                if told is not None:
                    self.take(key, at_s, **told)
            if slot % guided_every == 0:
                yield at_s, self.shown(at_s + 1.0)


LEARNED: dict[str, dict[str, object]] = {}


def experienced(town):
    """A town whose watch has seen a week of ordinary life."""
    if not LEARNED:
        pupil = Town(town)
        for slot in range(7 * 288):
            for number, key in enumerate("ABC"):
                at_s = pupil.start_s + 300.0 * slot
                pupil.picture.watch.accept(town.report(key, at_s, free_veh=CAPACITY_VEH - occupied_at(slot, number)))
        assert pupil.picture.watch.found == {}
        LEARNED.update(pupil.picture.watch.state())
    played = Town(town)
    for key, state in LEARNED.items():
        played.picture.watch.restore(key, state)
    assert [row.display for _, row in played.live(range(NOON - 24, NOON))][-1] is Display.NUMBER
    return played


def frozen_at(slot):
    return {"free_veh": CAPACITY_VEH - occupied_at(slot)}


NOON = 7 * 288 + 120
"""Ten o'clock of the eighth day, when garages fill."""


def entering(slot):
    """The level of ten o'clock for ever, while the same barriers count those who enter."""
    return frozen_at(NOON) | {"entered_veh": 6, "left_veh": 1}


def still(_slot):
    """The level of ten o'clock for ever, with fresh times."""
    return frozen_at(NOON)


def silent(_slot):
    """The feed has died."""
    return


@pytest.mark.parametrize(("script", "rule"), [(entering, FaultRule.COUNTS), (still, FaultRule.FROZEN), (silent, None)])
def test_lueneburg_no_sign_shows_a_number_or_free_after_the_limit(town, script, rule):
    played = experienced(town)
    froze_s = played.start_s + 300.0 * NOON
    after = list(played.live(range(NOON, NOON + 72), of_a=script))
    lied = [at_s for at_s, row in after if at_s - froze_s > LIMIT_S and row.display in INVITING]
    assert lied == []
    fault = played.picture.watch.fault("A")
    assert (None if fault is None else fault.rule) is rule
    if fault is not None:
        assert fault.since_s - froze_s <= LIMIT_S
        assert after[-1][1].reason == content.FAULTY
    # the garages beside it go on
    assert played.guidance.step(after[-1][0] + 2.0, played.picture.occupancy.estimates(after[-1][0] + 2.0)).contents[
        "S1"
    ].rows[1].display in {Display.NUMBER, Display.FULL}


def test_lueneburg_the_same_document_served_again_grows_old(town):
    played = experienced(town)
    froze_s = played.start_s + 300.0 * NOON
    played.take("A", froze_s, free_veh=150)
    for slot in range(1, 24):
        now_s = froze_s + 300.0 * slot
        played.picture.take([town.report("A", at_s=froze_s, received_at_s=now_s, free_veh=150)], played.gate, now_s)
        if now_s - froze_s > LIMIT_S:
            assert played.shown(now_s).display not in INVITING


def nonsense(_slot):
    return {"free_veh": 279}


def flickering(slot):
    return {"free_veh": 279 + slot % 2}


@pytest.mark.parametrize(("script", "within_s"), [(nonsense, LIMIT_S), (flickering, DAY_S + 300.0)])
def test_konstanz_constant_nonsense_is_found_and_shown_as_a_fault(town, script, within_s):
    played = experienced(town)
    began_s = played.start_s + 300.0 * NOON
    for at_s, row in played.live(range(NOON, NOON + 3 * 288), of_a=script, guided_every=6):
        if at_s - began_s > within_s:
            fault = played.picture.watch.fault("A")
            assert fault is not None, at_s - began_s
            assert row.display not in INVITING
    assert fault.rule in {FaultRule.FROZEN, FaultRule.CONSTANT}
    estimate = played.picture.occupancy.estimates(at_s)["A"]
    assert (estimate.free_veh, estimate.held_veh, estimate.p_free, estimate.fault) == (None, None, None, fault)
    assert played.picture.watch.found["B", FaultRule.FROZEN] == 0


def test_konstanz_is_found_by_a_watch_that_has_never_seen_the_garage_before(town):
    played = Town(town)
    found = None
    for at_s, _ in played.live(range(14 * 288), of_a=nonsense, guided_every=72):
        fault = played.picture.watch.fault("A")
        if found is None and fault is not None:
            found = at_s - played.start_s
    assert found is not None
    assert found <= 3 * DAY_S
    assert played.picture.watch.fault("A") is not None
