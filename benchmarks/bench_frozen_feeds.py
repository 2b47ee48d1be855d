"""How fast a frozen feed is found, and how often a real one is accused, on recorded histories.

Run: `python benchmarks/bench_frozen_feeds.py HISTORY.csv.gz [...] [--days 200] [--freezes 300] [--json]`.  A history is
`ts_utc,place_id,free` on change, or Bath's `Name,LastUpdate,DateUploaded,Occupancy,Capacity,Status`.  Each is played in
steps of 5 min through the very watch of the service; where no car park of an archive has changed for 15 min the archive
itself was asleep, and nobody reports.  After four weeks of learning:

- alarms: faults per car park and day, by rule.  Real faults are among them: archives do not say which are which, but a
  frozen feed thaws with a jump, so those that end with more than 3 % of the capacity at once are counted apart, and so
  are the short ones, whose value stood still for less than an hour: among them are the false alarms;
- freezes: at random moments from 7 to 19 h UTC the value of a car park that moves just now (a change is expected in at
  least 85 % of the slots, and it is neither full nor empty) is held; time until the fault, and the share within 30 min.
"""

from __future__ import annotations

import argparse
import copy
import csv
import gzip
import json
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from parking.facility import Facility, FacilityKind
from parking.quality.watch import FacilityWatch
from traffic_core.provenance import Confidence, Provenance
from traffic_core.readings import OccupancyReading

if TYPE_CHECKING:
    from numpy.typing import NDArray

STEP_S = 300
ASLEEP_S = 900
LEARNING_STEPS = 28 * 288
LONGEST_STEPS = 36
LIVELY_CHANCE = 0.85
JUMP_SHARE = 0.03
SHORT_S = 3_600.0
LEAST_ROWS = 20_000
NOTHING = -99_999
RECORDED = Provenance(source="recorded history", confidence=Confidence.ANCHOR)


@dataclass(slots=True)
class Grid:
    """Free places (steps, car parks) from `start_s` on; `NOTHING` where nobody reports."""

    names: list[str]
    """Of the columns: the place identifiers as they may stand in a reading."""
    start_s: int
    free_veh: NDArray[np.int64]
    capacity_veh: NDArray[np.int64]


def seconds(text: str) -> int:
    """Seconds since 1970 of a time in UTC."""
    return int(datetime.fromisoformat(text.removesuffix("Z")).replace(tzinfo=UTC).timestamp())


def read(path: Path) -> Grid:
    """A history on the grid of 5 min."""
    rows: dict[str, list[tuple[int, int]]] = {}
    with gzip.open(path, "rt", encoding="utf-8") as file:
        table = csv.DictReader(file)
        on_change = "place_id" in (table.fieldnames or ())
        for row in table:
            if on_change:
                rows.setdefault(row["place_id"], []).append((seconds(row["ts_utc"]), int(float(row["free"]))))
            else:
                free = int(row["Capacity"]) - int(row["Occupancy"])
                rows.setdefault(row["Name"], []).append((seconds(row["LastUpdate"]), free))
    kept = {name: sorted(found) for name, found in rows.items() if len(found) >= LEAST_ROWS}
    start_s = min(found[0][0] for found in kept.values()) // STEP_S * STEP_S
    steps = (max(found[-1][0] for found in kept.values()) - start_s) // STEP_S + 1
    free_veh = np.full((steps, len(kept)), NOTHING, np.int64)
    for column, found in enumerate(kept.values()):
        for at_s, value in found:
            free_veh[(at_s - start_s) // STEP_S, column] = value
    if on_change:
        _hold(free_veh)
    told = [column[column > NOTHING] for column in free_veh.T]
    capacity_veh = np.array([int(np.percentile(values, 99.99)) for values in told])
    clipped = np.where(free_veh > NOTHING, np.clip(free_veh, 0, capacity_veh), NOTHING)
    names = [name.replace("+", "and") for name in kept]
    return Grid(names, start_s, clipped, capacity_veh)


def _hold(free_veh: NDArray[np.int64]) -> None:
    """Between two changes a value holds, but not while the whole archive is asleep."""
    steps = np.arange(len(free_veh))
    heard = (free_veh > NOTHING).any(axis=1)
    last = np.maximum.accumulate(np.where(heard, steps, -1))
    following = np.minimum.accumulate(np.where(heard, steps, 2 * len(steps))[::-1])[::-1]
    for column in range(free_veh.shape[1]):
        told = free_veh[:, column] > NOTHING
        at = np.maximum.accumulate(np.where(told, steps, -1))
        ends = int(steps[told][-1])
        held = np.where(at >= 0, free_veh[at, column], NOTHING)
        held[ends + 1 :] = NOTHING
        free_veh[:, column] = held
    free_veh[(following - last) * STEP_S > ASLEEP_S] = NOTHING


def watched(grid: Grid) -> FacilityWatch:
    """The watch over the car parks of a history."""
    return FacilityWatch(
        {
            name: Facility(
                id=name,
                name=name,
                district="",
                position=(9.0, 48.0),
                kind=FacilityKind.GARAGE,
                capacity_veh=int(grid.capacity_veh[column]),
                reserve_veh=0,
                update_interval_s=float(STEP_S),
                access_node="N",
                provenance=RECORDED,
            )
            for column, name in enumerate(grid.names)
        }
    )


def at_s_of(grid: Grid, step: int) -> float:
    """Time of a step."""
    return float(grid.start_s + step * STEP_S)


def take(watch: FacilityWatch, grid: Grid, step: int, frozen: tuple[int, int] | None = None) -> None:
    """One step; `frozen` is a column and the value that it keeps."""
    at_s = at_s_of(grid, step)
    for column, name in enumerate(grid.names):
        value = int(grid.free_veh[step, column])
        if frozen is not None and frozen[0] == column:
            value = frozen[1]
        if value > NOTHING:
            reading = OccupancyReading(source_id=name, measured_at_s=at_s, received_at_s=at_s, free_veh=value)
            watch.accept(reading)


def minutes_to_find(watch: FacilityWatch, grid: Grid, step: int, column: int) -> float:
    """Time until a car park that freezes after `step` is found; infinite beyond three hours."""
    shadow = copy.deepcopy(watch)
    value = int(grid.free_veh[step, column])
    for later in range(step + 1, step + 1 + LONGEST_STEPS):
        take(shadow, grid, later, (column, value))
        if shadow.fault(grid.names[column]) is not None:
            return (later - step) * STEP_S / 60.0
    return float("inf")


def may_freeze(watch: FacilityWatch, grid: Grid, step: int, column: int) -> bool:
    """Whether a car park moves just now, reports for the next three hours, and is neither full nor empty."""
    known = watch._watched[grid.names[column]]
    following = grid.free_veh[step : step + LONGEST_STEPS + 1, column]
    if (following == NOTHING).any() or known.fault is not None or known.at_bound():
        return False
    return known.frozen.movement.chance(at_s_of(grid, step)) >= LIVELY_CHANCE


def played(path: Path, days: int, freezes: int) -> dict[str, object]:
    """Figures of one history."""
    grid = read(path)
    watch, rng = watched(grid), np.random.default_rng(1)
    steps = min(len(grid.free_veh), LEARNING_STEPS + days * 288)
    tried = set(rng.choice(np.arange(LEARNING_STEPS, steps - LONGEST_STEPS - 1), min(20 * freezes, 9_000)).tolist())
    alarms: Counter[str] = Counter()
    thawed, short, minutes = 0, 0, list[float]()
    for step in range(steps):
        take(watch, grid, step)
        for event in watch.take_events():
            if step < LEARNING_STEPS:
                continue
            if not event.ended:
                alarms[event.fault.rule.value] += 1
                continue
            column = grid.names.index(event.facility_id)
            short += at_s_of(grid, step) - event.fault.from_s < SHORT_S
            recent = grid.free_veh[max(0, step - 12) : step + 1, column]
            change = np.abs(np.diff(recent[recent > NOTHING])).max(initial=0)
            thawed += change > max(5, JUMP_SHARE * grid.capacity_veh[column])
        hour = (grid.start_s + step * STEP_S) // 3_600 % 24
        column = int(rng.integers(len(grid.names)))
        if step in tried and len(minutes) < freezes and 7 <= hour < 19 and may_freeze(watch, grid, step, column):
            minutes.append(minutes_to_find(watch, grid, step, column))
    facility_days = float((grid.free_veh[LEARNING_STEPS:steps] > NOTHING).sum()) / 288.0
    found = np.array(minutes)
    return {
        "car_parks": len(grid.names),
        "facility_days": round(facility_days),
        "alarms": dict(sorted(alarms.items())),
        "alarms_a_facility_day": round(sum(alarms.values()) / facility_days, 4),
        "ended_with_a_jump": int(thawed),
        "short_alarms_a_facility_day": round(short / facility_days, 4),
        "freezes": len(found),
        "found_within_30_min_share": round(float((found <= 30.0).mean()), 3) if len(found) else None,
        "median_min": float(np.median(found)) if len(found) else None,
        "p90_min": float(np.quantile(found, 0.9, method="higher")) if len(found) else None,
    }


def main() -> None:
    """Print the figures of every history."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("histories", nargs="+", type=Path)
    parser.add_argument("--days", type=int, default=200)
    parser.add_argument("--freezes", type=int, default=300)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = {path.name.split(".")[0]: played(path, options.days, options.freezes) for path in options.histories}
    if options.json:
        print(json.dumps(found, indent=1))
        return
    for name, figures in found.items():
        print(name, *(f"{key}={value}" for key, value in figures.items()), sep="\n  ")


if __name__ == "__main__":
    main()
