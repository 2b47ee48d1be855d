"""The links that measures cut in their middle, and all that stands on them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from simulator.scenario.events import ClosureEvent, LaneEvent
from traffic_core.errors import InvalidValueError
from traffic_core.network_split import along_m, split_link, upstream_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulator.bus_lines import BusLine
    from simulator.scenario.draft import Cut, Draft
    from simulator.scenario.events import Event

Parts = list[tuple[float, str]]
"""Parts of a link in driving direction: where each ends, m behind the start of the whole, and its id."""


def cut_links(draft: Draft) -> None:
    """Make the planned cuts; move signs, bus lines and closures to the parts; block the lanes of incidents."""
    whole = draft.network
    parts = {link_id: _cut(draft, link_id, cuts) for link_id, cuts in draft.cuts.items()}
    draft.signs = {
        sign.id: replace(sign, link_id=_part_at(parts[sign.link_id], along_m(whole.links[sign.link_id], sign.position)))
        if sign.link_id in parts and sign.link_id in whole.links
        else sign
        for sign in draft.signs.values()
    }
    draft.lines = [_line_on_parts(line, parts) for line in draft.lines]
    draft.events = [part for event in draft.events for part in _event_on_parts(event, parts)]
    for place, measure, window in draft.incidents:
        if measure.link not in draft.network.links:
            draft.findings.add(place, "link", measure.link, "must not be closed all day by another measure")
            continue
        length_m = whole.links[measure.link].length_m
        at_m = length_m if measure.position_m is None else measure.position_m
        link_id = _part_at(parts.get(measure.link, []), at_m) if measure.position_m is not None else measure.link
        lanes_open = whole.links[measure.link].lanes - measure.lanes_blocked
        if lanes_open < 0:
            limit = f"must be at most the {whole.links[measure.link].lanes} lanes of link {measure.link}"
            draft.findings.add(place, "lanes_blocked", measure.lanes_blocked, limit)
            continue
        draft.events.append(
            LaneEvent(link_id=link_id, lanes_open=lanes_open, from_s=window.from_s, until_s=window.until_s)
        )


def _cut(draft: Draft, link_id: str, cuts: Mapping[float, Cut]) -> Parts:
    parts: Parts = []
    behind_m = 0.0
    for at_m, cut in sorted(cuts.items()):
        with draft.findings.of(cut.place):
            if link_id not in draft.network.links:
                raise InvalidValueError("link", link_id, "must not be closed all day by another measure")
            draft.network = split_link(draft.network, link_id, at_m - behind_m, cut.node_id)
            parts.append((at_m, upstream_id(link_id, cut.node_id)))
            behind_m = at_m
    return [*parts, (float("inf"), link_id)]


def _part_at(parts: Parts, at_m: float) -> str:
    return next(part for ends_m, part in parts if at_m <= ends_m)


def _line_on_parts(line: BusLine, parts: Mapping[str, Parts]) -> BusLine:
    if not any(link in parts for link in line.links):
        return line
    links: list[str] = []
    at: list[int] = []
    for link in line.links:
        links += [part for _, part in parts[link]] if link in parts else [link]
        at.append(len(links) - 1)
    calls = tuple(replace(call, position=at[call.position]) for call in line.calls)
    return replace(line, links=tuple(links), calls=calls)


def _event_on_parts(event: Event, parts: Mapping[str, Parts]) -> list[Event]:
    if isinstance(event, ClosureEvent) and event.link_id in parts:
        return [replace(event, link_id=part) for _, part in parts[event.link_id]]
    return [event]
