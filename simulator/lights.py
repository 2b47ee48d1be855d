"""All signal controllers of the town and the turns they open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from signal_plans.lamp import Lamp
from signal_plans.signal_group import GroupKind
from simulator.roadside_controller import RoadsideController

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from signal_plans.junction import Junction
    from traffic_core.network_arrays import NetworkArrays


class Lights:
    """Steps the controllers and keeps `open_turn` (1, T): 1 where nothing forbids a turn in this second."""

    def __init__(self, arrays: NetworkArrays, junctions: Mapping[str, Junction]) -> None:
        self.controllers = {junction_id: RoadsideController(junction) for junction_id, junction in junctions.items()}
        self.open_turn = np.ones((1, arrays.turn_from.size), dtype=np.uint8)
        self._turns: dict[str, list[tuple[str, NDArray[np.int64]]]] = {
            junction_id: [
                (group.id, np.array([arrays.turn_index[turn] for turn in group.turns], dtype=np.int64))
                for group in junction.layout.groups.values()
                if group.kind is GroupKind.VEHICLE
            ]
            for junction_id, junction in junctions.items()
        }
        for groups in self._turns.values():
            for _, turns in groups:
                self.open_turn[0, turns] = 0

    def step(self, now_s: float) -> None:
        """Set lamps and turns for the second that begins at `now_s`."""
        open_turn = self.open_turn[0]
        for junction_id, controller in self.controllers.items():
            if controller.step(now_s):
                lamps = controller.lamps
                for group, turns in self._turns[junction_id]:
                    open_turn[turns] = lamps[group] is Lamp.GREEN
