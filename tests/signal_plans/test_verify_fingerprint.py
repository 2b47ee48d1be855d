"""Hashes of programmes and of their rules."""

from __future__ import annotations

from dataclasses import replace

from signal_plans.intergreen import IntergreenMatrix
from signal_plans.programme import GreenWindow
from signal_plans.timing import programme_from_stages
from signal_plans.verifying.fingerprint import programme_fingerprint, rules_fingerprint


def test_a_fingerprint_is_the_same_in_every_process_and_version(crossing):
    programme = programme_from_stages(crossing, (22, 22), "fixed", 7)
    assert programme_fingerprint(programme) == "d6cf25365b8c16a56178e784b00c99be6295d7834479179655010d862917f73e"
    assert rules_fingerprint(crossing) == "7da7db47f081dc24e9ac3d4918a4ff63894f532727e90a000bebddf9cc94506b"


def test_whatever_the_lamps_show_is_in_the_fingerprint(crossing):
    programme = programme_from_stages(crossing, (22, 22), "fixed")
    other = [
        replace(programme, id="other"),
        replace(programme, offset_s=1),
        replace(programme, cycle_s=61),
        replace(programme, greens={**programme.greens, "N": (GreenWindow(start_s=0, length_s=21),)}),
        replace(programme, layout=replace(crossing, junction_id="K")),
        replace(
            programme, layout=replace(crossing, groups={**crossing.groups, "N": amber_of_4_s(crossing.groups["N"])})
        ),
    ]
    prints = [programme_fingerprint(each) for each in (programme, *other)]
    assert len(set(prints)) == len(prints)


def amber_of_4_s(group):
    return replace(group, amber_s=4)


def test_neither_order_nor_name_is_in_the_fingerprint(crossing):
    programme = programme_from_stages(crossing, (22, 22), "fixed")
    backwards = replace(programme, greens=dict(reversed(programme.greens.items())))
    renamed = replace(programme, layout=replace(crossing, name="renamed"))
    assert programme_fingerprint(programme) == programme_fingerprint(backwards) == programme_fingerprint(renamed)
    turned = replace(crossing, groups=dict(reversed(crossing.groups.items())))
    assert rules_fingerprint(crossing) == rules_fingerprint(turned)


def test_an_intergreen_belongs_to_the_rules_alone(crossing):
    longer = replace(crossing, intergreen=IntergreenMatrix({**crossing.intergreen.times_s, ("N", "E"): 4}))
    programme = programme_from_stages(crossing, (22, 22), "fixed")
    assert programme_fingerprint(replace(programme, layout=longer)) == programme_fingerprint(programme)
    assert rules_fingerprint(longer) != rules_fingerprint(crossing)
