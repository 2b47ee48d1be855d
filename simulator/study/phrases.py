"""How the figures are called in the middle of a sentence."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.results.run_result import FIGURES


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """A figure as subject and object; `unit_*` follow a number and may be empty."""

    subject_de: str
    object_de: str
    """As in "für ..."."""
    subject_en: str
    unit_de: str
    unit_en: str


def _phrase(subject_de: str, object_de: str, subject_en: str, unit_de: str, unit_en: str) -> Phrase:
    return Phrase(
        subject_de=subject_de,
        object_de=object_de,
        subject_en=subject_en,
        unit_de=unit_de,
        unit_en=unit_en,
    )


PHRASES = {
    "mean_delay_s": _phrase(
        "der mittlere Zeitverlust je Fahrt", "den mittleren Zeitverlust je Fahrt", "the mean delay per trip", "s", "s"
    ),
    "mean_trip_s": _phrase(
        "die mittlere Reisezeit je Fahrt", "die mittlere Reisezeit je Fahrt", "the mean travel time per trip", "s", "s"
    ),
    "total_delay_h": _phrase(
        "der Zeitverlust aller Fahrten", "den Zeitverlust aller Fahrten", "the delay of all trips", "h", "h"
    ),
    "stops_per_trip": _phrase(
        "die Zahl der Halte je Fahrt", "die Zahl der Halte je Fahrt", "the number of stops per trip", "", ""
    ),
    "trips_done": _phrase(
        "die Zahl der beendeten Fahrten", "die Zahl der beendeten Fahrten", "the number of trips done", "", ""
    ),
    "trips_unfinished": _phrase(
        "die Zahl der nicht beendeten Fahrten",
        "die Zahl der nicht beendeten Fahrten",
        "the number of unfinished trips",
        "",
        "",
    ),
    "lost_trips": _phrase(
        "die Zahl der Fahrten ohne Weg",
        "die Zahl der Fahrten ohne Weg",
        "the number of trips without a way",
        "",
        "",
    ),
    "driven_km": _phrase("die Fahrleistung", "die Fahrleistung", "the distance driven", "km", "km"),
    "longest_queue_veh": _phrase(
        "der längste Stau einer Zufahrt",
        "den längsten Stau einer Zufahrt",
        "the longest queue of an approach",
        "Fahrzeuge",
        "vehicles",
    ),
    "parking_search_s": _phrase(
        "die mittlere Parksuchzeit", "die mittlere Parksuchzeit", "the mean time to find a place to park", "s", "s"
    ),
    "parking_walk_m": _phrase(
        "der mittlere zusätzliche Fußweg nach dem Parken",
        "den mittleren zusätzlichen Fußweg nach dem Parken",
        "the mean additional walk after parking",
        "m",
        "m",
    ),
    "gave_up_veh": _phrase(
        "die Zahl der an vollen oder geschlossenen Parkhäusern Abgewiesenen",
        "die Zahl der an vollen oder geschlossenen Parkhäusern Abgewiesenen",
        "the number of vehicles turned away at full or closed car parks",
        "",
        "",
    ),
    "turned_by_sign_veh": _phrase(
        "die Zahl der durch Anzeigen Umgelenkten",
        "die Zahl der durch Anzeigen Umgelenkten",
        "the number of vehicles redirected by signs",
        "",
        "",
    ),
}


def phrase_of(figure: str) -> Phrase:
    """Phrase of a figure; one that has none here is called by its label, or by its name."""
    if figure in PHRASES:
        return PHRASES[figure]
    for known in FIGURES:
        if known.name == figure:
            unit = "" if known.unit == "1" else known.unit
            return _phrase(
                f"die Größe „{known.label_de}“",
                f"die Größe „{known.label_de}“",
                f"the figure “{known.label_en}”",
                unit,
                unit,
            )
    return _phrase(f"die Größe „{figure}“", f"die Größe „{figure}“", f"the figure “{figure}”", "", "")
