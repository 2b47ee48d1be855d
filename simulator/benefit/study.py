"""The runs of one day and share of sign readers: all signs against none, then against all but each sign.

A sign that redirected nobody in a run with all signs changed nothing in it: without the sign the run would be the same,
event by event.  Such runs are not made again; the result is taken over.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from simulator.benefit.cases import ALL
from simulator.benefit.running import run_case
from simulator.study.plan import StudyPlan
from simulator.study.stopping import StoppingRule
from simulator.study.study import run_study

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from simulator.results.run_result import RunResult
    from simulator.study.executor import Executor
    from simulator.study.plan import ScenarioPlan
    from simulator.study.store import ResultStore
    from simulator.study.study import Progress
    from simulator.study.study_result import StudyResult


@dataclass(frozen=True, slots=True, kw_only=True)
class CellResult:
    """What the runs of a day with one share of sign readers say.  The base of both studies is the case of all signs."""

    none: StudyResult
    """Against no signs."""
    single: StudyResult | None
    """Against all but one, a variant for each sign asked for; None where none was."""
    runs_made: int
    runs_taken_over: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CellPlan:
    """The cases of a cell; `without` by sign."""

    all_signs: ScenarioPlan
    no_signs: ScenarioPlan
    without: Mapping[str, ScenarioPlan]

    def fingerprints(self) -> dict[str, str]:
        """By case."""
        plans = (self.all_signs, self.no_signs, *self.without.values())
        return {plan.id: plan.fingerprint for plan in plans}


def run_cell(
    plan: CellPlan,
    executor: Executor,
    store: ResultStore,
    rule: StoppingRule,
    on_progress: Callable[[Progress], None] = lambda _: None,
    *,
    first_seed: int = 1,
) -> CellResult:
    """Do the runs that the store does not have.  Raises as `study.run_study`."""
    known = _count(store, plan)
    first = StudyPlan(base=plan.all_signs, variants=(plan.no_signs,), first_seed=first_seed)
    none = run_study(first, run_case, executor, store, rule, on_progress)
    single, taken = None, 0
    if plan.without:
        taken = sum(_take_over(store, seed, plan.without) for seed in none.seeds)
        second = StudyPlan(base=plan.all_signs, variants=tuple(plan.without.values()), first_seed=first_seed)
        exact = replace(rule, n_min=len(none.seeds), n_max=len(none.seeds))
        single = run_study(second, run_case, executor, store, exact, on_progress)
    return CellResult(none=none, single=single, runs_made=_count(store, plan) - known - taken, runs_taken_over=taken)


def _count(store: ResultStore, plan: CellPlan) -> int:
    return sum(len(store.done(id_)) for id_ in plan.fingerprints())


def _take_over(store: ResultStore, seed: int, without: Mapping[str, ScenarioPlan]) -> int:
    """Write the results that need no run of their own; how many."""
    base = store.read(ALL, seed)
    if base is None:
        return 0
    idle = idle_signs(base)
    missing = [plan for sign_id, plan in without.items() if sign_id in idle and seed not in store.done(plan.id)]
    for plan in missing:
        store.write(replace(base, scenario_id=plan.id, fingerprint=plan.fingerprint))
    return len(missing)


def idle_signs(result: RunResult) -> frozenset[str]:
    """Signs that redirected nobody since the begin of the warm-up."""
    table = result.tables["sign"]
    return frozenset(
        str(sign_id)
        for sign_id, count in zip(table["sign_id"], table["turned_ever_veh"], strict=True)
        if int(count) == 0
    )


def rule_of(figure: str, seeds: int, narrow: float) -> StoppingRule:
    """All seeds, or fewer once the interval of the figure is at most ± `narrow` (0: never stop early)."""
    return StoppingRule(figure=figure, n_min=min(5, seeds) if narrow else seeds, n_max=seeds, floor=narrow, share=0.0)


def turned_per_run(results: Sequence[RunResult]) -> dict[str, float]:
    """Mean number of drivers that each sign redirected in the period, over runs with all signs."""
    sums: dict[str, int] = {}
    for result in results:
        table = result.tables["sign"]
        for sign_id, count in zip(table["sign_id"], table["turned_veh"], strict=True):
            sums[str(sign_id)] = sums.get(str(sign_id), 0) + int(count)
    return {sign_id: count / len(results) for sign_id, count in sums.items()}
