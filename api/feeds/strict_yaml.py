"""YAML for configuration: plain data only, and a key that stands twice is an error instead of a silent choice."""

from __future__ import annotations

import yaml

from traffic_core.plain_yaml import StrictLoader


def read_yaml(text: str) -> object:
    """Content of one YAML document; raises `yaml.YAMLError` or `RecursionError`."""
    content: object = yaml.load(text, Loader=StrictLoader)  # noqa: S506 - the loader is a SafeLoader
    return content
