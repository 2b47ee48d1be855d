"""Turning counts for the signals of a SUMO network: a JSON object with a list of vehicles by signal."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

from traffic_core.errors import FileError

if TYPE_CHECKING:
    from pathlib import Path

    from api.plans.sumo_net import SumoNet, SumoSignal


def read_sumo_counts(path: Path, net: SumoNet, hours: float) -> dict[str, tuple[float, ...]]:
    """Flows in veh/h by signal, one per connection, from vehicles counted in `hours`.

    Each list has one number per connection in the order of their places, or one per place; connections that share a
    place then take equal parts.

    Raises
    ------
    FileError
        For a file that is no JSON object, a signal that is missing or unknown, a list of another length, a number
        that is negative or not finite, a signal nobody passed.
    """
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise FileError(path.name, 0, "file", str(path), f"must be a readable file ({error.strerror})") from error
    except json.JSONDecodeError as error:
        limit = f"must be JSON to its end ({error.msg})"
        raise FileError(path.name, error.lineno, "file", path.name, limit) from error
    except UnicodeDecodeError as error:
        raise FileError(path.name, 0, "file", path.name, "must be UTF-8") from error
    if not isinstance(said, dict):
        raise FileError(path.name, 0, "file", type(said).__name__, "must be a JSON object of lists by signal")
    known = {signal.id for signal in net.signals}
    for signal_id in said:
        if signal_id not in known:
            raise FileError(path.name, 0, "signal", signal_id, f"must be a signal of {net.file}")
    return {signal.id: _flows(path.name, signal, said.get(signal.id), hours) for signal in net.signals}


def _flows(file: str, signal: SumoSignal, said: object, hours: float) -> tuple[float, ...]:
    if said is None:
        raise FileError(file, 0, signal.id, None, "must hold the turning counts of this signal")
    places = sorted({way.index for way in signal.connections})
    limit = f"must be a list of {len(signal.connections)} numbers, one for each connection"
    if not isinstance(said, list):
        raise FileError(file, 0, signal.id, type(said).__name__, limit)
    if len(said) not in {len(signal.connections), len(places)}:
        raise FileError(file, 0, signal.id, len(said), limit)
    for place, vehicles in enumerate(said):
        number = isinstance(vehicles, (int, float)) and not isinstance(vehicles, bool)
        if not number or not math.isfinite(vehicles) or vehicles < 0:
            raise FileError(file, 0, f"{signal.id}[{place}]", vehicles, "must be a number of at least 0")
    counts = [float(vehicles) for vehicles in said]
    if len(counts) < len(signal.connections):
        users = {place: sum(way.index == place for way in signal.connections) for place in places}
        counts = [counts[places.index(way.index)] / users[way.index] for way in signal.connections]
    if sum(counts) <= 0:
        raise FileError(file, 0, signal.id, 0.0, "must hold a vehicle: a count of zero everywhere is a fault")
    return tuple(vehicles / hours for vehicles in counts)
