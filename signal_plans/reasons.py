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
    COMPUTED_FOR_QUEUE = "computed_for_queue"
    DAY_PLAN = "day_plan"
    TRAFFIC_RULE = "traffic_rule"
    TRAFFIC_RULE_UNKNOWN = "traffic_rule_unknown"
    TRAFFIC_RULE_ENDED = "traffic_rule_ended"
    OPERATOR_WISH = "operator_wish"
    WISH_WITHDRAWN = "wish_withdrawn"
    WISH_EXPIRED = "wish_expired"
    WISH_UNKNOWN_PROGRAMME = "wish_unknown_programme"
    WISH_OUT_OF_TIME = "wish_out_of_time"
    WISH_UNSAFE = "wish_unsafe"
    WISH_NOT_ALLOWED = "wish_not_allowed"
    WISH_WAITS = "wish_waits"
    WISH_TOO_SHORT = "wish_too_short"
    WISH_NOT_SUPPLIED = "wish_not_supplied"
    ADAPTIVE_ON = "adaptive_on"
    ADAPTIVE_OFF = "adaptive_off"
    ADAPTIVE_DEGRADED = "adaptive_degraded"
    ADAPTIVE_LONGEST_RED = "adaptive_longest_red"
    BUTTON_FAULT = "button_fault"
    ADAPTIVE_ALLOWED = "adaptive_allowed"
    ADAPTIVE_FORBIDDEN = "adaptive_forbidden"


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
    SignalReason.COMPUTED_FOR_QUEUE: Wording(
        "berechnet; auf einer Zufahrt steht Stau, ihre Grünzeit wird nicht gekürzt",
        "computed; a queue stands on an approach, its green is not cut",
    ),
    SignalReason.DAY_PLAN: Wording("nach Tagesplan", "by day plan"),
    SignalReason.TRAFFIC_RULE: Wording(
        "verkehrsabhängig gewählt: Schwellenwert erreicht", "selected by traffic: threshold reached"
    ),
    SignalReason.TRAFFIC_RULE_UNKNOWN: Wording(
        "Messwerte einer Verkehrsregel fehlen, die Regel gilt nicht",
        "values of a traffic rule are missing, the rule does not apply",
    ),
    SignalReason.TRAFFIC_RULE_ENDED: Wording(
        "Verkehrsregel gilt nicht mehr: Schwellenwert unterschritten", "traffic rule ended: below its threshold"
    ),
    SignalReason.OPERATOR_WISH: Wording("von der Leitstelle gewählt, befristet", "selected by an operator, for a time"),
    SignalReason.WISH_WITHDRAWN: Wording("Wahl der Leitstelle zurückgenommen", "operator's selection taken back"),
    SignalReason.WISH_EXPIRED: Wording("Wahl der Leitstelle abgelaufen", "operator's selection has expired"),
    SignalReason.WISH_UNKNOWN_PROGRAMME: Wording(
        "abgelehnt: Anlage oder Programm unbekannt", "refused: junction or programme is not known"
    ),
    SignalReason.WISH_OUT_OF_TIME: Wording(
        "abgelehnt: abgelaufen oder länger als erlaubt", "refused: expired or longer than allowed"
    ),
    SignalReason.WISH_UNSAFE: Wording(
        "abgelehnt: kein sicherer Zeitpunkt zum Umschalten", "refused: there is no safe moment to switch"
    ),
    SignalReason.WISH_NOT_ALLOWED: Wording(
        "abgelehnt: adaptive Steuerung ist hier nicht freigegeben oder nicht bereit",
        "refused: adaptive control is not allowed or not ready here",
    ),
    SignalReason.WISH_WAITS: Wording(
        "angenommen, wartet: nach einem Fehler, den die Sicherheitsüberwachung gemeldet hat, läuft das Grundprogramm",
        "taken, waits: the default programme runs for a while after a fault that the safety monitor reported",
    ),
    SignalReason.WISH_TOO_SHORT: Wording(
        "abgelehnt: endet, bevor sie beginnen könnte", "refused: it would end before it could begin"
    ),
    SignalReason.WISH_NOT_SUPPLIED: Wording(
        "Wahl der Leitstelle nach Neustart nicht übernommen: Programm nicht mehr versorgt",
        "operator's selection not taken over after a restart: the programme is no longer supplied",
    ),
    SignalReason.ADAPTIVE_ON: Wording("adaptive Steuerung", "adaptive control"),
    SignalReason.ADAPTIVE_OFF: Wording("adaptive Steuerung beendet", "adaptive control ended"),
    SignalReason.ADAPTIVE_DEGRADED: Wording(
        "adaptive Steuerung nicht möglich, daher Ersatzprogramm", "adaptive control is not possible, hence a substitute"
    ),
    SignalReason.ADAPTIVE_LONGEST_RED: Wording(
        "adaptive Steuerung: eine Signalgruppe war zu lange gesperrt, sie wird bedient",
        "adaptive control: a signal group has been red for too long, it is served",
    ),
    SignalReason.BUTTON_FAULT: Wording(
        "Taster gestört, seine Signalgruppe wird ohne Anforderung bedient",
        "a push button fails, its signal group is served without a request",
    ),
    SignalReason.ADAPTIVE_ALLOWED: Wording(
        "adaptive Steuerung von der Leitstelle freigegeben", "adaptive control allowed by an operator"
    ),
    SignalReason.ADAPTIVE_FORBIDDEN: Wording(
        "adaptive Steuerung von der Leitstelle gesperrt", "adaptive control forbidden by an operator"
    ),
}
