"""All planning commands in one place.  Their modules import lightly; the work is imported when a command runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.planning import assign_command, calibrate_command, compare_command, import_command, network_command

if TYPE_CHECKING:
    import typer


def register(app: typer.Typer) -> None:
    """Add the planning commands to the command line."""
    for command in (network_command, import_command, assign_command, compare_command, calibrate_command):
        command.register(app)
