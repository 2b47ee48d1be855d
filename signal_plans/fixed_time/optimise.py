"""Fixed-time plans of a town: stages, cycle, greens and offsets by the flow model.

Every junction alone first, as if its traffic came evenly; then junctions between which platoons travel together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from signal_plans.fixed_time.coordination import Coordination
from signal_plans.fixed_time.cyclic_evaluation import CyclicModel, common_period_s, connected, in_step
from signal_plans.fixed_time.settings import OptimiserSettings
from signal_plans.fixed_time.single_junction import Found, SingleJunction
from signal_plans.fixed_time.timing import Timing
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from signal_plans.fixed_time.performance import TownPerformance
    from signal_plans.fixed_time.plan import FixedTimePlan
    from signal_plans.streams.model import StreamTown


def optimise(
    town: StreamTown,
    flow_veh_h: Mapping[str, Sequence[float]],
    settings: OptimiserSettings,
    start: Iterable[FixedTimePlan] | None = None,
) -> tuple[FixedTimePlan, ...]:
    """A plan for each junction of the town, in its order.

    `flow_veh_h` holds one flow per stream of each junction, `start` plans to improve upon: the result never costs more
    by the model (see `planning_cost_veh`).  Deterministic.  Raises `InvalidValueError` for flows or plans that do not
    fit, and for a junction no cycle of which can serve all its streams.
    """
    given = _by_junction(town, start) if start is not None else {}
    longest_s = max(settings.longest_cycle_s, _longest_s(given.values()))
    model = CyclicModel(town, flow_veh_h, settings, longest_period_s=longest_s, levels=settings.flow_levels)
    model.send_evenly()
    searches = [SingleJunction(model, j, settings) for j in range(len(town.junctions))]
    timings: dict[int, Timing] = {}
    for members in connected(model.arrays):
        begun = {j: _timing(given[town.junctions[j].id]) for j in members} if given else None
        group = _Group(model, members, {j: searches[j] for j in members}, settings)
        timings |= group.alone(members[0], begun) if len(members) == 1 else group.together(begun)
    return tuple(timings[j].plan(junction.id) for j, junction in enumerate(town.junctions))


def evaluate(
    town: StreamTown,
    flow_veh_h: Mapping[str, Sequence[float]],
    plans: Iterable[FixedTimePlan],
    settings: OptimiserSettings | None = None,
) -> TownPerformance:
    """How plans serve the flows.  Raises `InvalidValueError` for plans or flows that do not fit the town."""
    chosen = settings or OptimiserSettings()
    given = _by_junction(town, plans)
    model = CyclicModel(town, flow_veh_h, chosen, longest_period_s=_longest_s(given.values()))
    return model.performance([given[junction.id] for junction in town.junctions])


def planning_cost_veh(
    town: StreamTown,
    flow_veh_h: Mapping[str, Sequence[float]],
    plans: Iterable[FixedTimePlan],
    settings: OptimiserSettings,
) -> float:
    """What the optimiser makes small: the cost over all flow levels of the settings."""
    given = _by_junction(town, plans)
    longest_s = _longest_s(given.values())
    model = CyclicModel(town, flow_veh_h, settings, longest_period_s=longest_s, levels=settings.flow_levels)
    chosen = [given[junction.id] for junction in town.junctions]
    return sum(model.cost_of(members, chosen) for members in in_step(model.arrays, [plan.cycle_s for plan in chosen]))


def _by_junction(town: StreamTown, plans: Iterable[FixedTimePlan]) -> dict[str, FixedTimePlan]:
    given = {plan.junction_id: plan for plan in plans}
    for junction in town.junctions:
        if junction.id not in given:
            raise InvalidValueError("plans", sorted(given), f"must hold a plan for junction {junction.id}")
        given[junction.id].check(junction)
    return given


def _longest_s(plans: Iterable[FixedTimePlan]) -> int:
    """Longest cycle, which no period exceeds of junctions that are in step."""
    return max((plan.cycle_s for plan in plans), default=1)


def _timing(plan: FixedTimePlan) -> Timing:
    return Timing(plan.cycle_s, plan.offset_s, plan.order, plan.green_s)


class _Group:
    """Junctions that are timed together."""

    def __init__(
        self,
        model: CyclicModel,
        members: Sequence[int],
        searches: Mapping[int, SingleJunction],
        settings: OptimiserSettings,
    ) -> None:
        self._model, self._members, self._searches, self._settings = model, members, searches, settings

    def alone(self, j: int, begun: Mapping[int, Timing] | None) -> dict[int, Timing]:
        """One junction: the best of all cycles."""
        table = self._table(j)
        best = min((found[0] for found in table.values() if found), default=None)
        if best is None:
            raise self._no_cycle(j)
        best = self._searches[j].refined(best)
        if begun is not None and (cost := self._searches[j].cost(begun[j])) <= best[0]:
            best = cost, begun[j]
        return {j: best[1]}

    def _table(self, j: int) -> dict[int, list[Found]]:
        """Best timings of a junction for each cycle of the grid."""
        settings = self._settings
        near: list[Timing] = []
        table: dict[int, list[Found]] = {}
        for cycle_s in range(settings.shortest_cycle_s, settings.longest_cycle_s + 1, settings.cycle_step_s):
            table[cycle_s] = self._searches[j].at(cycle_s, near)
            near = [timing for _, timing in table[cycle_s]] or near
        return table

    def _no_cycle(self, j: int) -> InvalidValueError:
        settings, junction = self._settings, self._model.arrays.town.junctions[j]
        limit = f"must have stages that serve all streams within {settings.longest_cycle_s} s"
        return InvalidValueError(f"junction[{junction.id}].stages", len(junction.stages), limit)

    def together(self, begun: Mapping[int, Timing] | None) -> dict[int, Timing]:
        """Several junctions: the best common cycle with its offsets."""
        tables = {j: self._table(j) for j in self._members}
        found: list[tuple[float, dict[int, Timing]]] = []
        if begun is not None:
            found.append(self._from(begun))
        for cycle_s in self._common_cycles_s(tables):
            choices = {j: self._choices(j, cycle_s, tables[j]) for j in self._members}
            stages = {j: self._searches[j].stages for j in self._members}
            coordination = Coordination(self._model, self._members, stages, cycle_s)
            coordination.begin({j: choices[j][0] for j in self._members})
            best = coordination.descend(choices)
            seed = self._settings.seed
            for _ in range(self._settings.restarts):
                coordination.begin(best[1])
                seed = coordination.shake(seed)
                trial = coordination.descend({})
                best = trial if trial[0] < best[0] else best
            found.append(best)
        return min(found, key=lambda pair: pair[0])[1]

    def _from(self, begun: Mapping[int, Timing]) -> tuple[float, dict[int, Timing]]:
        """The plans to begin with, improved where they are in step."""
        everybody = [begun.get(j, Timing(1, 0, (0,), (1,))) for j in range(len(self._model.arrays.town.junctions))]
        parts = [
            part for part in in_step(self._model.arrays, [timing.cycle_s for timing in everybody]) if part[0] in begun
        ]
        if len(parts) > 1:
            cost = sum(self._model.cost_of(part, everybody) for part in parts)
            self._model.send_evenly()
            return cost, dict(begun)
        stages = {j: self._searches[j].stages for j in self._members}
        period_s = common_period_s(list(begun.values()))
        coordination = Coordination(self._model, self._members, stages, period_s)
        coordination.begin(begun)
        return coordination.descend({})

    def _choices(self, j: int, cycle_s: int, table: Mapping[int, list[Found]]) -> list[Timing]:
        """Timings of a junction in a common cycle, best first; also at half the cycle where that is allowed."""
        found = list(table.get(cycle_s, ()))
        half_s = cycle_s // 2
        if self._settings.half_cycles and cycle_s % 2 == 0 and half_s >= self._settings.shortest_cycle_s:
            found += table.get(half_s) or self._searches[j].at(half_s)
        return [timing for _, timing in sorted(found)]

    def _common_cycles_s(self, tables: Mapping[int, Mapping[int, list[Found]]]) -> list[int]:
        """Cycles of the grid that cost least before platoons are looked at."""
        costs: list[tuple[float, int]] = []
        for cycle_s in range(
            self._settings.shortest_cycle_s, self._settings.longest_cycle_s + 1, self._settings.cycle_step_s
        ):
            total = 0.0
            for j in self._members:
                parts = [*tables[j][cycle_s]]
                if self._settings.half_cycles and cycle_s % 2 == 0:
                    parts += tables[j].get(cycle_s // 2, [])
                if not parts:
                    break
                total += min(parts)[0]
            else:
                costs.append((total, cycle_s))
        if not costs:
            raise self._no_cycle(
                max(self._members, key=lambda j: self._searches[j].stages.lost_s(self._searches[j].orders()[0]))
            )
        return [cycle_s for _, cycle_s in sorted(costs)[: self._settings.cycles]]
