"""A scenario applied to a model: what one run starts from."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from parking.model import ParkingModel
from simulator.scenario import demand_measures, parking_measures, signal_measures, street_measures
from simulator.scenario.bus_detours import refit_lines
from simulator.scenario.cutting import cut_links
from simulator.scenario.draft import Draft
from simulator.scenario.signal_refit import refit_signals
from simulator.staged import BaseModel, Staged

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.scenario.problems import Place
    from simulator.scenario.scenario import PlacedMeasure, Scenario

    Apply: TypeAlias = "Callable[[Draft, Any, Place], None]"

_APPLY: dict[str, Apply] = {
    "close_link": street_measures.close_link,
    "close_turn": street_measures.close_turn,
    "lanes": street_measures.set_lanes,
    "speed": street_measures.set_speed,
    "capacity": street_measures.set_capacity,
    "new_link": street_measures.new_link,
    "incident": street_measures.incident,
    "detector_fault": street_measures.detector_fault,
    "signal_programme": signal_measures.use_programme,
    "programme_change": signal_measures.change_programme,
    "control": signal_measures.set_control,
    "remove_signal": signal_measures.remove_signal,
    "new_facility": parking_measures.new_facility,
    "close_facility": parking_measures.close_facility,
    "resize_facility": parking_measures.resize_facility,
    "price": parking_measures.set_price,
    "new_sign": parking_measures.new_sign,
    "remove_sign": parking_measures.remove_sign,
    "sign": parking_measures.set_sign,
    "parking_demand": parking_measures.scale_parking,
    "kappa": demand_measures.set_kappa,
    "demand": demand_measures.scale_demand,
    "event": demand_measures.happening,
}


class Staging(NamedTuple):
    """A staged scenario, and what a planner should know about it."""

    staged: Staged
    warnings: tuple[str, ...]


def stage(scenario: Scenario, base: BaseModel) -> Staged:
    """Apply the measures of a scenario to a model, in their order.

    Raises
    ------
    ScenarioError
        Lists every measure that does not fit the model or another measure.
    """
    return stage_with_warnings(scenario, base).staged


def stage_with_warnings(scenario: Scenario, base: BaseModel) -> Staging:
    """Stage a scenario; say besides what went with a measure.  Raises like `stage`."""
    draft = Draft(scenario, base)
    for measure in scenario.measures:
        with draft.findings.of(measure.place):
            _apply(draft, measure)
    draft.findings.check()
    with draft.findings.of(scenario.place):
        refit_signals(draft)
        refit_lines(draft)
        draft.events += signal_measures.own_programmes(draft)
        _check_programmes(draft)
        cut_links(draft)
    draft.findings.check()
    model = BaseModel(
        id=base.id,
        timezone=base.timezone,
        network=draft.network,
        demand=draft.demand,
        junctions=MappingProxyType(draft.junctions),
        parking=ParkingModel(
            facilities=draft.facilities, signs=draft.signs, uses=draft.uses, quality=base.parking.quality
        ),
        lines=tuple(draft.lines),
    )
    staged = Staged(
        scenario_id=scenario.id,
        model=model,
        start_s=draft.start_s,
        duration_s=draft.run.until_s - draft.start_s,
        warm_up_s=scenario.warm_up_s,
        kappa=draft.kappa,
        centre=scenario.centre,
        demand_factor=draft.demand_factor,
        purpose_factor=MappingProxyType(draft.purpose_factor),
        zone_factor=MappingProxyType(draft.zone_factor),
        devices=scenario.devices,
        events=tuple(sorted(draft.events, key=lambda event: event.from_s)),
        step_s=scenario.step_s,
        dark_signs=tuple(sign_id for sign_id in draft.signs if sign_id in draft.dark_signs),
        adaptive=tuple(junction_id for junction_id in draft.junctions if junction_id in draft.adaptive),
    )
    return Staging(staged, tuple(draft.warnings))


def _apply(draft: Draft, placed: PlacedMeasure) -> None:
    measure = placed.measure
    if measure.measure == "new_signal":
        signal_measures.new_signal(draft, measure, placed.folder)
    else:
        _APPLY[measure.measure](draft, measure, placed.place)


def _check_programmes(draft: Draft) -> None:
    """Programmes that are commanded for a time must still be there once all measures are made."""
    for place, junction_id, programme_id in draft.commanded:
        junction = draft.junctions.get(junction_id)
        if junction is None or all(programme.id != programme_id for programme in junction.programmes):
            limit = f"must be a programme of junction {junction_id} after all measures"
            draft.findings.add(place, "programme", programme_id, limit)
