from __future__ import annotations

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from api.cli import app

COMMANDS = (
    "import",
    "export",
    "show",
    "verify",
    "intergreens",
    "counts",
    "compute",
    "coordinate",
    "draw",
    "from-sumo",
)


def test_all_commands_for_signal_plans_are_offered():
    said = CliRunner().invoke(app, ["plans", "--help"])
    assert said.exit_code == 0
    assert [name for name in COMMANDS if name not in said.stdout] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself(command):
    said = CliRunner().invoke(app, ["plans", command, "--help"])
    assert said.exit_code == 0
    assert f"plans {command}" in said.stdout


def test_help_wakes_no_library_that_takes_long():
    code = (
        "import sys\n"
        "from typer.testing import CliRunner\n"
        "from api.cli import app\n"
        "assert CliRunner().invoke(app, ['plans', 'compute', '--help']).exit_code == 0\n"
        "print({'numpy', 'numba', 'scipy', 'networkx', 'yaml', 'signal_plans.programme'} & set(sys.modules))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert result.stdout.strip() == "set()", result.stdout + result.stderr


def test_a_wrong_option_is_told_with_its_limit_and_exit_code_2():
    said = subprocess.run(
        [sys.executable, "-m", "api", "plans", "compute", "--period", "9-7"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 2
    assert said.stderr == "stadttakt: --period = '9-7': must be two times of day such as 07:00-09:00\n"
