"""A road network as the traffic kernel drives on it, from plain arrays: the town's, a benchmark's, a test's."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

SHORTEST_FREE_FLOW_S = 1.0
NO_SIGNAL = -1


class Kind(NamedTuple):
    """A class of vehicles."""

    name: str
    pce: float
    """Passenger cars whose room and headway it takes"""
    speed_m_s: float
    """No faster than this"""


CAR = Kind("car", 1.0, 70.0)
LORRY = Kind("lorry", 2.0, 80.0 / 3.6)
BUS = Kind("bus", 2.0, 50.0 / 3.6)
KINDS = (CAR, LORRY, BUS)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Yielding:
    """Turns (T) and the K pairs of a turn that waits and one it lets pass, sorted by the former, then the latter.

    Turn t lets pass `superior_turn[first_superior[t]:first_superior[t + 1]]`.
    """

    critical_gap_s: Floats
    """(T,); 0 where the turn yields to nobody."""
    follow_up_s: Floats
    """(T,); 0 where the turn yields to nobody."""
    first_superior: Ints
    """(T + 1,)"""
    superior_turn: Ints
    """(K,)"""
    superior_after_s: Floats
    """(K,); from the superior vehicle's crossing of its own yield line until it passes this entry of a roundabout,
    negative where the two meet at the junction itself."""

    @classmethod
    def nobody(cls, turns: int) -> Yielding:
        """No turn lets another pass."""
        none, no_turn = np.zeros(turns), np.zeros(0, dtype=np.int64)
        return cls(
            critical_gap_s=none,
            follow_up_s=none.copy(),
            first_superior=np.zeros(turns + 1, dtype=np.int64),
            superior_turn=no_turn,
            superior_after_s=np.zeros(0),
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Roads:
    """L links, T turns sorted by the link they leave, G lane groups sorted by link, N nodes.

    The fundamental diagram of a link is a triangle: `speed_m_s`, `wave_m_s` and `jam_pce_m` of all lanes together, so
    that its capacity is u w k / (u + w).  `entry_pce_s` and `exit_pce_s` may be smaller; inf where they are not.
    """

    nodes: int
    from_node: Ints
    to_node: Ints
    length_m: Floats
    speed_m_s: Floats
    wave_m_s: Floats
    jam_pce_m: Floats
    entry_pce_s: Floats
    exit_pce_s: Floats
    priority: Floats
    """(2L,) weights at merges: of links, then of those who wait outside them"""
    turn_from: Ints
    turn_to: Ints
    turn_group: Ints
    turn_signal: Ints
    """(T,) row of a signal or NO_SIGNAL"""
    group_link: Ints
    group_pce_s: Floats
    """(G,) saturation flow"""
    group_room_pce: Floats
    node_pce_s: Floats
    """(N,) inf without a limit"""
    yielding: Yielding
    may_overtake: NDArray[np.uint8]
    """(L,) 1 where slow vehicles hold nobody up"""
    has_sign: NDArray[np.uint8]
    kinds: Sequence[Kind] = field(default=KINDS)


def street_arrays(roads: Roads) -> dict[str, NDArray[Any]]:
    """The fields of `traffic_arrays.Town` that describe the streets and what they can carry."""
    links, turns = roads.length_m.size, roads.turn_from.size
    capacity_pce_s = roads.speed_m_s * roads.wave_m_s * roads.jam_pce_m / (roads.speed_m_s + roads.wave_m_s)
    group_node = roads.to_node[roads.group_link]
    first_superior = roads.yielding.first_superior
    inferior = np.repeat(np.arange(turns, dtype=np.int64), np.diff(first_superior))
    on_circle = np.flatnonzero(roads.yielding.superior_after_s >= 0.0)
    by_superior = on_circle[np.argsort(roads.yielding.superior_turn[on_circle], kind="stable")]
    first_inferior, inferior_group, inferior_after_s = _passed_groups(roads, inferior, by_superior)
    has_signal = np.zeros(roads.nodes, dtype=np.uint8)
    has_signal[roads.to_node[roads.turn_from[roads.turn_signal != NO_SIGNAL]]] = 1
    first_group = offsets(roads.group_link, links)
    alone = np.diff(first_group)[roads.group_link] == 1
    exit_pce_s = np.minimum(capacity_pce_s, roads.exit_pce_s)
    group_pce_s = np.where(alone, np.minimum(roads.group_pce_s, exit_pce_s[roads.group_link]), roads.group_pce_s)
    return {
        "length_m": roads.length_m,
        "free_flow_s": np.maximum(SHORTEST_FREE_FLOW_S, roads.length_m / roads.speed_m_s),
        "wave_s": roads.length_m / roads.wave_m_s,
        "room_pce": np.maximum(1.0, roads.jam_pce_m * roads.length_m),
        "least_headway_s": 1.0 / capacity_pce_s,
        "priority": roads.priority,
        "from_node": roads.from_node,
        "to_node": roads.to_node,
        "first_turn": offsets(roads.turn_from, links),
        "turn_to": roads.turn_to,
        "turn_group": roads.turn_group,
        "turn_signal": roads.turn_signal,
        "first_group": first_group,
        "group_link": roads.group_link,
        "group_room_pce": np.maximum(1.0, roads.group_room_pce),
        "first_in": offsets(group_node, roads.nodes),
        "in_group": np.argsort(group_node, kind="stable").astype(np.int64),
        "first_out": offsets(roads.from_node, roads.nodes),
        "out_link": np.argsort(roads.from_node, kind="stable").astype(np.int64),
        "has_signal": has_signal,
        "critical_gap_s": roads.yielding.critical_gap_s,
        "follow_up_s": roads.yielding.follow_up_s,
        "first_superior": first_superior,
        "superior_turn": roads.yielding.superior_turn,
        "superior_after_s": roads.yielding.superior_after_s,
        "first_inferior": first_inferior,
        "inferior_group": inferior_group,
        "inferior_after_s": inferior_after_s,
        "kind_pce": np.array([kind.pce for kind in roads.kinds]),
        "kind_speed_m_s": np.array([kind.speed_m_s for kind in roads.kinds]),
        "may_overtake": roads.may_overtake,
        "has_sign": roads.has_sign,
        "entry_headway_s": 1.0 / np.minimum(capacity_pce_s, roads.entry_pce_s),
        "exit_headway_s": 1.0 / exit_pce_s,
        "group_headway_s": 1.0 / group_pce_s,
        "node_headway_s": 1.0 / roads.node_pce_s,
    }


def _passed_groups(roads: Roads, inferior: Ints, rows: Ints) -> tuple[Ints, Ints, Floats]:
    """For every turn the lane groups in front of which it passes on a circle, each once, and after what time."""
    after_s: dict[tuple[int, int], float] = {}
    for row in rows:
        key = (int(roads.yielding.superior_turn[row]), int(roads.turn_group[inferior[row]]))
        after_s.setdefault(key, float(roads.yielding.superior_after_s[row]))
    superior = np.array([turn for turn, _ in after_s], dtype=np.int64)
    group = np.array([group for _, group in after_s], dtype=np.int64)
    return offsets(superior, roads.turn_from.size), group, np.array(list(after_s.values()), dtype=np.float64)


def offsets(owner: Ints, owners: int) -> Ints:
    """First row of each owner in a table sorted by owner, shape (owners + 1,)."""
    first = np.zeros(owners + 1, dtype=np.int64)
    first[1:] = np.cumsum(np.bincount(owner, minlength=owners))
    return first
