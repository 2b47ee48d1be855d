"""Load a model folder for the simulator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

from parking.files import read_parking
from signal_plans.files import read_junctions
from simulator.bus_files import read_lines
from simulator.staged import BaseModel
from traffic_core import require
from traffic_core.demand_files import read_demand
from traffic_core.errors import FileError
from traffic_core.gmns import read_network
from traffic_core.text_files import read_utf_8

if TYPE_CHECKING:
    from pathlib import Path

INFO = "model.yaml"


def load_base(folder: Path) -> BaseModel:
    """Read network, demand, signals, parking and bus lines of a model folder, its id and its time zone.

    Raises
    ------
    FileError
        Names file, row, field, value and limit of what cannot be used.
    """
    if not folder.is_dir():
        raise FileError(str(folder), 0, "folder", str(folder), "must be a model folder")
    info = _info(folder / INFO)
    model_id, timezone = _text(info, "id"), _text(info, "timezone")
    try:
        require.identifier("id", model_id)
    except ValueError as error:
        raise FileError(INFO, 0, "id", model_id, "must be printable, without '#', '+', '/' or outer blanks") from error
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise FileError(INFO, 0, "timezone", timezone, "must be a time zone like Europe/Berlin") from error
    network = read_network(folder)
    return BaseModel(
        id=model_id,
        timezone=timezone,
        network=network,
        demand=read_demand(folder, network),
        junctions=read_junctions(folder, network),
        parking=read_parking(folder, network),
        lines=read_lines(folder, network),
    )


def _info(path: Path) -> dict[str, Any]:
    try:
        said = yaml.safe_load(read_utf_8(path))
    except (yaml.YAMLError, RecursionError) as error:
        raise FileError(path.name, 0, "file", path.name, f"must be YAML: {error}") from error
    if not isinstance(said, dict):
        raise FileError(path.name, 0, "file", path.name, "must be a mapping of keys like id and timezone")
    return said


def _text(info: dict[str, Any], field: str) -> str:
    value = info.get(field)
    if not isinstance(value, str):
        raise FileError(INFO, 0, field, value, "must be text")
    return value
