"""Vehicle classes of a network without a demand of its own: a YAML file that names a trip table for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import numpy as np
import yaml
from pydantic import Field, ValidationError

from api.errors import ConfigError
from api.wire.base import WireModel
from traffic_core.assignment.problem import TripClass
from traffic_core.formats.tntp.reader import read_tntp_trips

if TYPE_CHECKING:
    from pathlib import Path

    from traffic_core.assignment.problem import AssignmentNetwork

NotNegative = Annotated[float, Field(ge=0.0, strict=False)]


class ClassEntry(WireModel):
    """One class as the file describes it."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    trips: str
    """TNTP trips file, relative to the file of classes."""
    pce: Annotated[float, Field(gt=0.0, strict=False)] = 1.0
    toll_weight: NotNegative = 0.0
    distance_weight: NotNegative = 0.0
    closed_links: Annotated[list[str], Field(default_factory=list)]


class ClassFile(WireModel):
    """The whole file."""

    classes: Annotated[list[ClassEntry], Field(min_length=1)]


def read_classes(path: Path, network: AssignmentNetwork) -> tuple[TripClass, ...]:
    """Read the classes and their trips.

    Raises
    ------
    ConfigError, FileError
        Name file, field, value and limit.
    """
    try:
        found = ClassFile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise ConfigError("--model-classes", str(path), f"cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError("--model-classes", str(path), f"is no YAML: {error}") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise ConfigError(f"{path}: {field}", first["input"], first["msg"]) from error
    names = [entry.name for entry in found.classes]
    if len(set(names)) != len(names):
        raise ConfigError(f"{path}: classes.name", names, "must each occur once")
    return tuple(_class(path, entry, network) for entry in found.classes)


def _class(path: Path, entry: ClassEntry, network: AssignmentNetwork) -> TripClass:
    closed = None
    if entry.closed_links:
        closed = np.zeros(len(network.link_ids), dtype=np.uint8)
        place = {link_id: index for index, link_id in enumerate(network.link_ids)}
        for link_id in entry.closed_links:
            if link_id not in place:
                raise ConfigError(f"{path}: {entry.name}.closed_links", link_id, "must be a link of the network")
            closed[place[link_id]] = 1
    return TripClass(
        name=entry.name,
        trips=read_tntp_trips(path.parent / entry.trips, network.zone_ids),
        pce=entry.pce,
        toll_weight=entry.toll_weight,
        distance_weight=entry.distance_weight,
        closed=closed,
    )
