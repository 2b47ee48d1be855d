"""The monitor's eye on the lamps of the roadside: every second that is over is judged once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from signal_plans.monitor import OnlineMonitor, monitor_rules, read_fault

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from signal_plans.layout import SignalLayout
    from signal_plans.monitor import Fault

MOST_SECONDS = 86_400


class LampWatch:
    """Judges the lamps of junctions, each by itself and in the order of its seconds."""

    def __init__(self, layouts: Sequence[SignalLayout]) -> None:
        self._layouts = {layout.junction_id: layout for layout in layouts}
        self._monitors = {layout.junction_id: OnlineMonitor(monitor_rules([layout])) for layout in layouts}
        self._judged_to_s: dict[str, int] = {}
        self._first: dict[str, Fault] = {}

    def take(self, junction_id: str, rows: Callable[[int, int], NDArray[np.uint8]], end_s: int) -> None:
        """Judge the seconds before `end_s` that were not judged yet; the first call only says where they begin.

        `rows` gives the lamps (seconds, groups) from a second to before another.
        """
        at_s = self._judged_to_s.setdefault(junction_id, end_s)
        while at_s < end_s:
            until_s = min(end_s, at_s + MOST_SECONDS)
            faults = self._monitors[junction_id].judge_sequence(rows(at_s, until_s))
            fault = read_fault(self._layouts[junction_id], faults[0])
            if fault is not None:
                self._first.setdefault(junction_id, replace(fault, second=at_s + fault.second))
            at_s = until_s
        self._judged_to_s[junction_id] = max(at_s, end_s)

    def faults(self) -> dict[str, Fault]:
        """The first fault of each junction that had one, with its second since 1970."""
        return dict(self._first)
