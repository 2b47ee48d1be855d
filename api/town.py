"""A town as the service sees it: network, junctions, car parks and signs of one model folder."""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import Field, ValidationError

from api.errors import ConfigError
from api.wire.base import WireModel
from parking.event_plan import NO_EVENTS
from parking.event_plan_files import read_event_plan
from parking.files import read_parking
from parking.forecast.model_file import read_model
from signal_plans.adaptive.area import assumed_area_detectors, read_area_detectors
from signal_plans.day_plan_files import read_selection
from signal_plans.files import read_junctions
from signal_plans.selection import NO_SELECTION, SelectionData
from traffic_core.gmns import read_network

if TYPE_CHECKING:
    from collections.abc import Mapping

    from parking.event_plan import EventPlan
    from parking.forecast.model import ForecastModel
    from parking.model import ParkingModel
    from signal_plans.adaptive.area import AreaDetector
    from signal_plans.junction import Junction
    from traffic_core.network import Network

FORECAST_FILE = "forecast_model.npz"
"""Trained by `stadttakt parking train`; a model folder may have one."""


class ModelInfo(WireModel):
    """What a model says of itself; shown wherever its figures are shown."""

    id: Annotated[str, Field(min_length=1)]
    name: str
    label_de: str
    label_en: str
    timezone: str
    licence: str
    attribution: list[str]
    bbox: Annotated[list[float], Field(min_length=4, max_length=4)]
    notes: str | list[str]
    passing_zones: list[str] = Field(default_factory=list)
    """Zones whose trips between each other do not count as the town's: motorway gates, airport, fair."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """One model, loaded and checked."""

    info: ModelInfo
    network: Network
    junctions: Mapping[str, Junction]
    parking: ParkingModel
    selection: SelectionData = NO_SELECTION
    """Day plans and traffic rules of the signals."""
    events: EventPlan = NO_EVENTS
    """What signs show at announced events."""
    area_detectors: tuple[AreaDetector, ...] = ()
    """What adaptive control sees with; without any it never works."""
    forecast: ForecastModel | None = None
    """Trained forecast of the car parks."""
    simulated: bool = False
    """Whether a simulation takes the place of the real town: what is published then says so."""

    @property
    def timezone(self) -> ZoneInfo:
        """The town's local time."""
        return ZoneInfo(self.info.timezone)


def default_model() -> Path:
    """Folder of the shipped model, found without importing the simulator."""
    spec = find_spec("simulator")
    if spec is None or not spec.submodule_search_locations:
        raise ConfigError("model", "simulator", "the shipped models are not installed")
    return Path(next(iter(spec.submodule_search_locations))) / "models" / "leinfelden_echterdingen"


def load_town(folder: Path) -> Town:
    """Read a model folder.  Raises `ConfigError` or `FileError` with file, field, value and limit."""
    info = _read_info(folder / "model.yaml")
    network = read_network(folder)
    junctions = read_junctions(folder, network)
    parking = read_parking(folder, network)
    return Town(
        info=info,
        network=network,
        junctions=junctions,
        parking=parking,
        selection=read_selection(folder, junctions, network.detectors, _zone(folder, info)),
        events=read_event_plan(folder, parking, _zone(folder, info)),
        area_detectors=read_area_detectors(folder, network),
        forecast=read_model(folder / FORECAST_FILE) if (folder / FORECAST_FILE).is_file() else None,
    )


def adaptive_demonstration(town: Town) -> Town:
    """A town whose signals adaptive control works, wherever it is allowed: all are watched, and no plan says other."""
    return replace(with_assumed_area_detectors(town), selection=NO_SELECTION)


def with_assumed_area_detectors(town: Town) -> Town:
    """The same town; where its model names no area detector, one watches each approach of its signals."""
    layouts = [junction.layout for junction in town.junctions.values()]
    return replace(town, area_detectors=town.area_detectors or assumed_area_detectors(town.network, layouts))


def _zone(folder: Path, info: ModelInfo) -> ZoneInfo:
    try:
        return ZoneInfo(info.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        limit = "must be a time zone like Europe/Berlin"
        raise ConfigError(f"{folder / 'model.yaml'}: timezone", info.timezone, limit) from error


def _read_info(path: Path) -> ModelInfo:
    try:
        said = yaml.safe_load(path.read_text(encoding="utf-8"))
        if isinstance(said, dict) and said.get("kind") == "abstract":
            limit = "must be a town: a network without geography is for `stadttakt assign`"
            raise ConfigError(f"{path}: kind", "abstract", limit)
        return ModelInfo.model_validate(said)
    except OSError as error:
        raise ConfigError(str(path), None, f"cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(str(path), None, f"is no YAML: {error}") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise ConfigError(f"{path}: {field}", first["input"], first["msg"]) from error
