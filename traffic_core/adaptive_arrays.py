"""Fields of the kernel of adaptive control.

A change of fields here must change `LAYOUT` there: the disk cache of compiled code looks at the kernel's file only.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Streets(NamedTuple):
    """Supply of the junctions (J): lanes (L), streams (K), stages (S); `first_…` are pointers into what follows.

    first_lane, first_stage : (J + 1,); first_stream : (L + 1,)
    lane : (K,) lane of a stream, counted within its junction; exit : (K,); headway_s : (K,)
    first_foe : (K + 1,); foe : (F,) streams that a permissive one gives way to, counted within their junction
    first_right : (J,); right : what each stage grants each stream, stages times streams for each junction
    first_pair : (J,); interstage_s : stages times stages for each junction
    min_green_s, max_green_s : (S,)
    horizon_s : (J,) how far the look-ahead goes, T at most
    """

    first_lane: NDArray[np.int64]
    first_stage: NDArray[np.int64]
    first_stream: NDArray[np.int64]
    lane: NDArray[np.int64]
    headway_s: NDArray[np.float64]
    exit: NDArray[np.int64]
    first_foe: NDArray[np.int64]
    foe: NDArray[np.int64]
    first_right: NDArray[np.int64]
    right: NDArray[np.uint8]
    first_pair: NDArray[np.int64]
    interstage_s: NDArray[np.int64]
    min_green_s: NDArray[np.int64]
    max_green_s: NDArray[np.int64]
    horizon_s: NDArray[np.int64]


class Picture(NamedTuple):
    """What is known in a second, with T seconds of look-ahead.

    arrival_veh : (L, T + 8) vehicles that reach the stop line in a second if nothing holds them
    moving_veh : (L, T + 8) the part of them that has not stopped yet
    share : (K,) of the lane's vehicles
    head : (K,) probability that the first vehicle of the lane belongs to the stream
    weight : (L,) cost of a second of waiting; blocked_s : (X,) how long an exit will take nobody
    called : (J,) whether a vehicle among the others of a lane (a bus) has called the junction
    call_s : (L,) second in which that vehicle reaches the stop line if nothing holds it
    call_weight : (L,) cost of a second of its waiting, on top of `weight`; 0 where nobody has called
    may_begin : (S,) stages that may follow; others serve nobody
    red_cost_s : (L, T) cost of each second in which no stream of the lane is green; (0, 0) where there is none
    """

    arrival_veh: NDArray[np.float64]
    moving_veh: NDArray[np.float64]
    share: NDArray[np.float64]
    head: NDArray[np.float64]
    weight: NDArray[np.float64]
    blocked_s: NDArray[np.float64]
    called: NDArray[np.bool_]
    call_s: NDArray[np.int64]
    call_weight: NDArray[np.float64]
    may_begin: NDArray[np.bool_]
    red_cost_s: NDArray[np.float64]


class Model(NamedTuple):
    """Numbers of the queue model and of the search, as in `signal_plans.adaptive.settings`."""

    stop_cost_s: float
    left_cost_s: float
    gap_s: int
    pocket_veh: float
    start_loss_s: float
    amber_used_s: int
    keep_s: NDArray[np.int64]
    second_s: NDArray[np.int64]


class Scratch(NamedTuple):
    """Room for one junction at a time; n is the largest state, K the most streams.

    state : (n,); rights : (K,) while stages change
    first, second : (T + 1, n) states before each second of the running stage, and before those in which the next one
        may end
    first_cost_s, second_cost_s : (T + 1,)
    busy : (lanes,) lanes that are played second by second
    arrived_veh, moved_veh : (lanes, T + 1) sums of what the picture says up to before each second
    arrived_veh_s : (lanes, T + 1) the same of vehicles times their second
    """

    state: NDArray[np.float64]
    first: NDArray[np.float64]
    first_cost_s: NDArray[np.float64]
    second: NDArray[np.float64]
    second_cost_s: NDArray[np.float64]
    rights: NDArray[np.uint8]
    busy: NDArray[np.int64]
    arrived_veh: NDArray[np.float64]
    arrived_veh_s: NDArray[np.float64]
    moved_veh: NDArray[np.float64]


class Search(NamedTuple):
    """All of it."""

    streets: Streets
    picture: Picture
    model: Model
    scratch: Scratch


def smallest_search() -> Search:
    """One junction with one lane, stream and stage."""
    whole, none, one = np.zeros(1, np.int64), np.zeros(0, np.int64), np.zeros(1)
    pointers, yes, table = np.array([0, 1]), np.ones(1, np.bool_), np.zeros((1, 10))
    streets = Streets(
        pointers, pointers, pointers, whole, one + 2.0, whole, np.zeros(2, np.int64), none, whole,
        np.ones(1, np.uint8), whole, whole, whole + 1, whole + 1, whole + 1,
    )  # fmt: skip
    picture = Picture(table, table, one, one, one, one, yes, whole, one, yes, np.zeros((0, 0)))
    model = Model(2.0, 15.0, 4, 1.0, 1.5, 1, whole, whole)
    states = np.zeros((3, 5))
    scratch = Scratch(
        np.zeros(5), states, np.zeros(3), states.copy(), np.zeros(3), np.zeros(1, np.uint8), whole.copy(),
        table.copy(), table.copy(), table.copy(),
    )  # fmt: skip
    return Search(streets, picture, model, scratch)


def layout() -> str:
    """Short name of all fields, their order and types."""
    kinds: tuple[type[tuple[object, ...]], ...] = (Streets, Picture, Model, Scratch, Search)
    text = ";".join(f"{kind.__name__}.{name}:{of}" for kind in kinds for name, of in kind.__annotations__.items())
    return hashlib.blake2b(text.encode(), digest_size=4).hexdigest()
