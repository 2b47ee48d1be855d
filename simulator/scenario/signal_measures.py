"""Measures on signals: programmes, control, junctions with and without signals."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from signal_plans.files import read_junctions
from signal_plans.programme import GreenWindow
from simulator.scenario.events import ProgrammeEvent
from traffic_core.errors import InvalidValueError
from traffic_core.network import NodeControl
from traffic_core.network_edits import with_control

if TYPE_CHECKING:
    from pathlib import Path

    from signal_plans.junction import Junction
    from signal_plans.programme import SignalProgramme
    from simulator.scenario.document import ChangeProgramme, NewSignal, RemoveSignal, SetControl, UseProgramme
    from simulator.scenario.draft import Draft
    from simulator.scenario.problems import Place

EVERY_JUNCTION = "all"
"""In place of the junctions' names."""


def use_programme(draft: Draft, measure: UseProgramme, place: Place) -> None:
    """Command a junction one of its programmes, for a time or as its only one."""
    junction = _junction(draft, measure.junction)
    chosen = _programme(junction, measure.programme)
    if measure.from_ is None and measure.until is None:
        draft.junctions[measure.junction] = replace(junction, programmes=(chosen,))
    elif window := draft.window(place, measure.from_, measure.until):
        draft.occupy(place, "signal_programme", measure.junction, window)
        draft.commanded.append((place, measure.junction, measure.programme))
        draft.events.append(
            ProgrammeEvent(
                junction_id=measure.junction,
                programme_id=measure.programme,
                from_s=window.from_s,
                until_s=window.until_s,
            )
        )


def change_programme(draft: Draft, measure: ChangeProgramme, _: Place) -> None:
    """Give a programme other times.  Raises `UnsafeProgrammeError` where they are not safe."""
    junction = _junction(draft, measure.junction)
    old = _programme(junction, measure.programme)
    for group in measure.greens:
        if group not in junction.layout.groups:
            raise InvalidValueError("greens", group, f"must name a signal group of junction {measure.junction}")
    changed = replace(
        old,
        cycle_s=old.cycle_s if measure.cycle_s is None else measure.cycle_s,
        offset_s=old.offset_s if measure.offset_s is None else measure.offset_s,
        greens=dict(old.greens)
        | {
            group: (GreenWindow(start_s=start_s, length_s=length_s),)
            for group, (start_s, length_s) in measure.greens.items()
        },
    )
    programmes = tuple(changed if programme is old else programme for programme in junction.programmes)
    draft.junctions[measure.junction] = replace(junction, programmes=programmes)


def set_control(draft: Draft, measure: SetControl, place: Place) -> None:
    """Let junctions run their own first programme all day, obey the centre again, or be controlled adaptively."""
    if measure.mode != "own" and not draft.scenario.centre:
        raise InvalidValueError("mode", measure.mode, "must be own: the scenario says centre: false")
    named = tuple(draft.junctions) if measure.junction == (EVERY_JUNCTION,) else measure.junction
    for junction_id in named:
        _junction(draft, junction_id)
        draft.own.pop(junction_id, None)
        draft.adaptive.discard(junction_id)
        if measure.mode == "own":
            draft.own[junction_id] = place
        elif measure.mode == "adaptive":
            draft.adaptive.add(junction_id)


def new_signal(draft: Draft, measure: NewSignal, folder: Path) -> None:
    """Give a node signals, or others than it has."""
    if measure.junction not in draft.network.nodes:
        raise InvalidValueError("junction", measure.junction, "must name a node of the network")
    network = with_control(draft.network, measure.junction, NodeControl.SIGNAL)
    supplied = read_junctions(folder / measure.supply, network)
    if set(supplied) != {measure.junction}:
        raise InvalidValueError("supply", measure.supply, f"must supply {measure.junction} alone, not {list(supplied)}")
    draft.network = network
    draft.junctions[measure.junction] = supplied[measure.junction]
    draft.supplied_for[measure.junction] = network


def remove_signal(draft: Draft, measure: RemoveSignal, _: Place) -> None:
    """Take the signals of a junction away."""
    node = draft.network.nodes.get(measure.junction)
    if node is None or node.control is not NodeControl.SIGNAL:
        raise InvalidValueError("junction", measure.junction, "must name a node with signals")
    draft.network = with_control(draft.network, measure.junction, NodeControl.GIVE_WAY)
    draft.junctions.pop(measure.junction, None)
    draft.own.pop(measure.junction, None)
    draft.adaptive.discard(measure.junction)


def own_programmes(draft: Draft) -> list[ProgrammeEvent]:
    """The first programme of each junction that runs its own, whenever no other is commanded."""
    return [
        ProgrammeEvent(
            junction_id=junction_id,
            programme_id=draft.junctions[junction_id].fallback.id,
            from_s=window.from_s,
            until_s=window.until_s,
        )
        for junction_id in draft.own
        if junction_id in draft.junctions
        for window in draft.free_windows("signal_programme", junction_id)
    ]


def _junction(draft: Draft, junction_id: str) -> Junction:
    if junction_id not in draft.junctions:
        raise InvalidValueError("junction", junction_id, "must name a junction with signals and supply data")
    return draft.junctions[junction_id]


def _programme(junction: Junction, programme_id: str) -> SignalProgramme:
    for programme in junction.programmes:
        if programme.id == programme_id:
            return programme
    known = ", ".join(programme.id for programme in junction.programmes)
    limit = f"must be a programme of junction {junction.layout.junction_id}: {known}"
    raise InvalidValueError("programme", programme_id, limit)
