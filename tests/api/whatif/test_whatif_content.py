"""From scenarios and results to the content of a report."""

from __future__ import annotations

import math
from dataclasses import replace
from types import SimpleNamespace
from typing import get_args

import numpy as np
import pytest

from api.whatif.measure_names import Names, amount, listed, when
from api.whatif.measure_words import SAY, links_of, words_of
from api.whatif.report.content import Words
from api.whatif.study_content import Study, content_of
from api.whatif.study_links import shown_links, whole_of
from api.whatif.study_parts import approaches_of, car_parks_of, comparison_rows
from api.whatif.study_tables import entered_veh, half_widths, scenario_tables
from simulator.base_model import load_base
from simulator.scenario.document import Measure, ScenarioDocument
from simulator.study.intervals import compare_all, estimate
from traffic_core.errors import InvalidValueError
from traffic_core.network_split import split_link

SAID = {
    "close_link: {link: [L097, L100], from: 07:00, until: 09:00}": (
        "Hauptstraße (L097) und ",
        " sind von 07:00 bis 09:00 Uhr gesperrt.",
        " are closed from 07:00 to 09:00.",
    ),
    "close_turn: {from_link: L097, to_link: L099}": ("L097", " zu fahren, ist verboten.", " is forbidden."),
    "close_turn: {turn: T0001}": ("", "verboten.", " is forbidden."),
    "lanes: {link: L133, lanes: 2, lane_turns: [[right, through], [left]]}": (
        "L133",
        ": 2 Fahrstreifen, mit neuer Aufteilung.",
        ": 2 lanes, with other movements.",
    ),
    "speed: {link: L133, speed_km_h: 30}": ("L133", ": 30 km/h.", ": 30 km/h."),
    "capacity: {link: L133, veh_h: 1900}": ("L133", "Kapazität 1.900 Kfz/h.", "capacity 1,900 veh/h."),
    "new_link: {id: BYPASS, name: Bypass, from_node: N102, to_node: N101, lanes: 1, speed_km_h: 50, "
    "capacity_veh_h: 1600, road_class: secondary}": (
        "Neue Strecke Bypass (BYPASS) von ",
        "1 Fahrstreifen, 50 km/h, 1.600 Kfz/h.",
        "1 lane, 50 km/h, 1,600 veh/h.",
    ),
    "incident: {link: L134, lanes_blocked: 1, from: 08:00, until: 08:30, position_m: 50}": (
        "L134",
        ": 1 Fahrstreifen von 08:00 bis 08:30 Uhr blockiert, 50 m hinter dem Anfang.",
        ": 1 lane blocked from 08:00 to 08:30, 50 m behind the start.",
    ),
    "incident: {link: L134, lanes_blocked: 2, from: 08:00, until: 08:30}": (
        "L134",
        " blockiert, an der Haltlinie.",
        ": 2 lanes blocked from 08:00 to 08:30, at the stop line.",
    ),
    "detector_fault: {detector: D001, fault: stuck, from: 07:00}": (
        "Detektor D001, ",
        "wiederholt seine letzten Werte ab 07:00 Uhr.",
        "repeats its last values from 07:00 on.",
    ),
    "signal_programme: {junction: N04, programme: P2, from: 07:00, until: 09:00}": (
        "N04",
        ": von 07:00 bis 09:00 Uhr Signalprogramm P2.",
        ": signal programme P2 from 07:00 to 09:00.",
    ),
    "signal_programme: {junction: N04, programme: P2}": (
        "N04",
        ": ausschließlich Signalprogramm P2.",
        ": signal programme P2 only.",
    ),
    "programme_change: {junction: N04, programme: P1, cycle_s: 80, offset_s: 12, greens: {K1: [42, 23]}}": (
        "N04",
        "P1: Umlauf 80 s, Versatz 12 s, K1 grün ab Sekunde 42 für 23 s.",
        "P1: cycle 80 s, offset 12 s, K1 green from second 42 for 23 s.",
    ),
    "control: {junction: [N04, N05], mode: own}": (
        " und ",
        " laufen mit dem eigenen ersten Programm, ohne Zentrale.",
        " run their own first programme, without the centre.",
    ),
    "control: {junction: N04, mode: adaptive}": (
        "N04",
        " wird verkehrsabhängig gesteuert.",
        " is controlled adaptively.",
    ),
    "control: {junction: all, mode: adaptive}": (
        "Alle Lichtsignalanlagen",
        " werden verkehrsabhängig gesteuert.",
        "All signals are controlled adaptively.",
    ),
    "control: {junction: N04, mode: centre}": ("N04", " folgt der Zentrale.", " obeys the centre."),
    "new_signal: {junction: N21, supply: signals_n21}": ("N21", ": neue Lichtsignalanlage.", ": new traffic signals."),
    "remove_signal: {junction: N04}": (
        "N04",
        ": Lichtsignalanlage entfällt, Vorfahrt nach Straßenklasse.",
        ": no signals any more, right of way by road class.",
    ),
    "new_facility: {id: NEW, name: Neues Parkhaus, district: Echterdingen, kind: garage, capacity_veh: 200, "
    "fee_eur_h: 1.5, mean_stay_min: 90, link: L133, position_m: 80}": (
        "Neu: Neues Parkhaus (Parkhaus), 200 Stellplätze, Zufahrt ",
        ", 1,5 €/h.",
        ", 1.5 €/h.",
    ),
    "close_facility: {facility: NEUER-MARKT, until: 10:00}": (
        "Tiefgarage Neuer Markt lässt bis 10:00 Uhr niemanden ein",
        " muss weitersuchen.",
        " lets nobody in until 10:00; who wants to park there has to look elsewhere.",
    ),
    "resize_facility: {facility: Q1, change_veh: -20}": (
        "Parkhaus Q1",
        ": 20 Stellplätze weniger.",
        ": 20 fewer places.",
    ),
    "resize_facility: {facility: Q1, change_veh: 1}": ("Parkhaus Q1", ": 1 Stellplatz mehr.", ": 1 more place."),
    "resize_facility: {facility: Q1, capacity_veh: 20}": ("Parkhaus Q1", ": künftig 20 Stellplätze.", ": 20 places."),
    "price: {facility: Q1, fee_eur_h: 2.0}": ("Parkhaus Q1", ": 2 €/h.", ": 2 €/h."),
    "new_sign: {id: S99, name: Ortseingang, link: L133, position_m: 20, rows: [{label_de: O, label_en: C, "
    "arrow: straight, facilities: [ZEHNTSCHEUER, NEUER-MARKT]}]}": (
        "Neue Anzeige Ortseingang (S99) an ",
        ", für Tiefgarage Zehntscheuer und Tiefgarage Neuer Markt.",
        ", for Tiefgarage Zehntscheuer and Tiefgarage Neuer Markt.",
    ),
    "remove_sign: {sign: S02}": ("Anzeige S02, ", " entfällt.", " is taken away."),
    "sign: {sign: S02, state: off}": ("Anzeige S02, ", " ist dunkel.", "Sign S02, "),
    "sign: {sign: [S02, S03], state: on}": ("Anzeigen S02, ", " sind in Betrieb.", " are in operation."),
    "sign: {sign: all, state: off}": ("Alle Anzeigen", " sind dunkel.", "All signs are dark."),
    "sign: {sign: all, state: on}": ("Alle Anzeigen", " sind in Betrieb.", "All signs are in operation."),
    "parking_demand: {facility: [Q1, NEUER-MARKT], factor: 0.3}": (
        "Parkwunsch in Parkhaus Q1",
        " und Tiefgarage Neuer Markt: mal 0,3.",
        " and Tiefgarage Neuer Markt: times 0.3.",
    ),
    "kappa: {share: 0.5}": ("50 % der Fahrer", " beachten die Anzeigen.", " read the signs."),
    "demand: {factor: 1.1}": ("Alle Fahrten: mal 1,1.", "", "All trips: times 1.1."),
    "demand: {factor: 1.1, zone: Z01, purpose: commuting}": (
        "Fahrten zur Arbeit von und nach Echterdingen Ortsmitte (Z01): mal 1,1.",
        "",
        "Trips to work from and to Echterdingen Ortsmitte (Z01): times 1.1.",
    ),
    "demand: {factor: 0.5, zone: Z01}": ("Fahrten von und nach ", ": mal 0,5.", "Trips from and to "),
    "event: {name: Messe, zone: Z44, visitors_veh: 3000, arrive_from: 07:00, arrive_until: 09:30, leave_from: 17:00, "
    "leave_until: 18:00}": (
        "Messe in ",
        ": zusätzlich 3.000 Kfz, Anreise von 07:00 bis 09:30 Uhr, Abreise von 17:00 bis 18:00 Uhr.",
        ": 3,000 more vehicles, arriving from 07:00 to 09:30, leaving from 17:00 to 18:00.",
    ),
}


@pytest.fixture(scope="module", name="base")
def base_fixture(le_model):
    return load_base(le_model)


def measure_of(text):
    """A measure as a scenario file holds it."""
    from traffic_core.plain_yaml import read_plain_yaml  # noqa: PLC0415

    kind, _, said = text.partition(": ")
    content = read_plain_yaml(f"id: a\ntitle_de: A\ntitle_en: A\nmeasures: [{{measure: {kind}, {said[1:]}]")
    return ScenarioDocument.model_validate(content).measures[0]


@pytest.mark.parametrize("text", SAID, ids=lambda text: text.partition(": {")[0])
def test_a_measure_is_a_sentence_in_both_languages(text, base):
    said = words_of(measure_of(text), Names(base))
    begin_de, end_de, part_en = SAID[text]
    assert begin_de in said.de
    assert said.de.endswith(end_de or begin_de)
    assert part_en in said.en
    assert said.en.endswith(".")


def test_every_kind_of_measure_has_a_sentence_and_an_example():
    kinds = {get_args(part.model_fields["measure"].annotation)[0] for part in get_args(Measure)}
    assert SAY.keys() == kinds
    assert {text.partition(":")[0] for text in SAID} == kinds


def test_every_measure_has_its_links_on_the_map(base):
    names = Names(base)
    found = {text.partition(": {")[0]: links_of(measure_of(text), names) for text in SAID}
    into_n04 = tuple(link.id for link in base.network.links.values() if link.to_node == "N04")
    assert found["close_link"] == ("L097", "L100")
    assert found["remove_signal"] == found["programme_change"] == found["control"] == into_n04
    assert found["new_link"] == ("BYPASS",)
    assert found["incident"] == ("L134",)
    assert found["new_facility"] == found["new_sign"] == ("L133",)
    assert found["remove_sign"] == (base.parking.signs["S02"].link_id,)
    assert found["detector_fault"] == (base.network.detectors["D001"].link_id,)
    node = base.parking.facilities["Q1"].access_node
    assert found["price"] == tuple(link.id for link in base.network.links.values() if link.to_node == node)
    assert found["kappa"] == found["demand"] == found["event"] == ()
    assert links_of(measure_of("close_turn: {from_link: L097, to_link: L099}"), names) == ("L097", "L099")


def test_times_lists_and_numbers_are_written_as_planners_read_them(base):
    assert when(None, None) == Words(de="", en="")
    assert listed(["A", "B", "C"]) == Words(de="A, B und C", en="A, B and C")
    assert amount(1234.5, "de") == "1.234,5"
    assert amount(0.0, "en") == "0"
    names = Names(base)
    assert names.link("L9999") == "L9999"
    assert names.sign("S9999") == names.detector("S9999") == names.car_park("S9999") == "S9999"
    assert names.turn("T9999", None, None) is None


# ---- links and tables --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", name="cut")
def cut_fixture(base):
    """The network with link L134 cut twice."""
    once = split_link(base.network, "L134", 20.0, "L134@20")
    return split_link(once, "L134", 30.0, "L134@50")


def test_a_cut_link_is_shown_whole_and_a_new_one_behind_the_others(base, cut):
    assert [whole_of(base.network, cut, link) for link in ("L134", "L134-L134@20", "L134-L134@50", "L133")] == [
        "L134",
        "L134",
        "L134",
        "L133",
    ]
    shown = shown_links(base.network, [cut])
    assert [shape.link_id for shape in shown.shapes] == list(base.network.links)
    assert shown.shapes[shown.row["L134"]].line == base.network.links["L134"].line
    poor = replace(
        base.network,
        links={id_: link for id_, link in base.network.links.items() if id_ != "L134"},
        turns={id_: t for id_, t in base.network.turns.items() if "L134" not in {t.from_link, t.to_link}},
        lanes=tuple(lane for lane in base.network.lanes if lane.link_id != "L134"),
        detectors={id_: d for id_, d in base.network.detectors.items() if d.link_id != "L134"},
    )
    new = shown_links(poor, [base.network, cut]).shapes[-1]
    assert (new.link_id, new.line) == ("L134", base.network.links["L134"].line)
    new = shown_links(poor, [cut]).shapes[-1]
    assert new.line[0] == base.network.links["L134"].line[0]
    assert new.line[-1] == base.network.links["L134"].line[-1]


def link_table(ids, **columns):
    count = len(next(iter(columns.values()))) // len(ids)
    return {
        "link_id": tuple(id_ for id_ in ids for _ in range(count)),
        "interval_start_s": np.tile(900.0 * np.arange(count), len(ids)),
        **{name: np.array(values, np.float64) for name, values in columns.items()},
    }


def test_parts_of_a_link_become_one(base, cut):
    """Part 1 holds up ten vehicles for 6 s each, the last part eight for 5 s: 100 s for the eight who come out."""
    nan = math.nan
    link = link_table(
        ("L134", "L134-L134@20", "L133"),
        entered_veh=[9, 0, 10, 0, 4, 4],
        left_veh=[8, 0, 10, 0, 4, 4],
        mean_delay_s=[5.0, nan, 6.0, nan, 0.0, 1.0],
        longest_queue_veh=[2, 0, 3, 0, 1, 1],
    )
    facility = {
        "facility_id": ("P", "P"),
        "interval_start_s": np.array([0.0, 900.0]),
        "occupied_veh": np.array([1, 2]),
        "capacity_veh": np.array([5, 5]),
    }
    town = {"interval_start_s": np.array([0.0, 900.0]), "queued_veh": np.array([7, 8])}
    shown = shown_links(base.network, [cut])
    tables = scenario_tables({"link": link, "facility": facility, "town": town}, shown, base.network, cut)
    row, other, missing = shown.row["L134"], shown.row["L133"], shown.row["L097"]
    assert tables.entered_veh[[row, other, missing]].tolist() == [[9, 0], [4, 4], [0, 0]]
    assert tables.left_veh[row].tolist() == [8, 0]
    np.testing.assert_array_equal(tables.mean_delay_s[row], [12.5, nan])
    np.testing.assert_array_equal(tables.mean_delay_s[other], [0.0, 1.0])
    assert np.isnan(tables.mean_delay_s[missing]).all()
    assert tables.longest_queue_veh[row].tolist() == [5, 0]
    assert tables.town_queued_veh.tolist() == [7, 8]
    assert tables.facilities["P"].occupied_veh.tolist() == [1, 2]
    totals = entered_veh(link, shown, base.network, cut)
    assert totals[[row, other, missing]].tolist() == [9, 8, 0]
    with pytest.raises(InvalidValueError, match=r"tables\[link\] = 6: must have 1 intervals of each link_id"):
        scenario_tables(
            {"link": link, "facility": facility, "town": {"interval_start_s": np.zeros(1)}}, shown, base.network, cut
        )


def test_the_interval_of_a_volume_is_that_of_paired_differences():
    """Differences 1 and 3: standard deviation √2, t(1, 0.975) = 12.706, so ± 12.706 · √2 / √2."""
    found = half_widths([np.array([1.0, 4.0]), np.array([3.0, 4.0])], 0.95)
    assert found == pytest.approx([12.7062, 0.0], abs=1e-4)
    assert half_widths([np.array([1.0])], 0.95) is None


# ---- figures, approaches, car parks --------------------------------------------------------------------------------


def test_rows_hold_means_with_their_intervals_and_the_paired_difference():
    base = {seed: {"mean_delay_s": 10.0 + seed, "zz": None, "lost_trips": 0.0} for seed in (1, 2, 3)}
    variant = {seed: {"mean_delay_s": 12.0 + seed, "zz": 1.0, "lost_trips": 0.0} for seed in (1, 2, 3)}
    estimates = [{n: estimate(n, [run[n] for run in runs.values()]) for n in runs[1]} for runs in (base, variant)]
    delay, lost, unknown = comparison_rows(compare_all(base, variant), *estimates)
    assert (delay.name, delay.unit, delay.label.de) == ("mean_delay_s", "s", "Mittlerer Zeitverlust je Fahrt")
    assert (delay.base.mean, delay.variant.mean, delay.difference.mean) == (12.0, 14.0, 2.0)
    # Values 11, 12, 13: standard deviation 1, t(2, 0.975) = 4.3027, so ± 4.3027 / √3.
    assert delay.base.high - delay.base.mean == pytest.approx(2.4842, abs=1e-3)
    assert delay.relative_share == pytest.approx(1 / 6)
    assert delay.significant
    assert delay.lower_is_better is True
    assert (lost.significant, lost.relative_share) == (False, None)
    assert (unknown.name, unknown.base, unknown.difference, unknown.variant.mean) == ("zz", None, None, 1.0)


def test_approaches_are_links_into_junctions_of_three_streets_in_the_town(base):
    box = (9.1, 48.658, 9.22, 48.716)
    found = approaches_of(base.network, base.network, box)
    links = base.network.links
    assert {one.control for one in found} == {"signal", "give_way", "roundabout"}
    assert all(links[one.link_id].to_node == one.junction_id for one in found)
    into_n04 = [link.id for link in links.values() if link.to_node == "N04"]
    assert [one.link_id for one in found if one.junction_id == "N04"] == into_n04
    assert approaches_of(base.network, base.network, (0.0, 0.0, 1.0, 1.0)) == ()


def test_car_parks_of_all_scenarios_are_listed_once(base):
    few = replace(base.parking, facilities=dict(list(base.parking.facilities.items())[:2]), signs={})
    listed_ = car_parks_of([replace(base, parking=few), base])
    assert [one.facility_id for one in listed_] == list(base.parking.facilities)


def test_a_run_that_vanished_is_named(base):
    prepared = SimpleNamespace(scenario=SimpleNamespace(id="a"), base=base, staged=SimpleNamespace(model=base))
    result = SimpleNamespace(mean_seeds=(4,))
    info = SimpleNamespace(bbox=(0, 0, 1, 1))
    study = Study(
        info=info,
        base=prepared,
        variants=(prepared,),
        result=result,
        read=lambda *_: None,
        software_version="0",
        commands=(),
    )
    with pytest.raises(InvalidValueError, match=r"run\[a, 4\]: vanished|run\[a, 4\] = None: vanished"):
        content_of(study)
