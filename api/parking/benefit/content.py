"""What the study found, as its report and its JSON say it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from api.parking.benefit.settings import DAYS
from simulator.benefit.figures import BENEFIT_FIGURES, CO2_KG_H, CO2_KG_KM
from simulator.benefit.worth import HIGH_RATES, LOW_RATES
from simulator.study.result_files import json_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.whatif.report.content import Words
    from simulator.benefit.worth import DaysPerYear, Worth

FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SignPlace:
    """Where a sign stands, as people call it."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A kind of day with one share of drivers who obey signs."""

    day: str
    title_de: str
    title_en: str
    period: str
    """Day and local times."""
    kappa: float
    seeds: int
    failed: int
    parkers: float
    """Mean of a run."""
    all_signs: Worth
    signs: tuple[Worth, ...]
    """In the order of the model; those that were asked for."""
    runs_made: int
    runs_taken_over: int
    per_year: DaysPerYear | None
    warnings: tuple[Words, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Benefit:
    """All cells, by day, then share."""

    town: str
    label_de: str
    label_en: str
    command: str
    software_version: str
    confidence: float
    places: Mapping[str, SignPlace]
    cells: tuple[Cell, ...]


def benefit_json(benefit: Benefit) -> bytes:
    """The same bytes for the same result; differences are without minus with signs."""
    document = {
        "format": FORMAT,
        "town": benefit.town,
        "model_label": {"de": benefit.label_de, "en": benefit.label_en},
        "command": benefit.command,
        "confidence": benefit.confidence,
        "assumptions": assumptions(),
        "figures": [asdict(figure) for figure in BENEFIT_FIGURES],
        "cells": [_cell(cell) for cell in benefit.cells],
    }
    return json_bytes(document)


def assumptions() -> dict[str, Any]:
    """What values per year and CO2 rest on."""
    return {
        "co2_kg_km": CO2_KG_KM,
        "co2_kg_h_waiting": CO2_KG_H,
        "days_per_year": {name: [per_year.low, per_year.high] for name, (_, per_year) in DAYS.items()},
        "time_eur_h": [LOW_RATES.time_eur_h, HIGH_RATES.time_eur_h],
        "running_eur_km": [LOW_RATES.running_eur_km, HIGH_RATES.running_eur_km],
        "co2_eur_t": [LOW_RATES.co2_eur_t, HIGH_RATES.co2_eur_t],
        "hours": "only the simulated hours of such days are valued",
    }


def _cell(cell: Cell) -> dict[str, Any]:
    return {
        "day": cell.day,
        "period": cell.period,
        "kappa": cell.kappa,
        "seeds": cell.seeds,
        "failed_runs": cell.failed,
        "runs_made": cell.runs_made,
        "runs_taken_over": cell.runs_taken_over,
        "parkers": cell.parkers,
        "all_signs": _worth(cell.all_signs),
        "signs": [_worth(one) for one in cell.signs],
        "warnings": [{"de": said.de, "en": said.en} for said in cell.warnings],
    }


def _worth(worth: Worth) -> dict[str, Any]:
    return {
        "sign": worth.sign_id,
        "distinguishable_from_0": worth.is_proven,
        "turned_veh": worth.turned_veh,
        "eur_year": None if worth.eur_year is None else [worth.eur_year.low, worth.eur_year.high],
        "comparisons": {name: asdict(one) for name, one in worth.comparisons.items()},
    }
