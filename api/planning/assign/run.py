"""One run of `stadttakt assign`: the case, what is chosen in it, and what was found."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from api.errors import ConfigError
from api.planning.assign.selecting import Selection
from api.planning.assign.solving import ClosedSolution, Solution, closed_classes, timed_solve

if TYPE_CHECKING:
    from collections.abc import Iterable

    from api.planning.assign.case import Case, Slice
    from api.planning.assign.screenlines import Crossing
    from api.planning.assign.settings import AssignSettings


@dataclass(slots=True, kw_only=True)
class Run:
    """A case with its settings, filled slice by slice."""

    case: Case
    settings: AssignSettings
    compile_s: float
    crossings: tuple[Crossing, ...] = ()
    selected: tuple[int, ...] = ()
    """Chosen links by their place among those of the case."""
    shut: tuple[int, ...] = ()
    """Closed links, in the same way."""
    solution: Solution = field(default_factory=Solution)
    selection: Selection | None = None
    closed: ClosedSolution | None = None

    @property
    def converged(self) -> bool:
        """Whether every solve came as close as it should."""
        others = (self.closed.warm, self.closed.cold) if self.closed is not None else ()
        return all(each.converged for each in (self.solution, *others))

    def solve_slice(self, piece: Slice) -> None:
        """Assign one slice, with and without the closed links, and count what is selected in it."""
        solve = partial(timed_solve, piece, gap=self.settings.gap, max_iterations=self.settings.max_iterations)
        assignment, cpu_s = solve(piece.classes)
        self.solution.add(assignment, cpu_s, piece.rows)
        if self.settings.selects:
            self.selection = self.selection or Selection(
                links=self.settings.select_links, zones=self.settings.select_zones
            )
            self.selection.add(piece, assignment, self.selected)
        if self.shut:
            self.closed = self.closed or ClosedSolution(links=self.settings.close)
            classes = closed_classes(piece, self.shut)
            warm, cpu_s = solve(classes, start=assignment)
            self.closed.warm.add(warm, cpu_s, piece.rows)
            cold, cpu_s = solve(classes)
            self.closed.cold.add(cold, cpu_s, piece.rows)


def chosen_links(option: str, wanted: Iterable[str], case: Case) -> tuple[int, ...]:
    """Places of links among those of the case, by id or, where it is no id, by FROM-TO nodes.

    Raises
    ------
    ConfigError
        Where there is no such link, several between the two nodes, or one is named twice.
    """
    by_id = {link_id: place for place, link_id in enumerate(case.links.ids)}
    by_nodes: dict[str, list[int]] = {}
    for place, ends in enumerate(zip(case.links.from_nodes, case.links.to_nodes, strict=True)):
        by_nodes.setdefault("-".join(ends), []).append(place)
    found: list[int] = []
    for name in wanted:
        places = [by_id[name]] if name in by_id else by_nodes.get(name, [])
        if len(places) > 1:
            ids = ", ".join(case.links.ids[place] for place in places)
            raise ConfigError(option, name, f"must be one link; between these nodes are {ids}")
        if not places:
            raise ConfigError(option, name, f"must be a link of {case.name}: its id, or its nodes as FROM-TO")
        if places[0] in found:
            raise ConfigError(option, name, "must be named once")
        found += places
    return tuple(found)
