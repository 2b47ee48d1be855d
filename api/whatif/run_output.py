"""What `stadttakt simulate` prints: figures as a table or as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from simulator.results.run_result import FIGURES
from simulator.study.numbers import number

if TYPE_CHECKING:
    from simulator.results.run_result import Figure, RunResult
    from simulator.study.numbers import Language

NOTHING = "–"
UNITS = {"veh": ("Kfz", "veh"), "1": ("", "")}
"""That are not written as they are."""


def document_of(result: RunResult, timezone: str) -> dict[str, Any]:
    """A run as one JSON object: the same for the same model, scenario, seed and programme."""
    zone = ZoneInfo(timezone)
    return {
        "scenario": result.scenario_id,
        "seed": result.seed,
        "fingerprint": result.fingerprint,
        "period": {
            "from": datetime.fromtimestamp(result.begin_s, zone).isoformat(),
            "until": datetime.fromtimestamp(result.end_s, zone).isoformat(),
            "from_s": result.begin_s,
            "until_s": result.end_s,
        },
        "figures": dict(result.figures),
    }


def figure_lines(result: RunResult, language: Language) -> tuple[str, ...]:
    """One line for each figure: label, number, unit; figures without a label come last, by name."""
    known = {figure.name: figure for figure in FIGURES}
    names = [name for name in known if name in result.figures]
    names += sorted(result.figures.keys() - known.keys())
    rows = [_row(name, known.get(name), result.figures[name], language) for name in names]
    widths = [max((len(row[column]) for row in rows), default=0) for column in (0, 1)]
    return tuple(f"{label:<{widths[0]}}  {value:>{widths[1]}} {unit}".rstrip() for label, value, unit in rows)


def _row(name: str, figure: Figure | None, value: float | None, language: Language) -> tuple[str, str, str]:
    german = language == "de"
    label = name if figure is None else figure.label_de if german else figure.label_en
    unit = "" if figure is None else UNITS.get(figure.unit, (figure.unit, figure.unit))[0 if german else 1]
    if value is None:
        return label, NOTHING, ""
    return label, number(value, _decimals(value), language), unit


def _decimals(value: float) -> int:
    """Whole numbers as they are; others with three digits at least."""
    if value == int(value):
        return 0
    return 2 if abs(value) < 10.0 else 1
