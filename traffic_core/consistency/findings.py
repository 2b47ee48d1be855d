"""What a check found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding matters."""

    ERROR = "error"
    """The model is wrong or cannot be computed with here."""
    WARNING = "warning"
    """Probably wrong; somebody should look."""
    NOTE = "note"
    """Unusual, or left open; worth knowing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One finding about one record."""

    severity: Severity
    kind: str
    """Word of a check, such as `missing_turn`."""
    record: str
    """Kind and id of the record, such as `link L047`."""
    value: str
    """What was found there, with its unit."""
    limit: str
    """What would be expected, with its unit."""
    sentence: str
    """The finding in plain words."""


def error(kind: str, record: str, value: str, limit: str, sentence: str) -> Finding:
    """Return a finding that makes the model wrong."""
    return _finding(Severity.ERROR, kind, record, value, limit, sentence)


def warning(kind: str, record: str, value: str, limit: str, sentence: str) -> Finding:
    """Return a finding that is probably wrong."""
    return _finding(Severity.WARNING, kind, record, value, limit, sentence)


def note(kind: str, record: str, value: str, limit: str, sentence: str) -> Finding:
    """Return a finding that is worth knowing."""
    return _finding(Severity.NOTE, kind, record, value, limit, sentence)


ORDER = {severity: place for place, severity in enumerate(Severity)}


def in_order(findings: list[Finding]) -> list[Finding]:
    """Errors first, then by kind, each kind in the order in which it was found."""
    return sorted(findings, key=lambda finding: (ORDER[finding.severity], finding.kind))


def _finding(severity: Severity, kind: str, record: str, value: str, limit: str, sentence: str) -> Finding:
    return Finding(severity=severity, kind=kind, record=record, value=value, limit=limit, sentence=sentence)
