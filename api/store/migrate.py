"""Bring a database to the newest revision of the schema."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import text

from api.errors import ConfigError

if TYPE_CHECKING:
    from sqlalchemy import Connection

_alembic = threading.Lock()
"""Alembic keeps the migration under way in a global of its own."""
_ONE_AT_A_TIME = 0x57_AD_77_AC
"""Key of the lock that lets only one of several starting services migrate."""


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Apply all missing revisions within the transaction of `connection`.

    Raises `ConfigError` when the database has a revision this program does not know.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME})
    with _alembic:
        try:
            command.upgrade(configuration(connection), revision)
        except CommandError as error:
            database = connection.engine.url.render_as_string(hide_password=True)
            raise ConfigError("store", database, f"must not be newer than this program: {error}") from error


def configuration(connection: Connection) -> Config:
    """Alembic's configuration, without any file."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
