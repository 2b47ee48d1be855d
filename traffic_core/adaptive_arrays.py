"""Fields of the kernel of adaptive control, in a file without code.

A change of fields here must change `LAYOUT` there: the disk cache of compiled code looks at the kernel's file only.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
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
    """

    arrival_veh: NDArray[np.float64]
    moving_veh: NDArray[np.float64]
    share: NDArray[np.float64]
    head: NDArray[np.float64]
    weight: NDArray[np.float64]
    blocked_s: NDArray[np.float64]


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
    first, second : (T + 1, n) states before each second of the running stage and of the one after it
    first_cost_s, second_cost_s : (T + 1,)
    """

    state: NDArray[np.float64]
    first: NDArray[np.float64]
    first_cost_s: NDArray[np.float64]
    second: NDArray[np.float64]
    second_cost_s: NDArray[np.float64]
    rights: NDArray[np.uint8]


class Search(NamedTuple):
    """All of it."""

    streets: Streets
    picture: Picture
    model: Model
    scratch: Scratch


def layout() -> str:
    """Short name of all fields, their order and types."""
    kinds: tuple[type[tuple[object, ...]], ...] = (Streets, Picture, Model, Scratch, Search)
    text = ";".join(f"{kind.__name__}.{name}:{of}" for kind in kinds for name, of in kind.__annotations__.items())
    return hashlib.blake2b(text.encode(), digest_size=4).hexdigest()
