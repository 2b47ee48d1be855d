"""A study from the command line: runs, results, report, and what to say of it."""

from __future__ import annotations

import asyncio
import shlex
import time
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING

import typer

from api.kernels import compile_in_child
from api.town import load_town
from api.whatif.cases import plan_of, prepare_named, require_comparable
from api.whatif.progress import study_progress
from api.whatif.report.page import render
from api.whatif.simulating import INTERRUPTED
from api.whatif.study_content import Study, content_of
from simulator.results.run_result import FIGURES
from simulator.study.dask_cluster import DaskCluster
from simulator.study.executor import InProcess
from simulator.study.local_processes import LocalProcesses
from simulator.study.method_notes import method_notes
from simulator.study.plan import StudyPlan
from simulator.study.running import run_task
from simulator.study.sentences import sentences
from simulator.study.stopping import StoppingRule
from simulator.study.store import ResultStore
from simulator.study.study import run_study
from simulator.study.study_result import study_json, write_study
from simulator.study.whole_files import write_whole
from traffic_core.errors import FileError, InvalidValueError

if TYPE_CHECKING:
    from pathlib import Path

    from api.town import ModelInfo
    from simulator.study.executor import Executor
    from simulator.study.numbers import Language
    from simulator.study.running import Prepared
    from simulator.study.study_result import StudyResult

REPORT = "report.html"
DONE, FAILED = 0, 1
SEEDS = 2**64
"""The first that is no seed of a run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatifSettings:
    """As the command line gives them."""

    base: str
    variants: tuple[str, ...]
    out: Path
    seeds: int
    first_seed: int
    min_seeds: int
    main_figure: str
    narrow: float
    narrow_share: float
    workers: int | None
    dask: str | None
    fresh: bool
    model: Path | None
    language: Language
    as_json: bool

    def rule(self) -> StoppingRule:
        """When to stop.  Raises `InvalidValueError` for a figure or a seed that there is none of."""
        known = [figure.name for figure in FIGURES]
        if self.main_figure not in known:
            raise InvalidValueError("--main-figure", self.main_figure, f"must be one of {', '.join(known)}")
        if self.first_seed + self.seeds > SEEDS:
            raise InvalidValueError("--first-seed", self.first_seed, "must leave all seeds below 2^64")
        return StoppingRule(
            figure=self.main_figure,
            n_min=min(self.min_seeds, self.seeds),
            n_max=self.seeds,
            floor=self.narrow,
            share=self.narrow_share,
        )

    def executor(self) -> Executor:
        """Who does the runs."""
        if self.dask is not None:
            if self.workers is not None:
                raise InvalidValueError(
                    "--workers", self.workers, "must be left out with --dask: the cluster has its own"
                )
            return DaskCluster(self.dask)
        return InProcess() if self.workers == 0 else LocalProcesses(self.workers)

    def command(self) -> str:
        """The command line that makes the same study again."""
        words = ["stadttakt", "whatif", self.base, *self.variants]
        words += ["--seeds", str(self.seeds), "--first-seed", str(self.first_seed), "--min-seeds", str(self.min_seeds)]
        words += ["--main-figure", self.main_figure]
        words += ["--narrow", f"{self.narrow:g}", "--narrow-share", f"{self.narrow_share:g}"]
        words += [] if self.model is None else ["--model", str(self.model)]
        return shlex.join([*words, "--out", str(self.out)])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cases:
    """What is compared, staged and checked."""

    info: ModelInfo
    base: Prepared
    variants: tuple[Prepared, ...]
    plan: StudyPlan


def run_whatif(settings: WhatifSettings) -> int:
    """Run the study, write results and report, print what was found; the exit code.

    Raises
    ------
    InvalidValueError
        Where scenarios, options, the folder or the cluster cannot be used.
    """
    rule, executor = settings.rule(), settings.executor()
    cases = _cases(settings)
    began_s = time.monotonic()
    with ResultStore(settings.out, cases.plan.fingerprints(), fresh=settings.fresh) as store:
        try:
            _warm_up(settings, cases.plan, store)
            with study_progress(settings.seeds * len(cases.plan.scenarios)) as on_progress:
                result = run_study(cases.plan, run_task, executor, store, rule, on_progress)
            write_study(settings.out, result)
            _write_report(settings, cases, result, store)
        except KeyboardInterrupt:
            typer.echo(
                f"stadttakt: stopped; {_kept(store, cases.plan)}; start the same command again to go on", err=True
            )
            return INTERRUPTED
        except InvalidValueError as error:
            # A run that fails everywhere and a disk that fills are no fault of the command line.
            if not isinstance(error, FileError) and not error.field.startswith("run["):
                raise
            typer.echo(f"stadttakt: {error}\nstadttakt: {_kept(store, cases.plan)}", err=True)
            return FAILED
    minutes = (time.monotonic() - began_s) / 60.0
    runs = len(result.seeds) * len(result.scenario_ids)
    typer.echo(f"{runs} runs, {len(result.failed)} of them failed, in {minutes:.1f} min", err=True)
    _print(settings, cases, result)
    return FAILED if result.failed else DONE


def _cases(settings: WhatifSettings) -> _Cases:
    base = prepare_named(settings.base, settings.model)
    variants = tuple(prepare_named(name, settings.model) for name in settings.variants)
    plan = StudyPlan(
        base=plan_of(base), variants=tuple(plan_of(variant) for variant in variants), first_seed=settings.first_seed
    )
    require_comparable(base, variants)
    return _Cases(info=load_town(base.model_folder).info, base=base, variants=variants, plan=plan)


def _warm_up(settings: WhatifSettings, plan: StudyPlan, store: ResultStore) -> None:
    """Compile the kernels once, in a process of its own, so that workers find them in the disk cache."""
    wanted = set(range(settings.first_seed, settings.first_seed + settings.seeds))
    missing = any(wanted.difference(store.done(scenario.id)) for scenario in plan.scenarios)
    if missing and settings.dask is None:
        asyncio.run(compile_in_child())


def _write_report(settings: WhatifSettings, cases: _Cases, result: StudyResult, store: ResultStore) -> None:
    if not result.mean_tables:
        typer.echo("no report: there is no seed with which every scenario ran", err=True)
        return
    study = Study(
        info=cases.info,
        base=cases.base,
        variants=cases.variants,
        result=result,
        read=store.read,
        software_version=version("stadttakt"),
        commands=(settings.command(),),
    )
    write_whole(settings.out / REPORT, render(content_of(study)).encode())


def _kept(store: ResultStore, plan: StudyPlan) -> str:
    count = sum(len(store.done(scenario.id)) for scenario in plan.scenarios)
    return f"{count} {'run' if count == 1 else 'runs'} kept in {store.folder}"


def _print(settings: WhatifSettings, cases: _Cases, result: StudyResult) -> None:
    if settings.as_json:
        typer.echo(study_json(result).decode(), nl=False)
        return
    language, german = settings.language, settings.language == "de"
    for variant in cases.variants:
        scenario = variant.scenario
        typer.echo(f"{scenario.title_de if german else scenario.title_en} ({scenario.id})")
        for sentence in sentences(result.comparisons[scenario.id], result.rule.confidence, language):
            typer.echo(f"  {sentence}")
        typer.echo("")
    for note in method_notes(result, language):
        typer.echo(note)
    if result.mean_tables:
        typer.echo(f"{'Bericht' if german else 'report'}: {settings.out / REPORT}")
