"""Read and write supply data in the project's own YAML."""

from __future__ import annotations

from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from signal_plans.supply import detectors, document, groups, programmes
from signal_plans.supply import supply as whole
from signal_plans.supply.fingerprint import check_releases, supply_sha256
from traffic_core.errors import FileError, InvalidValueError
from traffic_core.plain_yaml import line_of, read_plain_yaml_file, write_plain_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from yaml.nodes import Node

    from signal_plans.supply.supply import JunctionSupply

_BECOMES: Mapping[type[document.Part], Any] = {
    document.LampStepPart: groups.LampStep,
    document.GroupPart: groups.SupplyGroup,
    document.IntergreenPart: whole.Intergreen,
    document.SwitchPart: programmes.Switch,
    document.LinePart: programmes.GroupLine,
    document.ProgrammePart: programmes.SupplyProgramme,
    document.EndProgrammePart: programmes.EndProgramme,
    document.OffsetConditionPart: programmes.OffsetCondition,
    document.OffsetMatrixPart: programmes.OffsetMatrix,
    document.DetectorPart: detectors.SupplyDetector,
    document.ReportingPointPart: detectors.ReportingPoint,
    document.RoutePointPart: detectors.RoutePoint,
    document.BusCallPart: detectors.BusCall,
    document.BusRoutePart: detectors.BusRoute,
    document.DayPart: programmes.SupplyDay,
    document.UnknownXmlPart: whole.UnknownXml,
    document.SupplyDocument: whole.JunctionSupply,
}
_LIMITS = {
    "missing": "must be given",
    "extra_forbidden": "is no key here",
    "string_type": "must be text; put a number in quotes",
    "int_type": "must be a whole number",
    "bool_type": "must be true or false",
    "tuple_type": "must be a list",
    "model_type": "must be a mapping of keys",
    "model_attributes_type": "must be a mapping of keys",
}
_BOUNDS = {"greater_than_equal": "at least", "less_than_equal": "at most"}


def read_supply_yaml(path: Path) -> JunctionSupply:
    """Read supply data, with their checksum where it is given, and the releases.

    Raises
    ------
    FileError
        Names file, line, path of keys, value and limit.
    """
    content, nodes = read_plain_yaml_file(path)
    if not isinstance(content, dict):
        raise FileError(path.name, 0, "file", path.name, f"must be a mapping of keys with format: {document.FORMAT}")
    try:
        made = document.document_of(content)
    except document.ValidationError as error:
        raise _error(path.name, nodes, error) from error
    supply: JunctionSupply = _domain(made, (), path.name, nodes)
    if made.sha256 is not None and made.sha256 != (now := supply_sha256(supply)):
        limit = f"must be the SHA-256 of the supply, {now}: something was changed"
        raise FileError(path.name, line_of(nodes, ("sha256",)), "sha256", made.sha256, limit)
    try:
        check_releases(supply)
    except InvalidValueError as error:
        row = line_of(nodes, ("released",))
        raise FileError(path.name, row, error.field, error.value, error.limit) from error
    return supply


def write_supply_yaml(supply: JunctionSupply) -> str:
    """The supply as YAML, with its checksum; keys that have their usual value are left out."""
    content: dict[str, object] = {"format": document.FORMAT, "sha256": supply_sha256(supply)}
    return write_plain_yaml(content | _plain(supply))


def _error(file: str, nodes: Node | None, error: document.ValidationError) -> FileError:
    """The first finding in words, with how many more there are."""
    found = error.errors(include_url=False)
    first: Any = found[0]
    location = tuple(first["loc"])
    kind, context = first["type"], first.get("ctx", {})
    limit = _LIMITS.get(kind, str(first["msg"]))
    if kind in _BOUNDS:
        limit = f"must be {_BOUNDS[kind]} {next(iter(context.values()))}"
    elif kind == "string_pattern_mismatch":
        limit = f"must match {context['pattern']}"
    elif kind in {"literal_error", "enum"}:
        limit = f"must be {context['expected']}"
    if len(found) > 1:
        limit += f" (and {len(found) - 1} more)"
    value = first["input"] if isinstance(first["input"], (str, int, float, bool)) else None
    return FileError(file, line_of(nodes, location), path_text(location), value, limit)


def path_text(path: tuple[int | str, ...]) -> str:
    """Keys and positions as text: groups[3].min_green_s."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")


def _domain(value: Any, path: tuple[int | str, ...], file: str, nodes: Node | None) -> Any:
    """What a part of the document becomes; errors of its type get its path and line."""
    if isinstance(value, tuple):
        return tuple(_domain(one, (*path, number), file, nodes) for number, one in enumerate(value))
    if not isinstance(value, document.Part):
        return value
    given = {name: getattr(value, name) for name in type(value).model_fields if name not in {"format", "sha256"}}
    built = {name: _domain(one, (*path, name), file, nodes) for name, one in given.items()}
    try:
        return _BECOMES[type(value)](**built)
    except InvalidValueError as error:
        name = f"{path_text(path)}: {error.field}" if path else error.field
        raise FileError(file, line_of(nodes, path), name, error.value, error.limit) from error


def _plain(value: Any) -> Any:
    """Mappings, lists, texts and numbers, without what is as usual."""
    if is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: _plain(getattr(value, field.name))
            for field in fields(value)
            if field.default is MISSING or getattr(value, field.name) != field.default
        }
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value.value if isinstance(value, Enum) else value
