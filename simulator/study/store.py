"""The folder of a study: which runs are done already, with which fingerprint."""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING

from simulator.study.result_files import json_path, read_fingerprint, read_result, write_result
from simulator.study.study_result import STUDY_FILE
from simulator.study.whole_files import PART, cannot_write
from traffic_core.errors import FileError, InvalidValueError

if sys.platform != "win32":
    import fcntl

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from simulator.results.run_result import RunResult

_OF_A_RUN = re.compile(r"\.?(seed-(?P<seed>\d{4,})|mean)\.(json|[\w-]+\.parquet)(" + re.escape(PART) + r")?")


class ResultStore:
    """Results of the runs of a study; use it in a `with` statement, which keeps a second study out of the folder.

    A run counts as done when all its files are whole and its fingerprint is that of the plan.

    Raises
    ------
    FileError
        Where the folder cannot be written, another study is at work in it, or it holds runs of another fingerprint.
    """

    def __init__(self, folder: Path, fingerprints: Mapping[str, str], *, fresh: bool = False) -> None:
        self.folder = folder
        self._fingerprints = dict(fingerprints)
        self._lock = _locked(folder)
        try:
            for scenario_id in self._fingerprints:
                self._remove(scenario_id, only_parts=not fresh)
            if fresh:
                (folder / STUDY_FILE).unlink(missing_ok=True)
            self._done = {
                scenario_id: self._done_of(scenario_id, fingerprint)
                for scenario_id, fingerprint in self._fingerprints.items()
            }
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let others work in the folder; closing twice does no harm."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def done(self, scenario_id: str) -> tuple[int, ...]:
        """Seeds of a scenario whose JSON file is there, ascending; `read` may find their tables damaged."""
        return tuple(sorted(self._done[scenario_id]))

    def read(self, scenario_id: str, seed: int) -> RunResult | None:
        """A run that is done; None where it is not, or where a file of it is damaged, which is warned of."""
        if seed not in self._done[scenario_id]:
            return None
        result = read_result(self.folder, scenario_id, seed)
        if result is None:
            self._done[scenario_id].discard(seed)
        return result

    def write(self, result: RunResult) -> None:
        """Keep a run.

        Raises
        ------
        InvalidValueError
            Where its fingerprint is not that of the plan, as from a worker with another version of the programme.
        FileError
            Where it cannot be written.
        """
        wanted = self._fingerprints[result.scenario_id]
        if result.fingerprint != wanted:
            limit = f"must be {wanted!r}: the worker has another model, scenario or version than this machine"
            raise InvalidValueError(f"run[{result.scenario_id}, {result.seed}].fingerprint", result.fingerprint, limit)
        write_result(self.folder, result)
        self._done[result.scenario_id].add(result.seed)

    def _done_of(self, scenario_id: str, fingerprint: str) -> set[int]:
        done: set[int] = set()
        for path, seed in self._files_of(scenario_id):
            if path.name.startswith(".") or seed is None or path != json_path(self.folder, scenario_id, seed):
                continue
            found = read_fingerprint(self.folder, scenario_id, seed)
            if found is None:
                continue
            if found != fingerprint:
                limit = (
                    f"must be {fingerprint!r}: these runs are of another model, scenario or version; "
                    f"name another folder, or discard them with --fresh"
                )
                raise FileError(str(path.parent), 0, "fingerprint", found, limit)
            done.add(seed)
        return done

    def _files_of(self, scenario_id: str) -> Iterator[tuple[Path, int | None]]:
        """Files that a study writes for a scenario, sorted, with their seeds; other files are not touched."""
        folder = self.folder / scenario_id
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            if match := _OF_A_RUN.fullmatch(path.name):
                yield path, None if match["seed"] is None else int(match["seed"])

    def _remove(self, scenario_id: str, *, only_parts: bool) -> None:
        for path, _ in self._files_of(scenario_id):
            if not only_parts or path.name.endswith(PART):
                path.unlink()


def _locked(folder: Path) -> int:
    """Descriptor of the folder, locked until it is closed or the process ends; -1 where folders cannot be locked."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(folder, error) from error
    if sys.platform == "win32":
        return -1
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        raise FileError(str(folder), 0, "folder", folder.name, "is in use: another study writes to it") from error
    except OSError:
        return descriptor  # a file system without locks
    return descriptor
