"""`stadttakt plans verify`: read the supply, prove it safe, and try the proof on mutants and random programmes."""

from __future__ import annotations

import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import TYPE_CHECKING

from api.plans.released import changes_since, read_released, values_of
from api.plans.verify_report import VerifyReport, print_report
from api.plans.verify_supply import read_supply
from api.town import default_model
from signal_plans.errors import UnsafeProgrammeError
from signal_plans.verifying.limits import Limits
from signal_plans.verifying.random_programmes import compare
from signal_plans.verifying.trial import try_mutants
from signal_plans.verifying.violation import in_intervals
from signal_plans.verifying.whole import joined, prove
from traffic_core.errors import FileError

if TYPE_CHECKING:
    from pathlib import Path

    from api.plans.released import Released
    from signal_plans.junction import Junction
    from signal_plans.verifying.whole import Proof

PROCESSES = 2
MANY_JUNCTIONS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifySettings:
    """Options of the command."""

    supply: Path | None
    as_json: bool
    mutants: int
    """Unsafe ones to make."""
    programmes: int
    """Random ones to compare the checkers on."""
    seed: int
    released: Path | None
    longest_red_s: int


def run_verify(settings: VerifySettings) -> int:
    """Verify a supply and print the report; return the exit code: 1 if a rule is broken or a checker was wrong.

    Raises
    ------
    FileError, ConfigError, InvalidValueError
        For a supply or a list of released fingerprints that cannot be read.  A programme that reading refuses as unsafe
        is no such error: it is reported, alone.
    """
    path = settings.supply or default_model()
    released = None if settings.released is None else read_released(settings.released)
    try:
        junctions = read_supply(path)
    except UnsafeProgrammeError as unsafe:
        report = _refused(path, path.name, unsafe)
    except FileError as error:
        if not isinstance(error.__cause__, UnsafeProgrammeError):
            raise
        report = _refused(path, f"{error.file}, row {error.row}", error.__cause__)
    else:
        report = _verified(path, junctions, released, settings)
    print_report(report, as_json=settings.as_json)
    return 0 if report.passed else 1


def _verified(
    path: Path, junctions: dict[str, Junction], released: Released | None, settings: VerifySettings
) -> VerifyReport:
    began_s = time.perf_counter()
    proof = _proof(path, junctions, Limits(longest_red_s=settings.longest_red_s))
    values = values_of(junctions)
    if released is not None:
        proof.parts["fingerprints"].violations += changes_since(released, proof.fingerprints, values)
    return VerifyReport(
        supply=str(path),
        proof=proof,
        values=values,
        violations=tuple(proof.violations),
        seconds=time.perf_counter() - began_s,
        mutants=try_mutants(junctions, settings.mutants, settings.seed) if settings.mutants else None,
        agreement=compare(settings.programmes, settings.seed) if settings.programmes else None,
    )


def _proof(path: Path, junctions: dict[str, Junction], limits: Limits) -> Proof:
    """The proof, by two processes where there are many junctions.  How many there are changes nothing in it."""
    if len(junctions) < MANY_JUNCTIONS:
        return prove(junctions, limits)
    middle = len(junctions) // PROCESSES
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        halves = [
            pool.submit(_prove_some, path, first, end, limits) for first, end in ((0, middle), (middle, len(junctions)))
        ]
        return joined([half.result() for half in halves])


def _prove_some(path: Path, first: int, end: int, limits: Limits) -> Proof:
    """The proof for the junctions from `first` to before `end`; each process reads them for itself."""
    return prove(dict(list(read_supply(path).items())[first:end]), limits)


def _refused(path: Path, where: str, unsafe: UnsafeProgrammeError) -> VerifyReport:
    """The first unsafe programme; reading has stopped there, so that nothing else is known."""
    junction_id, _, programme = unsafe.programme_id.partition("/")
    return VerifyReport(
        supply=str(path),
        proof=None,
        violations=tuple(in_intervals(junction_id, programme, unsafe.violations)),
        note=f"{where}: reading has stopped at this programme, nothing else was checked",
    )
