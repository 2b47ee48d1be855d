"""The file of feeds: YAML, validated as a whole, so that one start tells all its mistakes."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import url2pathname

import yaml
from pydantic import ValidationError

from api.errors import ConfigError
from api.feeds.config_fields import NO_SECRET, FeedFile
from api.feeds.fields import FieldError, short_repr
from api.feeds.formats import FORMATS
from api.feeds.list_options import ListOptions
from api.feeds.lorawan_uplink import device_id
from api.feeds.naming import Naming
from api.feeds.redact import HIDDEN, is_secret_name
from api.feeds.strict_yaml import read_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.feeds.config_fields import FeedEntry
    from api.feeds.options import FormatOptions
    from api.feeds.port import FeedFormat

MAX_FILE_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigProblem:
    """One mistake of a configuration file."""

    field: str
    value: str
    limit: str

    def __str__(self) -> str:
        return f"{self.field} = {self.value}: {self.limit}"


class FeedFileError(ConfigError):
    """A file of feeds that cannot be used; tells all its problems at once."""

    def __init__(self, file: Path, problems: tuple[ConfigProblem, ...]) -> None:
        super().__init__(str(file), None, "; ".join(str(problem) for problem in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedConfig:
    """One feed.  A source is an http(s) address, or a path of this machine; without one the feed is only pushed.

    reader : of this feed alone, for it may remember what it has read
    heartbeat_s : so often at least the sensors of single bays tell that they live
    mqtt_topic : pattern of foreign topics whose messages are bodies of this feed
    times_on_arrival : bodies tell no time and count as measured when they come
    """

    id: str
    format: str
    source: str | Path | None
    static_source: str | Path | None
    interval_s: float
    timeout_s: float
    naming: Naming
    api_key_env: str | None
    api_key_header: str
    reader: FeedFormat
    heartbeat_s: float | None = None
    mqtt_topic: str | None = None
    times_on_arrival: bool = False

    def api_key(self, environ: Mapping[str, str]) -> str | None:
        """Value of the key, or None where the feed needs none; `ConfigError` if the variable is not set or unusable."""
        if self.api_key_env is None:
            return None
        key = environ.get(self.api_key_env, "")
        if not key or not key.isascii() or not key.isprintable() or key != key.strip():
            limit = "must be set in the environment to printable ASCII without blanks at its ends"
            raise ConfigError(f"environment variable {self.api_key_env} of feed {self.id}", None, limit)
        return key


def load_feeds(path: Path) -> tuple[FeedConfig, ...]:
    """Feeds of the file at `path`; raises `FeedFileError` with every problem.  Relative paths start at the file."""
    content = _content(path)
    try:
        entries = FeedFile.model_validate(content).feeds
    except ValidationError as error:
        raise FeedFileError(path, _problems(error)) from None  # the cause would show hidden values
    options: list[FormatOptions] = []
    unusable: list[ConfigProblem] = []
    for index, entry in enumerate(entries):
        try:
            options.append(FORMATS[entry.format].options.model_validate(entry.options))
        except ValidationError as error:
            unusable.extend(_problems(error, ("feeds", index, "options")))
    if unusable:
        raise FeedFileError(path, tuple(unusable))
    feeds = tuple(_feed(entry, told, path.parent) for entry, told in zip(entries, options, strict=True))
    problems = [*_repeated(feeds), *_missing_folders(feeds)]
    if problems:
        raise FeedFileError(path, tuple(problems))
    return feeds


def _content(path: Path) -> object:
    try:
        with path.open("rb") as file:
            body = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise _unreadable(path, "file", error.strerror, "must be a file that can be read") from error
    if len(body) > MAX_FILE_BYTES:
        raise _unreadable(path, "file", "size", f"at most {MAX_FILE_BYTES} bytes")
    try:
        return read_yaml(body.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise _unreadable(path, "file", body[:20], "must be UTF-8") from error
    except yaml.MarkedYAMLError as error:
        line = 0 if error.problem_mark is None else error.problem_mark.line + 1
        # The text itself is not shown: it could hold a secret.
        raise _unreadable(path, f"line {line}", "YAML", error.problem or "must be YAML") from None
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        raise _unreadable(path, "file", "YAML", f"must be YAML ({type(error).__name__})") from None


def _unreadable(path: Path, field: str, value: object, limit: str) -> FeedFileError:
    return FeedFileError(path, (ConfigProblem(field=field, value=short_repr(value), limit=limit),))


def _problems(error: ValidationError, where: tuple[int | str, ...] = ()) -> tuple[ConfigProblem, ...]:
    found = []
    for problem in error.errors(include_url=False):
        field = _path((*where, *problem["loc"]))
        limit = problem["msg"].removeprefix("Value error, ")
        cause = problem.get("ctx", {}).get("error")
        if isinstance(cause, FieldError):
            limit = cause.explanation
        # A whole entry could hold a secret anywhere.
        value = "(several keys)" if isinstance(problem["input"], dict) else short_repr(problem["input"])
        last = str(problem["loc"][-1]) if problem["loc"] else ""
        if problem["type"] == "extra_forbidden":
            limit = NO_SECRET if is_secret_name(last) else "is not a known key"
        if last == "[key]":
            limit = "must be text: put the identifier in quotes"
        if NO_SECRET in limit or is_secret_name(last) or problem["type"] == "missing":
            value = "(absent)" if problem["type"] == "missing" else HIDDEN
        found.append(ConfigProblem(field=field, value=value, limit=limit))
    return tuple(found)


def _path(location: tuple[int | str, ...]) -> str:
    steps = [f"[{step}]" if isinstance(step, int) else f".{step}" for step in location if step != "[key]"]
    return "".join(steps).lstrip(".") or "content"


def _feed(entry: FeedEntry, options: FormatOptions, folder: Path) -> FeedConfig:
    kind = FORMATS[entry.format]
    bays = {str(device_id(key)): ours for key, ours in entry.bays.items()} if kind.names_devices else entry.bays
    return FeedConfig(
        id=entry.id,
        format=entry.format,
        source=_locate(entry.url, folder),
        static_source=_locate(entry.static_url, folder),
        interval_s=entry.interval_s,
        timeout_s=entry.timeout_s,
        naming=Naming(facilities=entry.facilities, prefix=entry.prefix, bays=bays, single_bays=entry.single_bays),
        api_key_env=entry.api_key_env,
        api_key_header=entry.api_key_header,
        reader=kind.reader(options, frozenset(bays) if kind.names_devices else None),
        heartbeat_s=entry.heartbeat_s,
        mqtt_topic=entry.mqtt_topic,
        times_on_arrival=isinstance(options, ListOptions) and options.time_is_arrival,
    )


def _locate(source: str | None, folder: Path) -> str | Path | None:
    if source is None:
        return None
    if source.startswith(("http://", "https://")):
        return source
    if source.startswith("file://"):
        return Path(url2pathname(urlsplit(source).path))
    return Path(os.path.normpath(folder / source))


def _repeated(feeds: tuple[FeedConfig, ...]) -> list[ConfigProblem]:
    """Two feeds of one name, or two sources for one facility."""
    found = []
    owners: dict[tuple[str, str], str] = {}
    for index, feed in enumerate(feeds):
        claims = [("id", feed.id)] + [("facilities", ours) for ours in feed.naming.facilities.values()]
        claims += [("bays", ours) for ours in feed.naming.bays.values()]
        for field, claim in claims:
            owner = owners.setdefault((field, claim), f"feeds[{index}]")
            if owner != f"feeds[{index}]":
                limit = f"stands already in {owner}"
                found.append(ConfigProblem(field=f"feeds[{index}].{field}", value=repr(claim), limit=limit))
    return found


def _missing_folders(feeds: tuple[FeedConfig, ...]) -> list[ConfigProblem]:
    """A file may appear later, its folder may not: that is a slip of the pen."""
    return [
        ConfigProblem(
            field=f"feeds[{index}].{field}",
            value=repr(str(source)),
            limit="must be in a folder that exists",
        )
        for index, feed in enumerate(feeds)
        for field, source in (("url", feed.source), ("static_url", feed.static_source))
        if isinstance(source, Path) and not source.parent.is_dir()
    ]
