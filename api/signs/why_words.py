"""Why a sign showed what it showed, as plain sentences in German or English."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from parking.content import ARROWS, REASONS
from parking.sign import Arrow, Rung

if TYPE_CHECKING:
    from api.signs.why import RowWhy, SignWhy
    from api.signs.why_facility import FacilityWhy
    from api.wire.overrides import OverridePayload

QUALITIES = {
    "measured": ("gemessen", "measured"),
    "repaired": ("in den Wertebereich gebracht", "brought into range"),
    "held": ("veraltet", "older than it should be"),
    "unknown": ("unbekannt", "unknown"),
}
DISPLAYS = {
    "number": ("Zahl", "number"),
    "free": ("frei", "free"),
    "full": ("besetzt", "full"),
    "closed": ("geschlossen", "closed"),
    "neutral": ("P (keine Angabe)", "P (no information)"),
    "auto": ("unverändert", "as it is"),
}
FORECASTS = {
    "model": ("Vorhersagemodell", "forecast model"),
    "profile": ("Wochenprofil", "weekly profile"),
    "persistence": ("letzter Wert", "last value"),
    "none": ("ohne Vorhersage", "no forecast"),
}


def sentences(why: SignWhy, lang: str) -> list[str]:
    """The explanation, line by line; rows and facilities are indented."""
    return _Teller(why, lang).lines()


class _Teller:
    def __init__(self, why: SignWhy, lang: str) -> None:
        self._why = why
        self._place = 0 if lang == "de" else 1
        self._zone = ZoneInfo(why.timezone)

    def lines(self) -> list[str]:
        why = self._why
        zone = why.timezone
        found = [
            self._say(
                f"Schild {why.sign_id} ({why.name}) am {self._time(why.at, day=True)} ({zone}):",
                f"Sign {why.sign_id} ({why.name}) on {self._time(why.at, day=True)} ({zone}):",
            )
        ]
        issued, until = self._time(why.issued_at), self._time(why.valid_until)
        if why.state == "expired":
            issued = self._time(why.issued_at, day=True)
            found.append(
                self._say(
                    f"Der letzte Inhalt (Nr. {why.sequence}, von {issued}) war seit {until} abgelaufen. "
                    "Das Schild zeigte von selbst nur „P“ und Pfeil. Zuletzt sollte es zeigen:",
                    f"The last content (no. {why.sequence}, of {issued}) had expired at "
                    f'{until}. The sign showed only "P" and arrow by itself. Before that it was told to show:',
                )
            )
        else:
            found.append(
                self._say(
                    f"Inhalt Nr. {why.sequence}, ausgegeben {issued}, gültig bis {until}.",
                    f"Content no. {why.sequence}, issued {issued}, valid until {until}.",
                )
            )
        if why.issue_reason is not None and why.changed_at is not None:
            changed = self._time(why.changed_at, day=True)
            reason = self._reason(why.issue_reason)
            found.append(self._say(f"Zuletzt geändert {changed}: {reason}.", f"Last changed {changed}: {reason}."))
        for row in why.rows:
            found += self._row(row)
        return found

    def _row(self, row: RowWhy) -> list[str]:
        shown = row.shown
        label = self._say(shown.label_de, shown.label_en)
        said = self._say(shown.text_de, shown.text_en)
        arrow = ARROWS[Arrow(shown.arrow)]
        best = self._say(", empfohlen", ", recommended") if shown.recommended else ""
        found = [
            self._say(
                f"Zeile {row.row} „{label}“, {arrow.de}: „{said}“{best}.",
                f'Row {row.row} "{label}", {arrow.en}: "{said}"{best}.',
            ),
            "  " + self._say(f"Grund: {shown.reason_de}.", f"Reason: {shown.reason_en}."),
            "  " + self._rung(row),
        ]
        if shown.p_free is not None:
            found.append(
                "  "
                + self._say(
                    f"Wahrscheinlichkeit, einen Platz zu finden: {self._percent(shown.p_free)}.",
                    f"Probability of finding a place: {self._percent(shown.p_free)}.",
                )
            )
        for facility in row.facilities:
            found += ["  " + line for line in self._facility(facility)]
            alone = len(row.facilities) == 1 and row.shown.rung == facility.rung != Rung.AUTOMATIC
            if _is_decided(facility) and not alone:
                found.append("    " + self._decided(facility))
        return found

    def _rung(self, row: RowWhy) -> str:
        """Who decided a row, as far as the decision log tells."""
        if row.override is not None:
            asked = row.override
            about = self._about(row, asked)
            return self._say(
                f"Entschieden von der Leitstelle (Schlüssel {asked.key_id}){about}, {self._term(asked)}.",
                f"Decided by the control room (key {asked.key_id}){about}, {self._term(asked)}.",
            )
        if row.shown.rung == Rung.OPERATOR:
            key = self._say(f" (Schlüssel {row.by})", f" (key {row.by})") if row.by else ""
            return self._say(f"Entschieden von der Leitstelle{key}.", f"Decided by the control room{key}.")
        if row.shown.rung == Rung.EVENT:
            name = self._say(row.event_name_de or row.by, row.event_name_en or row.by)
            return self._say(
                f"Entschieden vom Veranstaltungsplan: {name} ({row.by}).",
                f"Decided by the event plan: {name} ({row.by}).",
            )
        decided = ", ".join(one.facility_id for one in row.facilities if _is_decided(one))
        if decided:
            return self._say(
                f"Entschieden selbsttätig nach den Daten; zu {decided} war etwas vorgegeben, siehe dort.",
                f"Decided automatically by the data; something had been set for {decided}, see there.",
            )
        return self._say(
            "Entschieden selbsttätig nach den Daten; kein Eingriff, keine Veranstaltung.",
            "Decided automatically by the data; no override, no event.",
        )

    def _about(self, row: RowWhy, asked: OverridePayload) -> str:
        """What was asked for, where the row does not show just that."""
        kind, _, subject_id = asked.subject_id.partition("/")
        if kind == "sign" or (asked.show == row.shown.display and len(row.facilities) == 1):
            return ""
        return self._say(f" für {subject_id}: {self._asked(asked)}", f" for {subject_id}: {self._asked(asked)}")

    def _asked(self, asked: OverridePayload) -> str:
        if asked.reserve_veh is not None:
            return self._say(f"{asked.reserve_veh} Plätze Reserve", f"{asked.reserve_veh} spaces in reserve")
        shown = asked.show or "auto"
        return self._say(f"„{DISPLAYS[shown][0]}“", f'"{DISPLAYS[shown][1]}"')

    def _term(self, asked: OverridePayload) -> str:
        since, until = self._time(asked.valid_from), self._time(asked.valid_until)
        return self._say(f"{since} bis {until}: „{asked.reason}“", f'{since} to {until}: "{asked.reason}"')

    def _decided(self, one: FacilityWhy) -> str:
        """What somebody had set for one car park."""
        if one.override is not None:
            asked = one.override
            what = f"{self._asked(asked)}, {self._term(asked)}"
            return self._say(
                f"Vorgabe der Leitstelle (Schlüssel {asked.key_id}): {what}.",
                f"Set by the control room (key {asked.key_id}): {what}.",
            )
        if one.rung == Rung.EVENT:
            name = self._say(one.event_name_de or one.by, one.event_name_en or one.by)
            return self._say(
                f"Vorgabe des Veranstaltungsplans: {name} ({one.by}).", f"Set by event: {name} ({one.by})."
            )
        return self._say(f"Vorgabe der Leitstelle (Schlüssel {one.by}).", f"Set by the control room (key {one.by}).")

    def _facility(self, one: FacilityWhy) -> list[str]:
        found = [f"{one.facility_id} ({one.name}): {self._report(one)}"]
        if one.display is not None and one.reason is not None and one.decided_at is not None:
            display = DISPLAYS.get(one.display, (one.display, one.display))[self._place]
            decided = self._time(one.decided_at)
            reason = self._reason(one.reason)
            found.append(
                "  "
                + self._say(
                    f"allein: „{display}“ seit {decided}, {reason}; {self._reserve(one)}.",
                    f'alone: "{display}" since {decided}, {reason}; {self._reserve(one)}.',
                )
            )
        if one.fault_de and one.fault_en:
            found.append("  " + self._say(f"Störung der Daten: {one.fault_de}.", f"Fault of the data: {one.fault_en}."))
        if one.p_arrival is not None and one.lead_s is not None:
            found.append("  " + self._arrival(one, one.p_arrival, one.lead_s))
        elif one.p_free is not None:
            found.append(
                "  "
                + self._say(
                    f"Wahrscheinlichkeit freier Plätze damals {self._percent(one.p_free)} (ohne Vorhersage).",
                    f"Probability of free spaces then {self._percent(one.p_free)} (no forecast).",
                )
            )
        return found

    def _arrival(self, one: FacilityWhy, p_arrival: float, lead_s: float) -> str:
        minutes = round(lead_s / 60.0)
        source = FORECASTS.get(one.forecast or "none", FORECASTS["none"])[self._place]
        full, free = self._percent(one.full_below_share or 0.0), self._percent(one.free_above_share or 0.0)
        return self._say(
            f"Wahrscheinlichkeit freier Plätze bei Ankunft nach {minutes} min: {self._percent(p_arrival)} ({source}); "
            f"besetzt bis {full}, wieder frei ab {free}.",
            f"Probability of free spaces on arrival after {minutes} min: {self._percent(p_arrival)} ({source}); "
            f"full up to {full}, free again from {free}.",
        )

    def _report(self, one: FacilityWhy) -> str:
        if one.bays is not None:
            bays, last = one.bays, self._time(one.bays.measured_at)
            return self._say(
                f"aus Meldungen einzelner Stellplätze: {bays.occupied} von {bays.known} belegt, letzte {last}.",
                f"from reports of single bays: {bays.occupied} of {bays.known} occupied, the last {last}.",
            )
        if one.measured_at is None or one.age_s is None:
            return self._say("keine Meldung in den 30 Minuten davor.", "no report in the 30 minutes before.")
        if one.free_veh is not None:
            value = self._say(f"{one.free_veh} freie Plätze", f"{one.free_veh} free spaces")
        elif one.occupied_veh is not None:
            value = self._say(f"{one.occupied_veh} belegte Plätze", f"{one.occupied_veh} occupied spaces")
        elif one.entered_veh is not None or one.left_veh is not None:
            came, went = one.entered_veh or 0, one.left_veh or 0
            value = self._say(
                f"aus Zählungen, zuletzt {came} Einfahrten und {went} Ausfahrten",
                f"from counts, at last {came} entered and {went} left",
            )
        else:
            value = self._say("Meldung ohne Angabe freier Plätze", "report without free spaces")
        if one.is_open is False:
            value += self._say(", geschlossen gemeldet", ", reported closed")
        quality = QUALITIES.get(one.quality, (one.quality, one.quality))[self._place]
        measured = self._time(one.measured_at)
        return self._say(
            f"{value}, gemessen {measured} ({one.age_s:.0f} s alt), Qualität: {quality}.",
            f"{value}, measured {measured} ({one.age_s:.0f} s old), quality: {quality}.",
        )

    def _reserve(self, one: FacilityWhy) -> str:
        reserve = one.reserve_veh or 0
        if one.capacity_veh is None:
            return self._say(
                f"{reserve} Plätze Reserve, Stellplatzzahl unbekannt", f"{reserve} spaces in reserve, capacity unknown"
            )
        of = one.capacity_veh
        return self._say(f"{reserve} von {of} Plätzen Reserve", f"{reserve} of {of} spaces in reserve")

    def _reason(self, reason: str) -> str:
        words = REASONS.get(reason)
        return reason if words is None else self._say(words.de, words.en)

    def _percent(self, share: float) -> str:
        return self._say(f"{100.0 * share:.0f} %", f"{100.0 * share:.0f}%")

    def _time(self, text: str, *, day: bool = False) -> str:
        """A time of the town; with its day where that is not the day asked for, with its offset where it came twice."""
        told, asked = (datetime.fromisoformat(known).astimezone(self._zone) for known in (text, self._why.at))
        clock = told.strftime("%H:%M:%S")
        if told.replace(fold=0).utcoffset() != told.replace(fold=1).utcoffset():
            clock += told.strftime(" (%z)")
        if not day and told.date() == asked.date():
            return clock
        return self._say(told.strftime("%d.%m.%Y, ") + clock + " Uhr", told.strftime("%d %B %Y, ") + clock)

    def _say(self, german: str, english: str) -> str:
        return english if self._place else german


def _is_decided(one: FacilityWhy) -> bool:
    """Whether an operator or an event had set something for a car park."""
    return one.override is not None or one.rung in {Rung.OPERATOR, Rung.EVENT}
