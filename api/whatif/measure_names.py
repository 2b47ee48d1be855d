"""What the sentences on measures need: names of things, times of day, numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.whatif.report.content import Words
from simulator.study.numbers import number

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from simulator.staged import BaseModel
    from simulator.study.numbers import Language


class Names:
    """Names by id, of the model before and after the measures: each knows things that the other does not."""

    def __init__(self, *models: BaseModel) -> None:
        self.models = models

    def link(self, link_id: str) -> str:
        """Name and id of a link."""
        return _named(link_id, (model.network.links[link_id].name for model in self._with_link(link_id)))

    def node(self, node_id: str) -> str:
        """Name and id of a junction."""
        found = (model.network.nodes[node_id].name for model in self.models if node_id in model.network.nodes)
        return _named(node_id, found)

    def car_park(self, facility_id: str) -> str:
        """Name of a car park."""
        known = (model.parking.facilities for model in self.models)
        return next((all_[facility_id].name for all_ in known if facility_id in all_), facility_id)

    def sign(self, sign_id: str) -> str:
        """Id of a sign and the name of its link."""
        for model in self.models:
            if sign_id in model.parking.signs:
                return f"{sign_id}, {self.link(model.parking.signs[sign_id].link_id)}"
        return sign_id

    def zone(self, zone_id: str) -> str:
        """Name and id of a zone."""
        found = (model.demand.zones[zone_id].name for model in self.models if zone_id in model.demand.zones)
        return _named(zone_id, found)

    def detector(self, detector_id: str) -> str:
        """Id of a detector and the name of its link."""
        for model in self.models:
            if detector_id in model.network.detectors:
                return f"{detector_id}, {self.link(model.network.detectors[detector_id].link_id)}"
        return detector_id

    def turn(self, turn_id: str | None, from_link: str | None, to_link: str | None) -> tuple[str, str] | None:
        """Links of a turn, by their names; None where nobody knows it any more."""
        links = self.turn_links(turn_id, from_link, to_link)
        return None if links is None else (self.link(links[0]), self.link(links[1]))

    def turn_links(self, turn_id: str | None, from_link: str | None, to_link: str | None) -> tuple[str, str] | None:
        """Links of a turn by its id, or as they are given."""
        if from_link is not None and to_link is not None:
            return from_link, to_link
        for model in self.models:
            if turn_id is not None and turn_id in model.network.turns:
                turn = model.network.turns[turn_id]
                return turn.from_link, turn.to_link
        return None

    def _with_link(self, link_id: str) -> Iterable[BaseModel]:
        return (model for model in self.models if link_id in model.network.links)


def _named(id_: str, names: Iterable[str]) -> str:
    name = next((name for name in names if name), id_)
    return name if id_ in name else f"{name} ({id_})"


def listed(parts: Sequence[str]) -> Words:
    """A, B and C."""
    if len(parts) == 1:
        return Words(de=parts[0], en=parts[0])
    head = ", ".join(parts[:-1])
    return Words(de=f"{head} und {parts[-1]}", en=f"{head} and {parts[-1]}")


def when(start: str | None, end: str | None) -> Words:
    """A part of the run as the end of a sentence, with a blank before it; empty for the whole of it."""
    if start is not None and end is not None:
        return Words(de=f" von {start} bis {end} Uhr", en=f" from {start} to {end}")
    if start is not None:
        return Words(de=f" ab {start} Uhr", en=f" from {start} on")
    if end is not None:
        return Words(de=f" bis {end} Uhr", en=f" until {end}")
    return Words(de="", en="")


def amount(value: float, language: Language) -> str:
    """A number with as many decimals as it needs, at most two."""
    digits = f"{value:.2f}".rstrip("0").rstrip(".")
    return number(value, len(digits.partition(".")[2]), language)
