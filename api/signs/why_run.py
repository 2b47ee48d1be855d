"""Do what `stadttakt why` asks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import typer
from pydantic_core import to_json

from api.errors import ConfigError
from api.signs.moment import moment_s
from api.signs.why import explain
from api.signs.why_words import sentences
from api.start import DEFAULT_STORE
from api.store.errors import StoreUnavailableError
from api.store.store import Store
from api.town import default_model, load_town

SQLITE = "sqlite:///"


@dataclass(frozen=True, slots=True, kw_only=True)
class WhySettings:
    """What was asked."""

    sign_id: str
    time: str
    store: str | None
    model: Path | None
    lang: str
    as_json: bool


def run_why(settings: WhySettings) -> None:
    """Print the explanation.

    Raises
    ------
    ConfigError
        For an unknown sign or language, a time that is none or lies outside the history, a store that is not there.
    """
    if settings.lang not in {"de", "en"}:
        raise ConfigError("--lang", settings.lang, "must be de or en")
    town = load_town(settings.model or default_model())
    at_s = moment_s(settings.time, town.timezone)
    address = settings.store or DEFAULT_STORE
    if address.startswith(SQLITE) and not Path(address.removeprefix(SQLITE)).is_file():
        raise ConfigError("--store", address, "must be there: the service writes it while it runs")
    store = Store(address)
    try:
        why = explain(store, town, settings.sign_id, at_s)
    except StoreUnavailableError as error:
        raise ConfigError("--store", store.name, f"must be the store of a service: {error}") from error
    finally:
        store.close()
    lines = sentences(why, settings.lang)
    if settings.as_json:
        typer.echo(to_json(why.model_dump() | {"sentences": lines}, indent=2).decode())
    else:
        typer.echo("\n".join(lines))
