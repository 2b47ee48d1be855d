"""Where a fact comes from and how far it can be trusted."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from traffic_core.errors import InvalidValueError


class Confidence(StrEnum):
    """How a fact was obtained."""

    ANCHOR = "anchor"
    """Taken from a named public source."""
    DERIVED = "derived"
    """Computed from anchors by a stated rule."""
    ESTIMATED = "estimated"
    """Assumed; nobody can verify it from the sources at hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Source and confidence of one record of a model."""

    source: str
    confidence: Confidence

    def __post_init__(self) -> None:
        if not self.source.strip():
            raise InvalidValueError("source", self.source, "must name where the fact comes from")
