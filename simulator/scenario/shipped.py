"""Scenarios that lie beside a model."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = "scenarios"
"""Of a model folder."""


def scenario_files(model: Path) -> tuple[Path, ...]:
    """Scenario files of a model folder by name; none where it has no folder of scenarios."""
    return tuple(sorted((model / FOLDER).glob("*.yaml")))
