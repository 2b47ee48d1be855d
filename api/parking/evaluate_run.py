"""`stadttakt parking evaluate`: train on the first three quarters of a history, test on the last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic_core import to_json
from rich.console import Console

from api.parking.forecast_report import Evaluated, base_report, evaluation_lines, evaluation_report
from api.parking.prepared import prepare
from parking.forecast.evaluation import judge, learn_persistence_thresholds, sign_counts, split
from parking.forecast.training import TrainingSettings, train

if TYPE_CHECKING:
    from api.parking.prepared import HistorySettings

TRAIN_SHARE = 0.75


def run_evaluate(settings: HistorySettings, *, as_json: bool) -> None:
    """Print all figures."""
    report = evaluate(settings, TrainingSettings(timezone=settings.timezone, holidays=settings.holidays))
    console = Console()
    if as_json:
        console.out(to_json(report).decode(), highlight=False)
        return
    for line in evaluation_lines(report):
        console.print(line, highlight=False, markup=False, soft_wrap=True)


def evaluate(settings: HistorySettings, training: TrainingSettings) -> dict[str, Any]:
    """All figures as plain values.  Raises `ConfigError`, `FileError` or `InvalidValueError`."""
    prepared = prepare(settings, TRAIN_SHARE)
    earlier, later = split(prepared.history, prepared.train_steps)
    model = train(earlier, prepared.calendar, training).model
    unlearned = learn_persistence_thresholds(model, earlier)
    judged = judge(model, later, prepared.calendar)
    raw = split(prepared.raw, prepared.train_steps)[1]
    judged_raw = judge(model, raw, prepared.calendar, only_signs=True)
    found = Evaluated(
        judged=judged,
        forgetful=judge(model, later, prepared.calendar, forgets=True),
        signs=sign_counts(model, judged, later, unlearned),
        raw_signs=sign_counts(model, judged_raw, raw, unlearned),
        persistence_thresholds=unlearned,
    )
    return base_report(settings, prepared) | evaluation_report(prepared, model, found)
