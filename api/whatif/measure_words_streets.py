"""Measures on streets and signals as sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.whatif.measure_names import amount, listed, when
from api.whatif.report.content import Words

if TYPE_CHECKING:
    from api.whatif.measure_names import Names
    from simulator.scenario import document as doc

FAULTS = {
    "silent": ("meldet nichts", "reports nothing"),
    "zero": ("zählt nichts", "counts nothing"),
    "stuck": ("wiederholt seine letzten Werte", "repeats its last values"),
}


def close_link(measure: doc.CloseLink, names: Names) -> Words:
    """Who may not drive where, and when."""
    links, time = listed([names.link(link) for link in measure.link]), when(measure.from_, measure.until)
    many = len(measure.link) > 1
    return Words(
        de=f"{links.de} {'sind' if many else 'ist'}{time.de} gesperrt.",
        en=f"{links.en} {'are' if many else 'is'} closed{time.en}.",
    )


def close_turn(measure: doc.CloseTurn, names: Names) -> Words:
    """Which turn is forbidden."""
    links = names.turn(measure.turn, measure.from_link, measure.to_link)
    if links is None:
        return Words(de=f"Abbiegen {measure.turn} ist verboten.", en=f"Turn {measure.turn} is forbidden.")
    return Words(
        de=f"Von {links[0]} nach {links[1]} zu fahren, ist verboten.",
        en=f"The turn from {links[0]} into {links[1]} is forbidden.",
    )


def lanes(measure: doc.SetLanes, names: Names) -> Words:
    """How many lanes a link has."""
    links, count = listed([names.link(link) for link in measure.link]), measure.lanes
    de = f"{links.de}: {count} Fahrstreifen"
    en = f"{links.en}: {count} {'lane' if count == 1 else 'lanes'}"
    if measure.lane_turns is not None:
        return Words(de=f"{de}, mit neuer Aufteilung.", en=f"{en}, with other movements.")
    return Words(de=f"{de}.", en=f"{en}.")


def speed(measure: doc.SetSpeed, names: Names) -> Words:
    """How fast a link is."""
    links = listed([names.link(link) for link in measure.link])
    return Words(
        de=f"{links.de}: {amount(measure.speed_km_h, 'de')} km/h.",
        en=f"{links.en}: {amount(measure.speed_km_h, 'en')} km/h.",
    )


def capacity(measure: doc.SetCapacity, names: Names) -> Words:
    """How much a link can carry."""
    links = listed([names.link(link) for link in measure.link])
    return Words(
        de=f"{links.de}: Kapazität {amount(measure.veh_h, 'de')} Kfz/h.",
        en=f"{links.en}: capacity {amount(measure.veh_h, 'en')} veh/h.",
    )


def new_link(measure: doc.NewLink, names: Names) -> Words:
    """What is built."""
    start, end, count = names.node(measure.from_node), names.node(measure.to_node), measure.lanes
    speeds = amount(measure.speed_km_h, "de"), amount(measure.speed_km_h, "en")
    return Words(
        de=(
            f"Neue Strecke {measure.name} ({measure.id}) von {start} nach {end}: {count} Fahrstreifen, {speeds[0]} "
            f"km/h, {amount(measure.capacity_veh_h, 'de')} Kfz/h."
        ),
        en=(
            f"New link {measure.name} ({measure.id}) from {start} to {end}: {count} {'lane' if count == 1 else 'lanes'}"
            f", {speeds[1]} km/h, {amount(measure.capacity_veh_h, 'en')} veh/h."
        ),
    )


def incident(measure: doc.Incident, names: Names) -> Words:
    """What is blocked, where and when."""
    link, time, count = names.link(measure.link), when(measure.from_, measure.until), measure.lanes_blocked
    at_de, at_en = " an der Haltlinie", " at the stop line"
    if measure.position_m is not None:
        at_de = f" {amount(measure.position_m, 'de')} m hinter dem Anfang"
        at_en = f" {amount(measure.position_m, 'en')} m behind the start"
    return Words(
        de=f"{link}: {count} Fahrstreifen{time.de} blockiert,{at_de}.",
        en=f"{link}: {count} {'lane' if count == 1 else 'lanes'} blocked{time.en},{at_en}.",
    )


def detector_fault(measure: doc.DetectorFault, names: Names) -> Words:
    """How a detector fails."""
    name, time = names.detector(measure.detector), when(measure.from_, measure.until)
    fault = FAULTS[measure.fault]
    return Words(de=f"Detektor {name}: {fault[0]}{time.de}.", en=f"Detector {name}: {fault[1]}{time.en}.")


def signal_programme(measure: doc.UseProgramme, names: Names) -> Words:
    """Which programme a junction runs."""
    node, time = names.node(measure.junction), when(measure.from_, measure.until)
    only_de, only_en = ("", "") if time.de else (" ausschließlich", " only")
    return Words(
        de=f"{node}:{only_de or time.de} Signalprogramm {measure.programme}.",
        en=f"{node}: signal programme {measure.programme}{only_en or time.en}.",
    )


def programme_change(measure: doc.ChangeProgramme, names: Names) -> Words:
    """Which times of a programme change."""
    de: list[str] = []
    en: list[str] = []
    if measure.cycle_s is not None:
        de.append(f"Umlauf {measure.cycle_s} s")
        en.append(f"cycle {measure.cycle_s} s")
    if measure.offset_s is not None:
        de.append(f"Versatz {measure.offset_s} s")
        en.append(f"offset {measure.offset_s} s")
    for group, (start_s, length_s) in measure.greens.items():
        de.append(f"{group} grün ab Sekunde {start_s} für {length_s} s")
        en.append(f"{group} green from second {start_s} for {length_s} s")
    node = names.node(measure.junction)
    return Words(
        de=f"{node}, Signalprogramm {measure.programme}: {', '.join(de) or 'wie bisher'}.",
        en=f"{node}, signal programme {measure.programme}: {', '.join(en) or 'as before'}.",
    )


def control(measure: doc.SetControl, names: Names) -> Words:
    """Whom junctions obey."""
    nodes, many = listed([names.node(node) for node in measure.junction]), len(measure.junction) > 1
    if measure.junction == ("all",):
        nodes, many = Words(de="Alle Lichtsignalanlagen", en="All signals"), True
    if measure.mode == "adaptive":
        return Words(
            de=f"{nodes.de} {'werden' if many else 'wird'} verkehrsabhängig gesteuert.",
            en=f"{nodes.en} {'are' if many else 'is'} controlled adaptively.",
        )
    if measure.mode == "own":
        return Words(
            de=f"{nodes.de} {'laufen' if many else 'läuft'} mit dem eigenen ersten Programm, ohne Zentrale.",
            en=f"{nodes.en} {'run their' if many else 'runs its'} own first programme, without the centre.",
        )
    return Words(
        de=f"{nodes.de} {'folgen' if many else 'folgt'} der Zentrale.",
        en=f"{nodes.en} {'obey' if many else 'obeys'} the centre.",
    )


def new_signal(measure: doc.NewSignal, names: Names) -> Words:
    """Where signals are put up."""
    node = names.node(measure.junction)
    return Words(de=f"{node}: neue Lichtsignalanlage.", en=f"{node}: new traffic signals.")


def remove_signal(measure: doc.RemoveSignal, names: Names) -> Words:
    """Where signals are taken down."""
    node = names.node(measure.junction)
    return Words(
        de=f"{node}: Lichtsignalanlage entfällt, Vorfahrt nach Straßenklasse.",
        en=f"{node}: no signals any more, right of way by road class.",
    )
