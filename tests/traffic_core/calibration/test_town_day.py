"""A weekday of a small town: shares and flows belong together, and trips are recovered from their own counts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from traffic_core.assignment.solver import solve
from traffic_core.assignment.town import town_problem
from traffic_core.calibration.estimation import Limits, modelled, share_rows
from traffic_core.calibration.observations import Observation
from traffic_core.calibration.pairs import FITTED, Pairs, change_of, scaled, structure_wishes
from traffic_core.calibration.slices import TownDay
from traffic_core.calibration.structure import Structure, passing_zones, town_shares, town_veh
from traffic_core.calibration.study import Study
from traffic_core.demand import DayType, Purpose, TripKind
from traffic_core.errors import InvalidValueError

COUNTED = ("GN-X12", "X12-GN", "GE-X21", "X21-GE", "X11-X12", "X12-X11", "X01-X11", "X11-X01", "X20-X21", "X21-X20")


@pytest.fixture(scope="module")
def pairs(town):
    return Pairs.of(town.demand)


@pytest.fixture(scope="module")
def day(town, pairs):
    return TownDay.of(town.network, town.demand, pairs, COUNTED)


def counts_of(day, veh, *, hours=(None,)):
    rows = {link: row for row, link in enumerate(COUNTED)}
    blank = [Observation(count_id=link, link_id=link, hour=hour, veh=0.0) for link in COUNTED for hour in hours]
    flows = modelled(day(veh), blank, rows)
    return tuple(replace(each, veh=flow) for each, flow in zip(blank, flows.tolist(), strict=True))


def test_pairs_add_up_the_purposes(town, pairs):
    assert pairs.veh.sum() == pytest.approx(sum(cell.veh_24h for cell in town.demand.cells))
    assert len(set(pairs.ends)) == len(pairs.ends)
    assert pairs.kinds[pairs.ends.index(("GN", "GS"))] is TripKind.THROUGH


def test_an_hour_is_what_a_single_assignment_of_it_gives(town, pairs, day):
    loaded = day(pairs.veh)
    problem = town_problem(town.network, town.demand, day_type=DayType.WEEKDAY, hour=7)
    alone = solve(problem.assignment_network, problem.classes, gap=1e-8)
    at = [list(town.network.links).index(link) for link in COUNTED]
    assert loaded.hourly_veh[7] == pytest.approx(alone.class_volume.sum(axis=0)[at], rel=0.01, abs=1.0)


def test_shares_times_trips_are_the_flows(day, pairs):
    loaded = day(pairs.veh)
    seen = [Observation(count_id=link, link_id=link, hour=None, veh=0.0) for link in COUNTED]
    rows = {link: row for row, link in enumerate(COUNTED)}
    assert share_rows(loaded, seen, rows) @ pairs.veh == pytest.approx(modelled(loaded, seen, rows), rel=1e-6)


def test_the_way_to_work_fills_the_morning_and_the_way_back_the_evening(day, pairs):
    out = COUNTED.index("X12-GN")
    flows = day(pairs.veh).hourly_veh
    assert flows[7, out] > 1.5 * flows[7, COUNTED.index("GN-X12")]
    assert flows[17, out] < flows[17, COUNTED.index("GN-X12")]


def test_trips_change_by_one_factor_for_all_purposes_and_say_so(town, pairs):
    wanted = pairs.veh.copy()
    row = pairs.ends.index(("Q0", "GN"))
    wanted[row] *= 2.0
    fitted = scaled(town.demand, pairs, wanted)
    for old, new in zip(town.demand.cells, fitted.cells, strict=True):
        factor = 2.0 if (old.origin, old.destination) == ("Q0", "GN") else 1.0
        assert new.veh_24h == pytest.approx(factor * old.veh_24h)
        assert new.provenance.source == FITTED + "made up"
    again = scaled(fitted, Pairs.of(fitted), wanted)
    assert again.cells[0].provenance.source == FITTED + "made up", "not said twice"
    change = change_of(pairs, wanted, np.zeros(len(wanted), dtype=bool), examples=1)
    assert (change.largest[0].origin, change.largest[0].destination) == ("Q0", "GN")
    assert change.largest[0].change_veh == pytest.approx(pairs.veh[row])
    assert change.by_kind[TripKind.INTERNAL][0] == change.by_kind[TripKind.INTERNAL][1]
    assert change.correlation < 1.0


def test_counts_of_other_trips_are_met_by_the_estimate(town, pairs, day):
    """A third more trips to the north, a fifth fewer inside."""
    true = pairs.veh.copy()
    for row, ends in enumerate(pairs.ends):
        true[row] *= 1.33 if "GN" in ends else 0.8 if pairs.kinds[row] is TripKind.INTERNAL else 1.0
    study = Study.of(town.network, town.demand, counts_of(day, true))
    before, outcome = study.prior_fit(), study.without(())
    assert before.used.geh_below_5_share < 1.0
    assert outcome.peak.used.geh_below_5_share == 1.0
    assert outcome.peak.used.mean_geh < 0.2 * before.used.mean_geh
    assert outcome.estimated.converged
    assert outcome.peak.fits[0].hour_label == "07-08", "the busiest of all trips"
    assert outcome.mean.fits[0].counted_veh_h == pytest.approx(study.observations[0].veh / 24.0)


def test_a_symmetric_estimate_has_as_many_back_as_there(town, pairs, day):
    one_way = [each for each in counts_of(day, 1.5 * pairs.veh) if each.link_id in {"X12-GN", "GE-X21"}]
    found = Study.of(town.network, town.demand, one_way, symmetric=True).without(()).estimated
    row = pairs.rows()
    for (origin, destination), at in row.items():
        back = row[destination, origin]
        assert found.pair_veh[at] / pairs.veh[at] == pytest.approx(found.pair_veh[back] / pairs.veh[back])


def test_hourly_counts_are_judged_hour_by_hour(town, pairs, day):
    seen = counts_of(day, 1.2 * pairs.veh, hours=(7, 12, 17))
    outcome = Study.of(town.network, town.demand, seen).without(())
    assert [fit.hour_label for fit in outcome.peak.fits[:3]] == ["07-08", "12-13", "17-18"]
    assert outcome.peak.used.n == 3 * len(COUNTED)
    assert outcome.mean.used.n == len(COUNTED)
    assert outcome.peak.used.mean_geh < 0.5


def test_what_is_held_out_is_judged_and_not_used(town, pairs, day):
    seen = counts_of(day, pairs.veh)
    wrong = [replace(each, veh=3.0 * each.veh) if each.link_id == "X20-X21" else each for each in seen]
    study = Study.of(town.network, town.demand, wrong)
    outcome = study.without({"X20-X21"})
    assert outcome.estimated.pair_veh == pytest.approx(pairs.veh, rel=1e-3)
    assert outcome.peak.used.geh_below_5_share == 1.0
    assert outcome.peak.held_out.n == 1
    assert outcome.peak.held_out.worst.geh > 5.0


def test_every_part_is_held_out_once(town, pairs, day):
    study = Study.of(town.network, town.demand, counts_of(day, pairs.veh))
    parts = (frozenset(COUNTED[:4]), frozenset(COUNTED[4:]))
    fits = study.cross_validated(parts)
    assert [fit.count_id for fit in fits] == list(COUNTED)
    assert all(fit.held_out and fit.geh < 0.5 for fit in fits)


def test_a_count_that_no_path_reaches_is_named(town, pairs, day):
    """Nobody has a reason to go out of a gate whose trips are taken away."""
    cells = tuple(cell for cell in town.demand.cells if "GW" not in (cell.origin, cell.destination))
    bare = replace(town.demand, cells=cells)
    seen = (*counts_of(day, pairs.veh)[:2], Observation(count_id="lost", link_id="X01-GW", hour=None, veh=500.0))
    outcome = Study.of(town.network, bare, seen).without(())
    assert outcome.unused == ("lost",)
    assert outcome.peak.fits[-1].modelled_veh_h == 0.0


def test_the_structure_of_the_trips_is_held_while_counts_pull(town, pairs, day):
    shares = {TripKind.THROUGH: 0.1, TripKind.ORIGIN_DESTINATION: 0.6, TripKind.INTERNAL: 0.3}
    wanted = Structure(shares=shares, tolerance_share=0.001, total_veh=80_000.0)
    study = Study.of(
        town.network,
        town.demand,
        counts_of(day, pairs.veh)[:2],
        limits=Limits(prior_error_share=5.0),
        wishes=lambda known: structure_wishes(known, wanted, ()),
    )
    fitted = scaled(town.demand, study.pairs, study.without(()).estimated.pair_veh)
    assert sum(town_veh(fitted, ()).values()) == pytest.approx(80_000.0, rel=0.01)
    found = town_shares(fitted, ())
    for kind, share in shares.items():
        assert found[kind] == pytest.approx(share, abs=0.01)


def test_trips_between_passing_gates_are_no_town_trips(town):
    assert passing_zones(town.demand, town.network) == frozenset(), "all gates are on town streets here"
    through = sum(cell.veh_24h for cell in town.demand.cells if cell.purpose is Purpose.THROUGH)
    assert town_veh(town.demand, ())[TripKind.THROUGH] == pytest.approx(through)
    assert town_veh(town.demand, ("GN", "GE", "GS", "GW"))[TripKind.THROUGH] == 0.0


def test_nothing_to_estimate_from_is_an_error(town):
    with pytest.raises(InvalidValueError, match="counts = 0"):
        Study.of(town.network, town.demand, ())
    seen = (Observation(count_id="C", link_id="GN-X12", hour=None, veh=1.0),)
    with pytest.raises(InvalidValueError, match="must hold trips"):
        Study.of(town.network, replace(town.demand, cells=()), seen)
