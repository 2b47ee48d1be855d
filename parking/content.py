"""The library every sign content comes from: what a display says, and the words for why, in German and English."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from parking.sign import Arrow, Display
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from parking.sign import RowContent, SignRow

LIBRARY_VERSION = 1
"""Rises with every change of a text below; each published content names it."""
LONGEST_TEXT = 11
"""Letters that the lamps of a row can write."""


@dataclass(frozen=True, slots=True)
class Words:
    """One thing in German and English."""

    de: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RowText:
    """What a row's lamps say, and the same for those who listen."""

    lamps: Words
    spoken: Words
    """What is said after the name of the destination."""


LIBRARY: Mapping[Display, RowText] = MappingProxyType(
    {
        Display.NUMBER: RowText(
            lamps=Words("{free_veh}", "{free_veh}"), spoken=Words("{free_veh} Plätze frei", "{free_veh} spaces free")
        ),
        Display.FREE: RowText(lamps=Words("frei", "free"), spoken=Words("Plätze frei", "spaces free")),
        Display.FULL: RowText(lamps=Words("besetzt", "full"), spoken=Words("besetzt", "full")),
        Display.CLOSED: RowText(lamps=Words("geschlossen", "closed"), spoken=Words("geschlossen", "closed")),
        Display.NEUTRAL: RowText(lamps=Words("P", "P"), spoken=Words("keine Angabe", "no information")),
    }
)
"""The variable part of a row.  German regulation allows "frei", "besetzt" or the number (VwV-StVO on sign 314)."""

ONE_SPACE = Words("1 Platz frei", "1 space free")
ARROWS: Mapping[Arrow, Words] = MappingProxyType(
    {
        Arrow.LEFT: Words("nach links", "to the left"),
        Arrow.STRAIGHT: Words("geradeaus", "straight on"),
        Arrow.RIGHT: Words("nach rechts", "to the right"),
        Arrow.HERE: Words("hier", "here"),
    }
)

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
FAULTY = "faulty"
UNCERTAIN = "uncertain"
COUNTED = "counted"
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
EXPECTED_FULL = "expected_full"
OPERATOR = "operator"
EVENT = "event"
OVERRIDE_TAKEN = "override_taken"
OVERRIDE_WITHDRAWN = "override_withdrawn"
OVERRIDE_EXPIRED = "override_expired"
OVERRIDE_REFUSED_BODY = "override_refused_body"
OVERRIDE_REFUSED_TIME = "override_refused_time"
OVERRIDE_REFUSED_ROWS = "override_refused_rows"
OVERRIDE_REFUSED_FREE = "override_refused_free"
EVENT_STARTED = "event_started"
EVENT_ENDED = "event_ended"
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
        FAULTY: Words("Daten gestört, Messwert unglaubhaft", "data faulty, measurement not believed"),
        UNCERTAIN: Words("Zählung zu ungenau für eine Aussage", "counts too uncertain for a statement"),
        COUNTED: Words("aus Zählungen geschätzt", "estimated from counts"),
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
        EXPECTED_FULL: Words("bei Ankunft voraussichtlich besetzt", "expected to be full on arrival"),
        OPERATOR: Words("von der Leitstelle befristet geschaltet", "set by the control room for a limited time"),
        EVENT: Words("nach Veranstaltungsplan geschaltet", "set by the event plan"),
        OVERRIDE_TAKEN: Words("Eingriff der Leitstelle übernommen", "override of the control room taken"),
        OVERRIDE_WITHDRAWN: Words("Eingriff zurückgenommen", "override taken back"),
        OVERRIDE_EXPIRED: Words("Eingriff abgelaufen", "override expired"),
        OVERRIDE_REFUSED_BODY: Words("abgelehnt: Angaben fehlen oder sind falsch", "refused: fields missing or wrong"),
        OVERRIDE_REFUSED_TIME: Words(
            "abgelehnt: Ablauf liegt nicht innerhalb von 12 Stunden", "refused: expiry is not within 12 hours"
        ),
        OVERRIDE_REFUSED_ROWS: Words("abgelehnt: passt nicht zum Schild", "refused: does not fit the sign"),
        OVERRIDE_REFUSED_FREE: Words(
            "abgelehnt: „frei“ nur, wo freie Plätze gemeldet sind",
            'refused: "free" only where free spaces are reported',
        ),
        EVENT_STARTED: Words("Veranstaltung beginnt", "event begins"),
        EVENT_ENDED: Words("Veranstaltung beendet", "event ends"),
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


@lru_cache(maxsize=4_096)
def display_text(display: Display, free_veh: int | None) -> Words:
    """Text of a row's variable part.  `free_veh` is used by the display 'number' alone."""
    return _filled(LIBRARY[display].lamps, free_veh)


def spoken_text(row: SignRow, display: Display, free_veh: int | None) -> Words:
    """A row as a sentence, such as `Parkhaus Q1: 42 Plätze frei, geradeaus.`."""
    said = _spoken(display, free_veh)
    arrow = ARROWS[row.arrow]
    return Words(f"{row.label_de}: {said.de}, {arrow.de}.", f"{row.label_en}: {said.en}, {arrow.en}.")


@lru_cache(maxsize=4_096)
def _spoken(display: Display, free_veh: int | None) -> Words:
    return ONE_SPACE if free_veh == 1 else _filled(LIBRARY[display].spoken, free_veh)


def check_library() -> None:
    """Make sure that there is a complete text for every display, arrow and reason.

    Raises
    ------
    InvalidValueError
        For a display without text, a text without its number, one the lamps cannot write, or an empty one.
    """
    for display in Display:
        if display not in LIBRARY:
            raise InvalidValueError("content library", display.value, "must have a text")
        text = LIBRARY[display]
        for words in (text.lamps, text.spoken):
            for said in (words.de, words.en):
                if not said.strip() or ("{free_veh}" in said) != (display is Display.NUMBER):
                    raise InvalidValueError(f"content library[{display.value}]", said, "must say its number, or a word")
        lamps = display_text(display, 99_999 if display is Display.NUMBER else None)
        if max(len(lamps.de), len(lamps.en)) > LONGEST_TEXT:
            limit = f"must be at most {LONGEST_TEXT} letters"
            raise InvalidValueError(f"content library[{display.value}]", lamps, limit)
    for arrow in Arrow:
        if arrow not in ARROWS:
            raise InvalidValueError("content library", arrow.value, "must have a word")
    for reason, words in REASONS.items():
        if not (words.de.strip() and words.en.strip()):
            raise InvalidValueError("content library", reason, "must have a text in both languages")


def _filled(words: Words, free_veh: int | None) -> Words:
    return Words(words.de.format(free_veh=free_veh), words.en.format(free_veh=free_veh))


def content_id(rows: Iterable[RowContent]) -> str:
    """Name of a content in the library: its displays from top to bottom, such as `number-full-neutral`."""
    return "-".join([row.display for row in rows])
