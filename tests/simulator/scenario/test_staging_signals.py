"""Measures on signals."""

from __future__ import annotations

import csv

import pytest

from signal_plans.files import GROUP_COLUMNS, INTERGREEN_COLUMNS, PROGRAMME_COLUMNS, STAGE_COLUMNS
from signal_plans.signal_group import GroupKind
from simulator.scenario.events import ProgrammeEvent
from traffic_core.network import NodeControl

SIX_S = 1_795_500_000.0 - 3_600.0
MADE_UP = ("estimated", "made up for tests")


def test_a_programme_is_a_junctions_only_one_or_commanded_for_a_time(staged_of):
    all_day = staged_of("measure: signal_programme, junction: X, programme: P2")
    assert [programme.id for programme in all_day.model.junctions["X"].programmes] == ["P2"]
    assert all_day.events == ()
    timed = staged_of("measure: signal_programme, junction: X, programme: P2, from: 07:00, until: 08:00")
    assert len(timed.model.junctions["X"].programmes) == 2
    assert timed.events == (
        ProgrammeEvent(junction_id="X", programme_id="P2", from_s=SIX_S + 3_600.0, until_s=SIX_S + 7_200.0),
    )


def test_an_edited_programme_keeps_what_is_not_said(staged_of, base):
    old = base.junctions["X"].programmes
    changed = staged_of(
        "measure: programme_change, junction: X, programme: P1, offset_s: 12, greens: {WE: [0, 25], NS: [31, 34]}"
    ).model.junctions["X"]
    first = changed.programmes[0]
    assert (first.cycle_s, first.offset_s) == (70, 12)
    assert [(w.start_s, w.length_s) for group in ("WE", "NS") for w in first.greens[group]] == [(0, 25), (31, 34)]
    assert changed.programmes[1] == old[1]


def test_an_unsafe_programme_is_refused_with_the_breach(errors_of):
    (error,) = errors_of("measure: programme_change, junction: X, programme: P1, greens: {WE: [0, 40]}")
    assert error.startswith("case.yaml, measure 1 (programme_change): programme = 'X/P1': must be safe: ")
    assert "WE -> NS: green together" in error


def test_a_junction_that_runs_its_own_gets_its_first_programme_around_those_commanded(staged_of):
    events = staged_of(
        "measure: control, junction: X, mode: own",
        "measure: signal_programme, junction: X, programme: P2, from: 07:00, until: 08:00",
    ).events
    assert [(event.programme_id, event.from_s - SIX_S, event.until_s - SIX_S) for event in events] == [
        ("P1", -1_800.0, 3_600.0),
        ("P2", 3_600.0, 7_200.0),
        ("P1", 7_200.0, 14_400.0),
    ]


def test_a_variant_can_hand_a_junction_back_to_the_centre(staged_of):
    measures = ("measure: control, junction: X, mode: own", "measure: control, junction: [X], mode: centre")
    assert staged_of(*measures).events == ()


def test_adaptive_control_is_allowed_at_junctions_by_name_or_at_all(staged_of):
    assert staged_of().adaptive == ()
    assert staged_of("measure: control, junction: [X], mode: adaptive").adaptive == ("X",)
    everywhere = "measure: control, junction: all, mode: adaptive"
    assert staged_of(everywhere).adaptive == ("X",)
    for mode in ("own", "centre"):
        assert staged_of(everywhere, f"measure: control, junction: all, mode: {mode}").adaptive == ()
    assert staged_of("measure: control, junction: X, mode: own", everywhere).events == ()
    assert staged_of(everywhere, "measure: remove_signal, junction: X").adaptive == ()


def test_adaptive_control_needs_a_centre_and_signals(errors_of):
    (error,) = errors_of("measure: control, junction: all, mode: adaptive", more="centre: false\n")
    assert "mode = 'adaptive'" in error
    (error,) = errors_of("measure: control, junction: W, mode: adaptive")
    assert "junction = 'W'" in error


def test_area_detectors_miss_as_often_as_is_said(staged_of):
    assert staged_of(more="devices: {area_miss_share: 0.1}\n").devices.area_miss_share == 0.1


def test_nothing_obeys_a_centre_that_does_not_work(errors_of, staged_of):
    assert errors_of("measure: control, junction: X, mode: centre", more="centre: false\n") == [
        "case.yaml, measure 1 (control): mode = 'centre': must be own: the scenario says centre: false"
    ]
    assert not staged_of(more="centre: false\n").centre


def test_a_junction_without_signals_gives_way(staged_of):
    model = staged_of("measure: remove_signal, junction: X").model
    assert model.junctions == {}
    assert model.network.nodes["X"].control is NodeControl.GIVE_WAY


def test_saturation_flow_keeps_its_value_per_lane(staged_of, base):
    # Two of the four lanes into X belong to WE: W_X and P_X.  With a second lane on W_X there are three.
    before = base.junctions["X"].layout.groups["WE"].saturation_flow_veh_h
    after = staged_of("measure: lanes, link: W_X, lanes: 2").model.junctions["X"].layout.groups
    assert after["WE"].saturation_flow_veh_h == pytest.approx(before * 3 / 2)
    assert after["NS"].saturation_flow_veh_h == before


def test_a_group_whose_turns_are_gone_stays_green_for_nobody(staged_of):
    junction = staged_of("measure: close_link, link: W_X", "measure: close_link, link: P_X").model.junctions["X"]
    group = junction.layout.groups["WE"]
    assert (group.kind, group.turns) == (GroupKind.BUS, ())
    assert junction.programmes[0].greens["WE"]


def supply(folder, network, node="P", junction="P"):
    folder.mkdir()
    turns = [turn for turn in network.turns.values() if turn.node_id == node]
    main = ";".join(turn.id for turn in turns if turn.from_link == "X_P")
    side = ";".join(turn.id for turn in turns if turn.from_link != "X_P")
    tables = {
        "signal_group": (
            GROUP_COLUMNS,
            [
                (junction, "A", "vehicle", 5, 3, 1, 1_800, main, *MADE_UP),
                (junction, "B", "vehicle", 5, 3, 1, 1_800, side, *MADE_UP),
            ],
        ),
        "intergreen": (
            INTERGREEN_COLUMNS,
            [(junction, "A", "B", 5, *MADE_UP), (junction, "B", "A", 5, *MADE_UP)],
        ),
        "stage": (STAGE_COLUMNS, [(junction, "1", "A", *MADE_UP), (junction, "2", "B", *MADE_UP)]),
        "programme": (
            PROGRAMME_COLUMNS,
            [(junction, "P1", 60, 0, "A", 0, 25, *MADE_UP), (junction, "P1", 60, 0, "B", 30, 25, *MADE_UP)],
        ),
    }
    for name, (columns, rows) in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([columns, *rows])


def test_a_new_signal_is_read_beside_the_scenario(staged_of, network, tmp_path):
    supply(tmp_path / "signal_p", network)
    model = staged_of("measure: new_signal, junction: P, supply: signal_p").model
    assert list(model.junctions) == ["X", "P"]
    assert model.network.nodes["P"].control is NodeControl.SIGNAL
    assert model.junctions["P"].fallback.cycle_s == 60


def test_supply_data_that_do_not_fit_are_refused_with_file_and_row(errors_of, network, tmp_path):
    supply(tmp_path / "wrong", network, junction="R")
    errors = errors_of(
        "measure: new_signal, junction: P, supply: nowhere",
        "measure: new_signal, junction: P, supply: wrong",
        "measure: new_signal, junction: Q, supply: wrong",
    )
    assert errors[0].startswith("case.yaml, measure 1 (new_signal): signal_group.csv: file = ")
    assert errors[1].startswith("case.yaml, measure 2 (new_signal): signal_group.csv, row 2: ")
    assert errors[2] == "case.yaml, measure 3 (new_signal): junction = 'Q': must name a node of the network"


def test_signals_and_programmes_that_are_not_there_are_named(errors_of):
    errors = errors_of(
        "measure: signal_programme, junction: Q, programme: P1",
        "measure: signal_programme, junction: X, programme: P7",
        "measure: remove_signal, junction: P",
        "measure: control, junction: [X, Q], mode: own",
        "measure: programme_change, junction: X, programme: P1, greens: {Q: [0, 20]}",
        "measure: programme_change, junction: X, programme: P1, offset_s: 90",
    )
    assert [error.split("): ", 1)[1] for error in errors] == [
        "junction = 'Q': must name a junction with signals and supply data",
        "programme = 'P7': must be a programme of junction X: P1, P2",
        "junction = 'P': must name a node with signals",
        "junction = 'Q': must name a junction with signals and supply data",
        "greens = 'Q': must name a signal group of junction X",
        "programme[X/P1].offset_s = 90: must be a number from 0 to 69",
    ]


def test_a_commanded_programme_must_outlast_the_other_measures(errors_of):
    where = "case.yaml, measure 1 (signal_programme)"
    assert errors_of(
        "measure: signal_programme, junction: X, programme: P2, from: 07:00, until: 08:00",
        "measure: signal_programme, junction: X, programme: P1",
    ) == [f"{where}: programme = 'P2': must be a programme of junction X after all measures"]
