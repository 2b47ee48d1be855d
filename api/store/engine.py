"""Which database an address means, and how connections to it are set up."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from api.errors import ConfigError

if TYPE_CHECKING:
    from sqlalchemy import URL, Engine

BUSY_S = 1.0
"""How long SQLite waits for somebody else's lock before it reports it."""
CONNECT_WITHIN_S = 3
SILENT_SERVER_S = 10
_MAGIC = b"SQLite format 3\0"
"""With which every database begins that is not empty."""
FOR_WRITING = {"sqlite_begin": "IMMEDIATE"}
"""Execution options of a connection that will write: SQLite takes the write lock at the start, not halfway."""


def make_engine(address: str) -> Engine:
    """Engine for `sqlite:///PATH` or `postgresql+psycopg://[USER[:PASSWORD]@]HOST[:PORT]/DATABASE`, not connected.

    Raises `ConfigError` for anything else.  The folder of a SQLite file is made when it is missing.
    """
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):  # the latter for a port that is no number
        raise ConfigError("store", _without_password(address), _LIMIT) from None
    if url.drivername in {"sqlite", "sqlite+pysqlite"}:
        return _sqlite(url)
    if url.drivername == "postgresql+psycopg":
        return _postgresql(url)
    raise ConfigError("store", url.render_as_string(hide_password=True), _LIMIT)


def _sqlite(url: URL) -> Engine:
    shown = url.render_as_string(hide_password=True)
    if url.database in {None, "", ":memory:"} or url.query:
        raise ConfigError("store", shown, "must name a file: sqlite:///folder/file.db")
    path = Path(str(url.database))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError("store", shown, f"must lie in a folder that can be made: {error}") from None
    _check_file(path, shown)
    engine = create_engine(url, connect_args={"timeout": BUSY_S, "check_same_thread": False})
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _check_file(path: Path, shown: str) -> None:
    """Refuse now what no waiting will ever turn into a database."""
    if not path.exists():
        return
    if not path.is_file():
        raise ConfigError("store", shown, "must name a file: sqlite:///folder/file.db")
    try:
        with path.open("rb") as file:
            begins = file.read(len(_MAGIC))
    except OSError as error:
        raise ConfigError("store", shown, f"must be readable: {error}") from None
    if begins not in {b"", _MAGIC}:
        raise ConfigError("store", shown, "must be an SQLite database or a file that is not there yet")


def _set_up_sqlite(connection: Any, _record: object) -> None:
    # Transactions are begun by _begin_sqlite: the driver's own would leave table definitions outside of them.
    connection.isolation_level = None
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(f"BEGIN {connection.get_execution_options().get('sqlite_begin', 'DEFERRED')}")


def _postgresql(url: URL) -> Engine:
    arguments = {
        "connect_timeout": CONNECT_WITHIN_S,
        "tcp_user_timeout": SILENT_SERVER_S * 1000,
        "application_name": "stadttakt",
    }
    try:
        return create_engine(url, pool_pre_ping=True, pool_size=3, connect_args=arguments)
    except ModuleNotFoundError as error:
        limit = f"needs the driver {error.name}: pip install 'stadttakt[postgres]'"
        raise ConfigError("store", url.render_as_string(hide_password=True), limit) from None


def _without_password(address: str) -> str:
    return f"…@{address.rpartition('@')[2]}" if "@" in address else address


_LIMIT = "must be sqlite:///PATH or postgresql+psycopg://HOST/DATABASE"
