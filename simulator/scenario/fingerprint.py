"""A short name of everything that decides the result of a run: the same bytes in, the same name."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulator.staged import Staged


def fingerprint(staged: Staged, *, programme: str = "") -> str:
    """SHA-256, as 64 hexadecimal digits, of a staged scenario and the programme's version.

    The staged scenario holds the whole model after all measures, supply folders included, so a change anywhere counts;
    titles and comments of the scenario file do not.
    """
    said = json.dumps([programme, canonical(staged)], ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(said.encode("ascii")).hexdigest()


def canonical(value: Any) -> Any:
    """Plain lists, texts and numbers that stand for a value of the domain; sets are sorted, mappings keep their order.

    The order of mappings counts: it is the order of the arrays.  Raises `TypeError` for a type without such a form.
    """
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        return value.hex()
    if is_dataclass(value) and not isinstance(value, type):
        return [type(value).__name__, *(canonical(getattr(value, field.name)) for field in fields(value))]
    if isinstance(value, Mapping):
        return [[canonical(key), canonical(held)] for key, held in value.items()]
    if isinstance(value, (set, frozenset)):
        return sorted((canonical(held) for held in value), key=repr)
    if isinstance(value, (list, tuple)):
        return [canonical(held) for held in value]
    raise TypeError(f"no canonical form of {type(value).__name__}")
