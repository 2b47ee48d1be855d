from __future__ import annotations

import ssl

import pytest

from api.bus.in_process import InProcessBus
from api.bus.mqtt import MqttBus
from api.bus.open import bus_from_url
from api.errors import ConfigError


async def test_the_address_chooses_the_bus():
    assert isinstance(bus_from_url("inproc:"), InProcessBus)
    plain = bus_from_url("mqtt://broker.example", environ={})
    assert isinstance(plain, MqttBus)
    assert (plain._settings.host, plain._settings.port, plain._settings.tls) == ("broker.example", 1883, None)
    secure = bus_from_url("mqtts://broker.example:9", environ={})._settings
    assert secure.port == 9
    assert secure.tls.verify_mode is ssl.CERT_REQUIRED
    assert secure.tls.check_hostname


async def test_user_and_password_come_from_the_named_variables():
    environ = {"U": "town", "P": "secret"}
    bus = bus_from_url("mqtt://broker", user_variable="U", password_variable="P", environ=environ)  # noqa: S106
    assert (bus._settings.user, bus._settings.password) == ("town", "secret")
    assert "secret" not in repr(bus._settings)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://broker", "must be inproc:"),
        ("inproc://x", "must be inproc:"),
        ("mqtt://", "must name a host"),
        ("mqtt://broker/path", "must name a host"),
        ("mqtt://broker:70000", "port from 1 to 65535"),
        ("mqtt://broker:x", "port from 1 to 65535"),
        ("mqtt://[::1", "must be an address: Invalid IPv6 URL"),
        ("mqtt://broker?ca_file=x", "does not know ca_file"),
        ("mqtts://broker?ca_file=/does/not/exist", "must be a readable PEM file"),
        ("mqtts://broker?colour=red", "does not know colour"),
    ],
)
async def test_an_unusable_address_is_refused_with_its_limit(url, told):
    with pytest.raises(ConfigError, match=told):
        bus_from_url(url, environ={})


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("mqtt://town:secret@broker", "STADTTAKT_MQTT_PASSWORD"),
        ("mqtt://town:secret@[::1", "must be an address"),
        ("mqtt:town:secret@broker", "must name a host"),
        ("amqp://town:secret@broker", "must be inproc:"),
    ],
)
async def test_a_password_in_the_address_is_refused_and_not_repeated(url, told):
    with pytest.raises(ConfigError, match=told) as caught:
        bus_from_url(url, environ={})
    assert "secret" not in str(caught.value)


async def test_a_password_without_a_user_is_refused():
    with pytest.raises(ConfigError, match="STADTTAKT_MQTT_USER"):
        bus_from_url("mqtt://broker", environ={"STADTTAKT_MQTT_PASSWORD": "x"})
