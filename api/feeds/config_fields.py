"""What the file of feeds may hold: strict models and the checks of their fields."""

from __future__ import annotations

import re
from typing import Annotated, Any, Self
from urllib.parse import parse_qsl, urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from api.bus import patterns
from api.bus.topics import ROOT
from api.feeds.fields import safe_id
from api.feeds.formats import FORMATS
from api.feeds.redact import is_secret_name, redacted
from traffic_core import require

NO_SECRET = "a secret never stands in this file: put it into an environment variable and name that in api_key_env"  # noqa: S105  # a message
_ENV_NAME = re.compile(r"[A-Z][A-Z0-9_]{2,63}", re.ASCII)
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}", re.ASCII)


def _identifier(value: str) -> str:
    require.identifier("identifier", value)
    return value


def _format(value: str) -> str:
    if value not in FORMATS:
        raise ValueError(f"must be one of {', '.join(sorted(FORMATS))}")
    return value


def _prefix(value: str) -> str:
    if value:
        require.identifier("prefix", value + "x")
    return value


def _source(value: str) -> str:
    """Accept what `_locate` can turn into an address or a path."""
    if not value or not value.isprintable():
        raise ValueError("must be an address or a path")
    parts = urlsplit(value)
    if "://" not in value:
        return value
    if parts.scheme not in {"http", "https", "file"}:
        raise ValueError("must begin with http://, https:// or file://, or be a path")
    if parts.scheme == "file" and parts.netloc not in {"", "localhost"}:
        raise ValueError("a file must lie on this machine: file:///folder/name")
    if parts.scheme != "file" and not parts.hostname:
        raise ValueError("must name a host")
    named = any(is_secret_name(name) for name, _ in parse_qsl(parts.query))
    if parts.username is not None or named or redacted(value) != value:
        raise ValueError(NO_SECRET)
    _ = parts.port  # raises ValueError outside 0..65535
    return value


def _env_name(value: str) -> str:
    opaque = len(value) >= 16 and "_" not in value and any(sign.isdigit() for sign in value)
    if not _ENV_NAME.fullmatch(value) or opaque:
        raise ValueError(f"must be a NAME like STADTTAKT_FEED_KEY; {NO_SECRET}")
    return value


def _header(value: str) -> str:
    if not _HEADER.fullmatch(value):
        raise ValueError("must be the name of an HTTP header")
    return value


def _facilities(value: dict[str, str]) -> dict[str, str]:
    """Feed identifiers in the spelling that readings carry, each of our facilities once."""
    safe = {safe_id(feed_id): _identifier(ours) for feed_id, ours in value.items()}
    if len(set(safe.values())) < len(value):
        raise ValueError("must name each facility once")
    return safe


def _bays(value: dict[str, str]) -> dict[str, str]:
    """Identifiers of bays or their sensors, each of our bays once."""
    safe = _facilities(value)
    for ours in safe.values():
        facility_id, dot, bay = ours.partition(".")
        if not facility_id or not dot or not bay:
            raise ValueError(f"must name bays like FACILITY.BAY, not {ours!r}")
    return safe


def _topic(value: str) -> str:
    patterns.check_pattern(value)
    if value.partition("/")[0] in {ROOT.partition("/")[0], "+", "#"}:
        raise ValueError("must lead to a foreign topic, not to those of this service")
    if value.startswith("$"):  # $share/GROUP/… would lead to any topic, $SYS/… to the broker's own
        raise ValueError("must not begin with $")
    return value


_Source = Annotated[str, AfterValidator(_source)]


class FeedEntry(BaseModel):
    """One feed as it stands in the file."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)

    id: Annotated[str, AfterValidator(_identifier)]
    format: Annotated[str, AfterValidator(_format)]
    url: _Source | None = None
    static_url: _Source | None = None
    interval_s: float = Field(60.0, ge=10.0, le=86_400.0)
    timeout_s: float = Field(20.0, ge=1.0, le=120.0)
    facilities: Annotated[dict[str, str], AfterValidator(_facilities)] = Field(default_factory=dict)
    prefix: Annotated[str, AfterValidator(_prefix)] = ""
    bays: Annotated[dict[str, str], AfterValidator(_bays)] = Field(default_factory=dict)
    single_bays: bool = False
    heartbeat_s: float | None = Field(None, ge=300.0, le=345_600.0)
    mqtt_topic: Annotated[str, AfterValidator(_topic)] | None = None
    options: dict[str, Any] = Field(default_factory=dict)
    """Read by the model of the format."""
    api_key_env: Annotated[str, AfterValidator(_env_name)] | None = None
    api_key_header: Annotated[str, AfterValidator(_header)] = "X-API-Key"

    @model_validator(mode="after")
    def _static_facts_need_an_address(self) -> Self:
        if self.static_url is not None and self.url is None:
            raise ValueError("static_url needs a url beside it: a feed without url is only pushed")
        return self

    @model_validator(mode="after")
    def _devices_need_names(self) -> Self:
        if FORMATS[self.format].names_devices and not self.bays:
            raise ValueError("bays must name the bay of each device: identifiers of devices are not kept")
        if self.single_bays and not self.bays and "." not in self.prefix.lstrip("."):
            raise ValueError("single_bays needs bays, or a prefix like FACILITY. that makes names of bays")
        return self


class FeedFile(BaseModel):
    """The whole file."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    feeds: list[FeedEntry] = Field(min_length=1, max_length=1_000)
