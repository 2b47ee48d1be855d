"""Options of `stadttakt assign`, checked as far as they can be without reading the network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.errors import ConfigError
from api.planning.outputs import check_outputs
from traffic_core import require
from traffic_core.demand import HOURS

if TYPE_CHECKING:
    from pathlib import Path

    from traffic_core.demand import DayType

CLOSED = "_closed"
"""Ending of the name of a file about the network with closed links."""
SUFFIXES = {
    "--flows": (".csv",),
    "--geojson": (".geojson", ".json"),
    "--map": (".svg", ".png"),
    "--selected-od": (".csv",),
    "--selected-map": (".svg", ".png"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignSettings:
    """Options of the command; None stands for one that was not given."""

    net: Path | None
    trips: Path | None
    gap: float
    max_iterations: int
    toll_weight: float | None
    distance_weight: float | None
    model_classes: Path | None
    nodes: Path | None
    day: DayType
    hour: int | None
    select_links: tuple[str, ...]
    select_zones: tuple[str, ...]
    selected_od: Path | None
    selected_map: Path | None
    screenlines: Path | None
    close: tuple[str, ...]
    flows: Path | None
    geojson: Path | None
    map: Path | None
    as_json: bool

    @property
    def selects(self) -> bool:
        """Whether some of the trips are to be shown apart."""
        return bool(self.select_links or self.select_zones)

    def outputs(self) -> dict[str, Path | None]:
        """Every file that the run writes, by option."""
        given = {
            "--flows": self.flows,
            "--geojson": self.geojson,
            "--map": self.map,
            "--selected-od": self.selected_od,
            "--selected-map": self.selected_map,
        }
        if not self.close:
            return given
        closed = {f"{option} with --close": beside(given[option]) for option in ("--flows", "--geojson", "--map")}
        return given | closed

    def check(self) -> None:
        """Refuse what can be refused before anything is read, so that no work is lost.

        Raises
        ------
        ConfigError, InvalidValueError
            Name the option, its value and the limit.
        """
        require.positive("--gap", self.gap)
        require.between("--max-iterations", self.max_iterations, 1, 1_000_000)
        for option, weight in (("--toll-weight", self.toll_weight), ("--distance-weight", self.distance_weight)):
            if weight is not None:
                require.not_negative(option, weight)
        if self.hour is not None:
            require.between("--hour", self.hour, 0, HOURS - 1)
        if self.select_links and self.select_zones:
            raise ConfigError("--select-zone", list(self.select_zones), "must not be given together with --select-link")
        for option, path in (("--selected-od", self.selected_od), ("--selected-map", self.selected_map)):
            if path is not None and not self.selects:
                raise ConfigError(option, str(path), "needs --select-link or --select-zone")
        outputs = self.outputs()
        check_outputs(outputs, {option: SUFFIXES[option.split()[0]] for option in outputs})


def beside(path: Path | None) -> Path | None:
    """File for the network with closed links, beside the one for the network as it is."""
    return None if path is None else path.with_name(f"{path.stem}{CLOSED}{path.suffix}")
