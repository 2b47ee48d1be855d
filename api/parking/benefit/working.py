"""The study from the command line: runs, results, reports, and what to say of it."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING

import typer

from api.kernels import compile_in_child
from api.parking.benefit.content import Benefit, Cell, SignPlace, benefit_json
from api.parking.benefit.page import page
from api.parking.benefit.tables import markdown
from api.town import default_model, load_town
from api.whatif.progress import study_progress
from api.whatif.report.content import Words
from simulator.benefit.cases import case_without, first_cases
from simulator.benefit.figures import MAIN
from simulator.benefit.running import plan_of_case, prepare_case
from simulator.benefit.study import CellPlan, rule_of, run_cell, turned_per_run
from simulator.benefit.worth import Worth, held_together, value_per_year
from simulator.results.cautions import unfinished_warning
from simulator.scenario.scenario import time_of
from simulator.study.executor import InProcess
from simulator.study.intervals import CONFIDENCE
from simulator.study.local_processes import LocalProcesses
from simulator.study.store import ResultStore
from simulator.study.whole_files import write_whole
from traffic_core.errors import FileError, InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from api.parking.benefit.settings import BenefitSettings, Day
    from simulator.benefit.study import CellResult
    from simulator.study.executor import Executor
    from simulator.study.running import Prepared
    from simulator.study.study_result import StudyResult

DONE, FAILED, INTERRUPTED = 0, 1, 130


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """One cell before its runs."""

    day: Day
    kappa: float
    prepared: Prepared
    """The case of all signs."""
    plan: CellPlan

    @property
    def folder(self) -> str:
        """Of its runs."""
        return f"{self.prepared.scenario.id}-kappa-{self.kappa:g}"


def run_benefit(settings: BenefitSettings) -> int:
    """Do all runs, write `benefit.json` and the reports, print the table; the exit code.

    Raises
    ------
    InvalidValueError
        Where a day, a sign, a model or the folder cannot be used.
    """
    works = [_work(settings, day, kappa) for day in settings.days for kappa in settings.kappas]
    executor: Executor = InProcess() if settings.workers == 0 else LocalProcesses(settings.workers)
    asyncio.run(compile_in_child())
    began_s = time.monotonic()
    cells: list[Cell] = []
    try:
        for work in works:
            typer.echo(f"{work.day.name}, kappa {work.kappa:g} ...", err=True)
            cells.append(_cell(settings, work, executor))
            _write(settings, works[0].prepared, cells)
    except KeyboardInterrupt:
        typer.echo(f"stadttakt: stopped; runs kept in {settings.out}; start the same command again to go on", err=True)
        return INTERRUPTED
    except InvalidValueError as error:
        if not isinstance(error, FileError) and not error.field.startswith("run["):
            raise
        typer.echo(f"stadttakt: {error}\nstadttakt: completed runs are kept in {settings.out}", err=True)
        return FAILED
    made, taken = (sum(getattr(cell, name) for cell in cells) for name in ("runs_made", "runs_taken_over"))
    minutes = (time.monotonic() - began_s) / 60.0
    typer.echo(f"{made} runs in {minutes:.1f} min; {taken} of idle signs taken over", err=True)
    benefit = _benefit(settings, works[0].prepared, cells)
    if settings.as_json:
        typer.echo(benefit_json(benefit).decode(), nl=False)
    else:
        typer.echo(markdown(benefit, settings.language), nl=False)
    return FAILED if any(cell.failed for cell in cells) else DONE


def _work(settings: BenefitSettings, day: Day, kappa: float) -> _Work:
    model = settings.model or default_model()
    both = first_cases(kappa, settings.hours_min)
    prepared = prepare_case(day.file, model, both[0])
    known = prepared.staged.model.parking.signs
    wanted = tuple(known) if settings.signs is None else settings.signs
    for sign_id in wanted:
        if sign_id not in known:
            raise InvalidValueError("--signs", sign_id, "must name signs of the model, or be all or none")
    cases = {sign_id: case_without(sign_id, kappa, settings.hours_min) for sign_id in wanted}
    return _Work(
        day=day,
        kappa=kappa,
        prepared=prepared,
        plan=CellPlan(
            all_signs=plan_of_case(day.file, model, both[0]),
            no_signs=plan_of_case(day.file, model, both[1]),
            without={sign_id: plan_of_case(day.file, model, case) for sign_id, case in cases.items()},
        ),
    )


def _cell(settings: BenefitSettings, work: _Work, executor: Executor) -> Cell:
    rule = rule_of(MAIN, settings.seeds, settings.narrow)
    plan = work.plan
    with ResultStore(settings.out / work.folder, plan.fingerprints(), fresh=settings.fresh) as store:
        at_most = settings.seeds * (2 + len(plan.without))
        with study_progress(at_most) as on_progress:
            result = run_cell(plan, executor, store, rule, on_progress, first_seed=settings.first_seed)
        return _read(work, result, store)


def _read(work: _Work, result: CellResult, store: ResultStore) -> Cell:
    studies = [study for study in (result.none, result.single) if study is not None]
    base = {seed: run for seed in result.none.seeds if (run := store.read(work.plan.all_signs.id, seed)) is not None}
    turned = turned_per_run(list(base.values()))
    worths = {
        variant: _worth(work, study, variant, store, turned) for study in studies for variant in study.variant_ids
    }
    everything = worths.pop(work.plan.no_signs.id)
    estimates = result.none.estimates[work.plan.all_signs.id]
    scenario = work.prepared.scenario
    return Cell(
        day=work.day.name,
        title_de=scenario.title_de,
        title_en=scenario.title_en,
        period=f"{scenario.day.isoformat()}, {time_of(scenario.from_min)}-{time_of(scenario.until_min)}",
        kappa=work.kappa,
        seeds=len(result.none.seeds),
        failed=sum(len(study.failed) for study in studies),
        parkers=estimates["parkers"].mean or 0.0,
        all_signs=everything,
        signs=tuple(held_together(list(worths.values()))),
        runs_made=result.runs_made,
        runs_taken_over=result.runs_taken_over,
        per_year=work.day.per_year,
        warnings=tuple(_warnings(result.none)),
    )


def _warnings(study: StudyResult) -> Iterator[Words]:
    """That too many trips did not end, of the case where it is worst."""
    cases = [(one["trips_done"].mean or 0.0, one["trips_unfinished"].mean or 0.0) for one in study.estimates.values()]
    worst = max(cases, key=lambda means: means[1] / max(1.0, means[0]))
    de, en = unfinished_warning(*worst, "de"), unfinished_warning(*worst, "en")
    if de is not None and en is not None:
        yield Words(de=de, en=en)


def _worth(work: _Work, study: StudyResult, variant: str, store: ResultStore, turned: dict[str, float]) -> Worth:
    sign_id = next((sign for sign, plan in work.plan.without.items() if plan.id == variant), None)
    comparisons = study.comparisons[variant]
    days, value = work.day.per_year, None
    if days is not None and comparisons[MAIN].significant:
        cases = (work.plan.all_signs.id, variant)
        runs = [
            {seed: run.figures for seed in study.seeds if (run := store.read(case, seed)) is not None} for case in cases
        ]
        value = value_per_year(runs[0], runs[1], days, study.rule.confidence)
    mean = sum(turned.values()) if sign_id is None else turned.get(sign_id, 0.0)
    return Worth(sign_id=sign_id, comparisons=comparisons, turned_veh=mean, eur_year=value)


def _benefit(settings: BenefitSettings, prepared: Prepared, cells: list[Cell]) -> Benefit:
    info = load_town(prepared.model_folder).info
    signs = prepared.staged.model.parking.signs.values()
    return Benefit(
        town=info.name,
        label_de=info.label_de,
        label_en=info.label_en,
        command=settings.command,
        software_version=version("stadttakt"),
        confidence=CONFIDENCE,
        places={sign.id: SignPlace(id=sign.id, name=sign.name) for sign in signs},
        cells=tuple(cells),
    )


def _write(settings: BenefitSettings, prepared: Prepared, cells: list[Cell]) -> None:
    benefit = _benefit(settings, prepared, cells)
    write_whole(settings.out / "benefit.json", benefit_json(benefit))
    write_whole(settings.out / "report.html", page(benefit).encode())
    for language in ("de", "en"):
        text = markdown(benefit, "de" if language == "de" else "en")
        write_whole(settings.out / f"report.{language}.md", text.encode())
