"""Steps of all bushes together, for problems on which shifts one by one creep."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from traffic_core.kernels.planning import bush_joint

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from traffic_core.assignment.flows import Flows

FEWEST, MOST = 16, 1_024
"""Steps of the conjugate gradients: more, the closer the problem is to the straight lines that they assume."""
TRIES = 12
SHRINK = 0.1
NOISE_RATIO = 1e-13
RISE_RATIO = 0.5
"""A step is taken unless the costs rise along its end more than by this part of what they fall along its beginning."""


@dataclass(slots=True)
class JointSteps:
    """What is kept from one step to the next."""

    steps: int = 64
    kept: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 0)))

    def take(self, flows: Flows) -> bool:
        """Change all flows at once, as far as that brings costs down; return whether it did."""
        flows.load()
        bushes = flows.bushes
        if self.kept.shape != bushes.flow.shape:
            self.kept = np.empty_like(bushes.flow)
        begin = np.zeros(bushes.row.size + 1, dtype=np.int64)
        form = (bushes.nodes, bushes.first, bushes.link, bushes.tail)
        bush_joint.arrange(*form, bushes.flow, self.kept, begin)
        change = np.zeros(int(begin[-1]))
        if not change.size:
            return False
        finished = bush_joint.direction(
            bushes.bush_class, *form, bushes.flow, flows.cost, flows.slope, begin, self.steps, change
        )
        cost, volume = flows.cost.copy(), flows.class_volume.copy()
        noise = NOISE_RATIO * float(np.sum(cost[volume > 0.0] * volume[volume > 0.0]))
        scale = 1.0
        for _ in range(TRIES):
            bush_joint.move(bushes.nodes, bushes.first, bushes.tail, self.kept, begin, change, scale, bushes.flow)
            flows.load()
            by = flows.class_volume - volume
            driven = by != 0.0
            falls, rises = float(cost[driven] @ by[driven]), float(flows.cost[driven] @ by[driven])
            if falls < noise and rises <= noise - RISE_RATIO * min(falls, 0.0):
                if scale == 1.0 and not finished:
                    self.steps = min(2 * self.steps, MOST)
                return True
            self.steps = max(self.steps // 2, FEWEST)
            scale *= SHRINK
        bush_joint.move(bushes.nodes, bushes.first, bushes.tail, self.kept, begin, change, 0.0, bushes.flow)
        flows.load()
        return False
