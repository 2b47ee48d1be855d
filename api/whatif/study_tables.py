"""Tables of runs on the links that a report shows.

Of the parts of a link that was cut the last one counts the vehicles; delays of all parts add up, and so do queues.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import stdtrit

from api.whatif.report.content import FacilityCurve, ScenarioTables
from api.whatif.study_links import whole_of
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from api.whatif.study_links import ShownLinks
    from simulator.results.run_result import Column, Table
    from traffic_core.network import Network

    Floats = NDArray[np.float64]


def scenario_tables(tables: Mapping[str, Table], shown: ShownLinks, model: Network, network: Network) -> ScenarioTables:
    """Tables of a scenario, whose network is `model` after its measures.

    Raises
    ------
    InvalidValueError
        Where a table does not have a row for each interval.
    """
    count = len(tables["town"]["interval_start_s"])
    ids, columns = _by_entity("link", "link_id", tables["link"], count)
    rows, lasts = _rows(ids, shown, model, network)
    entered, left, queue, delay_s = (np.zeros((len(shown.shapes), count)) for _ in range(4))
    entered[rows[lasts]] = columns["entered_veh"][lasts]
    left[rows[lasts]] = columns["left_veh"][lasts]
    np.add.at(queue, rows, columns["longest_queue_veh"])
    np.add.at(delay_s, rows, np.nan_to_num(columns["mean_delay_s"]) * columns["left_veh"])
    known = np.zeros(left.shape, np.bool_)
    np.logical_or.at(known, rows, np.isfinite(columns["mean_delay_s"]))
    mean_delay = np.full(left.shape, np.nan)
    np.divide(delay_s, left, out=mean_delay, where=known & (left > 0.0))
    return ScenarioTables(
        entered_veh=entered,
        left_veh=left,
        mean_delay_s=mean_delay,
        longest_queue_veh=queue,
        town_queued_veh=np.asarray(tables["town"]["queued_veh"], np.float64),
        facilities=_curves(tables["facility"], count),
    )


def entered_veh(table: Table, shown: ShownLinks, model: Network, network: Network) -> Floats:
    """Vehicles of the whole period by shown link, (L,), of one run."""
    ids = tuple(dict.fromkeys(_text("link", "link_id", table)))
    rows, lasts = _rows(ids, shown, model, network)
    totals = np.zeros(len(shown.shapes))
    sums = np.asarray(table["entered_veh"], np.float64).reshape(len(ids), -1).sum(axis=1)
    totals[rows[lasts]] = sums[lasts]
    return totals


def half_widths(differences: Sequence[Floats], confidence: float) -> Floats | None:
    """Half the interval of the mean of paired differences (L,), Student's t; None below two pairs."""
    count = len(differences)
    if count < 2:
        return None
    spread = np.std(np.array(differences), axis=0, ddof=1)
    width: Floats = float(stdtrit(count - 1, 0.5 + confidence / 2)) * spread / np.sqrt(count)
    return width


def _rows(
    ids: Sequence[str], shown: ShownLinks, model: Network, network: Network
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Row of the report for each link, and whether it is a whole link or the last part of one."""
    wholes = [whole_of(model, network, link_id) for link_id in ids]
    rows = np.array([shown.row[whole] for whole in wholes], np.int64)
    return rows, np.array([whole == link_id for whole, link_id in zip(wholes, ids, strict=True)], np.bool_)


def _curves(table: Table, count: int) -> dict[str, FacilityCurve]:
    ids, columns = _by_entity("facility", "facility_id", table, count)
    return {
        facility_id: FacilityCurve(occupied_veh=columns["occupied_veh"][row], capacity_veh=columns["capacity_veh"][row])
        for row, facility_id in enumerate(ids)
    }


def _by_entity(name: str, key: str, table: Table, count: int) -> tuple[tuple[str, ...], dict[str, Floats]]:
    """Ids, and the numbers of each as (ids, intervals): rows are one entity after the other, each by time."""
    said = _text(name, key, table)
    ids = tuple(dict.fromkeys(said))
    if tuple(each for each in ids for _ in range(count)) != said:
        raise InvalidValueError(f"tables[{name}]", len(said), f"must have {count} intervals of each {key} in a row")
    numbers = {column: values for column, values in table.items() if not isinstance(values, tuple)}
    return ids, {column: np.asarray(values, np.float64).reshape(-1, count) for column, values in numbers.items()}


def _text(name: str, key: str, table: Table) -> tuple[str, ...]:
    values: Column = table[key]
    if not isinstance(values, tuple):
        raise InvalidValueError(f"tables[{name}].{key}", type(values).__name__, "must be text")
    return values
