"""Junctions of a model folder or of one supply file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.errors import ConfigError
from signal_plans.files import read_junctions
from signal_plans.supply.convert import to_junction
from signal_plans.supply.ocit_read import read_ocit_c
from signal_plans.supply.yaml_file import read_supply_yaml
from traffic_core.errors import located
from traffic_core.gmns import read_network

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from signal_plans.junction import Junction
    from signal_plans.supply.supply import JunctionSupply

READERS: Mapping[str, Callable[[Path], JunctionSupply]] = {
    ".xml": read_ocit_c,
    ".yaml": read_supply_yaml,
    ".yml": read_supply_yaml,
}


def read_supply(path: Path) -> dict[str, Junction]:
    """Read all signalised junctions of a folder, or the one of a supply file.

    Raises
    ------
    FileError
        For a table or file that cannot be used.
    UnsafeProgrammeError
        For a programme of a supply file; a folder's becomes the cause of a `FileError`.
    ConfigError
        For a path that is neither a folder nor a supply file, and for a folder without a signalised junction.
    """
    if path.is_dir():
        junctions = read_junctions(path, read_network(path))
        if not junctions:
            raise ConfigError("supply", str(path), "must hold at least one signalised junction")
        return junctions
    if path.suffix.lower() not in READERS:
        raise ConfigError("supply", str(path), "must be a model folder or a file that ends in " + ", ".join(READERS))
    supply = READERS[path.suffix.lower()](path)
    with located(path.name):
        return {supply.id: to_junction(supply)}
