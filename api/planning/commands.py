"""All planning commands in one place.  Their modules import lightly; the work is imported when a command runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.planning.assign import command as assign_command
from api.planning.calibrate import command as calibrate_command
from api.planning.check import command as network_command
from api.planning.compare import command as compare_command
from api.planning.imports import command as import_command

if TYPE_CHECKING:
    import typer


def register(app: typer.Typer) -> None:
    """Add the planning commands to the command line."""
    for command in (network_command, import_command, assign_command, compare_command, calibrate_command):
        command.register(app)
