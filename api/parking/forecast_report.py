"""What training and evaluation found, as plain values and as lines of text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from api.wire.base import instant_text
from parking.forecast.calendar import STEP_S
from parking.forecast.evaluation import COUNT, IN_50, IN_90, MODEL, PERSISTENCE, PROFILE
from parking.forecast.model import Variant
from parking.forecast.sign_policy import SignCounts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from api.parking.prepared import HistorySettings, Prepared
    from parking.forecast.evaluation import Judged
    from parking.forecast.model import ForecastModel
    from parking.forecast.thresholds import SignThresholds
    from parking.forecast.training import Trained

RULES = ("naive", "threshold_3", "hysteresis_2_4", "persistence", "learned")
DIGITS = 3
_Signs = Mapping[str, Mapping[str, SignCounts]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evaluated:
    """What was found on the test part."""

    judged: Judged
    forgetful: Judged
    """The same where the last eight days are forgotten once a day."""
    signs: _Signs
    """By facility and rule."""
    raw_signs: _Signs
    """The same in the numbers as they were told, closings and all."""
    persistence_thresholds: SignThresholds
    """Those of the rule `persistence`, learned as those of the model are."""


def base_report(settings: HistorySettings, prepared: Prepared) -> dict[str, Any]:
    """Where the figures come from."""
    history = prepared.history
    return {
        "history": settings.history.name,
        "from": instant_text(STEP_S * history.first_step),
        "to": instant_text(STEP_S * (history.first_step + history.steps)),
        "timezone": settings.timezone,
        "holidays": settings.holidays,
        "rows": prepared.recorded.rows,
        "rejected": dict(prepared.recorded.rejected),
        "skipped": prepared.skipped,
    }


def trained_report(trained: Trained) -> dict[str, Any]:
    """Per facility: which variant won on the validation part, by how much, and what it rests on."""
    model = trained.model
    minutes = _minutes(model)
    return {
        "half_life_weeks": model.half_life_weeks,
        "examples_per_lead": {"grown_on": trained.rows[0], "judged_on": trained.rows[1]},
        "thresholds": thresholds_report(model.thresholds),
        "facilities": [
            {
                "id": key,
                "capacity_veh": int(model.capacity_veh[f]),
                "fills_up": bool(model.fills_up[f]),
                "leads": {
                    name: {"variant": Variant(int(model.variant[f, h])).name.lower()}
                    | {of.name.lower(): _percent(trained.error_share[of, f, h]) for of in Variant}
                    for h, name in enumerate(minutes)
                },
            }
            for f, key in enumerate(model.facility_ids)
        ],
    }


def evaluation_report(prepared: Prepared, model: ForecastModel, found: Evaluated) -> dict[str, Any]:
    """Figures of the test part, per facility and over all."""
    history = prepared.history
    filling = [key for f, key in enumerate(model.facility_ids) if model.fills_up[f]]
    return {
        "test_from": instant_text(STEP_S * (history.first_step + prepared.train_steps)),
        "half_life_weeks": model.half_life_weeks,
        "facilities": [
            {
                "id": key,
                "capacity_veh": int(model.capacity_veh[f]),
                "capacity": prepared.capacity[key].origin,
                "known_share": round(float(np.isfinite(history.free_share[:, f]).mean()), DIGITS),
                "numbers_refused": history.refused[f],
                "closed_share": round(history.closed_steps[f] / history.steps, DIGITS),
                "fills_up": bool(model.fills_up[f]),
                "leads": _leads(model, found.judged.means([f])),
                "signs": {rule: _signs(found.signs[key][rule]) for rule in RULES},
            }
            for f, key in enumerate(model.facility_ids)
        ],
        "overall": _leads(model, found.judged.means()),
        "overall_forgetful": _leads(model, found.forgetful.means()),
        "signs": {
            "lead_min": 10,
            "thresholds": thresholds_report(model.thresholds),
            "persistence_thresholds": thresholds_report(found.persistence_thresholds),
            "facilities": filling,
            "rules": {rule: _signs(_total(found.signs, filling, rule)) for rule in RULES},
            "raw_rules": {rule: _signs(_total(found.raw_signs, filling, rule)) for rule in RULES},
        },
    }


def thresholds_report(thresholds: SignThresholds) -> dict[str, float]:
    """Thresholds of the signs, fixed on training data."""
    return {"full_below_share": thresholds.full_below_share, "free_above_share": thresholds.free_above_share}


def evaluation_lines(report: Mapping[str, Any]) -> list[str]:
    """The figures as a table of text."""
    lines = [
        f"{report['history']}: tested from {report['test_from']} to {report['to']}",
        "mean absolute error, % of the capacity: persistence | profile delta | model; outcomes within 50 % and 90 %",
    ]
    overall = {"id": "all", "leads": report["overall"]}
    forgetful = {"id": "all, the last eight days forgotten once a day", "leads": report["overall_forgetful"]}
    for facility in [*report["facilities"], overall, forgetful]:
        lines.append(facility["id"])
        lines += [f"  {minutes:>4} min  {_line(of)}" for minutes, of in facility["leads"].items() if of["forecasts"]]
    signs = report["signs"]
    lines.append(
        f"signs read 10 min before arrival, {len(signs['facilities'])} facilities that fill up, thresholds: model "
        f"{_limits(signs['thresholds'])}, persistence {_limits(signs['persistence_thresholds'])}; in use without a "
        "model: hysteresis"
    )
    for name, rules in (("cleaned", "rules"), ("as told, with closings", "raw_rules")):
        arrivals = signs[rules]["naive"]["arrivals_at_full"]
        lines.append(f"{name}, {arrivals} arrivals at full: sent to full | wrongly full | flips a day")
        for rule, of in signs[rules].items():
            sent, wrongly = f"{of['sent_to_full_percent']:6.2f} %", f"{of['wrongly_full_percent']:6.2f} %"
            lines.append(f"  {rule:15s} {sent} | {wrongly} | {of['flips_per_day']:5.2f}")
    lines += [f"left out: {key} ({why})" for key, why in report["skipped"].items()]
    return lines


def _limits(thresholds: Mapping[str, float]) -> str:
    return f"{thresholds['full_below_share']:g}/{thresholds['free_above_share']:g}"


def _line(of: Mapping[str, Any]) -> str:
    errors = " | ".join(f"{of[name]:6.2f}" for name in ("persistence", "profile", "model"))
    return f"{errors}   {100 * of['within_50']:5.1f} % {100 * of['within_90']:5.1f} %"


def _leads(model: ForecastModel, means: NDArray[np.float64]) -> dict[str, Any]:
    return {
        name: {
            "persistence": _percent(means[PERSISTENCE, h]),
            "profile": _percent(means[PROFILE, h]),
            "model": _percent(means[MODEL, h]),
            "within_50": _rounded(means[IN_50, h]),
            "within_90": _rounded(means[IN_90, h]),
            "forecasts": int(means[COUNT, h]),
        }
        for h, name in enumerate(_minutes(model))
    }


def _signs(counts: SignCounts) -> dict[str, Any]:
    sent, wrongly, flips = counts.shares
    return {
        "sent_to_full_percent": round(100.0 * sent, DIGITS),
        "wrongly_full_percent": round(100.0 * wrongly, DIGITS),
        "flips_per_day": round(flips, DIGITS),
        "arrivals_at_full": counts.at_full,
        "arrivals_at_free": counts.at_free,
        "days": round(counts.days, 1),
    }


def _total(signs: Mapping[str, Mapping[str, SignCounts]], keys: list[str], rule: str) -> SignCounts:
    total = SignCounts()
    for key in keys:
        total += signs[key][rule]
    return total


def _minutes(model: ForecastModel) -> list[str]:
    return [str(lead * STEP_S // 60) for lead in model.leads]


def _percent(share: float) -> float | None:
    return None if np.isnan(share) else round(100.0 * float(share), DIGITS)


def _rounded(share: float) -> float | None:
    return None if np.isnan(share) else round(float(share), DIGITS)
