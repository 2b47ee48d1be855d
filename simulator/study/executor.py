"""Who does the runs of a study: one interface, and the plain way to do them one after the other."""

from __future__ import annotations

import os
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Done(Generic[T, R]):
    """A task and what came out of it."""

    task: T
    result: R


@dataclass(frozen=True, slots=True)
class Failed(Generic[T]):
    """A task that raised an error or took its worker down, and why."""

    task: T
    reason: str
    """One line."""
    traceback: str = ""


Outcome: TypeAlias = Done[T, R] | Failed[T]


class Executor(Protocol):
    """Does tasks, in any order.

    `tasks` is asked for the next task only when a worker is free, so that few are under way when the caller closes
    the generator that it was given.  Closing it stops what is under way and leaves no process behind.
    """

    def map_unordered(self, function: Callable[[T], R], tasks: Iterable[T]) -> Generator[Outcome[T, R], None, None]:
        """Outcome of each task, as they come in."""
        ...


def attempt(function: Callable[[T], R], task: T) -> Outcome[T, R]:
    """Do a task here; what it raises becomes a value, whether or not it could be pickled."""
    try:
        return Done(task, function(task))
    except Exception as error:  # noqa: BLE001  one run that fails must not end the others
        return failure(task, error)


def failure(task: T, error: Exception) -> Failed[T]:
    """An error as an outcome."""
    text = " ".join(str(error).split())
    reason = f"{type(error).__name__}: {text}" if text else type(error).__name__
    return Failed(task, reason, "".join(traceback.format_exception(error)))


def usable_cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class InProcess:
    """One task after the other, in this process: for a debugger or a profile, and for tests."""

    def map_unordered(self, function: Callable[[T], R], tasks: Iterable[T]) -> Generator[Outcome[T, R], None, None]:
        """Outcome of each task, in their order."""
        for task in tasks:
            yield attempt(function, task)
