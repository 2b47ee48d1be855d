"""Every kind of measure as a sentence, and the links that it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from api.whatif import measure_words_parking as parking
from api.whatif import measure_words_streets as streets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from api.whatif.measure_names import Names
    from api.whatif.report.content import Words
    from simulator.scenario.document import Measure

    Say: TypeAlias = "Callable[[Any, Names], Words]"

SAY: Mapping[str, Say] = {
    "close_link": streets.close_link,
    "close_turn": streets.close_turn,
    "lanes": streets.lanes,
    "speed": streets.speed,
    "capacity": streets.capacity,
    "new_link": streets.new_link,
    "incident": streets.incident,
    "detector_fault": streets.detector_fault,
    "signal_programme": streets.signal_programme,
    "programme_change": streets.programme_change,
    "control": streets.control,
    "new_signal": streets.new_signal,
    "remove_signal": streets.remove_signal,
    "new_facility": parking.new_facility,
    "close_facility": parking.close_facility,
    "resize_facility": parking.resize_facility,
    "price": parking.price,
    "new_sign": parking.new_sign,
    "remove_sign": parking.remove_sign,
    "sign": parking.sign,
    "parking_demand": parking.parking_demand,
    "kappa": parking.kappa,
    "demand": parking.demand,
    "event": parking.event,
}


def words_of(measure: Measure, names: Names) -> Words:
    """The sentence."""
    return SAY[measure.measure](measure, names)


def links_of(measure: Measure, names: Names) -> tuple[str, ...]:
    """Links where a measure is, for the map: those into its junction, or into the node of its driveway."""
    find = _FIND.get(measure.measure, _named_links)
    return tuple(dict.fromkeys(find(measure.model_dump(), names)))


def _named_links(said: Mapping[str, Any], _: Names) -> Iterable[str]:
    links = said.get("link") or ()
    return (links,) if isinstance(links, str) else links


def _turn(said: Mapping[str, Any], names: Names) -> Iterable[str]:
    return names.turn_links(said["turn"], said["from_link"], said["to_link"]) or ()


def _new_link(said: Mapping[str, Any], _: Names) -> Iterable[str]:
    return (said["id"],)


def _into_junctions(said: Mapping[str, Any], names: Names) -> Iterable[str]:
    nodes = (said["junction"],) if isinstance(said["junction"], str) else said["junction"]
    if tuple(nodes) == ("all",):
        nodes = tuple(dict.fromkeys(node for model in names.models for node in model.junctions))
    return (link for node in nodes for link in _into(names, node))


def _new_driveway(said: Mapping[str, Any], names: Names) -> Iterable[str]:
    return (said["link"],) if said["link"] is not None else _into(names, said["access_node"])


def _driveway(said: Mapping[str, Any], names: Names) -> Iterable[str]:
    wanted = (said["facility"],) if isinstance(said["facility"], str) else said["facility"]
    known = [model.parking.facilities for model in names.models]
    nodes = [next((all_[name].access_node for all_ in known if name in all_), None) for name in wanted]
    return (link for node in nodes for link in _into(names, node))


def _sign(said: Mapping[str, Any], names: Names) -> Iterable[str]:
    wanted = (said["sign"],) if isinstance(said["sign"], str) else said["sign"]
    known = [model.parking.signs for model in names.models]
    if tuple(wanted) == ("all",):
        wanted = tuple(dict.fromkeys(sign_id for signs in known for sign_id in signs))
    return (signs[sign_id].link_id for sign_id in wanted for signs in known if sign_id in signs)


def _detector(said: Mapping[str, Any], names: Names) -> Iterable[str]:
    known = (model.network.detectors for model in names.models)
    return (detectors[said["detector"]].link_id for detectors in known if said["detector"] in detectors)


def _into(names: Names, node_id: str | None) -> Iterable[str]:
    links = (link for model in names.models for link in model.network.links.values())
    return (link.id for link in links if link.to_node == node_id)


_FIND: Mapping[str, Callable[[Mapping[str, Any], Names], Iterable[str]]] = {
    "close_turn": _turn,
    "new_link": _new_link,
    "signal_programme": _into_junctions,
    "programme_change": _into_junctions,
    "control": _into_junctions,
    "new_signal": _into_junctions,
    "remove_signal": _into_junctions,
    "new_facility": _new_driveway,
    "close_facility": _driveway,
    "resize_facility": _driveway,
    "price": _driveway,
    "remove_sign": _sign,
    "sign": _sign,
    "parking_demand": _driveway,
    "detector_fault": _detector,
}
"""Where it is not the links that the measure itself names."""
