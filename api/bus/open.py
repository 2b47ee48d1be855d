"""Which bus an address means."""

from __future__ import annotations

import os
import ssl
import time
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from api.bus.in_process import InProcessBus
from api.bus.mqtt import MqttBus
from api.bus.mqtt_client import MqttSettings
from api.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from urllib.parse import SplitResult

    from api.bus.port import Bus

USER_VARIABLE = "STADTTAKT_MQTT_USER"
PASSWORD_VARIABLE = "STADTTAKT_MQTT_PASSWORD"  # noqa: S105 - the name of a variable, not a password
PORTS = {"mqtt": 1883, "mqtts": 8883}


def bus_from_url(
    url: str,
    *,
    user_variable: str = USER_VARIABLE,
    password_variable: str = PASSWORD_VARIABLE,
    environ: Mapping[str, str] = os.environ,
    now_s: Callable[[], float] = time.time,
) -> Bus:
    """Make a bus, not started; call it inside a running event loop.

    url : `inproc:`, `mqtt://host[:port]` or `mqtts://host[:port][?ca_file=PATH]`
    now_s : the service's clock, by which messages expire
    Raises `ConfigError` when the address is none of these, or carries a user or password: they come from the
    environment variables only, because addresses end up in process lists and logs.
    """
    parts = _split(url)
    if parts.scheme == "inproc" and url == "inproc:":
        return InProcessBus(now_s=now_s)
    if parts.scheme not in PORTS:
        raise ConfigError("bus", _without_password(url), "must be inproc:, mqtt://host:port or mqtts://host:port")
    if "@" in parts.netloc:
        limit = f"must not carry a user or password: set {user_variable} and {password_variable}"
        raise ConfigError("bus", _without_password(url), limit)
    if not parts.hostname or parts.path.strip("/"):
        raise ConfigError("bus", _without_password(url), "must name a host, and nothing behind host and port")
    settings = MqttSettings(
        host=parts.hostname,
        port=_port(url, parts),
        user=environ.get(user_variable),
        password=environ.get(password_variable),
        tls=_tls(url, parts),
    )
    if settings.password is not None and settings.user is None:
        raise ConfigError(user_variable, None, f"must be set when {password_variable} is set")
    return MqttBus(settings, now_s=now_s)


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError as error:
        raise ConfigError("bus", _without_password(url), f"must be an address: {error}") from None


def _without_password(url: str) -> str:
    return f"…@{url.rpartition('@')[2]}" if "@" in url else url


def _port(url: str, parts: SplitResult) -> int:
    try:
        return parts.port or PORTS[parts.scheme]
    except ValueError as error:
        raise ConfigError("bus", url, f"must have a port from 1 to 65535: {error}") from None


def _tls(url: str, parts: SplitResult) -> ssl.SSLContext | None:
    asked = parse_qs(parts.query)
    if unknown := sorted(set(asked) - ({"ca_file"} if parts.scheme == "mqtts" else set())):
        raise ConfigError("bus", url, f"does not know {', '.join(unknown)}; mqtts knows ca_file")
    if parts.scheme != "mqtts":
        return None
    ca_file = asked["ca_file"][-1] if "ca_file" in asked else None
    try:
        return ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        raise ConfigError("bus ca_file", ca_file, f"must be a readable PEM file: {error}") from None
