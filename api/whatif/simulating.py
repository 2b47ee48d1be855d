"""One run of a scenario, for people and for programs."""

from __future__ import annotations

import time
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from api.kernels import warm_up_all
from api.whatif.cases import period_of, prepare_named
from api.whatif.folders import usable_folder
from api.whatif.parts import Parts
from api.whatif.progress import run_progress
from api.whatif.run_output import document_of, figure_lines
from simulator.results.cautions import warnings_of
from simulator.study.result_files import json_bytes, write_result

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.results.run_result import RunResult
    from simulator.study.numbers import Language
    from simulator.study.running import Prepared

INTERRUPTED = 130


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulateSettings:
    """As the command line gives them."""

    scenario: str
    seed: int
    model: Path | None
    out: Path | None
    language: Language
    checked: bool
    profile: bool
    as_json: bool


def run_simulate(settings: SimulateSettings) -> int:
    """Run, print and write; the exit code.

    Raises
    ------
    InvalidValueError
        Where the scenario, its model or a result cannot be used.
    ConfigError
        Where the folder for results cannot be written.
    """
    prepared = prepare_named(settings.scenario, settings.model)
    if settings.out is not None:
        usable_folder("--out", settings.out)
    warm_up_all()
    parts = Parts() if settings.profile else None
    began_s = time.process_time()
    try:
        result = _run(prepared, settings, parts)
    except KeyboardInterrupt:
        typer.echo("stadttakt: stopped; a part of a run has no result", err=True)
        return INTERRUPTED
    cpu_s = time.process_time() - began_s
    if settings.out is not None:
        typer.echo(f"written: {write_result(settings.out, result)} and its tables", err=True)
    _print(result, prepared, settings)
    for warning in warnings_of(result, [settings.language]):
        typer.echo(warning, err=True)
    typer.echo(f"{cpu_s:.1f} s of CPU{' with the profile, which slows it' if parts else ''}", err=True)
    for line in parts.lines() if parts else ():
        typer.echo(line, err=True)
    return 0


def _run(prepared: Prepared, settings: SimulateSettings, parts: Parts | None) -> RunResult:
    from simulator.run import run_staged  # noqa: PLC0415  brings the compiler along

    with run_progress(prepared.staged) as on_time, parts.measured() if parts else nullcontext():
        return run_staged(
            prepared.staged,
            seed=settings.seed,
            fingerprint=prepared.fingerprint,
            on_time=on_time,
            checked=settings.checked,
        )


def _print(result: RunResult, prepared: Prepared, settings: SimulateSettings) -> None:
    if settings.as_json:
        document = document_of(result, prepared.staged.model.timezone)
        typer.echo(json_bytes(document).decode(), nl=False)
        return
    scenario, german = prepared.scenario, settings.language == "de"
    typer.echo(scenario.title_de if german else scenario.title_en)
    typer.echo(f"{period_of(prepared)}, {'Startwert' if german else 'seed'} {result.seed}\n")
    for line in figure_lines(result, settings.language):
        typer.echo(line)
