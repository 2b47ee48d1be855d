"""Run every step of `make check`, also after a failed one, and close with the time of each and one line of counts."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
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

    def run(self) -> bool:
        """Return whether every command succeeded."""
        environment = os.environ | {"PYTHONUNBUFFERED": "1"} | self.environment
        for program, *arguments in self.commands:
            command = [str(BIN / program), *arguments]
            if subprocess.run(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, check=False).returncode:
                return False
        return True

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
    for step in [step for step in STEPS if not names or step.name in names]:
        print(f"\n=== {step.name}", flush=True)
        step.record.unlink(missing_ok=True)
        started = time.monotonic()
        if not step.run():
            broken.append(step.name)
        durations.append((step.name, time.monotonic() - started))
        if step.counted and step.record.exists():
            more_passed, more_failed = _count(step.record, skipped)
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
