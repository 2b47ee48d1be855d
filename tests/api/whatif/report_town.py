"""A small made-up study: a crossroads, a car park, two variants."""

from __future__ import annotations

from typing import Any

import numpy as np

from api.whatif.report.content import (
    Approach,
    CarPark,
    ComparisonRow,
    Estimate,
    FacilityCurve,
    FailedRun,
    LinkShape,
    MapPlace,
    ReportContent,
    ScenarioContent,
    ScenarioTables,
    VariantContent,
    Words,
)

INTERVALS = 8
BEGIN_S = 1_795_500_000.0
LINKS = (
    LinkShape(link_id="L1", name="Hauptstraße", line=((9.16, 48.69), (9.17, 48.69)), lanes=1),
    LinkShape(link_id="L2", name="Hauptstraße", line=((9.17, 48.69), (9.18, 48.69)), lanes=1),
    LinkShape(link_id="L3", name="", line=((9.17, 48.68), (9.17, 48.685), (9.17, 48.69)), lanes=2),
)


def words(both: str) -> Words:
    return Words(de=f"{both} (de)", en=f"{both} (en)")


def tables(*, factor: float = 1.0, delay_s: float = 15.0, capacity_veh: float = 50.0) -> ScenarioTables:
    shape = (len(LINKS), INTERVALS)
    entered = np.full(shape, 100.0)
    entered[0] *= factor
    occupied = np.linspace(0.0, capacity_veh, INTERVALS)
    return ScenarioTables(
        entered_veh=entered,
        left_veh=entered.copy(),
        mean_delay_s=np.full(shape, delay_s),
        longest_queue_veh=np.full(shape, 3.0 * factor),
        town_queued_veh=np.linspace(0.0, 40.0 * factor, INTERVALS),
        facilities={"P1": FacilityCurve(occupied_veh=occupied, capacity_veh=np.full(INTERVALS, capacity_veh))},
    )


def row(name: str, difference: Estimate | None, *, base: float = 60.0, lower: bool | None = True) -> ComparisonRow:
    significant = difference is not None and not difference.low <= 0.0 <= difference.high
    return ComparisonRow(
        name=name,
        label=words(name),
        unit="s",
        base=Estimate(mean=base, low=base - 1.0, high=base + 1.0),
        variant=None
        if difference is None
        else Estimate(mean=base + difference.mean, low=base - 99.0, high=base + 99.0),
        difference=difference,
        relative_share=None if difference is None or base == 0.0 else difference.mean / base,
        significant=significant,
        lower_is_better=lower,
    )


ROWS = (
    row("mean_delay_s", Estimate(mean=6.0, low=4.0, high=8.0)),
    row("mean_trip_s", Estimate(mean=-1.0, low=-3.0, high=1.0)),
    row("lost_trips", Estimate(mean=2.0, low=1.0, high=3.0), base=0.0),
    row("unknown", None),
)


def scenario(name: str, own: ScenarioTables) -> ScenarioContent:
    return ScenarioContent(
        id=name,
        title=words(f"title of {name}"),
        description=words(f"description of {name}"),
        measures=(words(f"measure of {name}"),),
        fingerprint=f"fingerprint-of-{name}",
        tables=own,
    )


def content(**changes: Any) -> ReportContent:
    variants = (
        VariantContent(
            scenario=scenario("closed", tables(factor=1.5, delay_s=40.0)),
            rows=ROWS,
            sentences=(words("Delay rises."),),
            marked_links=("L2", "missing"),
            entered_half_width_veh=np.full(len(LINKS), 10.0),
        ),
        VariantContent(scenario=scenario("same", tables()), rows=ROWS[1:2], sentences=(words("No effect."),)),
    )
    fields: dict[str, Any] = {
        "title": words("A study"),
        "town": "Kleinstadt",
        "model_label": Words(de="synthetisch auf realen Ankern", en="synthetic on real anchors"),
        "attribution": ("Counts of a town",),
        "licence": "Apache-2.0",
        "timezone": "Europe/Berlin",
        "begin_s": BEGIN_S,
        "end_s": BEGIN_S + INTERVALS * 900.0,
        "interval_s": 900.0,
        "seeds": 6,
        "failed_runs": (FailedRun(scenario_id="closed", seed=3, reason="worker ended"),),
        "stopped_because": words("narrow enough"),
        "software_version": "0.1.0",
        "commands": ("stadttakt whatif base.yaml closed.yaml --seeds 6",),
        "links": LINKS,
        "box": (9.15, 48.675, 9.19, 48.70),
        "approaches": (
            Approach(junction_id="N1", name="Lamm", control="signal", link_id="L1"),
            Approach(junction_id="N1", name="Lamm", control="signal", link_id="L3"),
        ),
        "car_parks": (CarPark(facility_id="P1", name="Parkhaus"), CarPark(facility_id="P2", name="without a table")),
        "base": scenario("base", tables()),
        "variants": variants,
        "places": (MapPlace(name="Mitte", position=(9.17, 48.69)),),
    }
    return ReportContent(**{**fields, **changes})
