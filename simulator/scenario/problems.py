"""What is wrong with a scenario: every finding names file, measure, field, value and limit."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from signal_plans.errors import UnsafeProgrammeError
from traffic_core.errors import FileError, InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in a scenario something stands."""

    file: str
    number: int = 0
    """Of the measure, from 1; 0 for the scenario itself."""
    kind: str = ""

    def __str__(self) -> str:
        return f"{self.file}, measure {self.number} ({self.kind})" if self.number else self.file


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One finding."""

    place: Place
    field: str
    value: object
    limit: str

    def __str__(self) -> str:
        said = self.field if self.value is None else f"{self.field} = {self.value!r}"
        return f"{self.place}: {said}: {self.limit}"


class ScenarioError(InvalidValueError):
    """A scenario that cannot be used.  `problems` are all findings; its text has one line for each."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        first = problems[0]
        super().__init__(first.field, first.value, first.limit)
        self.problems = tuple(problems)

    def __str__(self) -> str:
        lines = "\n".join(str(problem) for problem in self.problems)
        return lines if len(self.problems) == 1 else f"{len(self.problems)} errors\n{lines}"

    def __reduce__(self) -> tuple[type[ScenarioError], tuple[tuple[Problem, ...]]]:
        return ScenarioError, (self.problems,)


class Findings:
    """Collects problems, so that one look at a scenario finds them all."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def add(self, place: Place, field: str, value: object, limit: str) -> None:
        """Note a problem."""
        self.problems.append(Problem(place=place, field=field, value=value, limit=limit))

    @contextmanager
    def of(self, place: Place) -> Iterator[None]:
        """Note what is raised inside and go on behind."""
        try:
            yield
        except FileError as error:
            where = f"{error.file}, row {error.row}: {error.field}" if error.row else f"{error.file}: {error.field}"
            self.add(place, where, error.value, error.limit)
        except InvalidValueError as error:
            self.add(place, error.field, error.value, error.limit)
        except UnsafeProgrammeError as error:
            self.add(place, "programme", error.programme_id, "must be safe: " + "; ".join(error.violations))

    def check(self) -> None:
        """Raise `ScenarioError` where there is any problem."""
        if self.problems:
            raise ScenarioError(self.problems)
