"""The library every sign content comes from: what a display says, and the words for why, in German and English."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from parking.sign import Display

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from parking.sign import RowContent


@dataclass(frozen=True, slots=True)
class Words:
    """One thing in German and English."""

    de: str
    en: str


DISPLAYS: Mapping[Display, Words] = MappingProxyType(
    {
        Display.NUMBER: Words("{free_veh}", "{free_veh}"),
        Display.FREE: Words("frei", "free"),
        Display.FULL: Words("besetzt", "full"),
        Display.CLOSED: Words("geschlossen", "closed"),
        Display.NEUTRAL: Words("P", "P"),
    }
)
"""The variable part of a row.  German regulation allows "frei", "besetzt" or the number (VwV-StVO on sign 314)."""

FALLBACK = Display.NEUTRAL
"""What a sign shows by itself once its content has expired."""

FRESH = "fresh"
REPAIRED = "repaired"
HELD = "held"
UNCLEAR = "unclear"
STALE = "stale"
NEVER_REPORTED = "never_reported"
FEED_REJECTED = "feed_rejected"
CONTRADICTED = "contradicted"
NO_VALUE = "no_value"
AHEAD_OF_CLOCK = "ahead_of_clock"
UNKNOWN_CAPACITY = "unknown_capacity"
CLOSED = "closed"
FULL = "full"
RESERVE = "reserve"
HYSTERESIS = "hysteresis"
DWELL = "dwell"
SUM = "sum"
PARTIAL = "partial"
FIRST_CONTENT = "first_content"
CONTENT_CHANGED = "content_changed"
RECOMMENDATION_CHANGED = "recommendation_changed"
REISSUED = "reissued"
LEAST_COST = "least_cost"
NOTHING_TO_OFFER = "nothing_to_offer"

REASONS: Mapping[str, Words] = MappingProxyType(
    {
        FRESH: Words("aktueller Messwert", "current measurement"),
        REPAIRED: Words("aktueller Messwert, in den Wertebereich gebracht", "current measurement, brought into range"),
        HELD: Words("letzter Messwert, Zustand noch eindeutig", "last measurement, state still clear"),
        UNCLEAR: Words("letzter Messwert zu alt für eine Aussage", "last measurement too old for a statement"),
        STALE: Words("seit über 30 Minuten keine Daten", "no data for more than 30 minutes"),
        NEVER_REPORTED: Words("noch keine Daten empfangen", "no data received yet"),
        FEED_REJECTED: Words(
            "gemeldete Daten abgewiesen (zu alt oder unplausibel)", "reported data rejected (too old or implausible)"
        ),
        CONTRADICTED: Words(
            "neue Meldung unplausibel, letzter Messwert daher unsicher",
            "new report implausible, last measurement therefore in doubt",
        ),
        NO_VALUE: Words("Meldung ohne Angabe freier Plätze", "report does not say how many spaces are free"),
        AHEAD_OF_CLOCK: Words("Zeitstempel liegt in der Zukunft", "time stamp lies in the future"),
        UNKNOWN_CAPACITY: Words("Stellplatzzahl unbekannt, daher keine Zahl", "capacity unknown, hence no number"),
        CLOSED: Words("geschlossen gemeldet", "reported closed"),
        FULL: Words("kein Platz frei", "no space free"),
        RESERVE: Words("nur noch Reserveplätze frei", "only reserve spaces left"),
        HYSTERESIS: Words("war besetzt, noch zu wenige Plätze frei", "was full, still too few spaces free"),
        DWELL: Words("Mindestanzeigedauer läuft", "minimum display time running"),
        SUM: Words("Summe der Parkmöglichkeiten", "sum of the facilities"),
        PARTIAL: Words("nicht alle Parkmöglichkeiten melden", "not all facilities report"),
        FIRST_CONTENT: Words("erster Inhalt seit dem Start", "first content since the start"),
        CONTENT_CHANGED: Words("mindestens eine Zeile hat sich geändert", "at least one row has changed"),
        RECOMMENDATION_CHANGED: Words("die Empfehlung hat sich geändert", "the recommendation has changed"),
        REISSUED: Words("unverändert, Gültigkeit erneuert", "unchanged, validity renewed"),
        LEAST_COST: Words("geringster Gesamtaufwand aller Fahrten", "least total effort of all trips"),
        NOTHING_TO_OFFER: Words(
            "kein Ziel mit gesichert freien Plätzen", "no destination whose free spaces are certain"
        ),
    }
)
"""Why a row shows what it shows, and why a decision was taken."""


def display_text(display: Display, free_veh: int | None) -> Words:
    """Text of a row's variable part.  `free_veh` is used by the display 'number' alone."""
    words = DISPLAYS[display]
    return Words(words.de.format(free_veh=free_veh), words.en.format(free_veh=free_veh))


def content_id(rows: Iterable[RowContent]) -> str:
    """Name of a content in the library: its displays from top to bottom, such as `number-full-neutral`."""
    return "-".join(row.display.value for row in rows)
