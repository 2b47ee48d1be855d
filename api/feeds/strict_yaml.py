"""YAML for configuration: plain data only, and a key that stands twice is an error instead of a silent choice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Hashable

    from yaml.nodes import MappingNode


class _StrictLoader(yaml.SafeLoader):
    def construct_mapping(self, node: MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key.value, str) and key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key '{key.value}' stands twice", key.start_mark
                )
            if isinstance(key.value, str):
                seen.add(key.value)
        return super().construct_mapping(node, deep)

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.composer.ComposerError(None, None, "aliases (*name) are not accepted", None)
        return super().compose_node(parent, index)


def read_yaml(text: str) -> object:
    """Content of one YAML document; raises `yaml.YAMLError` or `RecursionError`."""
    content: object = yaml.load(text, Loader=_StrictLoader)  # noqa: S506 - the loader is a SafeLoader
    return content
