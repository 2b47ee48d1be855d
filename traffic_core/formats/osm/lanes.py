"""Lanes of an OpenStreetMap way in one direction, what is painted on them, and which turns they serve."""

from __future__ import annotations

from typing import TYPE_CHECKING

from traffic_core.formats.osm.defaults import LANES
from traffic_core.network import MOST_LANES, Movement
from traffic_core.provenance import Confidence

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from traffic_core.formats.imported import Warnings
    from traffic_core.formats.osm.ways import Tags

    Marks = tuple[frozenset[Movement] | None, ...]
    """Arrows of each lane from the right; None where none is painted."""

MARK = {
    "left": Movement.LEFT,
    "slight_left": Movement.LEFT,
    "sharp_left": Movement.LEFT,
    "through": Movement.THROUGH,
    "merge_to_left": Movement.THROUGH,
    "merge_to_right": Movement.THROUGH,
    "right": Movement.RIGHT,
    "slight_right": Movement.RIGHT,
    "sharp_right": Movement.RIGHT,
    "reverse": Movement.U_TURN,
}
LEFT_TO_RIGHT = (Movement.U_TURN, Movement.LEFT, Movement.THROUGH, Movement.RIGHT)
RESERVED = (
    *((key, "designated") for key in ("bus:lanes", "psv:lanes")),
    *((key, "no") for key in ("motorcar:lanes", "motor_vehicle:lanes", "vehicle:lanes", "access:lanes")),
)
"""Lists by lane, and the value that keeps cars off one."""


def read_lanes(
    tags: Tags, way: str, warnings: Warnings, *, forward: bool, one_way: bool
) -> tuple[int, Marks | None, Confidence]:
    """Lanes for cars, their arrows (None where the way shows none), and how the number was found."""
    side = "forward" if forward else "backward"
    arrows = _list(tags, "turn:lanes", side, one_way)
    lanes, confidence = _count(tags, way, warnings, side=side, one_way=one_way)
    counted = lanes if confidence is Confidence.ANCHOR else None
    if arrows and len(arrows) <= MOST_LANES:
        lanes, confidence = len(arrows), Confidence.ANCHOR
    open_lanes = _open_lanes(tags, side, one_way, lanes)
    if counted not in {None, lanes, len(open_lanes)}:  # some count bus lanes, some do not
        warnings.add("turn:lanes and lanes disagree, turn:lanes taken", f"{way}: {lanes} and {counted}")
    if len(open_lanes) < lanes:
        warnings.add("lane not for cars left out", way)
    if not arrows or len(arrows) != lanes:
        return len(open_lanes), None, confidence
    marks = [_mark(arrows[place], way, warnings) for place in open_lanes]
    return len(open_lanes), tuple(reversed(marks)), confidence


def lane_movements(
    marks: Marks, permitted: AbstractSet[Movement], link: str, warnings: Warnings
) -> tuple[frozenset[Movement], ...]:
    """Turns that each lane serves, from the right; together they serve exactly `permitted`, which must not be empty.

    Painted arrows count as far as the turn is permitted, else the nearest permitted one.  A lane without arrows serves
    through traffic.  A permitted turn that no lane serves then goes to the outermost lane of its side, first to one
    without arrows.
    """
    lanes = [set() if mark is None else set(mark & permitted or {_nearest(mark, permitted)}) for mark in marks]
    plain = [place for place, mark in enumerate(marks) if mark is None]
    if Movement.THROUGH in permitted:
        for place in plain:
            lanes[place].add(Movement.THROUGH)
    for movement in LEFT_TO_RIGHT:
        if movement in permitted and not any(movement in lane for lane in lanes):
            candidates = plain or range(len(lanes))
            leftwards = movement in {Movement.LEFT, Movement.U_TURN}
            lanes[max(candidates) if leftwards else min(candidates)].add(movement)
            if not plain:
                warnings.add("turn permitted that no lane shows", link)
    return tuple(frozenset(lane or permitted) for lane in lanes)


def _nearest(mark: frozenset[Movement], permitted: AbstractSet[Movement]) -> Movement:
    place = LEFT_TO_RIGHT.index
    return min(LEFT_TO_RIGHT, key=lambda turn: (turn not in permitted, min(abs(place(turn) - place(m)) for m in mark)))


def _list(tags: Tags, key: str, side: str, one_way: bool) -> list[str] | None:
    """Values of a list by lane for a direction, from the left; None where there is none."""
    text = tags.get(f"{key}:{side}", tags.get(key) if one_way else None)
    return None if text is None else [value.strip() for value in text.split("|")]


def _mark(text: str, way: str, warnings: Warnings) -> frozenset[Movement] | None:
    arrows = [arrow.strip() for arrow in text.split(";")]
    if any(arrow not in MARK and arrow not in {"", "none"} for arrow in arrows):
        warnings.add("arrow of turn:lanes not understood", f"{way}: {text}")
    return frozenset(MARK[arrow] for arrow in arrows if arrow in MARK) or None


def _open_lanes(tags: Tags, side: str, one_way: bool, lanes: int) -> list[int]:
    """Places from the left of the lanes that cars may use, at least one."""
    is_open = [True] * lanes
    for key, closing in RESERVED:
        values = _list(tags, key, side, one_way)
        if values is not None and len(values) == lanes:
            is_open = [was and value != closing for was, value in zip(is_open, values, strict=True)]
    return [place for place, value in enumerate(is_open) if value] or list(range(lanes))


def _count(tags: Tags, way: str, warnings: Warnings, *, side: str, one_way: bool) -> tuple[int, Confidence]:
    own = _whole(tags, f"lanes:{side}", way, warnings)
    if own is not None:
        return own, Confidence.ANCHOR
    total = _whole(tags, "lanes", way, warnings)
    if total is not None and one_way:
        return total, Confidence.ANCHOR
    if total is not None:
        other = "backward" if side == "forward" else "forward"
        opposite = _whole(tags, f"lanes:{other}", way, warnings) or len(_list(tags, "turn:lanes", other, False) or ())
        in_between = _whole(tags, "lanes:both_ways", way, warnings) or 0
        if opposite:
            return max(1, total - in_between - opposite), Confidence.DERIVED
        if (total - in_between) % 2 and total > 1:
            warnings.add("odd number of lanes shared by both directions, the odd one left out", f"{way}: lanes={total}")
        return max(1, (total - in_between) // 2), Confidence.DERIVED
    warnings.add("lanes taken from the road class", way)
    return LANES.get(tags["highway"], 1) if one_way else 1, Confidence.ESTIMATED


def _whole(tags: Tags, key: str, way: str, warnings: Warnings) -> int | None:
    text = tags.get(key, "").strip()
    if not text:
        return None
    number = text.split(".")[0]
    if number.isascii() and number.isdigit() and 1 <= int(number) <= MOST_LANES:
        return int(number)
    warnings.add("number of lanes not understood", f"{way}: {key}={text}")
    return None
