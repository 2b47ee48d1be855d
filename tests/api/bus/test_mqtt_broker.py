"""The bus over a broker that is killed, comes back, or was never there."""

from __future__ import annotations

import asyncio
import gc
import shutil
import subprocess

import aiomqtt
import paho.mqtt.client
import pytest

from api.backoff import Backoff
from api.bus import topics
from api.bus.mqtt import MqttBus
from api.bus.mqtt_client import MqttSettings, new_client
from api.bus.open import bus_from_url

pytestmark = pytest.mark.broker


def bus_at(broker, **options):
    settings = MqttSettings(host="127.0.0.1", port=broker.port)
    return MqttBus(settings, backoff=Backoff(first_s=0.02, ceiling_s=0.2), **options)


async def until(condition):
    while not condition():  # noqa: ASYNC110 - the pytest timeout ends it
        await asyncio.sleep(0.01)


async def retained(broker, pattern="#"):
    """Everything the broker itself holds now: a client that asks for all, ended by a message of its own."""
    found = {}
    async with aiomqtt.Client("127.0.0.1", broker.port) as client:
        await client.subscribe(pattern, qos=1)
        await client.subscribe("end", qos=1)
        await client.publish("end", b"", qos=1)
        async for message in client.messages:
            if message.topic.value == "end":
                return found
            found[message.topic.value] = message.payload
    return found


async def test_after_a_killed_broker_everything_retained_is_said_again_with_its_latest_value(mosquitto):
    async with bus_at(mosquitto) as bus:
        await bus.publish("signs/1", b"1 at first", retain=True)
        await bus.publish("signs/2", b"2 unchanged", retain=True)
        await bus.publish("signs/3", b"3 withdrawn", retain=True)
        await until(lambda: bus.counts.published >= 4)
        mosquitto.kill()
        await until(lambda: not bus.connected)
        for number in range(50):
            await bus.publish("signs/1", f"1 number {number}".encode(), retain=True)
        await bus.publish("signs/3", b"", retain=True)
        mosquitto.start()
        await until(lambda: bus.connected and bus.counts.published >= 8)
        assert await retained(mosquitto) == {
            topics.STATUS: b"online",
            "signs/1": b"1 number 49",
            "signs/2": b"2 unchanged",
        }
        assert bus.counts.published == 8
        assert bus.counts.connects == 2
        assert bus.counts.dropped == 0


async def test_a_subscription_survives_a_killed_broker(mosquitto):
    async with bus_at(mosquitto) as bus:
        listening = bus.subscribe("readings/+")
        await listening.ready()
        mosquitto.kill()
        await until(lambda: not bus.connected)
        mosquitto.start()
        await until(lambda: bus.connected)
        async with aiomqtt.Client("127.0.0.1", mosquitto.port) as device:
            await device.publish("readings/1", b"back", qos=1)
        assert (await anext(listening)).payload == b"back"


async def test_expired_content_is_not_said_again(mosquitto):
    now_s = [1000.0]
    async with bus_at(mosquitto, now_s=lambda: now_s[0]) as bus:
        await bus.publish("signs/1", b"valid until 1010", retain=True, expires_at_s=1010.0)
        await bus.publish("signs/2", b"valid until 1100", retain=True, expires_at_s=1100.0)
        await until(lambda: bus.counts.published == 3)
        mosquitto.kill()
        await until(lambda: not bus.connected)
        now_s[0] = 1010.0
        mosquitto.start()
        await until(lambda: bus.counts.published == 5)
        assert await retained(mosquitto, "signs/+") == {"signs/2": b"valid until 1100"}


async def test_the_broker_itself_forgets_expired_content(mosquitto):
    now_s = [1000.0]
    async with bus_at(mosquitto, now_s=lambda: now_s[0]) as bus:
        await bus.publish("signs/1", b"valid for a second", retain=True, expires_at_s=1001.0)
        await until(lambda: bus.counts.published == 2)
        while await retained(mosquitto, "signs/+"):  # noqa: ASYNC110 - the pytest timeout ends it
            await asyncio.sleep(0.1)


async def test_a_broker_that_is_away_at_the_start_is_not_fatal(make_mosquitto):
    broker = make_mosquitto()
    async with bus_at(broker) as bus:
        listening = bus.subscribe("signs/+")
        await until(lambda: bus.counts.last_error is not None)
        assert not bus.connected
        await bus.publish("signs/1", b"waited", retain=True)
        broker.start()
        assert (await anext(listening)).payload == b"waited"
        assert bus.connected
        assert str(broker.port) in bus.counts.last_error


async def test_messages_without_retain_wait_for_the_broker_up_to_a_bound(make_mosquitto):
    broker = make_mosquitto()
    async with bus_at(broker, waiting_at_most=5) as bus:
        listening = bus.subscribe("events")
        for number in range(8):
            await bus.publish("events", f"{number}".encode())
        broker.start()
        assert [(await anext(listening)).payload for _ in range(5)] == [b"3", b"4", b"5", b"6", b"7"]
        assert bus.counts.dropped == 3


async def test_we_say_offline_when_we_stop(mosquitto):
    async with bus_at(mosquitto) as watcher:
        listening = watcher.subscribe(topics.STATUS)
        await until(lambda: watcher.connected)
    assert await retained(mosquitto, topics.STATUS) == {topics.STATUS: b"offline"}
    heard = [message.payload async for message in listening]
    assert heard[-1] == b"offline"


async def test_the_broker_says_offline_when_our_connection_breaks(mosquitto, monkeypatch):
    clients = []

    def remember(settings, take):
        clients.append(new_client(settings, take))
        return clients[-1]

    monkeypatch.setattr("api.bus.mqtt.new_client", remember)
    async with aiomqtt.Client("127.0.0.1", mosquitto.port) as watcher, bus_at(mosquitto):
        await watcher.subscribe(topics.STATUS, qos=1)
        heard = aiter(watcher.messages)
        assert (await anext(heard)).payload == b"online"
        clients[0]._client._sock_close()  # as when the process is killed: no DISCONNECT packet
        assert (await anext(heard)).payload == b"offline"


async def test_stop_sends_what_still_waits(mosquitto):
    async with bus_at(mosquitto) as bus:
        await until(lambda: bus.connected)
        for number in range(100):
            await bus.publish(f"signs/{number}", b"last word", retain=True)
    assert len(await retained(mosquitto, "signs/+")) == 100


async def test_stop_returns_while_the_broker_is_away(make_mosquitto):
    async with bus_at(make_mosquitto()) as bus:
        await bus.publish("signs/1", b"", retain=True)
    assert not bus.connected


async def test_an_oversized_message_is_counted_and_the_next_one_arrives(mosquitto):
    async with bus_at(mosquitto) as bus:
        listening = bus.subscribe("readings/+")
        await listening.ready()
        async with aiomqtt.Client("127.0.0.1", mosquitto.port) as device:
            await device.publish("readings/1", bytes(1024 * 1024 + 1), qos=1)
            await device.publish("readings/1", b"small", qos=1)
        assert (await anext(listening)).payload == b"small"
        assert bus.counts.oversized == 1


async def test_a_burst_is_read_whole_by_a_quick_subscriber(make_mosquitto):
    number = 3_000
    broker = make_mosquitto("allow_anonymous true", f"max_queued_messages {number}")
    broker.start()
    async with bus_at(broker) as bus:
        listening = bus.subscribe("readings/+", messages_at_most=100)
        await listening.ready()
        async with aiomqtt.Client("127.0.0.1", broker.port, max_inflight_messages=number) as device:
            device.pending_calls_threshold = number
            sent = asyncio.gather(*(device.publish("readings/1", b"%d" % n, qos=1) for n in range(number)))
            assert [int((await anext(listening)).payload) for _ in range(number)] == list(range(number))
            await sent
        assert (bus.counts.overflowed, listening.dropped) == (0, 0)


async def test_a_message_is_with_its_subscriber_before_it_is_acknowledged(mosquitto, monkeypatch):
    async with bus_at(mosquitto) as bus:
        listening = bus.subscribe("readings/+")
        await listening.ready()
        held_when_acknowledged = []
        send = paho.mqtt.client.Client._send_puback

        def note(client, number):
            held_when_acknowledged.append(len(listening))
            return send(client, number)

        monkeypatch.setattr(paho.mqtt.client.Client, "_send_puback", note)
        async with aiomqtt.Client("127.0.0.1", mosquitto.port) as device:
            await device.publish("readings/1", b"taken", qos=1)
        await until(lambda: held_when_acknowledged)
        assert held_when_acknowledged == [1]


@pytest.fixture
async def silent_port():
    """A port that takes connections and never says a word."""
    writers = []

    async def keep(_reader, writer):
        writers.append(writer)

    server = await asyncio.start_server(keep, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()
    for writer in writers:
        writer.close()
    await server.wait_closed()


async def test_a_broker_that_never_answers_is_left_without_an_error_in_the_loop(monkeypatch, caplog, silent_port):
    monkeypatch.setattr("api.bus.mqtt_client.ANSWER_WITHIN_S", 0.05)
    settings = MqttSettings(host="127.0.0.1", port=silent_port)
    async with MqttBus(settings, backoff=Backoff(first_s=0.01, ceiling_s=0.02)) as bus:
        await until(lambda: len([r for r in caplog.records if r.name == "api.bus.mqtt"]) >= 3)
        assert not bus.connected
        assert "timed out" in bus.counts.last_error
    assert not [record for record in caplog.records if record.name == "asyncio"]


@pytest.fixture
def password_broker(make_mosquitto, tmp_path):
    """A broker that wants the user `town` with the password `right`."""
    secrets = tmp_path / "passwords"
    program = shutil.which("mosquitto_passwd")
    if program is None:
        pytest.skip("no mosquitto_passwd on this machine")
    subprocess.run([program, "-c", "-b", str(secrets), "town", "right"], check=True)
    broker = make_mosquitto("allow_anonymous false", "user root", f"password_file {secrets}")
    broker.start()
    return broker


async def test_a_wrong_password_is_reported_and_the_right_one_connects(password_broker):
    environ = {"STADTTAKT_MQTT_USER": "town", "STADTTAKT_MQTT_PASSWORD": "wrong"}
    async with bus_from_url(password_broker.url, environ=environ) as bus:
        await until(lambda: bus.counts.last_error is not None)
        assert "Not authorized" in bus.counts.last_error
        assert "wrong" not in bus.counts.last_error
    async with bus_from_url(password_broker.url, environ=environ | {"STADTTAKT_MQTT_PASSWORD": "right"}) as bus:
        await until(lambda: bus.connected)


@pytest.fixture
def certificate(tmp_path):
    """A certificate for this machine that signs itself, with its key beside it."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl on this machine to make a certificate with")
    path, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", str(key), "-out", str(path)],
        check=True, capture_output=True,
    )  # fmt: skip
    return path


@pytest.fixture
def tls_broker(make_mosquitto, certificate):
    """A broker that speaks TLS with that certificate."""
    key = certificate.with_name("key.pem")
    broker = make_mosquitto("allow_anonymous true", "user root", f"certfile {certificate}", f"keyfile {key}")
    broker.start()
    return broker


async def test_tls_connects_to_a_broker_whose_certificate_is_trusted(tls_broker, certificate):
    address = tls_broker.url.replace("mqtt://", "mqtts://")
    async with bus_from_url(f"{address}?ca_file={certificate}", environ={}) as bus:
        await until(lambda: bus.connected)


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # paho leaves a socket to the collector when a handshake fails
async def test_tls_refuses_a_broker_whose_certificate_is_not_trusted(tls_broker):
    address = tls_broker.url.replace("mqtt://", "mqtts://")
    async with bus_from_url(address, environ={}) as bus:
        await until(lambda: bus.counts.last_error is not None)
        assert "certificate" in bus.counts.last_error
        assert not bus.connected
    gc.collect()
