"""Do what `stadttakt signs preview` asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from api.errors import ConfigError
from api.signs.faces import LANGUAGES, example_svg
from api.town import default_model, load_town
from parking.sign import Display

if TYPE_CHECKING:
    from pathlib import Path


def run_preview(out: Path, model: Path | None, show: str, lang: str) -> None:
    """Write one picture for each sign, named by its id.

    Raises
    ------
    ConfigError
        For an unknown content or language, or a folder that cannot be written.
    """
    shown = [display for display in Display if display.value == show]
    if not shown:
        raise ConfigError("--show", show, f"must be one of {', '.join(display.value for display in Display)}")
    language = next((known for known in LANGUAGES if known == lang), None)
    if language is None:
        raise ConfigError("--lang", lang, "must be de or en")
    town = load_town(model or default_model())
    try:
        out.mkdir(parents=True, exist_ok=True)
        for sign in town.parking.signs.values():
            picture = example_svg(sign, town.parking, shown[0], language)
            (out / f"{sign.id}.svg").write_text(picture, encoding="utf-8")
    except OSError as error:
        raise ConfigError("--out", str(out), f"must be a folder that can be written: {error.strerror}") from error
    typer.echo(f"{len(town.parking.signs)} signs in {out}")
