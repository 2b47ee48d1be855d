"""The commands `stadttakt why` and `stadttakt signs preview`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Model = Annotated[Path | None, typer.Option(help="Model folder; default: the shipped Leinfelden-Echterdingen.")]
Lang = Annotated[str, typer.Option(help="Language: de or en.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    signs = typer.Typer(name="signs", help="Pictures of dynamic parking signs.", no_args_is_help=True)
    signs.callback()(_group)
    signs.command()(preview)
    app.add_typer(signs)
    app.command()(why)


def _group() -> None:
    """Pictures of dynamic parking signs."""  # a callback, so that the only command keeps its name


def why(
    sign: Annotated[str, typer.Argument(help="Id of the sign.")],
    time: Annotated[str, typer.Argument(help="Town's time like 2026-11-21T07:30, or with its offset from UTC.")],
    *,
    store: Annotated[str | None, typer.Option(help="Where the service keeps its history; default: under var/.")] = None,
    model: Model = None,
    lang: Lang = "de",
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Explain what a sign showed at a moment: the data, the rule, who decided."""
    from api.signs.why_run import WhySettings, run_why  # noqa: PLC0415

    run_why(WhySettings(sign_id=sign, time=time, store=store, model=model, lang=lang, as_json=as_json))


def preview(
    *,
    out: Annotated[Path, typer.Option(help="Folder for the pictures (SVG).")],
    model: Model = None,
    show: Annotated[str, typer.Option(help="Rows show number (an example), free, full, closed or neutral.")] = "number",
    lang: Lang = "de",
) -> None:
    """Draw every sign of a model as it stands at the roadside."""
    from api.signs.preview_run import run_preview  # noqa: PLC0415

    run_preview(out, model, show, lang)
