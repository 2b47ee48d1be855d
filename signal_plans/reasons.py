"""Why a programme runs or something happened: the word, and what a person reads."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class SignalReason(StrEnum):
    """Words that go with every decision and event."""

    FALLBACK = "fallback"
    COMPUTED_FROM_COUNTS = "computed_from_counts"
    DETECTORS_STALE = "detectors_stale"
    REFUSED_BY_MONITOR = "refused_by_monitor"
    MONITOR_FAULT = "monitor_fault"
    CLOCK_STEPPED_BACK = "clock_stepped_back"


@dataclass(frozen=True, slots=True)
class Wording:
    """A reason for people."""

    de: str
    en: str


REASONS: dict[SignalReason, Wording] = {
    SignalReason.FALLBACK: Wording("Grundprogramm der Anlage", "default programme of the junction"),
    SignalReason.COMPUTED_FROM_COUNTS: Wording(
        "aus gezählten Verkehrsstärken berechnet", "computed from counted traffic"
    ),
    SignalReason.DETECTORS_STALE: Wording(
        "Detektoren melden nichts Aktuelles, daher Grundprogramm", "detectors are silent, hence the default programme"
    ),
    SignalReason.REFUSED_BY_MONITOR: Wording(
        "Umschaltung von der Sicherheitsüberwachung abgelehnt", "change refused by the safety monitor"
    ),
    SignalReason.MONITOR_FAULT: Wording(
        "Sicherheitsüberwachung meldet einen Fehler", "the safety monitor reports a fault"
    ),
    SignalReason.CLOCK_STEPPED_BACK: Wording(
        "Uhr wurde zurückgestellt, Programm läuft ohne Sprung weiter",
        "the clock was set back, the programme goes on without a jump",
    ),
}
