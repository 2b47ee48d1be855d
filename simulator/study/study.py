"""Base and variants with the same seeds, until the answer is clear enough."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from simulator.study.executor import Failed
from simulator.study.intervals import compare_all, estimate
from simulator.study.mean_tables import MeanTables
from simulator.study.result_files import json_path
from simulator.study.study_result import FailedRun, StudyResult
from traffic_core.errors import FileError, InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from simulator.results.run_result import RunResult, Table
    from simulator.study.executor import Executor
    from simulator.study.plan import StudyPlan, Task
    from simulator.study.stopping import StoppedBecause, StoppingRule
    from simulator.study.store import ResultStore

    Figures: TypeAlias = dict[int, Mapping[str, float | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a study has come."""

    done: int
    """Runs with a result, those found in the folder included."""
    found: int
    """Runs found in the folder."""
    failed: int
    at_most: int
    """Runs if the study goes on to the last seed."""
    seeds_ended: int
    """Leading seeds of which every run has ended."""
    widths: Mapping[str, tuple[float | None, float | None]]
    """By variant: half width of the main figure's interval, and what it has to reach."""
    newest_failure: FailedRun | None = None


def run_study(
    plan: StudyPlan,
    run_task: Callable[[Task], RunResult],
    executor: Executor,
    store: ResultStore,
    rule: StoppingRule,
    on_progress: Callable[[Progress], None] = lambda _: None,
) -> StudyResult:
    """Do the runs that the store does not have yet, keep each when it is done, and compare.

    Seeds are `first_seed`, `first_seed` + 1, ...; all scenarios run with a seed before the next one begins.  A run that
    fails is named in the result and its pairs are left out; it is tried again when the study is started again.
    Whatever ends a study early, Ctrl-C included, leaves the runs that were done in the store.

    Parameters
    ----------
    run_task
        Top-level function of a module; its result must carry the task's scenario, seed and fingerprint.

    Raises
    ------
    InvalidValueError
        Where no run of a scenario succeeds, or runs do not fit together.
    FileError
        Where a result cannot be written, as on a full disk.
    """
    study = _Study(plan=plan, store=store, rule=rule, on_progress=on_progress)
    with closing(executor.map_unordered(run_task, study.tasks())) as outcomes:
        for outcome in outcomes:
            if isinstance(outcome, Failed):
                study.take_failure(outcome.task, outcome.reason)
            else:
                study.take(outcome.task, outcome.result)
            if study.verdict is not None:
                break
    return study.result()


@dataclass(slots=True, kw_only=True)
class _Study:
    plan: StudyPlan
    store: ResultStore
    rule: StoppingRule
    on_progress: Callable[[Progress], None]
    figures: dict[str, Figures] = field(init=False)
    reasons: dict[tuple[int, str], str] = field(default_factory=dict)
    """Of failed runs, by seed and scenario."""
    found: int = 0
    ended: int = 0
    """Leading seeds of which every run has ended."""
    verdict: StoppedBecause | None = None

    def __post_init__(self) -> None:
        self.figures = {scenario.id: {} for scenario in self.plan.scenarios}

    @property
    def seeds(self) -> range:
        """All that the study may use."""
        return range(self.plan.first_seed, self.plan.first_seed + self.rule.n_max)

    def tasks(self) -> Iterator[Task]:
        """Runs that are missing, seed by seed; what the store has is taken from there."""
        for seed in self.seeds:
            for scenario in self.plan.scenarios:
                if self.verdict is not None:
                    return
                stored = self.store.read(scenario.id, seed)
                if stored is None:
                    yield scenario.task(seed)
                else:
                    self.found += 1
                    self.figures[scenario.id][seed] = stored.figures
                    self._go_on()

    def take(self, task: Task, result: RunResult) -> None:
        """Keep the result of a run."""
        if (result.scenario_id, result.seed) != (task.scenario_id, task.seed):
            wanted = f"must be that of run[{task.scenario_id}, {task.seed}]"
            raise InvalidValueError("result", f"run[{result.scenario_id}, {result.seed}]", wanted)
        self.store.write(result)
        self.figures[task.scenario_id][task.seed] = result.figures
        self._go_on()

    def take_failure(self, task: Task, reason: str) -> None:
        """Note that a run failed."""
        self.reasons[task.seed, task.scenario_id] = reason
        self._go_on(FailedRun(scenario_id=task.scenario_id, seed=task.seed, reason=reason))

    def _go_on(self, failure: FailedRun | None = None) -> None:
        while self.verdict is None and self.ended < len(self.seeds) and self._has_ended(self.seeds[self.ended]):
            self.ended += 1
            if self.ended == self.rule.n_min:
                self._refuse_hopeless()
            self.verdict = self.rule.verdict(self._base(), self._variants(), self.seeds[: self.ended])
        self.on_progress(self._progress(failure))

    def _has_ended(self, seed: int) -> bool:
        return all(seed in runs or (seed, id_) in self.reasons for id_, runs in self.figures.items())

    def _refuse_hopeless(self) -> None:
        used = self.seeds[: self.ended]
        for id_, runs in self.figures.items():
            if not any(seed in runs for seed in used):
                limit = f"no run of this scenario succeeded, {len(used)} failed; completed runs of the others are kept"
                raise InvalidValueError(f"run[{id_}, {used[0]}]", self.reasons[used[0], id_], limit)

    def _base(self) -> Figures:
        return self.figures[self.plan.base.id]

    def _variants(self) -> list[Figures]:
        return [self.figures[variant.id] for variant in self.plan.variants]

    def _progress(self, failure: FailedRun | None) -> Progress:
        used = self.seeds[: self.ended]
        return Progress(
            done=sum(len(runs) for runs in self.figures.values()),
            found=self.found,
            failed=len(self.reasons),
            at_most=len(self.seeds) * len(self.figures),
            seeds_ended=self.ended,
            widths={
                variant.id: self.rule.widths(self._base(), self.figures[variant.id], used)
                for variant in self.plan.variants
            },
            newest_failure=failure,
        )

    def result(self) -> StudyResult:
        """All that the seeds up to the verdict say."""
        if self.verdict is None:
            raise InvalidValueError("executor", self.ended, f"must give an outcome of all {len(self.seeds)} seeds")
        used = tuple(self.seeds[: self.ended])
        figures = {id_: {at: runs[at] for at in used if at in runs} for id_, runs in self.figures.items()}
        whole = tuple(seed for seed in used if all(seed in runs for runs in figures.values()))
        base = figures[self.plan.base.id]
        return StudyResult(
            base_id=self.plan.base.id,
            variant_ids=tuple(variant.id for variant in self.plan.variants),
            fingerprints=self.plan.fingerprints(),
            rule=self.rule,
            stopped_because=self.verdict,
            seeds=used,
            failed=tuple(
                FailedRun(scenario_id=scenario.id, seed=seed, reason=self.reasons[seed, scenario.id])
                for seed in used
                for scenario in self.plan.scenarios
                if (seed, scenario.id) in self.reasons
            ),
            estimates={
                id_: {
                    name: estimate(name, [run[name] for run in runs.values()], self.rule.confidence)
                    for name in sorted(next(iter(runs.values())))
                }
                for id_, runs in figures.items()
            },
            comparisons={
                variant.id: compare_all(base, figures[variant.id], self.rule.confidence, self.rule.figure)
                for variant in self.plan.variants
            },
            mean_seeds=whole,
            mean_tables={id_: self._means(id_, whole) for id_ in figures} if whole else {},
        )

    def _means(self, scenario_id: str, seeds: tuple[int, ...]) -> dict[str, Table]:
        means = MeanTables()
        for seed in seeds:
            result = self.store.read(scenario_id, seed)
            if result is None:
                path = json_path(self.store.folder, scenario_id, seed)
                raise FileError(
                    str(path), 0, "run", seed, "vanished or was damaged meanwhile; start again to repeat it"
                )
            means.add(result)
        return dict(means.means())
