"""What was released: fingerprints of an earlier report, and the values behind them, to say what has changed."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeGuard

from api.errors import ConfigError
from signal_plans.verifying.whole import changes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from signal_plans.junction import Junction
    from signal_plans.layout import SignalLayout
    from signal_plans.programme import SignalProgramme
    from signal_plans.verifying.violation import Violation

Values = dict[str, str]
"""Texts of values by what they are."""


@dataclass(frozen=True, slots=True)
class Released:
    """Fingerprints and values by "junction/programme", and by "junction" for its rules."""

    fingerprints: Mapping[str, str]
    values: Mapping[str, Values]
    """Empty where the report is older than this list."""


def read_released(path: Path) -> Released:
    """What an earlier `plans verify --json` says.  Raises `ConfigError` where it is none."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(str(path), None, f"cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise ConfigError(str(path), None, f"is no JSON: {error}") from error
    said = said if isinstance(said, dict) else {}
    fingerprints, values = said.get("fingerprints"), said.get("values", {})
    if not _is_texts(fingerprints):
        raise ConfigError(f"{path}: fingerprints", fingerprints, "must be those of an earlier `plans verify --json`")
    if not isinstance(values, dict) or not all(map(_is_texts, values.values())):
        raise ConfigError(f"{path}: values", None, "must be those of an earlier `plans verify --json`")
    return Released(fingerprints, values)


def values_of(junctions: Mapping[str, Junction]) -> dict[str, Values]:
    """All values that decide the fingerprints, as texts."""
    found: dict[str, Values] = {}
    for junction_id, junction in junctions.items():
        found[junction_id] = _rules(junction.layout)
        for programme in junction.programmes:
            found[f"{junction_id}/{programme.id}"] = _programme(programme)
    return found


def changes_since(released: Released, fingerprints: Mapping[str, str], values: Mapping[str, Values]) -> list[Violation]:
    """Programmes and rules that are not as released, each with its values then and now."""
    return [_told(found, released, values) for found in changes(released.fingerprints, fingerprints)]


def _told(found: Violation, released: Released, values: Mapping[str, Values]) -> Violation:
    name = "/".join((found.junction_id, *found.programmes))
    if name not in released.fingerprints or name not in values:
        return found
    if name not in released.values:
        return replace(found, detail=f"{found.detail}; the release holds no values to compare")
    old, new = released.values[name], values[name]
    differ = [
        f"{what}: {old.get(what, 'none')} -> {new.get(what, 'none')}"
        for what in dict.fromkeys((*old, *new))
        if old.get(what) != new.get(what)
    ]
    return replace(found, detail="; ".join([found.detail, *differ]))


def _programme(programme: SignalProgramme) -> Values:
    """Windows of green are told by their first second and the first one after them."""
    found = {"cycle_s": str(programme.cycle_s), "offset_s": str(programme.offset_s)}
    for group in programme.layout.groups.values():
        windows = sorted(programme.greens[group.id], key=lambda window: window.start_s)
        found[f"group {group.id} green"] = ", ".join(
            f"{window.start_s} to {(window.start_s + window.length_s) % programme.cycle_s}" for window in windows
        )
        found[f"group {group.id} amber_s"] = str(group.amber_s)
        found[f"group {group.id} red_amber_s"] = str(group.red_amber_s)
    return found


def _rules(layout: SignalLayout) -> Values:
    found: Values = {}
    for group in layout.groups.values():
        found[f"group {group.id} kind"] = group.kind.value
        found[f"group {group.id} min_green_s"] = str(group.min_green_s)
        found[f"group {group.id} amber_s"] = str(group.amber_s)
        found[f"group {group.id} red_amber_s"] = str(group.red_amber_s)
    for (clearing, entering), time_s in sorted(layout.intergreen.times_s.items()):
        found[f"intergreen {clearing} -> {entering} s"] = str(time_s)
    return found


def _is_texts(found: object) -> TypeGuard[dict[str, str]]:
    return isinstance(found, dict) and all(isinstance(value, str) for value in found.values())
