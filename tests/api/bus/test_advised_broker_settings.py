"""The settings that docs/mqtt.md advises, tried on a broker."""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
from pathlib import Path

import aiomqtt
import pytest

from api.bus import topics
from api.bus.open import bus_from_url

pytestmark = pytest.mark.broker
PAGE = Path(__file__).resolve().parents[3] / "docs" / "mqtt.md"


@pytest.fixture
def advised(make_mosquitto, tmp_path):
    """A broker with the advised settings, except for TLS; users `stadttakt` and `D001`, password `secret`."""
    program = shutil.which("mosquitto_passwd")
    if program is None:
        pytest.skip("no mosquitto_passwd on this machine")
    settings, access = re.findall(r"^```\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    passwords, acl = tmp_path / "passwords", tmp_path / "acl"
    acl.write_text(access)
    subprocess.run([program, "-c", "-b", str(passwords), "stadttakt", "secret"], check=True)
    subprocess.run([program, "-b", str(passwords), "D001", "secret"], check=True)
    paths = {"password_file": passwords, "acl_file": acl}
    lines = [f"persistence_location {tmp_path}/", "user root"]
    for line in settings.splitlines():
        name, _, _ = line.partition(" ")
        if name and name not in {"listener", "cafile", "certfile", "keyfile"}:
            lines.append(f"{name} {paths[name]}" if name in paths else line)
    broker = make_mosquitto(*lines)
    broker.start()
    return broker


def service_at(broker):
    return bus_from_url(broker.url, environ={"STADTTAKT_MQTT_USER": "stadttakt", "STADTTAKT_MQTT_PASSWORD": "secret"})


def device_at(broker):
    return aiomqtt.Client("127.0.0.1", broker.port, username="D001", password="secret")  # noqa: S106


async def published(bus, number):
    while bus.counts.published < number:  # noqa: ASYNC110 - the pytest timeout ends it
        await asyncio.sleep(0.01)


async def test_acknowledged_retained_messages_survive_a_killed_broker_without_our_help(advised):
    async with service_at(advised) as bus:
        await published(bus, 1)
        for number in range(50):
            await bus.publish(topics.sign(f"S{number}"), b"kept", retain=True)
        await bus.publish(topics.STATUS, b"the last one", retain=True)
        await published(bus, 52)
        advised.kill()
    advised.start()
    async with device_at(advised) as sign:
        await sign.subscribe(topics.STATUS, qos=1)
        assert (await anext(aiter(sign.messages))).payload == b"the last one"


async def test_a_device_writes_its_own_readings_and_nothing_else(advised):
    async with service_at(advised) as bus, device_at(advised) as device:
        listening = bus.subscribe(topics.ALL_READINGS)
        await listening.ready()
        await device.publish(topics.readings("D002"), b"in another's name", qos=1)
        await device.publish(topics.sign("S1"), b"forged", qos=1, retain=True)
        await device.publish(topics.readings("D001"), b"its own", qos=1)
        assert (await anext(listening)).payload == b"its own"


async def test_the_largest_batch_passes(advised):
    async with service_at(advised) as bus, device_at(advised) as device:
        listening = bus.subscribe(topics.ALL_READINGS)
        await listening.ready()
        await device.publish(topics.readings("D001"), bytes(1024 * 1024), qos=1)
        assert len((await anext(listening)).payload) == 1024 * 1024
