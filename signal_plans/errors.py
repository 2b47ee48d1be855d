"""Errors of signal supply data and programmes."""

from __future__ import annotations


class UnsafeProgrammeError(ValueError):
    """A programme that breaks a safety rule.  `violations` lists every breach found."""

    def __init__(self, programme_id: str, violations: tuple[str, ...]) -> None:
        super().__init__(f"programme {programme_id} is unsafe: " + "; ".join(violations))
        self.programme_id = programme_id
        self.violations = violations

    def __reduce__(self) -> tuple[type[UnsafeProgrammeError], tuple[str, tuple[str, ...]]]:
        """For pickle, whose default would call the constructor with the text of the error alone."""
        return type(self), (self.programme_id, self.violations)
