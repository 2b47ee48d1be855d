"""Measures on parking and demand as sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.whatif.measure_names import amount, listed, when
from api.whatif.report.content import Words
from parking.facility import FacilityKind
from traffic_core.demand import Purpose

if TYPE_CHECKING:
    from api.whatif.measure_names import Names
    from simulator.scenario import document as doc

KINDS = {
    FacilityKind.GARAGE: ("Parkhaus", "garage"),
    FacilityKind.PARK_AND_RIDE: ("P+R-Platz", "park-and-ride"),
    FacilityKind.SURFACE: ("Parkplatz", "surface car park"),
    FacilityKind.ON_STREET: ("Straßenparkplätze", "on-street parking"),
    FacilityKind.EXTERNAL: ("Parkhaus mit fremder Führung", "car park guided by others"),
}
PURPOSES = {
    Purpose.COMMUTING: ("Fahrten zur Arbeit", "trips to work"),
    Purpose.COMMUTING_HOME: ("Fahrten von der Arbeit", "trips home from work"),
    Purpose.SHOPPING: ("Einkaufsfahrten", "shopping trips"),
    Purpose.LEISURE: ("Freizeitfahrten", "leisure trips"),
    Purpose.THROUGH: ("Durchgangsfahrten", "through trips"),
    Purpose.PARK_AND_RIDE: ("Fahrten zum P+R", "trips to park-and-ride"),
    Purpose.PARK_AND_RIDE_HOME: ("Fahrten vom P+R", "trips home from park-and-ride"),
    Purpose.FAIR: ("Fahrten zur Messe", "trips to the fair"),
    Purpose.FAIR_HOME: ("Fahrten von der Messe", "trips home from the fair"),
    Purpose.DELIVERY: ("Lieferfahrten", "delivery trips"),
    Purpose.INTERNAL: ("sonstige Fahrten in der Stadt", "other trips inside the town"),
}


def new_facility(measure: doc.NewFacility, names: Names) -> Words:
    """What is built, and where."""
    kind, places = KINDS[measure.kind], measure.capacity_veh
    site = names.link(measure.link) if measure.link is not None else names.node(measure.access_node or measure.id)
    fee = "", ""
    if measure.fee_eur_h is not None:
        fee = f", {amount(measure.fee_eur_h, 'de')} €/h", f", {amount(measure.fee_eur_h, 'en')} €/h"
    return Words(
        de=f"Neu: {measure.name} ({kind[0]}), {places} Stellplätze, Zufahrt {site}{fee[0]}.",
        en=f"New: {measure.name} ({kind[1]}), {places} places, access {site}{fee[1]}.",
    )


def close_facility(measure: doc.CloseFacility, names: Names) -> Words:
    """Which car park lets nobody in."""
    name, time = names.car_park(measure.facility), when(measure.from_, measure.until)
    return Words(
        de=f"{name} lässt{time.de} niemanden ein; wer dorthin will, muss weitersuchen.",
        en=f"{name} lets nobody in{time.en}; who wants to park there has to look elsewhere.",
    )


def resize_facility(measure: doc.ResizeFacility, names: Names) -> Words:
    """How many places there are."""
    name = names.car_park(measure.facility)
    if measure.capacity_veh is not None:
        return Words(
            de=f"{name}: künftig {measure.capacity_veh} Stellplätze.", en=f"{name}: {measure.capacity_veh} places."
        )
    change = measure.change_veh or 0
    count, fewer = abs(change), change < 0
    return Words(
        de=f"{name}: {count} {'Stellplatz' if count == 1 else 'Stellplätze'} {'weniger' if fewer else 'mehr'}.",
        en=f"{name}: {count} {'fewer' if fewer else 'more'} {'place' if count == 1 else 'places'}.",
    )


def price(measure: doc.SetPrice, names: Names) -> Words:
    """What parking costs."""
    name = names.car_park(measure.facility)
    return Words(
        de=f"{name}: {amount(measure.fee_eur_h, 'de')} €/h.", en=f"{name}: {amount(measure.fee_eur_h, 'en')} €/h."
    )


def new_sign(measure: doc.NewSign, names: Names) -> Words:
    """Where a sign is put up, and what it points to."""
    once = dict.fromkeys(facility for row in measure.rows for facility in row.facilities)
    targets, link = listed([names.car_park(facility) for facility in once]), names.link(measure.link)
    return Words(
        de=f"Neue Anzeige {measure.name} ({measure.id}) an {link}, für {targets.de}.",
        en=f"New sign {measure.name} ({measure.id}) on {link}, for {targets.en}.",
    )


def remove_sign(measure: doc.RemoveSign, names: Names) -> Words:
    """Which sign is taken away."""
    name = names.sign(measure.sign)
    return Words(de=f"Anzeige {name} entfällt.", en=f"Sign {name} is taken away.")


def sign(measure: doc.SetSign, names: Names) -> Words:
    """Which signs show nothing, or show again."""
    if measure.sign == ("all",):
        if measure.state == "off":
            return Words(de="Alle Anzeigen sind dunkel.", en="All signs are dark.")
        return Words(de="Alle Anzeigen sind in Betrieb.", en="All signs are in operation.")
    called, one = listed([names.sign(sign_id) for sign_id in measure.sign]), len(measure.sign) == 1
    if measure.state == "off":
        state = ("ist dunkel", "is dark") if one else ("sind dunkel", "are dark")
    else:
        state = ("ist in Betrieb", "is in operation") if one else ("sind in Betrieb", "are in operation")
    return Words(
        de=f"{'Anzeige' if one else 'Anzeigen'} {called.de} {state[0]}.",
        en=f"{'Sign' if one else 'Signs'} {called.en} {state[1]}.",
    )


def parking_demand(measure: doc.ScaleParking, names: Names) -> Words:
    """In which car parks more or fewer want to park."""
    called = listed([names.car_park(facility) for facility in measure.facility])
    return Words(
        de=f"Parkwunsch in {called.de}: mal {amount(measure.factor, 'de')}.",
        en=f"Wish to park in {called.en}: times {amount(measure.factor, 'en')}.",
    )


def kappa(measure: doc.SetKappa, _: Names) -> Words:
    """How many read signs."""
    share = 100.0 * measure.share
    return Words(
        de=f"{amount(share, 'de')} % der Fahrer zu Parkhäusern beachten die Anzeigen.",
        en=f"{amount(share, 'en')} % of the drivers to car parks read the signs.",
    )


def demand(measure: doc.ScaleDemand, names: Names) -> Words:
    """Which trips become more or fewer."""
    trips = ("alle Fahrten", "all trips") if measure.purpose is None else PURPOSES[measure.purpose]
    of_de, of_en = "", ""
    if measure.zone is not None:
        zone = names.zone(measure.zone)
        trips = ("Fahrten", "trips") if measure.purpose is None else trips
        of_de, of_en = f" von und nach {zone}", f" from and to {zone}"
    de, en = trips[0] + of_de, trips[1] + of_en
    return Words(
        de=f"{de[0].upper()}{de[1:]}: mal {amount(measure.factor, 'de')}.",
        en=f"{en[0].upper()}{en[1:]}: times {amount(measure.factor, 'en')}.",
    )


def event(measure: doc.Happening, names: Names) -> Words:
    """Who comes and goes, and when."""
    zone = names.zone(measure.zone)
    de: list[str] = []
    en: list[str] = []
    if measure.arrive_from is not None:
        time = when(measure.arrive_from, measure.arrive_until)
        de.append(f"Anreise{time.de}")
        en.append(f"arriving{time.en}")
    if measure.leave_from is not None:
        time = when(measure.leave_from, measure.leave_until)
        de.append(f"Abreise{time.de}")
        en.append(f"leaving{time.en}")
    veh = amount(measure.visitors_veh, "de"), amount(measure.visitors_veh, "en")
    return Words(
        de=f"{measure.name} in {zone}: zusätzlich {veh[0]} Kfz, {', '.join(de)}.",
        en=f"{measure.name} in {zone}: {veh[1]} more vehicles, {', '.join(en)}.",
    )
