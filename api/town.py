"""A town as the service sees it: network, junctions, car parks and signs of one model folder."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import yaml
from pydantic import Field, ValidationError

from api.errors import ConfigError
from api.wire.base import WireModel
from parking.files import read_parking
from signal_plans.files import read_junctions
from traffic_core.gmns import read_network

if TYPE_CHECKING:
    from collections.abc import Mapping

    from parking.model import ParkingModel
    from signal_plans.junction import Junction
    from traffic_core.network import Network


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
    return Town(
        info=info,
        network=network,
        junctions=read_junctions(folder, network),
        parking=read_parking(folder, network),
    )


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
