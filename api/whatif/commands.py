"""The what-if commands in one place.  Their modules import lightly; the work is imported when a command runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.whatif import scenario_command, simulate_command, whatif_command

if TYPE_CHECKING:
    import typer


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    for command in (scenario_command, simulate_command, whatif_command):
        command.register(app)
