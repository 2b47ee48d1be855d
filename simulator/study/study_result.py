"""What a study finds, and its files `study.json` and `SCENARIO/mean.TABLE.parquet`."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING

from simulator.study.result_files import json_bytes, parquet_bytes
from simulator.study.whole_files import write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from simulator.results.run_result import Table
    from simulator.study.intervals import Comparison, Estimate
    from simulator.study.stopping import StoppedBecause, StoppingRule

STUDY_FILE = "study.json"
FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedRun:
    """A run that gave no result: its pairs are left out."""

    scenario_id: str
    seed: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyResult:
    """The same for the same plan, rule and programme, with any executor and number of workers."""

    base_id: str
    variant_ids: tuple[str, ...]
    fingerprints: Mapping[str, str]
    """By scenario."""
    rule: StoppingRule
    stopped_because: StoppedBecause
    seeds: tuple[int, ...]
    """All that count, with those that failed."""
    failed: tuple[FailedRun, ...]
    """By seed, then in the order of the scenarios."""
    estimates: Mapping[str, Mapping[str, Estimate]]
    """By scenario, then figure."""
    comparisons: Mapping[str, Mapping[str, Comparison]]
    """By variant, then figure: against the base."""
    mean_seeds: tuple[int, ...]
    """Over which the mean tables are: those of which no run of any scenario failed."""
    mean_tables: Mapping[str, Mapping[str, Table]]
    """By scenario, then name of the table; none where no seed is free of failures."""

    @property
    def scenario_ids(self) -> tuple[str, ...]:
        """The base, then the variants."""
        return (self.base_id, *self.variant_ids)


def study_json(result: StudyResult) -> bytes:
    """All of a study but its tables: the same bytes for the same result."""
    names = [field.name for field in fields(result) if field.name != "mean_tables"]
    document = {name: getattr(result, name) for name in names}
    document["rule"] = asdict(result.rule)
    document["failed"] = [asdict(run) for run in result.failed]
    document["estimates"] = {
        id_: {at: asdict(one) for at, one in all_.items()} for id_, all_ in result.estimates.items()
    }
    document["comparisons"] = {
        id_: {at: asdict(one) for at, one in all_.items()} for id_, all_ in result.comparisons.items()
    }
    return json_bytes(document | {"format": FORMAT})


def write_study(folder: Path, result: StudyResult) -> Path:
    """Write the mean tables, then `study.json`; its path.

    Raises
    ------
    FileError
        Where a file cannot be written.
    """
    for scenario_id, tables in result.mean_tables.items():
        for name, table in tables.items():
            content = parquet_bytes(f"mean_tables[{scenario_id}][{name}]", table)
            write_whole(folder / scenario_id / f"mean.{name}.parquet", content)
    path = folder / STUDY_FILE
    write_whole(path, study_json(result))
    return path
