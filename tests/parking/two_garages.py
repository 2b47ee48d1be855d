"""Two garages, two signs, an operator who puts contents on them, and events."""

from __future__ import annotations

from datetime import date, time
from zoneinfo import ZoneInfo

from parking.event_plan import EventEntry, EventPlan, Window
from parking.guidance import Guidance
from parking.override import FacilityOverride, SignOverride, Term
from parking.settings import GuidanceSettings
from parking.sign import Display

ALL_DAYS = Window(first_date=date(2027, 1, 1), last_date=date(2027, 1, 31), start=time(0), until=time(0))


def event(**said):
    return EventEntry(event_id="FAIR", window=ALL_DAYS, **said)


class Desk:
    """Garages A and B; a sign with a row for each and one for both, another for B alone."""

    def __init__(self, town, *events):
        self.town = town
        self.facilities = [town.facility("A"), town.facility("B")]
        model = town.model(self.facilities, [town.sign("S", "A", "B", "A;B"), town.sign("T", "B")])
        plan = EventPlan(zone=ZoneInfo("Europe/Berlin"), entries=events, names={"FAIR": ("Messe", "Fair")})
        self.guidance = Guidance(model, GuidanceSettings(), events=plan)
        self.state = town.state(*self.facilities)

    def report(self, after_s=0.0, **free_veh):
        for key, value in free_veh.items():
            self.state.accept(self.town.report(key, self.town.now_s + after_s, free_veh=value))

    def term(self, after_s=0.0, minutes=30.0):
        from_s = self.town.now_s + after_s
        return Term(from_s=from_s, until_s=from_s + 60.0 * minutes, text="Übung", key_id="control-room")

    def sign(self, *rows, after_s=0.0, minutes=30.0, sign_id="S"):
        shown = tuple(None if row == "auto" else Display(row) for row in rows)
        return self.take(SignOverride(sign_id=sign_id, rows=shown, term=self.term(after_s, minutes)), after_s)

    def garage(self, key="A", show=None, reserve_veh=None, after_s=0.0, minutes=30.0):
        term = self.term(after_s, minutes)
        shown = None if show is None else Display(show)
        wanted = FacilityOverride(facility_id=key, show=shown, reserve_veh=reserve_veh, term=term)
        return self.take(wanted, after_s)

    def take(self, override, after_s):
        now_s = self.town.now_s + after_s
        return self.guidance.overrides.take(override, now_s, self.state.estimates(now_s))

    def at(self, after_s=0.0):
        now_s = self.town.now_s + after_s
        return self.guidance.step(now_s, self.state.estimates(now_s))


def displays(result, sign="S"):
    return [row.free_veh if row.free_veh is not None else row.display.value for row in result.contents[sign].rows]
