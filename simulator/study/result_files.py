"""The files of one run: `SCENARIO/seed-0007.json` and one Parquet file for each table.

The same result gives the same bytes: no time of writing, keys sorted, fixed row groups.  A file is whole or not there:
it is written beside its place and moved.  The JSON file comes last and carries the digests of the tables, so that a
run is complete where its JSON file is, and damage to any of its files is seen.
"""

from __future__ import annotations

import hashlib
import json
import logging
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from simulator.results.run_result import RunResult
from simulator.study.whole_files import write_whole
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.results.run_result import Column, Table

FORMAT = 1
_ROWS_OF_A_GROUP = 65_536
_KEYS = {"format", "scenario_id", "seed", "fingerprint", "begin_s", "end_s", "figures", "tables"}
_log = logging.getLogger(__name__)


def json_path(folder: Path, scenario_id: str, seed: int) -> Path:
    """The file that marks a run as complete."""
    return folder / scenario_id / f"seed-{seed:04d}.json"


def table_path(folder: Path, scenario_id: str, seed: int, table: str) -> Path:
    """The file of one table of a run."""
    return folder / scenario_id / f"seed-{seed:04d}.{table}.parquet"


def json_bytes(document: object) -> bytes:
    """Sorted and indented, with a line end; numbers as short as they can be read back exactly.

    Raises
    ------
    ValueError
        Where a number is not finite.
    """
    return (json.dumps(document, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def parquet_bytes(where: str, table: Table) -> bytes:
    """One table as a Parquet file.

    Raises
    ------
    InvalidValueError
        Where columns differ in length or are neither float64, int64 nor a tuple of str.
    """
    columns = {name: _to_arrow(f"{where}.{name}", column) for name, column in table.items()}
    lengths = {name: len(column) for name, column in columns.items()}
    if not lengths or len(set(lengths.values())) > 1:
        raise InvalidValueError(where, lengths, "must have columns of one length")
    sink = pa.BufferOutputStream()
    pq.write_table(
        pa.table(columns),
        sink,
        compression="zstd",
        row_group_size=_ROWS_OF_A_GROUP,
        use_dictionary=[name for name, column in columns.items() if column.type == pa.string()],
        store_schema=False,
        version="2.6",
    )
    return bytes(sink.getvalue().to_pybytes())


def _to_arrow(where: str, column: Column) -> Any:
    if isinstance(column, tuple):
        if not all(isinstance(entry, str) for entry in column):
            raise InvalidValueError(where, column[:3], "must hold text only")
        return pa.array(column, type=pa.string())
    if column.dtype not in (np.dtype(np.float64), np.dtype(np.int64)) or column.ndim != 1:
        raise InvalidValueError(where, f"{column.dtype}, shape {column.shape}", "must be one row of float64 or int64")
    return pa.array(np.ascontiguousarray(column))


def write_result(folder: Path, result: RunResult) -> Path:
    """Write all files of a run; the path of the JSON file.

    Raises
    ------
    InvalidValueError
        Where a figure is not finite or a table cannot be stored.
    FileError
        Where a file cannot be written; runs that are complete stay so.
    """
    figures = {name: _figure(f"figures[{name}]", value) for name, value in result.figures.items()}
    tables = {name: parquet_bytes(f"tables[{name}]", table) for name, table in result.tables.items()}
    document = {
        "format": FORMAT,
        "scenario_id": result.scenario_id,
        "seed": int(result.seed),
        "fingerprint": result.fingerprint,
        "begin_s": float(result.begin_s),
        "end_s": float(result.end_s),
        "figures": figures,
        "tables": {name: _digest(content) for name, content in tables.items()},
    }
    content = json_bytes(document)
    path = json_path(folder, result.scenario_id, result.seed)
    for name, table in tables.items():
        write_whole(table_path(folder, result.scenario_id, result.seed, name), table)
    write_whole(path, content)
    return path


def _figure(where: str, value: float | None) -> float | None:
    if value is None:
        return None
    if not math.isfinite(value):
        raise InvalidValueError(where, value, "must be a finite number, or None where it is undefined")
    return float(value)


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=16).hexdigest()


class _DamagedError(Exception):
    """A file of a run that cannot be what was written."""


def read_fingerprint(folder: Path, scenario_id: str, seed: int) -> str | None:
    """Fingerprint of a run; None where the run is missing, or its JSON file damaged, which is warned of."""
    try:
        head = _head(folder, scenario_id, seed)
    except _DamagedError as error:
        _log.warning("%s", error)
        return None
    return None if head is None else str(head["fingerprint"])


def read_result(folder: Path, scenario_id: str, seed: int) -> RunResult | None:
    """A run as it was written; None where it is missing, or damaged, which is warned of."""
    try:
        head = _head(folder, scenario_id, seed)
        if head is None:
            return None
        return RunResult(
            scenario_id=scenario_id,
            seed=seed,
            fingerprint=head["fingerprint"],
            begin_s=head["begin_s"],
            end_s=head["end_s"],
            figures=dict(sorted(head["figures"].items())),
            tables={
                name: _table(table_path(folder, scenario_id, seed, name), digest)
                for name, digest in sorted(head["tables"].items())
            },
        )
    except _DamagedError as error:
        _log.warning("%s", error)
        return None


def _head(folder: Path, scenario_id: str, seed: int) -> dict[str, Any] | None:
    path = json_path(folder, scenario_id, seed)
    try:
        head = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise _damaged(path, error) from error
    if not isinstance(head, dict) or head.keys() != _KEYS:
        raise _damaged(path, "it is not the record of a run")
    if (head["format"], head["scenario_id"], head["seed"]) != (FORMAT, scenario_id, seed):
        raise _damaged(path, "it is the record of another run or format")
    return head


def _table(path: Path, digest: str) -> Table:
    try:
        content = path.read_bytes()
        if _digest(content) != digest:
            raise _damaged(path, "its digest is not that of the table that was written")
        return _from_parquet(content)
    except (OSError, ValueError) as error:
        raise _damaged(path, error) from error


def _from_parquet(content: bytes) -> Table:
    table = pq.read_table(pa.BufferReader(content), use_threads=False)
    return {name: _to_column(table.column(name)) for name in table.column_names}


def _to_column(column: Any) -> Column:
    if column.type == pa.string():
        return tuple(column.to_pylist())
    values: Column = column.to_numpy()
    return values


def _damaged(path: Path, reason: object) -> _DamagedError:
    return _DamagedError(f"{path}: damaged, so that the run counts as missing: {reason}")
