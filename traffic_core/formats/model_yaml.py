"""model.yaml of a folder, as far as readers below the service need it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from traffic_core.errors import FileError

if TYPE_CHECKING:
    from pathlib import Path


def read_model_yaml(folder: Path) -> dict[str, object]:
    """What model.yaml says.  Raises `FileError` where it is no readable YAML mapping."""
    path = folder / "model.yaml"
    try:
        info = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise FileError(path.name, 0, "file", str(path), f"must be readable YAML ({error})") from error
    if not isinstance(info, dict):
        raise FileError(path.name, 0, "file", str(path), "must be a YAML mapping")
    return info


def write_model_yaml(folder: Path, info: dict[str, object]) -> None:
    """Write model.yaml, its keys in the given order."""
    text = yaml.safe_dump(info, allow_unicode=True, sort_keys=False, width=120)
    (folder / "model.yaml").write_text(text, encoding="utf-8")
