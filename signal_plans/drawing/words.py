"""Words of the drawings in German and English."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from signal_plans.signal_group import GroupKind

if TYPE_CHECKING:
    from collections.abc import Mapping


class Language(StrEnum):
    """Language of a drawing."""

    GERMAN = "de"
    ENGLISH = "en"


_WORDS: Mapping[str, tuple[str, str]] = {
    "timing_plan": ("Signalzeitenplan", "Signal timing plan"),
    "green_band": ("Zeit-Weg-Diagramm", "Time-space diagram"),
    "stage_sequence": ("Phasenfolgeplan", "Stage sequence"),
    "sketch": ("Lageplanskizze", "Junction sketch"),
    "programme": ("Programm", "Programme"),
    "cycle": ("Umlaufzeit", "Cycle"),
    "offset": ("Versatz", "Offset"),
    "group": ("Gruppe", "Group"),
    "begin": ("Beginn", "Start"),
    "end": ("Ende", "End"),
    "length": ("Dauer", "Length"),
    "second": ("Umlaufsekunde", "Second of the cycle"),
    "red": ("Rot", "Red"),
    "red_amber": ("Rot-Gelb", "Red-amber"),
    "green": ("Grün", "Green"),
    "amber": ("Gelb", "Amber"),
    "stage": ("Phase", "Stage"),
    "interstage": ("Phasenübergang", "Interstage"),
    "green_groups": ("Freigabe", "Green"),
    "time": ("Zeit in s", "Time in s"),
    "distance": ("Weg in m", "Distance in m"),
    "band": ("Grünband", "Green band"),
    "no_band": ("kein durchgehendes Grünband", "no continuous green band"),
    "towards": ("Richtung", "towards"),
    "groups": ("Signalgruppen", "Signal groups"),
    "lanes": ("Fahrstreifen", "Lanes"),
    "no_position": ("Lage nicht modelliert", "place not modelled"),
    "detector": ("Detektor", "Detector"),
    "crossing": ("Fußgängerfurt", "Crossing on foot"),
    "cycle_crossing": ("Radfurt", "Crossing for cycles"),
    "gives_way": (
        "gestrichelt: wartepflichtig gegenüber Gruppen, die zugleich frei sein dürfen (bedingt verträglich)",
        "dashed: gives way to groups that may be green at the same time (permissive)",
    ),
    "gives_way_now": (
        "gestrichelt: wartet auf andere Ströme der Phase (bedingt verträglich)",
        "dashed: gives way to others of the stage (permissive)",
    ),
    "permissive": ("Grün, Abbieger wartepflichtig", "Green, turners give way"),
    "waits_for": ("wartet auf", "gives way to"),
    "not_scale": (
        "Schemaplan, nicht maßstäblich; Richtungen der Zufahrten nach Modell",
        "Schematic, not to scale; bearings of the arms as modelled",
    ),
    "grey_lanes": (
        "graue Pfeile: Nutzung der Fahrstreifen nicht beschrieben",
        "grey arrows: use of the lanes not described",
    ),
    "seconds_note": (
        "Zahlen am Balken: erste Sekunde der Freigabe und erste Sekunde danach",
        "Numbers at the bars: first second of green and first second after it",
    ),
    "shortest": ("längste Zwischenzeit der beteiligten Gruppen", "longest intergreen of the groups involved"),
    "all_interstages": ("Phasenübergänge in s", "Interstages in s"),
    "from_stage": ("von Phase", "from stage"),
    "red_place": ("Rot: oben {0}, unten {1}", "Red: above {0}, below {1}"),
    "least_green": ("mind.", "at least"),
}
KINDS: Mapping[GroupKind, tuple[str, str]] = {
    GroupKind.VEHICLE: ("Kfz", "vehicles"),
    GroupKind.PEDESTRIAN: ("Fußverkehr", "pedestrians"),
    GroupKind.CYCLE: ("Radverkehr", "cycles"),
    GroupKind.BUS: ("Bus", "bus"),
}


def word(key: str, language: Language) -> str:
    """One word or sentence."""
    return _WORDS[key][language is Language.ENGLISH]


def kind_word(kind: GroupKind, language: Language) -> str:
    """Who looks at a group."""
    return KINDS[kind][language is Language.ENGLISH]


def decimal(value: float, language: Language) -> str:
    """A number with one decimal."""
    text = f"{value:.1f}"
    return text.replace(".", ",") if language is Language.GERMAN else text


def named(identifier: str, name: str) -> str:
    """Id and name, once where they are the same."""
    return identifier if name in {"", identifier} else f"{identifier}  {name}"
