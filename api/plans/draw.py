"""Drawings of signalised junctions into a folder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from api.errors import ConfigError
from api.planning.outputs import write_text
from api.plans.pictures import file_name, language_of, make_folder
from api.plans.sketching import sketch_of
from api.town import default_model, load_town
from signal_plans.drawing.junction_sketch import junction_sketch
from signal_plans.drawing.stage_sequence import stage_sequence
from signal_plans.drawing.timing_plan import timing_plan

if TYPE_CHECKING:
    from pathlib import Path

    from api.town import Town
    from signal_plans.drawing.words import Language
    from signal_plans.junction import Junction
    from signal_plans.programme import SignalProgramme


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawSettings:
    """Options of the command."""

    model: Path | None
    out: Path
    junctions: tuple[str, ...]
    programme: str | None
    lang: str


def run_draw(settings: DrawSettings) -> None:
    """Draw the junctions and name every file on stdout.

    Raises
    ------
    FileError, ConfigError
        For a model that cannot be read, a junction or a programme that it has not, a folder that cannot be written.
    """
    language = language_of(settings.lang)
    town = load_town(settings.model or default_model())
    for name in settings.junctions:
        if name not in town.junctions:
            raise ConfigError("--junction", name, "must be a signalised junction with supply data")
    chosen = list(dict.fromkeys(settings.junctions)) or list(town.junctions)
    wanted = {name: _programmes(town.junctions[name], settings.programme) for name in chosen}
    make_folder(settings.out)
    for name, programmes in wanted.items():
        for file, drawing in _drawings(town, name, programmes, language).items():
            write_text(settings.out / file, drawing)
            typer.echo(str(settings.out / file))


def _programmes(junction: Junction, programme_id: str | None) -> tuple[SignalProgramme, ...]:
    if programme_id is None:
        return junction.programmes
    found = tuple(programme for programme in junction.programmes if programme.id == programme_id)
    if not found:
        known = ", ".join(programme.id for programme in junction.programmes)
        limit = f"must be a programme of junction {junction.layout.junction_id}: {known}"
        raise ConfigError("--programme", programme_id, limit)
    return found


def _drawings(
    town: Town, junction_id: str, programmes: tuple[SignalProgramme, ...], language: Language
) -> dict[str, str]:
    """SVG by file name; the stage sequence shows the greens of the first programme."""
    layout = town.junctions[junction_id].layout
    sketch = sketch_of(town, junction_id)
    stem = file_name(junction_id)
    drawings = {
        f"{stem}_timing_{file_name(programme.id)}.svg": timing_plan(programme, language, sketch.gives_way())
        for programme in programmes
    }
    drawings[f"{stem}_stages.svg"] = stage_sequence(sketch, layout, programmes[0], language)
    drawings[f"{stem}_sketch.svg"] = junction_sketch(sketch, layout, language)
    return drawings
