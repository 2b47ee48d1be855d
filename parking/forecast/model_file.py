"""A trained model as one file (`.npz`): arrays without pickled objects, and a head of plain JSON."""

from __future__ import annotations

import json
import math
import zipfile
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np

from parking.forecast.adaption import INTERVAL
from parking.forecast.calendar import STEP_S
from parking.forecast.features import NAMES, Watch
from parking.forecast.model import ODDS_LEADS, ForecastModel, Variant
from parking.forecast.thresholds import SignThresholds
from parking.forecast.trees import Trees
from traffic_core.errors import FileError, InvalidValueError, located
from traffic_core.kernels.parking_forecast import DAY, DAY_KINDS, RING, WEEK

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

SCHEMA = "stadttakt/parking-forecast/1"
_TREES = ("feature", "threshold", "leaf")
_ARRAYS = {
    "head": np.uint8,
    "capacity_veh": np.int64,
    "variant": np.int64,
    "error_quantiles": np.float64,
    "profile": np.float64,
    "seen": np.int64,
    "fills_up": np.bool_,
    "by_day": np.float64,
}
_LARGEST_BYTES = 200_000_000
_LARGEST_VEH = 100_000
_LARGEST_SEEN = 100_000
_LARGEST_ERROR = 1e6
"""Quantiles of the error are in units of its usual size."""
_LATEST_S = 2.0**33
_BROKEN = (
    OSError, ValueError, EOFError, OverflowError, MemoryError, NotImplementedError, RuntimeError, KeyError, zlib.error,
    zipfile.BadZipFile, zipfile.LargeZipFile,
)  # fmt: skip
"""What a file that is no archive, a damaged one, or one made to do harm gives rise to on reading."""


def write_model(model: ForecastModel, report: dict[str, Any], path: Path) -> None:
    """Write a model and what its training found; the same model gives the same bytes."""
    head = {
        "schema": SCHEMA,
        "features": NAMES,
        "facility_ids": model.facility_ids,
        "leads": model.leads,
        "levels": model.levels,
        "half_life_weeks": model.half_life_weeks,
        "timezone": model.timezone,
        "holidays": model.holidays,
        "thresholds": [model.thresholds.full_below_share, model.thresholds.free_above_share],
        "trained_to_s": model.trained_to_s,
        "next_step": model.watch.next_step,
        "report": report,
    }
    text = json.dumps(head, ensure_ascii=False, allow_nan=False)
    arrays: dict[str, NDArray[Any]] = {
        "head": np.frombuffer(text.encode(), np.uint8),
        "capacity_veh": model.capacity_veh,
        "variant": model.variant,
        "error_quantiles": model.error_quantiles,
        "profile": model.watch.profile,
        "seen": model.watch.seen,
        "fills_up": model.fills_up,
        "by_day": model.watch.by_day,
    }
    for kind, of_leads in (("middle", model.middle), ("spread", model.spread), ("odds", model.odds)):
        for h, trees in enumerate(of_leads):
            arrays |= {f"{kind}_{h}_{name}": getattr(trees, name) for name in _TREES}
    with path.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)


def read_model(path: Path) -> ForecastModel:
    """Read a model.

    Raises
    ------
    FileError
        For a file that is none, of another version, or damaged.
    """
    return _read(path)[0]


def read_report(path: Path) -> dict[str, Any]:
    """What the training found, as it was written with the model.  Raises `FileError` as `read_model` does."""
    return _read(path)[1]


def _read(path: Path) -> tuple[ForecastModel, dict[str, Any]]:
    name = str(path)
    try:
        with zipfile.ZipFile(path) as packed:
            size = sum(part.file_size for part in packed.infolist())
        if size > _LARGEST_BYTES:
            raise FileError(name, 0, "size", size, f"must be at most {_LARGEST_BYTES} bytes")
        with np.load(path, allow_pickle=False) as file:
            arrays = {key: file[key] for key in file.files}
    except _BROKEN as error:
        if isinstance(error, FileError):
            raise
        raise FileError(name, 0, "file", path.name, f"must be a forecast model: {error}") from error
    with located(name):
        return _model(arrays)


def _model(arrays: dict[str, NDArray[Any]]) -> tuple[ForecastModel, dict[str, Any]]:
    for key, kind in _ARRAYS.items():
        if key not in arrays or arrays[key].dtype != kind:
            raise InvalidValueError(f"model.{key}", "missing", f"must be an array of {np.dtype(kind)}")
    try:
        head = json.loads(arrays["head"].tobytes())
    except (ValueError, RecursionError) as error:
        raise InvalidValueError("model.head", "unreadable", f"must be JSON: {error}") from error
    if not isinstance(head, dict) or head.get("schema") != SCHEMA:
        raise InvalidValueError("model.schema", head.get("schema") if isinstance(head, dict) else head, f"is {SCHEMA}")
    if head.get("features") != list(NAMES):
        raise InvalidValueError("model.features", head.get("features"), "must be those of this version: train anew")
    try:
        return _built(head, arrays), head["report"]
    except InvalidValueError:
        raise
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise InvalidValueError("model.head", str(error), "must be complete") from error


def _built(head: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> ForecastModel:
    facilities, leads = len(head["facility_ids"]), len(head["leads"])
    for key, width in (("profile", WEEK), ("seen", WEEK), ("by_day", DAY_KINDS * DAY)):
        if arrays[key].shape != (facilities, width):
            raise InvalidValueError(f"model.{key}.shape", arrays[key].shape, f"must be {(facilities, width)}")
    _check_head(head)
    _check_arrays(arrays)
    watch = Watch(
        profile=arrays["profile"],
        seen=arrays["seen"],
        by_day=arrays["by_day"],
        ring=np.full((facilities, RING), np.nan),
        next_step=int(head["next_step"]),
    )
    below, above = head["thresholds"]
    return ForecastModel(
        facility_ids=tuple(head["facility_ids"]),
        capacity_veh=arrays["capacity_veh"],
        leads=tuple(head["leads"]),
        levels=tuple(head["levels"]),
        half_life_weeks=float(head["half_life_weeks"]),
        timezone=head["timezone"],
        holidays=head["holidays"],
        middle=tuple(_trees(arrays, "middle", h) for h in range(leads)),
        spread=tuple(_trees(arrays, "spread", h) for h in range(leads)),
        variant=arrays["variant"],
        error_quantiles=arrays["error_quantiles"],
        odds=tuple(_trees(arrays, "odds", h) for h in range(ODDS_LEADS)),
        fills_up=arrays["fills_up"],
        thresholds=SignThresholds(full_below_share=below, free_above_share=above),
        watch=watch,
        trained_to_s=float(head["trained_to_s"]),
    )


def _check_head(head: dict[str, Any]) -> None:
    ids, levels = head["facility_ids"], head["levels"]
    if not isinstance(ids, list) or not all(isinstance(key, str) for key in ids) or len(set(ids)) < len(ids):
        raise InvalidValueError("model.facility_ids", ids, "must be different names")
    if not all(type(lead) is int for lead in head["leads"]):
        raise InvalidValueError("model.leads", head["leads"], "must be whole steps of 5 min")
    if len(head["leads"]) < ODDS_LEADS:
        raise InvalidValueError("model.leads", head["leads"], f"must be at least {ODDS_LEADS}")
    if not isinstance(levels, list) or not all(isinstance(level, float) and 0.0 < level < 1.0 for level in levels):
        raise InvalidValueError("model.levels", levels, "must lie within 0 and 1")
    if levels != sorted(set(levels)) or not {*INTERVAL, 0.5} <= set(levels):
        raise InvalidValueError("model.levels", levels, "must rise and hold 0.05, 0.5 and 0.95")
    for key in ("timezone", "holidays"):
        if not isinstance(head[key], str):
            raise InvalidValueError(f"model.{key}", head[key], "must be a text")
    for key, least, largest in (
        ("half_life_weeks", 0.1, 1_000.0),
        ("trained_to_s", 0.0, _LATEST_S),
        ("next_step", 0, int(_LATEST_S) // STEP_S),
    ):
        value = head[key]
        if type(value) not in ((int,) if key == "next_step" else (int, float)) or not least <= value <= largest:
            raise InvalidValueError(f"model.{key}", value, f"must be a number from {least:g} to {largest:g}")
    thresholds = head["thresholds"]
    if not isinstance(thresholds, list) or len(thresholds) != 2 or not all(_is_number(of) for of in thresholds):
        raise InvalidValueError("model.thresholds", thresholds, "must be two numbers")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)


def _check_arrays(arrays: dict[str, NDArray[Any]]) -> None:
    for key, least, largest in (
        ("capacity_veh", 1, _LARGEST_VEH),
        ("variant", 0, max(Variant)),
        ("seen", 0, _LARGEST_SEEN),
        ("error_quantiles", -_LARGEST_ERROR, _LARGEST_ERROR),
        ("profile", 0.0, 1.0),
        ("by_day", 0.0, 1.0),
    ):
        values = arrays[key]
        may_be_unknown = key in ("profile", "by_day")
        wrong = ~((values >= least) & (values <= largest)) & ~(may_be_unknown & np.isnan(values))
        if wrong.any():
            raise InvalidValueError(f"model.{key}", values[wrong][0].item(), f"must be from {least:g} to {largest:g}")
    if (np.diff(arrays["error_quantiles"], axis=-1) < 0.0).any():
        raise InvalidValueError("model.error_quantiles", "falling", "must not fall")


def _trees(arrays: dict[str, NDArray[Any]], kind: str, lead: int) -> Trees:
    for name in _TREES:
        if f"{kind}_{lead}_{name}" not in arrays:
            raise InvalidValueError(f"model.{kind}_{lead}_{name}", "missing", "must be an array")
    parts = {name: arrays[f"{kind}_{lead}_{name}"] for name in _TREES}
    for name, dtype in zip(_TREES, (np.uint8, np.float64, np.float64), strict=True):
        if parts[name].dtype != dtype:
            raise InvalidValueError(f"model.{kind}_{lead}_{name}", str(parts[name].dtype), f"must be {np.dtype(dtype)}")
    if (np.abs(parts["leaf"]) > _LARGEST_ERROR).any():
        raise InvalidValueError(f"model.{kind}_{lead}_leaf", "too large", f"must be at most {_LARGEST_ERROR:g}")
    return Trees(**parts)
