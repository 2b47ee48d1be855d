"""The figures of a run that signs may change: what those who want to park in a car park drive, wait, search and walk.

A parker is a trip of the demand that began in the period with a car park in mind.  Trips home from car parks are none;
they are in `total_delay_h` and `driven_km`, which count all traffic.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from simulator.drivers import WALK_M_S
from simulator.results.figures import HOUR_S, M_PER_KM, mean_of
from simulator.results.run_result import Figure
from simulator.trip_book import NOWHERE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from simulator.trip_book import Parkers

CO2_KG_KM = 0.18
"""Of a car driving: 7.4 l/100 km, the mean of cars in Germany (Verkehr in Zahlen 2023/24), times 2.4 kg/l."""
CO2_KG_H = 1.9
"""Of a car that waits or searches with its engine running: 0.8 l/h (assumed) times 2.4 kg/l."""
MAIN = "parker_total_h"


def _figure(name: str, unit: str, label_de: str, label_en: str, *, lower_is_better: bool | None = True) -> Figure:
    return Figure(name=name, unit=unit, label_de=label_de, label_en=label_en, lower_is_better=lower_is_better)


BENEFIT_FIGURES = (
    _figure(
        MAIN,
        "h",
        "Zeit der Parkenden von der Abfahrt bis ans Ziel, mit Warten, Suchen und zusätzlichem Fußweg",
        "Time of parkers from start to destination, with waiting, searching and additional walk",
    ),
    _figure("parker_h", "h", "davon im Auto", "of that in the car"),
    _figure(
        "parker_lost_h",
        "h",
        "davon Zeitverlust: Umwege, Stau, Warten und Suchen",
        "of that lost: detours, congestion, waiting and searching",
    ),
    _figure("walk_km", "km", "Zusätzliche Fußwege", "Additional walks"),
    _figure("parker_km", "km", "Fahrleistung der Parkenden", "Distance driven by parkers"),
    _figure("search_s", "s", "Suchzeit je Parkendem ab dem ersten Parkhaus", "Search per parker from the first entry"),
    _figure("found_full_veh", "1", "Ankünfte an vollen Anlagen", "Arrivals at full facilities"),
    _figure("turned_away_veh", "1", "davon abgewiesen", "of those turned away"),
    _figure(
        "wasted_veh", "1", "Vergebliche Fahrten: nach drei Anlagen ohne Platz", "Wasted trips: no place after three"
    ),
    _figure(
        "as_wanted_share",
        "1",
        "Anteil, der parkt, wo er wollte",
        "Share that parks where it wanted",
        lower_is_better=False,
    ),
    _figure("turned_by_sign_veh", "1", "Durch Wegweiser umgelenkt", "Redirected by signs", lower_is_better=None),
    _figure("total_delay_h", "h", "Zeitverlust des ganzen Verkehrs", "Delay of all traffic"),
    _figure("driven_km", "km", "Fahrleistung des ganzen Verkehrs", "Distance driven by all traffic"),
    _figure("co2_kg", "kg", "CO₂ der Parkenden (geschätzt)", "CO₂ of parkers (estimated)"),
    _figure("parkers", "1", "Parkende", "Parkers", lower_is_better=None),
    _figure("trips_done", "1", "Beendete Fahrten, ganzer Verkehr", "Trips done, all traffic", lower_is_better=None),
    _figure("trips_unfinished", "1", "Nicht beendete Fahrten, ganzer Verkehr", "Unfinished trips, all traffic"),
)


def benefit_figures(
    parkers: Parkers, begin_s: float, end_s: float, found_full_veh: int, town: Mapping[str, float | None]
) -> dict[str, float | None]:
    """All of `BENEFIT_FIGURES` in their order; `town` are the figures that `results.figures` makes of the whole run.

    parker_h : of those done to the place found, or to the end of the trip of who found none; of those unfinished what
        they have spent by `end_s`
    parker_lost_h : of that what is beyond the driving time of the planned way on the empty network, never below 0 for
        those unfinished
    walk_km : from the place found to where the driver wanted to park and back, as the crow flies
    parker_total_h : parker_h and the walk at 1.2 m/s
    parker_km, search_s, wasted_veh, as_wanted_share : of those done
    """
    begun = (parkers.at_s >= begin_s) & (parkers.at_s < end_s) & ~np.isposinf(parkers.end_s)
    done = begun & (parkers.end_s <= end_s)
    under_way = begun & ~done
    spent_s = np.where(done, parkers.end_s, end_s) - parkers.at_s
    lost_s = spent_s - parkers.free_s
    lost_s[under_way] = np.maximum(0.0, lost_s[under_way])
    parked = done & (parkers.parked_at != NOWHERE)
    walk_m, driven_m = _total(parkers.walk_m[parked]), _total(parkers.driven_m[done])
    parker_h, lost_h = _total(spent_s[begun]) / HOUR_S, _total(lost_s[begun]) / HOUR_S
    ended = int(done.sum())
    made: dict[str, float | None] = {
        MAIN: parker_h + walk_m / WALK_M_S / HOUR_S,
        "parker_h": parker_h,
        "parker_lost_h": lost_h,
        "walk_km": walk_m / M_PER_KM,
        "parker_km": driven_m / M_PER_KM,
        "search_s": mean_of(parkers.parking_s[parked]),
        "found_full_veh": float(found_full_veh),
        "turned_away_veh": town["gave_up_veh"],
        "wasted_veh": float(ended - int(parked.sum())),
        "as_wanted_share": float((parkers.parked_at == parkers.wanted)[done].sum()) / ended if ended else None,
        "co2_kg": CO2_KG_KM * driven_m / M_PER_KM + CO2_KG_H * lost_h,
        "parkers": float(begun.sum()),
    }
    taken = ("turned_by_sign_veh", "total_delay_h", "driven_km", "trips_done", "trips_unfinished")
    made |= {name: town[name] for name in taken}
    return {figure.name: made[figure.name] for figure in BENEFIT_FIGURES}


def _total(values: NDArray[np.float64]) -> float:
    """Rounded once, so that it is the same on every machine; who began and ended at one entry drove nothing."""
    return math.fsum(np.nan_to_num(values).tolist())
