"""`stadttakt parking train`: a model from a whole history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic_core import to_json
from rich.console import Console

from api.parking.forecast_report import base_report, trained_report
from api.parking.prepared import HistorySettings, prepare
from api.planning.outputs import check_outputs, write_whole
from parking.forecast.model_file import write_model
from parking.forecast.training import TrainingSettings, train

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainSettings:
    """Options of the command."""

    source: HistorySettings
    out: Path
    as_json: bool


def run_train(settings: TrainSettings, training: TrainingSettings | None = None) -> None:
    """Train, write the model, and say which variant won where and by how much."""
    source = settings.source
    check_outputs({"--out": settings.out}, {"--out": (".npz",)})
    prepared = prepare(source, 1.0)
    wanted = training or TrainingSettings(timezone=source.timezone, holidays=source.holidays)
    trained = train(prepared.history, prepared.calendar, wanted)
    report = base_report(source, prepared) | trained_report(trained)
    write_whole(settings.out, lambda part: write_model(trained.model, report, part))
    console = Console()
    if settings.as_json:
        console.out(to_json(report).decode(), highlight=False)
        return
    for line in train_lines(report, settings.out):
        console.print(line, highlight=False, markup=False, soft_wrap=True)


def train_lines(report: Mapping[str, Any], out: Path) -> list[str]:
    """The report as text."""
    lines = ["mean absolute error on the validation part, % of the capacity: persistence | profile delta | model"]
    for facility in report["facilities"]:
        lines.append(f"{facility['id']} ({facility['capacity_veh']} places)")
        for minutes, of in facility["leads"].items():
            errors = " | ".join(_figure(of[name]) for name in ("persistence", "profile", "model"))
            lines.append(f"  {minutes:>4} min  {errors}   taken: {of['variant']}")
    lines += [f"left out: {key} ({why})" for key, why in report["skipped"].items()]
    return [*lines, f"{out}: {len(report['facilities'])} facilities"]


def _figure(value: float | None) -> str:
    return "     -" if value is None else f"{value:6.2f}"
