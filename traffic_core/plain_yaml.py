"""YAML as people write it: words stay words, in reading and in writing.

YAML 1.1 reads 10:00 as the number 600 and 2026-11-24 as a date; here both are text.  A key that stands twice is an
error instead of a silent choice, and an alias is refused.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml

from traffic_core.errors import FileError
from traffic_core.text_files import read_utf_8

if TYPE_CHECKING:
    from collections.abc import Hashable
    from pathlib import Path

    from yaml.nodes import MappingNode, Node

_PLAIN = {
    "tag:yaml.org,2002:int": (re.compile(r"^[-+]?[0-9]+$"), "-+0123456789"),
    "tag:yaml.org,2002:float": (
        re.compile(
            r"^(?:[-+]?([0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$"
        ),
        "-+0123456789.",
    ),
    "tag:yaml.org,2002:bool": (re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), "tTfF"),
    "tag:yaml.org,2002:null": (re.compile(r"^(?:~|null|Null|NULL|)$"), ["~", "n", "N", ""]),
}


class StrictLoader(yaml.SafeLoader):
    """Refuses a key that stands twice, and aliases."""

    def construct_mapping(self, node: MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """As PyYAML, after a look at the keys."""
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key.value, str) and key.value in seen:
                limit = f"the key '{key.value}' stands twice"
                raise yaml.constructor.ConstructorError(None, None, limit, key.start_mark)
            if isinstance(key.value, str):
                seen.add(key.value)
        return super().construct_mapping(node, deep)

    def compose_node(self, parent: Any, index: Any) -> Any:
        """As PyYAML, but no alias."""
        if self.check_event(yaml.AliasEvent):
            raise yaml.composer.ComposerError(None, None, "aliases (*name) are not accepted", None)
        return super().compose_node(parent, index)


class _PlainLoader(StrictLoader):
    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012  PyYAML's own form


class _PlainDumper(yaml.SafeDumper):
    """Puts quotes around text that either reading of YAML would take for something else."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002  PyYAML's own form
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    """Quotes where YAML would take a sign for the end of a line."""
    style = '"' if any(sign in text for sign in "\x85\u2028\u2029\ufeff") else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_PlainDumper.add_representer(str, _text)
for _tag, (_pattern, _first) in _PLAIN.items():
    _PlainLoader.add_implicit_resolver(_tag, _pattern, list(_first))
    _PlainDumper.add_implicit_resolver(_tag, _pattern, list(_first))


def read_plain_yaml(text: str) -> object:
    """Content of one YAML document; raises `yaml.YAMLError` or `RecursionError`."""
    return _read(text)[0]


def read_plain_yaml_file(path: Path) -> tuple[object, Node | None]:
    """Content of a file, and the nodes of the document for `line_of`.  Raises `FileError`."""
    try:
        return _read(read_utf_8(path))
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        if isinstance(error, FileError):
            raise
        mark = getattr(error, "problem_mark", None)
        said = getattr(error, "problem", None) or str(error) or "nested too deep"
        raise FileError(path.name, mark.line + 1 if mark else 0, "file", path.name, f"must be YAML: {said}") from error


def _read(text: str) -> tuple[object, Node | None]:
    loader = _PlainLoader(text)
    try:
        node = loader.get_single_node()
        return (None if node is None else loader.construct_document(node)), node
    finally:
        loader.dispose()


def write_plain_yaml(content: object) -> str:
    """The content as YAML that `read_plain_yaml` gives back as it was."""
    return str(
        yaml.dump(content, Dumper=_PlainDumper, default_flow_style=None, sort_keys=False, allow_unicode=True, width=110)
    )


def line_of(node: Node | None, path: tuple[int | str, ...]) -> int:
    """Line of the value at a path, or of the innermost that is there; 0 without a document."""
    if node is None:
        return 0
    for step in path:
        following = None
        if isinstance(node, yaml.MappingNode):
            following = next((value for key, value in node.value if key.value == step), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            following = node.value[step]
        if following is None:
            break
        node = following
    return int(node.start_mark.line) + 1
