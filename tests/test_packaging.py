"""What a person gets who installs the wheel, and what the lock files promise."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("traffic_core", "signal_plans", "parking", "simulator", "api")
MODEL = "simulator/models/leinfelden_echterdingen"
LOCK_FILES = ("requirements.lock", "requirements-dev.lock")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def content(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def _files(folder: str, pattern: str) -> set[str]:
    return {path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob(pattern) if path.is_file()}


def test_wheel_holds_the_five_packages_and_nothing_else(content: set[str]) -> None:
    top_level = {PurePosixPath(name).parts[0] for name in content}
    metadata = {name for name in top_level if re.fullmatch(r"stadttakt-[\d.]+\.dist-info", name)}
    assert len(metadata) == 1
    assert top_level - metadata == set(PACKAGES)


@pytest.mark.parametrize("package", PACKAGES)
def test_wheel_holds_every_module_and_the_typing_marker(content: set[str], package: str) -> None:
    assert f"{package}/py.typed" in content
    assert _files(package, "*.py") <= content


def test_wheel_holds_the_model_of_the_town(content: set[str]) -> None:
    files = _files(MODEL, "*")
    assert {f"{MODEL}/model.yaml", f"{MODEL}/node.csv", f"{MODEL}/link.csv", f"{MODEL}/facility.csv"} <= files
    assert files <= content


def test_wheel_holds_the_page_and_the_licences_of_its_parts(content: set[str]) -> None:
    files = _files("api/web", "*")
    assert {"api/web/index.html", "api/web/vendor/LICENSES.md"} <= files
    assert files <= content


def test_wheel_holds_no_leftovers(content: set[str]) -> None:
    leftovers = ("__pycache__", ".pyc", ".nbi", ".nbc", ".db", ".sqlite", "-wal")
    assert [name for name in content if any(part in name for part in leftovers)] == []


def test_wheel_names_the_command_and_the_licence(wheel: Path, content: set[str]) -> None:
    (entry_points,) = [name for name in content if name.endswith("/entry_points.txt")]
    with zipfile.ZipFile(wheel) as archive:
        assert "stadttakt = api.cli:main" in archive.read(entry_points).decode()
    assert any(name.endswith("/licenses/LICENSE") for name in content)


def test_installed_files_work_away_from_the_checkout(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        "import api.cli\n"
        "print(api.cli.__file__)\n"
        "sys.argv = ['stadttakt', '--help']\n"
        "api.cli.main()\n"
    )
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith(str(tmp_path))


@pytest.mark.parametrize("name", LOCK_FILES)
def test_lock_file_pins_with_hashes_and_names_no_address(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    for forbidden in ("://", "--index", "--extra", "--find", "file:", "#"):
        assert forbidden not in text
    for entry in re.split(r"(?<!\\)\n", text.strip()):
        requirement, *hashes = entry.replace("\\\n", "").split("--hash=")
        assert re.match(r"[A-Za-z0-9._-]+(\[[a-z,]+\])?==\S+", requirement), entry
        assert hashes
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", digest.strip()) for digest in hashes)


def _pins(name: str) -> set[str]:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return {line.split()[0].lower() for line in lines if "==" in line and not line.startswith(" ")}


def test_development_lock_includes_the_runtime_lock_at_the_same_versions() -> None:
    assert _pins("requirements.lock") <= _pins("requirements-dev.lock")


def test_runtime_lock_covers_the_declared_dependencies_and_stays_small() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    declared = {re.split(r"[<>=\[ ]", requirement)[0].lower() for requirement in settings["project"]["dependencies"]}
    pinned = {pin.split("==")[0] for pin in _pins("requirements.lock")}
    assert declared <= pinned
    assert len(pinned) <= 70
    assert pinned.isdisjoint({"pytest", "mypy", "ruff", "playwright", "hypothesis"})
