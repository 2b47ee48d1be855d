"""The order in which kernels take the streams of a junction."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from signal_plans.streams.model import StagedJunction


def streams_by_lane(junction: StagedJunction) -> list[int]:
    """Places of the streams in the junction, those of a lane side by side."""
    return sorted(range(len(junction.streams)), key=lambda s: (junction.streams[s].lane, s))
