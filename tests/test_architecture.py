"""The rooms of the house: import rules, size, and that nothing wakes at import."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import grimp
import networkx as nx
import pytest

from traffic_core import adaptive_arrays, traffic_arrays

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("traffic_core", "signal_plans", "parking", "simulator", "api")
LINT_IMPORTS = Path(sys.executable).parent / "lint-imports"
LONGEST_FILE = 400
RUN_NOT_IMPORTED = {"__main__.py", "env.py"}  # the second belongs to the migrations and is run by Alembic
FIELDS = {module.__name__: module.layout() for module in (adaptive_arrays, traffic_arrays)}
KNOWN_TO_KERNELS = {"__future__", "math", "typing", "numpy", "numpy.typing", "traffic_core.jit"}

# (contract, new file, its text): each file alone must break its contract.
VIOLATIONS = [
    ("rooms", "traffic_core/intruder.py", "import signal_plans\n"),
    ("rooms", "traffic_core/intruder.py", "from parking import facility\n"),
    ("rooms", "signal_plans/intruder.py", "import simulator\n"),
    ("rooms", "simulator/intruder.py", "def late() -> None:\n    import api\n"),
    ("siblings", "signal_plans/intruder.py", "import parking\n"),
    ("siblings", "parking/intruder.py", "import signal_plans\n"),
    ("domain", "traffic_core/intruder.py", "import fastapi\n"),
    ("domain", "signal_plans/intruder.py", "import simpy\n"),
    ("domain", "parking/intruder.py", "import asyncio\n"),
    ("domain", "parking/intruder.py", "from sqlalchemy import select\n"),
    ("determinism", "traffic_core/intruder.py", "from time import time\n"),
    ("determinism", "parking/intruder.py", "import random\n"),
    ("simulator", "simulator/intruder.py", "import aiomqtt\n"),
    ("simulator", "simulator/intruder.py", "import httpx\n"),
    ("simpy", "api/intruder.py", "import simpy\n"),
    ("numba", "traffic_core/kernels/intruder.py", "from numba import njit\n"),
    ("numba", "simulator/intruder.py", "import numba\n"),
    ("kernels", "traffic_core/kernels/intruder.py", "import traffic_core.network\n"),
    ("kernels", "traffic_core/kernels/intruder.py", "from traffic_core.errors import InvalidValueError\n"),
    ("kernel-files", "traffic_core/kernels/intruder.py", "from traffic_core.kernels import other\n"),
    ("kernels", "traffic_core/kernels/planning/intruder.py", "import traffic_core.network\n"),
    (
        "planning-kernel-files",
        "traffic_core/kernels/planning/intruder.py",
        "from traffic_core.kernels.planning import bush_grow\n",
    ),
    ("live-path", "api/intruder.py", "def late() -> None:\n    import simulator\n"),
    ("live-path", "api/planning/intruder.py", "from simulator.scenario import loading\n"),
    ("wire", "parking/intruder.py", "from pydantic import BaseModel\n"),
    ("wire", "simulator/intruder.py", "import pydantic\n"),
    ("wire", "simulator/scenario/intruder.py", "from pydantic import BaseModel\n"),
    ("demo", "api/http/intruder.py", "import api.demo\n"),
]


def _settings() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def _contracts() -> dict[str, str]:
    contracts = _settings()["tool"]["importlinter"]["contracts"]
    return {contract["id"]: contract["name"] for contract in contracts}


def _source_files(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def _lint_imports(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(LINT_IMPORTS), "--config", str(folder / "pyproject.toml"), "--no-logo", "--no-cache", *arguments]
    environment = os.environ | {"COLUMNS": "200"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def _python(code: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", "-c", code]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture
def copy_of_the_packages(tmp_path: Path) -> Path:
    for path in _source_files(*PACKAGES):
        target = tmp_path / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    shutil.copyfile(ROOT / "pyproject.toml", tmp_path / "pyproject.toml")
    (tmp_path / "traffic_core" / "kernels" / "other.py").touch()
    return tmp_path


def test_every_import_contract_is_kept() -> None:
    result = _lint_imports(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr
    assert f"{len(_contracts())} kept, 0 broken" in result.stdout


@pytest.mark.parametrize(("contract", "file", "text"), VIOLATIONS)
def test_a_deliberate_violation_breaks_its_contract(
    copy_of_the_packages: Path, contract: str, file: str, text: str
) -> None:
    (copy_of_the_packages / file).write_text(text, encoding="utf-8")
    result = _lint_imports(copy_of_the_packages, "--contract", contract)
    assert result.returncode == 1, result.stdout + result.stderr
    assert f"{_contracts()[contract]} BROKEN" in result.stdout
    assert Path(file).with_suffix("").as_posix().replace("/", ".") in result.stdout


def test_every_contract_has_a_deliberate_violation() -> None:
    assert {contract for contract, _, _ in VIOLATIONS} == set(_contracts())


def test_no_import_cycle_at_run_time() -> None:
    graph = grimp.build_graph(*PACKAGES, exclude_type_checking_imports=True, cache_dir=None)
    imports = nx.DiGraph(
        (module, imported) for module in graph.modules for imported in graph.find_modules_directly_imported_by(module)
    )
    cycles = [sorted(group) for group in nx.strongly_connected_components(imports) if len(group) > 1]
    assert cycles == []


def _imported_modules(path: Path) -> set[str]:
    imported: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide the room"
            imported.add(node.module or "")
    return imported


@pytest.mark.parametrize(
    "path", _source_files("traffic_core/kernels"), ids=lambda path: str(path.relative_to(ROOT / "traffic_core"))
)
def test_a_kernel_file_imports_numpy_and_the_compiler_only(path: Path) -> None:
    imported = _imported_modules(path) - KNOWN_TO_KERNELS
    if imported:  # a field that moves must change the kernel's own file, or the disk cache of compiled code goes stale
        fields = sorted(imported - {"traffic_core"})
        assert len(fields) == 1, fields
        assert f'\nLAYOUT = "{FIELDS[fields[0]]}"' in path.read_text(encoding="utf-8")


def test_only_one_file_names_numba() -> None:
    naming = {
        path.relative_to(ROOT).as_posix()
        for path in _source_files(*PACKAGES)
        if any(module.split(".")[0] == "numba" for module in _imported_modules(path))
        or any(
            isinstance(node, ast.Constant) and node.value == "numba"
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        )
    }
    assert naming == {"traffic_core/jit.py"}


@pytest.mark.parametrize("package", ["traffic_core", "signal_plans", "parking"])
def test_a_lower_room_asks_no_clock_and_throws_no_dice(package: str) -> None:
    forbidden = {"now", "utcnow", "today", "default_rng", "environ", "getenv"}
    asked = {
        f"{path.relative_to(ROOT)}:{node.lineno} {node.attr}"
        for path in _source_files(package)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in forbidden
    }
    assert asked == set()


def test_no_file_is_longer_than_a_concept() -> None:
    lengths = {
        path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in _source_files(*PACKAGES, "tests", "benchmarks", ".ci")
    }
    assert {path: lines for path, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_the_command_line_wakes_neither_simpy_nor_numba_nor_the_simulator() -> None:
    result = _python(
        "import sys, threading, api.cli\n"
        "print({'simpy', 'numba', 'simulator', 'fastapi', 'sqlalchemy'} & set(sys.modules), threading.active_count())"
    )
    assert result.stdout.strip() == "set() 1", result.stdout + result.stderr


def _module_names(*packages: str) -> list[str]:
    return [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in _source_files(*packages)
        if path.name not in RUN_NOT_IMPORTED
    ]


def _is_whatif(name: str) -> bool:
    """A part of the what-if commands; the commands themselves only import it when they run."""
    return name.startswith(("api.whatif.", "api.parking.benefit.")) and not name.endswith("command")


def test_the_live_path_starts_without_simpy() -> None:
    names = [name for name in _module_names("api") if not name.startswith("api.demo") and not _is_whatif(name)]
    result = _python(
        "import importlib, sys\n"
        f"for name in {names!r}:\n"
        "    importlib.import_module(name)\n"
        "print({'simpy', 'simulator'} & set(sys.modules))"
    )
    assert result.stdout.strip() == "set()", result.stdout + result.stderr


def test_no_module_opens_a_socket_or_starts_a_thread_at_import() -> None:
    names = _module_names(*PACKAGES)
    result = _python(
        "import importlib, sys, threading\n"
        "woken = []\n"
        "def watch(event, arguments):\n"
        "    if event in {'socket.bind', 'socket.connect', 'sqlite3.connect'}:\n"
        "        woken.append((event, arguments))\n"
        "sys.addaudithook(watch)\n"
        f"for name in {names!r}:\n"
        "    importlib.import_module(name)\n"
        "print(woken, threading.active_count())"
    )
    assert result.stdout.strip() == "[] 1", result.stdout + result.stderr


@pytest.mark.parametrize("package", PACKAGES)
def test_a_top_level_name_belongs_to_this_distribution_alone(package: str) -> None:
    assert set(packages_distributions().get(package, ["stadttakt"])) == {"stadttakt"}
    homes = {
        Path(folder, package).resolve()
        for folder in sys.path
        if Path(folder, package, "__init__.py").is_file() or Path(folder, f"{package}.py").is_file()
    }
    assert homes == {ROOT / package}
