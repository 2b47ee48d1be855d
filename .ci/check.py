"""Run every step of `make check`, also after a failed one, and close with the time of each and one line of counts.

Coverage runs beside the tests, as each of them keeps one core busy; what it says comes after them.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from xml.etree import ElementTree as ET

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
RESULTS = ROOT / "var" / "check"
NEEDS_A_PROGRAM = ("browser", "broker", "postgres")
FAST = " and ".join(f"not {marker}" for marker in ("long", "slow", *NEEDS_A_PROGRAM))
PACKAGING = "tests/test_packaging.py"
# Of no use to coverage: the house itself, programs in processes of their own, thousands of examples in plain Python.
UNCOVERED = ("tests/test_architecture.py", PACKAGING, "tests/api/test_run_command.py", "tests/properties")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Commands that are run one after the other; `counted` names the test record that one of them writes."""

    name: str
    commands: tuple[tuple[str, ...], ...]
    counted: bool = False
    environment: dict[str, str] = field(default_factory=dict)
    beside: bool = False
    """Whether the step before it is still running meanwhile."""

    def run(self, output: IO[str] | None = None) -> bool:
        """Return whether every command succeeded; what they say goes to `output`."""
        environment = os.environ | {"PYTHONUNBUFFERED": "1"} | self.environment
        for program, *arguments in self.commands:
            done = subprocess.run(
                [str(BIN / program), *arguments],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output and subprocess.STDOUT,
                check=False,
            )
            if done.returncode:
                return False
        return True

    def timed_run(self, output: IO[str] | None = None) -> tuple[bool, float]:
        """Return whether it succeeded and how long it took, s."""
        started = time.monotonic()
        return self.run(output), time.monotonic() - started

    @property
    def record(self) -> Path:
        """File of the step's test record."""
        return RESULTS / f"{self.name}.xml"


def _pytest(name: str, *arguments: str) -> tuple[str, ...]:
    return (
        "python",
        "-m",
        "pytest",
        "-q",
        "--durations=8",
        "--durations-min=2",
        f"--junitxml={RESULTS / name}.xml",
        *arguments,
    )


def _covering_tests() -> tuple[str, ...]:
    return ("-m", FAST, *(f"--ignore={path}" for path in UNCOVERED))


STEPS = (
    Step(name="lint", commands=(("ruff", "check", "."),)),
    Step(name="format", commands=(("ruff", "format", "--check", "."),)),
    Step(name="types", commands=(("mypy",),)),
    Step(name="imports", commands=(("lint-imports", "--no-logo"),)),
    Step(
        name="test",
        commands=(_pytest("test", "-m", "not long", f"--ignore={PACKAGING}"),),
        counted=True,
    ),
    Step(
        name="coverage",
        commands=(
            ("coverage", "run", "-m", "pytest", "-q", "-r", "fE", "--durations=8", *_covering_tests()),
            ("coverage", "report"),
        ),
        environment={"NUMBA_DISABLE_JIT": "1"},
        beside=True,
    ),
    Step(name="package", commands=(_pytest("package", PACKAGING),), counted=True),
)


def _count(record: Path, skipped: Counter[str]) -> tuple[int, int]:
    """Return how many tests of a record passed and how many failed; add the reasons of those skipped."""
    passed = failed = 0
    for case in ET.parse(record).iter("testcase"):  # noqa: S314  (written by our own pytest a moment ago)
        skip = case.find("skipped")
        if skip is not None:
            skipped[skip.get("message", "no reason given")] += 1
        elif case.find("failure") is not None or case.find("error") is not None:
            failed += 1
        else:
            passed += 1
    return passed, failed


def _run_together(steps: list[Step]) -> list[tuple[bool, float]]:
    """Run steps at the same time; the first one speaks at once, the others when it has ended."""
    for step in steps:
        step.record.unlink(missing_ok=True)
    with ThreadPoolExecutor() as pool, ExitStack() as files:
        said = [files.enter_context(tempfile.TemporaryFile("w+", encoding="utf-8")) for _ in steps[1:]]
        later = [pool.submit(step.timed_run, output) for step, output in zip(steps[1:], said, strict=True)]
        print(f"\n=== {steps[0].name}", flush=True)
        outcomes = [steps[0].timed_run()]
        for step, run, output in zip(steps[1:], later, said, strict=True):
            outcomes.append(run.result())
            output.seek(0)
            print(f"\n=== {step.name}\n{output.read()}", flush=True)
    return outcomes


def main(names: list[str]) -> int:
    """Run the named steps, or all."""
    unknown = set(names) - {step.name for step in STEPS}
    if unknown:
        print(f"unknown step {sorted(unknown)}; there are {[step.name for step in STEPS]}", file=sys.stderr)
        return 2
    RESULTS.mkdir(parents=True, exist_ok=True)
    broken: list[str] = []
    durations: list[tuple[str, float]] = []
    passed = failed = 0
    skipped: Counter[str] = Counter()
    chosen = [step for step in STEPS if not names or step.name in names]
    for step, following in zip(chosen, [*chosen[1:], None], strict=True):
        if step.beside and step is not chosen[0]:
            continue
        pair = [step, following] if following is not None and following.beside else [step]
        for one, (succeeded, duration_s) in zip(pair, _run_together(pair), strict=True):
            if not succeeded:
                broken.append(one.name)
            durations.append((one.name, duration_s))
            if one.counted and one.record.exists():
                more_passed, more_failed = _count(one.record, skipped)
                passed, failed = passed + more_passed, failed + more_failed

    print("\n=== summary")
    for name, duration_s in durations:
        print(f"{name:10s} {duration_s:7.1f} s  {'FAILED' if name in broken else 'ok'}")
    for reason, times in skipped.most_common():
        print(f"skipped {times} x {reason}")
    if broken:
        print(f"failed steps: {', '.join(broken)}")
    print(f"{passed} passed, {failed} failed, {skipped.total()} skipped", flush=True)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
