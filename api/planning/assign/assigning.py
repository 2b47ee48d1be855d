"""`stadttakt assign`: read, solve, write, say."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import track

from api.errors import ConfigError
from api.planning.assign.case import open_case
from api.planning.assign.files import write_results
from api.planning.assign.report import print_report
from api.planning.assign.run import Run, chosen_links
from api.planning.assign.screenlines import read_screenlines

if TYPE_CHECKING:
    from api.planning.assign.case import Case
    from api.planning.assign.settings import AssignSettings

DONE, NOT_CONVERGED = 0, 1


def run_assign(settings: AssignSettings, compile_s: float) -> int:
    """Do the whole command; return the exit code.

    Raises
    ------
    ConfigError, FileError, InvalidValueError
        For input that cannot be used; before the solve, but for trips between zones without a way.
    """
    case = open_case(settings)
    _check_wishes(case, settings)
    places = {link_id: place for place, link_id in enumerate(case.links.ids)}
    run = Run(
        case=case,
        settings=settings,
        compile_s=compile_s,
        crossings=() if settings.screenlines is None else read_screenlines(settings.screenlines, places),
        selected=chosen_links("--select-link", settings.select_links, case),
        shut=chosen_links("--close", settings.close, case),
    )
    console = Console(stderr=True)
    quiet = len(case.hours) == 1 or not sys.stderr.isatty()
    for hour in track(case.hours, "assigning", console=console, transient=True, disable=quiet):
        run.solve_slice(case.slice_of(hour))
    print_report(run, write_results(run))
    if run.converged:
        return DONE
    reached = f"{run.solution.relative_gap:.3g} after {run.solution.iterations} iterations"
    console.print(f"stadttakt: not converged: relative gap {reached}, wanted {settings.gap:g}", highlight=False)
    return NOT_CONVERGED


def _check_wishes(case: Case, settings: AssignSettings) -> None:
    """Refuse outputs and zones that this case does not have."""
    for zone in settings.select_zones:
        if zone not in case.zones:
            raise ConfigError("--select-zone", zone, f"must be a zone of {case.name}")
    courses = case.links.courses
    for option, path in (("--map", settings.map), ("--selected-map", settings.selected_map)):
        if path is not None and courses is None:
            limit = f"needs coordinates, and {case.name} has none: give a file of nodes with --nodes"
            raise ConfigError(option, str(path), limit)
    if settings.geojson is not None and (courses is None or not courses.geographic):
        limit = f"needs longitudes and latitudes, and {case.name} does not have them"
        raise ConfigError("--geojson", str(settings.geojson), limit)
