"""API keys of devices: only their SHA-256 is kept, comparison takes the same time for every key."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Annotated

import yaml
from pydantic import Field, ValidationError, ValidationInfo, field_validator

from api.errors import ConfigError
from api.feeds.strict_yaml import read_yaml
from api.wire.base import WireModel
from traffic_core import require

if TYPE_CHECKING:
    from pathlib import Path


class KeyEntry(WireModel):
    """One device or operators' desk: its name, the SHA-256 of its key in hexadecimal, and what it may (`*` wildcards).

    `sources` are those it may speak for, `operates` what it may operate: junctions by their ids, signs as `sign/ID`,
    car parks as `parking/ID`, where `sign/` and `parking/` stand without wildcards; one of both is needed.
    """

    id: Annotated[str, Field(min_length=1, max_length=100)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    operates: list[str] = Field(default_factory=list)
    sources: list[str] = Field(default_factory=list, validate_default=True)

    @field_validator("id")
    @classmethod
    def _names_its_owner(cls, name: str) -> str:
        require.identifier("id", name)
        return name

    @field_validator("sources")
    @classmethod
    def _may_something(cls, sources: list[str], info: ValidationInfo) -> list[str]:
        if not sources and not info.data.get("operates"):
            raise ValueError("must not be empty for a key that operates no signals")
        return sources


class KeyFile(WireModel):
    """The file of keys."""

    keys: list[KeyEntry]


@dataclass(frozen=True, slots=True)
class Device:
    """Who sent a request."""

    id: str
    sources: tuple[str, ...]
    operates: tuple[str, ...] = ()

    def may_operate(self, junction_id: str) -> bool:
        """Whether this key may operate a junction, or `sign/ID` or `parking/ID`.

        What stands before the `/` must be the same letter by letter: no pattern for junctions opens signs.
        """
        kind, slash, name = junction_id.rpartition("/")
        for pattern in self.operates:
            kind_of_pattern, slash_of_pattern, name_pattern = pattern.rpartition("/")
            if (kind, slash) == (kind_of_pattern, slash_of_pattern) and fnmatchcase(name, name_pattern):
                return True
        return False

    def may_report(self, source_id: str) -> bool:
        """Whether this device may speak for a source."""
        return any(fnmatchcase(source_id, pattern) for pattern in self.sources)


class KeyRing:
    """All known keys.  An empty ring refuses everybody: without keys nobody can write."""

    def __init__(self, entries: list[KeyEntry]) -> None:
        self._entries = [(bytes.fromhex(e.sha256), Device(e.id, tuple(e.sources), tuple(e.operates))) for e in entries]

    def named(self, device_id: str) -> Device | None:
        """The device of a name, for carriers that have made sure of it themselves, such as a broker."""
        return next((device for _, device in self._entries if device.id == device_id), None)

    def device(self, key: str) -> Device | None:
        """The device a key belongs to."""
        digest = hashlib.sha256(key.encode()).digest()
        found: Device | None = None
        for known, device in self._entries:
            if hmac.compare_digest(known, digest):
                found = device
        return found


def read_keys(path: Path) -> KeyRing:
    """Read a key file.  Raises `ConfigError` naming file, field, value and limit."""
    try:
        entries = KeyFile.model_validate(read_yaml(path.read_text(encoding="utf-8"))).keys
    except OSError as error:
        raise ConfigError(str(path), None, f"cannot be read: {error.strerror}") from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "keys"
        limit = first["msg"] if first["loc"] else "must be a mapping with the one key 'keys', a list"
        # Neither value nor cause are shown: somebody may have written the key itself.
        raise ConfigError(f"{path}: {field}", None, limit) from None
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}" if mark is None else f"{path}: line {mark.line + 1}"
        raise ConfigError(where, None, f"must be YAML ({type(error).__name__})") from None
    for field, values in (("id", [e.id for e in entries]), ("sha256", [e.sha256 for e in entries])):
        for value in values:
            if values.count(value) > 1:
                raise ConfigError(f"{path}: keys.{field}", value, "must occur once")
    return KeyRing(entries)


def new_key() -> tuple[str, str]:
    """A fresh key and its SHA-256: the device gets the first, the file of keys the second."""
    key = secrets.token_urlsafe(32)
    return key, hashlib.sha256(key.encode()).hexdigest()
