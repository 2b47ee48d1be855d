"""Worker processes on this machine.

Each worker has a pipe of its own and one task at a time, so that it is known which task took a worker down and with
which signal; a pool that shares one queue can only say that some process of it died.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
from collections import deque
from dataclasses import dataclass
from multiprocessing import resource_tracker
from multiprocessing.connection import wait
from multiprocessing.reduction import ForkingPickler
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from simulator.study.executor import Done, Failed, failure, usable_cores
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator
    from multiprocessing.connection import Connection

    from simulator.study.executor import Outcome

T = TypeVar("T")
R = TypeVar("R")

_START = multiprocessing.get_context("spawn")
_STOP_S = 5.0


class LocalProcesses:
    """As many worker processes as named, all usable cores by default.

    A task whose worker dies, or runs out of memory, is tried once more in a fresh process; then it is a `Failed`.
    Each worker has at most one task under way.
    """

    def __init__(self, workers: int | None = None) -> None:
        self.workers = usable_cores() if workers is None else workers
        if self.workers < 1:
            raise InvalidValueError("workers", workers, "must be an integer of at least 1")

    def map_unordered(self, function: Callable[[T], R], tasks: Iterable[T]) -> Generator[Outcome[T, R], None, None]:
        """Outcome of each task, as they come in; `function` must be a top-level function of a module."""
        queue = _Queue(tasks)
        busy: dict[Connection, _Worker[T, R]] = {}
        idle: list[_Worker[T, R]] = []

        def feed() -> None:
            while len(busy) < self.workers and (task := queue.next()) is not None:
                worker = idle.pop() if idle else _Worker(function)
                busy[worker.connection] = worker
                worker.begin(task[0])

        try:
            feed()
            while busy:
                for ready in cast("list[Connection]", wait(list(busy))):
                    worker = busy.pop(ready)
                    outcome, fit = worker.end()
                    again = False
                    if fit:
                        idle.append(worker)
                    else:
                        worker.kill()
                        again = queue.again(outcome.task)
                    feed()  # before the caller takes its time over this outcome
                    if not again:
                        yield outcome
        finally:
            for worker in (*busy.values(), *idle):
                worker.kill()


class _Queue(Generic[T]):
    """The tasks in their order; those to be tried again, each once, before the others."""

    def __init__(self, tasks: Iterable[T]) -> None:
        self._tasks = iter(tasks)
        self._second: deque[T] = deque()
        self._tried: list[T] = []

    def next(self) -> tuple[T] | None:
        """The next task, as a tuple of one; None where there is none for now."""
        if self._second:
            return (self._second.popleft(),)
        for task in self._tasks:
            return (task,)
        return None

    def again(self, task: T) -> bool:
        """Whether the task gets another try."""
        if any(task is tried for tried in self._tried):
            return False
        self._tried.append(task)
        self._second.append(task)
        return True


class _Worker(Generic[T, R]):
    """One process and the pipe to it."""

    task: T

    def __init__(self, function: Callable[[T], R]) -> None:
        self.connection, far_end = _START.Pipe()
        self._process = _START.Process(target=_work, args=(far_end,), daemon=True)
        with _interrupt_held_back():
            self._process.start()
        far_end.close()
        self._function = function

    def begin(self, task: T) -> None:
        """Send a task; a worker that is dead already is noticed by `end`."""
        self.task = task
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.connection.send((self._function, task))

    def end(self) -> tuple[Outcome[T, R], bool]:
        """Outcome of the task, and whether the worker can go on: not if it died or ran out of memory."""
        try:
            answer: _Answer = self.connection.recv()
        except (EOFError, OSError):
            return Failed(self.task, self._how_it_died()), False
        except Exception as error:  # noqa: BLE001  a result that cannot be read back is a failed run
            return failure(self.task, error), True
        if answer.reason is None:
            return Done(self.task, answer.result), True
        return Failed(self.task, answer.reason, answer.traceback), answer.fit

    def _how_it_died(self) -> str:
        self._process.join(_STOP_S)
        code = self._process.exitcode
        names = {-one.value: one.name for one in signal.Signals}
        if code in names:
            hint = ", perhaps for want of memory" if names[code] == "SIGKILL" else ""
            return f"its worker process was ended by {names[code]}{hint}, twice"
        return f"its worker process ended with exit code {code}, twice"

    def kill(self) -> None:
        """End the process, whatever it is doing."""
        self._process.kill()
        self._process.join(_STOP_S)
        self.connection.close()


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a worker sends back.  Errors travel as text: not every exception survives pickling."""

    result: Any = None
    reason: str | None = None
    traceback: str = ""
    fit: bool = True


def _work(connection: Connection) -> None:
    """Do tasks until the other end of the pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all processes; the first one ends the others
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while True:
            connection.send_bytes(_answer(connection.recv_bytes()))


def _answer(request: bytes) -> bytes:
    try:
        function, task = ForkingPickler.loads(request)
        return bytes(ForkingPickler.dumps(_Answer(function(task))))
    except Exception as error:  # noqa: BLE001  one run that fails must not end the others
        failed = failure(None, error)
        fit = not isinstance(error, MemoryError)
        return bytes(ForkingPickler.dumps(_Answer(None, failed.reason, failed.traceback, fit)))


@contextlib.contextmanager
def _interrupt_held_back() -> Iterator[None]:
    """Let a process that starts meanwhile be born deaf to Ctrl-C: without it, it would print a traceback."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # or the first start would begin it, which lets interrupts through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
