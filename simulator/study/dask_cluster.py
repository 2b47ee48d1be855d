"""Workers of a Dask cluster, behind the same interface.  Needs the extra `dask`; nothing of it is imported before use.

The scheduler and every worker need this package in the same version, the workers also the scenario files and model
folders under the same paths.
"""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from simulator.study.executor import Done, Failed, attempt, failure
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator

    from simulator.study.executor import Outcome

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class DaskCluster:
    """The workers of a Dask scheduler.  At most two tasks per thread of the cluster are under way.

    The scheduler itself tries a task again whose worker died (its setting `allowed-failures`); then it is a `Failed`.
    """

    address: str
    """As `tcp://host:8786`."""
    timeout_s: float = 5.0

    def map_unordered(self, function: Callable[[T], R], tasks: Iterable[T]) -> Generator[Outcome[T, R], None, None]:
        """Outcome of each task, as they come in.

        Raises
        ------
        InvalidValueError
            Where the extra is missing, nobody answers at the address, the cluster has no workers, or it is lost on
            the way.
        """
        distributed = _distributed()
        with self._client(distributed) as client:
            threads = sum(client.nthreads().values())
            if threads == 0:
                raise InvalidValueError("dask", self.address, "must have at least one worker: start `dask worker`")
            waiting = iter(tasks)
            tasks_of: dict[Any, T] = {}
            results = distributed.as_completed(loop=client.loop)

            def feed() -> None:
                while len(tasks_of) < 2 * threads:
                    for task in waiting:
                        future = client.submit(attempt, function, task, pure=False)
                        tasks_of[future] = task
                        results.add(future)
                        break
                    else:
                        return

            try:
                feed()
                while tasks_of:
                    future = next(results)
                    task = tasks_of.pop(future)
                    if future.status not in {"finished", "error"}:
                        limit = (
                            "was lost, its scheduler stopped; completed runs are kept, start again to go on from them"
                        )
                        raise InvalidValueError("dask", self.address, limit)
                    outcome: Outcome[T, R] = _outcome(task, future)
                    feed()  # before the caller takes its time over this outcome
                    yield outcome
            finally:
                client.cancel(list(tasks_of), force=True)

    @contextlib.contextmanager
    def _client(self, distributed: Any) -> Iterator[Any]:
        # A client that fails in its constructor prints a traceback when it is collected.
        if not re.search(r":[0-9]+$|^inproc://", self.address):
            raise InvalidValueError("dask", self.address, "must be an address with a port, as tcp://host:8786")
        try:
            client = distributed.Client(self.address, timeout=self.timeout_s, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            limit = f"must be the address of a running Dask scheduler, as tcp://host:8786 ({_one_line(error)})"
            raise InvalidValueError("dask", self.address, limit) from error
        try:
            yield client
        finally:
            client.close()


def _distributed() -> Any:
    try:
        import distributed  # noqa: PLC0415  an optional extra
    except ImportError as error:
        raise InvalidValueError(
            "dask", None, "is an extra that is not installed: pip install stadttakt[dask]"
        ) from error
    return distributed


def _outcome(task: T, future: Any) -> Outcome[T, R]:
    """The task as this process knows it, with what the cluster says of it."""
    if future.status == "error":
        error = future.exception()
        # Dask's own text names a worker and a random key: the same failure would never read the same.
        if type(error).__name__ == "KilledWorker":
            return Failed(task, "every worker of the cluster that tried it died", str(error))
        return failure(task, error)
    try:
        answer: Any = future.result()
    except Exception as error:  # noqa: BLE001  a result that cannot be fetched or read back is a failed run
        return failure(task, error)
    if isinstance(answer, Failed):
        return Failed(task, answer.reason, answer.traceback)
    return Done(task, answer.result)


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
