"""The findings of the document's types in words that a planner understands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.scenario.document import ScenarioDocument, ValidationError
from simulator.scenario.fields import SCENARIO_ID_PATTERN, TIME_PATTERN
from simulator.scenario.problems import Findings, Place

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_LIMITS = {
    "missing": "must be given",
    "extra_forbidden": "is no key here",
    "string_type": "must be text; put a number in quotes",
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "bool_type": "must be true or false",
    "dict_type": "must be a mapping",
    "finite_number": "must be a finite number",
    "union_tag_not_found": "must have the key measure",
    "model_type": "must be a mapping of keys",
    "model_attributes_type": "must be a mapping of keys",
    "tuple_type": "must be a list",
}
_BOUNDS = {"greater_than_equal": "at least", "less_than_equal": "at most", "greater_than": "above"}
_PATTERN_LIMITS = {
    TIME_PATTERN: "must be a local time HH:MM from 00:00 to 24:00",
    SCENARIO_ID_PATTERN: "must be at most 80 letters, digits, '_', '-' and '.', and not begin with '-' or '.'",
}


def document_of(content: Mapping[str, Any], file: str, findings: Findings) -> ScenarioDocument | None:
    """The document, or None and all that is wrong with it among the findings."""
    try:
        return ScenarioDocument.model_validate(content)
    except ValidationError as error:
        for found in error.errors(include_url=False):
            place, steps = _place(file, found["loc"], content)
            value = found["input"] if found["type"] != "union_tag_invalid" else place.kind
            value = value if isinstance(value, (str, int, float, bool)) else None
            findings.add(place, _field(steps), value, _limit(found))
        return None


def _place(file: str, location: Sequence[int | str], content: Mapping[str, Any]) -> tuple[Place, Sequence[int | str]]:
    if len(location) >= 2 and location[0] == "measures" and isinstance(location[1], int):
        said = content["measures"][location[1]]
        kind = str(said.get("measure", "?")) if isinstance(said, dict) else "?"
        return Place(file=file, number=location[1] + 1, kind=kind), location[3:]
    return Place(file=file), location


def _field(steps: Sequence[int | str]) -> str:
    named = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps if step != "[key]")
    return named.lstrip(".") or "measure"


def _limit(found: Any) -> str:
    kind, context = found["type"], found.get("ctx", {})
    said = _LIMITS.get(kind, str(found["msg"]))
    if kind == "value_error":
        said = str(context["error"])
    elif kind == "string_pattern_mismatch":
        said = _PATTERN_LIMITS.get(context["pattern"], "must be printable, without '#', '+', '/' or outer blanks")
    elif kind in {"too_short", "too_long"}:
        said = _length_limit(kind, context)
    elif kind in _BOUNDS:
        said = f"must be {_BOUNDS[kind]} {next(iter(context.values())):g}"
    elif kind == "literal_error":
        said = f"must be {context['expected']}"
    elif kind == "union_tag_invalid":
        said = f"must be one of {context['expected_tags']}".replace("'", "")
    return said


def _length_limit(kind: str, context: Mapping[str, Any]) -> str:
    bound, count = ("at least", context["min_length"]) if kind == "too_short" else ("at most", context["max_length"])
    return f"must have {bound} {count} {'entry' if count == 1 else 'entries'}"
