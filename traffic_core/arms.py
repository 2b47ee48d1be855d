"""Arms of a junction from directions alone: which ways in and out belong together, and where arms no longer touch."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from traffic_core.bearings import deflection_deg

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def paired_ways(
    into_deg: Sequence[float], out_deg: Sequence[float], candidates: Iterable[tuple[int, float, int, int]]
) -> list[tuple[int | None, int | None, float]]:
    """Way in, way out and bearing of each arm; either way may be missing.

    into_deg, out_deg : bearings of the ways, seen from the node
    candidates : (rank, degrees apart, way in, way out) of the ways that may be one arm; the least come first
    """
    alone_in, alone_out = set(range(len(into_deg))), set(range(len(out_deg)))
    arms: list[tuple[int | None, int | None, float]] = []
    for _, _, i, o in sorted(candidates):
        if i in alone_in and o in alone_out:
            alone_in.remove(i)
            alone_out.remove(o)
            arms.append((i, o, (into_deg[i] + deflection_deg(into_deg[i], out_deg[o]) / 2.0) % 360.0))
    arms += [(i, None, into_deg[i]) for i in sorted(alone_in)]
    arms += [(None, o, out_deg[o]) for o in sorted(alone_out)]
    return arms


def untouched_from_m(bearings_deg: Sequence[float], edges_m: Sequence[tuple[float, float]]) -> list[float]:
    """Distance from the node beyond which each arm touches no neighbour; at least 0.

    bearings_deg : of the arms, clockwise
    edges_m : right and left edge of each arm as offsets to the left of its axis, seen from the node
    """
    free_m = [0.0] * len(bearings_deg)
    for place in range(len(bearings_deg)):
        other = (place + 1) % len(bearings_deg)
        between = math.radians((bearings_deg[other] - bearings_deg[place]) % 360.0)
        if other == place or not 0.0 < between < math.pi:
            continue
        # the right edge of an arm meets the left edge of the next one clockwise
        right_m, left_m = -edges_m[place][0], edges_m[other][1]
        free_m[place] = max(free_m[place], _meet_m(right_m, left_m, between))
        free_m[other] = max(free_m[other], _meet_m(left_m, right_m, between))
    return free_m


def _meet_m(own_m: float, other_m: float, between: float) -> float:
    """Distance along an arm at which its edge meets the edge of another arm, at an angle in radians."""
    return (other_m + own_m * math.cos(between)) / math.sin(between)
